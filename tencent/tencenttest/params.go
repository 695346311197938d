package tencenttest

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// input holds the parameters of a request as a tree of map[string]any, []any and leaves. Leaves are
// values decoded from JSON. In the flat form, of queries and forms, a leaf is text or a value
// decoded from the JSON of a form's part, and a list is a list or a map with numbers for keys.
type input struct {
	params map[string]any
	flat   bool
}

// flatInput makes a tree of names such as Tags.0.Key.
func flatInput[V any](params map[string]V) input {
	root := map[string]any{}
	// In the order of the names: if one name continues another, as Tags.0 continues Tags, the same
	// one always wins. decode then finds the wrong type.
	for _, name := range slices.Sorted(maps.Keys(params)) {
		at := root
		path := strings.Split(name, ".")
		for _, step := range path[:len(path)-1] {
			next, ok := at[step].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[step] = next
			}
			at = next
		}
		at[path[len(path)-1]] = params[name]
	}
	return input{params: root, flat: true}
}

// decoded makes an action of a function that takes its parameters in a struct. Fields are string,
// []string, *string, *int64, *uint64 and slices of such structs, and have a tag `param:"Name"`, or
// `param:"Name,required"` if an empty value counts as missing, or `param:"Name,present"` if it must
// be there but may be empty.
func decoded[P any](run func(P) (any, *serviceError)) action {
	return func(in input) (any, *serviceError) {
		var p P
		if e := in.decode(in.params, "", reflect.ValueOf(&p).Elem()); e != nil {
			return nil, e
		}
		return run(p)
	}
}

func (in input) decode(params map[string]any, prefix string, dst reflect.Value) *serviceError {
	fields := map[string]int{}
	for i := range dst.NumField() {
		name, _, _ := strings.Cut(dst.Type().Field(i).Tag.Get("param"), ",")
		fields[name] = i
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		i, ok := fields[name]
		if !ok {
			return refuse(codeUnknownParameter, "the parameter %q is not recognized", prefix+name)
		}
		if e := in.set(params[name], prefix+name, dst.Field(i)); e != nil {
			return e
		}
	}
	for i := range dst.NumField() {
		name, option, _ := strings.Cut(dst.Type().Field(i).Tag.Get("param"), ",")
		field := dst.Field(i)
		_, there := params[name]
		empty := field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0
		// Empty counts as missing: the flat form of some SDKs cannot tell them apart.
		if option == "required" && empty || option == "present" && !there {
			return missing(prefix + name)
		}
	}
	return nil
}

func (in input) set(value any, name string, dst reflect.Value) *serviceError {
	mistyped := refuse(codeInvalidParameter, "the value type of the parameter %q is not valid", name)
	switch dst.Kind() {
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		return in.set(value, name, dst.Elem())
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return mistyped
		}
		dst.SetString(text)
	case reflect.Int64:
		n, err := strconv.ParseInt(in.number(value), 10, 64)
		if err != nil {
			return mistyped
		}
		dst.SetInt(n)
	case reflect.Uint64:
		n, err := strconv.ParseUint(in.number(value), 10, 64)
		if err != nil {
			return mistyped
		}
		dst.SetUint(n)
	case reflect.Slice:
		items, ok := in.list(value)
		if !ok {
			return mistyped
		}
		dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
		for i, item := range items {
			if e := in.set(item, name+"."+strconv.Itoa(i), dst.Index(i)); e != nil {
				return e
			}
		}
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			return mistyped
		}
		return in.decode(object, name+".", dst)
	default:
		panic("tencenttest: a parameter of kind " + dst.Kind().String())
	}
	return nil
}

// number returns the text of a value that can be a number, or "".
func (in input) number(value any) string {
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case string:
		if in.flat {
			return v
		}
	}
	return ""
}

// list returns the items of a list; in the flat form in the order of their numbers, which may begin
// anywhere and have gaps.
func (in input) list(value any) ([]any, bool) {
	if items, ok := value.([]any); ok {
		return items, true
	}
	byNumber, ok := value.(map[string]any)
	if !ok || !in.flat {
		return nil, false
	}
	numbers := make([]int, 0, len(byNumber))
	for text := range byNumber {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || strconv.Itoa(n) != text {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	items := make([]any, len(numbers))
	for i, n := range numbers {
		items[i] = byNumber[strconv.Itoa(n)]
	}
	return items, true
}

func missing(name string) *serviceError {
	return refuse(codeMissingParameter, "the request is missing the required parameter %q", name)
}
