package cgwtest

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

func pageCases() []testCase {
	pages := func(n *need) {
		n.that(n.PageCap > 0, "Harness.PageCap is 0")
		n.that(len(n.Addresses) > 2*n.PageCap, "Harness.Addresses are too few for two pages and one")
	}
	return []testCase{
		{
			name: "List/one full page", needs: pages,
			rule: "a list that fills its last page ends there, and yields every gateway once",
			run: func(s *session) {
				s.lists(cgw.Filter{}, s.createN(s.h.PageCap)...)
			},
		},
		{
			name: "List/one more than a page", needs: pages,
			rule: "a list goes on behind a full page, and asks for the next only when the loop wants more",
			run: func(s *session) {
				all := s.createN(s.h.PageCap + 1)
				s.lists(cgw.Filter{}, all...)
				s.stops(s.p.List(s.ctx, cgw.Filter{}))
				ids := make([]string, len(all))
				for i, g := range all {
					ids[i] = g.ID
				}
				s.lists(cgw.Filter{IDs: ids}, all...)
				if s.h.Requests != nil {
					s.cheaperStopped(len(all))
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
			rule: "when the context ends between two pages, the next step yields an error that satisfies its error, once and last, and nothing is sent",
			run: func(s *session) {
				s.createN(s.h.PageCap + 1)
				s.endsWithContext(s.h.PageCap)
			},
		},
	}
}

// cheaperStopped reports when a loop that stops at the first gateway costs as many requests as
// one that goes on to the n-th.
func (s *session) cheaperStopped(n int) {
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
		s.errorf("List: stopping at the first gateway sends %d requests, going through all pages %d", first, all)
	}
}

// endsWithContext cancels a loop at its n-th gateway, of which there must be more, and reports
// when it does not end with the context's error.
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
				s.zero("List", g)
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
