package exchange

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// appendSecrets appends the values in a request that no error may show: those of the headers and
// query parameters with one of the names, and what the headers of HTTP itself authorize with. It is
// called for every reply, so it reads the query without making a map of it.
func appendSecrets(all []string, req *http.Request, names []string) []string {
	if req == nil {
		return all
	}
	for k, values := range req.Header {
		switch {
		case isOneOf(k, "Authorization", "Proxy-Authorization"):
			for _, v := range values {
				all = appendKeys(all, v)
			}
		case isOneOf(k, names...):
			all = append(all, values...)
		}
	}
	for pair := range strings.SplitSeq(req.URL.RawQuery, "&") {
		k, v, _ := strings.Cut(pair, "=")
		if isOneOf(unescaped(k), names...) {
			all = append(all, unescaped(v))
		}
	}
	return all
}

// appendKeys appends what is secret in the value of an Authorization header: all of it, what follows
// the scheme ("Bearer KEY"), the password of the scheme Basic, and the signature of a scheme that
// signs ("Credential=ID, Signature=KEY").
func appendKeys(all []string, value string) []string {
	all = append(all, value)
	scheme, key, _ := strings.Cut(value, " ")
	if key != "" {
		all = append(all, key)
	}
	if _, signature, ok := strings.Cut(value, "Signature="); ok {
		all = append(all, signature)
	}
	if strings.EqualFold(scheme, "Basic") {
		plain, _ := base64.StdEncoding.DecodeString(key) // one that is malformed has no password
		if _, password, ok := strings.Cut(string(plain), ":"); ok {
			all = append(all, password)
		}
	}
	return all
}

// isOneOf reports whether name is one of the names, in capital or small letters: SDKs write both.
func isOneOf(name string, names ...string) bool {
	for _, s := range names {
		if len(s) == len(name) && strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// unescaped returns a part of a query; one that is malformed as it is.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// proxySecrets returns the password of a proxy, and how it is sent.
func proxySecrets(proxy *url.URL) []string {
	if proxy == nil || proxy.User == nil {
		return nil
	}
	password, _ := proxy.User.Password()
	return []string{password, base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))}
}

// maxSearched bounds how much of a text is searched for secrets, in bytes. It is far more than
// is ever shown, so that a secret across the end of what is shown is found whole.
const maxSearched = 64 << 10

// repeats reports whether a text has one of the secrets in it: as it is, or escaped for JSON,
// Go, URLs or HTML, however often and in whatever order.
func repeats(text string, secrets []string) bool {
	text = text[:min(len(text), maxSearched)]
	var plain, bare string // made when the first secret asks for them
	for _, s := range secrets {
		if s == "" {
			continue
		}
		for _, form := range escaped(s) {
			if strings.Contains(text, form) {
				return true
			}
		}
		if plain == "" {
			plain = unescape(text)
			bare = letters(plain)
		}
		if whole := unescape(s); whole != "" && strings.Contains(plain, whole) {
			return true
		}
		// Broken up by marks of any kind, or cut off by the service.
		const least = 8 // fewer letters are met by chance
		if l := letters(unescape(s)); len(l) >= least && strings.Contains(bare, l[:max(least, len(l)*2/3)]) {
			return true
		}
	}
	return false
}

// escaped returns a secret as it is, and escaped in the usual ways. Here what comes before it
// does not matter, which may mislead unescape.
func escaped(s string) [5]string {
	quoted, _ := json.Marshal(s) // cannot fail
	once := url.QueryEscape(s)
	inner := func(s string) string { return s[1 : len(s)-1] }
	return [...]string{s, once, url.QueryEscape(once), inner(string(quoted)), inner(strconv.Quote(s))}
}

// unescape undoes all escapes in s, those of escapes too, and what one may take for such. It is
// no good for reading, but gives the same for a text in all its escaped forms.
func unescape(s string) string {
	s = stable(s, func(s string) string {
		// Those of URLs first and all of them: HTML takes &amp%3B for an ampersand and %3B.
		return unbackslash(html.UnescapeString(stable(s, unpercent)))
	})
	return strings.ToLower(quotes.Replace(s))
}

// quotes are left out: SQL and CSV double them, shells write '"'"' for one.
var quotes = strings.NewReplacer(`"`, "", "'", "")

// stable applies f until it changes nothing.
func stable(s string, f func(string) string) string {
	const most = 8 // times
	for range most {
		before := s
		if s = f(s); s == before {
			break
		}
	}
	return s
}

// unpercent undoes the escapes of URLs.
func unpercent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
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

// unbackslash undoes the escapes of JSON and Go.
func unbackslash(s string) string {
	const named = "abfnrtv"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		n := hexDigits(s[i])
		code, err := strconv.ParseUint(s[i+1:min(i+1+n, len(s))], 16, 32)
		switch at := strings.IndexByte(named, s[i]); {
		case n > 0 && err == nil && i+n < len(s):
			i += n
			r := rune(code) //nolint:gosec // of 32 bits
			if utf16.IsSurrogate(r) && i+6 < len(s) && s[i+1:i+3] == `\u` {
				if low, err := strconv.ParseUint(s[i+3:i+7], 16, 16); err == nil {
					r, i = utf16.DecodeRune(r, rune(low)), i+6 //nolint:gosec // of 16 bits
				}
			}
			if n == 2 {
				b.WriteByte(byte(r)) //nolint:gosec // of 8 bits
			} else {
				b.WriteRune(r)
			}
		case at >= 0:
			b.WriteByte("\a\b\f\n\r\t\v"[at])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// hexDigits returns how many digits follow a backslash and c.
func hexDigits(c byte) int {
	switch c {
	case 'x':
		return 2
	case 'u':
		return 4
	case 'U':
		return 8
	default:
		return 0
	}
}

// letters returns the letters and digits of s.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
