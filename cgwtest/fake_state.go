package cgwtest

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// state is what the cloud of a Fake knows. Its owner locks it.
type state struct {
	gateways    []*record // in the order of creation
	tokens      map[string]tokenUse
	connections []connection

	madeGateways, madeConnections, madeTokens, requests int
}

// record is a gateway and how the reads see it.
type record struct {
	cgw.Gateway
	deleted bool
	lag     int // reads that still see what was before it was created or deleted
}

// tokenUse is what a ClientToken was used for.
type tokenUse struct {
	request cgw.CreateRequest
	result  cgw.Gateway
}

// connection is a VPN connection that uses a gateway.
type connection struct{ id, gatewayID string }

func (s *state) nextRequest() string {
	s.requests++
	return fmt.Sprintf("fake-request-%04d", s.requests)
}

func (s *state) nextToken() string {
	s.madeTokens++
	return fmt.Sprintf("fake-token-%04d", s.madeTokens)
}

func (s *state) nextID() string {
	for {
		s.madeGateways++
		id := fmt.Sprintf("cgw-fake%04d", s.madeGateways)
		if s.find(id) == nil { // a seeded gateway may have taken it
			return id
		}
	}
}

// find returns the gateway that has the ID and was not deleted, or nil.
func (s *state) find(id string) *record {
	for _, r := range s.gateways {
		if r.ID == id && !r.deleted {
			return r
		}
	}
	return nil
}

// read returns whether reads show the record, and counts one.
func (r *record) read() bool {
	if r.lag > 0 {
		r.lag--
		return r.deleted
	}
	return !r.deleted
}

func (s *state) create(req cgw.CreateRequest, now func() time.Time, quota, lag int) (cgw.Gateway, *cgw.Error) {
	req.IPAddress = req.IPAddress.Unmap()
	if used, ok := s.tokens[req.ClientToken]; ok && req.ClientToken != "" {
		if !sameRequest(used.request, req) {
			return cgw.Gateway{}, &cgw.Error{
				Kind: cgw.ErrTokenMismatch, Message: "the client token was used for a different request",
			}
		}
		return used.result, nil
	}
	held, count := s.holder(req.IPAddress)
	if held != "" {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrAlreadyExists, ConflictingIDs: []string{held}}
	}
	if quota > 0 && count >= quota {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrQuotaExceeded}
	}
	if now == nil {
		now = time.Now
	}
	g := cgw.Gateway{
		ID: s.nextID(), IPAddress: req.IPAddress, Name: req.Name, Description: req.Description, ASN: req.ASN,
		Tags: req.Tags, ResourceGroupID: req.ResourceGroupID, CreatedAt: now().UTC().Round(0),
	}
	s.gateways = append(s.gateways, &record{Gateway: g, lag: lag})
	if req.ClientToken != "" {
		if s.tokens == nil {
			s.tokens = make(map[string]tokenUse)
		}
		s.tokens[req.ClientToken] = tokenUse{request: req, result: g}
	}
	return g, nil
}

// holder returns the ID of the gateway at the address, or "", and how many gateways there are.
func (s *state) holder(addr netip.Addr) (id string, count int) {
	for _, r := range s.gateways {
		if r.deleted {
			continue
		}
		count++
		if r.IPAddress == addr {
			id = r.ID
		}
	}
	return id, count
}

func sameRequest(a, b cgw.CreateRequest) bool {
	return a.IPAddress == b.IPAddress && a.Name == b.Name && a.Description == b.Description && a.ASN == b.ASN &&
		maps.Equal(a.Tags, b.Tags) && a.ResourceGroupID == b.ResourceGroupID && a.AuthKey == b.AuthKey
}

func (s *state) get(id string) (cgw.Gateway, *cgw.Error) {
	for _, r := range s.gateways {
		if r.ID == id && r.read() {
			return r.Gateway, nil
		}
	}
	return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrNotFound}
}

// list returns what a read shows of the gateways that f admits.
func (s *state) list(f cgw.Filter) []cgw.Gateway {
	var all []cgw.Gateway
	for _, r := range s.gateways {
		if r.read() && f.Match(r.Gateway) {
			all = append(all, r.Gateway)
		}
	}
	return all
}

// update replaces maps and never changes one, since lists and tokens still hold the old.
func (s *state) update(id string, req cgw.UpdateRequest, rules cgw.TagRule) (cgw.Gateway, *cgw.Error) {
	r := s.find(id)
	if r == nil {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrNotFound}
	}
	if req.Name != nil {
		r.Name = *req.Name
	}
	if req.Description != nil {
		r.Description = *req.Description
	}
	if req.ASN != nil {
		r.ASN = *req.ASN
	}
	if req.Tags != nil {
		tags := maps.Clone(req.Tags)
		for k, v := range r.Tags {
			if rules.ReservedKey(k) {
				tags[k] = v
			}
		}
		r.Tags = tags
	}
	return r.Gateway, nil
}

func (s *state) delete(id string, lag int) *cgw.Error {
	r := s.find(id)
	if r == nil {
		return &cgw.Error{Kind: cgw.ErrNotFound}
	}
	var holders []string
	for _, c := range s.connections {
		if c.gatewayID == id {
			holders = append(holders, c.id)
		}
	}
	if len(holders) > 0 {
		return &cgw.Error{Kind: cgw.ErrInUse, ConflictingIDs: holders}
	}
	if lag == 0 {
		s.gateways = slices.DeleteFunc(s.gateways, func(o *record) bool { return o == r })
		return nil
	}
	r.deleted, r.lag = true, lag
	return nil
}

func (s *state) seed(g cgw.Gateway) {
	g.IPAddress = g.IPAddress.Unmap()
	g.Tags = cloneTags(g.Tags)
	if g.ID == "" {
		g.ID = s.nextID()
	}
	if r := s.find(g.ID); r != nil {
		r.Gateway = g
		return
	}
	s.gateways = append(s.gateways, &record{Gateway: g})
}

func (s *state) connect(gatewayID string) string {
	s.madeConnections++
	c := connection{id: fmt.Sprintf("vpnx-fake%04d", s.madeConnections), gatewayID: gatewayID}
	s.connections = append(s.connections, c)
	return c.id
}

func (s *state) disconnect(connectionID string) {
	s.connections = slices.DeleteFunc(s.connections, func(c connection) bool { return c.id == connectionID })
}
