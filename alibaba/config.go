package alibaba

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw"
)

// Config says how to reach one region of one account. Region and Credentials are required; a
// zero field of the others means its documented default. New reads it once and keeps no
// reference to it.
type Config struct {
	// Region is the region of the gateways, such as "cn-hangzhou".
	Region string
	// Credentials sign the requests: [StaticCredentials], [DefaultCredentials], or those of
	// the SDK. cgw asks them again for every attempt.
	Credentials credentials.Credential
	// Endpoint is the host of the API: a host, host:port, or an http:// or https:// URL
	// without a path. Empty: the host that the SDK has for the region.
	Endpoint string
	// HTTPClient sends the requests. It is never modified: a shallow copy that refuses redirects is
	// used. Nil: a client with a connection pool of the Provisioner's own, at most 64 requests at a
	// time (further ones wait), TLS 1.2 or later, and the proxies of net/http.ProxyFromEnvironment.
	// If a client of your own uses HTTP/2, set HTTP2.SendPingTimeout and PingTimeout of its
	// transport: without them every call may use the same dead connection. If a proxy refuses a
	// connection, net/http returns the text of the status alone: set OnProxyConnectResponse to learn
	// the status.
	HTTPClient *http.Client
	// AttemptTimeout limits one attempt, from the connection to the end of the reply. 0: 10 s.
	AttemptTimeout time.Duration
	// Retry limits the retries of requests. Zero fields mean its defaults.
	Retry cgw.RetryPolicy
	// Limiter delays requests. Nil: an adaptive one, since the vendor publishes no rate: it allows
	// 100 requests a second for each action, and slows down for a while when the service throttles.
	// Use [NewLimiter] to share one.
	Limiter cgw.Limiter
	// Validation says how much is checked before anything is sent. Zero: cgw.Documented.
	Validation cgw.ValidationMode
	// Logger gets a record of every attempt at debug level, and of every call that fails at
	// warn. It never sees a secret. Nil: no logging.
	Logger *slog.Logger
	// Observe is called after every attempt, from the goroutine of the call, which waits for it. It
	// must be safe for concurrent use, as calls may run at the same time. Nil: not called.
	Observe func(context.Context, cgw.Attempt)
}
