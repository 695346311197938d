package attempt_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

func TestPatience(t *testing.T) {
	broken := errors.New("broken")
	policy := cgw.RetryPolicy{MaxAttempts: 4, MinBackoff: time.Second, MaxBackoff: 3 * time.Second, MaxElapsed: time.Minute}
	for _, tc := range []struct {
		name    string
		waits   int
		foundAt int // 0: never
		failAt  int
		within  time.Duration // of the policy
		looks   int
		took    time.Duration
		err     bool
	}{
		{"at once", 4, 1, 0, time.Minute, 1, 0, false},
		{"late", 4, 3, 0, time.Minute, 3, 3 * time.Second, false},
		{"never", 4, 0, 0, time.Minute, 5, 9 * time.Second, false}, // 1 + 2 + 3 + 3
		{"two waits", 2, 0, 0, time.Minute, 3, 3 * time.Second, false},
		{"impatient", 0, 0, 0, time.Minute, 1, 0, false},
		{"fails", 4, 0, 2, time.Minute, 2, time.Second, true},
		{"no time", 4, 0, 0, 2 * time.Second, 3, 2 * time.Second, true}, // the last wait is cut short
		{"found when the time is over", 4, 3, 0, 2 * time.Second, 3, 2 * time.Second, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := policy
				p.MaxElapsed = tc.within
				looks, begin := 0, time.Now()
				call := newLoop(func(l *attempt.Loop) { l.Retry = p }).Start(cgw.OpCreate, "", "")
				err := call.Patience(t.Context(), tc.waits, func() (bool, error) {
					looks++
					if looks == tc.failAt {
						return false, broken
					}
					return looks == tc.foundAt, nil
				})
				require.Equal(t, tc.err, err != nil, "%v", err)
				require.Equal(t, tc.looks, looks)
				require.Equal(t, tc.took, time.Since(begin))
			})
		})
	}
}

func TestPatienceEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		call := newLoop(nil).Start(cgw.OpCreate, "", "")
		err := call.Patience(ctx, 4, func() (bool, error) { return false, nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 500*time.Millisecond, time.Since(begin))
	})
}

// TestResolve has what becomes of a write whose outcome is not known: it is sent again only if a
// look says that it may be, after as long as the service asked for.
func TestResolve(t *testing.T) {
	ended := errors.New("that is all")
	for name, tc := range map[string]struct {
		hint    string // of the service, in seconds
		answers []string
		settled bool
		err     error
		sent    int
		again   bool // as the first look is told
		took    time.Duration
		want    error
	}{
		"settled":                {answers: []string{"Broken"}, settled: true, sent: 1, again: true},
		"ended":                  {answers: []string{"Broken"}, err: ended, sent: 1, again: true, want: ended},
		"sent again":             {answers: []string{"Broken", ""}, sent: 2, again: true},
		"no more attempts":       {answers: []string{"Broken"}, sent: 5, again: true, want: cgw.ErrOutcomeUnknown},
		"as late as was asked":   {hint: "40", answers: []string{"Broken", ""}, sent: 2, again: true, took: 40 * time.Second},
		"there is not that time": {hint: "61", answers: []string{"Broken"}, sent: 1, want: cgw.ErrOutcomeUnknown},
		"refused for good":       {answers: []string{"Bad"}, sent: 1, want: cgw.ErrInvalidArgument},
		"a code nobody knows":    {answers: []string{"New"}, sent: 2, again: true, want: cgw.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, r := &service{}, unsafe
				for _, code := range tc.answers {
					s.answers = append(s.answers, answer{code: code, retryAfter: tc.hint})
				}
				var looks []bool
				r.Resolve = func(_ context.Context, e *cgw.Error, again bool) (bool, error) {
					require.Error(t, e)
					looks = append(looks, again)
					return tc.settled, tc.err
				}
				call, begin := newLoop(nil).Start(cgw.OpCreate, "", ""), time.Now()
				_, err := s.do(t, t.Context(), call, r)
				require.Equal(t, tc.sent, s.sent)
				require.Equal(t, tc.again, looks[0])
				require.GreaterOrEqual(t, time.Since(begin), tc.took)
				require.LessOrEqual(t, time.Since(begin), tc.took+3*time.Second, "the backoffs are 0.2 to 1.6 s at the most")
				require.Equal(t, tc.sent > 2, time.Since(begin) > tc.took, "a second repeat waits")
				require.Equal(t, slices.Contains(tc.answers, "Bad"), !call.Unknown())
				if tc.want == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, tc.want)
				}
			})
		})
	}
}

// TestPauseKeepsMaxElapsed has writes that may have been executed, and are throttled: the pause after a
// look ends at MaxElapsed at the latest, and the last attempt follows.
func TestPauseKeepsMaxElapsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			s, r := &service{answers: []answer{{code: "Broken", status: 429}}}, unsafe
			r.Resolve = func(context.Context, *cgw.Error, bool) (bool, error) { return false, nil }
			begin := time.Now()
			loop := newLoop(nil)
			loop.Retry.MaxAttempts = 0
			_, err := s.do(t, t.Context(), loop.Start(cgw.OpCreate, "", ""), r)
			require.ErrorIs(t, err, cgw.ErrThrottled)
			require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
			require.LessOrEqual(t, time.Since(begin), time.Minute)
			require.Greater(t, time.Since(begin), 55*time.Second)
		}
	})
}

// TestPause draws many pauses between a look and the write that is sent again: the look was the
// first wait.
func TestPause(t *testing.T) {
	broken, busy, open := answer{code: "Broken"}, answer{code: "Busy"}, answer{code: "Busy.Open"}
	for _, tc := range []struct {
		name    string
		answers []answer
		bounds  []time.Duration // after each attempt, in seconds
	}{
		{"busy, and the outcome is open", []answer{open}, []time.Duration{0, 1, 2, 4}},
		{"broken when it was busy", []answer{open, open, open, broken, broken}, []time.Duration{0, 1, 2, 0, 1}},
		{"broken", []answer{broken}, []time.Duration{0, 1, 2, 4}},
		{"busy in between", []answer{broken, busy, busy, broken, broken}, []time.Duration{0, 1, 2, 1, 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				most := make([]time.Duration, len(tc.bounds))
				loop := newLoop(func(l *attempt.Loop) {
					l.Retry = cgw.RetryPolicy{MaxAttempts: len(tc.bounds) + 1, MinBackoff: time.Second}
				})
				for range 200 {
					s, r, sent := &service{answers: tc.answers}, unsafe, []time.Time(nil)
					r.Resolve = func(context.Context, *cgw.Error, bool) (bool, error) { return false, nil }
					try := s.send(t)
					r.Try = func(ctx context.Context) error {
						sent = append(sent, time.Now())
						return try(ctx)
					}
					_, err := loop.Start(cgw.OpCreate, "", "").Send(t.Context(), &r)
					require.Error(t, err)
					require.Len(t, sent, len(tc.bounds)+1)
					for i := range tc.bounds {
						most[i] = max(most[i], sent[i+1].Sub(sent[i]))
					}
				}
				for i, bound := range tc.bounds {
					bound *= time.Second
					require.LessOrEqual(t, most[i], bound, "pause after attempt %d", i+1)
					require.GreaterOrEqual(t, most[i], bound*8/10, "pause after attempt %d", i+1)
				}
			})
		})
	}
}

func TestLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call := newLoop(nil).Start(cgw.OpCreate, "cgw-1", "token")
		s, r := &service{answers: []answer{{code: "Bad"}}}, read
		look := call.Lookup()
		_, err := s.do(t, t.Context(), look, r)
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "cgw-1", e.ID)
		require.Equal(t, "token", e.ClientToken)
	})
}
