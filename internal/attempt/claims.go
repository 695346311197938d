package attempt

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Claims keeps apart the creates of one address that one Provisioner is asked for: they go one
// after the other, and none takes a gateway for its own that another has returned. The zero
// value is ready.
type Claims struct {
	mu   sync.Mutex
	held map[netip.Addr]*Claim
	idle []idle // oldest first
}

// Claim is the turn of one create.
type Claim struct {
	addr  netip.Addr
	turn  chan struct{}
	ids   []string  // returned by calls; used by the one whose turn it is
	calls int       // of Enter without Leave
	left  time.Time // when calls became 0
}

// idle is a claim that was left without a call. It may have had one since.
type idle struct {
	claim *Claim
	since time.Time
}

// claimAge is how long the gateways that were returned for an address are remembered after the
// last call: the service's times, by which a gateway is told to be new, are in seconds.
const claimAge = 3 * time.Second

// Enter waits for the turn of a call. Its error is that of ctx.
func (c *Claims) Enter(ctx context.Context, addr netip.Addr) (*Claim, error) {
	c.mu.Lock()
	if c.held == nil {
		c.held = map[netip.Addr]*Claim{}
	}
	c.prune(time.Now())
	cl := c.held[addr]
	if cl == nil {
		cl = &Claim{addr: addr, turn: make(chan struct{}, 1)}
		c.held[addr] = cl
	}
	cl.calls++
	c.mu.Unlock()
	select {
	case cl.turn <- struct{}{}:
		return cl, nil
	case <-ctx.Done():
		c.forget(cl)
		return nil, ctx.Err()
	}
}

// prune forgets the claims that have had no call for long. It does not look at the others:
// there are as many as creates in the last seconds.
func (c *Claims) prune(now time.Time) {
	for len(c.idle) > 0 && now.Sub(c.idle[0].since) > claimAge {
		if i := c.idle[0]; i.claim.calls == 0 && i.claim.left.Equal(i.since) {
			delete(c.held, i.claim.addr)
		}
		c.idle = c.idle[1:]
	}
}

// Leave ends the turn of a call.
func (c *Claims) Leave(cl *Claim) {
	<-cl.turn
	c.forget(cl)
}

func (c *Claims) forget(cl *Claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cl.calls--; cl.calls == 0 {
		cl.left = time.Now()
		c.idle = append(c.idle, idle{cl, cl.left})
	}
}

// Take notes that a gateway is returned, unless it was before.
func (cl *Claim) Take(id string) bool {
	if slices.Contains(cl.ids, id) {
		return false
	}
	cl.ids = append(cl.ids, id)
	return true
}
