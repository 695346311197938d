package attempt

import (
	"context"
	"sync"
	"time"
)

// Limiter is the default limiter. It allows a number of requests a second for each action, see
// [NewLimiter]. If the service still throttles an action, Limiter halves the rate of that action, and
// then raises it step by step. It is safe for concurrent use, and the Provisioners of one account may
// share it.
type Limiter struct {
	full  float64            // requests a second
	lower map[string]float64 // of the actions that have a lower rate

	mu      sync.Mutex
	actions map[string]*lane
}

// lane is the state of one action.
type lane struct {
	full   float64   // requests a second, unless throttled
	rate   float64   // requests a second now
	next   time.Time // when the next request may go
	slowed time.Time // when the rate was last halved
	raised time.Time // when the rate was last raised or halved
}

// interval returns the time between two turns.
func (l *lane) interval() time.Duration { return time.Duration(float64(time.Second) / l.rate) }

const (
	// slowest is the lowest rate after throttling, as a share of the full rate.
	slowest = 1.0 / 64
	// recovery is the time in which a lowered rate grows by a tenth of the full rate.
	recovery = time.Second
)

// NewLimiter returns a limiter of rate requests a second for each action, and less for those in
// lower. lower may be nil.
func NewLimiter(rate float64, lower map[string]float64) *Limiter {
	return &Limiter{full: rate, lower: lower}
}

// Wait implements cgw.Limiter for a request of no particular action.
func (p *Limiter) Wait(ctx context.Context) error { return p.WaitAction(ctx, "") }

// WaitAction implements cgw.ActionLimiter. It waits for the turn of a request. If the deadline of ctx is
// before that turn, it takes no turn: it waits until ctx ends and returns the error of ctx. If ctx ends
// during the wait, another request may use the turn.
func (p *Limiter) WaitAction(ctx context.Context, action string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d, ok := p.reserve(ctx, action, time.Now())
	if !ok {
		<-ctx.Done()
		return ctx.Err()
	}
	if d <= 0 || Sleep(ctx, d) {
		return nil
	}
	p.giveBack(action)
	return ctx.Err()
}

// giveBack returns a turn that was not used, so that the next request gets one sooner. Requests
// that already wait keep their turns. So two requests may be sent at the same moment, but the rate
// over a second stays the same.
func (p *Limiter) giveBack(action string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(action)
	l.next = l.next.Add(-l.interval())
}

func (p *Limiter) lane(action string) *lane {
	l := p.actions[action]
	if l == nil {
		if p.actions == nil {
			p.actions = map[string]*lane{}
		}
		full := p.full
		if lower, ok := p.lower[action]; ok {
			full = min(full, lower)
		}
		l = &lane{full: full, rate: full}
		p.actions[action] = l
	}
	return l
}

// reserve takes the next turn, and returns the time until then. If the turn is after the deadline of
// ctx, reserve takes none and returns false: a request that is never sent must not delay others.
func (p *Limiter) reserve(ctx context.Context, action string, now time.Time) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(action)
	if l.rate < l.full {
		l.rate = min(l.full, l.rate+l.full/10*now.Sub(l.raised).Seconds()/recovery.Seconds())
		l.raised = now
	}
	turn := l.next
	if turn.Before(now) {
		turn = now
	}
	if deadline, ok := ctx.Deadline(); ok && turn.After(deadline) {
		return 0, false
	}
	l.next = turn.Add(l.interval())
	return turn.Sub(now), true
}

// Throttled implements cgw.ActionLimiter. It halves the rate of an action, at most once in 250 ms:
// requests that were throttled at the same time count as one.
func (p *Limiter) Throttled(action string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, now := p.lane(action), time.Now()
	if now.Sub(l.slowed) < 250*time.Millisecond {
		return
	}
	l.rate = max(l.rate/2, l.full*slowest)
	l.slowed, l.raised = now, now
}
