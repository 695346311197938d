package exchange

import (
	"regexp"
	"strings"
)

// maxMessage bounds the text of a service's message, in bytes.
const maxMessage = 512

var (
	// computed are the words before what a service shows of the signed request.
	computed = regexp.MustCompile(`(?i)string[ -]?to[ -]?sign|canonical|signature=`)
	link     = regexp.MustCompile(`[^\s"'<>(),;]*://[^\s"'<>)]*`)
)

// CleanMessage returns a service's message fit for an error: without links, without what the
// service computed from the signed request, cut to a length that fits a line. A message that
// repeats one of the secrets, however escaped, is withheld whole.
func CleanMessage(msg string, secrets ...string) string {
	if repeats(msg, secrets) {
		return "message withheld: it repeats a secret"
	}
	msg = msg[:min(len(msg), maxSearched)]
	if at := computed.FindStringIndex(msg); at != nil {
		msg = msg[:at[0]]
	}
	msg = link.ReplaceAllLiteralString(msg, "[link]")
	if len(msg) > maxMessage {
		msg = strings.ToValidUTF8(msg[:maxMessage], "")
	}
	return strings.TrimSpace(msg)
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
