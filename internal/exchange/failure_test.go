package exchange_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/test/memnet"
)

func gzipped(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(make([]byte, n))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// refusing returns an address on which nothing listens.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return "http://" + l.Addr().String()
}

type untraced func(*http.Request) (*http.Response, error)

func (f untraced) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSent fails in each way, and checks Record.Sent: whether the request may have left.
func TestSent(t *testing.T) {
	reset := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	oldTLS := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	oldTLS.Config.ErrorLog = log.New(io.Discard, "", 0)
	oldTLS.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // that is the fault
	oldTLS.StartTLS()
	defer oldTLS.Close()
	newTLS := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	newTLS.Config.ErrorLog = oldTLS.Config.ErrorLog
	newTLS.StartTLS()
	defer newTLS.Close()
	broken := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}
	}}}
	silent := func(err error) *http.Client {
		return &http.Client{Transport: untraced(func(*http.Request) (*http.Response, error) { return nil, err })}
	}
	for _, tc := range []struct {
		name   string
		client *http.Client
		url    string
		sent   bool
		is     error
	}{
		{"refused", nil, refusing(t), false, syscall.ECONNREFUSED},
		{"refused, caller's", &http.Client{}, refusing(t), false, syscall.ECONNREFUSED},
		{"no such host", broken, "http://api.invalid", false, nil},
		{"unknown certificate", nil, newTLS.URL, false, nil},
		{"TLS 1.1", nil, oldTLS.URL, false, nil},
		{"TLS where there is none", nil, strings.Replace(reset.URL, "http:", "https:", 1), false, nil},
		{"reset", nil, reset.URL, true, io.EOF},
		{"reset, caller's", &http.Client{}, reset.URL, true, io.EOF},
		{"a transport that tells nothing", silent(syscall.ECONNREFUSED), "http://api.invalid", true, syscall.ECONNREFUSED},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec, _, err := post(t.Context(), t, newExchange(t, tc.client, time.Minute), tc.url+"/?AuthKey=secret", nil)
			require.Error(t, err)
			require.Equal(t, tc.sent, rec.Sent)
			require.Zero(t, rec.Reply.Status)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
			if tc.name == "TLS 1.1" {
				require.ErrorContains(t, err, "protocol version", "before a certificate is looked at")
			}
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "://")
			var u *url.Error
			require.False(t, errors.As(err, &u), "a *url.Error shows the URL")
		})
	}
}

// lostConn is a connection whose writes fail once lost is true.
type lostConn struct {
	net.Conn
	lost *atomic.Bool
}

func (c lostConn) Write(b []byte) (int, error) {
	if c.lost.Load() {
		return 0, syscall.EPIPE
	}
	return c.Conn.Write(b)
}

// TestStaleConnection: the idle connection of the pool is lost, and no new one can be made. net/http wrote
// nothing to the lost one, so the request was not sent.
func TestStaleConnection(t *testing.T) {
	srv := serve(t, func(http.ResponseWriter, *http.Request) {})
	var lost atomic.Bool
	dialer := &net.Dialer{}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if lost.Load() {
			return nil, syscall.ECONNREFUSED
		}
		c, err := dialer.DialContext(ctx, network, addr)
		return lostConn{c, &lost}, err
	}}
	defer transport.CloseIdleConnections()
	x := newExchange(t, &http.Client{Transport: transport}, time.Minute)
	_, _, err := post(t.Context(), t, x, srv.URL, nil)
	require.NoError(t, err)
	lost.Store(true)
	rec, _, err := post(t.Context(), t, x, srv.URL, nil)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.False(t, rec.Sent)
}

// TestTimeouts: the error says whether the attempt took too long or the caller's context ended, before the
// reply and within it.
func TestTimeouts(t *testing.T) {
	for _, started := range []bool{false, true} {
		h := func(w http.ResponseWriter, r *http.Request) {
			if started {
				w.Header().Set("Content-Length", "10")
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}
		for _, tc := range []struct {
			name             string
			attempt, caller  time.Duration
			cancel           bool
			want, wantNot    error
			wantAfter        time.Duration
			wantAttemptTimed bool
		}{
			{name: "attempt", attempt: time.Second, caller: time.Minute, wantNot: context.DeadlineExceeded, wantAfter: time.Second, wantAttemptTimed: true},
			{name: "deadline", attempt: time.Minute, caller: time.Second, want: context.DeadlineExceeded, wantAfter: time.Second},
			{name: "cancel", attempt: time.Minute, caller: time.Second, cancel: true, want: context.Canceled, wantAfter: time.Second},
		} {
			t.Run(fmt.Sprint(tc.name, " started=", started), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					srv := memnet.Serve(http.HandlerFunc(h))
					defer srv.Close()
					x := exchange.New(exchange.Config{Client: &http.Client{Transport: srv.Transport()}, Timeout: tc.attempt, Inspect: accept})
					ctx, cancel := context.WithTimeout(t.Context(), tc.caller)
					if tc.cancel {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(tc.caller, cancel)
					}
					defer cancel()
					begin := time.Now()
					rec, _, err := post(ctx, t, x, "http://api.test", nil)
					require.Equal(t, tc.wantAfter, time.Since(begin))
					require.True(t, rec.Sent)
					require.Equal(t, started, rec.Reply.Status == http.StatusOK)
					if tc.want != nil {
						require.Equal(t, tc.want, err)
					}
					if tc.wantNot != nil {
						require.NotErrorIs(t, err, tc.wantNot)
					}
					require.Equal(t, tc.wantAttemptTimed, errors.Is(err, exchange.TimeoutError{}))
				})
			})
		}
	}
}

// TestForeignContext: a context of the transport ends, and not the caller's.
func TestForeignContext(t *testing.T) {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		c := &http.Client{Transport: untraced(func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("pool: %w", cause) })}
		_, _, err := post(t.Context(), t, newExchange(t, c, time.Minute), "http://api.invalid", nil)
		require.Error(t, err)
		require.NotErrorIs(t, err, cause, "the caller's context has not ended")
	}
}

func TestClean(t *testing.T) {
	inner := errors.New("connection reset")
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"innocent", inner, "connection reset"},
		{"url.Error", &url.Error{Op: "Post", URL: "https://h/?AuthKey=secret", Err: inner}, "connection reset"},
		{"two of them", &url.Error{Op: "Post", URL: "a", Err: &url.Error{Op: "Post", URL: "https://secret", Err: inner}}, "connection reset"},
		{"wrapped", fmt.Errorf("secret: %w", &url.Error{Op: "Post", URL: "https://secret", Err: inner}), "connection reset"},
		{"empty", &url.Error{Op: "Post", URL: "https://secret"}, "details withheld: a malformed URL"},
		{"parsing", &url.Error{Op: "parse", URL: "http://user:secret", Err: errors.New(`invalid port ":secret" after host`)}, "details withheld: a malformed URL"},
		{"URL", errors.New("no https://secret"), ""},
		{"user information", errors.New("no user:secret@host"), ""},
		{"query", errors.New("POST /?AuthKey=secret"), ""},
		{"header", errors.New("Authorization: secret"), ""},
		{"token", errors.New("X-Token: secret"), ""},
		{"what a server sent", errors.New(`malformed HTTP response "secret"`), ""},
		{"errno", fmt.Errorf("secret: %w", &net.OpError{Op: "read", Err: syscall.ECONNRESET}), "connection reset by peer: details withheld: they hold a part of the request"},
	} {
		got := exchange.Clean(tc.err, "secret").Error()
		if tc.want == "" {
			tc.want = "details withheld: they hold a part of the request"
		}
		require.Equal(t, tc.want, got, tc.name)
	}
	for in, want := range map[string]string{
		"see https://ca.example/rpa, or not": "see [link] or not",
		`see https:\/\/ca.example\/rpa`:      "see [link]",
	} {
		require.EqualError(t, exchange.Clean(errors.New(in), "secret"), want)
		require.EqualError(t, exchange.Clean(&url.Error{Op: "Post", URL: "https://secret", Err: errors.New(in)}), want)
	}
	kept := exchange.Clean(fmt.Errorf("https://secret: %w", syscall.ECONNRESET))
	require.ErrorIs(t, kept, syscall.ECONNRESET)
	require.NotContains(t, kept.Error(), "secret")
}
