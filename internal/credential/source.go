// Package credential asks sources of credentials. It bounds the time, calls a source from one goroutine
// at a time, and returns errors that say whether a later attempt may succeed and that show no secrets.
package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cgw-go/cgw"
)

// Source asks for credentials, which may come over the network. The function that it calls takes no
// context and need not be safe for concurrent use. A Source is safe for concurrent use.
type Source[T any] struct {
	timeout time.Duration
	get     func(fresh bool) (T, error)
	cached  bool // get may answer from a cache, unless it is asked for fresh credentials
	same    func(a, b T) bool
	turn    chan struct{}
}

// NewSource returns a Source that calls get, from one goroutine at a time. same reports whether two
// answers are the same credentials. timeout bounds the wait for get; 0: there is no bound.
func NewSource[T any](timeout time.Duration, get func() (T, error), same func(a, b T) bool) *Source[T] {
	s := NewCachedSource(timeout, func(bool) (T, error) { return get() }, same)
	s.cached = false
	return s
}

// NewCachedSource is NewSource for a get that may answer from a cache. If fresh is true, it must not.
func NewCachedSource[T any](timeout time.Duration, get func(fresh bool) (T, error), same func(a, b T) bool) *Source[T] {
	return &Source[T]{timeout: timeout, get: get, cached: true, same: same, turn: make(chan struct{}, 1)}
}

var errSlow = errors.New("the source did not answer in time")

// Get returns the credentials of the moment, or an *Error. If ctx ends or the time is over first, Get
// returns at once, and the call of get goes on; other calls of Get wait until it has returned. If ctx
// has a [Use], Get notes the credentials in it.
func (s *Source[T]) Get(ctx context.Context) (T, error) {
	v, err := s.ask(ctx, false)
	if u, _ := ctx.Value(useKey{}).(*Use); u != nil && err == nil {
		u.renew = func(ctx context.Context) bool { return s.differs(ctx, v) }
	}
	return v, err
}

// differs reports whether the source has other credentials than used. It asks the provider once.
// Before that it looks into the cache, if there is one: another call may have renewed it already.
func (s *Source[T]) differs(ctx context.Context, used T) bool {
	other := func(fresh bool) bool {
		v, err := s.ask(ctx, fresh)
		return err == nil && !s.same(v, used)
	}
	return s.cached && other(false) || other(true)
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
			// Some sources panic if they read something unexpected. This goroutine is not the
			// caller's, so a panic here would end the program.
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

// Use holds what one attempt signed with. The zero value is ready to use. Only one goroutine may use it.
type Use struct {
	renew func(context.Context) bool // nil: the credentials never change
}

type useKey struct{}

// WithUse returns a context for one attempt. A Source that is asked with it notes in u what it returned.
func WithUse(ctx context.Context, u *Use) context.Context {
	return context.WithValue(ctx, useKey{}, u)
}

// Renew is called after the service refused the credentials of an attempt. It asks the source again, and
// reports whether the source has others now: then a retry may succeed.
func (u *Use) Renew(ctx context.Context) bool { return u.renew != nil && u.renew(ctx) }
