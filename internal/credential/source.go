// Package credential asks sources of credentials: safely, in time, and with errors that say
// whether to try again, without the secrets that the sources put into theirs.
package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cgw-go/cgw"
)

// Source asks for credentials that may come over the network, from a provider that knows no
// context and may not be safe for concurrent use. A Source is.
type Source[T any] struct {
	timeout time.Duration
	get     func(fresh bool) (T, error)
	same    func(a, b T) bool
	turn    chan struct{}
}

// NewSource returns a Source of what get returns within the timeout; 0: whenever it does. A get
// that is asked for fresh credentials does not answer from a cache. same tells whether two
// answers are the same credentials. get is called by one goroutine at a time.
func NewSource[T any](timeout time.Duration, get func(fresh bool) (T, error), same func(a, b T) bool) *Source[T] {
	return &Source[T]{timeout: timeout, get: get, same: same, turn: make(chan struct{}, 1)}
}

var errSlow = errors.New("the source did not answer in time")

// Get returns what the provider has now, or an *Error. It returns when ctx ends, or the time is
// up, and leaves the provider to finish by itself; until then others wait. A [Use] in ctx
// learns what the attempt signs with.
func (s *Source[T]) Get(ctx context.Context) (T, error) {
	v, err := s.ask(ctx, false)
	if u, _ := ctx.Value(useKey{}).(*Use); u != nil && err == nil {
		u.renew = func(ctx context.Context) bool { return s.differs(ctx, v) }
	}
	return v, err
}

// differs reports whether the source has other credentials than used. It first asks for what
// another call may have renewed already.
func (s *Source[T]) differs(ctx context.Context, used T) bool {
	for _, fresh := range []bool{false, true} {
		if v, err := s.ask(ctx, fresh); err == nil && !s.same(v, used) {
			return true
		}
	}
	return false
}

func (s *Source[T]) ask(ctx context.Context, fresh bool) (T, error) {
	var zero T
	var late <-chan time.Time
	if s.timeout > 0 {
		timer := time.NewTimer(s.timeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case s.turn <- struct{}{}:
	case <-late:
		return zero, &Error{Kind: cgw.ErrUnavailable, Err: errSlow}
	case <-ctx.Done():
		return zero, &Error{Err: ctx.Err()}
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-s.turn }()
		var r result
		defer func() { done <- r }()
		defer func() {
			// Sources are known to panic when what they read is not what they expect. Here no
			// caller could recover from that.
			if p := recover(); p != nil {
				r.err = fmt.Errorf("the source panicked with a %T", p)
			}
		}()
		r.value, r.err = s.get(fresh)
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return zero, Wrap(r.err)
		}
		return r.value, nil
	case <-late:
		return zero, &Error{Kind: cgw.ErrUnavailable, Err: errSlow}
	case <-ctx.Done():
		return zero, &Error{Err: ctx.Err()}
	}
}

// Use is what one attempt signed with. The zero value is ready. It belongs to one goroutine.
type Use struct {
	renew func(context.Context) bool // nil: the credentials never change
}

type useKey struct{}

// WithUse returns a context for one attempt, in which a Source notes in u what it gave.
func WithUse(ctx context.Context, u *Use) context.Context {
	return context.WithValue(ctx, useKey{}, u)
}

// Renew is for an attempt that the service refused for its credentials. It asks the source once
// more and reports whether it has others now, so that a repeat may succeed.
func (u *Use) Renew(ctx context.Context) bool { return u.renew != nil && u.renew(ctx) }
