package exchange

import (
	"regexp"
	"strings"
)

// maxMessage bounds the text of a service's message, in bytes.
const maxMessage = 512

var (
	// computed matches the words of a service before it shows parts of the signed request, such as
	// "server string to sign is:POST&..." or "server StringToSign is [ABC3-HMAC-SHA256 ...".
	computed = regexp.MustCompile(`(?i)\b((?:string[ _-]?to[ _-]?sign|canonical[ _-]?(?:request|string|query ?string|uri|headers))["'\\\s]*` +
		`(?:\b(?:is|was)\b["'\\\s]*)?)(?:[:=[({]|(?-i:GET|POST|PUT|DELETE|HEAD|[A-Z]+[0-9]+-|HMAC-))`)
	// signature matches a signature that a service shows. It may be the correct signature of a request.
	signature = regexp.MustCompile(`(?i)(signature(?:=|%3D)\s*)[^\s,;&]+`)
	link      = regexp.MustCompile(`[^\s"'<>(),;]*://[^\s"'<>)]*`)
	word      = regexp.MustCompile(`\S+`)
)

// cut replaces the text that was cut off a message.
const cut = "[withheld]"

// CleanMessage returns a service's message in a form that an error may show. It replaces links with
// "[link]". It replaces signatures, and all text after the start of a signed request, with
// "[withheld]". It cuts off everything after maxMessage bytes. If the message repeats one of the
// secrets, in any escaped form, the whole message is withheld.
func CleanMessage(msg string, secrets ...string) string {
	if repeats(msg, secrets) {
		return "message withheld: it repeats a secret"
	}
	msg = msg[:min(len(msg), maxSearched)]
	if at := computed.FindStringSubmatchIndex(msg); at != nil {
		msg = strings.TrimRight(msg[:at[3]], " \t\r\n\"'\\") + " " + cut
	}
	msg = signature.ReplaceAllString(msg, "${1}"+cut)
	msg = withoutLinks(msg)
	if len(msg) > maxMessage {
		msg = strings.ToValidUTF8(msg[:maxMessage], "")
	}
	return strings.TrimSpace(msg)
}

// withoutLinks replaces links, and words with an escaped link, with "[link]".
func withoutLinks(s string) string {
	s = link.ReplaceAllLiteralString(s, "[link]")
	if !strings.Contains(plain(s), "://") {
		return s
	}
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if strings.Contains(plain(w), "://") {
			return "[link]"
		}
		return w
	})
}

// CleanName returns a code or an ID that the service sent, if an error may show it. It returns "" if the
// text has more than 128 bytes, or characters other than letters, digits and ". _ - :".
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
