// Package attempt sends one request of an operation and everything that becomes of it: it waits
// for the limiter, tries, judges the reply, and repeats the request if that is safe. What an
// operation is made of stands in package operation.
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

// Loop holds what the calls of one Provisioner share. It is not changed once in use, and then
// safe for concurrent use.
type Loop struct {
	Provider cgw.Provider
	Region   string
	Codes    *errcode.Table
	Retry    cgw.RetryPolicy // with defaults filled in
	// Patient says that a service that asks to try later is asked again until MaxElapsed: such
	// attempts do not count. It is set unless the caller chose MaxAttempts.
	Patient bool
	Limiter cgw.Limiter  // nil: none
	Logger  *slog.Logger // nil: none
	Observe func(context.Context, cgw.Attempt)
}

// Call is one operation in progress. It is used by one goroutine.
type Call struct {
	loop  *Loop
	op    string
	id    string // of the gateway concerned, for errors
	token string // of a create, for errors

	clock   *clock
	wrote   time.Time  // when the first write was sent; zero until then
	last    *cgw.Error // of the last attempt; nil if it succeeded
	unknown bool       // whether a write was sent whose outcome is not known
	renewed bool       // whether the source of credentials was asked once more
}

// clock is the time of a call, which it shares with the look-ups that explain it.
type clock struct {
	start time.Time // when the first request was admitted; zero until then
	due   time.Time // nothing is sent before it: the service asked for that
}

// Request is one API request of a call, over all its attempts.
type Request struct {
	Action string
	Write  bool
	// Repeatable says that a second execution cannot take effect twice, as that of a read.
	Repeatable bool
	// Resolve, if not nil, is asked when the request failed and must not simply be repeated.
	// again says that the policy allows one more attempt of a write whose outcome is not known.
	// True settles the request: Send succeeds. An error ends it. Otherwise it is sent again if
	// again is true.
	Resolve func(ctx context.Context, e *cgw.Error, again bool) (settled bool, err error)
	// Try sends the request once, with the context that it is given, and decodes the reply.
	Try func(context.Context) error
}

// Start begins an operation. id and token are those of its errors; each may be empty.
func (l *Loop) Start(op, id, token string) *Call {
	return &Call{loop: l, op: op, id: id, token: token, clock: new(clock)}
}

// Aside returns a call for look-ups that explain c: what becomes of them leaves c as it is, and
// they share its time.
func (c *Call) Aside() *Call {
	return &Call{loop: c.loop, op: c.op, id: c.id, token: c.token, clock: c.clock}
}

// Unknown reports whether a write was sent whose outcome is not known.
func (c *Call) Unknown() bool { return c.unknown }

// Wrote returns when the first write was sent; zero: none was.
func (c *Call) Wrote() time.Time { return c.wrote }

// Error returns an error of the call with the fields filled in that every one has.
func (c *Call) Error(kind error, outcome cgw.Outcome, err error) *cgw.Error {
	return &cgw.Error{
		Op: c.op, Provider: c.loop.Provider, Region: c.loop.Region, ID: c.id, ClientToken: c.token,
		Kind: kind, Outcome: outcome, Err: err,
	}
}

// Send sends the request and repeats it as far as that is safe. The record is that of the last
// attempt. The error is nil or an *cgw.Error.
func (c *Call) Send(ctx context.Context, r *Request) (exchange.Record, error) {
	onces := 0 // repeats of the kind that is made once
	for attempts, counted := 0, 0; ; {
		saw := new(seen)
		rec := &saw.rec
		e := c.admit(ctx, r)
		sent, repeat, once := e == nil, errcode.Never, false
		var wait time.Duration
		if sent {
			attempts++
			begin := time.Now()
			e, repeat = c.try(ctx, r, begin, saw)
			if e == nil {
				c.last = nil // what failed before was made good
				c.observe(ctx, r.Action, attempts, begin, rec, nil, 0)
				return *rec, nil
			}
			if once = repeat == errcode.Once || repeat == errcode.LookOnce; once {
				onces++
			}
			if !c.loop.Patient || !later(e) {
				counted++
			}
			if repeat == errcode.Never && !c.renewed && c.allows(ctx, counted) && refusedKeys(ctx, e, &saw.use) {
				c.renewed, repeat = true, errcode.Wait
			}
			repeat, wait = c.next(ctx, r, e, repeat, attempts, counted, onces)
			c.observe(ctx, r.Action, attempts, begin, rec, e, wait)
		}
		if repeat != errcode.Never {
			if !Sleep(ctx, wait) {
				return *rec, c.settle(ctx, e)
			}
			continue
		}
		if r.Resolve == nil {
			return *rec, c.settle(ctx, e)
		}
		again := sent && e.Outcome == cgw.OutcomeUnknown && (!once || onces == 1) && c.allows(ctx, counted)
		settled, err := r.Resolve(ctx, c.settle(ctx, e), again)
		switch {
		case settled:
			return *rec, nil
		case err != nil:
			return *rec, err
		case !again || !c.allows(ctx, counted):
			return *rec, c.settle(ctx, e)
		}
	}
}

// seen is what one attempt leaves behind.
type seen struct {
	rec exchange.Record
	use credential.Use
}

// try sends the request once. Its error is that of this attempt alone.
func (c *Call) try(ctx context.Context, r *Request, begin time.Time, saw *seen) (*cgw.Error, errcode.Repeat) {
	if c.clock.start.IsZero() {
		c.clock.start = begin
	}
	if r.Write && c.wrote.IsZero() {
		c.wrote = begin
	}
	err := r.Try(credential.WithUse(exchange.WithRecord(ctx, &saw.rec), &saw.use))
	if err == nil && saw.rec.Err == nil && saw.rec.Reply.Code == "" {
		return nil, errcode.Never
	}
	e, repeat := c.judge(ctx, r, &saw.rec, err)
	c.last = e
	if e.RetryAfter > 0 {
		c.clock.due = time.Now().Add(e.RetryAfter)
	}
	c.unknown = c.unknown || r.Write && e.Outcome == cgw.OutcomeUnknown
	return e, repeat
}

// refusedKeys reports whether the service refused the credentials, and their source, asked once
// more, has others.
func refusedKeys(ctx context.Context, e *cgw.Error, use *credential.Use) bool {
	return e.Code != "" && e.Outcome == cgw.OutcomeNotApplied && errors.Is(e.Kind, cgw.ErrUnauthenticated) && use.Renew(ctx)
}

// admit waits for as long as the service asked, and for the limiter. Its error is that of a
// request that was not sent.
func (c *Call) admit(ctx context.Context, r *Request) *cgw.Error {
	if wait := time.Until(c.clock.due); wait > 0 {
		if c.elapsed()+wait > c.loop.Retry.MaxElapsed {
			return c.ended()
		}
		Sleep(ctx, wait)
	}
	if ctx.Err() != nil {
		return c.ended()
	}
	var err error
	switch l := c.loop.Limiter.(type) {
	case nil:
	case cgw.ActionLimiter:
		err = l.WaitAction(ctx, r.Action)
	default:
		err = l.Wait(ctx)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return c.ended()
	}
	e := c.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, exchange.Foreign(ctx, exchange.Clean(err)))
	e.Message = "the limiter refused: " + e.Err.Error()
	return e
}

// ended is the error of a call that ends between attempts. It keeps the last error of the API.
func (c *Call) ended() *cgw.Error {
	if c.last != nil {
		return c.last
	}
	return c.Error(nil, cgw.OutcomeNotApplied, nil)
}

// settle returns the error of the call from that of its last attempt: an earlier attempt that
// may have taken effect is not undone by a later one that was refused.
func (c *Call) settle(ctx context.Context, e *cgw.Error) *cgw.Error {
	if c.unknown && e.Outcome == cgw.OutcomeNotApplied {
		copied := *e
		copied.Outcome = cgw.OutcomeUnknown
		e = &copied
	}
	return e.WithContext(ctx)
}

// next decides on a repeat, and how long to wait before it; Never: there is none.
func (c *Call) next(ctx context.Context, r *Request, e *cgw.Error, repeat errcode.Repeat, attempts, counted, onces int) (errcode.Repeat, time.Duration) {
	switch {
	case repeat == errcode.Never, !c.allows(ctx, counted):
		return errcode.Never, 0
	case onces > 1 && (repeat == errcode.Once || repeat == errcode.LookOnce):
		return errcode.Never, 0
	case r.Write && !r.Repeatable && e.Outcome == cgw.OutcomeUnknown:
		return errcode.Never, 0
	}
	wait := max(c.backoff(attempts), e.RetryAfter)
	if c.elapsed()+wait > c.loop.Retry.MaxElapsed {
		return errcode.Never, 0
	}
	return repeat, wait
}

// allows reports whether the policy and the context allow a further attempt.
func (c *Call) allows(ctx context.Context, counted int) bool {
	p := c.loop.Retry
	return ctx.Err() == nil && counted < p.MaxAttempts && c.elapsed() < p.MaxElapsed && c.elapsed()+time.Until(c.clock.due) <= p.MaxElapsed
}

// later reports whether the service said no more than to try later.
func later(e *cgw.Error) bool {
	return errors.Is(e.Kind, cgw.ErrThrottled) || errors.Is(e.Kind, cgw.ErrConflict)
}

// elapsed is how long the call has been at it. Waiting for its first turn does not count: a call
// that had to queue has the same patience as any other.
func (c *Call) elapsed() time.Duration {
	if c.clock.start.IsZero() {
		return 0
	}
	return time.Since(c.clock.start)
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

// Patience calls look until it reports done, and waits longer from time to time, as long as reads
// of a service usually lag behind its writes. There are at most waits of them. It returns the
// error of the last look, or one of its own if it had to end before: what was not found then may
// still appear.
func (c *Call) Patience(ctx context.Context, waits int, look func() (done bool, err error)) error {
	if c.clock.start.IsZero() {
		c.clock.start = time.Now()
	}
	p := c.loop.Retry
	for n := 0; ; n++ {
		done, err := look()
		if done || err != nil || n == waits {
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
