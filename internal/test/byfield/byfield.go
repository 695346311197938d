// Package byfield tries the fields of a struct one by one, so that a test fails for a field that is
// added later and forgotten in the code under test.
package byfield

import (
	"net/netip"
	"reflect"
	"testing"
	"time"
)

// Each runs do for each field of T, with a T that has only that field set, and the field's value or
// what it points to.
func Each[T any](t *testing.T, do func(t *testing.T, name string, with T, value any)) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		t.Run(f.Name, func(t *testing.T) {
			var with T
			v := reflect.ValueOf(&with).Elem().FieldByIndex(f.Index)
			if v.Kind() == reflect.Pointer {
				v.Set(reflect.New(v.Type().Elem()))
				v = v.Elem()
			}
			set(t, v)
			do(t, f.Name, with, v.Interface())
		})
	}
}

func set(t *testing.T, v reflect.Value) {
	switch v.Interface().(type) {
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("203.0.113.99")))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
		return
	case map[string]string:
		v.Set(reflect.ValueOf(map[string]string{"new": "tag"}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("new")
	case reflect.Uint32:
		v.SetUint(65550)
	default:
		t.Fatalf("package byfield has no value for a %s", v.Type())
	}
}

// Get returns the field of a struct, or nil if it has none of that name.
func Get(of any, name string) any {
	v := reflect.ValueOf(of).FieldByName(name)
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}
