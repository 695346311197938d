package attempt_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

// through sends n requests of the action through the limiter, and returns how long they took.
func through(t *testing.T, pace *attempt.Limiter, action string, n int, a answer) time.Duration {
	t.Helper()
	loop := newLoop(func(l *attempt.Loop) { l.Limiter, l.Retry.MaxAttempts = pace, 1 })
	s := &service{answers: []answer{a}}
	begin := time.Now()
	for range n {
		r := attempt.Request{Action: action, Repeatable: true}
		_, _ = s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), r) // what comes of them is not the limiter's
	}
	return time.Since(begin)
}

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(100, map[string]float64{"Slow": 20, "Fast": 1000})
		require.Equal(t, 990*time.Millisecond, through(t, pace, "A", 100, answer{}), "the first goes at once")
		require.Equal(t, 990*time.Millisecond, through(t, pace, "B", 100, answer{}), "each action has its own rate")
		require.Equal(t, 950*time.Millisecond, through(t, pace, "Slow", 20, answer{}))
		require.Equal(t, 990*time.Millisecond, through(t, pace, "Fast", 100, answer{}), "never more than the full rate")
		time.Sleep(time.Hour)
		require.Equal(t, 990*time.Millisecond, through(t, pace, "A", 100, answer{}), "what was not used is not saved up")
		require.NoError(t, pace.Wait(t.Context()), "and of no action")
	})
}

// TestPaceSlowsDown halves the rate of an action that is throttled, and lets it recover.
func TestLimiterSlowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(100, nil)
		through(t, pace, "A", 1, answer{code: "Busy"})
		slow := through(t, pace, "A", 20, answer{})
		require.Greater(t, slow, 300*time.Millisecond, "of 190 at the full rate")
		require.Less(t, slow, 400*time.Millisecond)
		require.Equal(t, 190*time.Millisecond, through(t, pace, "B", 20, answer{}), "the other action is not slowed")
		time.Sleep(6 * time.Second)
		require.InDelta(t, 190, through(t, pace, "A", 20, answer{}).Milliseconds(), 2, "it has recovered")

		for range 50 { // each half a second after the one before
			through(t, pace, "A", 1, answer{code: "Busy"})
			time.Sleep(500 * time.Millisecond)
		}
		least := through(t, pace, "A", 3, answer{})
		require.Less(t, least, 3*time.Second, "the rate does not sink without end")
	})
}

// TestPaceTakesABurstForOne has many requests that are throttled together.
func TestLimiterTakesABurstForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(1e6, nil)
		through(t, pace, "A", 100, answer{code: "Busy"})
		pace2 := attempt.NewLimiter(1e6, nil)
		through(t, pace2, "A", 1, answer{code: "Busy"})
		time.Sleep(time.Millisecond)
		require.InDelta(t, through(t, pace2, "A", 100, answer{}), through(t, pace, "A", 100, answer{}), float64(10*time.Microsecond))
	})
}

// TestPaceIsShared has the calls of two loops wait for each other.
func TestLimiterIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(10, nil)
		begin := time.Now()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { through(t, pace, "A", 10, answer{}) })
		}
		wg.Wait()
		require.Equal(t, 1900*time.Millisecond, time.Since(begin))
	})
}

// TestPaceAndContext has calls whose time is over before their turn: they take none.
func TestLimiterTurnsAndContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(1, nil)
		require.NoError(t, pace.Wait(t.Context()))
		var wg sync.WaitGroup
		begin := time.Now()
		for range 100 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				defer cancel()
				require.ErrorIs(t, pace.Wait(ctx), context.DeadlineExceeded)
				require.Equal(t, 500*time.Millisecond, time.Since(begin))
			})
		}
		wg.Wait()
		require.NoError(t, pace.Wait(t.Context()))
		require.Equal(t, time.Second, time.Since(begin), "the turn was not taken by those who could not wait for it")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, pace.Wait(ctx), context.Canceled)
	})
}

// TestPaceGivesBack has many give up at once: the next does not wait for their turns.
func TestLimiterGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := attempt.NewLimiter(100, nil)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 2000 {
			wg.Go(func() { _ = pace.Wait(ctx) })
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		begin := time.Now()
		require.NoError(t, pace.Wait(t.Context()))
		require.LessOrEqual(t, time.Since(begin), 20*time.Millisecond)
	})
}
