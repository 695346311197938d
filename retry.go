package cgw

import (
	"context"
	"strconv"
	"time"
)

// RetryPolicy limits the retries of a Provisioner. A zero field means its default. The policy does not
// choose the requests to retry: a read is retried after any transient fault; a write only if the
// attempt certainly had no effect, or if the write is idempotent.
//
// The backoff after the nth failure is random between 0 and MinBackoff·2ⁿ⁻¹, at most MaxBackoff,
// but never shorter than the service asks for. "Try later" answers and other failures are counted
// separately: the backoff grows only with the count of its kind. A backoff that would end after
// MaxElapsed is cut short, and the last attempt follows. If the service asks to wait longer than that, the
// call returns the last error. If its context ends, the call returns at once.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts of one request, the first one included. 1: no
	// retry. 0: 5, but attempts that the service answers with "try later" ([ErrThrottled] or
	// [ErrConflict]) do not count: only MaxElapsed limits those.
	MaxAttempts int
	// MaxElapsed limits the time from the start of a call's first attempt to the start of its last
	// attempt, backoff included. For a List it limits each page, and each reading of tags.
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

// Limiter delays each request until it may be sent. *rate.Limiter of golang.org/x/time/rate is a
// Limiter. A Limiter is safe for concurrent use and may be shared by several Provisioners of one
// account.
type Limiter interface {
	// Wait returns nil when a request may be sent. It returns an error if ctx ends first, or
	// will end first.
	Wait(ctx context.Context) error
}

// ActionLimiter is a Limiter that has a rate for each action of a service, and slows down when the
// service throttles. NewLimiter of a provider returns one. A type that wraps an ActionLimiter
// should have all three methods. If it has only Wait, there is no rate for each action, and the limiter
// does not slow down.
type ActionLimiter interface {
	Limiter
	// WaitAction is Wait for a request of one action, such as "CreateCustomerGateway". A
	// Provisioner calls it in place of Wait.
	WaitAction(ctx context.Context, action string) error
	// Throttled tells the limiter that the service throttled a request of the action.
	Throttled(action string)
}

// ValidationMode says how much a provider checks before it sends a request. A request that is not
// valid is refused with [ErrInvalidArgument] before anything is sent.
type ValidationMode uint8

// The validation modes. docs/limits.md has the limits of each.
const (
	// Documented enforces the limits of the documents that cgw was made for: tencent.Rules and
	// alibaba.Rules. It is the default. If the current documents would allow the value, the error says
	// so.
	Documented ValidationMode = iota
	// Current enforces the limits of the vendors' current documents: tencent.CurrentRules and
	// alibaba.CurrentRules. Their comments have the dates of the documents.
	Current
	// Minimal refuses only requests that are certainly wrong: no address, a missing required name, a
	// field that the cloud does not have or cannot change, an empty tag key, and a text that is not
	// UTF-8, has control characters or line ends, or has only white space. The service checks the other
	// limits, because they change.
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
	Start      time.Time     // when the attempt began, after the wait for the limiter
	Duration   time.Duration // until the reply was read or the attempt failed
	HTTPStatus int           // 0: no reply
	Code       string        // the service's error code; empty on success or without a reply
	RequestID  string        // the service's ID of the request; empty without a reply
	Outcome    Outcome       // of this attempt alone; OutcomeApplied on success
	Err        error         // nil on success
	Wait       time.Duration // before the next attempt; 0 when there is none
}
