package alibaba

import (
	"context"
	"net/http"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/configcheck"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Provisioner looks after the customer gateways of one region of one Alibaba Cloud account. It
// is safe for concurrent use by multiple goroutines. Make one with [New].
type Provisioner struct {
	region      string
	rules       cgw.Rules
	loop        *attempt.Loop
	exchange    *exchange.Exchange
	sdk         *vpc.Client        // never used itself, only copied
	newClient   func() *vpc.Client // for SDKClient
	credentials func(context.Context) (credentials.Credential, error)
	claims      attempt.Claims
}

var _ cgw.Provisioner = (*Provisioner)(nil)

// New returns a Provisioner. It sends nothing. A Config that is wrong is an *cgw.Error that
// satisfies cgw.ErrInvalidArgument and names each field that is at fault.
func New(cfg Config) (*Provisioner, error) {
	var check configcheck.Checker
	check.Region(cfg.Region)
	if check.Credentials(cfg.Credentials) {
		if c, ok := cfg.Credentials.(*static); ok && !c.complete() {
			check.Refuse("Credentials", "", "lack the access key ID or the access key secret")
		}
	}
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	check.Client(cfg.HTTPClient)
	timeout, retry := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if err := check.Err(cgw.Alibaba, cfg.Region); err != nil {
		return nil, err
	}

	rules := Rules()
	if cfg.Validation == cgw.Minimal {
		rules = rules.Minimal()
	}
	limiter := cfg.Limiter
	if limiter == nil {
		limiter = NewLimiter(0)
	}
	p := &Provisioner{
		region:      cfg.Region,
		rules:       rules,
		exchange:    exchange.New(cfg.HTTPClient, timeout, inspect),
		credentials: source(cfg.Credentials, timeout),
		loop: &attempt.Loop{
			Provider: cgw.Alibaba, Region: cfg.Region, Codes: codes, Retry: retry,
			Limiter: limiter, Logger: cfg.Logger, Observe: cfg.Observe,
		},
	}
	client, err := newSDK(cfg.Credentials, cfg.Region, scheme, host, p.exchange)
	if err != nil {
		check.Refuse("Endpoint", host, "is not one that the SDK takes: "+exchange.Clean(err).Error())
		return nil, check.Err(cgw.Alibaba, cfg.Region)
	}
	p.sdk = client
	p.newClient = func() *vpc.Client {
		c, _ := newSDK(cfg.Credentials, cfg.Region, scheme, host, p.exchange) // the same did not fail above
		return c
	}
	return p, nil
}

// NewLimiter returns a limiter of so many requests a second for each action, which slows down
// for a while when the service throttles. 0: 100; the vendor publishes no rate. Put one into
// the Config of several Provisioners of one account to have them share it.
func NewLimiter(perSecond float64) cgw.Limiter {
	const assumed = 100
	if perSecond <= 0 {
		perSecond = assumed
	}
	return attempt.NewPace(perSecond, nil)
}

// newSDK returns a client of the SDK on the exchange. The SDK repeats nothing unless told to.
func newSDK(cred credentials.Credential, region, scheme, host string, x *exchange.Exchange) (*vpc.Client, error) {
	cfg := &openapi.Config{
		Credential: cred,
		RegionId:   dara.String(region),
		Protocol:   dara.String(strings.ToUpper(scheme)),
		HttpClient: caller{x},
		UserAgent:  dara.String("cgw"), // else the SDK reads it from the environment
	}
	if host != "" {
		cfg.Endpoint = dara.String(host)
	}
	return vpc.NewClient(cfg)
}

// caller gives the SDK the exchange. The transport that the SDK makes for every request is left
// alone: using it would leak its connections.
type caller struct{ exchange *exchange.Exchange }

// Call implements the SDK's dara.HttpClient.
func (c caller) Call(req *http.Request, _ *http.Transport) (*http.Response, error) {
	return c.exchange.RoundTrip(req)
}

// SDKClient returns a fresh client of the SDK for calls that cgw does not have. It uses the
// credentials, connections and bounds of p, but neither its limiter nor its retries; errors are
// the SDK's own. Its type follows the SDK's major version. Unlike p, one such client is not
// safe for concurrent use: the SDK's clients write to themselves on every call.
func (p *Provisioner) SDKClient() *vpc.Client { return p.newClient() }

// Rules implements [cgw.Ruled]: [Rules], or what Config.Validation leaves of them.
func (p *Provisioner) Rules() cgw.Rules { return p.rules }

// Location implements [cgw.Located]: cgw.Alibaba and Config.Region.
func (p *Provisioner) Location() cgw.Location {
	return cgw.Location{Provider: cgw.Alibaba, Region: p.region}
}

// Close closes the idle connections of p's own pool; those of a Config.HTTPClient are left
// alone. It returns nil. p may be used again.
func (p *Provisioner) Close() error {
	p.exchange.Close()
	return nil
}

// client returns the SDK's client for one attempt, with the credentials of the moment. It is a
// copy, since the SDK's clients write to themselves on every call.
func (p *Provisioner) client(ctx context.Context) (*vpc.Client, error) {
	cred, err := p.credentials(ctx)
	if err != nil {
		return nil, err
	}
	c := *p.sdk
	c.Credential = cred
	return &c, nil
}

// runtime are the SDK's options for one call: none.
func runtime() *dara.RuntimeOptions { return &dara.RuntimeOptions{} }
