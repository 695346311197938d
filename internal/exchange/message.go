package exchange

import (
	"regexp"
	"strings"
)

// maxMessage bounds the text of a service's message, in bytes.
const maxMessage = 512

var (
	// computed matches the words after which a service shows parts of the signed request.
	computed = regexp.MustCompile(`(?i)string[ -]?to[ -]?sign|canonical|signature=`)
	link     = regexp.MustCompile(`[^\s"'<>(),;]*://[^\s"'<>)]*`)
)

// CleanMessage returns a service's message in a form that an error may show: links are replaced, what
// the service computed from the signed request is cut off, and so is everything after maxMessage bytes.
// If the message repeats one of the secrets, in any escaped form, the whole message is withheld.
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

// CleanName returns a code or an ID that the service sent. It returns "" for anything else: more than
// 128 bytes, or characters other than letters, digits and ". _ - :".
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
