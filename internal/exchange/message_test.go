package exchange_test

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

const withheld = "message withheld: it repeats a secret"

func TestCleanMessage(t *testing.T) {
	const secret = "p+ss/w&rd=<1>%~"
	once := url.QueryEscape(secret)
	for _, tc := range []struct{ name, msg, want string }{
		{"plain", "The name is not valid", "The name is not valid"},
		{"empty", "", ""},
		{"spaces", "  text\n", "text"},
		{"link", "see https://error-center.aliyun.com/a?b=c for more", "see [link] for more"},
		{"link in quotes", `see "https://example.com/a"`, `see "[link]"`},
		{"links", "http://a http://b", "[link] [link]"},
		{"a colon and slashes", "://", "[link]"},
		{"raw", "key " + secret + " is wrong", withheld},
		{"escaped", "key " + once + " is wrong", withheld},
		{"escaped twice", "key " + url.QueryEscape(once) + " is wrong", withheld},
		{"escaped thrice", "key " + url.QueryEscape(url.QueryEscape(once)) + " is wrong", withheld},
		{"escaped as a path", url.PathEscape(secret), withheld},
		{"escaped in lower case", strings.ToLower(once), withheld},
		{"escaped in part", strings.Replace(secret, "/", "%2F", 1), withheld},
		{"escaped for HTML", html.EscapeString(secret), withheld},
		{"string to sign", "wrong signature. server string to sign is:POST&%2F&AccessKeyId", "wrong signature. server string to sign is [withheld]"},
		{"StringToSign", "StringToSign: x", "StringToSign [withheld]"},
		{"string to sign, new", "no match. server StringToSign is [ACS3-HMAC-SHA256\nab12] server CanonicalRequest is [POST\n/\n]", "no match. server StringToSign is [withheld]"},
		{"string to sign, its algorithm", "server StringToSign is ABC3-RSA-SHA256\nab12", "server StringToSign is [withheld]"},
		{"canonical request", "the Canonical request is POST", "the Canonical request is [withheld]"},
		{"canonical request in JSON", `{"CanonicalRequest":"POST\n/"}`, `{"CanonicalRequest [withheld]`},
		{"canonical request, quoted", `a canonical_request was "GET\n/"`, `a canonical_request was [withheld]`},
		{"a name that is not canonical", "The name is not canonical: write office", "The name is not canonical: write office"},
		{"to canonicalize", "Please canonicalize the tag first, then retry", "Please canonicalize the tag first, then retry"},
		{"about the string to sign", "The string to sign is wrong, or the CanonicalRequest", "The string to sign is wrong, or the CanonicalRequest"},
		{"signature", "Signature=abc", "Signature=[withheld]"},
		{"signature in a sentence", "wrong Signature=abc%3D, try again", "wrong Signature=[withheld], try again"},
		{"signature, escaped", "wrong signature%3Dabc%253D&x", "wrong signature%3D[withheld]&x"},
		{"link in JSON", `see https:\/\/vpc.example\/?a=b`, "see [link]"},
		{"link in a query", "see https%3A%2F%2Fvpc.example%2F%3Fa now", "see [link] now"},
		{"link in HTML", "see https&#58;//vpc.example/?a=b", "see [link]"},
		{"link, full width", "see ｈｔｔｐｓ：／／vpc.example", "see [link]"},
		{"no link", `{"path":"//office"} 50%3A/`, `{"path":"//office"} 50%3A/`},
		{"long", strings.Repeat("é", 400), strings.Repeat("é", 256)},
		{"letters that grow in lower case", strings.Repeat("İ", 30) + " signature=abc", strings.Repeat("İ", 30) + " signature=[withheld]"},
		{"not UTF-8", "\xff\xfe", "\xff\xfe"},
	} {
		require.Equal(t, tc.want, exchange.CleanMessage(tc.msg, "", secret), tc.name)
	}
	require.Equal(t, withheld, exchange.CleanMessage("of a+b c", "a b"), "a space may be a plus")
	require.Equal(t, "nothing to hide", exchange.CleanMessage("nothing to hide", ""))
}

func TestCleanName(t *testing.T) {
	for _, s := range []string{"", "InvalidIpAddress.AlreadyExist", "D32B3C26-6C6C-4988-93E9-D2A6444CE6AE", "VPC_TASK_CONFLICT"} {
		require.Equal(t, s, exchange.CleanName(s))
	}
	for _, s := range []string{"<nil>", "a b", "http://x", "a\n", "é", strings.Repeat("x", 129)} {
		require.Empty(t, exchange.CleanName(s), s)
	}
}

func FuzzCleanMessage(f *testing.F) {
	f.Add("the key %s is wrong", "secret-key", uint8(0))
	f.Add("see https://example.com/?AuthKey=", "p+ss/w&rd=<1>%~", uint8(1))
	f.Add("string to sign: ", "aaaaaaaa", uint8(2))
	f.Add("İİİİİİİİİİİİİİİ signature=", "bbbbbbbb", uint8(3))
	f.Fuzz(func(t *testing.T, msg, secret string, form uint8) {
		if len(secret) < 8 || strings.Contains(withheld, secret) || strings.Contains("[link] [withheld]", secret) {
			return
		}
		shown := secret
		for range form % 3 {
			shown = url.QueryEscape(shown)
		}
		for _, m := range []string{msg, shown, msg + shown, shown + msg, msg + " " + shown + " " + msg} {
			got := exchange.CleanMessage(m, secret)
			require.NotContains(t, got, "://")
			require.LessOrEqual(t, len(got), 512)
			require.NotContains(t, got, secret)
			if form%3 > 0 && len(shown) <= 400 && shown != secret {
				require.NotContains(t, got, shown)
			}
		}
	})
}
