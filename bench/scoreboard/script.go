package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// script is what happens while one or more gateways are created, one after the other.
type script struct {
	name    string
	faults  func(c cloud) []wire.Fault // of the create; nil: none
	random  bool                       // one of faults, or none, for every create
	creates int                        // 0: 1
	none    bool                       // the right end is that there is no gateway of the calls
	taken   bool                       // another's gateway has the address
	pooled  bool                       // after a request that leaves its connection to the create
	limit   time.Duration              // of the caller's context; 0: none
	wait    time.Duration              // that the service asks for
	other   bool                       // a client that trusts the service goes first; this one does not
	shared  bool                       // the creates are made at once, by one client, in a process with the race detector
}

func scripts() []script {
	one := func(f wire.Fault) func(cloud) []wire.Fault {
		return func(cloud) []wire.Fault { return []wire.Fault{f} }
	}
	const page = "<html><body>502 Bad Gateway</body></html>"
	lost := wire.Fault{When: wire.AfterCommit, Effect: wire.Cut, Bytes: 10}
	late := wire.Fault{When: wire.AfterCommit, Effect: wire.Replace, Status: 502, Body: page}
	early := wire.Fault{When: wire.BeforeCommit, Effect: wire.Replace, Status: 502, Body: page}
	empty := wire.Fault{When: wire.AfterCommit, Effect: wire.Replace, Status: 200}
	stale := wire.Fault{When: wire.BeforeCommit, Effect: wire.Abort}
	return []script{
		{name: "reply cut off, gateway made", faults: one(lost)},
		{name: "HTML 502, gateway made", faults: one(late)},
		{name: "HTML 502, no gateway made", faults: one(early)},
		{name: "empty 200, gateway made", faults: one(empty)},
		{name: "stale connection from the pool", faults: one(stale), pooled: true},
		{name: "throttled, told to wait 2 s", faults: func(c cloud) []wire.Fault { return []wire.Fault{throttle(c, 1)} }, wait: 2 * time.Second},
		{name: "throttled till the context ends", faults: func(c cloud) []wire.Fault { return []wire.Fault{throttle(c, -1)} }, limit: 300 * time.Millisecond, none: true},
		{name: "address taken by another", taken: true, none: true},
		{name: "authority of another client", other: true, none: true},
		{name: "20 goroutines, one client", shared: true, creates: 20},
		{name: "20 creates, faults at random", random: true, creates: 20, faults: func(cloud) []wire.Fault {
			return []wire.Fault{lost, late, early, empty, stale}
		}},
	}
}

// throttle is a reply of the service's own that asks to wait two seconds.
func throttle(c cloud, times int) wire.Fault {
	f := c.busy
	f.Effect, f.Header, f.Times = wire.Replace, c.hint, times
	return f
}

// play plays the script on a fresh service.
func (s script) play(on stage, c cloud, who string) (row, error) {
	if s.shared {
		return on.playShared(c, who, s.creates)
	}
	service := c.start()
	service.retry = on.retry
	defer service.Close()
	open := c.clients[who]
	if s.other {
		trusting, err := open(service, true)
		if err != nil {
			return row{}, err
		}
		if err := trusting.read(context.Background()); err != nil {
			return row{}, err
		}
	}
	cl, err := open(service, !s.other)
	if err != nil {
		return row{}, err
	}
	if s.pooled {
		if err := cl.read(context.Background()); err != nil {
			return row{}, err
		}
	}
	orders := ordersOf(max(s.creates, 1))
	if s.taken {
		service.seed(order{"another", orders[0].ip})
	}
	ctx, cancel := context.Background(), func() {}
	if s.limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.limit)
	}
	defer cancel()
	inject := s.injector(c, service)

	begin := time.Now()
	answers := []answer{}
	for n, o := range orders {
		inject(n)
		answers = append(answers, cl.create(ctx, o))
	}
	r := judge(service, orders, answers)
	r.took = time.Since(begin)
	if !s.none {
		r.wanted = len(orders)
	}
	r.note = s.remark(service, r)
	return r, nil
}

// injector returns what sets up the faults of the nth create. Which those of a random script
// are is the same for all contenders.
func (s script) injector(c cloud, to *service) func(n int) {
	if s.faults == nil {
		return func(int) {}
	}
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a schedule to repeat, not a secret
	return func(int) {
		faults := s.faults(c)
		if s.random {
			to.clear()
			if n := dice.IntN(len(faults) + 1); n < len(faults) {
				faults = faults[n : n+1]
			} else {
				return
			}
		}
		for _, f := range faults {
			f.Action = create
			to.inject(f)
		}
	}
}

const create = "CreateCustomerGateway"

// judge counts the gateways of the orders, and the callers that know of them.
func judge(s *service, orders []order, answers []answer) row {
	r := row{calls: len(orders)}
	held := s.held()
	for n, o := range orders {
		var ids []string
		for _, h := range held {
			if h.name == o.name && h.ip == o.ip.String() {
				ids = append(ids, h.id)
			}
		}
		r.existing += len(ids)
		switch a := answers[n]; {
		case a.err == nil && len(ids) == 1 && a.id == ids[0],
			a.err != nil && len(ids) == 0,
			a.unknown:
			r.told++
		}
	}
	return r
}

// remark says what the numbers do not.
func (s script) remark(to *service, r row) string {
	var struck time.Time
	for _, q := range to.requests() {
		switch {
		case q.Action != create:
		case q.Fault:
			struck = q.Time
		case s.wait > 0 && q.Time.Sub(struck) < s.wait:
			return "came back too early"
		}
	}
	switch {
	case s.limit > 0 && r.took > s.limit+500*time.Millisecond:
		return "slept past the end"
	case s.other && r.existing > 0:
		return "trusted the other's authority"
	}
	return ""
}

func ordersOf(n int) []order {
	all := make([]order, n)
	for i := range all {
		all[i] = order{fmt.Sprintf("site-%d", i), netip.AddrFrom4([4]byte{203, 0, 113, byte(i + 1)})}
	}
	return all
}
