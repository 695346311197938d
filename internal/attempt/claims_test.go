package attempt_test

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/attempt"
)

func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var claims attempt.Claims
		addr, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
		first, err := claims.Enter(t.Context(), addr)
		require.NoError(t, err)
		free, err := claims.Enter(t.Context(), other)
		require.NoError(t, err, "another address is not kept waiting")
		free.Leave()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = claims.Enter(ctx, addr)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		require.True(t, first.Take("cgw-1"))
		require.False(t, first.Take("cgw-1"))
		first.Leave()
		time.Sleep(2 * time.Second)
		second, err := claims.Enter(t.Context(), addr)
		require.NoError(t, err)
		require.False(t, second.Take("cgw-1"), "it was returned to another call")
		require.True(t, second.Take("cgw-2"))
		second.Leave()
	})
}

// TestClaimsForget shows for how long a gateway is remembered: at the least for claimAge, and as
// long as a call goes on that began within that time.
func TestClaimsForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var claims attempt.Claims
		enter := func(n byte) *attempt.Claim {
			cl, err := claims.Enter(t.Context(), netip.AddrFrom4([4]byte{203, 0, 113, n}))
			require.NoError(t, err)
			return cl
		}
		before := enter(1)
		enter(2).Note("cgw-1")
		during := enter(3)
		for n := range 10 {
			time.Sleep(time.Second)
			now := enter(byte(100 + n))
			for age := range min(n, 3) {
				require.False(t, now.Take(fmt.Sprint(n-1-age)), "forgotten too early")
			}
			now.Note(fmt.Sprint(n))
		}
		require.False(t, before.Take("cgw-1"))
		require.False(t, during.Take("cgw-1"))
		require.True(t, enter(4).Take("cgw-1"), "nothing is remembered for long")
	})
}

// TestClaimsHandOn has the turn handed on past callers who gave up.
func TestClaimsHandOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var claims attempt.Claims
		addr := netip.MustParseAddr("203.0.113.7")
		for range 100 {
			first, err := claims.Enter(t.Context(), addr)
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for i := range 4 {
				of := ctx
				if i%2 == 0 {
					of = t.Context()
				}
				wg.Go(func() {
					cl, err := claims.Enter(of, addr)
					if of != ctx {
						require.NoError(t, err)
					}
					if err == nil {
						cl.Leave()
					}
				})
			}
			synctest.Wait()
			go cancel() // at the same time
			first.Leave()
			wg.Wait()
		}
	})
}

// TestClaimsInTurn has many creates of a few addresses.
func TestClaimsInTurn(t *testing.T) {
	var claims attempt.Claims
	var inside [4]int // the race detector finds two at a time
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			n := i % len(inside)
			cl, err := claims.Enter(t.Context(), netip.AddrFrom4([4]byte{203, 0, 113, byte(n)}))
			require.NoError(t, err)
			inside[n]++
			cl.Leave()
		})
	}
	wg.Wait()
	require.Equal(t, [4]int{16, 16, 16, 16}, inside)
}
