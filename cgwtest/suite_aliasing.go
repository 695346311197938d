package cgwtest

import (
	"maps"
	"reflect"
	"slices"

	"github.com/cgw-go/cgw"
)

// aliasingCases check that results share no memory with requests or with each other.
func aliasingCases() []testCase {
	tags := func(n *need) { n.that(!n.Rules.Tags.Unsupported, "Rules.Tags is unsupported") }
	const shared = "results share no memory with requests or with each other"
	return []testCase{
		{name: "Create/result shares no memory with the request", rule: shared, needs: tags, run: func(s *session) {
			req := s.fullRequest()
			want := maps.Clone(req.Tags)
			g := s.create(req)
			req.Tags["env"] = "changed"
			s.tagsAre("the result, after the request was changed", g, want)
			s.tagsAre("Get, after the request was changed", s.get(g.ID), want)
			g.Tags["env"] = "changed again"
			s.tagsAre("Get, after the result was changed", s.get(g.ID), want)
		}},
		{name: "Get/results share no memory", rule: shared, needs: tags, run: func(s *session) {
			req := s.fullRequest()
			want := maps.Clone(req.Tags)
			id := s.create(req).ID
			for _, read := range []func() cgw.Gateway{
				func() cgw.Gateway { return s.get(id) },
				func() cgw.Gateway { return s.first(cgw.Filter{IDs: []string{id}}) },
				func() cgw.Gateway { return s.update(id, cgw.UpdateRequest{}) },
			} {
				g := read()
				s.tagsAre("a reading", g, want)
				if g.Tags != nil {
					g.Tags["env"] = "changed"
				}
				s.tagsAre("Get, after a reading was changed", s.get(id), want)
				s.tagsAre("List, after a reading was changed", s.first(cgw.Filter{IDs: []string{id}}), want)
			}
		}},
		{name: "List/results share no memory", rule: shared, needs: tags, run: func(s *session) {
			req := s.fullRequest()
			want := maps.Clone(req.Tags)
			s.create(req)
			seq := s.p.List(s.ctx, cgw.Filter{IPAddress: req.IPAddress})
			for range 2 {
				for g, err := range seq {
					if err != nil {
						s.fatalf("List: %v", err)
					}
					s.tagsAre("List", g, want)
					clear(g.Tags)
				}
			}
		}},
		{name: "Update/result shares no memory with the request", rule: shared, run: func(s *session) {
			id := s.create(s.request()).ID
			req := s.fullUpdate()
			g := s.update(id, req)
			want := s.get(id)
			if req.Name != nil {
				*req.Name = "changed"
			}
			if req.Description != nil {
				*req.Description = "changed"
			}
			if req.Tags != nil {
				req.Tags["owner"] = "changed"
			}
			s.same("the result, after the request was changed", g, want)
			s.same("Get, after the request was changed", s.get(id), want)
			if g.Tags != nil {
				g.Tags["owner"] = "changed again"
			}
			s.same("Get, after the result was changed", s.get(id), want)
		}},
		{
			name: "requests/not modified",
			rule: "a call does not change its request",
			run: func(s *session) {
				req := s.fullRequest()
				req.IPAddress = mapped(req.IPAddress)
				was := cloneCreate(req)
				g := s.create(req)
				if !reflect.DeepEqual(req, was) {
					s.errorf("Create changes its request")
				}
				up := s.fullUpdate()
				wasUp := cloneUpdate(up)
				s.update(g.ID, up)
				if !reflect.DeepEqual(up, wasUp) {
					s.errorf("Update changes its request")
				}
				filter := cgw.Filter{IDs: []string{g.ID, g.ID}, IPAddress: req.IPAddress, Tags: cloneTags(up.Tags)}
				wasFilter := cloneFilter(filter)
				s.list(filter)
				if !reflect.DeepEqual(filter, wasFilter) {
					s.errorf("List changes its filter")
				}
			},
		},
		{
			name: "errors/ConflictingIDs share no memory",
			rule: shared,
			run: func(s *session) {
				held := s.create(s.request())
				for range 2 {
					_, err := s.tryCreate(cgw.CreateRequest{IPAddress: held.IPAddress, Name: s.name()})
					e := s.refused("Create", err, cgw.ErrAlreadyExists)
					if e == nil {
						return
					}
					if !slices.Contains(e.ConflictingIDs, held.ID) {
						s.errorf("Create: Error.ConflictingIDs is %q, want %q", e.ConflictingIDs, held.ID)
					}
					for i := range e.ConflictingIDs {
						e.ConflictingIDs[i] = "changed"
					}
				}
			},
		},
	}
}

// first returns the first gateway that the filter matches. It ends the case if there is none.
func (s *session) first(f cgw.Filter) cgw.Gateway {
	all := s.list(f)
	if len(all) == 0 {
		s.fatalf("List(%+v) yields nothing", f)
	}
	return all[0]
}

func (s *session) tagsAre(what string, g cgw.Gateway, want map[string]string) {
	if !maps.Equal(g.Tags, want) {
		s.errorf("%s: Tags is %q, want %q", what, g.Tags, want)
	}
}
