package tencent

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/configcheck"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// Provisioner manages the customer gateways of one region of one Tencent Cloud account. It is safe
// for concurrent use by multiple goroutines. Make one with [New].
type Provisioner struct {
	engine    operation.Engine
	exchange  *exchange.Exchange
	newClient func() *vpc.Client // for SDKClient
}

var _ cgw.Provisioner = (*Provisioner)(nil)

// Create implements [cgw.Creator]. Tencent's API has no idempotency token. After an attempt of
// unknown outcome, Create looks for a gateway at the address before it sends another create. It
// returns that gateway only if it has the same name, ASN and tags, it was created after the first
// attempt was sent (by the service's clock, to the second), and no other call of p has returned
// it. Create cannot tell it from a gateway with the same fields that another program creates
// during the call, or up to two seconds before.
func (p *Provisioner) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	return p.engine.Create(ctx, req)
}

// Get implements [cgw.Getter] with two requests: one for the gateway, one for its tags.
func (p *Provisioner) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	return p.engine.Get(ctx, id)
}

// List implements [cgw.Lister]. The service filters by IDs, address and name; tags are compared by
// cgw. A page has 100 gateways; tags are read for 50 gateways at a time. Up to 25 IDs are
// requested, five at a time; for more, the whole list is read until all are found.
func (p *Provisioner) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return p.engine.List(ctx, f)
}

// Update implements [cgw.Updater]. The service requires the name in every change, and its tag
// service the tags to remove. So the gateway is read first if the request has no name, or has tags.
// A name that another program changes in between is changed back. After a write the gateway is read
// again, for the result. Reads may lag behind writes: so for 30 s the Provisioner also remembers the name
// and the tags that it has written itself, and writes all that differs from them or from the read.
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
	scheme, host, tagHost := endpoints(&check, cfg)
	check.Client(cfg.HTTPClient)
	timeout := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if common.DefaultHttpClient != nil {
		check.Refuse("common.DefaultHttpClient", "", "is set: the SDK would share that client and change it under every user")
	}
	if err := check.Err(cgw.Tencent, cfg.Region); err != nil {
		return nil, err
	}

	x := exchange.New(exchange.Config{Client: cfg.HTTPClient, Timeout: timeout, Inspect: inspect, Secrets: secretNames})
	newClient := func() *vpc.Client { return newSDK(cfg.Credentials, cfg.Region, scheme, host, x) }
	return &Provisioner{
		engine: operation.Engine{
			Driver: &driver{
				sender: &sender{sdk: newClient(), credentials: source(cfg.Credentials, timeout)},
				region: cfg.Region, tagHost: tagHost,
			},
			Traits: traits,
			Limits: configcheck.Rules(cfg.Validation, Rules(), CurrentRules()),
			Loop: &attempt.Loop{
				Provider: cgw.Tencent, Region: cfg.Region, Codes: codes, Retry: cfg.Retry,
				Limiter: cmp.Or[cgw.Limiter](cfg.Limiter, NewLimiter(0)), Logger: cfg.Logger, Observe: cfg.Observe,
			},
		},
		exchange:  x,
		newClient: newClient,
	}, nil
}

// NewLimiter returns a limiter that allows perSecond requests a second for each action, and slows
// down for a while when the service throttles. 0 or less: the documented rate, which is 100. Up to
// that rate, it allows at most 20 changes of tags a second, as documented; a higher rate is for every
// action. To share a limiter, put it into the Config of several Provisioners of one account.
func NewLimiter(perSecond float64) cgw.ActionLimiter {
	const (
		documented     = 100 // Tencent Cloud API, CreateCustomerGateway (2024-11-25)
		documentedTags = 20  // Tencent Cloud, document 651/33003
	)
	if perSecond > documented {
		return attempt.NewLimiter(perSecond, nil)
	}
	if perSecond <= 0 {
		perSecond = documented
	}
	return attempt.NewLimiter(perSecond, map[string]float64{traits.Actions.Tag: documentedTags})
}

// newSDK returns a client of the SDK that sends through the exchange. The SDK's own retries,
// circuit breaker and time limit are off.
func newSDK(cred common.CredentialIface, region, scheme, host string, x *exchange.Exchange) *vpc.Client {
	prof := profile.NewClientProfile()
	prof.HttpProfile.Scheme = strings.ToUpper(scheme)
	prof.HttpProfile.Endpoint = host
	prof.HttpProfile.ReqTimeout = 0 // the exchange bounds each attempt
	prof.Language = "en-US"
	client := &vpc.Client{}
	client.Init(region).WithCredential(cred).WithProfile(prof).WithHttpTransport(x)
	return client
}

// SDKClient returns a fresh client of the SDK for calls that cgw does not have. It uses the
// credentials, the connections and the limits on time and size of p, but neither its limiter nor
// its retries; errors are the SDK's own. Its type follows the SDK's major version. Like New, it
// must not be called while the SDK's common.DefaultHttpClient is set.
func (p *Provisioner) SDKClient() *vpc.Client { return p.newClient() }

// Rules implements [cgw.Ruled]. It returns the rules that Config.Validation selects.
func (p *Provisioner) Rules() cgw.Rules { return p.engine.Rules() }

// Location implements [cgw.Located]: cgw.Tencent and Config.Region.
func (p *Provisioner) Location() cgw.Location { return p.engine.Location() }

// Close closes the idle connections of p's own pool; those of a Config.HTTPClient are left
// alone. It returns nil. p may be used again.
func (p *Provisioner) Close() error {
	p.exchange.Close()
	return nil
}

// sender signs and sends requests with the SDK.
type sender struct {
	sdk         *vpc.Client // copied when credentials change
	credentials func(context.Context) (common.CredentialIface, error)
}

// client returns the SDK's client for one attempt, with the current credentials.
func (s *sender) client(ctx context.Context) (*vpc.Client, error) {
	cred, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if cred == s.sdk.GetCredential() {
		return s.sdk, nil // static credentials; a call does not write to the client
	}
	c := *s.sdk
	c.WithCredential(cred)
	return &c, nil
}
