package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Source asks for credentials that may come over the network, from a provider that knows no
// context and may not be safe for concurrent use.
type Source[T any] struct {
	timeout time.Duration
	get     func() (T, error)
	turn    chan struct{}
}

// NewSource returns a Source of what get returns within the timeout; 0: whenever it does.
func NewSource[T any](timeout time.Duration, get func() (T, error)) *Source[T] {
	return &Source[T]{timeout: timeout, get: get, turn: make(chan struct{}, 1)}
}

var errSlow = errors.New("the source did not answer in time")

// Get returns what the provider has now, or a CredentialError. It returns when ctx ends, or the
// time is up, and leaves the provider to finish by itself; until then others wait.
func (s *Source[T]) Get(ctx context.Context) (T, error) {
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
		return zero, &CredentialError{errSlow}
	case <-ctx.Done():
		return zero, &CredentialError{ctx.Err()}
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
		r.value, r.err = s.get()
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return zero, &CredentialError{r.err}
		}
		return r.value, nil
	case <-late:
		return zero, &CredentialError{errSlow}
	case <-ctx.Done():
		return zero, &CredentialError{ctx.Err()}
	}
}
