package exchange

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSlots(t *testing.T) {
	type attempt struct{ begins, ends int } // in seconds; it is canceled after 10
	for _, tc := range []struct {
		name     string
		free     []int // slots
		attempts []attempt
		canceled []int // when each attempt is; 0: it is not
	}{
		{"one", []int{0}, []attempt{{0, 99}}, []int{10}},
		{"one that ends in time", []int{0}, []attempt{{0, 9}}, []int{0}},
		{"each at its own time", []int{5, 63, 0}, []attempt{{0, 99}, {3, 99}, {4, 99}}, []int{10, 13, 14}},
		{"together", []int{2, 1}, []attempt{{1, 99}, {1, 99}}, []int{11, 11}},
		{"one goes on", []int{1, 2}, []attempt{{0, 9}, {5, 99}}, []int{0, 15}},
		{"the slot is taken again", []int{1}, []attempt{{0, 8}, {9, 99}}, []int{0, 19}},
		{"the slot is taken again, in time", []int{1}, []attempt{{0, 8}, {9, 12}}, []int{0, 0}},
		{"the slot is waited for", []int{1}, []attempt{{0, 8}, {3, 99}}, []int{0, 18}},
		{"after a pause", []int{1, 2}, []attempt{{0, 1}, {40, 99}, {80, 199}}, []int{0, 50, 90}},
		{"while one that is canceled goes on", []int{1, 2}, []attempt{{0, 30}, {12, 99}}, []int{10, 22}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSlots(10 * time.Second)
				s.free = make(chan int, maxConns)
				for _, i := range tc.free {
					s.free <- i
				}
				begin := time.Now()
				canceled := make([]int, len(tc.attempts))
				var wg sync.WaitGroup
				for i, a := range tc.attempts {
					wg.Go(func() {
						time.Sleep(time.Duration(a.begins) * time.Second)
						ctx, leave, err := s.take(t.Context())
						require.NoError(t, err)
						end := time.After(time.Until(begin.Add(time.Duration(a.ends) * time.Second)))
						select {
						case <-ctx.Done():
							canceled[i] = int(time.Since(begin) / time.Second)
							require.Equal(t, TimeoutError{}, context.Cause(ctx))
							<-end
						case <-end:
							require.True(t, s.timed())
						}
						leave()
						require.ErrorIs(t, ctx.Err(), context.Canceled)
					})
				}
				wg.Wait()
				time.Sleep(s.timeout)
				require.Equal(t, tc.canceled, canceled)
				require.False(t, s.timed(), "a timer runs without attempts")
				require.Equal(t, [maxConns]slot{}, s.taken)
				require.Len(t, s.free, len(tc.free))
			})
		})
	}
}

// timed reports whether the timer runs.
func (s *slots) timed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// TestSlotsAreWaitedFor has more attempts than slots, all of which take too long: none gets the
// slot of another, and each has all of its time.
func TestSlotsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(10 * time.Second)
		begin := time.Now()
		var wg sync.WaitGroup
		for range 4 * maxConns {
			wg.Go(func() {
				ctx, leave, err := s.take(t.Context())
				require.NoError(t, err)
				defer leave()
				begin := time.Now()
				<-ctx.Done()
				require.Equal(t, s.timeout, time.Since(begin))
			})
		}
		wg.Wait()
		require.Equal(t, 4*s.timeout, time.Since(begin))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range maxConns {
			_, leave, err := s.take(ctx)
			require.NoError(t, err)
			defer leave()
		}
		_, _, err := s.take(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// TestSlotsShareATimer: a timer for each attempt would take two more allocations.
func TestSlotsShareATimer(t *testing.T) {
	s := newSlots(time.Hour)
	require.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		_, leave, _ := s.take(t.Context())
		leave()
	}), 3.0)
}

// TestLate: what ends an attempt says whether its connection is suspect.
func TestLate(t *testing.T) {
	mine := errors.New("mine")
	for name, tc := range map[string]struct {
		caller func(context.Context) (context.Context, context.CancelFunc)
		then   bool // the caller cancels after the end
		late   bool
	}{
		"the attempt's time is over": {
			caller: context.WithCancel, late: true,
		},
		"the attempt's time is over, then the caller cancels": {
			caller: context.WithCancel, then: true, late: true,
		},
		"the caller's deadline": {
			caller: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Second)
			}, late: true,
		},
		"the caller's deadline, with a cause": {
			caller: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeoutCause(ctx, time.Second, mine)
			}, late: true,
		},
		"the caller cancels": {
			caller: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
		},
		"the caller cancels, with a cause": {
			caller: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(time.Second, func() { cancel(mine) })
				return ctx, func() { cancel(nil) }
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := tc.caller(t.Context())
				defer cancel()
				attempt, leave, err := newSlots(10 * time.Second).take(ctx)
				require.NoError(t, err)
				require.False(t, late(attempt))
				<-attempt.Done()
				if tc.then {
					cancel()
				}
				require.Equal(t, tc.late, late(attempt))
				leave()
				require.Equal(t, tc.late, late(attempt))
			})
		})
	}
}

// TestSecondAddress: an attempt has time for two addresses of a host if the first does not answer.
func TestSecondAddress(t *testing.T) {
	for attempt, dialer := range map[time.Duration]time.Duration{time.Second: time.Second, 10 * time.Second: 10 * time.Second, time.Hour: 30 * time.Second} {
		require.Equal(t, dialer, newDialer(attempt).Timeout)
	}
}
