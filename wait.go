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

// WaitVisible polls Get until the service shows the gateway. Bound it with ctx: when that ends,
// the error satisfies errors.Is for ctx.Err() and for the last answer, usually [ErrNotFound]. An
// error that is not retryable also ends it. The first wait is 250 ms, the longest 5 s, or as long
// as RetryAfter of an error asks.
func WaitVisible(ctx context.Context, p Getter, id string) error {
	return poll(ctx, p, id, func(err error) bool { return err == nil })
}

// WaitGone polls Get until the service answers [ErrNotFound]. Bound it with ctx: when that ends,
// the error satisfies errors.Is for ctx.Err() and for the last answer if that was an error. It
// waits, and ends for other errors, as [WaitVisible] does.
func WaitGone(ctx context.Context, p Getter, id string) error {
	return poll(ctx, p, id, func(err error) bool { return errors.Is(err, ErrNotFound) })
}

func poll(ctx context.Context, p Getter, id string, done func(error) bool) error {
	var last error // the last result, but not that of a read that was cut short by ctx
	for wait := minPoll; ; wait = min(2*wait, maxPoll) {
		_, err := p.Get(ctx, id)
		if done(err) {
			return nil
		}
		if last == nil || ctx.Err() == nil || answered(err) {
			last = err
		}
		if ctx.Err() != nil {
			return waitEnded(ctx, id, last)
		}
		if err != nil && !errors.Is(err, ErrNotFound) && !IsRetryable(err) {
			return err
		}
		timer := time.NewTimer(max(wait, retryAfter(err)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return waitEnded(ctx, id, last)
		}
	}
}

// answered reports whether err is an answer of the service (nil: success), and not a read that
// was cut short.
func answered(err error) bool {
	var e *Error
	return err == nil || errors.As(err, &e) && (e.Kind != nil || e.Code != "")
}

func retryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// waitEnded is the error of a poll whose context ended.
func waitEnded(ctx context.Context, id string, last error) error {
	var e *Error
	if !errors.As(last, &e) {
		e = &Error{Op: OpGet, ID: id, Outcome: OutcomeNotApplied, Err: last}
	}
	return e.WithContext(ctx)
}
