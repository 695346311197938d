package exchange

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// maxConns bounds the connections to one host, and the requests that are on the way: further
// ones wait, without a limit but their context's.
const maxConns = 64

// newTransport returns a pool for one host and many callers. net/http's default keeps two idle
// connections for a host, so that a concurrent program would dial for nearly every request.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           2 * maxConns,
		MaxIdleConnsPerHost:    maxConns,
		MaxConnsPerHost:        maxConns,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		TLSHandshakeTimeout:    10 * time.Second,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
}
