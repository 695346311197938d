package attempt

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
)

// tries counts the attempts of one request.
type tries struct {
	sent  int
	later int  // attempts that the service answered with "try later"
	once  int  // attempts that failed in a way that allows only a single retry
	final bool // no attempt follows the next one: its backoff was cut short
}

// failed returns the number of attempts that the service did not answer with "try later". It includes the
// current attempt.
func (n tries) failed() int { return n.sent - n.later }

// decision says what follows an attempt that failed.
type decision struct {
	repeat bool          // send the request again, after wait
	wait   time.Duration // the backoff
	again  bool          // if repeat is false: one more attempt is allowed after Request.Resolve and pause
	pause  time.Duration // the backoff after Resolve: one step shorter, because Resolve takes time too
}

// decide says what follows an attempt that failed.
func (c *Call) decide(ctx context.Context, r *Request, n *tries, e *cgw.Error, repeat errcode.Repeat, use *credential.Use) decision {
	// The two kinds of failure are counted separately: a lost connection does not mean that the service
	// is busy.
	nth := n.failed()
	if later(e) {
		n.later++
		nth = n.later
	}
	once := repeat == errcode.Once || repeat == errcode.LookOnce
	if once {
		n.once++
	}
	if !c.allows(ctx, *n) || once && n.once > 1 || repeat == errcode.LookOnly {
		return decision{}
	}
	if repeat == errcode.Never && !c.renewed && refusedKeys(ctx, e, use) {
		c.renewed, repeat = true, errcode.Wait
	}
	unknown := e.Outcome == cgw.OutcomeUnknown
	if repeat == errcode.Never || r.Write && !r.Repeatable && unknown || e.RetryAfter > c.left() {
		return decision{again: unknown, pause: c.backoff(nth - 1)}
	}
	return decision{repeat: true, wait: max(c.fit(n, c.backoff(nth)), e.RetryAfter)}
}

// refusedKeys reports whether the service refused the credentials, and the source now has others. It asks
// the source again.
func refusedKeys(ctx context.Context, e *cgw.Error, use *credential.Use) bool {
	return e.Code != "" && e.Outcome == cgw.OutcomeNotApplied && errors.Is(e.Kind, cgw.ErrUnauthenticated) && use.Renew(ctx)
}

// allows reports whether the policy and the context allow another attempt.
func (c *Call) allows(ctx context.Context, n tries) bool {
	p, counted := c.loop.Policy(), n.sent
	if c.loop.Retry.MaxAttempts == 0 {
		counted = n.failed()
	}
	return ctx.Err() == nil && !n.final && counted < p.MaxAttempts && c.elapsed() < p.MaxElapsed && c.elapsed()+time.Until(c.clock.due) <= p.MaxElapsed
}

// later reports whether the service answered with "try later".
func later(e *cgw.Error) bool {
	return errors.Is(e.Kind, cgw.ErrThrottled) || errors.Is(e.Kind, cgw.ErrConflict)
}

// elapsed returns the time since the first attempt began. The wait for the limiter before the first
// attempt does not count, so a call that waited there still has all of MaxElapsed.
func (c *Call) elapsed() time.Duration {
	if c.clock.start.IsZero() {
		return 0
	}
	return time.Since(c.clock.start)
}

// left returns how much of MaxElapsed is left.
func (c *Call) left() time.Duration { return c.loop.Policy().MaxElapsed - c.elapsed() }

// fit returns wait, or a shorter wait if that would end after MaxElapsed. Then the next attempt is the last
// one. A shorter wait is random too, in the second half of the time that is left.
func (c *Call) fit(n *tries, wait time.Duration) time.Duration {
	left := max(c.left(), 1)
	if wait <= left {
		return wait
	}
	n.final = true
	return left/2 + rand.N(left-left/2)
}

// backoff returns a random wait after the nth failure of a kind, up to an exponential bound. Because it
// is random, callers that failed at the same time do not retry at the same time.
func (c *Call) backoff(n int) time.Duration {
	if n < 1 {
		return 0
	}
	bound := bound(c.loop.Policy(), n-1)
	if bound <= 0 {
		return 0
	}
	return rand.N(bound) + 1
}

// bound returns MinBackoff doubled n times, at most MaxBackoff.
func bound(p cgw.RetryPolicy, n int) time.Duration {
	if n > 62 || p.MinBackoff > p.MaxBackoff>>n { // this check also prevents an overflow
		return p.MaxBackoff
	}
	return p.MinBackoff << n
}

// Patience calls look until it reports done. Between two calls it waits, longer each time, because
// reads of a service may lag behind its writes. It waits at most waits times. It returns the error
// of the last look. A wait ends at MaxElapsed at the latest. If the look after that shows nothing, Patience
// returns errNoTime: the gateway may still become visible later.
func (c *Call) Patience(ctx context.Context, waits int, look func() (done bool, err error)) error {
	if c.clock.start.IsZero() {
		c.clock.start = time.Now()
	}
	p := c.loop.Policy()
	for n := 0; ; n++ {
		done, err := look()
		left := c.left()
		switch {
		case done || err != nil:
			return err
		case left <= 0:
			return errNoTime
		case n == waits:
			return nil
		}
		if !Sleep(ctx, min(bound(p, n), left)) {
			return ctx.Err()
		}
	}
}

var errNoTime = errors.New("no time is left to look again")

// Sleep waits for d and returns true. If ctx ends first, it returns false at once.
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
