package measure

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// run creates so many gateways from so many goroutines, and returns how long it took and the
// errors of the calls.
func run(e *Emulator, goroutines, operations int, create func(n int) error) (time.Duration, error) {
	numbers := make(chan int, operations)
	for range operations {
		e.next++
		numbers <- e.next
	}
	close(numbers)
	errs := make(chan error, operations)
	begin := time.Now()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for n := range numbers {
				if err := create(n); err != nil {
					errs <- err
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	close(errs)
	var failed []error
	for err := range errs {
		failed = append(failed, err)
	}
	return took, errors.Join(failed...)
}

// Throughput makes so many gateways from 64 goroutines at once, and returns how many a second.
func Throughput(e *Emulator, c Client, operations int) (float64, error) {
	took, err := run(e, creators, operations, func(n int) error {
		_, err := c.Create(context.Background(), name(n), Address(n))
		return err
	})
	return float64(operations) / took.Seconds(), err
}

// Paced is what it took to create against a service that enforces a rate.
type Paced struct {
	Took, Ideal time.Duration // Ideal uses up the second's worth that the service saves up
	Throttled   int           // requests
	Failed      error         // of the calls
}

// The load of [Pace].
const (
	PacedCreates = 3000
	PacedRate    = 100 // a second, that the emulator is to enforce
)

// Pace creates gateways with cgw's own limiter.
func Pace(p cgw.Provider, e *Emulator) (Paced, error) {
	provisioner, done, err := Provisioner(p, e.URL, 0)
	if err != nil {
		return Paced{}, err
	}
	defer done()
	var r Paced
	r.Took, r.Failed = run(e, creators, PacedCreates, creating(provisioner))
	r.Ideal = time.Second * (PacedCreates - PacedRate) / PacedRate
	s, err := e.Stats()
	for _, n := range s.Codes {
		r.Throttled += n
	}
	return r, err
}

func creating(c cgw.Creator) func(n int) error {
	return func(n int) error {
		_, err := c.Create(context.Background(), cgw.CreateRequest{Name: name(n), IPAddress: Address(n)})
		return err
	}
}

// The load of [InFlight].
const (
	Flying        = 1000
	FlightLatency = 200 * time.Millisecond
)

// Flight is what many creates at once take.
type Flight struct {
	Took        time.Duration
	PeakHeap    uint64 // bytes in use, at the most, garbage included
	Connections int
	Failed      error
}

// InFlight starts all creates at once.
func InFlight(p cgw.Provider, e *Emulator) (Flight, error) {
	provisioner, done, err := Provisioner(p, e.URL, unlimited)
	if err != nil {
		return Flight{}, err
	}
	defer done()
	debug.FreeOSMemory() // of what was measured before
	stop, peak := make(chan struct{}), make(chan uint64)
	go watchHeap(stop, peak)
	var f Flight
	f.Took, f.Failed = run(e, Flying, Flying, creating(provisioner))
	close(stop)
	f.PeakHeap = <-peak
	s, err := e.Stats()
	f.Connections = s.Connections
	return f, err
}

// watchHeap samples the heap until it is stopped.
func watchHeap(stop <-chan struct{}, peak chan<- uint64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	var most uint64
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		metrics.Read(samples)
		most = max(most, samples[0].Value.Uint64()+samples[1].Value.Uint64())
		select {
		case <-stop:
			peak <- most
			return
		case <-tick.C:
		}
	}
}

// Goroutines waits until no more than so many goroutines are left, or it is in vain, and
// returns how many are.
func Goroutines(want int) int {
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > want && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}
