package exchange_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

// escapings are the ways in which a service may escape a text.
func escapings() map[string]func(string) string {
	marshal := func(s string) string {
		b, _ := json.Marshal(s)
		return string(b[1 : len(b)-1])
	}
	each := func(form string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, c := range utf16.Encode([]rune(s)) {
				fmt.Fprintf(&b, form, c)
			}
			return b.String()
		}
	}
	return map[string]func(string) string{
		"raw":             func(s string) string { return s },
		"JSON":            marshal,
		"JSON of slashes": func(s string) string { return strings.ReplaceAll(marshal(s), "/", `\/`) },
		"JSON of its own marks": func(s string) string {
			return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
		},
		"Go":           func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
		"Go, ASCII":    func(s string) string { q := strconv.QuoteToASCII(s); return q[1 : len(q)-1] },
		"query":        url.QueryEscape,
		"query, small": func(s string) string { return strings.ToLower(url.QueryEscape(s)) },
		"path":         url.PathEscape,
		"HTML":         html.EscapeString,
		"HTML, names":  func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "&#34;", "&quot;") },
		"HTML, numbers": func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, "&#x%x;", r)
			}
			return b.String()
		},
		"\\u of all":      each(`\u%04x`),
		"\\u in capitals": each(`\u%04X`),
		"% of all":        func(s string) string { return strings.ReplaceAll(fmt.Sprintf("% x", s), " ", "%") },
		"octal": func(s string) string {
			var b strings.Builder
			for _, c := range []byte(s) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
			return b.String()
		},
		"%u of all": each("%%u%04x"),
		"\\u{} of all": func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, `\u{%x}`, r)
			}
			return b.String()
		},
		"names of XML": each("_x%04X_"),
		"full width": func(s string) string {
			return strings.Map(func(r rune) rune {
				if '!' <= r && r <= '~' {
					r += '！' - '!'
				}
				return r
			}, s)
		},
		"CSV": func(s string) string { return strings.ReplaceAll(s, `"`, `""`) },
	}
}

// TestSecretsInAnyForm has messages that repeat a secret, escaped once, twice or three times.
func TestSecretsInAnyForm(t *testing.T) {
	secrets := []string{
		`K3y"Canary\q<z>`, `plain-secret-0123`, "p+ss/w&rd=<1>%~", `100%41%2541 percent`, `C:\new\table\x41`, "{\"a\":\"b\\u0063\"}",
		"Schlüssel-密钥-😀", "a&amp;b&lt;c", "tab\tand\nline", `'single' "double" ` + "`back`",
	}
	forms := escapings()
	forms["% of all"] = func(s string) string { return "%" + escapings()["% of all"](s) }
	searched := 0
	for _, secret := range secrets {
		for a, first := range forms {
			for b, second := range forms {
				for c, third := range map[string]func(string) string{"raw": forms["raw"], "JSON": forms["JSON"], "query": forms["query"]} {
					text := third("key: " + second(first(secret)) + " is wrong")
					require.Equal(t, withheld, exchange.CleanMessage(text, "", secret), "%s of %s of %s: %s", c, b, a, text)
					searched++
				}
			}
		}
	}
	t.Logf("%d secrets × %d escapings of %d escapings of 3: %d messages searched", len(secrets), len(forms), len(forms), searched)
}

func TestMessagesWithoutSecrets(t *testing.T) {
	secrets := []string{`K3y"Canary\q<z>`, "sh0rt", "", "signature+of/it="}
	for _, text := range []string{
		"The name is not valid", `the value "a\b%20&amp;c" is wrong`, "Canary K3y", "100% of the quota", `C:\K3y`, "sh0 rt",
	} {
		require.Equal(t, text, exchange.CleanMessage(text, secrets...))
	}
	require.Equal(t, withheld, exchange.CleanMessage("it is sh0rt", secrets...), "a short one as it is")
	require.Equal(t, withheld, exchange.CleanMessage(`the key K3y"Canary\... is wrong`, secrets...), "the start of one")
	far := strings.Repeat("http://x/"+strings.Repeat("x", 1000)+" ", 20)
	require.NotContains(t, exchange.CleanMessage(far+secrets[0], secrets...), "Canary", "beyond what is shown at first")
}

// TestSecrets finds secrets by the names in Config.Secrets, in capital or small letters.
func TestSecrets(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://h/?AuthKey=an%2Bauth&signature=sig&Action=Create&SignatureNonce=n&ClientToken=c", http.NoBody)
	require.NoError(t, err)
	req.Header["x-token"] = []string{"t1"}
	req.Header.Set("X-Token", "t2")
	req.Header.Set("X-Other", "o")
	r := exchange.NewReply(req, secretNames...)
	require.ElementsMatch(t, []string{"an+auth", "sig", "t1", "t2"}, r.Secrets())
	require.Equal(t, withheld, r.Clean("t2, was it?"))
	require.Empty(t, exchange.NewReply(req).Secrets(), "without names")
	require.Empty(t, exchange.NewReply(nil, secretNames...).Secrets(), "without a request")
}

// TestAuthorization: Authorization and Proxy-Authorization hold secrets for every provider.
func TestAuthorization(t *testing.T) {
	for value, want := range map[string][]string{
		"the-key":                      {"the-key"},
		"Bearer the-key":               {"Bearer the-key", "the-key"},
		"V1 Credential=i, Signature=s": {"V1 Credential=i, Signature=s", "Credential=i, Signature=s", "s"},
		"basic dXNlcjpwYXNzOndvcmQ=":   {"basic dXNlcjpwYXNzOndvcmQ=", "dXNlcjpwYXNzOndvcmQ=", "pass:word"},
		"Basic ???":                    {"Basic ???", "???"},
	} {
		for _, header := range []string{"Authorization", "authorization", "Proxy-Authorization"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://h/", http.NoBody)
			require.NoError(t, err)
			req.Header[header] = []string{value}
			r := exchange.NewReply(req)
			require.Equal(t, want, r.Secrets(), "%s: %s", header, value)
			for _, secret := range want {
				require.Equal(t, withheld, r.Clean("of "+secret+" nothing is known"), "%s: %s", header, value)
				require.Empty(t, r.Name(secret), "%s: %s", header, value)
			}
		}
	}
}

// TestNameInEscapes: the one escape that a name can hold is found, and names that only look like one stay.
func TestNameInEscapes(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://h/?AuthKey=K3y%22Canary", http.NoBody)
	require.NoError(t, err)
	r := exchange.NewReply(req, secretNames...)
	require.Empty(t, r.Name("K3y_x0022_Canary"))
	require.Empty(t, r.Name("req-K3y_x0022_Canary-1"))
	require.Equal(t, "max_x0022_exceeded", r.Name("max_x0022_exceeded"))
}

// TestNameAllocatesNothing has a request with eight secrets. Name is called for every success.
func TestNameAllocatesNothing(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://h/?AuthKey=auth-key-0123&Name=office&Signature=0123456789", http.NoBody)
	require.NoError(t, err)
	req.Header.Set("X-Token", "token-0123")
	req.Header.Set("Authorization", "V1 Credential=id, Signature=0123456789")
	req.Header.Set("Proxy-Authorization", "Digest 0123")
	r := exchange.NewReply(req, secretNames...)
	require.Len(t, r.Secrets(), 8)
	require.Zero(t, testing.AllocsPerRun(100, func() { r.Name("D32B3C26-6C6C-4988-93E9-D2A6444CE6AE") }))
}
