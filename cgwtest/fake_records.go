package cgwtest

import (
	"cmp"
	"container/list"
	"fmt"
	"iter"
	"net/netip"
	"slices"

	"github.com/cgw-go/cgw"
)

// records holds the gateways of a Fake. Finding one by ID or by address takes the same time
// however many there are.
type records struct {
	all       list.List // of *record, in the order of creation
	byID      map[string]*record
	byAddress map[netip.Addr][]*record // several after Seed, or while reads show one that was deleted
	lagging   map[*record]bool         // those whose lag is not 0
	live      int                      // how many are not deleted
	added     int
}

// find returns the gateway that has the ID and was not deleted, or nil.
func (s *records) find(id string) *record {
	if r := s.byID[id]; r != nil && !r.deleted {
		return r
	}
	return nil
}

// holder returns the gateway at the address, or nil.
func (s *records) holder(addr netip.Addr) *record {
	for _, r := range slices.Backward(s.byAddress[addr]) {
		if !r.deleted {
			return r
		}
	}
	return nil
}

// candidates returns the records that f can match, in the order of creation.
func (s *records) candidates(f cgw.Filter) iter.Seq[*record] {
	var some []*record
	switch {
	case len(f.IDs) > 0:
		for _, id := range f.IDs {
			if r := s.byID[id]; r != nil {
				some = append(some, r)
			}
		}
	case f.IPAddress.IsValid():
		some = slices.Clone(s.byAddress[f.IPAddress.Unmap()])
	default:
		return func(yield func(*record) bool) {
			for e := s.all.Front(); e != nil && yield(e.Value.(*record)); e = e.Next() {
			}
		}
	}
	slices.SortFunc(some, func(a, b *record) int { return cmp.Compare(a.number, b.number) })
	return slices.Values(slices.Compact(some))
}

// shown reports whether a read shows the record now.
func (r *record) shown() bool { return r.deleted == (r.lag > 0) }

// countRead counts a read that saw the record.
func (s *records) countRead(r *record) {
	if r.lag == 0 {
		return
	}
	r.lag--
	if r.lag > 0 {
		return
	}
	delete(s.lagging, r)
	if r.deleted {
		s.drop(r)
	}
}

func (s *records) add(r *record) {
	if s.byID == nil {
		s.byID, s.byAddress, s.lagging = make(map[string]*record), make(map[netip.Addr][]*record), make(map[*record]bool)
	}
	if old := s.byID[r.ID]; old != nil { // it was deleted, and reads still show it
		s.drop(old)
	}
	s.added++
	s.live++
	r.number = s.added
	r.place = s.all.PushBack(r)
	s.byID[r.ID] = r
	s.joinAddress(r)
	if r.lag > 0 {
		s.lagging[r] = true
	}
}

// replace gives a record another gateway of the same ID.
func (s *records) replace(r *record, g cgw.Gateway) {
	s.leaveAddress(r)
	r.Gateway = g
	s.joinAddress(r)
}

// remove deletes a gateway; lag reads still show it.
func (s *records) remove(r *record, lag int) {
	s.live--
	r.deleted, r.lag = true, lag
	if lag == 0 {
		s.drop(r)
		return
	}
	s.lagging[r] = true
}

// drop forgets a record.
func (s *records) drop(r *record) {
	s.all.Remove(r.place)
	s.leaveAddress(r)
	delete(s.byID, r.ID)
	delete(s.lagging, r)
}

func (s *records) joinAddress(r *record) {
	if r.IPAddress.IsValid() { // a seeded gateway may have none
		s.byAddress[r.IPAddress] = append(s.byAddress[r.IPAddress], r)
	}
}

func (s *records) leaveAddress(r *record) {
	left := slices.DeleteFunc(s.byAddress[r.IPAddress], func(o *record) bool { return o == r })
	if len(left) == 0 {
		delete(s.byAddress, r.IPAddress)
		return
	}
	s.byAddress[r.IPAddress] = left
}

// connections holds the VPN connections of a Fake.
type connections struct {
	gateways map[string]string   // by connection
	users    map[string][]string // the connections of a gateway, oldest first
	made     int
}

// add adds a connection that uses the gateway, and returns its ID.
func (c *connections) add(gatewayID string) string {
	if c.users == nil {
		c.gateways, c.users = make(map[string]string), make(map[string][]string)
	}
	c.made++
	id := fmt.Sprintf("vpnx-fake%04d", c.made)
	c.gateways[id] = gatewayID
	c.users[gatewayID] = append(c.users[gatewayID], id)
	return id
}

func (c *connections) remove(id string) {
	gatewayID, ok := c.gateways[id]
	if !ok {
		return
	}
	delete(c.gateways, id)
	c.users[gatewayID] = slices.DeleteFunc(c.users[gatewayID], func(u string) bool { return u == id })
}

// of returns the IDs of the connections that use the gateway. The slice is the caller's.
func (c *connections) of(gatewayID string) []string { return slices.Clone(c.users[gatewayID]) }
