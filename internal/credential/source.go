// Package credential asks sources of credentials. It limits the time of each call, and calls a source
// from one goroutine at a time. Its errors say whether a later attempt may succeed, and show no secrets.
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
	turn    chan struct{} // holds one element while get runs
}

// NewSource returns a Source that calls get, from one goroutine at a time. same reports whether two
// answers are the same credentials. timeout bounds the wait for get; 0: there is no bound.
func NewSource[T any](timeout time.Duration, get func() (T, error), same func(a, b T) bool) *Source[T] {
	s := NewCachedSource(timeout, func(bool) (T, error) { return get() }, same)
	s.cached = false
	return s
}

// NewCachedSource is NewSource for a get that may answer from a cache. If fresh is true, get must not use
// the cache.
func NewCachedSource[T any](timeout time.Duration, get func(fresh bool) (T, error), same func(a, b T) bool) *Source[T] {
	return &Source[T]{timeout: timeout, get: get, cached: true, same: same, turn: make(chan struct{}, 1)}
}

var errSlow = errors.New("the source did not answer in time")

// Get returns the current credentials, or an *Error. If ctx or the timeout ends first, Get returns at
// once, while get still runs. Other calls of Get wait until it has returned. If ctx has a [Use], Get
// notes the credentials in it.
func (s *Source[T]) Get(ctx context.Context) (T, error) {
	v, err := s.ask(ctx, false)
	if u, _ := ctx.Value(useKey{}).(*Use); u != nil && err == nil {
		u.renew = func(ctx context.Context) bool { return s.differs(ctx, v) }
	}
	return v, err
}

// differs reports whether the source now has credentials other than used. If the source has a cache,
// differs looks there first: another call may have renewed it already. If the cache has nothing new, or
// there is no cache, differs asks for fresh credentials once.
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
			// Some sources panic if they read something unexpected. The caller cannot recover a
			// panic in this goroutine: it would end the program.
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

// Use notes the credentials that one attempt signed with. The zero value is ready to use. Only one goroutine may use it.
type Use struct {
	renew func(context.Context) bool // nil: the credentials never change
}

type useKey struct{}

// WithUse returns a context for one attempt. If a Source is asked with that context, it notes in u the
// credentials that it returned.
func WithUse(ctx context.Context, u *Use) context.Context {
	return context.WithValue(ctx, useKey{}, u)
}

// Renew asks the source again after the service refused the credentials of an attempt. It reports
// whether the source now has other credentials: then a retry may succeed.
func (u *Use) Renew(ctx context.Context) bool { return u.renew != nil && u.renew(ctx) }
