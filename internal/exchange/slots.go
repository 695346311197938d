package exchange

import (
	"context"
	"sync"
	"time"
)

// slots bounds the attempts of the own pool: there are as many at a time as there may be connections,
// and each is canceled when its time is over. One timer serves all attempts: context.WithTimeout has
// one for each, and to start it wakes the runtime's poller, which takes longer than all else that an
// Exchange does. An own pool must not be used both inside a bubble of testing/synctest and outside:
// the timer is of the place where it was started. Safe for concurrent use.
type slots struct {
	timeout time.Duration
	free    chan int // indexes of taken

	mu      sync.Mutex
	taken   [maxConns]slot
	running bool // whether a timer is set that will call expire
}

// slot is zero while it has no attempt.
type slot struct {
	due    time.Time
	cancel context.CancelCauseFunc
}

func newSlots(timeout time.Duration) *slots {
	s := &slots{timeout: timeout, free: make(chan int, maxConns)}
	for i := range maxConns {
		s.free <- i
	}
	return s
}

// take waits for a free slot, and returns a context for an attempt that begins then. When the time of
// the attempt is over, the context's Err is context.Canceled and its cause is TimeoutError. leave is
// to be called when the attempt has ended. The error is that of ctx.
func (s *slots) take(ctx context.Context) (attempt context.Context, leave func(), err error) {
	var i int
	select {
	case i = <-s.free:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	attempt, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[i] = slot{time.Now().Add(s.timeout), cancel}
	if !s.running {
		s.running = true
		time.AfterFunc(s.timeout, s.expire)
	}
	return attempt, func() {
		s.mu.Lock()
		s.taken[i] = slot{}
		s.mu.Unlock()
		cancel(nil)
		s.free <- i
	}, nil
}

// expire cancels the attempts that are due, and sets the timer for the others.
func (s *slots) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, next := time.Now(), time.Duration(-1)
	for _, t := range s.taken {
		if t.cancel == nil {
			continue
		}
		if wait := t.due.Sub(now); wait <= 0 {
			t.cancel(TimeoutError{})
		} else if next < 0 || wait < next {
			next = wait
		}
	}
	if s.running = next > 0; s.running {
		time.AfterFunc(next, s.expire)
	}
}
