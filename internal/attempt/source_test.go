package attempt_test

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
	"github.com/cgw-go/cgw/internal/attempt"
)

func TestSource(t *testing.T) {
	broken := errors.New("broken")
	var next int
	s := attempt.NewSource(time.Minute, func() (int, error) {
		next++
		if next == 2 {
			return 0, broken
		}
		return next, nil
	})
	v, err := s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, v)
	_, err = s.Get(t.Context())
	var cred *attempt.CredentialError
	require.ErrorAs(t, err, &cred)
	require.ErrorIs(t, err, broken)
	require.EqualError(t, err, "credentials: broken")
	v, err = s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, v, "it is asked anew every time")
}

// TestSourceIsAskedByOne is for providers that are not safe for concurrent use.
func TestSourceIsAskedByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside, asked atomic.Int32
		s := attempt.NewSource(0, func() (int, error) {
			require.Equal(t, int32(1), inside.Add(1))
			time.Sleep(time.Second)
			inside.Add(-1)
			return int(asked.Add(1)), nil
		})
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

// TestSourceHangs has a provider that does not answer: callers leave it when their context ends
// or the time is up, in its turn or before it.
func TestSourceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := attempt.NewSource(10*time.Second, func() (int, error) {
			time.Sleep(time.Minute)
			return 1, nil
		})
		for _, after := range []time.Duration{time.Second, 2 * time.Second} { // in its turn, before it
			ctx, cancel := context.WithTimeout(t.Context(), after)
			begin := time.Now()
			_, err := s.Get(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, after, time.Since(begin))
		}
		begin := time.Now()
		_, err := s.Get(t.Context())
		require.EqualError(t, err, "credentials: the source did not answer in time")
		require.Equal(t, 10*time.Second, time.Since(begin))
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = s.Get(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded, "it hangs again")
		time.Sleep(time.Minute) // the provider finishes by itself
	})
}

func TestNoCredentials(t *testing.T) {
	err := attempt.NoCredentials(t.Context(), cgw.Alibaba, &attempt.CredentialError{Err: errors.New(`from http://host/x failed: {"key":"secret"}`)})
	require.ErrorIs(t, err, cgw.ErrUnauthenticated)
	require.EqualError(t, err, "cgw: alibaba DefaultCredentials: unauthenticated: from [link]")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = attempt.NoCredentials(ctx, cgw.Alibaba, &attempt.CredentialError{Err: ctx.Err()})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, cgw.ErrUnauthenticated)
}

// TestSourcePanics has a source that panics on what it reads: the caller gets an error.
func TestSourcePanics(t *testing.T) {
	source := attempt.NewSource(0, func() (string, error) { panic("key") })
	_, err := source.Get(t.Context())
	var ce *attempt.CredentialError
	require.ErrorAs(t, err, &ce)
	require.NotContains(t, err.Error(), "key")
	_, err = source.Get(t.Context())
	require.Error(t, err, "the turn was given back")
}
