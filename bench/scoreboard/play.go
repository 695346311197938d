package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http/httptest"
	"net/netip"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

const create = "CreateCustomerGateway"

// script is what happens while gateways are created, one after the other.
type script struct {
	name     string
	faults   []wire.Fault  // of the create
	busy     int           // how often the cloud answers a create that it is busy; negative: always
	random   bool          // one of faults, or none, for every create
	creates  int           // 0: 1
	none     bool          // no gateway is wanted
	taken    bool          // a gateway of somebody else has the address
	pooled   bool          // a request before leaves its connection to the create
	limit    time.Duration // of the caller's context; 0: none
	wait     time.Duration // that the service asks for
	other    bool          // a client that trusts the service goes first; this one does not trust it
	together bool          // one client creates all at once, in a process with the race detector
}

func scripts() []script {
	const page = "<html><body>502 Bad Gateway</body></html>"
	lost := wire.Fault{Action: create, When: wire.AfterCommit, Effect: wire.Cut, Bytes: 10}
	late := wire.Fault{Action: create, When: wire.AfterCommit, Effect: wire.Replace, Status: 502, Body: page}
	early := wire.Fault{Action: create, When: wire.BeforeCommit, Effect: wire.Replace, Status: 502, Body: page}
	empty := wire.Fault{Action: create, When: wire.AfterCommit, Effect: wire.Replace, Status: 200}
	stale := wire.Fault{Action: create, When: wire.BeforeCommit, Effect: wire.Abort}
	return []script{
		{name: "reply cut off, gateway made", faults: []wire.Fault{lost}},
		{name: "HTML 502, gateway made", faults: []wire.Fault{late}},
		{name: "HTML 502, no gateway made", faults: []wire.Fault{early}},
		{name: "empty 200, gateway made", faults: []wire.Fault{empty}},
		{name: "stale connection from the pool", faults: []wire.Fault{stale}, pooled: true},
		{name: "throttled, told to wait 2 s", busy: 1, wait: 2 * time.Second},
		{name: "throttled until the context ends", busy: -1, limit: 300 * time.Millisecond, none: true},
		{name: "address taken by another", taken: true, none: true},
		{name: "authority of another client", other: true, none: true},
		{name: "20 goroutines, one client", together: true, creates: 20},
		{name: "20 creates, random faults", random: true, creates: 20, faults: []wire.Fault{lost, late, early, empty, stale}},
	}
}

// row is what became of one script in the hands of one contender on one cloud.
type row struct {
	Script, Cloud, Who string
	Wanted, Existing   int // gateways
	Told, Calls        int // calls that were told the truth, of all
	Took               time.Duration
	Note               string // what else went wrong

	script script
	cloud  peer.Cloud
}

// The contenders.
const (
	sdk  = "SDK"
	loop = "SDK in a tool's loop"
	ours = "cgw"
)

func contenders() []string { return []string{sdk, loop, ours} }

// allRows returns the rows to be played, in the order of the table.
func allRows() (rows []row) {
	for _, s := range scripts() {
		for _, c := range peer.Clouds() {
			for _, who := range contenders() {
				r := row{Script: s.name, Cloud: c.Name, Who: who, Calls: max(s.creates, 1), script: s, cloud: c}
				if !s.none {
					r.Wanted = r.Calls
				}
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// order is a gateway to be created, and what the create told its caller.
type order struct {
	name string
	ip   netip.Addr
	id   string
	err  error
}

// here plays the row in this process, on a fresh service.
func (r row) here(retry cgw.RetryPolicy) (row, error) {
	emulator := r.cloud.Serve(0, 0)
	server := httptest.NewUnstartedServer(emulator) // HTTP/1.1: the Alibaba SDK speaks no other
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	open := func(trust *x509.Certificate) (peer.Client, error) {
		return r.open(peer.Options{URL: server.URL, Trust: trust, Retries: true, Retry: retry})
	}
	client, err := open(server.Certificate())
	if err == nil && (r.script.other || r.script.pooled) {
		_, err = client.Create(context.Background(), "old", netip.MustParseAddr("198.51.100.1")) // opens a connection
	}
	if err == nil && r.script.other {
		client, err = open(nil)
	}
	if err != nil {
		return r, err
	}
	ctx, cancel := context.Background(), func() {}
	if r.script.limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, r.script.limit)
	}
	defer cancel()
	orders := make([]order, r.Calls)
	for n := range orders {
		orders[n] = order{name: fmt.Sprintf("site-%d", n), ip: netip.AddrFrom4([4]byte{203, 0, 113, byte(n + 1)})}
	}
	if r.script.taken {
		emulator.Seed("another", orders[0].ip)
	}

	inject := r.injector(emulator)
	begin := time.Now()
	var together sync.WaitGroup
	for n := range orders {
		inject()
		do := func() { orders[n].id, orders[n].err = client.Create(ctx, orders[n].name, orders[n].ip) }
		if r.script.together {
			together.Go(do)
		} else {
			do()
		}
	}
	together.Wait()
	r.Took = time.Since(begin)
	held, err := emulator.Gateways()
	r.judge(held, orders)
	r.Note = r.remark(emulator)
	return r, err
}

// open returns a new client of the row's contender.
func (r row) open(o peer.Options) (peer.Client, error) {
	if r.Who == ours {
		p, err := r.cloud.CGW(o)
		if err != nil {
			return peer.Client{}, err
		}
		return peer.Of(p), nil
	}
	c, err := r.cloud.SDK(o)
	if r.Who == loop {
		c = r.cloud.Looped(c)
	}
	return c, err
}

// injector returns what sets up the faults of the next create. A script at random is the same
// for all contenders.
func (r row) injector(to peer.Emulator) func() {
	if n := r.script.busy; n != 0 {
		busy := r.cloud.Busy
		busy.Action, busy.Times = create, n
		return func() { to.State.Inject(busy) }
	}
	if !r.script.random {
		return func() { to.State.Inject(r.script.faults...) }
	}
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a schedule to repeat, not a secret
	return func() {
		to.State.ClearFaults()
		if n := dice.IntN(len(r.script.faults) + 1); n < len(r.script.faults) {
			to.State.Inject(r.script.faults[n])
		}
	}
}

// judge counts the gateways of the orders, and the callers that know the truth about them.
func (r *row) judge(held []cgw.Gateway, orders []order) {
	for _, o := range orders {
		var ids []string
		for _, g := range held {
			if g.Name == o.name && g.IPAddress == o.ip {
				ids = append(ids, g.ID)
			}
		}
		r.Existing += len(ids)
		if o.err == nil && len(ids) == 1 && o.id == ids[0] || o.err != nil && len(ids) == 0 || errors.Is(o.err, cgw.ErrOutcomeUnknown) {
			r.Told++
		}
	}
}

// remark says what the numbers do not.
func (r row) remark(emulator peer.Emulator) string {
	var struck time.Time
	for _, q := range emulator.State.Requests() {
		switch {
		case q.Action != create:
		case q.Fault:
			struck = q.Time
		case r.script.wait > 0 && q.Time.Sub(struck) < r.script.wait:
			return "came back too early"
		}
	}
	switch {
	case r.script.limit > 0 && r.Took > r.script.limit+500*time.Millisecond:
		return "slept on after the end"
	case r.script.other && r.Existing > 0:
		return "trusted the other's authority"
	}
	return ""
}
