package exchange_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

// socks answers each message of a client of SOCKS 5 with the next of the answers. An empty answer closes
// the connection.
func socks(answers ...string) func(net.Conn, string) {
	return func(c net.Conn, _ string) {
		for i, a := range answers {
			if i > 0 {
				if _, err := c.Read(make([]byte, 512)); err != nil {
					return
				}
			}
			if a == reset {
				_ = c.(*net.TCPConn).SetLinger(0)
				return
			}
			_, _ = io.WriteString(c, a)
		}
	}
}

// reset is an answer of socks: it closes the connection without an end.
const reset = "reset"

// TestSOCKS has what net/http says of each answer of a SOCKS proxy. A refusal is not sent again: a wrong
// password may lock an account.
func TestSOCKS(t *testing.T) {
	const free, byPassword, accepted = "\x05\x00", "\x05\x02", "\x01\x00"
	reply := func(code byte) string { return string([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0}) }
	user := url.UserPassword("user", proxyKey)
	for _, tc := range []struct {
		name       string
		user       *url.Userinfo
		answers    []string
		permanence exchange.Permanence
		says       string
	}{
		{"wrong password", user, []string{byPassword, "\x01\x01"}, exchange.Permanent, "the proxy refused: username/password authentication failed"},
		{"no password", nil, []string{"\x05\xff"}, exchange.Permanent, "the proxy refused: no acceptable authentication methods: check the user"},
		{"not that way", user, []string{"\x05\xff"}, exchange.Permanent, "the proxy refused: no acceptable authentication methods: check the user"},
		{"Kerberos", user, []string{"\x05\x01"}, exchange.Permanent, "the proxy refused: it asks for another way of authentication"},
		{"no user", url.UserPassword("", proxyKey), []string{byPassword}, exchange.Permanent, "the proxy refused: the user is empty"},
		{"other version of passwords", user, []string{byPassword, "\x07\x00"}, exchange.MaybePermanent, "the proxy refused: its answer is not of SOCKS 5"},
		{"not allowed", nil, []string{free, reply(2)}, exchange.Permanent, "the proxy refused: connection not allowed by ruleset"},
		{"not allowed, with a password", user, []string{byPassword, accepted, reply(2)}, exchange.Permanent, "the proxy refused: connection not allowed by ruleset"},
		{"no command", nil, []string{free, reply(7)}, exchange.Permanent, "the proxy refused: command not supported"},
		{"no such addresses", nil, []string{free, reply(8)}, exchange.Permanent, "the proxy refused: address type not supported"},
		{"failure", nil, []string{free, reply(1)}, exchange.Permanence(0), "the proxy refused: general SOCKS server failure"},
		{"network", nil, []string{free, reply(3)}, exchange.Permanence(0), "the proxy refused: network unreachable"},
		{"host", nil, []string{free, reply(4)}, exchange.MaybePermanent, "the proxy refused: host unreachable"},
		{"refused", nil, []string{free, reply(5)}, exchange.Permanence(0), "the proxy refused: connection refused"},
		{"far", nil, []string{free, reply(6)}, exchange.Permanence(0), "the proxy refused: TTL expired"},
		{"unknown code", nil, []string{free, reply(99)}, exchange.Permanence(0), "the proxy refused: general SOCKS server failure"},
		{"HTTP", nil, []string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, exchange.MaybePermanent, "the proxy refused: its answer is not of SOCKS 5"},
		{"closes", user, []string{byPassword, ""}, exchange.Permanence(0), "the connection was closed"},
		{"resets", user, []string{byPassword, reset}, exchange.Permanence(0), "connection reset by peer"},
	} {
		for _, scheme := range []string{"socks5", "socks5h"} {
			proxy := trouble{answer: socks(tc.answers...)}
			at := &url.URL{Scheme: scheme, User: tc.user, Host: proxy.listen(t)}
			theirs := &http.Transport{Proxy: http.ProxyURL(at)}
			for name, x := range map[string]*exchange.Exchange{
				"own": exchange.NewOwn(exchange.Config{Timeout: time.Minute, Inspect: accept, Secrets: secretNames},
					func(t *http.Transport) { t.Proxy = http.ProxyURL(at) }),
				"caller's": newExchange(t, &http.Client{Transport: theirs}, time.Minute),
			} {
				t.Run(tc.name+"/"+scheme+"/"+name, func(t *testing.T) {
					defer x.Close()
					rec, _, err := post(t.Context(), t, x, "https://service.test/?AuthKey=e", nil)
					n := new(exchange.NetworkError)
					require.ErrorAs(t, err, &n)
					require.False(t, rec.Sent)
					require.Equal(t, tc.permanence, n.Permanence, "%v", err)
					require.ErrorContains(t, err, tc.says)
					require.NotContains(t, everything(err), proxyKey)
				})
			}
		}
	}
}
