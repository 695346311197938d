package exchange

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// The bounds of the text of a service's message, and of a source of credentials, in bytes. The
// latter may be of several sources that were asked in turn.
const (
	maxMessage = 512
	maxSource  = 900
)

var (
	// computed are the words before what a service shows of the signed request.
	computed = regexp.MustCompile(`(?i)string[ -]?to[ -]?sign|canonical|signature=`)
	link     = regexp.MustCompile(`[^\s"'<>(),;]*://[^\s"'<>)]*`)
	escape   = regexp.MustCompile(`(?:%[0-9a-fA-F]{2})+`)
)

// CleanMessage returns a service's message fit for an error: without links, without what the
// service computed from the signed request, cut to a length that fits a line. A message that
// repeats one of the secrets, escaped as in URLs or HTML however often, is withheld whole.
func CleanMessage(msg string, secrets ...string) string {
	if repeats(msg, secrets) {
		return "message withheld: it repeats a secret"
	}
	return clean(msg, maxMessage)
}

func clean(msg string, most int) string {
	if at := computed.FindStringIndex(msg); at != nil {
		msg = msg[:at[0]]
	}
	msg = link.ReplaceAllLiteralString(msg, "[link]")
	if len(msg) > most {
		msg = strings.ToValidUTF8(msg[:most], "")
	}
	return strings.TrimSpace(msg)
}

func repeats(msg string, secrets []string) bool {
	for _, s := range secrets {
		// As they are: where an escape runs into what comes before it, decoding misreads it.
		once := url.QueryEscape(s)
		if s != "" && (strings.Contains(msg, once) || strings.Contains(msg, url.QueryEscape(once))) {
			return true
		}
	}
	const depth = 4 // of escapes
	for range depth {
		if holds(msg, secrets) {
			return true
		}
		plain := escape.ReplaceAllStringFunc(msg, func(e string) string {
			s, _ := url.PathUnescape(e) // nothing but well-formed escapes
			return s
		})
		if holds(plain, secrets) || holds(html.UnescapeString(msg), secrets) {
			return true
		}
		if plain = html.UnescapeString(plain); plain == msg {
			return false
		}
		msg = plain
	}
	return holds(msg, secrets)
}

func holds(msg string, secrets []string) bool {
	spaced := strings.ReplaceAll(msg, "+", " ")
	for _, s := range secrets {
		if s != "" && (strings.Contains(msg, s) || strings.Contains(spaced, s)) {
			return true
		}
	}
	return false
}

// CleanName returns a code or an ID that the service sent; one that has not the form of any is
// a text, which has its place in messages, and gives "".
func CleanName(s string) string {
	const longest = 128
	if len(s) > longest {
		return ""
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == ':':
		default:
			return ""
		}
	}
	return s
}

// Signature returns what an Authorization header signs with, for CleanMessage.
func Signature(authorization string) string {
	_, s, _ := strings.Cut(authorization, "Signature=")
	return s
}
