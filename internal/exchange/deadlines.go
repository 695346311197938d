package exchange

import (
	"context"
	"sync"
	"time"
)

// deadlines end attempts that take longer than timeout, with one timer for all of them.
// context.WithTimeout starts a timer for each, which wakes the runtime's poller: that takes longer
// than all else that an Exchange does in an attempt. It is safe for concurrent use.
type deadlines struct {
	timeout time.Duration

	mu       sync.Mutex
	attempts [maxConns]deadline // by the number of the attempt's slot
	running  bool               // the timer, which calls expire
}

// deadline is zero if the slot has no attempt.
type deadline struct {
	due    time.Time
	cancel context.CancelFunc
}

// start returns a context for an attempt that begins now. stop is to be called when it has ended.
// Unlike that of context.WithTimeout, it is canceled when the time is over, and has no Deadline.
func (d *deadlines) start(ctx context.Context, slot int) (attempt context.Context, stop func()) {
	attempt, cancel := context.WithCancel(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.attempts[slot] = deadline{time.Now().Add(d.timeout), cancel}
	if !d.running {
		d.running = true
		time.AfterFunc(d.timeout, d.expire)
	}
	return attempt, func() {
		d.mu.Lock()
		d.attempts[slot] = deadline{}
		d.mu.Unlock()
		cancel()
	}
}

// expire cancels the attempts that are due, and starts the timer again for the others.
func (d *deadlines) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, next := time.Now(), time.Duration(-1)
	for i, a := range d.attempts {
		if a.cancel == nil {
			continue
		}
		if wait := a.due.Sub(now); wait <= 0 {
			a.cancel()
			d.attempts[i] = deadline{}
		} else if next < 0 || wait < next {
			next = wait
		}
	}
	if d.running = next > 0; d.running {
		time.AfterFunc(next, d.expire)
	}
}
