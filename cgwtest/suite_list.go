package cgwtest

import (
	"iter"

	"github.com/cgw-go/cgw"
)

func listCases() []testCase {
	return []testCase{
		{
			name:  "List/empty region",
			rule:  "List of nothing yields nothing, and no error",
			needs: func(n *need) { n.that(!n.Live, "Harness.Live: others may have gateways") },
			run:   func(s *session) { s.lists(cgw.Filter{}) },
		},
		{
			name: "List/all",
			rule: "the zero Filter admits every gateway, each yielded once and equal to what Get returns",
			run: func(s *session) {
				all := append(s.createN(3), s.create(s.fullRequest()))
				s.lists(cgw.Filter{}, all...)
				for _, g := range s.list(cgw.Filter{}) {
					s.same("List", g, s.get(g.ID))
				}
			},
		},
		{
			name: "List/sends nothing before the loop",
			rule: "nothing is sent until the iterator is ranged over",
			run: func(s *session) {
				s.create(s.request())
				s.silent("List without ranging", func() { s.p.List(s.ctx, cgw.Filter{}) })
			},
		},
		{
			name: "List/break",
			rule: "a loop that stops is not called again, and sends nothing more",
			run: func(s *session) {
				s.createN(3)
				s.stops(s.p.List(s.ctx, cgw.Filter{}))
			},
		},
		{
			name: "List/iter.Pull",
			rule: "the iterator can be pulled from and left half-way",
			run: func(s *session) {
				s.createN(3)
				next, release := iter.Pull2(s.p.List(s.ctx, cgw.Filter{}))
				defer release()
				for range 2 {
					if _, err, ok := next(); !ok || err != nil {
						s.errorf("next: %v, %v, want a gateway", err, ok)
					}
				}
			},
		},
		{
			name: "List/second loop",
			rule: "an iterator may be ranged over again, which asks again",
			run: func(s *session) {
				all := s.createN(2)
				seq := s.p.List(s.ctx, cgw.Filter{})
				s.yields("first range", seq, all...)
				for range seq {
					break
				}
				s.yields("range after one that stopped", seq, all...)
				all = append(all, s.create(s.request()))
				s.yields("range after a Create", seq, all...)
				s.remove(all[0].ID)
				s.yields("range after a Delete", seq, all[1:]...)
			},
		},
		{
			name: "List/nested loops",
			rule: "ranges over one iterator do not disturb each other",
			run: func(s *session) {
				all := s.createN(3)
				seq := s.p.List(s.ctx, cgw.Filter{})
				n := 0
				for g, err := range seq {
					if err != nil {
						s.fatalf("List: %v", err)
					}
					if s.isOurs(g.ID) {
						n++
						s.yields("inner range", seq, all...)
					}
					if n > len(all) {
						break
					}
				}
				if n != len(all) {
					s.errorf("the outer range yields %d gateways, want %d", n, len(all))
				}
			},
		},
		{
			name: "List/writes during the loop",
			rule: "no gateway is yielded twice, whatever is created or deleted while the loop runs",
			run: func(s *session) {
				all := s.createN(4)
				s.listsWhileChanging(all)
			},
		},
		{
			name: "List/after an Update",
			rule: "List shows a gateway as it is after an Update",
			run: func(s *session) {
				req, ok := s.anyUpdate()
				g := s.create(s.request())
				if ok {
					g = s.update(g.ID, req)
				}
				s.lists(cgw.Filter{}, g)
			},
		},
	}
}

// yields reports when a range does not yield exactly the gateways wanted.
func (s *session) yields(what string, seq iter.Seq2[cgw.Gateway, error], want ...cgw.Gateway) {
	got := make(map[string]int)
	for g, err := range seq {
		if err != nil {
			s.errorf("%s: %v", what, err)
			return
		}
		if got[g.ID]++; got[g.ID] > 1 {
			break // it may have no end
		}
	}
	for _, g := range want {
		if got[g.ID] != 1 {
			s.errorf("%s: %s is yielded %d times, want once", what, g.ID, got[g.ID])
		}
		delete(got, g.ID)
	}
	for id := range got {
		if !s.h.Live || s.isOurs(id) {
			s.errorf("%s: %s is yielded, which it should not be", what, id)
		}
	}
}

// stops reports when an iterator goes on after its loop has stopped.
func (s *session) stops(seq iter.Seq2[cgw.Gateway, error]) {
	calls, atStop := 0, 0
	seq(func(_ cgw.Gateway, err error) bool {
		if err != nil {
			s.errorf("List: %v", err)
		}
		calls++
		if s.h.Requests != nil && calls == 1 {
			atStop = s.h.Requests()
		}
		return false
	})
	if calls != 1 {
		s.errorf("List: the loop is called %d times, want once: it stopped at the first", calls)
	}
	if s.h.Requests != nil && s.h.Requests() != atStop {
		s.errorf("List: %d requests were sent after the loop stopped", s.h.Requests()-atStop)
	}
}

// listsWhileChanging deletes and creates gateways while it ranges.
func (s *session) listsWhileChanging(all []cgw.Gateway) {
	seen := make(map[string]bool)
	for g, err := range s.p.List(s.ctx, cgw.Filter{}) {
		if err != nil {
			s.fatalf("List: %v", err)
		}
		if seen[g.ID] {
			s.fatalf("List yields %s twice", g.ID)
		}
		seen[g.ID] = true
		if len(seen) == 1 {
			s.remove(all[0].ID)
			s.create(s.request())
		}
	}
}
