package attempt

import "context"

// Source asks for credentials that may come over the network, from a provider that knows no
// context and may not be safe for concurrent use.
type Source[T any] struct {
	get  func() (T, error)
	turn chan struct{}
}

// NewSource returns a Source of what get returns.
func NewSource[T any](get func() (T, error)) *Source[T] {
	return &Source[T]{get: get, turn: make(chan struct{}, 1)}
}

// Get returns what the provider has now, or a CredentialError. It returns when ctx ends, and
// leaves the provider to finish by itself; until then others wait.
func (s *Source[T]) Get(ctx context.Context) (T, error) {
	var zero T
	select {
	case s.turn <- struct{}{}:
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
		v, err := s.get()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return zero, &CredentialError{r.err}
		}
		return r.value, nil
	case <-ctx.Done():
		return zero, &CredentialError{ctx.Err()}
	}
}
