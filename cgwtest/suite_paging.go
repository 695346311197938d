package cgwtest

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

// pageCases check lists of several pages.
func pageCases() []testCase {
	pages := func(n *need) {
		n.that(n.PageCap > 0, "Harness.PageCap is 0")
		n.that(len(n.Addresses) > 2*n.PageCap, "Harness.Addresses has fewer than 2*PageCap+1 addresses")
	}
	return []testCase{
		{
			name: "List/one full page", needs: pages,
			rule: "a list whose last page is full ends there, and yields every gateway once",
			run: func(s *session) {
				s.lists(cgw.Filter{}, s.createN(s.h.PageCap)...)
			},
		},
		{
			name: "List/one more than a page", needs: pages,
			rule: "a list goes on after a full page, and asks for the next page only when the loop wants more",
			run: func(s *session) {
				all := s.createN(s.h.PageCap + 1)
				s.lists(cgw.Filter{}, all...)
				s.endsAtBreak(s.p.List(s.ctx, cgw.Filter{}))
				ids := make([]string, len(all))
				for i, g := range all {
					ids[i] = g.ID
				}
				s.lists(cgw.Filter{IDs: ids}, all...)
				if s.h.Requests != nil {
					s.cheaperWithBreak(len(all))
				}
			},
		},
		{
			name: "List/one more than two pages", needs: pages,
			rule: "a list of several pages yields every gateway once, tags included",
			run: func(s *session) {
				all := make([]cgw.Gateway, 2*s.h.PageCap+1)
				for i := range all {
					req := s.request()
					if !s.h.Rules.Tags.Unsupported && i%2 == 0 {
						req.Tags = map[string]string{"env": "test"}
					}
					all[i] = s.create(req)
				}
				s.lists(cgw.Filter{}, all...)
				s.listsWhileChanging(all)
			},
		},
		{
			name: "List/cancelled between pages", needs: pages,
			rule: "when the context ends between two pages, the next step yields one error that satisfies the context's error, and nothing after it; nothing is sent",
			run: func(s *session) {
				s.createN(s.h.PageCap + 1)
				s.endsWithContext(s.h.PageCap)
			},
		},
	}
}

// cheaperWithBreak reports a loop with a break at the first gateway that sends as many requests as
// one that goes on to the n-th.
func (s *session) cheaperWithBreak(n int) {
	cost := func(upTo int) int {
		before, seen := s.h.Requests(), 0
		for range s.p.List(s.ctx, cgw.Filter{}) {
			if seen++; seen == upTo {
				break
			}
		}
		return s.h.Requests() - before
	}
	if first, all := cost(1), cost(n); first >= all {
		s.errorf("List: a loop with a break at the first gateway sends %d requests, one over all pages %d", first, all)
	}
}

// endsWithContext cancels a loop at its n-th gateway, and reports if List does not end with the
// context's error. There must be more than n gateways.
func (s *session) endsWithContext(n int) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	seen, after, atCancel := 0, 0, 0
	var last error
	s.p.List(ctx, cgw.Filter{})(func(g cgw.Gateway, err error) bool {
		if ctx.Err() != nil {
			after++
			last = err
			if err == nil {
				s.errorf("List yields %s after its context ended", g.ID)
			} else {
				s.zeroGateway("List", g)
			}
			return after < 10
		}
		if err != nil {
			s.errorf("List: %v", err)
			return false
		}
		if seen++; seen == n {
			if s.h.Requests != nil {
				atCancel = s.h.Requests()
			}
			cancel()
		}
		return true
	})
	if after != 1 {
		s.errorf("List yields %d times after its context ended, want one error", after)
	}
	if last == nil {
		return
	}
	s.failed("List", last)
	if !errors.Is(last, context.Canceled) {
		s.errorf("List: the error does not satisfy context.Canceled: %v", last)
	}
	if s.h.Requests != nil && s.h.Requests() != atCancel {
		s.errorf("List: %d requests were sent after the context ended", s.h.Requests()-atCancel)
	}
}
