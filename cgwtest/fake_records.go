package cgwtest

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"slices"

	"github.com/cgw-go/cgw"
)

// record is a gateway and how reads see it.
type record struct {
	cgw.Gateway
	deleted bool
	lag     int     // how many more reads see the state before the create or the delete
	place   int     // in records.all
	older   *record // the previous record at the same address
}

// shown reports whether a read shows the record now.
func (r *record) shown() bool { return r.deleted == (r.lag > 0) }

// records holds the gateways of a Fake. The time to find one by ID or by address does not grow
// with their number.
type records struct {
	all       []*record // in the order of creation; nil where one was dropped
	dropped   int       // how many of all are nil
	byID      map[string]*record
	byAddress map[netip.Addr]*record // the newest at the address
	lagging   map[*record]bool       // those whose lag is not 0
	live      int                    // how many are not deleted
}

// find returns the gateway that has the ID and was not deleted, or nil.
func (s *records) find(id string) *record {
	if r := s.byID[id]; r != nil && !r.deleted {
		return r
	}
	return nil
}

// at returns the records at the address, the newest first. There are several after Seed, or while
// reads show one that was deleted.
func (s *records) at(addr netip.Addr) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		r := s.byAddress[addr]
		for r != nil && yield(r) {
			r = r.older
		}
	}
}

// holder returns the gateway at the address, or nil.
func (s *records) holder(addr netip.Addr) *record {
	for r := range s.at(addr) {
		if !r.deleted {
			return r
		}
	}
	return nil
}

// candidates returns the records that f can match, in the order of creation. Some elements may be
// nil.
func (s *records) candidates(f cgw.Filter) []*record {
	var some []*record
	switch {
	case len(f.IDs) > 0:
		for _, id := range f.IDs {
			if r := s.byID[id]; r != nil {
				some = append(some, r)
			}
		}
	case f.IPAddress.IsValid():
		some = slices.Collect(s.at(f.IPAddress.Unmap()))
	default:
		return s.all
	}
	slices.SortFunc(some, func(a, b *record) int { return cmp.Compare(a.place, b.place) })
	return slices.Compact(some)
}

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
		s.byID, s.byAddress, s.lagging = make(map[string]*record), make(map[netip.Addr]*record), make(map[*record]bool)
	}
	if old := s.byID[r.ID]; old != nil { // it was deleted, and reads still show it
		s.drop(old)
	}
	s.live++
	r.place = len(s.all)
	s.all = append(s.all, r)
	s.byID[r.ID] = r
	s.joinAddress(r)
	if r.lag > 0 {
		s.lagging[r] = true
	}
}

// replace replaces the gateway of a record by g, which has the same ID.
func (s *records) replace(r *record, g cgw.Gateway) {
	s.leaveAddress(r)
	r.Gateway, r.lag = g, 0
	delete(s.lagging, r)
	s.joinAddress(r)
}

// remove deletes a gateway; lag reads still show it, unless none has shown it yet.
func (s *records) remove(r *record, lag int) {
	s.live--
	if lag == 0 || r.lag > 0 {
		s.drop(r)
		return
	}
	r.deleted, r.lag = true, lag
	s.lagging[r] = true
}

// drop forgets a record.
func (s *records) drop(r *record) {
	s.leaveAddress(r)
	delete(s.byID, r.ID)
	delete(s.lagging, r)
	s.all[r.place] = nil
	s.dropped++
	if s.dropped <= len(s.all)/2 {
		return
	}
	s.dropped = 0
	s.all = slices.DeleteFunc(s.all, func(r *record) bool { return r == nil })
	for i, r := range s.all {
		r.place = i
	}
}

func (s *records) joinAddress(r *record) {
	if r.IPAddress.IsValid() { // a seeded gateway may have none
		r.older = s.byAddress[r.IPAddress]
		s.byAddress[r.IPAddress] = r
	}
}

func (s *records) leaveAddress(r *record) {
	if s.byAddress[r.IPAddress] == r {
		s.byAddress[r.IPAddress] = r.older
	}
	for o := range s.at(r.IPAddress) {
		if o.older == r {
			o.older = r.older
		}
	}
	if s.byAddress[r.IPAddress] == nil {
		delete(s.byAddress, r.IPAddress)
	}
	r.older = nil
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
