// Package attempt sends one API request, in as many attempts as are needed and safe. It waits for
// the limiter, sends the request, judges the reply, and retries after a backoff. Package operation
// decides which requests an operation sends.
package attempt

import (
	"context"
	"log/slog"
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
	wrote   time.Time  // when the first write was sent whose outcome is not known; zero: none was
	last    *cgw.Error // of the last attempt; nil if it succeeded
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
	// Resolve, if not nil, is called if the request failed and cannot simply be retried. again says
	// that the policy allows one more attempt of a write of unknown outcome. If Resolve returns
	// true, Send succeeds. If it returns an error, Send returns that. Otherwise Send retries if
	// again is true, and fails with e if not.
	Resolve func(ctx context.Context, e *cgw.Error, again bool) (settled bool, err error)
	// Try sends the request once, with the context that it is given, and decodes the reply.
	Try func(context.Context) error
}

// Start begins an operation. id and token are those of its errors; each may be empty.
func (l *Loop) Start(op, id, token string) *Call {
	return &Call{loop: l, op: op, id: id, token: token, clock: new(clock)}
}

// Lookup returns a call for look-ups that find out what c did. The look-ups share the time of c, and
// do not change its outcome or its error.
func (c *Call) Lookup() *Call {
	return &Call{loop: c.loop, op: c.op, id: c.id, token: c.token, clock: c.clock}
}

// Unknown reports whether a write was sent whose outcome is not known.
func (c *Call) Unknown() bool { return !c.wrote.IsZero() }

// Wrote returns when the first write was sent whose outcome is not known; zero: none was.
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
	var n tries
	for {
		var next decision
		saw := new(seen)
		e := c.admit(ctx, r)
		if e == nil {
			if e, next = c.try(ctx, r, &n, saw); e == nil {
				return saw.rec, nil
			}
		}
		switch {
		case next.repeat && Sleep(ctx, next.wait):
			continue
		case next.repeat, r.Resolve == nil:
			return saw.rec, c.settle(ctx, e)
		}
		settled, err := r.Resolve(ctx, c.settle(ctx, e), next.again)
		switch {
		case settled:
			return saw.rec, nil
		case err != nil:
			return saw.rec, err
		case !next.again || !c.allows(ctx, n) || c.elapsed()+next.pause > c.loop.Retry.MaxElapsed || !Sleep(ctx, next.pause):
			return saw.rec, c.settle(ctx, e)
		}
	}
}

// seen is what one attempt leaves behind.
type seen struct {
	rec exchange.Record
	use credential.Use
}

// try sends the request once, and decides what follows if that fails. Its error is that of this
// attempt alone.
func (c *Call) try(ctx context.Context, r *Request, n *tries, saw *seen) (*cgw.Error, decision) {
	n.sent++
	begin := time.Now()
	if c.clock.start.IsZero() {
		c.clock.start = begin
	}
	err := r.Try(credential.WithUse(exchange.WithRecord(ctx, &saw.rec), &saw.use))
	if err == nil && saw.rec.Err == nil && saw.rec.Reply.Code == "" {
		c.last = nil // what failed before was made good
		c.observe(ctx, r.Action, n.sent, begin, &saw.rec, nil, 0)
		return nil, decision{}
	}
	e, repeat := c.judge(ctx, r, &saw.rec, err)
	c.last = e
	if e.RetryAfter > 0 {
		c.clock.due = time.Now().Add(e.RetryAfter)
	}
	if r.Write && e.Outcome == cgw.OutcomeUnknown && c.wrote.IsZero() {
		if c.wrote = saw.rec.Began; c.wrote.IsZero() {
			c.wrote = begin
		}
	}
	next := c.decide(ctx, r, n, e, repeat, &saw.use)
	c.observe(ctx, r.Action, n.sent, begin, &saw.rec, e, next.wait)
	return e, next
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
	e := c.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, exchange.Detach(ctx, exchange.Clean(err)))
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
	if c.Unknown() && e.Outcome == cgw.OutcomeNotApplied {
		copied := *e
		copied.Outcome = cgw.OutcomeUnknown
		e = &copied
	}
	return e.WithContext(ctx)
}
