package ensure_test

import (
	"context"
	"fmt"
	"iter"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

const latency = 20 * time.Millisecond

// figures are what a run took.
type figures struct {
	results, failed int
	actions         map[ensure.Action]int
	took            time.Duration // of the virtual clock
	heap            uint64        // most, garbage included, in bytes
	goroutines      int           // most
}

// measure runs a fleet to its end.
func measure(t *testing.T, targets []ensure.Target, opts ensure.AllOptions) figures {
	t.Helper()
	f := figures{actions: map[ensure.Action]int{}}
	opts.Progress = func(p ensure.Progress) {
		if p.Done%1000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			f.heap = max(f.heap, m.HeapAlloc)
			f.goroutines = max(f.goroutines, runtime.NumGoroutine())
		}
	}
	start := time.Now()
	results, err := ensure.All(t.Context(), targets, opts)
	require.NoError(t, err)
	for r := range results {
		f.results++
		if r.Err != nil {
			f.failed++
			require.True(t, ensure.Retryable(r.Err), r.Err)
			continue
		}
		f.actions[r.Action]++
	}
	f.took = time.Since(start)
	return f
}

func (f figures) log(t *testing.T, title string, requests int64) {
	t.Helper()
	t.Logf("%s: %d results, %d failed, %d requests, %v, heap %d MiB, %d goroutines",
		title, f.results, f.failed, requests, f.took, f.heap>>20, f.goroutines)
}

// 50,000 sites in 100 targets of two clouds, 20 ms for each request, a fault for one in a hundred.
func TestFiftyThousandSites(t *testing.T) {
	const regions, perRegion, each, total = 100, 500, 4, 200
	synctest.Test(t, func(t *testing.T) {
		var all, ofAll atomic.Int64
		fakes := make([]*cgwtest.Fake, regions)
		counts := make([]counted, regions)
		targets := make([]ensure.Target, regions)
		for i := range targets {
			f := withoutTokens()
			if i%2 == 1 {
				f = withTokens()
			}
			f.Region = strconv.Itoa(i)
			for n := range 2 * perRegion / 100 { // of creates, and the Gets that follow them
				f.Faults = append(f.Faults, cgwtest.Fault{
					Op: []string{cgw.OpCreate, cgw.OpGet}[n%2], Call: 50 * (n + 1), Err: cgw.ErrUnavailable, Applied: n%4 < 2,
				})
			}
			fakes[i] = f
			counts[i] = counted{f, latency, new(atomic.Int64), new(atomic.Int64), &all, &ofAll}
			targets[i] = ensure.Target{Name: "region-" + f.Region, Provisioner: counts[i], Specs: sites(perRegion)}
		}
		opts := ensure.AllOptions{Options: ensuring, PerTarget: each, Total: total}
		// One List, then a create for each site, half of them read back, total at a time.
		ideal := latency + regions*perRegion*3/2*latency/total

		first := measure(t, targets, opts)
		first.log(t, "first run", sent(fakes))
		require.Equal(t, regions*perRegion, first.results)
		require.NotZero(t, first.failed)
		require.LessOrEqual(t, first.failed, regions*perRegion/50)
		require.Less(t, first.heap, uint64(256<<20))
		require.LessOrEqual(t, first.took, ideal*12/10)
		require.LessOrEqual(t, ofAll.Load(), int64(total))
		for _, c := range counts {
			require.LessOrEqual(t, c.most.Load(), int64(each))
		}

		for _, f := range fakes {
			f.Faults = nil
		}
		rest := measure(t, targets, opts)
		require.Zero(t, rest.failed)
		require.Equal(t, regions*perRegion, rest.actions[ensure.Unchanged]+rest.actions[ensure.Created])

		before := sent(fakes)
		second := measure(t, targets, opts)
		second.log(t, "second run", sent(fakes)-before)
		require.Equal(t, map[ensure.Action]int{ensure.Unchanged: regions * perRegion}, second.actions)
		require.EqualValues(t, regions, sent(fakes)-before, "one List each, no write")
		require.Less(t, second.heap, uint64(256<<20))
		for _, f := range fakes {
			require.Len(t, gateways(t, f), perRegion)
		}
	})
}

func sent(fakes []*cgwtest.Fake) (n int64) {
	for _, f := range fakes {
		n += int64(len(f.Calls()))
	}
	return n
}

// light is a region without tokens that costs a test next to nothing: it knows which addresses are
// taken, and makes up the rest.
type light struct {
	region   string
	first    netip.Addr
	mu       sync.Mutex
	made     []bool // by address
	requests *atomic.Int64
}

func (l *light) Rules() cgw.Rules {
	return cgw.Rules{Provider: "light", ClientToken: cgw.TextRule{Unsupported: true}}
}
func (l *light) Location() cgw.Location { return cgw.Location{Provider: "light", Region: l.region} }

func (l *light) gateway(i int) cgw.Gateway {
	b := l.first.As4()
	b[2], b[3] = b[2]+byte(i>>8), byte(i)
	return cgw.Gateway{
		Provider: "light", Region: l.region, ID: "cgw-" + l.region + "-" + strconv.Itoa(i), Name: "site",
		IPAddress: netip.AddrFrom4(b), Tags: map[string]string{"cgw:owner": owner},
	}
}

func (l *light) Create(_ context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	l.requests.Add(1)
	time.Sleep(latency)
	b, f := r.IPAddress.As4(), l.first.As4()
	i := int(b[2]-f[2])<<8 + int(b[3])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[i] = true
	return l.gateway(i), nil
}

func (l *light) List(context.Context, cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		for i := range l.made {
			if i%50 == 0 { // a page
				l.requests.Add(1)
				time.Sleep(latency)
			}
			if l.made[i] && !yield(l.gateway(i), nil) {
				return
			}
		}
	}
}

func (l *light) Get(context.Context, string) (cgw.Gateway, error) { panic("not called") }
func (l *light) Delete(context.Context, string) error             { panic("not called") }
func (l *light) Update(context.Context, string, cgw.UpdateRequest) (cgw.Gateway, error) {
	panic("not called")
}

// Requests, goroutines and heap grow linearly or less with the fleet. With CGW_LONG=1 it goes up to a
// million sites in 2,000 targets.
func TestFleetsGrowLinearly(t *testing.T) {
	const perRegion = 500
	sizes, total := []int{10, 40}, 8
	if os.Getenv("CGW_LONG") != "" {
		sizes, total = []int{200, 2000}, 64
	}
	var runs [2][]figures
	var asked [2][]int64
	for _, regions := range sizes {
		synctest.Test(t, func(t *testing.T) {
			var requests atomic.Int64
			specs := make([]cgw.CreateRequest, perRegion) // shared, so that the heap is that of the run
			first := netip.MustParseAddr("203.1.0.0")
			for i := range specs {
				b := first.As4()
				b[2], b[3] = byte(i>>8), byte(i)
				specs[i] = cgw.CreateRequest{IPAddress: netip.AddrFrom4(b), Name: "site"}
			}
			targets := make([]ensure.Target, regions)
			for i := range targets {
				l := &light{region: strconv.Itoa(i), first: first, made: make([]bool, perRegion), requests: &requests}
				targets[i] = ensure.Target{Name: l.region, Provisioner: l, Specs: specs}
			}
			for run, want := range []ensure.Action{ensure.Created, ensure.Unchanged} {
				runtime.GC()
				requests.Store(0)
				f := measure(t, targets, ensure.AllOptions{Options: ensuring, Total: total})
				f.log(t, fmt.Sprintf("%d targets, run %d", regions, run+1), requests.Load())
				require.Equal(t, map[ensure.Action]int{want: regions * perRegion}, f.actions)
				runs[run], asked[run] = append(runs[run], f), append(asked[run], requests.Load())
			}
		})
	}
	factor := sizes[1] / sizes[0]
	for run := range runs {
		small, large := runs[run][0], runs[run][1]
		require.LessOrEqual(t, asked[run][1], asked[run][0]*int64(factor))
		require.LessOrEqual(t, large.took, small.took*time.Duration(factor)*12/10)
		require.LessOrEqual(t, large.goroutines, total*9+50, "they do not grow with the fleet")
		require.LessOrEqual(t, large.heap, small.heap*uint64(factor)+64<<20)
	}
}
