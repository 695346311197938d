package exchange

import (
	"net/http"
	"time"
)

// NewOwn is New with a pool of the Exchange's own, whose transports change can change.
func NewOwn(timeout time.Duration, inspect func(*Reply) error, change func(*http.Transport)) *Exchange {
	x := New(nil, timeout, inspect)
	x.own = newPool(func() *http.Transport {
		t := newTransport()
		change(t)
		return t
	}, timeout)
	x.proxy = x.own.current.Load().Proxy
	return x
}

// The times after which the own transport gives up a connection of HTTP/2 that is silent.
const (
	PingAfter   = pingAfter
	PingTimeout = pingTimeout
)
