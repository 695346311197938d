package exchange

import (
	"context"
	"sync"
	"time"
)

// slots limits the attempts on the Exchange's own pool: at most maxConns run at the same time, and each
// is canceled after the timeout. It is safe for concurrent use.
//
// One timer serves all attempts, to save time. context.WithTimeout would start a timer for each attempt.
// That wakes the runtime's poller, which takes longer than all other work of an Exchange. A pool must not
// be used both inside and outside a bubble of testing/synctest: the timer belongs to the place where it
// was started.
type slots struct {
	timeout time.Duration
	free    chan int // indexes in taken of the free slots

	mu      sync.Mutex
	taken   [maxConns]slot
	running bool // a timer is set and will call expire
}

// slot is one attempt. It is zero while it is free.
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

// take waits for a free slot, and returns a context for an attempt that begins now. After the timeout the
// Err of that context is context.Canceled, and its cause is TimeoutError. The caller must call leave when
// the attempt has ended. If ctx ends first, take returns the error of ctx.
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

// expire cancels the attempts whose timeout has passed. It sets the timer for the others.
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
