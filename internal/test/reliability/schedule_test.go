package reliability_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

const (
	createsShort = 300    // for each cloud
	createsLong  = 10_000 // with CGW_LONG
)

// TestRandomSchedules runs creates by many goroutines under several faults at random moments,
// with contexts that end at random moments and several creators of one address. Each schedule
// has its own seed; CGW_SEED=n runs only that one.
func TestRandomSchedules(t *testing.T) {
	creates := createsShort
	if long() {
		creates = createsLong
	}
	first, one := uint64(time.Now().UnixNano()), false
	if s := os.Getenv("CGW_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
		first, one = n, true
	}
	for _, c := range clouds() {
		t.Run(c.name, func(t *testing.T) {
			var sum tally
			var all struct{ schedules, requests, faults, bytes int }
			begin := time.Now()
			for seed := first; sum.creates < creates; seed++ {
				before := goroutines()
				var rec record
				calls, s, d := runSchedule(t, c, seed, &rec)
				settled(t, before)
				got, wrong := judge(calls, s.held())
				for _, w := range wrong {
					t.Errorf("seed %d: %s", seed, w)
				}
				if t.Failed() {
					for _, call := range calls {
						t.Logf("%s %s: %s %v", call.addr, call.name, call.id, call.err)
					}
					t.Fatalf("run it again with CGW_SEED=%d", seed)
				}
				require.Zero(t, d.open.Load(), "seed %d: connections are left", seed)
				rec.clean(t, fmt.Sprintf("seed %d", seed))
				sum.add(got)
				all.schedules++
				for _, r := range s.Requests() {
					all.requests++
					if r.Fault {
						all.faults++
					}
				}
				all.bytes += len(rec.String())
				if one {
					break
				}
			}
			t.Logf("%d schedules from seed %d: %v", all.schedules, first, sum)
			t.Logf("%d requests, %d of them struck by a fault, %d bytes of text searched for secrets; %v",
				all.requests, all.faults, all.bytes, time.Since(begin).Round(time.Millisecond))
			require.Zero(t, sum.gateways-sum.succeeded-sum.orphans)
			require.LessOrEqual(t, sum.orphans, sum.unknown)
		})
	}
}

// schedule is made from a seed.
type schedule struct {
	*rand.Rand
	options
	workers, creates int
}

func newSchedule(seed uint64) schedule {
	r := schedule{Rand: rand.New(rand.NewPCG(seed, 4))}
	r.transport = []transport{plain, http1, http2}[r.IntN(3)]
	switch r.IntN(4) { // with both, or with loose and a lag, the service may make two: see docs/reliability.md
	case 0:
		r.late = true
	case 1:
		r.loose = true
	}
	if !r.loose && r.IntN(3) == 0 {
		r.lag = time.Duration(1+r.IntN(15)) * time.Millisecond
	}
	if r.IntN(6) == 0 {
		r.quota = 5 + r.IntN(10)
	}
	r.workers, r.creates = 1+r.IntN(12), 8+r.IntN(25)
	return r
}

// faults draws some faults at random.
func (r schedule) faults(c *cloud) []wire.Fault {
	var all []wire.Fault
	kinds := faults("http://127.0.0.1:1/") // redirects are refused, so nothing listens there
	for range 1 + r.IntN(8) {
		f := kinds[r.IntN(len(kinds))]
		if f.refuse || f.only != "" && f.only != c.name {
			continue
		}
		w := f.Fault
		w.Times, w.Skip = 1+r.IntN(4), r.IntN(2*r.creates)
		w.Action = []string{c.actions[cgw.OpCreate][0], c.actions[cgw.OpCreate][1], ""}[r.IntN(3)]
		if f.code != nil {
			w.Code = f.code(c)
		}
		if f.keep != nil {
			w.Bytes = r.IntN(300)
		}
		if w.Header.Get("Retry-After") != "" && !long() {
			w.Header = nil // the shortest wait would be a second
		}
		if w.Delay > 0 {
			w.Delay = time.Duration(r.IntN(int(2 * slowTimeout)))
		}
		all = append(all, w)
	}
	return all
}

// runSchedule runs one schedule until no request is in flight any more.
func runSchedule(t *testing.T, c *cloud, seed uint64, rec *record) ([]attempted, *service, *dialer) {
	t.Helper()
	r := newSchedule(seed)
	s := c.start(r.options)
	s.Inject(r.faults(c)...)
	d := new(dialer)
	client := newClient(s, d)
	p, err := s.open(settings{client: client, timeout: slowTimeout, retry: fastPolicy(), limiter: free{}, logger: rec.logger(), observe: rec.observe})
	require.NoError(t, err)

	// The tasks are drawn before the workers start, so that they depend only on the seed.
	type task struct {
		req    cgw.CreateRequest
		pause  time.Duration // before it
		cancel time.Duration // 0: never
	}
	tasks := make(chan task, r.creates)
	for i := range r.creates {
		k := task{req: c.fields}
		k.req.Name, k.req.IPAddress = fmt.Sprintf("office-%d", i), netip.AddrFrom4([4]byte{203, 0, 113, byte(1 + i)})
		// Some tasks have the address of an earlier one, and perhaps its name. Not if the service
		// allows two gateways at an address.
		if i > 0 && !r.loose && r.IntN(5) == 0 {
			other := r.IntN(i)
			k.req.IPAddress = netip.AddrFrom4([4]byte{203, 0, 113, byte(1 + other)})
			if r.IntN(2) == 0 {
				k.req.Name = fmt.Sprintf("office-%d", other)
			}
		}
		if r.IntN(8) == 0 {
			d.refuse.Add(1)
		}
		k.pause = time.Duration(r.IntN(int(5 * time.Millisecond)))
		if r.IntN(5) == 0 {
			k.cancel = 1 + time.Duration(r.IntN(int(slowTimeout)))
		}
		tasks <- k
	}
	close(tasks)

	var mu sync.Mutex
	var calls []attempted
	var wg sync.WaitGroup
	for range r.workers {
		wg.Go(func() {
			for k := range tasks {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if k.cancel > 0 {
					ctx, cancel = context.WithTimeout(ctx, k.pause+k.cancel)
				}
				wait(ctx, k.pause)
				g, err := p.Create(ctx, k.req)
				cancel()
				rec.add(err)
				mu.Lock()
				calls = append(calls, attempted{k.req.IPAddress.String(), k.req.Name, g.ID, err})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Close())
	client.CloseIdleConnections()
	s.close()
	return calls, s, d
}
