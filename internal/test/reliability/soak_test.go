package reliability_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// soaker works on one service through one Provisioner for the whole test.
type soaker struct {
	name    string
	cloud   *cloud
	service *soakService
	p       provisioner
	next    int // number of the next address

	mu     sync.Mutex
	sites  []*site
	late   []attempted // creates of unknown outcome of the previous round: their gateways may still appear
	record *record
	wrong  []string
	sum    tally
	calls  map[string]int // by operation
	failed map[string]int // of them
	missed int            // gateways that a list did not show, because others were deleted while it was read

	deletes, deleted atomic.Int64 // that were begun, and that ended
}

// site is a gateway, from its create on.
type site struct {
	attempted
	names []string // that it can have
	tags  bool     // it has those of the update
	gone  cgw.Outcome
}

// TestSoak runs all operations on both clouds for as long as CGW_SOAK says, while requests fail,
// keys change, connections die and contexts end. Without CGW_SOAK it is skipped, because a leak shows
// only after many minutes. After each round no request is in flight, and the gateways of the services
// are judged as in TestRandomSchedules. Heap, goroutines and connections must not grow.
func TestSoak(t *testing.T) {
	if os.Getenv("CGW_SOAK") == "" {
		t.Skip("CGW_SOAK is not set; CGW_SOAK=20m soaks for 20 minutes")
	}
	length, err := time.ParseDuration(os.Getenv("CGW_SOAK"))
	require.NoError(t, err)
	outside := goroutines()
	var all []*soaker
	for _, c := range clouds() {
		for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
			s := startSoak(c, http2)
			p := s.connect(t, c, settings{client: s.client(), timeout: 2 * slowTimeout, retry: fastPolicy(), limiter: free{}})
			all = append(all, &soaker{name: c.name + ", " + protocol, cloud: c, service: s, p: p, calls: map[string]int{}, failed: map[string]int{}})
		}
	}
	var samples []sample
	begin := time.Now()
	for told := begin; time.Since(begin) < length; {
		var wg sync.WaitGroup
		for _, s := range all {
			wg.Go(func() { s.round(t.Context(), rand.Uint64()) })
		}
		wg.Wait()
		for _, s := range all {
			s.judge(t)
		}
		samples = append(samples, take(all))
		if time.Since(told) > min(time.Minute, length/4) {
			told = time.Now()
			t.Logf("%v: %v", time.Since(begin).Round(time.Second), samples[len(samples)-1])
		}
	}
	for _, s := range all {
		events := &s.service.events
		t.Logf("%s: %d requests, keys changed %d times, connections closed %d, mute %d, closed with notice (GOAWAY) %d; calls %v, failed %v, missed by lists %d; %v", s.name, s.service.requests.Load(), events.keys.Load(), events.closed.Load(), events.muted.Load(), events.left.Load(), s.calls, s.failed, s.missed, s.sum)
		for _, n := range []*atomic.Int64{&events.keys, &events.closed, &events.muted, &events.left} {
			require.Positive(t, n.Load())
		}
	}
	flat(t, samples)
	for _, s := range all {
		require.NoError(t, s.p.Close())
		s.service.server.CloseClientConnections()
		s.service.server.Close()
		s.service.close()
	}
	settled(t, outside)
}

// round runs 24 workers, which create 96 gateways and work on them. It returns when all workers have
// ended.
func (s *soaker) round(ctx context.Context, seed uint64) {
	const workers, each = 24, 4
	s.record = new(record)
	var wg sync.WaitGroup
	for w := range workers {
		first := s.next + w*each
		wg.Go(func() {
			r := schedule{Rand: rand.New(rand.NewPCG(seed, uint64(w))), creates: 3}
			for n := range each {
				s.work(ctx, r, first+n)
			}
		})
	}
	wg.Wait()
	s.next += workers * each
}

// work creates a gateway and does some more with it.
func (s *soaker) work(ctx context.Context, r schedule, n int) {
	req := s.cloud.fields
	req.Name = fmt.Sprintf("office-%d", n)
	req.IPAddress = netip.AddrFrom4([4]byte{byte(20 + n/(254*256*256)%70), byte(n / (254 * 256)), byte(n / 254), byte(1 + n%254)})
	it := &site{attempted: attempted{addr: req.IPAddress.String(), name: req.Name}, names: []string{req.Name}, gone: cgw.OutcomeNotApplied}
	it.err = s.call(ctx, r, cgw.OpCreate, func(ctx context.Context) (err error) {
		g, err := s.p.Create(ctx, req)
		it.id = g.ID
		return err
	})
	s.mu.Lock()
	s.sites = append(s.sites, it)
	s.mu.Unlock()
	for range r.IntN(6) {
		if it.err != nil || it.gone != cgw.OutcomeNotApplied || len(it.names) > 1 {
			return // its state is not known
		}
		[]func(context.Context, schedule, *site){s.get, s.list, s.update, s.update, s.delete}[r.IntN(5)](ctx, r, it)
	}
}

// call does one operation, sometimes with a context that ends, with a fault, or after the keys
// changed.
func (s *soaker) call(ctx context.Context, r schedule, op string, do func(context.Context) error) error {
	if r.IntN(10) == 0 {
		s.service.Inject(r.faults(s.cloud)...)
	}
	if r.IntN(200) == 0 {
		s.service.events.keys.Add(1)
		s.service.rotate()
	}
	wait(ctx, time.Duration(r.IntN(int(20*time.Millisecond))))
	if r.IntN(8) == 0 {
		c, cancel := context.WithTimeout(ctx, time.Duration(r.IntN(int(100*time.Millisecond))))
		defer cancel()
		ctx = c
	}
	err := do(ctx)
	s.record.add(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[op]++
	if err != nil {
		s.failed[op]++
	}
	return err
}

func (s *soaker) fault(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *soaker) get(ctx context.Context, r schedule, it *site) {
	err := s.call(ctx, r, cgw.OpGet, func(ctx context.Context) error {
		g, err := s.p.Get(ctx, it.id)
		if err == nil && (g.ID != it.id || g.Name != it.names[0]) {
			s.fault("Get of %s returned %v", it.id, g)
		}
		return err
	})
	if errors.Is(err, cgw.ErrNotFound) {
		s.fault("Get of %s: %v", it.id, err)
	}
}

func (s *soaker) list(ctx context.Context, r schedule, it *site) {
	_ = s.call(ctx, r, cgw.OpList, func(ctx context.Context) error {
		ended := s.deleted.Load()
		found, err := cgw.Collect(s.p.List(ctx, cgw.Filter{IPAddress: netip.MustParseAddr(it.addr)}))
		switch {
		case err != nil:
		case len(found) == 0 && s.deletes.Load() > ended: // as cgw.Lister documents
			s.mu.Lock()
			s.missed++
			s.mu.Unlock()
		case len(found) != 1 || found[0].ID != it.id:
			s.fault("List of %s returned %v", it.addr, found)
		}
		return err
	})
}

func (s *soaker) update(ctx context.Context, r schedule, it *site) {
	req := s.cloud.update
	name := fmt.Sprintf("renamed-%d", r.Uint32())
	req.Name = &name
	err := s.call(ctx, r, cgw.OpUpdate, func(ctx context.Context) error {
		_, err := s.p.Update(ctx, it.id, req)
		return err
	})
	switch cgw.OutcomeOf(err) {
	case cgw.OutcomeApplied:
		it.names, it.tags = []string{name}, true
	case cgw.OutcomeUnknown:
		it.names = append(it.names, name)
	}
}

func (s *soaker) delete(ctx context.Context, r schedule, it *site) {
	err := s.call(ctx, r, cgw.OpDelete, func(ctx context.Context) error {
		s.deletes.Add(1)
		defer s.deleted.Add(1)
		return s.p.Delete(ctx, it.id)
	})
	it.gone = cgw.OutcomeOf(err)
	if errors.Is(err, cgw.ErrNotFound) {
		s.fault("Delete of %s: %v", it.id, err)
	}
}

// judge compares the results of a round with the gateways that exist, and empties the service.
func (s *soaker) judge(t *testing.T) {
	t.Helper()
	s.service.rest(t)
	gateways := s.service.held()
	calls := s.late
	for _, it := range s.sites {
		n := slices.IndexFunc(gateways, func(g held) bool { return g.id == it.id })
		switch {
		case it.err != nil:
		case it.gone == cgw.OutcomeApplied && n >= 0:
			s.fault("%s was deleted, and is there", it.id)
		case it.gone != cgw.OutcomeNotApplied && n < 0:
			s.sum.creates++
			s.sum.succeeded++
			continue
		case n >= 0 && slices.Contains(it.names, gateways[n].name):
			it.name = gateways[n].name
			for k, v := range s.cloud.update.Tags {
				if it.tags && gateways[n].tags[k] != v {
					s.fault("%s was updated, and has the tags %v", it.id, gateways[n].tags)
				}
			}
		}
		calls = append(calls, it.attempted)
	}
	got, wrong := judge(calls, gateways)
	got.creates -= len(s.late)
	got.unknown -= len(s.late)
	s.sum.add(got)
	s.late = nil
	for _, it := range s.sites {
		if cgw.OutcomeOf(it.err) == cgw.OutcomeUnknown && !slices.ContainsFunc(gateways, func(g held) bool { return g.addr == it.addr }) {
			s.late = append(s.late, it.attempted)
		}
	}
	s.record.clean(t, s.name)
	for _, w := range append(s.wrong, wrong...) {
		t.Errorf("%s: %s", s.name, w)
	}
	s.sites, s.wrong, s.record = nil, nil, nil
	s.service.empty(t)
}

// sample has the resources of the process at the end of a round, when no request is in flight.
type sample struct {
	heap        uint64
	goroutines  int
	connections int64
	requests    int64 // so far
}

func take(all []*soaker) sample {
	runtime.GC()
	runtime.GC() // frees what the finalizers released
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s := sample{heap: m.HeapAlloc, goroutines: goroutines()}
	for _, a := range all {
		s.connections += a.service.opened.Load()
		s.requests += a.service.requests.Load()
	}
	return s
}

func (s sample) String() string {
	return fmt.Sprintf("heap %.2f MiB, %d goroutines, %d connections, %d requests", float64(s.heap)/(1<<20), s.goroutines, s.connections, s.requests)
}

// flat compares the second fifth of the test with the last one, by the smallest sample of each. The
// number of open connections differs from round to round, but a leak is in every sample.
func flat(t *testing.T, samples []sample) {
	t.Helper()
	fifth := len(samples) / 5
	require.Positive(t, fifth, "too few rounds to compare: CGW_SOAK must be a minute or more")
	least := func(part []sample) sample {
		s := part[0]
		for _, p := range part {
			s.heap, s.goroutines, s.connections = min(s.heap, p.heap), min(s.goroutines, p.goroutines), min(s.connections, p.connections)
		}
		return s
	}
	early, end := least(samples[fifth:2*fifth]), least(samples[len(samples)-fifth:])
	t.Logf("%d rounds; early: %v; at the end: %v", len(samples), early, end)
	require.Less(t, end.heap, early.heap+256<<10)
	require.LessOrEqual(t, end.goroutines, early.goroutines+5)
	require.LessOrEqual(t, end.connections, early.connections+5)
}
