package cgwtest

import (
	"slices"

	"github.com/cgw-go/cgw"
)

// deleteCases check Delete, DeleteIfExists and WaitGone.
func deleteCases() []testCase {
	return []testCase{
		{
			name: "Delete/existing",
			rule: "Delete removes the gateway, and no other",
			run: func(s *session) {
				all := s.createN(3)
				s.remove(all[1].ID)
				_, err := s.p.Get(s.ctx, all[1].ID)
				s.refused("Get", err, cgw.ErrNotFound)
				s.lists(cgw.Filter{}, all[0], all[2])
				s.same("Get of another", s.get(all[0].ID), all[0])
			},
		},
		{
			name: "Delete/missing",
			rule: "Delete of a gateway that does not exist is ErrNotFound, OutcomeNotApplied, with its ID",
			run: func(s *session) {
				id := s.missing()
				s.hasID(s.refused("Delete", s.p.Delete(s.ctx, id), cgw.ErrNotFound), id)
			},
		},
		{
			name: "Delete/empty ID",
			rule: "an empty ID is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("Delete", func() {
					s.refusedAsInvalid("Delete", s.p.Delete(s.ctx, ""), badID("ID"))
					s.refusedAsInvalid("Delete", cgw.DeleteIfExists(s.ctx, s.p, ""), badID("ID"))
				})
				s.same("Get", s.get(g.ID), g)
			},
		},
		{
			name: "Delete/malformed ID",
			rule: "an ID with a control character, with white space at an end, or that is not UTF-8, is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("Delete", func() {
					for _, id := range malformed(g.ID) {
						s.refusedAsInvalid("Delete", s.p.Delete(s.ctx, id), badID("ID"))
						s.refusedAsInvalid("Delete", cgw.DeleteIfExists(s.ctx, s.p, id), badID("ID"))
					}
				})
				s.same("Get", s.get(g.ID), g)
			},
		},
		{
			name:  "Delete/in use",
			rule:  "Delete of a gateway that VPN connections use is ErrInUse, OutcomeNotApplied, with their IDs, and removes nothing",
			needs: func(n *need) { n.that(n.Connect != nil, "Harness.Connect is nil") },
			run:   testInUse,
		},
		{
			name: "DeleteIfExists/existing and missing",
			rule: "DeleteIfExists deletes the gateway, and returns nil if it does not exist",
			run: func(s *session) {
				g := s.create(s.request())
				for range 2 {
					if err := cgw.DeleteIfExists(s.ctx, s.p, g.ID); err != nil {
						s.fatalf("DeleteIfExists: %v", err)
					}
					s.settle(func() error { return cgw.WaitGone(s.ctx, s.p, g.ID) })
				}
				s.lists(cgw.Filter{IPAddress: g.IPAddress})
			},
		},
		{
			name: "WaitGone/deleted",
			rule: "WaitGone returns nil as soon as Get returns ErrNotFound",
			run: func(s *session) {
				id := s.missing()
				if err := cgw.WaitGone(s.ctx, s.p, id); err != nil {
					s.errorf("WaitGone: %v", err)
				}
			},
		},
	}
}

func testInUse(s *session) {
	free, used := s.create(s.request()), s.create(s.request())
	want := slices.Sorted(slices.Values(s.h.Connect(s.tb, used.ID)))
	for _, err := range []error{s.p.Delete(s.ctx, used.ID), cgw.DeleteIfExists(s.ctx, s.p, used.ID)} {
		e := s.refused("Delete", err, cgw.ErrInUse)
		if e == nil {
			continue
		}
		s.hasID(e, used.ID)
		if got := slices.Sorted(slices.Values(e.ConflictingIDs)); !slices.Equal(got, want) {
			s.errorf("Delete: Error.ConflictingIDs is %q, want %q", got, want)
		}
	}
	s.same("Get of the gateway in use", s.get(used.ID), used)
	s.remove(free.ID)
}
