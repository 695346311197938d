package cgw

import (
	"context"
	"strconv"
	"time"
)

// RetryPolicy bounds the retries of a Provisioner. Zero fields mean their defaults. Which requests
// are retried cannot be configured: a read after any transient fault; a write only if the attempt
// certainly had no effect, or if the write is idempotent.
//
// The backoff after the nth failure is random between 0 and MinBackoff·2ⁿ⁻¹, at most MaxBackoff,
// and not shorter than the service asks for. "Try later" answers and other failures have counters
// of their own: the backoff after a failure grows with the counter of its kind only. A call ends
// with the last error if the next backoff would go past MaxElapsed, and at once when its context
// ends.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts of one request, the first one included. 1: no
	// retry. 0: 5, but attempts that the service answers with "try later" ([ErrThrottled] or
	// [ErrConflict]) do not count: MaxElapsed alone bounds those.
	MaxAttempts int
	// MaxElapsed is the time of a call from its first attempt to its last, backoff included.
	// 0: 60 s.
	MaxElapsed time.Duration
	MinBackoff time.Duration // 0: 200 ms, or MaxBackoff if that is less
	MaxBackoff time.Duration // 0: 10 s, or MinBackoff if that is more
}

// WithDefaults returns the policy with its zero fields filled in.
func (p RetryPolicy) WithDefaults() RetryPolicy {
	if p.MaxAttempts == 0 {
		p.MaxAttempts = 5
	}
	if p.MaxElapsed == 0 {
		p.MaxElapsed = time.Minute
	}
	if p.MaxBackoff == 0 {
		p.MaxBackoff = max(10*time.Second, p.MinBackoff)
	}
	if p.MinBackoff == 0 {
		p.MinBackoff = min(200*time.Millisecond, p.MaxBackoff)
	}
	return p
}

// Validate returns nil, or a [*ValidationError] for negative fields and for a MinBackoff over
// MaxBackoff. Field names start with "Retry.".
func (p RetryPolicy) Validate() error {
	var f ValidationError
	if p.MaxAttempts < 0 {
		f.Add("Retry.MaxAttempts", strconv.Itoa(p.MaxAttempts), "must not be negative", "", ErrInvalidArgument)
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"Retry.MaxElapsed", p.MaxElapsed}, {"Retry.MinBackoff", p.MinBackoff}, {"Retry.MaxBackoff", p.MaxBackoff}} {
		if d.value < 0 {
			f.Add(d.field, d.value.String(), "must not be negative", "", ErrInvalidArgument)
		}
	}
	if p.MaxBackoff > 0 && p.MinBackoff > p.MaxBackoff {
		f.Add("Retry.MinBackoff", p.MinBackoff.String(), "must not exceed Retry.MaxBackoff", "", ErrInvalidArgument)
	}
	return f.Err()
}

// Limiter delays each request until it may be sent. *rate.Limiter of golang.org/x/time/rate is
// one. A Limiter is safe for concurrent use and may be shared by several Provisioners of one
// account.
type Limiter interface {
	// Wait returns nil when a request may be sent. It returns an error if ctx ends first, or
	// will end first.
	Wait(ctx context.Context) error
}

// ActionLimiter is a Limiter that has a rate for each action of a service, and slows down when the
// service throttles. NewLimiter of a provider returns one. A type that wraps an ActionLimiter
// should pass on all three methods: if it has Wait alone, there are no rates for actions, and
// nothing slows down.
type ActionLimiter interface {
	Limiter
	// WaitAction is Wait for a request of one action, such as "CreateCustomerGateway". A
	// Provisioner calls it in place of Wait.
	WaitAction(ctx context.Context, action string) error
	// Throttled says that the service refused a request of the action for its rate.
	Throttled(action string)
}

// ValidationMode says how much a provider checks before it sends a request. A request that is not
// valid is refused with [ErrInvalidArgument] before anything is sent.
type ValidationMode uint8

// The validation modes. docs/limits.md has the limits of each.
const (
	// Documented enforces the limits of the documents that cgw was made for: tencent.Rules and
	// alibaba.Rules. It is the default. If the documents of today would allow a value, the error
	// says so.
	Documented ValidationMode = iota
	// Current enforces the limits of the vendors' documents of today: tencent.CurrentRules and
	// alibaba.CurrentRules, which have their dates.
	Current
	// Minimal refuses only what cannot be right: no address, a missing required name, a field
	// that the cloud does not have or cannot change, an empty tag key, and in every text what is
	// not UTF-8, control characters, line ends and white space alone. It leaves the other limits
	// to the service, because they change.
	Minimal
)

// Attempt describes one request that was sent, or could not be sent, for Config.Observe. It
// holds no secret.
type Attempt struct {
	Op         string        // the operation of the caller, such as OpCreate
	Provider   Provider      // the cloud
	Region     string        // the region of the Provisioner
	Action     string        // the service's name of the request, such as DescribeCustomerGateways
	Number     int           // 1 for the first attempt of this request
	Start      time.Time     // when the attempt began, the limiter's wait not included
	Duration   time.Duration // until the reply was read or the attempt failed
	HTTPStatus int           // 0: no reply
	Code       string        // the service's error code; empty on success or without a reply
	RequestID  string        // the service's ID of the request; empty without a reply
	Outcome    Outcome       // of this attempt alone; OutcomeApplied on success
	Err        error         // nil on success
	Wait       time.Duration // before the next attempt; 0 when there is none
}
