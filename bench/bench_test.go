package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/bench/internal/peer"
)

var ctx = context.Background()

// operations are what is measured one at a time: each works on a gateway, or makes the nth.
var operations = []struct {
	name string
	do   func(c peer.Client, id string, n int) error
}{
	{"Create", func(c peer.Client, _ string, n int) error { _, err := c.Create(ctx, name(n), address(n)); return err }},
	{"Get", func(c peer.Client, id string, _ int) error { return c.Get(ctx, id) }},
	{"Update", func(c peer.Client, id string, n int) error { return c.Rename(ctx, id, name(n)) }},
}

// prepare returns the operation by one client, to be repeated.
func (e *emulator) prepare(tb testing.TB, c peer.Client, do func(c peer.Client, id string, n int) error) func() {
	e.next++
	id, err := c.Create(ctx, name(e.next), address(e.next))
	require.NoError(tb, err)
	return func() {
		e.next++
		if err := do(c, id, e.next); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkSerial compares cgw with the SDK over an ideal pool. They take turns with every
// operation, so that what else the machine does slows both alike. Every 200 operations, the other
// goes first.
func BenchmarkSerial(b *testing.B) {
	for i, cloud := range peer.Clouds() {
		for _, op := range operations {
			b.Run(cloud.Name+"/"+op.name, func(b *testing.B) {
				e := start(b, options{Cloud: i, HTTP1: true})
				do := [2]func(){e.prepare(b, e.sdk(b, true), op.do), e.prepare(b, peer.Of(e.cgw(b, unlimited)), op.do)}
				var took [2][]time.Duration
				for n := 0; b.Loop(); n++ {
					for turn := range do {
						i := (turn + n/200) % len(do)
						begin := time.Now()
						do[i]()
						took[i] = append(took[i], time.Since(begin))
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(undisturbed(took[1])/undisturbed(took[0]), "time-x-sdk")
				b.ReportMetric(testing.AllocsPerRun(300, do[0]), "sdk-allocs/op")
				b.ReportMetric(testing.AllocsPerRun(300, do[1]), "cgw-allocs/op")
			})
		}
	}
}

// undisturbed returns the mean of the faster four fifths: the machine interrupted the others.
func undisturbed(took []time.Duration) float64 {
	slices.Sort(took)
	fast := took[:(len(took)*4+4)/5]
	var sum time.Duration
	for _, t := range fast {
		sum += t
	}
	return float64(sum) / float64(len(fast))
}

// creators is how many goroutines create at a time.
const creators = 64

// load makes gateways from goroutines, and returns how long it took and the errors of the calls.
func (e *emulator) load(c peer.Client, goroutines, creates int) (time.Duration, error) {
	var next atomic.Int64
	errs := make([]error, creates)
	begin := time.Now()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for n := int(next.Add(1)); n <= creates; n = int(next.Add(1)) {
				_, errs[n-1] = c.Create(ctx, name(e.next+n), address(e.next+n))
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	e.next += creates
	return took, errors.Join(errs...)
}

var protocols = map[string]bool{"HTTP1": true, "HTTP2": false} // whether HTTP/2 is off

// BenchmarkConcurrent compares the throughput of 64 creators, in short rounds that the two take in
// turns: the median. Each client has an emulator of its own, which counts its connections.
func BenchmarkConcurrent(b *testing.B) {
	for i, cloud := range peer.Clouds() {
		for protocol, http1 := range protocols {
			for _, pool := range []string{"ideal", "default"} {
				b.Run(cloud.Name+"/"+protocol+"/"+pool, func(b *testing.B) {
					es := [2]*emulator{start(b, options{Cloud: i, HTTP1: http1}), start(b, options{Cloud: i, HTTP1: http1})}
					clients := [2]peer.Client{es[0].sdk(b, pool == "ideal"), peer.Of(es[1].cgw(b, unlimited))}
					var ratios []float64
					for n := -1; n < 0 || b.Loop(); n++ { // the first round opens connections
						var took [2]time.Duration
						for turn := range clients {
							i := (turn + n + 1) % len(clients)
							var err error
							took[i], err = es[i].load(clients[i], creators, 5*creators)
							require.NoError(b, err)
						}
						if n >= 0 {
							ratios = append(ratios, took[0].Seconds()/took[1].Seconds())
						}
					}
					slices.Sort(ratios)
					b.ReportMetric(0, "ns/op")
					b.ReportMetric((ratios[(len(ratios)-1)/2]+ratios[len(ratios)/2])/2, "rate-x-sdk")
					b.ReportMetric(float64(es[0].stats().Connections), "sdk-conns")
					b.ReportMetric(float64(es[1].stats().Connections), "cgw-conns")
				})
			}
		}
	}
}

// BenchmarkPaced creates 3,000 gateways at a service that enforces 100 a second. The ideal time
// uses up the second's worth of requests that the service saves up.
func BenchmarkPaced(b *testing.B) {
	const creates, rate = 3000, 100
	for i, cloud := range peer.Clouds() {
		b.Run(cloud.Name, func(b *testing.B) {
			for b.Loop() {
				e := start(b, options{Cloud: i, Rate: rate})
				took, err := e.load(peer.Of(e.cgw(b, 0)), creators, creates)
				require.NoError(b, err)
				throttled := 0
				for _, n := range e.stats().Codes {
					throttled += n
				}
				b.ReportMetric(took.Seconds()/((creates-rate)/rate), "time-x-ideal")
				b.ReportMetric(100*float64(throttled)/creates, "%throttled")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
