package alibabatest

import (
	"log"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// What a zero Options means.
const (
	DefaultRegion          = "cn-hangzhou"
	DefaultAccessKeyID     = "testid"
	DefaultAccessKeySecret = "testsecret"
	// DefaultQuota is how many customer gateways a region can have (Alibaba Cloud document
	// "VPN Gateway: Limits", 2021).
	DefaultQuota = 100
)

// Options say what service to emulate and how to serve it. The zero value is the service of the
// 2021 document in cn-hangzhou, without faults, over TLS.
type Options struct {
	// Region is the only region that exists: a request for another is refused with
	// InvalidRegionId.NotFound. Zero: DefaultRegion.
	Region string

	// AccessKeyID is the ID of the key that requests must be signed with. Zero:
	// DefaultAccessKeyID.
	AccessKeyID string
	// AccessKeySecret is the secret of that key. Zero: DefaultAccessKeySecret.
	AccessKeySecret string
	// SecurityToken is the token of temporary credentials, which every request must then carry.
	// Zero: the credentials are permanent, and a request that carries a token is refused.
	SecurityToken string

	// Quota is how many gateways the region may hold. Zero: DefaultQuota. Negative: no limit.
	Quota int
	// Rate is how many requests a second are allowed for each action; others are answered
	// Throttling.User. Zero: any number, since the vendor publishes no rate.
	Rate int
	// Now is the service's clock. Nil: time.Now.
	Now func() time.Time
	// Latency is added to every request, before it takes effect.
	Latency time.Duration
	// ReadLag is how long reads do not show a create, a change, a change of tags or a delete.
	// Writes see earlier writes at once. Zero: no lag.
	ReadLag time.Duration
	// TokenLife is how long a ClientToken is remembered after it was used. The vendor does not
	// publish it. Zero: for ever.
	TokenLife time.Duration
	// CurrentLimits enforces the limits of alibaba.CurrentRules: names and descriptions of 1 to 100
	// characters of any kind, and private addresses. Zero: the limits of alibaba.Rules.
	CurrentLimits bool

	// OnlyResourceGroup emulates a user whose rights are bound to this resource group: lists
	// of gateways and connections are empty unless they ask for it by ResourceGroupId, as seen
	// in public (aliyun/terraform-provider-alicloud#5191). Reads by ID and writes are not
	// restricted. Zero: a user who sees everything.
	OnlyResourceGroup string
	// TunnelsUnlisted makes DescribeVpnConnections with a CustomerGatewayId leave out the
	// connections that use the gateway only in one of two tunnels. No document says whether
	// they are listed. Such a gateway is in use either way.
	TunnelsUnlisted bool
	// IllegalTimestamp answers IllegalTimestamp to a time that is wrong by more than 15
	// minutes, as seen in public (aliyun/aliyun-openapi-python-sdk#41), in place of the
	// documented InvalidTimeStamp.Expired.
	IllegalTimestamp bool

	// ErrorLog gets the panics of the emulator, or of a function in these Options, which are
	// answered InternalError. Nil: the log package's standard logger.
	ErrorLog *log.Logger

	// Faults are injected as by State.Inject.
	Faults []wire.Fault
	// Control serves the control interface below /_cgw/, see docs/testing.md: whoever reaches
	// the server can then change its state, faults and credentials.
	Control bool
	// State holds the gateways of the service. Use it in one handler at a time: a later handler
	// takes it from an earlier one. Nil: a new State.
	State *State

	// PlainHTTP serves HTTP without TLS. For NewServer only.
	PlainHTTP bool
	// HTTP1 serves TLS without HTTP/2. For NewServer only.
	HTTP1 bool
	// Addr is the host:port to listen on. Zero: a free port of 127.0.0.1. For NewServer only.
	Addr string
}

func (o Options) withDefaults() Options {
	if o.Region == "" {
		o.Region = DefaultRegion
	}
	if o.AccessKeyID == "" {
		o.AccessKeyID = DefaultAccessKeyID
	}
	if o.AccessKeySecret == "" {
		o.AccessKeySecret = DefaultAccessKeySecret
	}
	if o.Quota == 0 {
		o.Quota = DefaultQuota
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.State == nil {
		o.State = &State{}
	}
	return o
}
