package cgwtest

import (
	"iter"

	"github.com/cgw-go/cgw"
)

// listCases check the iterator of List.
func listCases() []testCase {
	return []testCase{
		{
			name:  "List/empty region",
			rule:  "List of a region without gateways yields nothing, and no error",
			needs: func(n *need) { n.that(!n.Live, "Harness.Live: others may have gateways") },
			run:   func(s *session) { s.lists(cgw.Filter{}) },
		},
		{
			name: "List/all",
			rule: "the zero Filter matches every gateway; each is yielded once, and equal to what Get returns",
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
			rule: "nothing is sent before the loop over the iterator begins",
			run: func(s *session) {
				s.create(s.request())
				s.sendsNothing("List without ranging", func() { s.p.List(s.ctx, cgw.Filter{}) })
			},
		},
		{
			name: "List/break",
			rule: "after a break in the loop, List yields nothing and sends nothing",
			run: func(s *session) {
				s.createN(3)
				s.endsAtBreak(s.p.List(s.ctx, cgw.Filter{}))
			},
		},
		{
			name: "List/iter.Pull",
			rule: "the iterator works with iter.Pull2, and can be stopped before its end",
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
			rule: "a second loop over the iterator asks the service again",
			run: func(s *session) {
				all := s.createN(2)
				seq := s.p.List(s.ctx, cgw.Filter{})
				s.yields("first loop", seq, all...)
				for range seq {
					break
				}
				s.yields("loop after one with a break", seq, all...)
				all = append(all, s.create(s.request()))
				s.yields("loop after a Create", seq, all...)
				s.remove(all[0].ID)
				s.yields("loop after a Delete", seq, all[1:]...)
			},
		},
		{
			name: "List/nested loops",
			rule: "two loops over one iterator do not affect each other",
			run: func(s *session) {
				all := s.createN(3)
				seq := s.p.List(s.ctx, cgw.Filter{})
				n := 0
				for g, err := range seq {
					if err != nil {
						s.fatalf("List: %v", err)
					}
					if s.wasCreated(g.ID) {
						n++
						s.yields("inner loop", seq, all...)
					}
					if n > len(all) {
						break
					}
				}
				if n != len(all) {
					s.errorf("the outer loop gets %d gateways, want %d", n, len(all))
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

// yields reports a loop that does not get exactly these gateways.
func (s *session) yields(what string, seq iter.Seq2[cgw.Gateway, error], want ...cgw.Gateway) {
	got := make(map[string]int)
	for g, err := range seq {
		if err != nil {
			s.errorf("%s: %v", what, err)
			return
		}
		if got[g.ID]++; got[g.ID] > 1 {
			break // the list may be endless
		}
	}
	for _, g := range want {
		if got[g.ID] != 1 {
			s.errorf("%s: %s is yielded %d times, want once", what, g.ID, got[g.ID])
		}
		delete(got, g.ID)
	}
	for id := range got {
		if !s.h.Live || s.wasCreated(id) {
			s.errorf("%s: %s is yielded, which is not expected", what, id)
		}
	}
}

// endsAtBreak reports an iterator that goes on after a break in its loop.
func (s *session) endsAtBreak(seq iter.Seq2[cgw.Gateway, error]) {
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
		s.errorf("List: the loop body is called %d times, want once: it breaks at the first gateway", calls)
	}
	if s.h.Requests != nil && s.h.Requests() != atStop {
		s.errorf("List: %d requests were sent after the break", s.h.Requests()-atStop)
	}
}

// listsWhileChanging deletes and creates gateways during its loop.
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
