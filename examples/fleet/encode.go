package main

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// yaml returns the form as YAML. It does not use the library, which writes some texts in a way that
// it cannot read back, such as a key of two lines.
func (f fileForm) yaml() []byte {
	var e encoder
	e.structure(reflect.ValueOf(&f).Elem(), "", "")
	return e.Bytes()
}

type encoder struct{ bytes.Buffer }

// writer is implemented by values that encode themselves.
type writer interface{ written() string }

// structure writes the keys of a struct that are set or required. The first line begins with first
// instead of the indent: it may be an item of a list.
func (e *encoder) structure(v reflect.Value, first, indent string) {
	for _, k := range keysOf(v) {
		if k.optional && k.value.IsZero() {
			continue
		}
		fmt.Fprintf(e, "%s%s:", first, k.name)
		e.value(k.value, indent)
		first = indent
	}
}

// value writes what comes after a key.
func (e *encoder) value(v reflect.Value, indent string) {
	v = reflect.Indirect(v)
	if w, ok := v.Interface().(writer); ok {
		fmt.Fprintf(e, " %s\n", w.written())
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		e.WriteByte('\n')
		e.structure(v, indent+"  ", indent+"  ")
	case reflect.Slice:
		if v.Len() == 0 {
			e.WriteString(" []")
		}
		e.WriteByte('\n')
		for i := range v.Len() {
			e.structure(v.Index(i), indent+"  - ", indent+"    ")
		}
	case reflect.Map:
		tags := v.Interface().(map[string]string) // the only kind of mapping in the form
		e.WriteByte('\n')
		for _, k := range slices.Sorted(maps.Keys(tags)) {
			fmt.Fprintf(e, "%s  %s: %s\n", indent, quoted(k), quoted(tags[k]))
		}
	case reflect.String:
		fmt.Fprintf(e, " %s\n", quoted(v.String()))
	default:
		fmt.Fprintf(e, " %v\n", v.Interface())
	}
}

// plain matches text that needs no quotation marks.
var plain = regexp.MustCompile(`^\pL[\pL\pN_./-]*( [\pL\pN_.()/][\pL\pN_.()/-]*)*$`)

// quoted returns text with quotation marks, unless it needs none.
func quoted(s string) string {
	words := []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"} // YAML does not read these as text
	if plain.MatchString(s) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
