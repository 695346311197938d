package credential_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
)

func equal(a, b int) bool { return a == b }

func TestSource(t *testing.T) {
	broken := errors.New("broken")
	var next int
	s := credential.NewSource(time.Minute, func() (int, error) {
		next++
		if next == 2 {
			return 0, broken
		}
		return next, nil
	}, equal)
	v, err := s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, v)
	_, err = s.Get(t.Context())
	var cred *credential.Error
	require.ErrorAs(t, err, &cred)
	require.ErrorIs(t, err, broken)
	require.EqualError(t, err, "credentials: broken")
	v, err = s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, v, "it is asked anew every time")
}

// TestSourceIsAskedByOne: get is called by one goroutine at a time.
func TestSourceIsAskedByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside, asked atomic.Int32
		s := credential.NewSource(0, func() (int, error) {
			require.Equal(t, int32(1), inside.Add(1))
			time.Sleep(time.Second)
			inside.Add(-1)
			return int(asked.Add(1)), nil
		}, equal)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				_, err := s.Get(t.Context())
				require.NoError(t, err)
			})
		}
		wg.Wait()
		require.Equal(t, int32(10), asked.Load())
	})
}

// TestSourceHangs: get does not return. Callers return when their context ends or the time is over, whether
// they called get or wait for their turn. The end of the time is an outage.
func TestSourceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := credential.NewSource(10*time.Second, func() (int, error) {
			time.Sleep(time.Minute)
			return 1, nil
		}, equal)
		for _, after := range []time.Duration{time.Second, 2 * time.Second} { // in its turn, before it
			ctx, cancel := context.WithTimeout(t.Context(), after)
			begin := time.Now()
			_, err := s.Get(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, cgw.ErrUnavailable)
			require.Equal(t, after, time.Since(begin))
		}
		begin := time.Now()
		_, err := s.Get(t.Context())
		require.EqualError(t, err, "credentials: the source did not answer in time")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, 10*time.Second, time.Since(begin))
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = s.Get(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded, "it hangs again")
		time.Sleep(time.Minute) // the provider finishes by itself
	})
}

// TestSourcePanics: the caller gets an error if the source panics.
func TestSourcePanics(t *testing.T) {
	source := credential.NewSource(0, func() (string, error) { panic("key") }, nil)
	_, err := source.Get(t.Context())
	var ce *credential.Error
	require.ErrorAs(t, err, &ce)
	require.NotContains(t, err.Error(), "key")
	_, err = source.Get(t.Context())
	require.Error(t, err, "the turn was given back")
}

// TestRenew asks a source with a cache again.
func TestRenew(t *testing.T) {
	for _, tc := range []struct {
		name             string
		cached, stored   int // after the first Get, which gave 1
		fails            bool
		want             bool
		asked, askedAnew int
	}{
		{name: "nothing else", cached: 1, stored: 1, asked: 1, askedAnew: 1},
		{name: "renewed in the store alone", cached: 1, stored: 2, want: true, asked: 1, askedAnew: 1},
		{name: "renewed by another call", cached: 2, stored: 3, want: true, asked: 1},
		{name: "fails", cached: 1, stored: 2, fails: true, asked: 1, askedAnew: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cached, stored, asked, anew := 1, 1, -1, 0
			fails := false
			s := credential.NewCachedSource(0, func(fresh bool) (int, error) {
				if fails {
					cached, stored = 0, 0
				}
				if fresh {
					anew++
					cached = stored
				} else {
					asked++
				}
				if cached == 0 {
					return 0, errors.New("none")
				}
				return cached, nil
			}, equal)
			var use credential.Use
			require.False(t, use.Renew(t.Context()), "of credentials that never change")
			_, err := s.Get(credential.WithUse(t.Context(), &use))
			require.NoError(t, err)
			cached, stored, fails = tc.cached, tc.stored, tc.fails
			require.Equal(t, tc.want, use.Renew(t.Context()))
			require.Equal(t, []int{tc.asked, tc.askedAnew}, []int{asked, anew})
		})
	}
}

// TestRenewWithoutCache asks a source that has no cache once, whatever it answers.
func TestRenewWithoutCache(t *testing.T) {
	for name, tc := range map[string]struct {
		next int
		err  error
		want bool
	}{
		"the same": {next: 1},
		"others":   {next: 2, want: true},
		"fails":    {err: errors.New("none")},
	} {
		t.Run(name, func(t *testing.T) {
			value, asked := 1, 0
			var fails error
			s := credential.NewSource(0, func() (int, error) { asked++; return value, fails }, equal)
			var use credential.Use
			_, err := s.Get(credential.WithUse(t.Context(), &use))
			require.NoError(t, err)
			value, fails = tc.next, tc.err
			require.Equal(t, tc.want, use.Renew(t.Context()))
			require.Equal(t, 2, asked, "once to sign, and once more")
		})
	}
}
