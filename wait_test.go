package cgw_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/line"
)

// answers is a Getter that gives its answers in turn, the last one for ever, and notes when it
// was asked. Where block is set, it stands in for a request in flight once they are used up.
type answers struct {
	errs  []error
	block bool
	start time.Time
	asked []time.Duration
}

func (a *answers) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	if a.start.IsZero() {
		a.start = time.Now()
	}
	a.asked = append(a.asked, time.Since(a.start))
	n := len(a.asked) - 1
	if a.block && n >= len(a.errs) {
		<-ctx.Done()
		return cgw.Gateway{}, (&cgw.Error{Op: cgw.OpGet, Provider: cgw.Tencent, ID: id, Outcome: cgw.OutcomeNotApplied}).WithContext(ctx)
	}
	err := a.errs[min(n, len(a.errs)-1)]
	if err != nil {
		return cgw.Gateway{}, err
	}
	return cgw.Gateway{ID: id}, nil
}

func getError(kind error) *cgw.Error {
	return &cgw.Error{Op: cgw.OpGet, Provider: cgw.Tencent, ID: "cgw-1", Kind: kind, Code: "Code", RequestID: "R", Outcome: cgw.OutcomeNotApplied}
}

var waits = map[string]struct {
	wait     func(context.Context, cgw.Getter, string) error
	now, not error // the answer that ends the wait, and the one that does not
}{
	"WaitVisible": {cgw.WaitVisible, nil, getError(cgw.ErrNotFound)},
	"WaitGone":    {cgw.WaitGone, getError(cgw.ErrNotFound), nil},
}

const ms = time.Millisecond

func TestWaitBackoff(t *testing.T) {
	throttled, slow := getError(cgw.ErrThrottled), getError(cgw.ErrThrottled)
	slow.RetryAfter = 7 * time.Second
	hasty := getError(cgw.ErrThrottled)
	hasty.RetryAfter = ms
	for name, w := range waits {
		for _, tt := range []struct {
			name string
			errs []error
			want []time.Duration
		}{
			{"at once", []error{w.now}, []time.Duration{0}},
			{
				"doubling up to 5 s", []error{w.not, w.not, w.not, w.not, w.not, w.not, w.not, w.not, w.now},
				[]time.Duration{0, 250 * ms, 750 * ms, 1750 * ms, 3750 * ms, 7750 * ms, 12750 * ms, 17750 * ms, 22750 * ms},
			},
			{
				"over what passes", []error{throttled, getError(cgw.ErrUnavailable), w.not, getError(cgw.ErrConflict), cgw.ErrUnavailable, w.now},
				[]time.Duration{0, 250 * ms, 750 * ms, 1750 * ms, 3750 * ms, 7750 * ms},
			},
			{"RetryAfter", []error{slow, hasty, w.now}, []time.Duration{0, 7000 * ms, 7500 * ms}},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := &answers{errs: tt.errs}
					require.NoError(t, w.wait(t.Context(), p, "cgw-1"))
					require.Equal(t, tt.want, p.asked)
				})
			})
		}
	}
}

func TestWaitEndsOnWhatWillNotPass(t *testing.T) {
	for name, w := range waits {
		for _, kind := range []error{
			cgw.ErrInvalidArgument, cgw.ErrPermissionDenied, cgw.ErrUnauthenticated, cgw.ErrUnsupported, nil,
		} {
			t.Run(fmt.Sprint(name, "/", kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := &answers{errs: []error{w.not, getError(kind)}}
					require.Same(t, p.errs[1], w.wait(t.Context(), p, "cgw-1"))
					require.Len(t, p.asked, 2)
				})
			})
		}
	}
}

func TestWaitEndsAtOnceWithContext(t *testing.T) {
	throttled := getError(cgw.ErrThrottled)
	slow := getError(cgw.ErrThrottled)
	slow.RetryAfter = time.Hour
	for name, w := range waits {
		for _, tt := range []struct {
			name  string
			errs  []error
			block bool
			last  error // the sentinel of the last answer; nil where that was the gateway
		}{
			{name: "between two reads", errs: []error{w.not}, last: kindOf(w.not)},
			{name: "after a fault", errs: []error{w.not, throttled}, last: cgw.ErrThrottled},
			{name: "wrapped", errs: []error{fmt.Errorf("mine: %w", throttled)}, last: cgw.ErrThrottled},
			{name: "bare sentinel", errs: []error{cgw.ErrUnavailable}, last: cgw.ErrUnavailable},
			{name: "a long RetryAfter", errs: []error{slow}, last: cgw.ErrThrottled},
			{name: "in the first read", block: true},
			{name: "in a later read", errs: []error{throttled, w.not}, block: true, last: kindOf(w.not)},
			{name: "in a read after a fault", errs: []error{w.not, throttled}, block: true, last: cgw.ErrThrottled},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
					defer cancel()
					start := time.Now()
					err := w.wait(ctx, &answers{errs: tt.errs, block: tt.block}, "cgw-1")
					require.Equal(t, 6*time.Second, time.Since(start))
					line.Require(t, err)
					require.ErrorIs(t, err, context.DeadlineExceeded)
					require.NotErrorIs(t, err, context.Canceled)
					for _, s := range []error{cgw.ErrNotFound, cgw.ErrThrottled, cgw.ErrUnavailable} {
						require.Equal(t, s == tt.last, errors.Is(err, s), "%v: %v", s, err) //nolint:errorlint // identity is asked for
					}
					var e *cgw.Error
					require.ErrorAs(t, err, &e)
					require.Equal(t, cgw.OpGet, e.Op)
					require.Equal(t, "cgw-1", e.ID)
					require.Equal(t, cgw.OutcomeNotApplied, e.Outcome)
				})
			})
		}

		t.Run(name+"/canceled before", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				start := time.Now()
				err := w.wait(ctx, &answers{block: true}, "cgw-1")
				require.ErrorIs(t, err, context.Canceled)
				require.Zero(t, time.Since(start))
				var e *cgw.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, cgw.Tencent, e.Provider, "what Get says is kept")
			})
		})
		t.Run(name+"/the answer came although the context ended", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			require.NoError(t, w.wait(ctx, &answers{errs: []error{w.now}}, "cgw-1"))
		})
	}
}

// getter is a function that is a Getter.
type getter func(ctx context.Context, id string) (cgw.Gateway, error)

func (g getter) Get(ctx context.Context, id string) (cgw.Gateway, error) { return g(ctx, id) }

// An answer that comes as the context ends is the last one: it is not mistaken for a read that
// was cut short.
func TestWaitKeepsTheLastAnswer(t *testing.T) {
	for name, w := range waits {
		for _, last := range []*cgw.Error{
			getError(cgw.ErrPermissionDenied),
			{Op: cgw.OpGet, Code: "Unrecognized", Outcome: cgw.OutcomeNotApplied},
		} {
			t.Run(name+"/"+last.Code, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					reads := 0
					err := w.wait(ctx, getter(func(context.Context, string) (cgw.Gateway, error) {
						if reads++; reads == 1 {
							return cgw.Gateway{}, getError(cgw.ErrThrottled)
						}
						cancel()
						return cgw.Gateway{}, last
					}), "cgw-1")
					var e *cgw.Error
					require.ErrorAs(t, err, &e)
					require.Equal(t, last.Code, e.Code)
					require.Equal(t, last.Kind, e.Kind)
					require.ErrorIs(t, err, context.Canceled)
				})
			})
		}
	}
}

func kindOf(err error) error {
	var e *cgw.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return nil
}
