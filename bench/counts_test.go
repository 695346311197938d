package bench

import (
	"context"
	"net/netip"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
)

// The race detector allocates too, so that the count holds without it alone.
func TestAllocations(t *testing.T) {
	for i, cloud := range peer.Clouds() {
		t.Run(cloud.Name, func(t *testing.T) {
			e := start(t, options{Cloud: i, HTTP1: true})
			create := operations[0].do
			sdk := testing.AllocsPerRun(300, e.prepare(t, e.sdk(t, true), create))
			ours := testing.AllocsPerRun(300, e.prepare(t, peer.Of(e.cgw(t, unlimited)), create))
			t.Logf("%.0f allocations; the SDK makes %.0f", ours, sdk)
			require.True(t, ours <= sdk+25 || peer.RaceDetector(), "%.0f allocations, the SDK makes %.0f", ours, sdk)
		})
	}
}

func TestConnections(t *testing.T) {
	for i, cloud := range peer.Clouds() {
		for protocol, http1 := range protocols {
			t.Run(cloud.Name+"/"+protocol, func(t *testing.T) {
				e := start(t, options{Cloud: i, HTTP1: http1})
				before := runtime.NumGoroutine()
				p := e.cgw(t, unlimited)
				_, err := e.load(peer.Of(p), creators, 640)
				require.NoError(t, err)
				require.NoError(t, p.Close())
				for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
					runtime.Gosched()
				}
				require.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines are left after Close")
				s := e.stats()
				require.Equal(t, 640, s.Gateways)
				require.Equal(t, map[string]int{"CreateCustomerGateway": 640}, s.Actions)
				require.LessOrEqual(t, s.Connections, 80)
				t.Logf("%d connections", s.Connections)
			})
		}
	}
}

// TestInFlight has 1,000 creates under way at once, 200 ms away.
func TestInFlight(t *testing.T) {
	for i, cloud := range peer.Clouds() {
		t.Run(cloud.Name, func(t *testing.T) {
			e := start(t, options{Cloud: i, HTTP1: true, Latency: 200 * time.Millisecond})
			c := peer.Of(e.cgw(t, unlimited))
			create := c.Create
			var mu sync.Mutex
			var peak uint64 // heap in use, garbage included, seen after each create
			heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
			c.Create = func(ctx context.Context, name string, ip netip.Addr) (string, error) {
				id, err := create(ctx, name, ip)
				mu.Lock()
				defer mu.Unlock()
				metrics.Read(heap)
				peak = max(peak, heap[0].Value.Uint64()+heap[1].Value.Uint64())
				return id, err
			}
			debug.FreeOSMemory() // of what ran before
			took, err := e.load(c, 1000, 1000)
			require.NoError(t, err)
			require.Less(t, peak, uint64(64<<20))
			t.Logf("%.1f MiB at the most, %d connections, %v", float64(peak)/(1<<20), e.stats().Connections, took)
		})
	}
}

func TestListing(t *testing.T) {
	const gateways, list, tags = 10_000, "DescribeCustomerGateways", "DescribeResourceTagsByResourceIds"
	for i, cloud := range peer.Clouds() {
		t.Run(cloud.Name, func(t *testing.T) {
			e := start(t, options{Cloud: i, Seed: gateways})
			p := e.cgw(t, unlimited)
			for _, err := range p.List(ctx, cgw.Filter{}) {
				require.NoError(t, err)
				break
			}
			first := e.stats().Actions
			require.Equal(t, 1, first[list])
			require.LessOrEqual(t, first[tags], 1)

			var n int
			live := map[int]float64{}
			for _, err := range p.List(ctx, cgw.Filter{}) {
				require.NoError(t, err)
				if n++; n == 1 || n == gateways {
					runtime.GC()
					runtime.GC() // what the first one only finalized
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					live[n] = float64(m.HeapAlloc)
				}
			}
			require.Equal(t, gateways, n)
			all := e.stats().Actions
			require.Equal(t, gateways/cloud.PerList+1, all[list]-first[list], "the last page is full, so one more is asked for")
			require.Equal(t, gateways*cloud.TagCalls/cloud.PerList, all[tags]-first[tags])
			each := (live[gateways] - live[1]) / gateways
			require.LessOrEqual(t, each, 100.0)
			t.Logf("%d list calls, %d tag calls, %.0f bytes of live heap for each gateway", all[list]-first[list], all[tags]-first[tags], each)
		})
	}
}

// A program of one cloud has no code of the other, and one of the root package alone has none.
func TestDependencies(t *testing.T) {
	const module = "github.com/cgw-go/cgw"
	for uses, owners := range map[string][]string{"": nil, "/tencent": {"tencentcloud"}, "/alibaba": {"alibabacloud-go", "aliyun"}} {
		t.Run("cgw"+uses, func(t *testing.T) {
			out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", module+uses).Output()
			require.NoError(t, err)
			modules := slices.Compact(slices.Sorted(strings.FieldsSeq(string(out))))
			require.Contains(t, modules, module)
			for _, owner := range []string{"tencentcloud", "alibabacloud-go", "aliyun"} {
				has := slices.ContainsFunc(modules, func(m string) bool { return strings.HasPrefix(m, "github.com/"+owner+"/") })
				require.Equal(t, slices.Contains(owners, owner), has, owner)
			}
			require.True(t, uses != "" || len(modules) == 1, modules)
		})
	}
}
