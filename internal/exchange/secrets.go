package exchange

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// appendSecrets appends the values in a request that no error may show: the values of Authorization and
// Proxy-Authorization, and of the headers and query parameters in names. It is called for every reply, so
// to save time it does not make a map of the query.
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

// appendKeys appends the secrets in the value of an Authorization header: the whole value, the part
// after the scheme ("Bearer KEY"), the password of the scheme Basic, and the signature ("Credential=ID,
// Signature=KEY").
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
		plain, _ := base64.StdEncoding.DecodeString(key) // if it is malformed, there is no password
		if _, password, ok := strings.Cut(string(plain), ":"); ok {
			all = append(all, password)
		}
	}
	return all
}

// isOneOf reports whether name is one of the names. It ignores case, because SDKs write both.
func isOneOf(name string, names ...string) bool {
	for _, s := range names {
		if len(s) == len(name) && strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// unescaped returns a part of a query without its escapes. If an escape is malformed, it returns s.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// proxySecrets returns the password of a proxy, and the value that Proxy-Authorization has for it.
func proxySecrets(proxy *url.URL) []string {
	if proxy == nil || proxy.User == nil {
		return nil
	}
	password, _ := proxy.User.Password()
	return []string{password, base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))}
}

// maxSearched limits how much of a text is searched for secrets, in bytes. It is far more than maxMessage.
// So a secret is found even if only its beginning would be shown.
const maxSearched = 64 << 10

// repeats reports whether a text contains one of the secrets: as it is, or escaped in a way that
// unescape knows, several times and in any order.
func repeats(text string, secrets []string) bool {
	text = text[:min(len(text), maxSearched)]
	// plain is text without escapes. bare has only the letters and digits of plain. Both are computed for
	// the first secret.
	var plain, bare string
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
		// Compare only letters and digits, because the service may have put other characters between them.
		// Compare only the first two thirds of the secret, because the service may have cut it off.
		const least = 8 // fewer letters may be in a text by chance
		if l := letters(unescape(s)); len(l) >= least && strings.Contains(bare, l[:max(least, len(l)*2/3)]) {
			return true
		}
	}
	return false
}

// escaped returns a secret as it is, and escaped in the usual ways. repeats looks for these forms in the
// original text, because unescape could miss the secret: it may read the characters before the secret
// and the first characters of the secret as one escape.
func escaped(s string) [5]string {
	quoted, _ := json.Marshal(s) // this cannot fail for a string
	once := url.QueryEscape(s)
	inner := func(s string) string { return s[1 : len(s)-1] }
	return [...]string{s, once, url.QueryEscape(once), inner(string(quoted)), inner(strconv.Quote(s))}
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
