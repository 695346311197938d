package reliability_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// cell is one fault on one operation.
type cell struct {
	cloud *cloud
	transport
	fault
	mode
	op string
}

func (c cell) String() string {
	return fmt.Sprintf("%s, %s, %s, %s, %s", c.cloud.name, c.transport, c.op, c.fault.name, c.mode)
}

// result is the result of a cell.
type result struct {
	outcome   cgw.Outcome
	dialer    *dialer
	sent      int // requests
	recorded  int // bytes
	errors    int
	violation []string
}

// TestFaultMatrix runs every operation under every fault, and compares each result with the
// gateways that exist at the end.
func TestFaultMatrix(t *testing.T) {
	var strays atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strays.Add(1) }))
	defer elsewhere.Close()
	ops := []string{cgw.OpCreate, cgw.OpGet, cgw.OpList, cgw.OpUpdate, cgw.OpDelete}
	for _, c := range matrixClouds() {
		t.Run(c.name, func(t *testing.T) {
			sizes := replySizes(t, c, ops)
			for _, tr := range c.transports() {
				t.Run(string(tr), func(t *testing.T) {
					var cells []cell
					for _, f := range faults(elsewhere.URL) {
						for _, m := range []mode{each, always, dead} {
							for _, op := range ops {
								if f.applies(c, tr, m) {
									cells = append(cells, cell{c, tr, f, m, op})
								}
							}
						}
					}
					runCells(t, cells, sizes)
				})
			}
		})
	}
	require.Zero(t, strays.Load(), "requests that followed a redirect")
}

// replySizes returns the sizes of the replies, by action.
func replySizes(t *testing.T, c *cloud, ops []string) map[string]int {
	t.Helper()
	s := c.start(options{transport: memory})
	defer s.close()
	p, err := s.open(settings{client: &http.Client{Transport: s.base()}, limiter: free{}})
	require.NoError(t, err)
	for _, op := range ops {
		id := ready(s, op)
		got, err := operate(t.Context(), c, p, op, id)
		require.NoError(t, err)
		require.NoError(t, verify(c, s, op, id, got, nil))
		for _, g := range s.held() {
			require.NoError(t, p.Delete(t.Context(), g.id))
		}
	}
	all := s.seen.replySizes()
	for _, op := range ops {
		require.NotZero(t, all[c.actions[op][0]], op)
	}
	return all
}

// ready creates the gateway that an operation needs, and returns its ID.
func ready(s *service, op string) string {
	if op == cgw.OpCreate {
		return ""
	}
	s.seed(held{name: name1, addr: addr1, tags: map[string]string{"env": "test", "old": "x"}})
	return s.held()[0].id
}

// operate runs an operation, and returns the ID in its result.
func operate(ctx context.Context, c *cloud, p cgw.Provisioner, op, id string) (string, error) {
	switch op {
	case cgw.OpCreate:
		req := c.fields
		req.IPAddress, req.Name = netip.MustParseAddr(addr1), name1
		g, err := p.Create(ctx, req)
		return g.ID, err
	case cgw.OpGet:
		g, err := p.Get(ctx, id)
		return g.ID, err
	case cgw.OpList:
		all, err := cgw.Collect(p.List(ctx, cgw.Filter{IPAddress: netip.MustParseAddr(addr1)}))
		if len(all) != 1 {
			return "", err
		}
		return all[0].ID, err
	case cgw.OpUpdate:
		g, err := p.Update(ctx, id, c.update)
		return g.ID, err
	default:
		return id, p.Delete(ctx, id)
	}
}

// verify compares what an operation reported with what the service holds.
func verify(c *cloud, s *service, op, id, got string, failed error) error {
	all, outcome := s.held(), cgw.OutcomeOf(failed)
	if op == cgw.OpCreate {
		call := attempted{addr: addr1, name: name1, id: got, err: failed}
		if _, wrong := judge([]attempted{call}, all); len(wrong) > 0 {
			return errors.New(wrong[0])
		}
		return nil
	}
	if failed == nil && got != id {
		return fmt.Errorf("%q was returned", got)
	}
	there := len(all) == 1 && all[0].id == id
	old := there && all[0].name == name1 && maps.Equal(all[0].tags, map[string]string{"env": "test", "old": "x"})
	changed := there && all[0].name == *c.update.Name && maps.Equal(all[0].tags, c.update.Tags)
	var ok bool
	switch {
	case op == cgw.OpDelete:
		ok = (outcome != cgw.OutcomeApplied && there) || (outcome != cgw.OutcomeNotApplied && len(all) == 0)
	case op == cgw.OpUpdate:
		ok = (outcome == cgw.OutcomeApplied && changed) || (outcome == cgw.OutcomeNotApplied && old) || (outcome == cgw.OutcomeUnknown && there)
	default:
		ok = old && outcome != cgw.OutcomeUnknown
	}
	if !ok {
		return fmt.Errorf("outcome %v, but the service holds %v", outcome, all)
	}
	return nil
}

// runCells runs the cells, 32 at a time, and logs their results.
func runCells(t *testing.T, cells []cell, sizes map[string]int) {
	t.Helper()
	before, begin := goroutines(), time.Now()
	results := make([]result, len(cells))
	turns := make(chan struct{}, 32)
	var wg sync.WaitGroup
	for i, c := range cells {
		wg.Add(1)
		turns <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-turns }()
			results[i] = runCell(t, c, sizes)
		}()
	}
	wg.Wait()
	settled(t, before)
	type row struct{ cells, success, notApplied, unknown, requests int }
	rows, sum, recorded, errs := map[string]row{}, row{}, 0, 0
	for i, r := range results {
		if n := r.dialer.open.Load(); n != 0 {
			r.violation = append(r.violation, fmt.Sprintf("%d connections are left", n))
		}
		for _, v := range r.violation {
			t.Errorf("%v: %s", cells[i], v)
		}
		o := rows[cells[i].op]
		for _, to := range []*row{&o, &sum} {
			to.cells++
			to.requests += r.sent
			switch r.outcome {
			case cgw.OutcomeApplied:
				to.success++
			case cgw.OutcomeNotApplied:
				to.notApplied++
			default:
				to.unknown++
			}
		}
		rows[cells[i].op] = o
		recorded, errs = recorded+r.recorded, errs+r.errors
	}
	rows["all"] = sum
	for _, op := range slices.Sorted(maps.Keys(rows)) {
		r := rows[op]
		t.Logf("%-6s %4d cells: %4d succeeded, %3d not applied, %3d unknown; %5d requests", op, r.cells, r.success, r.notApplied, r.unknown, r.requests)
	}
	t.Logf("%d errors and %d bytes of text searched for secrets; %v", errs, recorded, time.Since(begin).Round(time.Millisecond))
}

// runCell runs one cell until no request is in flight any more.
func runCell(t testing.TB, c cell, sizes map[string]int) (r result) {
	wrong := func(format string, args ...any) { r.violation = append(r.violation, fmt.Sprintf(format, args...)) }
	s := c.cloud.start(options{transport: c.transport, lag: c.lag})
	id := ready(s, c.op)
	s.Inject(c.of(c.cloud, c.op, c.mode, sizes)...)
	var rec record
	d := new(dialer)
	r.dialer = d
	if c.refuse {
		d.refuse.Store(map[mode]int64{each: 1, always: 1 << 40, dead: 1 << 40}[c.mode])
	}
	client := newClient(s, d)
	set := settings{client: client, timeout: 5 * time.Second, retry: fastPolicy(), limiter: free{}, logger: rec.logger(), observe: rec.observe}
	if c.slow {
		set.timeout = slowTimeout
	}
	if c.slow && c.mode == each { // so that a busy machine does not fail the test
		set.timeout *= 4
		set.retry.MaxAttempts *= 2
	}
	p, err := s.open(set)
	if err != nil {
		wrong("%v", err)
		return r
	}
	got, err := operate(t.Context(), c.cloud, p, c.op, id)
	if cerr := p.Close(); cerr != nil {
		wrong("Close: %v", cerr)
	}
	client.CloseIdleConnections()
	s.close() // waits for the requests under way
	rec.add(err)

	r.outcome, r.sent = cgw.OutcomeOf(err), len(s.Requests())
	if verr := verify(c.cloud, s, c.op, id, got, err); verr != nil {
		wrong("%v, after %v", verr, err)
	}
	switch {
	case c.mode == each && err != nil && !c.final:
		wrong("it failed: %v", err)
	case err != nil && c.clean != nil && c.clean(c.transport) && r.outcome != cgw.OutcomeNotApplied:
		wrong("nothing can have been done, but the outcome is %v: %v", r.outcome, err)
	}
	for _, leak := range leaks(rec.String()) {
		wrong("%s is shown", leak)
	}
	rec.mu.Lock()
	r.recorded, r.errors = rec.text.Len(), rec.errors
	rec.mu.Unlock()
	return r
}
