package schedules_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// TestExplore tests that, of n requests with k faults each and at most m in total, every
// combination is run once.
func TestExplore(t *testing.T) {
	for _, tc := range []struct{ requests, faults, most, want int }{
		{0, 3, 2, 1},
		{1, 3, 1, 4},
		{2, 3, 1, 7},
		{2, 3, 2, 16},
		{3, 2, 2, 1 + 3*2 + 3*4},
		{6, 10, 3, 1 + 6*10 + 15*100 + 20*1000},
		{9, 1, 1, 1 + 6}, // nothing happens after the sixth
	} {
		seen := map[string]int{}
		n := schedules.Explore(schedules.Of(tc.most, 0, 0), func(s *schedules.Script) bool {
			var all []int
			for range tc.requests {
				s.Request()
				all = append(all, s.Pick(schedules.Fault, tc.faults))
			}
			seen[fmt.Sprint(all)]++
			return true
		})
		require.Equal(t, tc.want, n)
		require.Len(t, seen, n)
	}
}
