package tencenttest

import (
	"log"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// What a zero Options means.
const (
	DefaultRegion    = "ap-guangzhou"
	DefaultSecretID  = "AKIDtencenttestEXAMPLEEXAMPLEEXAMPLE"
	DefaultSecretKey = "tencenttestEXAMPLEEXAMPLEEXAMPLE"
	// DefaultMaxTags is how many tags a resource can have (Tencent Cloud document "Tag: Use
	// Limits", 2025-09-02).
	DefaultMaxTags = 50
)

const (
	// DocumentedRate is the number of requests a second that the vendor's documents allow for
	// CreateCustomerGateway and for DescribeCustomerGateways, and for the tag service's
	// DescribeResourceTagsByResourceIds and DescribeResourcesByTags. It is a value for
	// [Options.Rate].
	DocumentedRate = 100
	// DocumentedTagRate is what they allow for the other actions of the tag service. It is a
	// value for [Options.TagRate].
	DocumentedTagRate = 20
)

// Options say what service to emulate. The zero value is one region of an account without
// limits of number or rate.
type Options struct {
	// Region is the only region that exists; "": DefaultRegion. A request to the vpc service
	// for another is answered UnsupportedRegion. The tag service has no regions.
	Region string
	// SecretID is the ID of the key that requests must be signed with; "": DefaultSecretID.
	SecretID string
	// SecretKey is the key that requests must be signed with; "": DefaultSecretKey.
	SecretKey string
	// Token is the token of temporary credentials, which every request must then carry; "":
	// none, and a request that carries one is refused.
	Token string

	// Quota is how many gateways the account can have; 0: any number, because the vendor does
	// not publish it. Beyond it, Create is answered LimitExceeded. DescribeVpcLimits shows it.
	Quota int
	// MaxTags is how many tags a gateway can have; 0: DefaultMaxTags.
	MaxTags int
	// Rate is how many requests a second are answered for each action, see DocumentedRate; 0:
	// any number. Further requests are answered RequestLimitExceeded.
	Rate int
	// TagRate is the rate of the actions that DocumentedTagRate is about; 0: Rate.
	TagRate int

	// Now is the clock of the service; nil: time.Now. Signatures are checked against it, and
	// CreatedTime and the Date header come from it.
	Now func() time.Time
	// Latency is added to every request before it takes effect, in real time.
	Latency time.Duration
	// ReadLag is how long Describe and the reads of the tag service do not show a create, a
	// change or a delete, by the clock Now. Writes see earlier writes at once.
	ReadLag time.Duration

	// NoBGP emulates the international site, whose documents have no BgpAsn: a request with it
	// is answered UnknownParameter, and replies leave it out.
	NoBGP bool
	// EmptyOnUnknownIDs makes Describe skip IDs that do not exist. Without it they are answered
	// ResourceNotFound. The vendor's documents allow both.
	EmptyOnUnknownIDs bool
	// RefuseEmptyTagValues makes Create and ModifyResourceTags refuse a tag whose value has no
	// characters, as TagResources always does. The tag service's limits say 1 to 255
	// characters, but Create does not require a value, and ModifyResourceTags has no code for
	// an empty one.
	RefuseEmptyTagValues bool

	// ErrorLog gets the panics of the emulator, or of a function in these Options, which are
	// answered InternalError; nil: the log package's standard logger.
	ErrorLog *log.Logger

	// Faults are injected as by [State.Inject].
	Faults []wire.Fault
	// Control serves the control interface below /_cgw/, see docs/testing.md: whoever reaches
	// the server can then change its state, faults and credentials.
	Control bool
	// State holds the gateways of the service; nil: a new one without gateways. A State is for
	// one handler or server at a time: give it to the next when the last one is closed.
	State *State

	// PlainHTTP serves HTTP without TLS. For [NewServer] only.
	PlainHTTP bool
	// HTTP1 serves TLS without HTTP/2. For [NewServer] only.
	HTTP1 bool
	// Addr is the host:port to listen on; "": a free port of 127.0.0.1. For [NewServer] only.
	Addr string
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&o.Region, DefaultRegion},
		{&o.SecretID, DefaultSecretID},
		{&o.SecretKey, DefaultSecretKey},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if o.MaxTags == 0 {
		o.MaxTags = DefaultMaxTags
	}
	if o.TagRate == 0 {
		o.TagRate = o.Rate
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.State == nil {
		o.State = new(State)
	}
	return o
}
