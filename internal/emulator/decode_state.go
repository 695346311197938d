package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// DecodeState is Decode for the JSON of a state, which has a field version. It reports a wrong
// version first, because other fields may be unknown for that reason. A missing version counts
// as the right one.
func DecodeState(data []byte, version int, to any) error {
	var head struct{ Version *int }
	// A wrong type is found by Decode.
	if json.Unmarshal(data, &head) == nil && head.Version != nil && *head.Version != version {
		return &FieldError{"version", fmt.Sprintf("is %d, not %d", *head.Version, version)}
	}
	return Decode(data, to)
}

// Distinct refuses a value that occurs twice in a list, and, if it is required, an empty one.
// field has a %d for the place in the list.
func Distinct[T any](list []T, field string, required bool, value func(T) string) error {
	first := map[string]int{}
	for i, item := range list {
		v := value(item)
		if v == "" {
			if required {
				return &FieldError{fmt.Sprintf(field, i), "is missing"}
			}
			continue
		}
		if j, twice := first[v]; twice {
			return &FieldError{fmt.Sprintf(field, i), fmt.Sprintf("%q is also "+field, v, j)}
		}
		first[v] = i
	}
	return nil
}

// brokenAt returns the path of the field at which malformed JSON cannot be read any further.
func brokenAt(data []byte) string {
	const deepest = 20 // no request nests its fields so deep
	d := json.NewDecoder(bytes.NewReader(data))
	var value func(path string, depth int) (at string, ok bool)
	value = func(path string, depth int) (string, bool) {
		t, err := d.Token()
		if err != nil || depth > deepest {
			return path, false
		}
		at := path // the path of the current member
		switch t {
		case json.Delim('{'):
			for d.More() {
				name, err := d.Token()
				if err != nil {
					return at, false
				}
				at = join(path, fmt.Sprint(name))
				if deeper, ok := value(at, depth+1); !ok {
					return deeper, false
				}
			}
		case json.Delim('['):
			at = path + "[0]"
			for i := 0; d.More(); {
				if deeper, ok := value(at, depth+1); !ok {
					return deeper, false
				}
				i++
				at = fmt.Sprintf("%s[%d]", path, i)
			}
		default:
			return path, true
		}
		_, err = d.Token() // the closing delimiter
		return at, err == nil
	}
	at, ok := value("", 0)
	if ok { // more text follows the value
		return ""
	}
	return at
}
