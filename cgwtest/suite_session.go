package cgwtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
)

// address returns an address that the case has not used yet. It ends the case if there is none.
func (s *session) address() netip.Addr {
	s.mu.Lock()
	n := s.used
	s.used++
	s.mu.Unlock()
	if n >= len(s.h.Addresses) {
		s.fatalf("Harness.Addresses has %d addresses, and the case needs more", len(s.h.Addresses))
	}
	return s.h.Addresses[n]
}

// request returns a valid request with an address, and a name if the cloud has names.
func (s *session) request() cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: s.address(), Name: s.name()}
}

// name returns a name that the case has not used yet, or "" if the cloud has no names.
func (s *session) name() string {
	rule := s.h.Rules.Name
	if rule.Unsupported {
		return ""
	}
	s.mu.Lock()
	s.names++
	name := fmt.Sprintf("%s%d", s.h.NamePrefix, s.names)
	s.mu.Unlock()
	return text(rule, name, max(len(name), rule.Min), narrow)
}

// fullRequest returns a valid request with every field that the cloud has, but without a
// ClientToken and a ResourceGroupID.
func (s *session) fullRequest() cgw.CreateRequest {
	req := s.request()
	r := s.h.Rules
	if !r.Description.Unsupported {
		req.Description = text(r.Description, "uplink of the head office", max(32, r.Description.Min), narrow)
	}
	if !r.ASN.Unsupported {
		req.ASN = 64512
	}
	if !r.Tags.Unsupported {
		req.Tags = someTags(r.Tags)
	}
	if !r.AuthKey.Unsupported {
		req.AuthKey = authKey(r)
	}
	return req
}

// create creates a gateway and checks it. It ends the case if Create fails.
func (s *session) create(req cgw.CreateRequest) cgw.Gateway {
	g, err := s.tryCreate(req)
	if err != nil {
		s.createFailed = true
		s.fatalf("Create(%+v): %v", req, err)
	}
	s.matches("Create", g, req)
	return g
}

// createN creates n gateways with minimal requests.
func (s *session) createN(n int) []cgw.Gateway {
	all := make([]cgw.Gateway, n)
	for i := range all {
		all[i] = s.create(s.request())
	}
	return all
}

// tryCreate creates a gateway and waits until reads show it.
func (s *session) tryCreate(req cgw.CreateRequest) (cgw.Gateway, error) {
	g, err := s.p.Create(s.ctx, req)
	if err != nil {
		s.zeroGateway("Create", g)
		return g, err
	}
	if g.ID == "" {
		return g, errors.New("success without an ID")
	}
	s.mu.Lock()
	s.made[g.ID] = true
	s.mu.Unlock()
	s.settle(func() error { return cgw.WaitVisible(s.ctx, s.p, g.ID) })
	return g, nil
}

// get reads a gateway. It ends the case if Get fails.
func (s *session) get(id string) cgw.Gateway {
	g, err := s.p.Get(s.ctx, id)
	if err != nil {
		s.fatalf("Get(%q): %v", id, err)
	}
	s.wellFormed("Get", g)
	return g
}

// update changes a gateway. It ends the case if Update fails.
func (s *session) update(id string, req cgw.UpdateRequest) cgw.Gateway {
	g, err := s.p.Update(s.ctx, id, req)
	if err != nil {
		s.fatalf("Update(%q, %s): %v", id, showUpdate(req), err)
	}
	s.wellFormed("Update", g)
	s.settle(func() error { return nil })
	return g
}

// remove deletes a gateway. It ends the case if Delete fails.
func (s *session) remove(id string) {
	if err := s.p.Delete(s.ctx, id); err != nil {
		s.fatalf("Delete(%q): %v", id, err)
	}
	s.settle(func() error { return cgw.WaitGone(s.ctx, s.p, id) })
}

// missing returns the ID of a gateway that was deleted, so that it has the form of the service's
// IDs.
func (s *session) missing() string {
	g := s.create(s.request())
	s.remove(g.ID)
	return g.ID
}

// settle waits until reads show a write.
func (s *session) settle(wait func() error) {
	switch {
	case s.h.Settle != nil:
		s.h.Settle(s.tb)
	case s.h.Live:
		if err := wait(); err != nil {
			s.errorf("waiting until reads show a write: %v", err)
		}
	}
}

// list returns the gateways that List yields, and checks each; if Live, without those that the
// case did not create. It ends the case if List fails.
func (s *session) list(f cgw.Filter) []cgw.Gateway {
	var all []cgw.Gateway
	seen := make(map[string]bool)
	for g, err := range s.p.List(s.ctx, f) {
		if err != nil {
			s.fatalf("List(%+v): %v", f, err)
		}
		s.wellFormed("List", g)
		if seen[g.ID] {
			s.fatalf("List(%+v) yields %s twice", f, g.ID) // the list may be endless
		}
		seen[g.ID] = true
		if !f.Match(g) {
			s.errorf("List(%+v) yields %+v, which does not match", f, g)
		}
		if !s.h.Live || s.wasCreated(g.ID) {
			all = append(all, g)
		}
	}
	return all
}

// lists reports if List does not yield exactly these gateways, in any order.
func (s *session) lists(f cgw.Filter, want ...cgw.Gateway) {
	got := s.list(f)
	byID := make(map[string]cgw.Gateway, len(got))
	for _, g := range got {
		byID[g.ID] = g
	}
	for _, w := range want {
		g, ok := byID[w.ID]
		if !ok {
			s.errorf("List(%+v) does not yield %s", f, w.ID)
			continue
		}
		s.same("List", g, w)
		delete(byID, w.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		s.errorf("List(%+v) yields %s, which is not expected", f, id)
	}
}

// hasCreated reports whether the case created a gateway.
func (s *session) hasCreated() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.made) > 0
}

// wasCreated reports whether the case created the gateway.
func (s *session) wasCreated(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made[id]
}

// sendsNothing runs do, and reports if it sends a request.
func (s *session) sendsNothing(what string, do func()) {
	if s.h.Requests == nil {
		do()
		return
	}
	before := s.h.Requests()
	do()
	if n := s.h.Requests() - before; n != 0 {
		s.errorf("%s: %d requests were sent, want none", what, n)
	}
}

// sendsNothingIf runs do. If refused is set, it reports if do sends a request.
func (s *session) sendsNothingIf(refused bool, what string, do func()) {
	if refused {
		s.sendsNothing(what, do)
		return
	}
	do()
}

// ids returns the IDs of the gateways that the case created, sorted.
func (s *session) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.made))
}

// cleanUp deletes what the case created on a live cloud. The context of the case has ended by then.
func (s *session) cleanUp() {
	ctx, cancel := context.WithTimeout(context.Background(), s.h.Timeout)
	defer cancel()
	for _, id := range s.ids() {
		if err := cgw.DeleteIfExists(ctx, s.p, id); err != nil {
			s.tb.Errorf("cleaning up: %v", err)
		}
	}
	s.removeLeftovers(ctx)
}

// removeLeftovers deletes every gateway whose name has the prefix of the suite.
func (s *session) removeLeftovers(ctx context.Context) {
	all, err := cgw.Collect(s.p.List(ctx, cgw.Filter{}))
	if err != nil {
		s.tb.Errorf("looking for leftovers: %v", err)
	}
	for _, g := range all {
		if !strings.HasPrefix(g.Name, s.h.NamePrefix) {
			continue
		}
		err := cgw.DeleteIfExists(ctx, s.p, g.ID)
		if err == nil {
			err = cgw.WaitGone(ctx, s.p, g.ID)
		}
		if err != nil {
			s.tb.Errorf("removing leftover %s: %v", g.ID, err)
		}
	}
}

// endsInTime runs do, a call whose context ends, and ends the case if it takes longer than 10 s.
func (s *session) endsInTime(what string, do func()) {
	limit := min(10*time.Second, s.h.Timeout)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.protect(do)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		s.fatalf("%s: still running after %v, although its context ended", what, limit)
	}
}
