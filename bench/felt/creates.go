package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// The contenders.
const (
	loop = "SDK in a tool's loop"
	ours = "cgw"
)

const (
	latency = 5 * time.Millisecond // of every request
	workers = 8
	noLimit = 1e6 // requests a second
)

// creates is what became of creates by one client while requests failed.
type creates struct {
	Cloud, Who              string
	Percent                 int // of the requests failed
	Calls                   int
	Median, P99, Slowest    time.Duration
	Existing                int // gateways, in the end
	Wrong                   int // callers that were not told the truth
	Unknown                 int // callers that were told that the outcome is not known
	Requests                int
	Failed, Doubled, Absent int // of Wrong: failed, but it is there; there are several; succeeded, but it is not there
}

// unreliable serves an emulator, late, and has some of the requests fail.
type unreliable struct {
	peer.Emulator
	percent int
	mu      sync.RWMutex // held alone by a request that fails: the fault is for that one
	dice    *rand.Rand
	diceMu  sync.Mutex
}

func (u *unreliable) roll() (fails bool, kind int) {
	u.diceMu.Lock()
	defer u.diceMu.Unlock()
	return u.dice.IntN(100) < u.percent, u.dice.IntN(4)
}

func (u *unreliable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(latency)
	fails, kind := u.roll()
	if !fails {
		u.mu.RLock()
		defer u.mu.RUnlock()
		u.Emulator.ServeHTTP(w, r)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.State.Inject([]wire.Fault{
		{When: wire.BeforeCommit, Effect: wire.Abort},
		{When: wire.AfterCommit, Effect: wire.Abort},
		{Effect: wire.Replace, Status: http.StatusBadGateway, Body: "<html>"},
		{Meaning: wire.Throttled},
	}[kind])
	defer u.State.ClearFaults()
	u.Emulator.ServeHTTP(w, r)
}

// serve starts a service of which some requests fail.
func serve(c peer.Cloud, percent int, seed uint64) (*unreliable, *httptest.Server) {
	u := &unreliable{Emulator: c.Serve(0, 0), percent: percent, dice: rand.New(rand.NewPCG(seed, 5))} //nolint:gosec // a schedule, not a secret
	s := httptest.NewUnstartedServer(u)                                                               // HTTP/1.1: the Alibaba SDK speaks no other
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	return u, s
}

// pool returns the same pool for all contenders. Alibaba's SDK has data races in its own.
func pool(s *httptest.Server) *http.Transport {
	t := s.Client().Transport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = workers
	return t
}

func open(c peer.Cloud, who string, o peer.Options) (peer.Client, io.Closer, error) {
	if who == ours {
		p, err := c.CGW(o)
		if err != nil {
			return peer.Client{}, nil, err
		}
		return peer.Of(p), p, nil
	}
	made, err := c.SDK(o)
	return c.Looped(made), io.NopCloser(nil), err
}

func name(n int) string { return fmt.Sprintf("site-%d", n) }

func address(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{20, 1, byte(n / 250), byte(1 + n%250)})
}

// create has one client create gateways, each at an address of its own.
func create(c peer.Cloud, who string, percent, calls int) (creates, error) {
	emulator, server := serve(c, percent, 1)
	defer server.Close()
	client, closer, err := open(c, who, peer.Options{URL: server.URL, Pool: pool(server), Retries: true, Copies: true, Rate: noLimit})
	if err != nil {
		return creates{}, err
	}
	defer func() { _ = closer.Close() }()
	numbers := make(chan int, calls)
	for n := range calls {
		numbers <- n
	}
	close(numbers)
	took, ids, errs := make([]time.Duration, calls), make([]string, calls), make([]error, calls)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for n := range numbers {
				begin := time.Now()
				ids[n], errs[n] = client.Create(context.Background(), name(n), address(n))
				took[n] = time.Since(begin)
			}
		})
	}
	wg.Wait()
	r := creates{Cloud: c.Name, Who: who, Percent: percent, Calls: calls, Requests: len(emulator.State.Requests())}
	held, err := emulator.Gateways()
	r.judge(held, ids, errs)
	slices.Sort(took)
	r.Median, r.P99, r.Slowest = took[calls/2], took[calls*99/100], took[calls-1]
	return r, err
}

// judge compares what the callers were told with what there is.
func (r *creates) judge(held []cgw.Gateway, ids []string, errs []error) {
	at := map[netip.Addr][]string{}
	for _, g := range held {
		at[g.IPAddress] = append(at[g.IPAddress], g.ID)
	}
	for n, err := range errs {
		there := at[address(n)]
		r.Existing += len(there)
		switch {
		case errors.Is(err, cgw.ErrOutcomeUnknown):
			r.Unknown++
		case len(there) > 1:
			r.Doubled++
		case err != nil && len(there) == 1:
			r.Failed++
		case err == nil && (len(there) == 0 || there[0] != ids[n]):
			r.Absent++
		}
	}
	r.Wrong = r.Failed + r.Doubled + r.Absent
}
