// Package attempt runs the operations of a Provisioner: it sends each request through the
// limiter, reads what became of it, and repeats it where that is safe. Both providers share it.
package attempt

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Loop holds what the operations of one Provisioner share. It is not changed once in use, and
// then safe for concurrent use.
type Loop struct {
	Provider cgw.Provider
	Region   string
	Codes    *errcode.Table
	Retry    cgw.RetryPolicy // with defaults filled in
	Limiter  cgw.Limiter     // nil: none
	Logger   *slog.Logger    // nil: none
	Observe  func(context.Context, cgw.Attempt)
}

// Call is one operation in progress. It is used by one goroutine.
type Call struct {
	loop  *Loop
	op    string
	start time.Time  // when the first request was admitted; zero until then
	wrote time.Time  // when the first write was sent
	last  *cgw.Error // of the last attempt of the request in hand; nil if it succeeded
	due   time.Time  // before it the service wants no further request

	renewed bool // the source of credentials was asked once more

	ID, ClientToken string // for the errors of the call
	// Unknown is set once a write was sent whose outcome is not known, and Lost while that is
	// the last one.
	Unknown, Lost bool
	// Wrote is set by the operation once a write of several was acknowledged, and Done once all
	// were.
	Wrote, Done bool
}

// Request is one API request of a call, over all its attempts.
type Request struct {
	Action string
	Write  bool
	// Repeatable says that a second execution cannot take effect twice, as that of a read.
	Repeatable bool

	attempts int
}

// Spent reports whether the policy allows no further attempt of r.
func (c *Call) Spent(r *Request) bool {
	return r.attempts >= c.loop.Retry.MaxAttempts || c.elapsed() >= c.loop.Retry.MaxElapsed
}

// elapsed is how long the call has been at it. Waiting for its first turn does not count: a call
// that had to queue has the same patience as any other.
func (c *Call) elapsed() time.Duration {
	if c.start.IsZero() {
		return 0
	}
	return time.Since(c.start)
}

// Again reports whether r may be sent once more after a look at what became of it. It first
// waits for as long as the service has asked.
func (c *Call) Again(ctx context.Context, r *Request) bool {
	wait := time.Until(c.due)
	return !c.Spent(r) && c.elapsed()+wait <= c.loop.Retry.MaxElapsed && Sleep(ctx, wait)
}

// Start begins an operation.
func (l *Loop) Start(op, id string) *Call {
	return &Call{loop: l, op: op, ID: id}
}

// Send sends the request by calling send, and repeats it as far as that is safe. send calls
// the SDK with the context that it is given. The error is nil or an *cgw.Error.
func (c *Call) Send(ctx context.Context, r *Request, send func(context.Context) error) (exchange.Record, error) {
	for {
		if err := c.admit(ctx, r); err != nil {
			return exchange.Record{}, err
		}
		var rec exchange.Record
		r.attempts++
		begin := time.Now()
		if c.start.IsZero() {
			c.start = begin
		}
		if r.Write && c.wrote.IsZero() {
			c.wrote = begin
		}
		var use credential.Use
		err := send(credential.WithUse(exchange.WithRecord(ctx, &rec), &use))
		if err == nil && rec.Err == nil {
			c.last = nil // what failed before was made good
			c.observe(ctx, r, begin, &rec, nil, 0)
			return rec, nil
		}
		e, repeat := c.judge(ctx, r, &rec, err)
		c.last, c.due = e, time.Now().Add(e.RetryAfter)
		if r.Write {
			c.Lost = e.Outcome == cgw.OutcomeUnknown
			c.Unknown = c.Unknown || c.Lost
		}
		wait, again := c.next(ctx, r, e, repeat)
		if !again && c.renew(ctx, r, e, &use) {
			wait, again = 0, true
		}
		c.observe(ctx, r, begin, &rec, e, wait)
		if !again {
			return rec, c.settle(ctx, e)
		}
		if !Sleep(ctx, wait) {
			return rec, c.settle(ctx, e)
		}
	}
}

// admit waits for the limiter. Its errors are of a request that was not sent.
func (c *Call) admit(ctx context.Context, r *Request) error {
	if ctx.Err() != nil {
		return c.ended(ctx)
	}
	if c.loop.Limiter == nil {
		return nil
	}
	var err error
	if l, ok := c.loop.Limiter.(cgw.ActionLimiter); ok {
		err = l.WaitAction(ctx, r.Action)
	} else {
		err = c.loop.Limiter.Wait(ctx)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return c.ended(ctx)
	}
	e := c.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, exchange.Foreign(ctx, exchange.Clean(err)))
	e.Message = "the limiter refused: " + e.Err.Error()
	return c.settle(ctx, e)
}

// ended is the error of a call whose context ended between attempts. It keeps the last error of
// the API.
func (c *Call) ended(ctx context.Context) error {
	e := c.last
	if e == nil {
		e = c.Error(nil, cgw.OutcomeNotApplied, nil)
	}
	return c.settle(ctx, e)
}

// Error returns an error of the call with the fields filled in that every one has.
func (c *Call) Error(kind error, outcome cgw.Outcome, err error) *cgw.Error {
	return &cgw.Error{
		Op: c.op, Provider: c.loop.Provider, Region: c.loop.Region, ID: c.ID, ClientToken: c.ClientToken,
		Kind: kind, Outcome: outcome, Err: err,
	}
}

// settle returns the error of the call from that of its last attempt: an earlier attempt that
// may have taken effect is not undone by a later one that was refused.
func (c *Call) settle(ctx context.Context, e *cgw.Error) error {
	if c.Unknown && e.Outcome == cgw.OutcomeNotApplied {
		copied := *e
		copied.Outcome = cgw.OutcomeUnknown
		e = &copied
	}
	return e.WithContext(ctx)
}

// next decides on a repeat, and how long to wait before it.
func (c *Call) next(ctx context.Context, r *Request, e *cgw.Error, repeat errcode.Repeat) (time.Duration, bool) {
	switch {
	case ctx.Err() != nil || c.Spent(r):
		return 0, false
	case repeat == errcode.Never, repeat == errcode.Once && r.attempts > 1:
		return 0, false
	case repeat == errcode.Look && r.Write && !r.Repeatable && e.Outcome == cgw.OutcomeUnknown:
		return 0, false
	}
	wait := max(c.backoff(r.attempts), e.RetryAfter)
	if c.elapsed()+wait > c.loop.Retry.MaxElapsed {
		return 0, false
	}
	return wait, true
}

// renew reports whether the service refused the credentials, and their source, asked once more
// in a call, has others. A temporary token may have expired on the way.
func (c *Call) renew(ctx context.Context, r *Request, e *cgw.Error, use *credential.Use) bool {
	if c.renewed || ctx.Err() != nil || c.Spent(r) || e.Code == "" || e.Outcome != cgw.OutcomeNotApplied || !errors.Is(e.Kind, cgw.ErrUnauthenticated) {
		return false
	}
	c.renewed = true
	return use.Renew(ctx)
}

// backoff draws the wait after the nth attempt: anything up to an exponential bound, so that
// callers that failed together do not return together.
func (c *Call) backoff(n int) time.Duration {
	bound := bound(c.loop.Retry, n-1)
	if bound <= 0 {
		return 0
	}
	return rand.N(bound) + 1
}

// bound returns MinBackoff doubled n times, at most MaxBackoff.
func bound(p cgw.RetryPolicy, n int) time.Duration {
	if n > 62 || p.MinBackoff > p.MaxBackoff>>n { // and so never over the range of a Duration
		return p.MaxBackoff
	}
	return p.MinBackoff << n
}

// Patience calls look once or, if patient, until it reports done, waiting longer from time to
// time, as long as reads of a service usually lag behind its writes. It returns the error of
// the last look, or one of its own where it had to end before: what was not found then may
// still appear.
func (c *Call) Patience(ctx context.Context, patient bool, look func() (done bool, err error)) error {
	if c.start.IsZero() {
		c.start = time.Now()
	}
	p := c.loop.Retry
	for n := 0; ; n++ {
		done, err := look()
		if done || err != nil || !patient || n == p.MaxAttempts {
			return err
		}
		wait := bound(p, n)
		if c.elapsed()+wait > p.MaxElapsed {
			return errNoTime
		}
		if !Sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

var errNoTime = errors.New("no time is left to look again")

// Sleep waits, and returns false at once when ctx ends.
func Sleep(ctx context.Context, d time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Fail logs the final error of a call, and returns it, with the error of ctx if that has ended.
func (c *Call) Fail(ctx context.Context, err error) error {
	err = Ended(ctx, err)
	if c.loop.Logger == nil || !c.loop.Logger.Enabled(ctx, slog.LevelWarn) {
		return err
	}
	var e *cgw.Error
	if errors.As(err, &e) {
		c.loop.Logger.LogAttrs(ctx, slog.LevelWarn, "cgw: call failed", slog.Any("error", e))
	}
	return err
}

// Warn logs something that a caller should know of although the call succeeded.
func (c *Call) Warn(ctx context.Context, msg string, attrs ...slog.Attr) {
	if c.loop.Logger != nil {
		attrs = append(attrs, slog.String("op", c.op), slog.String("provider", string(c.loop.Provider)), slog.String("id", c.ID))
		c.loop.Logger.LogAttrs(ctx, slog.LevelWarn, msg, attrs...)
	}
}
