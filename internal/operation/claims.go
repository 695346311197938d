package operation

import (
	"context"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// claims makes the creates of one Provisioner at one address run one after the other. It also
// remembers the gateways that they returned, so that two calls do not return the same one. The zero
// value is ready for use.
type claims struct {
	mu            sync.Mutex
	seed          maphash.Seed
	turns         map[netip.Addr]turn // of the addresses that have a call
	older, newest *returned
}

// turn counts the calls at one address.
type turn struct {
	calls int           // that have the turn or wait for it
	next  chan struct{} // hands the turn on; nil until a call has to wait
}

// returned is a node of a linked list: the gateways that calls returned within claimAge, and a link
// to the next node. A claim points to the last but one node at the time when it was made, and so
// keeps all later nodes in memory. Nodes that nothing points to any more are freed by the garbage
// collector.
type returned struct {
	ids   []uint64 // hashes: there may be many, and the garbage collector need not scan numbers
	since time.Time
	next  *returned
}

// claim is one create's hold on an address.
type claim struct {
	claims *claims
	addr   netip.Addr
	from   *returned
}

// claimAge is the shortest time for which a returned gateway is remembered. It must be longer than
// a second, the precision of the service's times, which tell whether a gateway is new.
const claimAge = 3 * time.Second

// enter waits for the turn of a call. Its error is that of ctx.
func (c *claims) enter(ctx context.Context, addr netip.Addr) (*claim, error) {
	c.mu.Lock()
	if c.turns == nil {
		c.turns, c.seed = map[netip.Addr]turn{}, maphash.MakeSeed()
		c.newest = new(returned)
		c.older = c.newest
	}
	cl := &claim{claims: c, addr: addr, from: c.older}
	t := c.turns[addr]
	t.calls++
	if t.calls > 1 && t.next == nil {
		t.next = make(chan struct{}, 1)
	}
	c.turns[addr] = t
	c.mu.Unlock()
	if t.calls == 1 {
		return cl, nil
	}
	select {
	case <-t.next:
		return cl, nil
	case <-ctx.Done():
		cl.forget(false)
		return nil, ctx.Err()
	}
}

// leave ends the turn of a call.
func (cl *claim) leave() { cl.forget(true) }

func (cl *claim) forget(hadTurn bool) {
	c := cl.claims
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.turns[cl.addr]
	t.calls--
	if t.calls == 0 {
		delete(c.turns, cl.addr)
		return
	}
	c.turns[cl.addr] = t
	if hadTurn {
		t.next <- struct{}{}
	}
}

// take records that this call returns the gateway. It reports false if an earlier call has returned
// it.
func (cl *claim) take(id string) bool {
	c := cl.claims
	c.mu.Lock()
	defer c.mu.Unlock()
	hash := maphash.String(c.seed, id)
	for r := cl.from; r != nil; r = r.next {
		if slices.Contains(r.ids, hash) {
			return false
		}
	}
	c.note(id)
	return true
}

// note records that this call returns the gateway that the reply to its create names.
func (cl *claim) note(id string) {
	cl.claims.mu.Lock()
	defer cl.claims.mu.Unlock()
	cl.claims.note(id)
}

func (c *claims) note(id string) {
	if now := time.Now(); now.Sub(c.newest.since) > claimAge {
		c.older, c.newest.next = c.newest, &returned{since: now}
		c.newest = c.newest.next
	}
	c.newest.ids = append(c.newest.ids, maphash.String(c.seed, id))
}
