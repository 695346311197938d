package cgw_test

import (
	"iter"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// requireOneLine asks that an error is fit for a line of a log: short, of valid UTF-8, without
// characters that break the line or drive a terminal.
func requireOneLine(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	require.NotEmpty(t, text)
	require.LessOrEqual(t, len(text), 1024)
	require.True(t, utf8.ValidString(text), "%q", text)
	require.False(t, strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	}), "%q", text)
}

// fields yields the fields of a struct type.
func fields(typ reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for i := range typ.NumField() {
			if !yield(typ.Field(i)) {
				return
			}
		}
	}
}
