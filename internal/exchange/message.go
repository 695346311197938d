package exchange

import (
	"net/url"
	"strings"
)

// maxMessage bounds the text of a service's message, in bytes.
const maxMessage = 512

// CleanMessage returns a service's message fit for an error: without links, without what the
// service computed from the signed request, cut to a length that fits a line. A message that
// repeats one of the secrets, in whatever encoding of URLs, is withheld whole.
func CleanMessage(msg string, secrets ...string) string {
	for _, s := range secrets {
		once := url.QueryEscape(s)
		if s != "" && (strings.Contains(msg, s) || strings.Contains(msg, once) || strings.Contains(msg, url.QueryEscape(once))) {
			return "message withheld: it repeats a secret"
		}
	}
	lower := strings.ToLower(msg)
	for _, mark := range []string{"string to sign", "stringtosign", "canonical", "signature="} {
		if i := strings.Index(lower, mark); i >= 0 {
			msg, lower = msg[:i], lower[:i]
		}
	}
	for {
		i := strings.Index(msg, "://")
		if i < 0 {
			break
		}
		start := strings.LastIndexAny(msg[:i], " \t\n\"'<>(),;") + 1
		end := len(msg)
		if j := strings.IndexAny(msg[i:], " \t\n\"'<>)"); j >= 0 {
			end = i + j
		}
		msg = msg[:start] + "[link]" + msg[end:]
	}
	if len(msg) > maxMessage {
		msg = strings.ToValidUTF8(msg[:maxMessage], "")
	}
	return strings.TrimSpace(msg)
}
