package reliability_test

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// nowhere is an address that nothing listens on. A port that was free a moment ago is not safe:
// the next server may get it.
const nowhere = "127.0.0.1:1"

// dialer counts the connections of a client, and makes some dials fail.
type dialer struct {
	refuse atomic.Int64 // how many more
	open   atomic.Int64
	dialed atomic.Int64
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.refuse.Add(-1) >= 0 {
		addr = nowhere
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.dialed.Add(1)
	d.open.Add(1)
	return &counted{Conn: conn, open: &d.open}, nil
}

type counted struct {
	net.Conn
	once sync.Once
	open *atomic.Int64
}

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// newClient returns a client of the service, whose connections d counts.
func newClient(s *service, d *dialer) *http.Client {
	rt := s.base()
	if t, ok := rt.(*http.Transport); ok {
		t.DialContext = d.dial
	}
	return &http.Client{Transport: rt}
}

// goroutines returns the number of goroutines, for settled.
func goroutines() int { return runtime.NumGoroutine() }

// settled waits until there are no more goroutines than before: then no request is in flight,
// and nothing has leaked. It fails the test after 20 s.
func settled(t testing.TB, before int) {
	t.Helper()
	ok := func() bool { return runtime.NumGoroutine() <= before }
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines are left, of %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// wait returns after d, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// TestNothingIsLeft tests that a Provisioner with its own pool leaves no connection and no
// goroutine after Close, whatever faults there were.
func TestNothingIsLeft(t *testing.T) {
	for _, c := range clouds() {
		t.Run(c.name, func(t *testing.T) {
			outside := goroutines()
			s := c.start(options{transport: plain})
			before := goroutines() // with a server that has no connection
			s.Inject(
				wire.Fault{Effect: wire.Abort, Skip: 5, Times: 10},
				wire.Fault{Effect: wire.Cut, When: wire.AfterCommit, Skip: 20, Times: 10},
				wire.Fault{Delay: time.Hour, Skip: 40, Times: 5},
				wire.Fault{When: wire.OnConnect, Effect: wire.Abort, Skip: 8, Times: 8},
			)
			p, err := s.open(settings{timeout: slowTimeout, retry: fastPolicy(), limiter: free{}})
			require.NoError(t, err)
			var wg sync.WaitGroup
			results := make(chan attempted, 64)
			for _, req := range creates(c, cap(results), "t") {
				wg.Go(func() {
					g, err := p.Create(t.Context(), req)
					results <- attempted{req.IPAddress.String(), req.Name, g.ID, err}
				})
			}
			wg.Wait()
			close(results)
			require.NoError(t, p.Close())
			settled(t, before)
			s.close()
			settled(t, outside)
			var calls []attempted
			for r := range results {
				calls = append(calls, r)
			}
			got, wrong := judge(calls, s.held())
			require.Empty(t, wrong)
			t.Log(got)
		})
	}
}
