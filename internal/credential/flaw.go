package credential

import "strings"

// Part is one value of a set of credentials, with its name for errors.
type Part struct{ Name, Value string }

// Flaw says why one of the parts cannot be used in a request. It returns "" if all can be used. It does
// not show the value. The keys and tokens of both clouds have only printable ASCII characters.
func Flaw(parts ...Part) string {
	for _, p := range parts {
		if f := flaw(p.Value); f != "" {
			return "the " + p.Name + " " + f
		}
	}
	return ""
}

func flaw(s string) string {
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	i := strings.IndexFunc(s, func(r rune) bool { return !visible(r) })
	if i < 0 {
		return ""
	}
	where := "contains "
	switch inner := strings.TrimFunc(s, func(r rune) bool { return !visible(r) }); {
	case inner == "":
		where = "is nothing but "
	case inner == s:
	case strings.HasSuffix(s, inner):
		where = "begins with "
	case strings.HasPrefix(s, inner):
		where, i = "ends with ", len(inner)
	}
	switch c := s[i]; {
	case c == '\n' || c == '\r':
		return where + "a line break"
	case c == ' ' || c == '\t':
		return where + "white space"
	case c < ' ' || c == 0x7f:
		return where + "a control character"
	default:
		return where + "a character outside of ASCII"
	}
}
