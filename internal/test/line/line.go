// Package line checks in tests that a text is fit for one line of a log.
package line

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Require fails the test unless the text of err is one line of at most 1 KiB of valid UTF-8,
// without line ends and control characters.
func Require(t testing.TB, err error) {
	t.Helper()
	text := err.Error()
	bad := strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
	if text == "" || len(text) > 1024 || bad || !utf8.ValidString(text) {
		t.Fatalf("not one line of at most 1 KiB: %q", text)
	}
}
