package cgwtest

import (
	"crypto/rand"
	"errors"
	"sync"

	"github.com/cgw-go/cgw"
)

// tokenCases check that a ClientToken makes a Create repeatable.
func tokenCases() []testCase {
	tokens := func(n *need) { n.that(!n.Rules.ClientToken.Unsupported, "Rules.ClientToken is unsupported") }
	return []testCase{
		{
			name:  "Create/ClientToken repeated",
			rule:  "Create with the same ClientToken and the same fields returns the same gateway, and creates no second one",
			needs: tokens,
			run: func(s *session) {
				req := s.fullRequest()
				req.ClientToken = token(s.h.Rules, "repeated")
				first := s.create(req)
				s.same("Create repeated", s.create(req), first)
				req.IPAddress = mapped(req.IPAddress)
				s.same("Create repeated at the IPv4-mapped IPv6 address", s.create(req), first)
				s.lists(cgw.Filter{}, first)
			},
		},
		{
			name:  "Create/ClientToken for another request",
			rule:  "a ClientToken that was used with other fields is ErrInvalidArgument, OutcomeNotApplied, and nothing is created",
			needs: tokens,
			run:   testTokenMismatch,
		},
		{
			name:  "Create/ClientToken in errors",
			rule:  "an error of Create carries the ClientToken that was given, or the one that was made for the call",
			needs: tokens,
			run: func(s *session) {
				first := s.create(s.request())
				given := token(s.h.Rules, "given")
				for _, tok := range []string{given, ""} {
					_, err := s.tryCreate(cgw.CreateRequest{IPAddress: first.IPAddress, Name: s.name(), ClientToken: tok})
					e := s.refused("Create", err, cgw.ErrAlreadyExists)
					if e != nil && (e.ClientToken == "" || (tok != "" && e.ClientToken != tok)) {
						s.errorf("Create with ClientToken %q: Error.ClientToken is %q", tok, e.ClientToken)
					}
				}
			},
		},
		{
			name:  "Create/ClientToken absent",
			rule:  "without a ClientToken each call is a separate create",
			needs: tokens,
			run: func(s *session) {
				req := s.request()
				first := s.create(req)
				_, err := s.tryCreate(req)
				s.refused("Create", err, cgw.ErrAlreadyExists)
				s.lists(cgw.Filter{}, first)
			},
		},
		{
			name:  "Create/ClientToken from several goroutines",
			rule:  "concurrent creates with one ClientToken and the same fields create one gateway; each returns it, or ErrConflict while another is running",
			needs: tokens,
			run:   testConcurrentToken,
		},
	}
}

// token returns a ClientToken that the rules accept and that no run used before.
func token(r cgw.Rules, word string) string {
	return text(r.ClientToken, word+"-"+rand.Text(), max(40, r.ClientToken.Min), narrow)
}

func testTokenMismatch(s *session) {
	req := s.fullRequest()
	req.ClientToken = token(s.h.Rules, "another")
	first := s.create(req)
	up := s.fullUpdate() // values that differ from those of a full request
	others := []func(*cgw.CreateRequest){func(c *cgw.CreateRequest) { c.IPAddress = s.address() }}
	if up.Name != nil {
		others = append(others, func(c *cgw.CreateRequest) { c.Name = *up.Name })
	}
	if up.Description != nil {
		others = append(others, func(c *cgw.CreateRequest) { c.Description = *up.Description })
	}
	if up.AuthKey != nil {
		others = append(others, func(c *cgw.CreateRequest) { c.AuthKey = *up.AuthKey })
	}
	if up.Tags != nil {
		others = append(others, func(c *cgw.CreateRequest) { c.Tags = up.Tags })
	}
	if !s.h.Rules.ASN.Unsupported {
		others = append(others, func(c *cgw.CreateRequest) { c.ASN++ })
	}
	if s.h.ResourceGroupID != "" && !s.h.Rules.ResourceGroupID.Unsupported {
		others = append(others, func(c *cgw.CreateRequest) { c.ResourceGroupID = s.h.ResourceGroupID })
	}
	for _, change := range others {
		other := req
		change(&other)
		g, err := s.tryCreate(other)
		s.remember(g)
		e := s.refused("Create", err, cgw.ErrInvalidArgument)
		if e != nil && e.ClientToken != req.ClientToken {
			s.errorf("Create: Error.ClientToken is %q, want %q", e.ClientToken, req.ClientToken)
		}
	}
	s.lists(cgw.Filter{}, first)
}

func testConcurrentToken(s *session) {
	req := s.request()
	req.ClientToken = token(s.h.Rules, "concurrent")
	var mu sync.Mutex
	ids := make(map[string]bool)
	s.parallel(8, func(int) {
		g, err := s.tryCreate(req)
		if err != nil {
			if !errors.Is(err, cgw.ErrConflict) {
				s.errorf("Create: %v", err)
			}
			return
		}
		s.matches("Create", g, req)
		mu.Lock()
		defer mu.Unlock()
		ids[g.ID] = true
	})
	if len(ids) != 1 {
		s.errorf("the creates return %d gateways, want 1", len(ids))
	}
	if all := s.list(cgw.Filter{IPAddress: req.IPAddress}); len(all) != 1 {
		s.errorf("there are %d gateways at the address, want 1", len(all))
	}
}
