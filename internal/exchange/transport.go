package exchange

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// maxConns limits the connections to one host, and the requests that are sent at the same time. Other
// requests wait for a free slot, or until their context ends.
const maxConns = 64

// If nothing arrives on a connection of HTTP/2 for pingAfter, net/http sends a ping. If no answer comes
// within pingTimeout, it closes the connection. All requests on it then fail at once, before their
// timeouts. HTTP/2 requires servers to answer pings, even if they are busy.
const (
	pingAfter    = 3 * time.Second
	pingTimeout  = 3 * time.Second
	writeTimeout = 5 * time.Second // for each part of a request
)

// pool is the Exchange's own transport. After an attempt that timed out, the whole transport is
// replaced: net/http can give up a request, but not the connection of HTTP/2 below it, nor the idle
// connections of HTTP/1.1 that died at the same time. If only that connection were closed, other
// requests on it would fail, although they may be healthy. So running requests finish on the old
// transport, and new ones use a new connection.
type pool struct {
	fresh   func() *http.Transport
	current atomic.Pointer[http.Transport]
	slots   *slots
}

func newPool(fresh func(timeout time.Duration) *http.Transport, timeout time.Duration) *pool {
	p := &pool{fresh: func() *http.Transport { return fresh(timeout) }, slots: newSlots(timeout)}
	p.current.Store(p.fresh())
	return p
}

// done is called after each request on t. If suspect is set, the connection may be dead, and done
// replaces t with a new transport. If t was replaced, done closes the connections of t that are idle now.
// Otherwise they would stay open for IdleConnTimeout.
func (p *pool) done(t *http.Transport, suspect bool) {
	if suspect && p.current.Load() == t {
		p.current.CompareAndSwap(t, p.fresh())
	}
	if t != p.current.Load() {
		t.CloseIdleConnections()
	}
}

// newDialer returns a dialer for attempts with this timeout. If a host has several addresses, a dialer
// divides its own timeout among them. If that timeout were longer than the attempt, the attempt would end
// before the second address is tried.
func newDialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: min(timeout, 30*time.Second), KeepAlive: 30 * time.Second}
}

// newTransport returns a transport for one host and many callers, whose attempts have this timeout.
// net/http's default keeps two idle connections to a host, so a concurrent program would dial for
// nearly every request.
func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: checkConnect,
		DialContext:            newDialer(timeout).DialContext,
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
