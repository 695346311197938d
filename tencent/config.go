package tencent

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
)

// The endpoints of the two sites. An account belongs to one of them; which host is nearer depends
// on routing.
const (
	// IntlEndpoint is the host that the vendor's document of CreateCustomerGateway names. It
	// is the default.
	IntlEndpoint = "vpc.intl.tencentcloudapi.com"
	// ChinaEndpoint is the host of the Chinese site's documents.
	ChinaEndpoint = "vpc.tencentcloudapi.com"
)

// Config says how to reach one region of one account. Region and Credentials are required; a
// zero field of the others means its documented default. New reads it once and keeps no
// reference to it.
type Config struct {
	// Region is the region of the gateways, such as "ap-guangzhou".
	Region string
	// Credentials sign the requests: [StaticCredentials], [DefaultCredentials], or the SDK's
	// own. cgw asks them again for every attempt.
	Credentials common.CredentialIface
	// Endpoint is the host of the API: a host, host:port, or an http:// or https:// URL without a
	// path. Empty: IntlEndpoint. If the host is not the vendor's, requests to the tag service go to
	// it too, unless TagEndpoint is set.
	Endpoint string
	// TagEndpoint is the host of the tag service, in the same forms. Empty: the tag host of the
	// same site as Endpoint, see docs/credentials.md. It is required if that host is not known, as
	// for finance regions.
	TagEndpoint string
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
	// Limiter delays requests. Nil: the documented rates for each action, slowed down for a
	// while when the service throttles. Use [NewLimiter] to share one.
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
