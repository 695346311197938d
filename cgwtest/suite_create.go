package cgwtest

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// createCases check what Create returns, and when it refuses a valid request.
func createCases() []testCase {
	return []testCase{
		{
			name: "Create/minimal",
			rule: "Create returns the gateway with its ID, Provider, Region, RequestID and time in UTC; fields that were not set are zero, and Tags is nil",
			run:  func(s *session) { s.create(s.request()) },
		},
		{
			name: "Create/with every field",
			rule: "Create returns the gateway as requested, and Get and List return the same",
			run:  func(s *session) { s.roundTrip(s.fullRequest()) },
		},
		{
			name: "Create/in a resource group",
			rule: "ResourceGroupID is the group that the gateway is created in",
			needs: func(n *need) {
				n.that(!n.Rules.ResourceGroupID.Unsupported, "Rules.ResourceGroupID is unsupported")
				n.that(n.ResourceGroupID != "", "Harness.ResourceGroupID is empty")
			},
			run: func(s *session) {
				req := s.request()
				req.ResourceGroupID = s.h.ResourceGroupID
				s.roundTrip(req)
			},
		},
		{
			name: "Create/IPv4-mapped IPv6 address",
			rule: "an IPv4-mapped IPv6 address is unmapped first, and results always hold the IPv4 form",
			run: func(s *session) {
				req := s.request()
				req.IPAddress = mapped(req.IPAddress)
				s.roundTrip(req)
			},
		},
		{
			name:  "Create/ASN in asdot",
			rule:  "an ASN read from asdot text is created and read back as the same number",
			needs: func(n *need) { n.that(!n.Rules.ASN.Unsupported, "Rules.ASN is unsupported") },
			run: func(s *session) {
				asn, err := cgw.ParseASN("1.10")
				if err != nil {
					s.fatalf("ParseASN: %v", err)
				}
				req := s.request()
				req.ASN = asn
				s.roundTrip(req)
			},
		},
		{
			name: "Create/address in use",
			rule: "an address that a gateway holds is ErrAlreadyExists, OutcomeNotApplied, with that gateway in ConflictingIDs; nothing is created or changed",
			run:  testAddressInUse,
		},
		{
			name: "Create/address of a deleted gateway",
			rule: "the address of a deleted gateway is free, and its ID is not used again",
			run: func(s *session) {
				req := s.request()
				old := s.create(req)
				s.remove(old.ID)
				if again := s.create(req); again.ID == old.ID {
					s.errorf("the new gateway has the ID of the deleted one, %s", old.ID)
				}
			},
		},
		{
			name: "Create/distinct IDs",
			rule: "each Create makes a new gateway, and does not change the others",
			run: func(s *session) {
				all := s.createN(3)
				if all[0].ID == all[1].ID || all[1].ID == all[2].ID || all[0].ID == all[2].ID {
					s.errorf("IDs are not distinct: %s %s %s", all[0].ID, all[1].ID, all[2].ID)
				}
				for _, g := range all {
					s.same("Get", s.get(g.ID), g)
				}
			},
		},
		{
			name:  "Create/AuthKey stays secret",
			rule:  "an AuthKey is never in a Gateway, in printed text or in an error",
			needs: func(n *need) { n.that(!n.Rules.AuthKey.Unsupported, "Rules.AuthKey is unsupported") },
			run:   testSecret,
		},
	}
}

// roundTrip creates a gateway, and reports where Get and List differ from it.
func (s *session) roundTrip(req cgw.CreateRequest) {
	g := s.create(req)
	read := s.get(g.ID)
	s.same("Get after Create", read, g)
	s.matches("Get after Create", read, req)
	s.lists(cgw.Filter{}, g)
}

func mapped(addr netip.Addr) netip.Addr { return netip.AddrFrom16(addr.As16()) }

func testAddressInUse(s *session) {
	first := s.create(s.request())
	for _, addr := range []netip.Addr{first.IPAddress, mapped(first.IPAddress)} {
		req := cgw.CreateRequest{IPAddress: addr, Name: s.name()}
		g, err := s.tryCreate(req)
		s.remember(g)
		e := s.refused("Create", err, cgw.ErrAlreadyExists)
		if e == nil {
			continue
		}
		if !slices.Equal(e.ConflictingIDs, []string{first.ID}) {
			s.errorf("Create: Error.ConflictingIDs is %q, want the holder %q", e.ConflictingIDs, first.ID)
		}
	}
	s.same("Get of the holder", s.get(first.ID), first)
	s.lists(cgw.Filter{IPAddress: first.IPAddress}, first)
}

func testSecret(s *session) {
	key := authKey(s.h.Rules)
	req := s.request()
	req.AuthKey = key
	created := s.create(req)
	read := s.get(created.ID)
	for _, g := range append(s.list(cgw.Filter{}), created, read) {
		js, err := json.Marshal(g)
		if err != nil {
			s.errorf("json.Marshal(%+v): %v", g, err)
		}
		if strings.Contains(fmt.Sprintf("%#v", g)+string(js), key.Reveal()) {
			s.errorf("a Gateway shows the AuthKey")
		}
	}
	_, err := s.tryCreate(req)
	if err == nil {
		s.errorf("Create: no error for an address in use")
	}
	s.hidesSecret("Create", err, key)
}
