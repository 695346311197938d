package operation

import (
	"context"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// claims keeps apart the creates of one address that one Provisioner is asked for: they go one
// after the other, and none takes a gateway for its own that another has returned. The zero
// value is ready.
type claims struct {
	mu            sync.Mutex
	seed          maphash.Seed
	turns         map[netip.Addr]turn // of the addresses that have a call
	older, newest *returned
}

// turn is who is at one address.
type turn struct {
	calls int           // that have the turn or wait for it
	next  chan struct{} // hands the turn on; nil until a call has to wait
}

// returned are gateways that calls returned at about the same time, and links to those after
// them. A claim holds on to all that were returned since shortly before it was made; what no
// claim holds on to, and neither claims does, is garbage.
type returned struct {
	ids   []uint64 // hashes: there may be many, and the garbage collector passes over numbers
	since time.Time
	next  *returned
}

// claim is one create's hold on an address.
type claim struct {
	claims *claims
	addr   netip.Addr
	from   *returned
}

// claimAge is how long the gateways that were returned are remembered at the least: the
// service's times, by which a gateway is told to be new, are in seconds.
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

// take notes that a gateway is returned, unless it was before.
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

// note notes that a gateway is returned that the service said it made for the call.
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
