// Package attempt sends one API request, in as many attempts as are needed and safe. It waits for
// the limiter, sends the request, judges the reply, and retries after a backoff. Package operation
// decides which requests an operation sends.
package attempt

import (
	"context"
	"log/slog"
	"math"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Loop holds what the calls of one Provisioner share. It must not be changed after its first use. It is
// then safe for concurrent use.
type Loop struct {
	Provider cgw.Provider
	Region   string
	Codes    *errcode.Table
	// Retry is the policy as the caller set it. If MaxAttempts is 0, attempts that the service answered
	// with "try later" do not count: only MaxElapsed limits them.
	Retry   cgw.RetryPolicy
	Limiter cgw.Limiter                        // nil: none
	Logger  *slog.Logger                       // nil: none
	Observe func(context.Context, cgw.Attempt) // nil: none
}

// Policy returns Retry with its defaults.
func (l *Loop) Policy() cgw.RetryPolicy { return l.Retry.WithDefaults() }

// Call is one operation in progress. Only one goroutine may use it.
type Call struct {
	loop  *Loop
	op    string
	id    string // ID of the gateway, for errors
	token string // idempotency token of a create, for errors

	clock   *clock
	wrote   time.Time  // when the first write of unknown outcome was sent; zero: there was none
	last    *cgw.Error // error of the last attempt; nil if it succeeded
	renewed bool       // the source of credentials had new keys after the service refused the old ones
}

// clock holds the times of a call. The call shares it with its look-ups.
type clock struct {
	start time.Time // when the first attempt began; zero until then
	due   time.Time // no request is sent before this time: the service asked to wait
}

// Request is one API request of a call. Send may send it in several attempts.
type Request struct {
	Action string
	Write  bool
	// Repeatable says that the request has no second effect if it is executed twice. It is set for
	// every read.
	Repeatable bool
	// Resolve, if not nil, is called if the request failed and cannot simply be retried. again is true
	// if the outcome is unknown and the policy allows one more attempt. If Resolve returns true, Send
	// returns nil. If it returns an error, Send returns that error. Otherwise Send retries if again
	// is true, and returns e if not.
	Resolve func(ctx context.Context, e *cgw.Error, again bool) (settled bool, err error)
	// Try sends the request once, and decodes the reply. It must use the context that it gets.
	Try func(context.Context) error
}

// Start begins an operation. The errors of the operation show id and token; each may be empty.
func (l *Loop) Start(op, id, token string) *Call {
	return &Call{loop: l, op: op, id: id, token: token, clock: new(clock)}
}

// Lookup returns a call for look-ups that find out what c did. The look-ups share the clock of c. They
// do not change its outcome or its error.
func (c *Call) Lookup() *Call {
	return &Call{loop: c.loop, op: c.op, id: c.id, token: c.token, clock: c.clock}
}

// Unknown reports whether a write of unknown outcome was sent.
func (c *Call) Unknown() bool { return !c.wrote.IsZero() }

// Wrote returns when the first write of unknown outcome was sent; zero: there was none.
func (c *Call) Wrote() time.Time { return c.wrote }

// Error returns an error of the call. The common fields, such as Op and Region, are filled in.
func (c *Call) Error(kind error, outcome cgw.Outcome, err error) *cgw.Error {
	return &cgw.Error{
		Op: c.op, Provider: c.loop.Provider, Region: c.loop.Region, ID: c.id, ClientToken: c.token,
		Kind: kind, Outcome: outcome, Err: err,
	}
}

// Send sends the request, and retries it as far as that is safe. It returns the record of the last
// attempt. The error is nil or a *cgw.Error.
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
		case !next.again || !c.allows(ctx, n) || !Sleep(ctx, c.fit(&n, next.pause)):
			return saw.rec, c.settle(ctx, e)
		}
	}
}

// seen holds what one attempt recorded.
type seen struct {
	rec exchange.Record
	use credential.Use
}

// try sends the request once. If the attempt fails, try decides what follows. It returns the error of
// this attempt alone.
func (c *Call) try(ctx context.Context, r *Request, n *tries, saw *seen) (*cgw.Error, decision) {
	n.sent++
	begin := time.Now()
	if c.clock.start.IsZero() {
		c.clock.start = begin
	}
	a := cgw.Attempt{Action: r.Action, Number: n.sent, Start: begin}
	err := r.Try(credential.WithUse(exchange.WithRecord(ctx, &saw.rec), &saw.use))
	a.Duration = time.Since(begin)
	if err == nil && saw.rec.Err == nil && saw.rec.Reply.Code == "" {
		c.last = nil // the errors of earlier attempts do not matter any more
		c.observe(ctx, a, &saw.rec, nil, 0)
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
	c.observe(ctx, a, &saw.rec, e, next.wait)
	return e, next
}

// admit waits as long as the service asked, and then for the limiter. If it returns an error, the request
// must not be sent.
func (c *Call) admit(ctx context.Context, r *Request) *cgw.Error {
	if wait := time.Until(c.clock.due); wait > 0 {
		if c.elapsed()+wait > c.loop.Policy().MaxElapsed {
			return c.ended()
		}
		Sleep(ctx, wait)
	}
	if ctx.Err() != nil {
		return c.ended()
	}
	waiting := ctx
	if c.last != nil { // MaxElapsed limits the wait before a retry
		const moment = 50 * time.Millisecond // the backoff may have ended a little late
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeout(ctx, moment+min(max(c.left(), 0), math.MaxInt64-moment))
		defer cancel()
	}
	var err error
	switch l := c.loop.Limiter.(type) {
	case nil:
		return nil
	case cgw.ActionLimiter:
		err = l.WaitAction(waiting, r.Action)
	default:
		err = l.Wait(waiting)
	}
	switch {
	case err == nil && (c.last == nil || waiting.Err() == nil):
		return nil
	case waiting.Err() != nil:
		return c.ended()
	}
	e := c.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, exchange.Detach(ctx, exchange.Clean(err)))
	e.Message = "the limiter refused: " + e.Err.Error()
	return e
}

// ended returns the error of a call that ends between two attempts: the error of the last attempt, or a
// new one if there was none.
func (c *Call) ended() *cgw.Error {
	if c.last != nil {
		return c.last
	}
	return c.Error(nil, cgw.OutcomeNotApplied, nil)
}

// settle returns the error of the call. e is the error of its last attempt. If the outcome of an earlier
// attempt is unknown, the outcome of the call is unknown too, even if the service refused the last one.
func (c *Call) settle(ctx context.Context, e *cgw.Error) *cgw.Error {
	if c.Unknown() && e.Outcome == cgw.OutcomeNotApplied {
		copied := *e
		copied.Outcome = cgw.OutcomeUnknown
		e = &copied
	}
	return e.WithContext(ctx)
}
