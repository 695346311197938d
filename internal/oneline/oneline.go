// Package oneline makes texts fit for one line of an error or a log. It imports the standard
// library alone. The root package, which imports nothing of the module, has the same in errors.go.
package oneline

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the maximum length of the result of Text, in bytes.
const MaxText = 1024

// Text replaces line ends and control characters by spaces, and cuts s to MaxText bytes.
func Text(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, s)
	if len(s) <= MaxText {
		return s
	}
	const ellipsis = "…"
	cut := MaxText - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}

// Quote returns s in quotation marks, cut to 64 characters. If s has characters that do not show, or only
// together with the character before them, Quote escapes all that is not ASCII.
func Quote(s string) string {
	if s = Clip(s); hides(s) {
		return strconv.QuoteToASCII(s)
	}
	return strconv.Quote(s)
}

// Show returns s as it is if all of it shows. Otherwise it returns s in quotation marks, as Quote does, but
// not cut.
func Show(s string) string {
	if hides(s) {
		return strconv.QuoteToASCII(s)
	}
	return s
}

func hides(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.M, c) || !unicode.IsPrint(c) })
}

// Clip cuts s to 64 characters.
func Clip(s string) string {
	n := 0
	for i := range s {
		if n++; n > 64 {
			return s[:i] + "…"
		}
	}
	return s
}
