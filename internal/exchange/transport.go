package exchange

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// maxConns bounds the connections to one host, and the requests that are on the way: further
// ones wait, without a limit but their context's.
const maxConns = 64

// A connection of HTTP/2 on which nothing came for pingAfter is asked for a sign of life, and is
// closed if none comes within pingTimeout. All requests on it then fail at once, instead of each
// at its own timeout. Servers of HTTP/2 must answer pings, however busy they are.
const (
	pingAfter    = 3 * time.Second
	pingTimeout  = 3 * time.Second
	writeTimeout = 5 * time.Second // for each part of a request
)

// pool is the Exchange's own transport. It is replaced as a whole after an attempt that timed
// out: net/http can give up a request, but not the connection of HTTP/2 below it, nor the idle
// connections of HTTP/1.1 that died with it. Closing the one connection would break the other
// requests on it, which may be all right. So they finish on the old transport, and new ones dial.
type pool struct {
	fresh   func() *http.Transport
	current atomic.Pointer[http.Transport]
	slots   *slots
}

func newPool(fresh func() *http.Transport, timeout time.Duration) *pool {
	p := &pool{fresh: fresh, slots: newSlots(timeout)}
	p.current.Store(fresh())
	return p
}

// done is to be called after each request on t. If suspect, t becomes the old transport, unless it is
// already. What an old transport no longer needs is closed. It would be after IdleConnTimeout at the
// latest.
func (p *pool) done(t *http.Transport, suspect bool) {
	if suspect && p.current.Load() == t {
		p.current.CompareAndSwap(t, p.fresh())
	}
	if t != p.current.Load() {
		t.CloseIdleConnections()
	}
}

// newTransport returns a transport for one host and many callers. net/http's default keeps two
// idle connections for a host, so that a concurrent program would dial for nearly every request.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: checkConnect,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout, WriteByteTimeout: writeTimeout},
		MaxIdleConns:           2 * maxConns,
		MaxIdleConnsPerHost:    maxConns,
		MaxConnsPerHost:        maxConns,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		TLSHandshakeTimeout:    10 * time.Second,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// checkConnect keeps the status of a proxy that refuses to connect. net/http keeps its text alone.
func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return proxyError{resp.StatusCode}
}
