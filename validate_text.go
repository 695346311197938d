package cgw

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text checks one text. If given is set, an empty text counts as a value. If not, it means that
// there is none.
func (c *checker) text(t *TextRule, field, s string, kind error, given bool) {
	add := func(reason string, kind error) {
		value := s
		if field == fieldAuthKey {
			value = Secret(s).String()
		}
		c.faults.Add(field, value, reason, t.Source, kind)
	}
	switch {
	case s == "" && t.Required: // even where unsupported: Portable rules may be both
		add("is required"+c.on(), kind)
		return
	case t.Unsupported:
		if s != "" || given {
			add(c.noField(), ErrUnsupported)
		}
		return
	case s == "" && !given:
		return
	case !utf8.ValidString(s):
		add("is not valid UTF-8", kind)
		return
	}
	if n := utf8.RuneCountInString(s); n < t.Min {
		add("must have at least "+strconv.Itoa(t.Min)+" characters", kind)
	} else if t.Max > 0 && n > t.Max {
		add("must have at most "+strconv.Itoa(t.Max)+" characters, has "+strconv.Itoa(n), kind)
	}
	if c, ok := t.misfit(s); ok {
		reason := "must not contain " + quoteRune(c)
		if field == fieldAuthKey { // not even one character of it
			reason = "must not contain characters other than the documented ones"
		}
		add(reason, kind)
	} else if blank(s) {
		add(onlySpace, kind)
	}
	if first, _ := utf8.DecodeRuneInString(s); t.LeadingLetter && s != "" && !blank(s) && !unicode.IsLetter(first) {
		add("must start with a letter", kind)
	}
	if p, ok := prefixOf(s, t.NotPrefixes); ok {
		if field == fieldAuthKey {
			p = "a refused prefix"
		}
		add("must not start with "+p, kind)
	}
}

// onlySpace is the reason for a text without a visible character.
const onlySpace = "must not be white space alone"

func blank(s string) bool { return s != "" && strings.TrimSpace(s) == "" }

// misfit returns the first character of s that the rule does not allow. No rule allows control
// characters and line ends.
func (t TextRule) misfit(s string) (rune, bool) {
	for _, c := range s {
		switch {
		case unicode.IsControl(c), c == '\u2028', c == '\u2029', // the line and paragraph separators
			t.Word && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(t.Marks, c),
			t.ASCII && (c < ' ' || c > '~'),
			t.Except != "" && strings.ContainsRune(t.Except, c):
			return c, true
		}
	}
	return 0, false
}

// garbled returns why s cannot be a text of a gateway, or "".
func garbled(s string) string {
	if !utf8.ValidString(s) {
		return "is not valid UTF-8"
	}
	if c, ok := (TextRule{}).misfit(s); ok {
		return "must not contain " + quoteRune(c)
	}
	return ""
}
