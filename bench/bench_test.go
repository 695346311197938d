package bench

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/measure"
)

func TestMain(m *testing.M) {
	measure.Serve()
	os.Exit(m.Run())
}

// start starts an emulator for the time of a test.
func start(tb testing.TB, o measure.Options) *measure.Emulator {
	tb.Helper()
	e, err := measure.Start(o)
	require.NoError(tb, err)
	tb.Cleanup(e.Close)
	return e
}

// client makes a client of the emulator for the time of a test.
func client(tb testing.TB, open func(cgw.Provider, string) (measure.Client, error), p cgw.Provider, e *measure.Emulator) measure.Client {
	tb.Helper()
	c, err := open(p, e.URL)
	require.NoError(tb, err)
	tb.Cleanup(c.Close)
	return c
}

var (
	clouds    = []cgw.Provider{cgw.Tencent, cgw.Alibaba}
	protocols = map[string]bool{"HTTP1": true, "HTTP2": false}
)

// BenchmarkSerial reports the time of one operation as the median of interleaved pairs.
func BenchmarkSerial(b *testing.B) {
	for _, p := range clouds {
		for name, work := range map[string]measure.Work{"Create": measure.Create, "Get": measure.Get, "Update": measure.Rename} {
			b.Run(string(p)+"/"+name, func(b *testing.B) {
				e := start(b, measure.Options{Provider: p, HTTP1: true})
				raw, ours := client(b, measure.Ideal, p, e), client(b, measure.CGW, p, e)
				for b.Loop() {
					pairs, err := measure.Pairs(e, raw, ours, work, 20, 100)
					require.NoError(b, err)
					b.ReportMetric(measure.TimeRatio(pairs), "time/raw")
					allocs, err := measure.ExtraAllocs(e, raw, ours, work)
					require.NoError(b, err)
					b.ReportMetric(allocs, "more-allocs/op")
				}
			})
		}
	}
}

// BenchmarkConcurrent reports the throughput of 64 creators.
func BenchmarkConcurrent(b *testing.B) {
	for _, p := range clouds {
		for name, http1 := range protocols {
			for _, peer := range measure.Peers() {
				b.Run(string(p)+"/"+name+"/"+peer.Name, func(b *testing.B) {
					e := start(b, measure.Options{Provider: p, HTTP1: http1})
					raw, ours := client(b, peer.Make, p, e), client(b, measure.CGW, p, e)
					for b.Loop() {
						rates, err := measure.Compare(e, raw, ours, peer)
						require.NoError(b, err)
						b.ReportMetric(measure.RateRatio(rates), "rate/raw")
					}
				})
			}
		}
	}
}

// BenchmarkPaced reports the time of 3,000 creates at a service that enforces 100 a second.
func BenchmarkPaced(b *testing.B) {
	for _, p := range clouds {
		b.Run(string(p), func(b *testing.B) {
			for b.Loop() {
				e := start(b, measure.Options{Provider: p, Rate: measure.PacedRate})
				r, err := measure.Pace(p, e)
				require.NoError(b, err)
				require.NoError(b, r.Failed)
				b.ReportMetric(r.Took.Seconds()/r.Ideal.Seconds(), "time/ideal")
				b.ReportMetric(100*float64(r.Throttled)/measure.PacedCreates, "%throttled")
			}
		})
	}
}
