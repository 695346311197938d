package cgwtest

import (
	"github.com/cgw-go/cgw"
)

// updateCases check Update of everything but tags.
func updateCases() []testCase {
	return []testCase{
		{
			name: "Update/each field",
			rule: "Update changes what the request names, leaves the rest as it is, and returns the gateway as it is then",
			run: func(s *session) {
				g := s.create(s.fullRequest())
				for _, req := range s.singleFieldUpdates() {
					g = s.updates(g, req)
				}
			},
		},
		{
			name: "Update/all fields",
			rule: "Update of several fields changes all of them",
			run: func(s *session) {
				s.updates(s.create(s.fullRequest()), s.fullUpdate())
			},
		},
		{
			name: "Update/repeated",
			rule: "the same Update may be repeated",
			run: func(s *session) {
				g := s.updates(s.create(s.request()), s.fullUpdate())
				s.updates(g, s.fullUpdate())
			},
		},
		{
			name: "Update/empty request",
			rule: "Update with an empty request changes nothing and returns what Get would",
			run: func(s *session) {
				s.updates(s.create(s.fullRequest()), cgw.UpdateRequest{})
			},
		},
		{
			name: "Update/other gateways unchanged",
			rule: "Update does not change other gateways",
			run: func(s *session) {
				all := append(s.createN(2), s.create(s.fullRequest()))
				s.updates(all[1], s.fullUpdate())
				s.same("Get of another", s.get(all[0].ID), all[0])
				s.same("Get of another", s.get(all[2].ID), all[2])
			},
		},
		{
			name: "Update/missing",
			rule: "Update of a gateway that does not exist is ErrNotFound, OutcomeNotApplied, whatever it names",
			run: func(s *session) {
				id := s.missing()
				for _, req := range append(s.singleFieldUpdates(), s.fullUpdate(), cgw.UpdateRequest{}) {
					g, err := s.p.Update(s.ctx, id, req)
					s.zeroGateway("Update", g)
					s.hasID(s.refused("Update", err, cgw.ErrNotFound), id)
				}
			},
		},
		{
			name: "Update/empty ID",
			rule: "an empty ID is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("Update", func() {
					for _, req := range append(s.singleFieldUpdates(), cgw.UpdateRequest{}) {
						got, err := s.p.Update(s.ctx, "", req)
						s.zeroGateway("Update", got)
						s.refusedAsInvalid("Update", err, badID("ID"))
					}
				})
				s.same("Get", s.get(g.ID), g)
			},
		},
		{
			name: "Update/malformed ID",
			rule: "an ID with a control character, with white space at an end, or that is not UTF-8, is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("Update", func() {
					for _, id := range malformed(g.ID) {
						for _, req := range append(s.singleFieldUpdates(), cgw.UpdateRequest{}) {
							got, err := s.p.Update(s.ctx, id, req)
							s.zeroGateway("Update", got)
							s.refusedAsInvalid("Update", err, badID("ID"))
						}
					}
				})
				s.same("Get", s.get(g.ID), g)
			},
		},
		{
			name: "Update/ASN removed",
			rule: "Update with an ASN of 0 removes the ASN, if the cloud can do that",
			needs: func(n *need) {
				n.that(!n.Rules.ASN.Unsupported, "Rules.ASN is unsupported")
				n.that(!n.Rules.ASN.Immutable && !n.Rules.ASN.Permanent, "Rules.ASN cannot be removed")
			},
			run: func(s *session) {
				var none cgw.ASN
				s.updates(s.create(s.fullRequest()), cgw.UpdateRequest{ASN: &none})
			},
		},
	}
}

// updates changes a gateway, and reports where it then differs from what was requested. It returns
// the gateway as it must be.
func (s *session) updates(g cgw.Gateway, req cgw.UpdateRequest) cgw.Gateway {
	want := g
	if req.Name != nil {
		want.Name = *req.Name
	}
	if req.Description != nil {
		want.Description = *req.Description
	}
	if req.ASN != nil {
		want.ASN = *req.ASN
	}
	if req.Tags != nil {
		want.Tags = req.Tags
	}
	s.same("Update "+showUpdate(req), s.update(g.ID, req), want)
	s.same("Get after Update "+showUpdate(req), s.get(g.ID), want)
	return want
}

// singleFieldUpdates returns one request for each field that can be updated.
func (s *session) singleFieldUpdates() []cgw.UpdateRequest {
	all := s.fullUpdate()
	var some []cgw.UpdateRequest
	if all.Name != nil {
		some = append(some, cgw.UpdateRequest{Name: all.Name})
	}
	if all.Description != nil {
		some = append(some, cgw.UpdateRequest{Description: all.Description})
	}
	if all.ASN != nil {
		some = append(some, cgw.UpdateRequest{ASN: all.ASN})
	}
	if all.AuthKey != nil {
		some = append(some, cgw.UpdateRequest{AuthKey: all.AuthKey})
	}
	if all.Tags != nil {
		some = append(some, cgw.UpdateRequest{Tags: all.Tags})
	}
	return some
}

// anyUpdate returns a request that changes something; false if no field can be changed.
func (s *session) anyUpdate() (cgw.UpdateRequest, bool) {
	some := s.singleFieldUpdates()
	if len(some) == 0 {
		return cgw.UpdateRequest{}, false
	}
	return some[0], true
}

// fullUpdate returns a request for every field that can be updated.
func (s *session) fullUpdate() cgw.UpdateRequest {
	r := s.h.Rules
	var req cgw.UpdateRequest
	if !r.Name.Unsupported {
		name := text(r.Name, s.h.NamePrefix+"renamed-改", max(16, r.Name.Min), narrow)
		req.Name = &name
	}
	if !r.Description.Unsupported {
		d := text(r.Description, "moved to the new site", max(24, r.Description.Min), narrow)
		req.Description = &d
	}
	if !r.ASN.Unsupported && !r.ASN.Immutable {
		asn := cgw.ASN(65546)
		req.ASN = &asn
	}
	if !r.Tags.Unsupported {
		req.Tags = map[string]string{"owner": "运维"}
	}
	if !r.AuthKey.Unsupported {
		key := cgw.Secret(text(r.AuthKey, "Hn4Rt8Lw2Bd6", 12, narrow))
		req.AuthKey = &key
	}
	return req
}
