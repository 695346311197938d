package tencent

import (
	"context"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/configcheck"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Provisioner looks after the customer gateways of one region of one Tencent Cloud account. It
// is safe for concurrent use by multiple goroutines. Make one with [New].
type Provisioner struct {
	region      string
	rules       cgw.Rules
	loop        *attempt.Loop
	exchange    *exchange.Exchange
	sdk         *vpc.Client        // copied where credentials change
	newClient   func() *vpc.Client // for SDKClient
	credentials func(context.Context) (common.CredentialIface, error)
	tagHost     string
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
			check.Refuse("Credentials", "", "lack the secret ID or the secret key")
		}
	}
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	tagScheme, tagHost := check.Endpoint("TagEndpoint", cfg.TagEndpoint)
	switch {
	case tagHost == "":
		tagHost = tagHostOf(host)
	case scheme != "" && tagScheme != scheme:
		check.Refuse("TagEndpoint", tagHost, "must have the scheme of Endpoint")
	}
	if host == "" {
		host = IntlEndpoint
	}
	check.Client(cfg.HTTPClient)
	timeout, retry := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if common.DefaultHttpClient != nil {
		check.Refuse("common.DefaultHttpClient", "", "is set: the SDK would share that client and change it under every user")
	}
	if err := check.Err(cgw.Tencent, cfg.Region); err != nil {
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
		tagHost:     tagHost,
		loop: &attempt.Loop{
			Provider: cgw.Tencent, Region: cfg.Region, Codes: codes, Retry: retry,
			Limiter: limiter, Logger: cfg.Logger, Observe: cfg.Observe,
		},
	}
	p.newClient = func() *vpc.Client { return newSDK(cfg.Credentials, cfg.Region, scheme, host, p.exchange) }
	p.sdk = p.newClient()
	return p, nil
}

// NewLimiter returns a limiter of so many requests a second for each action, which slows down
// for a while when the service throttles. 0: the documented rates, which are 100, and 20 for
// changes of tags. Put one into the Config of several Provisioners of one account to have them
// share it.
func NewLimiter(perSecond float64) cgw.Limiter {
	const (
		documented     = 100 // Tencent Cloud API, CreateCustomerGateway (2024-11-25)
		documentedTags = 20  // Tencent Cloud, document 651/33003
	)
	if perSecond > 0 {
		return attempt.NewPace(perSecond, nil)
	}
	return attempt.NewPace(documented, map[string]float64{"ModifyResourceTags": documentedTags})
}

// tagHostOf returns the host of the tag service that goes with the API's host: the vendor's
// own on the same site, or else the same host, as for a proxy or an emulator.
func tagHostOf(host string) string {
	const service = "vpc."
	name, port := strings.ToLower(host), ""
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name, port = name[:i], name[i:]
	}
	switch {
	case host == "":
		return "tag" + strings.TrimPrefix(IntlEndpoint, "vpc")
	case name == IntlEndpoint, name == ChinaEndpoint:
		return "tag" + strings.TrimPrefix(name, "vpc") + port
	case strings.HasPrefix(name, service) && strings.HasSuffix(name, ".tencentcloudapi.com"):
		// A region's own host, such as vpc.ap-guangzhou.tencentcloudapi.com: the tag service is
		// not regional.
		return "tag.tencentcloudapi.com" + port
	default:
		return host
	}
}

// newSDK returns a client of the SDK on the exchange, with the SDK's own retries, breaker and
// time limit off.
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
// credentials, connections and bounds of p, but neither its limiter nor its retries; errors are
// the SDK's own. Its type follows the SDK's major version. As New, it must not be called while
// the SDK's common.DefaultHttpClient is set.
func (p *Provisioner) SDKClient() *vpc.Client { return p.newClient() }

// Rules implements [cgw.Ruled]: [Rules], or what Config.Validation leaves of them.
func (p *Provisioner) Rules() cgw.Rules { return p.rules }

// Location implements [cgw.Located]: cgw.Tencent and Config.Region.
func (p *Provisioner) Location() cgw.Location {
	return cgw.Location{Provider: cgw.Tencent, Region: p.region}
}

// Close closes the idle connections of p's own pool; those of a Config.HTTPClient are left
// alone. It returns nil. p may be used again.
func (p *Provisioner) Close() error {
	p.exchange.Close()
	return nil
}

// client returns the SDK's client for one attempt, with the credentials of the moment.
func (p *Provisioner) client(ctx context.Context) (*vpc.Client, error) {
	cred, err := p.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if cred == p.sdk.GetCredential() {
		return p.sdk, nil // those that never change; a call does not write to the client
	}
	c := *p.sdk
	c.WithCredential(cred)
	return &c, nil
}
