package exchange_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

// cable is a network in memory whose connections can die silently: no error, and no end of the stream.
type cable struct {
	accept chan net.Conn
	closed chan struct{}
	roots  *x509.CertPool
	http2  bool

	mu    sync.Mutex
	conns []*silenced
}

// silenced is a connection that can be made dead: writes are lost then, and reads wait forever.
type silenced struct {
	net.Conn
	dead atomic.Bool
}

func (c *silenced) Write(b []byte) (int, error) {
	if c.dead.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

func (c *silenced) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.dead.Load() {
			return n, err
		}
	}
}

func (c *cable) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	conn := &silenced{Conn: near}
	c.mu.Lock()
	c.conns = append(c.conns, conn)
	c.mu.Unlock()
	c.accept <- far
	return conn, nil
}

// cut makes all connections dead that exist now, and returns how many.
func (c *cable) cut() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.dead.Store(true)
	}
	return len(c.conns)
}

func (c *cable) made() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns)
}

func (c *cable) Accept() (net.Conn, error) {
	select {
	case conn := <-c.accept:
		return conn, nil
	case <-c.closed:
		return nil, net.ErrClosed
	}
}

func (c *cable) Close() error   { return nil }
func (c *cable) Addr() net.Addr { return &net.TCPAddr{} }

// set makes a transport use the cable.
func (c *cable) set(t *http.Transport) {
	t.DialContext, t.Proxy = c.dial, nil
	t.TLSClientConfig = &tls.Config{RootCAs: c.roots, MinVersion: tls.VersionTLS12}
	t.ForceAttemptHTTP2 = c.http2
	if !c.http2 {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
	}
}

// overCable runs f in a synctest bubble. Its server waits before each answer as the query says.
func overCable(t *testing.T, http2 bool, f func(*testing.T, *cable)) {
	t.Helper()
	lender := httptest.NewTLSServer(nil) // of a certificate
	lender.Close()
	synctest.Test(t, func(t *testing.T) {
		c := &cable{accept: make(chan net.Conn), closed: make(chan struct{}), roots: x509.NewCertPool(), http2: http2}
		c.roots.AddCert(lender.Certificate())
		srv := &http.Server{ //nolint:gosec // no network
			ErrorLog:  log.New(io.Discard, "", 0),
			TLSConfig: &tls.Config{Certificates: lender.TLS.Certificates, MinVersion: tls.VersionTLS12},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if http2 != (r.ProtoMajor == 2) {
					panic("HTTP version")
				}
				after, _ := time.ParseDuration(r.URL.Query().Get("after"))
				select {
				case <-time.After(after):
				case <-r.Context().Done():
				}
				_, _ = io.WriteString(w, "hello")
			}),
		}
		done := make(chan struct{})
		go func() { defer close(done); _ = srv.ServeTLS(c, "", "") }()
		f(t, c)
		close(c.closed)
		_ = srv.Close()
		<-done
	})
}

const onCable = "https://example.com/"

// TestDeadConnections: connections die while they are idle. An attempt on one of them times out, by
// Config.Timeout or by the deadline of the caller. After that, none of them is used again.
func TestDeadConnections(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, conns := range []int{1, 5} {
			for _, whose := range []string{"attempt", "caller"} {
				t.Run("HTTP/2="+strconv.FormatBool(http2)+"/"+strconv.Itoa(conns)+"/"+whose, func(t *testing.T) {
					overCable(t, http2, func(t *testing.T, c *cable) {
						attempt, caller := time.Second, time.Minute
						if whose == "caller" {
							attempt, caller = caller, attempt
						}
						x := exchange.NewOwn(exchange.Config{Timeout: attempt, Inspect: accept}, c.set)
						defer x.Close()
						var wg sync.WaitGroup
						for range conns {
							wg.Go(func() {
								_, _, err := post(t.Context(), t, x, onCable+"?after=10ms", nil)
								require.NoError(t, err)
							})
						}
						wg.Wait()
						died := c.cut()

						ctx, cancel := context.WithTimeout(t.Context(), caller)
						defer cancel()
						begin := time.Now()
						rec, _, err := post(ctx, t, x, onCable, nil)
						require.Error(t, err)
						require.True(t, rec.Sent)
						require.Equal(t, time.Second, time.Since(begin))
						if whose == "attempt" {
							require.ErrorIs(t, err, exchange.TimeoutError{})
							require.EqualError(t, err, "no reply came in time: attempt timed out")
						} else {
							require.Equal(t, context.DeadlineExceeded, err)
						}

						_, body, err := post(t.Context(), t, x, onCable, nil)
						require.NoError(t, err, "the next attempt has a connection that lives")
						require.Equal(t, "hello", body)
						require.Equal(t, died+1, c.made())
					})
				})
			}
		}
	}
}

// TestDeadConnectionIsNoticed: an attempt has much time, and HTTP/2 notices a dead connection by its
// pings, on our own transport and on a caller's that is set up as the documents say.
func TestDeadConnectionIsNoticed(t *testing.T) {
	for _, own := range []bool{true, false} {
		t.Run("own="+strconv.FormatBool(own), func(t *testing.T) {
			overCable(t, true, func(t *testing.T, c *cable) {
				x := exchange.NewOwn(exchange.Config{Timeout: time.Hour, Inspect: accept}, c.set)
				if !own {
					transport := &http.Transport{HTTP2: &http.HTTP2Config{
						SendPingTimeout: exchange.PingAfter, PingTimeout: exchange.PingTimeout,
					}}
					c.set(transport)
					defer transport.CloseIdleConnections()
					x = exchange.New(exchange.Config{Client: &http.Client{Transport: transport}, Timeout: time.Hour, Inspect: accept})
				}
				defer x.Close()
				_, _, err := post(t.Context(), t, x, onCable, nil)
				require.NoError(t, err)
				c.cut()
				begin := time.Now()
				rec, _, err := post(t.Context(), t, x, onCable, nil)
				require.Error(t, err)
				require.True(t, rec.Sent, "it may have arrived")
				require.LessOrEqual(t, time.Since(begin), exchange.PingAfter+exchange.PingTimeout)
				_, _, err = post(t.Context(), t, x, onCable, nil)
				require.NoError(t, err)
				require.Equal(t, 2, c.made())
			})
		})
	}
}

// TestOthersOnAConnection: of two requests on a connection, one times out. The other is not disturbed,
// and the connection is not used again.
func TestOthersOnAConnection(t *testing.T) {
	overCable(t, true, func(t *testing.T, c *cable) {
		x := exchange.NewOwn(exchange.Config{Timeout: time.Second, Inspect: accept}, c.set)
		defer x.Close()
		_, _, err := post(t.Context(), t, x, onCable, nil)
		require.NoError(t, err)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _, err := post(t.Context(), t, x, onCable+"?after=1m", nil)
			require.ErrorIs(t, err, exchange.TimeoutError{})
			_, _, err = post(t.Context(), t, x, onCable, nil)
			require.NoError(t, err)
			require.Equal(t, 2, c.made())
		})
		wg.Go(func() {
			time.Sleep(500 * time.Millisecond)
			_, body, err := post(t.Context(), t, x, onCable+"?after=900ms", nil)
			require.NoError(t, err)
			require.Equal(t, "hello", body)
			require.Equal(t, 2, c.made(), "it was on the first one, which the other left meanwhile")
		})
		wg.Wait()
	})
}

// TestConnectionsThatLive: a connection that works is kept after a slow answer, and after a caller that
// gave up.
func TestConnectionsThatLive(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		overCable(t, http2, func(t *testing.T, c *cable) {
			x := exchange.NewOwn(exchange.Config{Timeout: time.Hour, Inspect: accept}, c.set)
			defer x.Close()
			for range 3 {
				_, _, err := post(t.Context(), t, x, onCable+"?after=30s", nil)
				require.NoError(t, err)
			}
			require.Equal(t, 1, c.made())
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			_, _, err := post(ctx, t, x, onCable+"?after=1m", nil)
			require.Equal(t, context.Canceled, err)
			_, _, err = post(t.Context(), t, x, onCable, nil)
			require.NoError(t, err)
			if http2 {
				require.Equal(t, 1, c.made(), "of HTTP/1.1 a request that is given up ends the connection")
			}
		})
	}
}
