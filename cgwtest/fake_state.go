package cgwtest

import (
	"fmt"
	"maps"
	"time"

	"github.com/cgw-go/cgw"
)

// state is the state of the Fake's cloud. The Fake locks it.
type state struct {
	records
	connections connections
	tokens      map[string]tokenUse
	calls       map[string]int // by operation

	madeGateways, madeTokens, requests int
}

// tokenUse is what a ClientToken was used for.
type tokenUse struct {
	request   *cgw.CreateRequest // of the first call; it is not changed
	id        string
	createdAt time.Time
}

// result returns the gateway as it was created.
func (u tokenUse) result() cgw.Gateway {
	return cgw.Gateway{
		ID: u.id, IPAddress: u.request.IPAddress.Unmap(), Name: u.request.Name, Description: u.request.Description,
		ASN: u.request.ASN, Tags: u.request.Tags, ResourceGroupID: u.request.ResourceGroupID, CreatedAt: u.createdAt,
	}
}

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
		if s.find(id) == nil { // a seeded gateway may have this ID
			return id
		}
	}
}

// countCall counts a call of op, and returns how many there were with it.
func (s *state) countCall(op string) int {
	if s.calls == nil {
		s.calls = make(map[string]int)
	}
	s.calls[op]++
	return s.calls[op]
}

// create keeps req, which must not be changed afterwards. No token: "".
func (s *state) create(req *cgw.CreateRequest, token string, now func() time.Time, quota, lag int) (cgw.Gateway, *cgw.Error) {
	if used, ok := s.tokens[token]; ok {
		if !sameRequest(used.request, req) {
			return cgw.Gateway{}, &cgw.Error{
				Kind: cgw.ErrTokenMismatch, Message: "the client token was used for a different request",
			}
		}
		return used.result(), nil
	}
	if held := s.holder(req.IPAddress.Unmap()); held != nil {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrAlreadyExists, ConflictingIDs: []string{held.ID}}
	}
	if quota > 0 && s.live >= quota {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrQuotaExceeded}
	}
	if now == nil {
		now = time.Now
	}
	use := tokenUse{request: req, id: s.nextID(), createdAt: now().UTC().Round(0)}
	g := use.result()
	s.add(&record{Gateway: g, lag: lag})
	if token != "" {
		if s.tokens == nil {
			s.tokens = make(map[string]tokenUse)
		}
		s.tokens[token] = use
	}
	return g, nil
}

// sameRequest compares everything but the tokens.
func sameRequest(a, b *cgw.CreateRequest) bool {
	return a.IPAddress.Unmap() == b.IPAddress.Unmap() && a.Name == b.Name && a.Description == b.Description && a.ASN == b.ASN &&
		maps.Equal(a.Tags, b.Tags) && a.ResourceGroupID == b.ResourceGroupID && a.AuthKey == b.AuthKey
}

// get returns what a read of one gateway shows.
func (s *state) get(id string) (cgw.Gateway, *cgw.Error) {
	r := s.byID[id]
	if r == nil {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrNotFound}
	}
	shown := r.shown()
	s.countRead(r)
	if !shown {
		return cgw.Gateway{}, &cgw.Error{Kind: cgw.ErrNotFound}
	}
	return r.Gateway, nil
}

// list returns what a read shows of the gateways that f matches.
func (s *state) list(f cgw.Filter) []cgw.Gateway {
	var all []cgw.Gateway
	for _, r := range s.candidates(f) {
		if r != nil && r.shown() && f.Match(r.Gateway) {
			all = append(all, r.Gateway)
		}
	}
	for r := range s.lagging {
		s.countRead(r)
	}
	return all
}

// update replaces a map of tags and never changes one, because lists and tokens hold the old.
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
	if users := s.connections.of(id); len(users) > 0 {
		return &cgw.Error{Kind: cgw.ErrInUse, ConflictingIDs: users}
	}
	s.remove(r, lag)
	return nil
}

func (s *state) seed(g cgw.Gateway) {
	g.IPAddress = g.IPAddress.Unmap()
	g.Tags = cloneTags(g.Tags)
	if g.ID == "" {
		g.ID = s.nextID()
	}
	if r := s.find(g.ID); r != nil {
		s.replace(r, g)
		return
	}
	s.add(&record{Gateway: g})
}

func (s *state) connect(gatewayID string) string { return s.connections.add(gatewayID) }

func (s *state) disconnect(connectionID string) { s.connections.remove(connectionID) }
