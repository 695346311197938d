package exchange

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape removes the escapes from s, and everything that looks like an escape. It repeats this until
// nothing changes, at most 8 times. The result is only for comparison, not for people: it is the same
// for all escaped forms of a text. The escapes are those of JSON, Go, JavaScript, URLs, HTML and XML
// names, octal numbers, and full-width letters.
func unescape(s string) string { return strings.ToLower(quotes.Replace(plain(s))) }

// plain is like unescape, but keeps quotation marks and upper case.
func plain(s string) string {
	return stable(s, func(s string) string {
		// First all escapes of URLs: HTML would read &amp%3B as an ampersand and %3B.
		return narrow(unname(unbackslash(html.UnescapeString(stable(s, unpercent)))))
	})
}

// quotes removes quotation marks: SQL and CSV double them, and shells write '"'"' for one.
var quotes = strings.NewReplacer(`"`, "", "'", "")

// stable applies f until the text does not change any more, at most 8 times.
func stable(s string, f func(string) string) string {
	for range 8 {
		before := s
		if s = f(s); s == before {
			break
		}
	}
	return s
}

// unpercent removes the escapes of URLs: %22, and %u0022 of JavaScript.
func unpercent(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+1 < len(s) && s[i+1]|0x20 == 'u' {
			if r, n := unit(s[i+2:], "%u"); n > 0 {
				b.WriteRune(r)
				i += n + 1
				continue
			}
		}
		if c == '%' && i+3 <= len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, i = byte(n), i+2
			}
		} else if c == '+' {
			c = ' '
		}
		b.WriteByte(c)
	}
	return b.String()
}

// unit reads a character of four hexadecimal digits at the beginning of s. It returns the character and
// the number of bytes read. After a surrogate, unit also reads the prefix and the second surrogate.
func unit(s, prefix string) (rune, int) {
	code, ok := hexadecimal(s, 4)
	if !ok {
		return 0, 0
	}
	n := 4
	if r := rune(code); utf16.IsSurrogate(r) && len(s) >= n+len(prefix) && strings.EqualFold(s[n:n+len(prefix)], prefix) { //nolint:gosec // of 16 bits
		if low, ok := hexadecimal(s[n+len(prefix):], 4); ok {
			return utf16.DecodeRune(r, rune(low)), n + len(prefix) + 4 //nolint:gosec // of 16 bits
		}
	}
	return rune(code), n //nolint:gosec // of 16 bits
}

// hexadecimal reads the first digits of s.
func hexadecimal(s string, digits int) (uint64, bool) {
	if len(s) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:digits], 16, 32)
	return n, err == nil
}

// unbackslash removes the escapes of JSON, Go and JavaScript, and octal numbers.
func unbackslash(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i += character(&b, s[i+1:])
	}
	return b.String()
}

// character reads an escape at the beginning of s, without its backslash, and writes its character. It
// returns the number of bytes read.
func character(b *strings.Builder, s string) int {
	const named = "abfnrtv"
	c := s[0]
	if (c == 'u' || c == 'x') && len(s) > 1 && s[1] == '{' { // \u{22}
		if end := strings.IndexByte(s[:min(len(s), 12)], '}'); end > 2 {
			if code, err := strconv.ParseUint(s[2:end], 16, 32); err == nil && code <= utf8.MaxRune {
				b.WriteRune(rune(code)) //nolint:gosec // checked
				return end + 1
			}
		}
	}
	if c == 'u' {
		if r, n := unit(s[1:], `\u`); n > 0 {
			b.WriteRune(r)
			return n + 1
		}
	}
	if code, ok := hexadecimal(s[1:], 8); ok && c == 'U' {
		b.WriteRune(rune(code)) //nolint:gosec // of 32 bits
		return 9
	}
	if code, ok := hexadecimal(s[1:], 2); ok && c == 'x' {
		b.WriteByte(byte(code)) //nolint:gosec // of 8 bits
		return 3
	}
	if n := octals(s); n > 0 {
		code, _ := strconv.ParseUint(s[:n], 8, 8)
		b.WriteByte(byte(code)) //nolint:gosec // of 8 bits
		return n
	}
	if at := strings.IndexByte(named, c); at >= 0 {
		c = "\a\b\f\n\r\t\v"[at]
	}
	b.WriteByte(c)
	return 1
}

// octals returns how many bytes at the beginning of s are an octal number of one byte: at most three.
func octals(s string) int {
	n := 0
	for n < min(len(s), 3) && '0' <= s[n] && s[n] <= '7' {
		n++
	}
	if n == 3 && s[0] > '3' {
		n = 2
	}
	return n
}

// unname removes the escapes that XML needs in names: _x0022_.
func unname(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], "_x") && len(s) > i+6 && s[i+6] == '_' {
			if code, ok := hexadecimal(s[i+2:], 4); ok {
				b.WriteRune(rune(code)) //nolint:gosec // of 16 bits
				i += 6
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// narrow replaces full-width letters, digits and punctuation with ASCII.
func narrow(s string) string {
	const first, last, space, away = '！', '～', '\u3000', '！' - '!'
	if strings.IndexFunc(s, func(r rune) bool { return r == space || first <= r && r <= last }) < 0 {
		return s
	}
	var b strings.Builder // not strings.Map, which would replace bytes that are not UTF-8
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == space:
			b.WriteByte(' ')
		case first <= r && r <= last:
			b.WriteRune(r - away)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
