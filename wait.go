package cgw

import (
	"context"
	"errors"
	"time"
)

// The polls of WaitVisible and WaitGone start at minPoll apart and double up to maxPoll.
const (
	minPoll = 250 * time.Millisecond
	maxPoll = 5 * time.Second
)

// WaitVisible polls Get until the service shows the gateway. Bound it with ctx: when that
// ends, the error satisfies errors.Is for ctx.Err() and for [ErrNotFound] if that was the last
// answer. An error that is not retryable ends it too.
func WaitVisible(ctx context.Context, p Getter, id string) error {
	return poll(ctx, p, id, func(err error) bool { return err == nil })
}

// WaitGone polls Get until the service answers [ErrNotFound]. Bound it with ctx: when that
// ends, the error satisfies errors.Is for ctx.Err(). An error that is not retryable ends it
// too.
func WaitGone(ctx context.Context, p Getter, id string) error {
	return poll(ctx, p, id, func(err error) bool { return errors.Is(err, ErrNotFound) })
}

func poll(ctx context.Context, p Getter, id string, done func(error) bool) error {
	for wait := minPoll; ; wait = min(2*wait, maxPoll) {
		_, err := p.Get(ctx, id)
		if done(err) {
			return nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) && !IsRetryable(err) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return waitEnded(ctx, id, err)
		}
	}
}

// waitEnded is the error of a poll whose context ended between two reads.
func waitEnded(ctx context.Context, id string, last error) error {
	var e *Error
	if errors.As(last, &e) {
		return e.WithContext(ctx)
	}
	return (&Error{Op: OpGet, ID: id, Outcome: OutcomeNotApplied, Err: last}).WithContext(ctx)
}
