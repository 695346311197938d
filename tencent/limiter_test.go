package tencent_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent"
)

// TestNewLimiter counts the requests of a second. No rate up to the documented one lets more changes of tags through
// than documented.
func TestNewLimiter(t *testing.T) {
	for _, tc := range []struct{ rate, creates, tags float64 }{
		{0, 100, 20}, {-1, 100, 20}, {10, 10, 10}, {50, 50, 20}, {100, 100, 20}, {400, 400, 400},
	} {
		for action, want := range map[string]float64{"CreateCustomerGateway": tc.creates, "ModifyResourceTags": tc.tags} {
			synctest.Test(t, func(t *testing.T) {
				limiter, begin := tencent.NewLimiter(tc.rate), time.Now()
				n := 0.0
				for ; time.Since(begin) < 10*time.Second; n++ {
					require.NoError(t, limiter.WaitAction(t.Context(), action))
				}
				require.InDelta(t, want, n/10, 1, "%v: %s", tc.rate, action)
			})
		}
	}
}
