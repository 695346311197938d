package exchange_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

const proxyKey = "pass-word"

// proxy is an HTTP proxy that asks for a password, and passes every request on to the origin.
type proxy struct {
	origin string   // host:port
	seen   []string // the first lines
	keys   []string // the passwords
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.seen = append(p.seen, r.Method+" "+r.RequestURI)
	p.keys = append(p.keys, r.Header.Get("Proxy-Authorization"))
	if !strings.HasPrefix(r.Header.Get("Proxy-Authorization"), "Basic ") {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	r.Header.Del("Proxy-Authorization")
	out := r.Clone(r.Context())
	out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", p.origin
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	up, err := net.Dial("tcp", p.origin) //nolint:noctx // loopback
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	down, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	go func() { _, _ = io.Copy(up, buf); _ = up.Close() }()
	_, _ = io.Copy(down, up)
	_ = down.Close()
}

// TestProxies sends through a proxy with a password, which the service never sees.
func TestProxies(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS=", secure), func(t *testing.T) {
			var got http.Header
			origin := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Clone()
				_, _ = io.WriteString(w, "hello")
			}))
			transport := &http.Transport{}
			if secure {
				origin.StartTLS()
				roots := x509.NewCertPool()
				roots.AddCert(origin.Certificate())
				transport.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}
			} else {
				origin.Start()
			}
			defer origin.Close()
			p := &proxy{origin: origin.Listener.Addr().String()}
			srv := httptest.NewServer(p)
			defer srv.Close()
			via, err := url.Parse(srv.URL)
			require.NoError(t, err)
			via.User = url.UserPassword("user", proxyKey)
			transport.Proxy = http.ProxyURL(via)
			x := newExchange(t, &http.Client{Transport: transport}, time.Minute)
			target := strings.SplitN(origin.URL, ":", 2)[0] + "://service.test"
			_, body, err := post(t.Context(), t, x, target, nil)
			require.NoError(t, err)
			require.Equal(t, "hello", body)
			require.Len(t, p.seen, 1)
			require.Contains(t, p.keys[0], base64.StdEncoding.EncodeToString([]byte("user:"+proxyKey)))
			require.Empty(t, got.Get("Proxy-Authorization"))
			require.NotContains(t, fmt.Sprint(got), proxyKey)
			transport.CloseIdleConnections()
		})
	}
}

// TestProxyFails: the proxy of a tunnel refuses, or does not exist. The request was not sent, and no error
// shows the password.
func TestProxyFails(t *testing.T) {
	refuse := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
	for _, at := range []string{refuse.URL, refusing(t)} {
		via, err := url.Parse(at)
		require.NoError(t, err)
		via.User = url.UserPassword("user", proxyKey)
		x := newExchange(t, &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(via)}}, time.Minute)
		rec, _, err := post(t.Context(), t, x, "https://service.test/?AuthKey=secret", nil)
		require.Error(t, err)
		require.False(t, rec.Sent)
		require.NotContains(t, err.Error(), proxyKey)
		require.NotContains(t, err.Error(), "secret")
	}
}

// TestRefusalsOfCONNECT has proxies that use words of their own, and callers' transports of two kinds: cgw sees no
// status there.
func TestRefusalsOfCONNECT(t *testing.T) {
	const wrong, odd = exchange.Permanent, exchange.MaybePermanent
	for _, tc := range []struct {
		line        string
		plain       exchange.Permanence
		says        string
		wrapped     exchange.Permanence // by a RoundTripper, which hides that there is a proxy
		wrappedSays string
	}{
		{"407 Proxy Authentication Required", wrong, "the proxy refused: 407 Proxy Authentication Required", wrong, "the proxy refused: 407 "},
		{"407 proxy authentication required", wrong, "the proxy refused: 407 Proxy Authentication Required", wrong, "the proxy refused: 407 "},
		{"403 Forbidden", wrong, "the proxy refused: 403 Forbidden", wrong, "the proxy refused: 403 Forbidden"},
		{"502 Bad Gateway", 0, "the proxy refused: 502 Bad Gateway", 0, "the proxy refused: 502 "},
		{"407 authenticationrequired", odd, "the proxy refused: authenticationrequired", 0, "authenticationrequired"},
		{"403 Blocked by policy", odd, "the proxy refused: Blocked by policy", 0, "Blocked by policy"},
		{"403 Blocked " + proxyKey, odd, "the proxy refused: details withheld", 0, "Blocked"},
		{"407", odd, "the proxy refused: unknown status code", 0, "unknown status code"},
		{"407 ", odd, "the proxy refused: it gave no reason", 0, ""},
	} {
		at := (&trouble{answer: raw("HTTP/1.1 " + tc.line + "\r\n\r\n")}).listen(t)
		theirs := &http.Transport{}
		viaProxy(true)(at)(theirs)
		for name, rt := range map[string]http.RoundTripper{"plain": theirs, "wrapped": wrapping{theirs}} {
			t.Run(tc.line+"/"+name, func(t *testing.T) {
				rec, _, err := post(t.Context(), t, newExchange(t, &http.Client{Transport: rt}, time.Minute), "https://service.test/", nil)
				n := new(exchange.NetworkError)
				require.ErrorAs(t, err, &n)
				require.False(t, rec.Sent)
				permanence, says := tc.plain, tc.says
				if name == "wrapped" {
					permanence, says = tc.wrapped, tc.wrappedSays
				} else {
					require.NotContains(t, everything(err), proxyKey)
				}
				require.Equal(t, permanence, n.Permanence, "%v", err)
				require.ErrorContains(t, err, says)
			})
		}
	}
}

// TestWhatNoProxySaid has errors with the texts of a status that are of the program's own functions.
func TestWhatNoProxySaid(t *testing.T) {
	forbidden := errors.New("Forbidden")
	origin := httptest.NewTLSServer(http.NotFoundHandler())
	defer origin.Close()
	tunnel := httptest.NewServer(&proxy{origin: origin.Listener.Addr().String()})
	defer tunnel.Close()
	via, err := url.Parse(tunnel.URL)
	require.NoError(t, err)
	via.User = url.UserPassword("user", proxyKey)
	dials := func(context.Context, string, string) (net.Conn, error) { return nil, forbidden }
	verifies := &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error { return forbidden }} //nolint:gosec // that is checked below
	for name, transport := range map[string]*http.Transport{
		"dial":                {DialContext: dials},
		"dial of a proxy":     {DialContext: dials, Proxy: http.ProxyURL(via)},
		"TLS through a proxy": {TLSClientConfig: verifies, Proxy: http.ProxyURL(via)},
		"TLS": {TLSClientConfig: verifies, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, origin.Listener.Addr().String())
		}},
		"a proxy that is found": {Proxy: func(*http.Request) (*url.URL, error) { return nil, forbidden }},
	} {
		for _, rt := range []http.RoundTripper{transport, wrapping{transport}} {
			t.Run(fmt.Sprintf("%s/%T", name, rt), func(t *testing.T) {
				_, _, err := post(t.Context(), t, newExchange(t, &http.Client{Transport: rt}, time.Minute), "https://service.test/", nil)
				n := new(exchange.NetworkError)
				require.ErrorAs(t, err, &n)
				require.NotContains(t, err.Error(), "the proxy refused")
				require.ErrorContains(t, err, "Forbidden")
				require.Zero(t, n.Permanence)
			})
		}
		transport.CloseIdleConnections()
	}
}

// wrapping is a RoundTripper as people write them: around another, whose errors it wraps.
type wrapping struct{ next http.RoundTripper }

func (w wrapping) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("traced: %w", err)
	}
	return resp, nil
}

// TestProxiesOfTheEnvironment runs itself in a process for each case: net/http reads the environment once.
func TestProxiesOfTheEnvironment(t *testing.T) {
	const child = "CGW_TEST_CHILD"
	if os.Getenv(child) != "" {
		_, body, err := post(t.Context(), t, newExchange(t, nil, time.Minute), "http://service.test/", nil)
		fmt.Printf("body %q, error %v\n", body, err)
		return
	}
	origin := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "key <"+r.Header.Get("Proxy-Authorization")+">")
	})
	p := &proxy{origin: origin.Listener.Addr().String()}
	srv := httptest.NewServer(p)
	defer srv.Close()
	at := strings.TrimPrefix(srv.URL, "http://")
	for name, tc := range map[string]struct{ proxy, want string }{
		"good":       {"http://user:" + proxyKey + "@" + at, `body "key <>", error <nil>`},
		"no port":    {"http://user:" + proxyKey, `body "", error `},
		"bad escape": {"http://user:" + proxyKey + "%zz@" + at, `body "", error `},
		"bad host":   {"http://user:" + proxyKey + "@a b", `body "", error `},
	} {
		t.Run(name, func(t *testing.T) {
			self, err := os.Executable()
			require.NoError(t, err)
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestProxiesOfTheEnvironment$") //nolint:gosec // this program
			cmd.Env = append(os.Environ(), child+"=1", "HTTP_PROXY="+tc.proxy, "http_proxy=", "NO_PROXY=", "no_proxy=")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), tc.want)
			require.NotContains(t, string(out), proxyKey)
		})
	}
	require.Equal(t, []string{"POST http://service.test/"}, p.seen)
}
