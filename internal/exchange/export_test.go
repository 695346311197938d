package exchange

import (
	"net/http"
	"time"
)

// NewOwn returns an Exchange with a pool of its own. change is called for each of its transports.
func NewOwn(cfg Config, change func(*http.Transport)) *Exchange {
	x := New(cfg)
	x.own = newPool(func(timeout time.Duration) *http.Transport {
		t := newTransport(timeout)
		change(t)
		return t
	}, cfg.Timeout)
	x.proxy = x.own.current.Load().Proxy
	return x
}

// The times after which our own transport closes a silent connection of HTTP/2.
const (
	PingAfter   = pingAfter
	PingTimeout = pingTimeout
)

// NewReply returns a Reply to a request of an Exchange with these Config.Secrets.
func NewReply(req *http.Request, secrets ...string) *Reply {
	return &Reply{Request: req, secretNames: secrets}
}

// Secrets returns the values in a request that no error may show.
func (r *Reply) Secrets() []string { return appendSecrets(nil, r.Request, r.secretNames) }
