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
		{"string to sign", "wrong signature. server string to sign is:POST&%2F&AccessKeyId", "wrong signature. server"},
		{"StringToSign", "StringToSign: x", ""},
		{"canonical request", "the Canonical request is POST", "the"},
		{"signature", "Signature=abc", ""},
		{"long", strings.Repeat("é", 400), strings.Repeat("é", 256)},
		{"letters that grow in lower case", strings.Repeat("İ", 30) + " signature=abc", strings.Repeat("İ", 30)},
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
		if len(secret) < 8 || strings.Contains(withheld, secret) || strings.Contains("[link]", secret) {
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
