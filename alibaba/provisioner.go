package alibaba

import (
	"cmp"
	"context"
	"iter"
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
	"github.com/cgw-go/cgw/internal/operation"
)

// Provisioner manages the customer gateways of one region of one Alibaba Cloud account. It is safe
// for concurrent use by multiple goroutines. Make one with [New].
type Provisioner struct {
	engine    operation.Engine
	exchange  *exchange.Exchange
	newClient func() *vpc.Client // for SDKClient
}

var _ cgw.Provisioner = (*Provisioner)(nil)

// Create implements [cgw.Creator]. Every attempt of one call carries the same ClientToken, so the
// service makes one gateway, however many attempts there are. If the service answers, after an
// attempt of unknown outcome, that the address is taken or that the token was used, Create looks
// for the gateway at the address. It returns that gateway only if it has the same name,
// description, ASN, tags and group, it was created after the first attempt was sent (by the
// service's clock, to the second), and no other call of p has returned it. Create cannot tell it
// from a gateway with the same fields that another program creates during the call, or up to two
// seconds before.
func (p *Provisioner) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	return p.engine.Create(ctx, req)
}

// Get implements [cgw.Getter] with one request.
func (p *Provisioner) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	return p.engine.Get(ctx, id)
}

// List implements [cgw.Lister]. The service filters by ID, tags and resource group; address and
// name are compared by cgw. A page has 50 gateways. Up to two IDs are requested one by one; for
// more, the whole list is read until all are found.
func (p *Provisioner) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return p.engine.List(ctx, f)
}

// Update implements [cgw.Updater]. If the request has tags, the gateway is read first, to find
// those to remove. After a write it is read again, for the result: the service's reply has neither
// ASN nor tags. Reads may lag behind writes: so for 30 s the Provisioner also remembers the tags that it
// has written itself, and writes all that differs from them or from the read. A change of the AuthKey
// goes on at the service for a while after Update returns.
func (p *Provisioner) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	return p.engine.Update(ctx, id, req)
}

// Delete implements [cgw.Deleter]. A delete whose reply was lost, and whose gateway is then
// found to be gone, succeeded.
func (p *Provisioner) Delete(ctx context.Context, id string) error {
	return p.engine.Delete(ctx, id)
}

// New returns a Provisioner. It sends nothing. If the Config is wrong, the error is an *cgw.Error
// that satisfies cgw.ErrInvalidArgument and names each wrong field.
func New(cfg Config) (*Provisioner, error) {
	var check configcheck.Checker
	check.Region(cfg.Region)
	check.Credentials(cfg.Credentials)
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	check.Client(cfg.HTTPClient)
	timeout := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if err := check.Err(cgw.Alibaba, cfg.Region); err != nil {
		return nil, err
	}

	x := exchange.New(exchange.Config{
		Client: cfg.HTTPClient, Timeout: timeout, Inspect: inspect, Secrets: secretNames, RetryAfterMillis: "X-Acs-Retry-After",
	})
	client, err := newSDK(cfg.Credentials, cfg.Region, scheme, host, x)
	if err != nil {
		check.Refuse("Endpoint", host, "is not one that the SDK takes: "+exchange.Clean(err).Error())
		return nil, check.Err(cgw.Alibaba, cfg.Region)
	}
	return &Provisioner{
		engine: operation.Engine{
			Driver: &driver{
				sender: &sender{sdk: client, credentials: source(cfg.Credentials, timeout)},
				region: cfg.Region,
			},
			Traits: traits,
			Limits: configcheck.Rules(cfg.Validation, Rules(), CurrentRules()),
			Loop: &attempt.Loop{
				Provider: cgw.Alibaba, Region: cfg.Region, Codes: codes, Retry: cfg.Retry,
				Limiter: cmp.Or[cgw.Limiter](cfg.Limiter, NewLimiter(0)), Logger: cfg.Logger, Observe: cfg.Observe,
			},
		},
		exchange: x,
		newClient: func() *vpc.Client {
			c, _ := newSDK(cfg.Credentials, cfg.Region, scheme, host, x) // it succeeded above with the same arguments
			return c
		},
	}, nil
}

// NewLimiter returns a limiter that allows perSecond requests a second for each action, and slows
// down for a while when the service throttles. 0 or less: 100; the vendor publishes no rate. To
// share a limiter, put it into the Config of several Provisioners of one account.
func NewLimiter(perSecond float64) cgw.ActionLimiter {
	const assumed = 100
	if perSecond <= 0 {
		perSecond = assumed
	}
	return attempt.NewLimiter(perSecond, nil)
}

// newSDK returns a client of the SDK that sends through the exchange. By default the SDK does not
// retry.
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

// caller makes the SDK send through the exchange. The transport that the SDK makes for every
// request is not used: it would leak its connections.
type caller struct{ exchange *exchange.Exchange }

// Call implements the SDK's dara.HttpClient.
func (c caller) Call(req *http.Request, _ *http.Transport) (*http.Response, error) {
	return c.exchange.RoundTrip(req)
}

// SDKClient returns a fresh client of the SDK for calls that cgw does not have. It uses the
// credentials, the connections and the limits on time and size of p, but neither its limiter
// nor its retries; errors are the SDK's own. Its type follows the SDK's major version. Unlike
// p, one such client is not safe for concurrent use: the SDK's clients write to themselves on
// every call.
func (p *Provisioner) SDKClient() *vpc.Client { return p.newClient() }

// Rules implements [cgw.Ruled]. It returns the rules that Config.Validation selects.
func (p *Provisioner) Rules() cgw.Rules { return p.engine.Rules() }

// Location implements [cgw.Located]: cgw.Alibaba and Config.Region.
func (p *Provisioner) Location() cgw.Location { return p.engine.Location() }

// Close closes the idle connections of p's own pool; those of a Config.HTTPClient are left
// alone. It returns nil. p may be used again.
func (p *Provisioner) Close() error {
	p.exchange.Close()
	return nil
}

// sender signs and sends requests with the SDK.
type sender struct {
	sdk         *vpc.Client // never used itself, only copied
	credentials func(context.Context) (credentials.Credential, error)
}

// client returns the SDK's client for one attempt, with the current credentials. It is a copy,
// since the SDK's clients write to themselves on every call.
func (s *sender) client(ctx context.Context) (*vpc.Client, error) {
	cred, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	c := *s.sdk
	c.Credential = cred
	return &c, nil
}
