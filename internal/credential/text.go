package credential

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw/internal/exchange"
)

const withheld = "[withheld]"

// assigned matches an assignment such as "secret_key = abc". Sources quote lines of their files.
var assigned = regexp.MustCompile(`(?i)([\w.-]*(?:secret|token|password|key)[\w.-]*\s*=\s*)("[^"]*"|'[^']*'|[^\s"',;]+)`)

// Text returns the text of a source's error in one line. It replaces with "[withheld]" everything that
// may be secret: the given secrets, values that are assigned to keys, secrets, tokens and passwords,
// JSON (but shows its error code if it has one), and all text after the first line. It replaces links
// with "[link]". It keeps the rest of the text, as far as [exchange.CleanMessage] does.
func Text(msg string, secrets ...string) string {
	msg = withoutJSON(strings.TrimSpace(msg))
	if first, _, more := strings.Cut(msg, "\n"); more {
		msg = strings.TrimSpace(first) + " " + withheld
	}
	for _, s := range secrets {
		if s = strings.TrimSpace(s); s != "" {
			msg = strings.NewReplacer(s, withheld, url.QueryEscape(s), withheld, url.PathEscape(s), withheld).Replace(msg)
		}
	}
	msg = assigned.ReplaceAllString(msg, "${1}"+withheld)
	return exchange.CleanMessage(msg, secrets...)
}

// withoutJSON replaces each JSON object and array in s with its error code, or with "[withheld]" if it
// has none. It also replaces text in braces that is not JSON. It withholds the rest of a text with very many
// brackets: each of them could begin an array, and to try them all would take long.
func withoutJSON(s string) string {
	var b strings.Builder
	for brackets := 0; ; brackets++ {
		i := strings.IndexAny(s, "{[")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if s = s[i:]; brackets == 64 {
			b.WriteString(withheld)
			return b.String()
		}
		dec := json.NewDecoder(strings.NewReader(s))
		var value json.RawMessage
		switch err := dec.Decode(&value); {
		case err == nil:
			b.WriteString(summary(value))
			s = s[dec.InputOffset():]
		case s[0] == '[':
			b.WriteByte('[')
			s = s[1:]
		default:
			b.WriteString(withheld)
			end := strings.LastIndexByte(s, '}')
			if end < 0 {
				return b.String()
			}
			s = s[end+1:]
		}
	}
}

// summary returns the error code of a JSON value, or "[withheld]".
func summary(value []byte) string {
	if code := Code(string(value)); code != "" {
		return code
	}
	return withheld
}

// Code returns the error code of a reply in JSON, or "". Some small servers write an HTTP status, as a
// number, in place of the code.
func Code(reply string) string {
	var r struct {
		Code      any
		ErrorCode any
		Error     any
	}
	if json.Unmarshal([]byte(reply), &r) != nil {
		return ""
	}
	for _, v := range []any{r.Code, r.ErrorCode, r.Error} {
		if s, ok := v.(string); ok && s != "" {
			return exchange.CleanName(s)
		}
	}
	if n, ok := r.Code.(float64); ok && n >= 400 && n < 600 {
		return strconv.Itoa(int(n))
	}
	return ""
}
