package operation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept claims
		addr, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
		first, err := kept.enter(t.Context(), addr)
		require.NoError(t, err)
		free, err := kept.enter(t.Context(), other)
		require.NoError(t, err, "another address is not kept waiting")
		free.leave()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = kept.enter(ctx, addr)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		require.True(t, first.take("cgw-1"))
		require.False(t, first.take("cgw-1"))
		first.leave()
		time.Sleep(2 * time.Second)
		second, err := kept.enter(t.Context(), addr)
		require.NoError(t, err)
		require.False(t, second.take("cgw-1"), "it was returned to another call")
		require.True(t, second.take("cgw-2"))
		second.leave()
	})
}

// TestClaimsForget shows for how long a gateway is remembered: for three seconds at the least, and
// as long as a call goes on that began within that time.
func TestClaimsForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept claims
		enter := func(n byte) *claim {
			cl, err := kept.enter(t.Context(), netip.AddrFrom4([4]byte{203, 0, 113, n}))
			require.NoError(t, err)
			return cl
		}
		before := enter(1)
		enter(2).note("first")
		during := enter(3)
		random := rand.New(rand.NewPCG(1, 2))
		var noted []time.Time
		for n := range 500 {
			time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
			cl := enter(4)
			for i := n - 1; i >= 0 && time.Since(noted[i]) < 3*time.Second; i-- {
				require.False(t, cl.take(fmt.Sprint(i)), "forgotten too early")
			}
			cl.note(fmt.Sprint(n))
			noted = append(noted, time.Now())
			cl.leave()
		}
		require.False(t, before.take("first"))
		require.False(t, during.take("first"))
		require.True(t, enter(5).take("first"), "nothing is remembered for long")
	})
}

// TestClaimsGiveUp has a caller give up whose turn it is not.
func TestClaimsGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept claims
		addr := netip.MustParseAddr("203.0.113.7")
		first, err := kept.enter(t.Context(), addr)
		require.NoError(t, err)
		inside := false
		go func() {
			second, err := kept.enter(t.Context(), addr)
			require.NoError(t, err)
			inside = true
			second.leave()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = kept.enter(ctx, addr)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		synctest.Wait()
		require.False(t, inside)
		first.leave()
		synctest.Wait()
		require.True(t, inside)
		require.Zero(t, kept.addresses())
	})
}

// TestClaimsHandOn has callers give up and others arrive at the moment when a turn is handed on.
func TestClaimsHandOn(t *testing.T) {
	var kept claims
	addr := netip.MustParseAddr("203.0.113.7")
	var inside atomic.Int32
	for range 1000 {
		first, err := kept.enter(t.Context(), addr)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		create := func(ctx context.Context) {
			wg.Go(func() {
				cl, err := kept.enter(ctx, addr)
				if err != nil {
					return
				}
				require.EqualValues(t, 1, inside.Add(1), "two at a time")
				inside.Add(-1)
				cl.leave()
			})
		}
		create(ctx)
		create(ctx)
		wg.Go(cancel)
		create(t.Context())
		first.leave()
		wg.Wait()
		require.Zero(t, kept.addresses())
	}
}

// TestClaimsInTurn has many creates of a few addresses.
func TestClaimsInTurn(t *testing.T) {
	var kept claims
	var inside [4]int // the race detector finds two at a time
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			n := i % len(inside)
			cl, err := kept.enter(t.Context(), netip.AddrFrom4([4]byte{203, 0, 113, byte(n)}))
			require.NoError(t, err)
			inside[n]++
			cl.leave()
		})
	}
	wg.Wait()
	require.Equal(t, [4]int{16, 16, 16, 16}, inside)
}
