package emulator

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// FieldError says which field of a JSON text is wrong, and why.
type FieldError struct {
	Field   string // such as "faults[0].delay"; "": the text as a whole
	Message string
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Decode reads JSON into a pointer to a struct, more strictly than encoding/json: the names of
// fields must match exactly, and unknown fields, repeated fields and null are refused. The
// error is a *FieldError.
func Decode(data []byte, to any) error {
	if !utf8.Valid(data) {
		return &FieldError{Message: "the JSON is not UTF-8"}
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return &FieldError{brokenAt(data), "the JSON breaks off or is malformed: " + err.Error()}
	}
	return decode("", raw, reflect.ValueOf(to).Elem())
}

func decode(path string, raw json.RawMessage, to reflect.Value) error {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return &FieldError{path, "must not be null"}
	}
	switch to.Addr().Interface().(type) {
	case json.Unmarshaler, encoding.TextUnmarshaler:
		return leaf(path, raw, to)
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return decode(path, raw, to.Elem())
	case reflect.Struct:
		return decodeStruct(path, raw, to)
	case reflect.Slice:
		return decodeSlice(path, raw, to)
	case reflect.Map:
		return decodeMap(path, raw, to)
	default:
		return leaf(path, raw, to)
	}
}

// leaf decodes a value without fields, or of a type that decodes itself. The message does not show the value,
// which may be a secret, unless the value's own type does.
func leaf(path string, raw json.RawMessage, to reflect.Value) error {
	err := json.Unmarshal(raw, to.Addr().Interface())
	if err == nil {
		return nil
	}
	var inner *FieldError // of a type that uses Decode itself
	if errors.As(err, &inner) {
		return &FieldError{join(path, inner.Field), inner.Message}
	}
	var wrongType *json.UnmarshalTypeError
	if !errors.As(err, &wrongType) {
		return &FieldError{path, err.Error()}
	}
	want := "a text"
	switch to.Kind() {
	case reflect.Bool:
		want = "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		want = "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		want = "a whole number that is not negative"
	}
	if _, isText := to.Addr().Interface().(encoding.TextUnmarshaler); isText {
		want = "a text"
	}
	return &FieldError{path, "must be " + want}
}

func decodeStruct(path string, raw json.RawMessage, to reflect.Value) error {
	fields := map[string]reflect.StructField{}
	var names []string
	for _, f := range reflect.VisibleFields(to.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		if old, ok := fields[name]; !ok {
			names = append(names, name)
		} else if len(old.Index) <= len(f.Index) {
			continue // the outer field hides the embedded one
		}
		fields[name] = f
	}
	return members(path, raw, func(name string, value json.RawMessage) error {
		f, ok := fields[name]
		if !ok {
			return &FieldError{join(path, name), "there is no such field; there are " + strings.Join(names, ", ")}
		}
		return decode(join(path, name), value, to.FieldByIndex(f.Index))
	})
}

func decodeMap(path string, raw json.RawMessage, to reflect.Value) error {
	to.Set(reflect.MakeMap(to.Type()))
	return members(path, raw, func(name string, value json.RawMessage) error {
		v := reflect.New(to.Type().Elem()).Elem()
		if err := decode(join(path, name), value, v); err != nil {
			return err
		}
		to.SetMapIndex(reflect.ValueOf(name).Convert(to.Type().Key()), v)
		return nil
	})
}

func decodeSlice(path string, raw json.RawMessage, to reflect.Value) error {
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return &FieldError{path, "must be a list"}
	}
	to.Set(reflect.MakeSlice(to.Type(), len(values), len(values)))
	for i, value := range values {
		if err := decode(fmt.Sprintf("%s[%d]", path, i), value, to.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// members calls f with each member of a JSON object, which is valid JSON.
func members(path string, raw json.RawMessage, f func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return &FieldError{path, "must be an object"}
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return &FieldError{path, err.Error()}
		}
		name, _ := t.(string)
		if seen[name] {
			return &FieldError{join(path, name), "is there twice"}
		}
		seen[name] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
			return &FieldError{join(path, name), err.Error()}
		}
		if err := f(name, value); err != nil {
			return err
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}
