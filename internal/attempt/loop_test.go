package attempt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/credential"
)

var (
	read   = attempt.Request{Action: "Describe", Repeatable: true}
	safe   = attempt.Request{Action: "Modify", Write: true, Repeatable: true}
	unsafe = attempt.Request{Action: "Create", Write: true}
)

func opOf(r attempt.Request) string {
	switch {
	case !r.Write:
		return cgw.OpGet
	case r.Repeatable:
		return cgw.OpUpdate
	default:
		return cgw.OpCreate
	}
}

// TestRepeats has how often each kind of request is sent, and what is known at the end, for what
// may become of an attempt.
func TestRepeats(t *testing.T) {
	const all = 5
	ok := answer{}
	unsent := answer{err: syscall.ECONNREFUSED, unsent: true}
	lost := answer{err: io.ErrUnexpectedEOF}
	type want struct {
		sent    int
		outcome cgw.Outcome // of a write
	}
	for _, tc := range []struct {
		name               string
		answers            []answer
		read, safe, unsafe want
		kind               error
	}{
		{"success", []answer{ok}, want{1, cgw.OutcomeApplied}, want{1, cgw.OutcomeApplied}, want{1, cgw.OutcomeApplied}, nil},
		{"refused", []answer{{code: "Bad"}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, cgw.ErrInvalidArgument},
		{"throttled", []answer{{code: "Busy"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"throttled, then not", []answer{{code: "Busy"}, {code: "Busy"}, ok}, want{3, cgw.OutcomeApplied}, want{3, cgw.OutcomeApplied}, want{3, cgw.OutcomeApplied}, nil},
		{"once", []answer{{code: "Clock"}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeNotApplied}, cgw.ErrUnauthenticated},
		{"broken", []answer{{code: "Broken"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"unknown code", []answer{{code: "New"}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, nil},
		{"unknown code, 4xx", []answer{{code: "New", status: 418}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, nil},
		{"not sent", []answer{unsent}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrUnavailable},
		{"lost", []answer{lost}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"timed out", []answer{{takes: time.Hour}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"502", []answer{{status: 502}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"429", []answer{{status: 429}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"429, may have been executed", []answer{{code: "Broken", status: 429}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrThrottled},
		{"429, of a family", []answer{{code: "Odd.New", status: 429}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrThrottled},
		{"429, refused", []answer{{code: "Bad", status: 429}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"429, once", []answer{{code: "Clock", status: 429}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"of a family", []answer{{code: "Odd.New"}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"unknown code, wait", []answer{{code: "New", retryAfter: "1"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrThrottled},
		{"unknown code, 4xx, wait", []answer{{code: "New", status: 400, retryAfter: "1"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"unknown code, 408", []answer{{code: "New", status: 408}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, nil},
		{"known code, wait", []answer{{code: "Bad", status: 400, retryAfter: "1"}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, cgw.ErrInvalidArgument},
		{"403, wait", []answer{{status: 403, retryAfter: "1"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrThrottled},
		{"503, wait", []answer{{status: 503, retryAfter: "1"}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"407, wait", []answer{{status: 407, retryAfter: "1"}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, nil},
		{"408", []answer{{status: 408}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"425", []answer{{status: 425}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"301", []answer{{status: 301}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, nil},
		{"308, wait", []answer{{status: 308, retryAfter: "1"}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, nil},
		{"404", []answer{{status: 404}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, nil},
		{"incomplete", []answer{{incomplete: true}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"no credentials", []answer{{cred: errors.New("none")}}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, want{1, cgw.OutcomeNotApplied}, cgw.ErrUnauthenticated},
		{"the source of credentials is down", []answer{{cred: syscall.ECONNREFUSED}}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeNotApplied}, cgw.ErrUnavailable},
		{"not sent, then lost", []answer{unsent, lost, ok}, want{3, cgw.OutcomeApplied}, want{3, cgw.OutcomeApplied}, want{2, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"lost, then refused", []answer{lost, {code: "Bad"}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, nil},
		{"lost, then not sent", []answer{lost, unsent}, want{all, cgw.OutcomeNotApplied}, want{all, cgw.OutcomeUnknown}, want{1, cgw.OutcomeUnknown}, cgw.ErrUnavailable},
		{"throttled, then refused", []answer{{code: "Busy"}, {code: "Bad"}}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeNotApplied}, want{2, cgw.OutcomeNotApplied}, cgw.ErrInvalidArgument},
	} {
		for i, r := range []attempt.Request{read, safe, unsafe} {
			w := []want{tc.read, tc.safe, tc.unsafe}[i]
			t.Run(tc.name+"/"+r.Action, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &service{answers: tc.answers}
					loop := newLoop(func(l *attempt.Loop) { l.Retry.MaxElapsed = time.Hour })
					call := loop.Start(opOf(r), "cgw-1", "")
					_, err := s.do(t, t.Context(), call, r)
					require.Equal(t, w.sent, s.sent)
					require.Equal(t, w.outcome, cgw.OutcomeOf(err), "%v", err)
					require.Equal(t, r.Write && w.outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
					if err == nil {
						return
					}
					var e *cgw.Error
					require.ErrorAs(t, err, &e)
					require.Equal(t, "cgw-1", e.ID)
					if tc.kind != nil || len(tc.answers) == 1 {
						require.Equal(t, tc.kind, e.Kind)
					}
					if e.Code != "" {
						var sdk *sdkError
						require.ErrorAs(t, err, &sdk)
						require.Equal(t, "request-1", e.RequestID)
					}
				})
			})
		}
	}
}

func TestRetriesOff(t *testing.T) {
	s := &service{answers: []answer{{code: "Busy"}}}
	loop := newLoop(func(l *attempt.Loop) { l.Retry.MaxAttempts = 1 })
	r := read
	_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r)
	require.ErrorIs(t, err, cgw.ErrThrottled)
	require.Equal(t, 1, s.sent)
}

// TestBackoff draws many waits: each is within its bound, and they are spread over all of it.
func TestBackoff(t *testing.T) {
	busy, cut := answer{code: "Busy"}, answer{err: errors.New("cut")}
	for _, tc := range []struct {
		name    string
		answers []answer
		bounds  []time.Duration // after each attempt, in seconds
	}{
		{"busy", []answer{busy}, []time.Duration{1, 2, 4, 8, 10, 10, 0}},
		{"cut", []answer{cut}, []time.Duration{1, 2, 4, 8, 10, 10, 0}},
		{"in turns", []answer{busy, cut, busy, cut, busy, cut, busy}, []time.Duration{1, 1, 2, 2, 4, 4, 0}},
		{"cut when it was busy", []answer{busy, busy, busy, cut}, []time.Duration{1, 2, 4, 1, 2, 4, 0}},
		{"busy when it was cut", []answer{cut, cut, cut, busy}, []time.Duration{1, 2, 4, 1, 2, 4, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				waits := make([][]time.Duration, len(tc.bounds))
				loop := newLoop(func(l *attempt.Loop) {
					l.Retry = cgw.RetryPolicy{MaxAttempts: len(tc.bounds), MinBackoff: time.Second, MaxBackoff: 10 * time.Second, MaxElapsed: time.Hour}
					l.Observe = func(_ context.Context, a cgw.Attempt) {
						waits[a.Number-1] = append(waits[a.Number-1], a.Wait)
					}
				})
				for range 200 {
					begin, s, r := time.Now(), &service{answers: tc.answers}, read
					_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r)
					require.Error(t, err)
					require.LessOrEqual(t, time.Since(begin), 35*time.Second)
				}
				for i, bound := range tc.bounds {
					bound *= time.Second
					require.LessOrEqual(t, slices.Max(waits[i]), bound, "wait after attempt %d", i+1)
					require.True(t, bound == 0 || slices.Max(waits[i]) > bound*8/10)
					require.True(t, bound == 0 || slices.Min(waits[i]) < bound*2/10)
					require.True(t, bound == 0 || slices.Min(waits[i]) > 0)
				}
			})
		})
	}
}

// TestPatient checks which attempts count when the caller set no MaxAttempts.
func TestPatient(t *testing.T) {
	busy, cut := answer{code: "Busy"}, answer{err: errors.New("cut")}
	for _, tc := range []struct {
		name    string
		answers []answer
		patient bool
		sent    int // 0: until MaxElapsed
	}{
		{"busy", []answer{busy}, true, 0},
		{"cut", []answer{cut}, true, 5},
		{"both", []answer{busy, cut, busy, cut, busy, cut}, true, 8},
		{"busy, counted", []answer{busy}, false, 5},
		{"both, counted", []answer{busy, cut}, false, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				loop := newLoop(nil)
				if tc.patient {
					loop.Retry.MaxAttempts = 0
				}
				begin, s, r := time.Now(), &service{answers: tc.answers}, read
				_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r)
				require.Error(t, err)
				if tc.sent > 0 {
					require.Equal(t, tc.sent, s.sent)
				} else {
					took := time.Since(begin)
					require.LessOrEqual(t, took, loop.Retry.MaxElapsed)
					require.Greater(t, took, loop.Retry.MaxElapsed-loop.Retry.MaxBackoff/2, "the last backoff is cut short")
				}
			})
		})
	}
}

// TestExtremePolicies must not overflow.
func TestExtremePolicies(t *testing.T) {
	for _, p := range []cgw.RetryPolicy{
		{MaxAttempts: 100, MinBackoff: time.Hour, MaxBackoff: 1<<63 - 1, MaxElapsed: 1<<63 - 1},
		{MaxAttempts: 100, MinBackoff: 1, MaxBackoff: 1, MaxElapsed: time.Hour},
		{MaxAttempts: 100, MinBackoff: 10 * time.Second, MaxBackoff: 20 * time.Second, MaxElapsed: 24 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			loop := newLoop(func(l *attempt.Loop) {
				l.Retry = p
				l.Observe = func(_ context.Context, a cgw.Attempt) {
					if a.Number < 20 || p.MaxBackoff == 20*time.Second && a.Number < p.MaxAttempts {
						require.Positive(t, a.Wait, a.Number)
					}
				}
			})
			s, r := &service{answers: []answer{{code: "Busy"}}}, read
			_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r)
			require.ErrorIs(t, err, cgw.ErrThrottled)
			require.Greater(t, s.sent, 1)
			require.LessOrEqual(t, s.sent, 100)
		})
	}
}

// TestNoTimeLimit has a MaxElapsed without an end, and a limiter: retries are sent at once.
func TestNoTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := newLoop(func(l *attempt.Loop) {
			l.Retry = cgw.RetryPolicy{MaxAttempts: 7, MinBackoff: 1, MaxBackoff: 1, MaxElapsed: 1<<63 - 1}
			l.Limiter = attempt.NewLimiter(1e6, nil)
		})
		s := &service{answers: []answer{{err: errors.New("cut")}}}
		_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), read)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, 7, s.sent)
	})
}

func TestRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		hint string
		sent int
		took time.Duration // at the least
	}{
		{"", 5, 0},
		{"3", 5, 12 * time.Second},
		{"25", 3, 50 * time.Second}, // the fourth would be after the minute that MaxElapsed is
		{"61", 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, r := &service{answers: []answer{{code: "Busy", retryAfter: tc.hint}}}, read
			begin := time.Now()
			_, err := s.do(t, t.Context(), newLoop(nil).Start(cgw.OpGet, "", ""), r)
			require.Equal(t, tc.sent, s.sent, tc.hint)
			require.GreaterOrEqual(t, time.Since(begin), tc.took)
			require.LessOrEqual(t, time.Since(begin), time.Minute)
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.hint != "", e.RetryAfter > 0)
		})
	}
}

// TestLastAttemptsAreApart has callers that began together, and are told to try later until the end: their last
// attempts do not come together.
func TestLastAttemptsAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := map[time.Duration]bool{}
		var mu sync.Mutex
		var all sync.WaitGroup
		begin := time.Now()
		for range 50 {
			all.Go(func() {
				loop := newLoop(nil)
				loop.Retry.MaxAttempts = 0
				s := &service{answers: []answer{{code: "Busy"}}}
				_, _ = s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), read)
				mu.Lock()
				defer mu.Unlock()
				ends[time.Since(begin)] = true
			})
		}
		all.Wait()
		require.Len(t, ends, 50)
	})
}

// TestMaxElapsed has attempts that take long: none begins when the time is over.
func TestMaxElapsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := &service{answers: []answer{{takes: time.Hour}}}, read
		begin := time.Now()
		loop := newLoop(func(l *attempt.Loop) { l.Retry.MaxElapsed = 15 * time.Second })
		_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, 2, s.sent)
		require.Less(t, time.Since(begin), 25*time.Second)
	})
}

// TestContext lets the context end in an attempt, in a wait, and before the first attempt.
func TestContext(t *testing.T) {
	for _, tc := range []struct {
		name    string
		answer  answer
		is      error
		outcome cgw.Outcome
		after   time.Duration
	}{
		{"in an attempt", answer{takes: time.Hour}, nil, cgw.OutcomeUnknown, 5 * time.Second},
		{"in a wait", answer{code: "Busy", retryAfter: "30"}, cgw.ErrThrottled, cgw.OutcomeNotApplied, 5 * time.Second},
		{"before", answer{}, nil, cgw.OutcomeNotApplied, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tc.after)
				defer cancel()
				s, r := &service{answers: []answer{tc.answer}}, unsafe
				begin := time.Now()
				_, err := s.do(t, ctx, newLoop(nil).Start(cgw.OpCreate, "", ""), r)
				require.Equal(t, tc.after, time.Since(begin))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, tc.outcome, cgw.OutcomeOf(err))
				if tc.is != nil {
					require.ErrorIs(t, err, tc.is, "the last error of the service is kept")
				}
			})
		})
	}
}

// TestContextEndsInSource has credentials that end with the context, and such that end with one
// of their own.
func TestContextEndsInSource(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	loop := newLoop(func(l *attempt.Loop) { l.Retry.MaxAttempts = 1 })
	own := fmt.Errorf("metadata: %w", context.DeadlineExceeded)
	_, err := loop.Start(cgw.OpGet, "", "").Send(ctx, &attempt.Request{Action: "Describe", Try: func(context.Context) error { return credential.Wrap(own) }})
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context has not ended")
	require.ErrorContains(t, err, "credentials: metadata")

	_, err = loop.Start(cgw.OpGet, "", "").Send(ctx, &attempt.Request{Action: "Describe", Try: func(context.Context) error {
		cancel()
		return &credential.Error{Err: ctx.Err()}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, cgw.ErrUnauthenticated)
}

// TestLastErrorIsOfTheRequest forgets the errors of requests that succeeded in the end.
func TestLastErrorIsOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := &service{answers: []answer{{code: "Busy"}, {}}}, read
		call := newLoop(nil).Start(cgw.OpUpdate, "", "")
		_, err := s.do(t, t.Context(), call, r)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r = safe
		_, err = s.do(t, ctx, call, r)
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, cgw.ErrThrottled)
	})
}
