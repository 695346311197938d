package exchange_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

// trouble is a way for the network to fail. Its server answers a connection by hand.
type trouble struct {
	name   string
	tls    *tls.Config                     // of the server; nil: none
	answer func(net.Conn, string)          // gets all that was sent with the request line
	change func(*http.Transport)           // of the client
	url    func(addr string) (base string) // nil: https if tls is set, or http

	sent       bool
	permanence exchange.Permanence
	reply      bool // the error is a ReplyError
	says       []string
	is         error
	as         []any
}

// raw answers with bytes.
func raw(answer string) func(net.Conn, string) {
	return func(c net.Conn, _ string) { _, _ = io.WriteString(c, answer) }
}

// stall answers with bytes and then nothing.
func stall(answer string) func(net.Conn, string) {
	return func(c net.Conn, _ string) {
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c)
	}
}

func viaProxy(user bool) func(addr string) func(*http.Transport) {
	return func(addr string) func(*http.Transport) {
		u := &url.URL{Scheme: "http", Host: addr}
		if user {
			u.User = url.UserPassword("user", proxyKey)
		}
		return func(t *http.Transport) { t.Proxy = http.ProxyURL(u) }
	}
}

func dialError(err error) func(*http.Transport) {
	return func(t *http.Transport) {
		t.DialContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
}

// frame returns a frame of HTTP/2.
func frame(kind byte, payload string) string {
	n := len(payload)
	return string([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, 0, 0, 0, 0, 0}) + payload
}

// goAway waits for a request of HTTP/2, and answers with a GOAWAY that gives a reason.
func goAway(why string) func(net.Conn, string) {
	return func(c net.Conn, sent string) {
		const preface, head, headers = 24, 9, 1
		_, _ = io.WriteString(c, frame(4, "")) // settings
		for more := make([]byte, 2048); ; {
			for at := preface; at+head <= len(sent); at += head + int(sent[at])<<16 + int(sent[at+1])<<8 + int(sent[at+2]) {
				if sent[at+3] == headers {
					_, _ = io.WriteString(c, frame(7, "\x00\x00\x00\x01\x00\x00\x00\x0b"+why))
					return
				}
			}
			n, err := c.Read(more)
			if err != nil {
				return
			}
			sent += string(more[:n])
		}
	}
}

func troubles(t *testing.T) []trouble {
	t.Helper()
	root, other, noRoot := newAuthority(t, true), newAuthority(t, true), newAuthority(t, false)
	const termsName = "Terms at https://ca.acme.example/rpa"
	terms := namedAuthority(t, termsName, true)
	serverOf := func(c tls.Certificate) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}
	}
	good := serverOf(root.issue(t, nil))
	trust := func(a *authority) func(*http.Transport) {
		return func(t *http.Transport) {
			t.TLSClientConfig = &tls.Config{RootCAs: a.pool(), MinVersion: tls.VersionTLS12}
		}
	}
	http2 := good.Clone()
	http2.NextProtos = []string{"h2"}
	trustHTTP2 := func(t *http.Transport) { trust(root)(t); t.ForceAttemptHTTP2 = true }
	old := good.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	noCert := good.Clone()
	noCert.ClientAuth = tls.RequireAnyClientCert
	noCert12 := noCert.Clone()
	noCert12.MaxVersion = tls.VersionTLS12
	issued := func(change func(*x509.Certificate)) *tls.Config { return serverOf(root.issue(t, change)) }
	const ok = "HTTP/1.1 200 OK\r\n"
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	var op *net.OpError
	https := func(string) string { return "https://service.test" }
	return []trouble{
		{name: "refused", url: func(string) string { return refusing(t) }, says: []string{"connection refused"}, is: syscall.ECONNREFUSED, as: []any{&op}},
		{name: "unreachable", change: dialError(syscall.EHOSTUNREACH), is: syscall.EHOSTUNREACH},
		{name: "reset", answer: func(c net.Conn, _ string) { _ = c.(*net.TCPConn).SetLinger(0) }, sent: true, says: []string{"connection reset"}, is: syscall.ECONNRESET},
		{name: "closed before the reply", answer: raw(""), sent: true, says: []string{"closed before the whole reply had come: EOF"}, is: io.EOF},
		{name: "closed within the headers", answer: raw(ok + "Date: x\r\n"), sent: true, says: []string{"closed before"}, is: io.ErrUnexpectedEOF},
		{name: "closed within the body", answer: raw(ok + "Content-Length: 9\r\n\r\nabc"), sent: true, says: []string{"closed before"}, is: io.ErrUnexpectedEOF},
		{name: "closed within a chunk", answer: raw(ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"), sent: true, is: io.ErrUnexpectedEOF},
		{name: "malformed chunk", answer: raw(ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc"), sent: true, says: []string{"invalid byte in chunk length"}},
		{name: "malformed status line", answer: raw("HTTP/1.1 what?\r\n\r\n"), sent: true, says: []string{`malformed HTTP status code "what?"`}},
		{name: "not HTTP", answer: raw("SSH-2.0-OpenSSH\r\n"), sent: true, says: []string{`malformed HTTP response "SSH-2.0-OpenSSH"`}},
		{name: "the request for a reply", answer: func(c net.Conn, request string) { _, _ = io.WriteString(c, request) }, sent: true, says: []string{"withheld"}},
		{name: "malformed header", answer: raw(ok + "no header\r\n\r\n"), sent: true, says: []string{"malformed MIME header"}},
		{name: "large header", answer: raw(ok + "X: " + strings.Repeat("x", 12<<20) + "\r\n\r\n"), sent: true},
		{name: "large reply", answer: raw(ok + "Content-Length: 9999999\r\n\r\n"), sent: true, reply: true, says: []string{"reply is larger than 3 MiB"}},
		{name: "a million objects", answer: raw(ok + "\r\n[{}" + strings.Repeat(",{}", 1_000_000)), sent: true, reply: true, says: []string{"more than 16000 values"}},
		{name: "long text", answer: raw(ok + "\r\n{\"a\":\"" + strings.Repeat("x", 1_000_000) + `"}`), sent: true, reply: true, says: []string{"a text of more than 8 KiB"}},
		{name: "redirect", answer: raw("HTTP/1.1 302 Found\r\nLocation: https://example.com\r\n\r\n"), sent: true, reply: true, says: []string{"the endpoint redirects"}},
		{name: "no gzip", answer: raw(ok + "Content-Encoding: gzip\r\n\r\nabcdefghijklmnop"), sent: true, says: []string{"gzip: invalid header"}},
		{name: "no time to dial", change: dialError(timeoutError{}), says: []string{"no connection was made in time"}, is: exchange.TimeoutError{}},
		{name: "no time for TLS", answer: stall(""), url: func(addr string) string { return "https://" + addr }, says: []string{"no connection was made in time"}, is: exchange.TimeoutError{}},
		{name: "no time for a reply", answer: stall(""), sent: true, says: []string{"no reply came in time"}, is: exchange.TimeoutError{}},
		{name: "no time for a body", answer: stall(ok + "Content-Length: 9\r\n\r\nabc"), sent: true, says: []string{"the reply ended too early: attempt timed out"}, is: exchange.TimeoutError{}},

		{name: "no such host", change: dialError(&net.DNSError{Err: "no such host", Name: "vpc.cn-hangzou.aliyuncs.com", IsNotFound: true}), permanence: exchange.MaybePermanent,
			says: []string{"the region may not exist", "lookup vpc.cn-hangzou.aliyuncs.com: no such host"}, as: []any{&dns}},
		{name: "DNS fails", change: dialError(&net.DNSError{Err: "server misbehaving", Name: "vpc.test", IsTemporary: true}), says: []string{"could not be looked up", "server misbehaving"}, as: []any{&dns}},

		{name: "unknown authority", tls: good, change: trust(other), permanence: exchange.Permanent, says: []string{"ca-certificates", "x509: certificate signed by unknown authority"}, as: []any{&verification, &unknown}},
		{name: "an authority with a URL", tls: serverOf(terms.issue(t, nil)), change: trust(namedAuthority(t, termsName, true)), permanence: exchange.Permanent,
			says: []string{"ca-certificates", `candidate authority certificate "Terms at [link]"`}, as: []any{&verification, &unknown}},
		{name: "a root that is none", tls: serverOf(noRoot.issue(t, nil)), change: trust(noRoot), permanence: exchange.Permanent, says: []string{"invalid signature: parent certificate cannot sign"}, as: []any{&verification, &unknown}},
		{name: "expired", tls: issued(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), change: trust(root), permanence: exchange.Permanent, says: []string{"check the clock", "has expired or is not yet valid"}, as: []any{&verification, &invalid}},
		{name: "not valid yet", tls: issued(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }), change: trust(root), permanence: exchange.Permanent, says: []string{"check the clock"}, as: []any{&verification, &invalid}},
		{name: "for another address", tls: issued(func(c *x509.Certificate) { c.IPAddresses[0] = net.IPv4(127, 0, 0, 9) }), change: trust(root), permanence: exchange.Permanent, says: []string{"for another host", "127.0.0.9, not 127.0.0.1"}, as: []any{&verification, &hostname}},
		{name: "for another name", tls: issued(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"a.test"}, nil }), change: trust(root), permanence: exchange.Permanent, says: []string{"for another host"}, as: []any{&verification, &hostname}},
		{name: "for clients", tls: issued(func(c *x509.Certificate) { c.ExtKeyUsage[0] = x509.ExtKeyUsageClientAuth }), change: trust(root), permanence: exchange.Permanent, says: []string{"the certificate is not valid", "incompatible key usage"}, as: []any{&verification, &invalid}},
		{name: "old TLS", tls: old, change: trust(root), permanence: exchange.MaybePermanent, says: []string{"refused the TLS handshake", "protocol version not supported"}},
		{name: "no client certificate", tls: noCert, change: trust(root), permanence: exchange.MaybePermanent, says: []string{"requires another client certificate: set it in the transport's TLSClientConfig", "certificate required"}},
		{name: "no client certificate, TLS 1.2", tls: noCert12, change: trust(root), permanence: exchange.MaybePermanent, says: []string{"refused the TLS handshake", "handshake failure"}},
		{name: "HTTP for TLS", answer: raw("HTTP/1.1 400 Bad Request\r\n\r\n"), url: func(addr string) string { return "https://" + addr }, permanence: exchange.MaybePermanent, says: []string{"does not speak TLS: check the scheme and the port"}},
		{name: "something for TLS", answer: raw("220 mail.test ESMTP\r\n"), url: func(addr string) string { return "https://" + addr }, permanence: exchange.MaybePermanent, says: []string{"does not speak TLS"}},
		{name: "TLS for HTTP", answer: raw("\x15\x03\x01\x00\x02\x02\x46"), sent: true, says: []string{"malformed HTTP response"}},

		{name: "proxy 407", answer: raw("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), url: https, permanence: exchange.Permanent, says: []string{"the proxy refused: 407 Proxy Authentication Required"}},
		{name: "proxy 403", answer: raw("HTTP/1.1 403 Forbidden\r\n\r\n"), url: https, permanence: exchange.Permanent, says: []string{"the proxy refused: 403 Forbidden"}},
		{name: "proxy 429", answer: raw("HTTP/1.1 429 Too Many Requests\r\n\r\n"), url: https, says: []string{"the proxy refused: 429"}},
		{name: "proxy 502", answer: raw("HTTP/1.1 502 Bad Gateway\r\n\r\n"), url: https, says: []string{"the proxy refused: 502 Bad Gateway"}},
		{name: "proxy closes", answer: raw(""), url: https},
		{name: "proxy of plain HTTP, 407", answer: raw("HTTP/1.1 407 Who\r\n\r\n"), url: func(string) string { return "http://service.test" }, sent: true, reply: true, says: []string{"the proxy refused: Proxy Authentication Required"}},
		{name: "proxy refused", change: dialError(syscall.ECONNREFUSED), url: https, says: []string{"proxyconnect", "connection refused"}, is: syscall.ECONNREFUSED},
		{name: "malformed proxy", change: func(t *http.Transport) {
			t.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://user:" + proxyKey) } //nolint:staticcheck // that is the point
		}, permanence: exchange.Permanent, says: []string{"the proxy's address cannot be read", "withheld: a malformed URL"}},

		{name: "GOAWAY", tls: http2, change: trustHTTP2, sent: true, says: []string{"GOAWAY"},
			answer: goAway("slow down")},
		{name: "GOAWAY with the request", tls: http2, change: trustHTTP2, sent: true, says: []string{"withheld"},
			answer: goAway(troubleSecrets[0])},
		{name: "not HTTP/2", tls: http2, change: trustHTTP2, sent: true, answer: raw(strings.Repeat("HTTP/1.1 ", 20))},
	}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// troubleSecrets are in the requests of TestNetworkFailures, or in the URL of the proxy.
var troubleSecrets = [...]string{"the+auth key", "aaaabbbbsign", "the-token-0123", proxyKey}

// listen serves connections of one trouble until the test ends.
func (tc *trouble) listen(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	if tc.tls != nil {
		l = tls.NewListener(l, tc.tls)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request := make([]byte, 2048)
				n, err := bufio.NewReader(conn).Read(request)
				if err == nil && tc.answer != nil {
					tc.answer(conn, string(request[:n]))
				}
				if c, ok := conn.(*tls.Conn); ok && err != nil {
					_, _ = io.Copy(io.Discard, c.NetConn()) // a reset could overtake the alert
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestAlerts has what the other end may send in place of a reply: with TLS 1.3, also about the client's
// certificate.
func TestAlerts(t *testing.T) {
	type alert = tls.AlertError
	const certificate, handshake = "requires another client certificate", "refused the TLS handshake"
	for _, tc := range []struct {
		name       string
		err        error
		when       string // the alert comes: "in the handshake", "at first", or "later"
		sent       bool   // what is then known
		permanence exchange.Permanence
		says       string // of the reason; "": there is none
	}{
		{"bad certificate", remote(alert(42)), "at first", false, exchange.MaybePermanent, certificate},
		{"unknown authority", remote(alert(48)), "at first", false, exchange.MaybePermanent, certificate},
		{"no certificate", remote(alert(116)), "at first", false, exchange.MaybePermanent, certificate},
		{"no certificate", remote(alert(116)), "later", true, exchange.MaybePermanent, certificate},
		{"no certificate", remote(alert(116)), "in the handshake", false, exchange.MaybePermanent, certificate},
		{"handshake failure", remote(alert(40)), "in the handshake", false, exchange.MaybePermanent, handshake},
		{"handshake failure", remote(alert(40)), "at first", true, 0, ""},
		{"internal error", remote(alert(80)), "at first", true, 0, ""},
		{"our own alert", &net.OpError{Op: "local error", Err: alert(42)}, "at first", true, 0, ""},
		{"the same text", errors.New("tls: bad certificate"), "at first", true, 0, ""},
	} {
		t.Run(tc.name+" "+tc.when, func(t *testing.T) {
			x := newExchange(t, &http.Client{Transport: untraced(func(r *http.Request) (*http.Response, error) {
				trace := httptrace.ContextClientTrace(r.Context())
				trace.GetConn("service.test:443")
				if tc.when != "in the handshake" {
					trace.GotConn(httptrace.GotConnInfo{Reused: tc.when == "later"})
				}
				return nil, tc.err
			})}, time.Minute)
			rec, _, err := post(t.Context(), t, x, "https://service.test", nil)
			require.Equal(t, tc.sent, rec.Sent)
			var n *exchange.NetworkError
			require.ErrorAs(t, err, &n)
			require.Equal(t, tc.permanence, n.Permanence)
			require.Equal(t, tc.says == "", n.Reason == "")
			require.Contains(t, n.Reason, tc.says)
		})
	}
}

// remote is how crypto/tls reports an alert of the other end.
func remote(a tls.AlertError) error { return &net.OpError{Op: "remote error", Err: a} }

// start serves one trouble, and returns the URL of requests and the exchanges to send them with.
func (tc *trouble) start(t *testing.T) (base string, exchanges map[string]*exchange.Exchange) {
	t.Helper()
	addr := tc.listen(t)
	base = "http://" + addr
	if tc.tls != nil {
		base = "https://" + addr
	}
	if tc.url != nil {
		base = tc.url(addr)
	}
	change := func(tr *http.Transport) {
		tr.Proxy = nil
		if strings.HasSuffix(base, "service.test") {
			viaProxy(true)(addr)(tr)
		}
		if tc.change != nil {
			tc.change(tr)
		}
	}
	timeout := time.Minute
	if errors.Is(tc.is, exchange.TimeoutError{}) {
		timeout = 100 * time.Millisecond
	}
	theirs := &http.Transport{}
	change(theirs)
	t.Cleanup(theirs.CloseIdleConnections)
	return base, map[string]*exchange.Exchange{
		"own":      exchange.NewOwn(exchange.Config{Timeout: timeout, Inspect: accept, Secrets: secretNames}, change),
		"caller's": exchange.New(exchange.Config{Client: &http.Client{Transport: theirs}, Timeout: timeout, Inspect: accept, Secrets: secretNames}),
	}
}

func TestNetworkFailures(t *testing.T) {
	all := troubles(t)
	for _, tc := range all {
		base, exchanges := tc.start(t)
		for name, x := range exchanges {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				defer x.Close()
				query := url.Values{"AuthKey": {troubleSecrets[0]}, "Signature": {troubleSecrets[1]}}
				rec, _, err := post(t.Context(), t, x, base+"/?"+query.Encode(), http.Header{"X-Token": {troubleSecrets[2]}})
				require.Error(t, err)
				tc.check(t, rec, err)
			})
		}
	}
	t.Logf("%d kinds of failures, each of our own transport and of a caller's", len(all))
}

func (tc *trouble) check(t *testing.T, rec exchange.Record, err error) {
	t.Helper()
	t.Log(err)
	require.Equal(t, tc.sent, rec.Sent, "%v", err)
	var n *exchange.NetworkError
	var r *exchange.ReplyError
	require.Equal(t, tc.reply, errors.As(err, &r), "%v", err)
	require.Equal(t, !tc.reply, errors.As(err, &n), "%v", err)
	if n != nil {
		require.Equal(t, tc.permanence, n.Permanence, "%v", err)
	}
	for _, text := range tc.says {
		require.ErrorContains(t, err, text)
	}
	if tc.is != nil {
		require.ErrorIs(t, err, tc.is)
	}
	for _, target := range tc.as {
		require.True(t, errors.As(err, target), "%T", target)
	}
	require.NotContains(t, err.Error(), "\n")
	require.LessOrEqual(t, len(err.Error()), 1024)
	text := everything(err)
	require.NotContains(t, text, "://")
	require.NotContains(t, text, "AuthKey")
	for _, s := range troubleSecrets {
		for _, form := range []string{s, url.QueryEscape(s), fmt.Sprintf("%x", s)} {
			require.NotContains(t, text, form)
		}
	}
}

// TestCausesOutliveTheirTexts has secrets so short that the text of every error repeats one. The text is
// withheld, but what the error is for a program stays the same.
func TestCausesOutliveTheirTexts(t *testing.T) {
	for _, tc := range troubles(t) {
		base, exchanges := tc.start(t)
		for name, x := range exchanges {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				defer x.Close()
				rec, _, err := post(t.Context(), t, x, base+"/?AuthKey=e&Signature=o", http.Header{"X-Token": {"t"}})
				require.Error(t, err)
				n := new(exchange.NetworkError)
				require.Equal(t, !tc.reply, errors.As(err, &n))
				require.Equal(t, tc.permanence, n.Permanence, "%v", err)
				require.Equal(t, tc.sent, rec.Sent)
				if tc.is != nil {
					require.ErrorIs(t, err, tc.is)
				}
				for _, target := range tc.as {
					if _, ok := target.(**net.OpError); !ok { // it only says where
						require.True(t, errors.As(err, target), "%T: %v", target, err)
					}
				}
				if errno := syscall.Errno(0); errors.As(tc.is, &errno) {
					require.ErrorContains(t, err, errno.Error())
				}
				if strings.HasPrefix(tc.name, "proxy 4") {
					require.ErrorContains(t, err, tc.says[0])
				}
				require.NotContains(t, everything(err), "127.0.0")
			})
		}
	}
}

// everything returns what all errors of a tree say, by each verb of fmt.
func everything(err error) string {
	if err == nil {
		return ""
	}
	text := fmt.Sprintf("%v\n%+v\n%#v\n%s\n%q\n", err, err, err, err, err)
	switch e := err.(type) { //nolint:errorlint // this is the walk
	case interface{ Unwrap() error }:
		text += everything(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			text += everything(below)
		}
	}
	return text
}
