package bench

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/measure"
	"github.com/cgw-go/cgw/tencent"
)

func TestListing(t *testing.T) {
	const gateways = 10_000
	for _, p := range clouds {
		t.Run(string(p), func(t *testing.T) {
			e := start(t, measure.Options{Provider: p, Seed: gateways})
			l, err := measure.List(p, e)
			require.NoError(t, err)
			require.Equal(t, gateways, l.Gateways)
			require.Equal(t, measure.ListCalls(p, gateways), l.Lists)
			require.Equal(t, measure.TagCalls(p, gateways), l.Tags)
			require.LessOrEqual(t, l.BytesEach, 100.0)
			require.Equal(t, 1, l.ListsForFirst)
			require.LessOrEqual(t, l.TagsForFirst, 1)
			t.Logf("%d list calls, %d tag calls, %.0f bytes of live heap for each gateway", l.Lists, l.Tags, l.BytesEach)
		})
	}
}

func TestConnections(t *testing.T) {
	for _, p := range clouds {
		for name, http1 := range protocols {
			t.Run(string(p)+"/"+name, func(t *testing.T) {
				e := start(t, measure.Options{Provider: p, HTTP1: http1})
				before := runtime.NumGoroutine()
				c, err := measure.CGW(p, e.URL)
				require.NoError(t, err)
				_, err = measure.Throughput(e, c, 640)
				require.NoError(t, err)
				c.Close()
				require.LessOrEqual(t, measure.Goroutines(before), before, "goroutines are left after Close")
				s, err := e.Stats()
				require.NoError(t, err)
				require.Equal(t, 640, s.Gateways)
				require.Equal(t, map[string]int{"CreateCustomerGateway": 640}, s.Actions)
				require.LessOrEqual(t, s.Connections, 80)
				t.Logf("%d connections", s.Connections)
			})
		}
	}
}

func TestInFlight(t *testing.T) {
	for _, p := range clouds {
		t.Run(string(p), func(t *testing.T) {
			e := start(t, measure.Options{Provider: p, HTTP1: true, Latency: measure.FlightLatency})
			f, err := measure.InFlight(p, e)
			require.NoError(t, err)
			require.NoError(t, f.Failed)
			require.Less(t, f.PeakHeap, uint64(64<<20))
			t.Logf("%d MiB at the most, %d connections, %v", f.PeakHeap>>20, f.Connections, f.Took)
		})
	}
}

// The race detector allocates, so that counts of allocations hold without it alone.
func TestAllocations(t *testing.T) {
	require.Zero(t, measure.ClassificationAllocs())
	for _, p := range clouds {
		t.Run(string(p), func(t *testing.T) {
			require.Zero(t, measure.ValidationAllocs(p))
			e := start(t, measure.Options{Provider: p, HTTP1: true})
			more, err := measure.ExtraAllocs(e, client(t, measure.Ideal, p, e), client(t, measure.CGW, p, e), measure.Create)
			require.NoError(t, err)
			t.Logf("%.1f more allocations than the raw SDK", more)
			if !raceEnabled {
				require.LessOrEqual(t, more, 25.0)
			}
		})
	}
}

func TestDependencies(t *testing.T) {
	for uses, want := range map[string][]string{"": nil, "tencent": {"tencent"}, "alibaba": {"alibaba"}} {
		t.Run("cgw "+uses, func(t *testing.T) {
			packages, err := measure.Deps(uses)
			require.NoError(t, err)
			require.Contains(t, packages, measure.Module)
			require.Equal(t, want, measure.SDKsOf(packages))

			b, err := measure.BuildProgram(t.TempDir(), uses, false)
			require.NoError(t, err)
			require.Equal(t, want, measure.SDKsOf(b.Modules))
			if uses == "" {
				require.Empty(t, b.Modules)
			}
			t.Logf("a program of %.1f MB", float64(b.Size)/1e6)
		})
	}
}

func TestAddressesAreValidAndDistinct(t *testing.T) {
	seen := map[string]bool{}
	for n := range 100_000 {
		ip := measure.Address(n)
		require.False(t, seen[ip.String()])
		seen[ip.String()] = true
	}
	for _, n := range []int{0, 253, 254, 65_023, 65_024, 16_000_000} {
		require.NoError(t, tencent.Rules().Validate(cgw.CreateRequest{Name: "a", IPAddress: measure.Address(n)}), n)
	}
}
