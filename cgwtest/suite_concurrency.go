package cgwtest

import (
	"errors"
	"slices"
	"sync"

	"github.com/cgw-go/cgw"
)

// concurrencyCases check that a Provisioner is safe for concurrent use.
func concurrencyCases() []testCase {
	return []testCase{
		{
			name: "concurrency/distinct gateways",
			rule: "a Provisioner is safe for concurrent use: calls for different gateways do not affect each other",
			run:  testDistinct,
		},
		{
			name: "concurrency/creates at one address",
			rule: "of several creates at one address exactly one creates a gateway; the others are ErrAlreadyExists with its ID",
			run: func(s *session) {
				for range 3 {
					s.oneCreateSucceeds()
				}
			},
		},
		{
			name:  "concurrency/deletes of one gateway",
			rule:  "of several deletes of one gateway exactly one succeeds; the others are ErrNotFound",
			needs: func(n *need) { n.that(!n.Live, "Harness.Live: a delete may be ErrConflict while another is running") },
			run:   testDeletes,
		},
		{
			name: "concurrency/loops over one iterator",
			rule: "several goroutines may range over one iterator at once",
			run: func(s *session) {
				all := s.createN(3)
				seq := s.p.List(s.ctx, cgw.Filter{})
				s.parallel(4, func(int) { s.yields("List", seq, all...) })
			},
		},
		{
			name: "concurrency/List during writes",
			rule: "List does not fail, and yields no gateway twice, while gateways are created and deleted",
			run: func(s *session) {
				addrs := []cgw.CreateRequest{s.request(), s.request(), s.request(), s.request()}
				s.parallel(8, func(i int) {
					if i < len(addrs) {
						g := s.createInGoroutine(addrs[i])
						if g.ID != "" {
							s.deleteInGoroutine(g.ID)
						}
						return
					}
					seen := make(map[string]bool)
					for g, err := range s.p.List(s.ctx, cgw.Filter{}) {
						if err != nil {
							s.errorf("List: %v", err)
							return
						}
						if seen[g.ID] {
							s.errorf("List yields %s twice", g.ID)
							return
						}
						seen[g.ID] = true
					}
				})
			},
		},
		{
			name: "concurrency/updates of one gateway",
			rule: "concurrent updates of one gateway are not ordered, but each succeeds or is refused with ErrConflict, and no other field of the gateway changes",
			run:  testUpdates,
		},
	}
}

// createInGoroutine creates a gateway, and does not end the case if it fails.
func (s *session) createInGoroutine(req cgw.CreateRequest) cgw.Gateway {
	g, err := s.tryCreate(req)
	if err != nil {
		s.errorf("Create: %v", err)
		return cgw.Gateway{}
	}
	s.matches("Create", g, req)
	return g
}

// deleteInGoroutine deletes a gateway, and does not end the case if it fails.
func (s *session) deleteInGoroutine(id string) {
	if err := s.p.Delete(s.ctx, id); err != nil {
		s.errorf("Delete: %v", err)
	}
}

func testDistinct(s *session) {
	const n = 8
	reqs := make([]cgw.CreateRequest, n)
	for i := range reqs {
		reqs[i] = s.request()
		if !s.h.Rules.Tags.Unsupported {
			reqs[i].Tags = nTags(1)
		}
	}
	update, some := s.anyUpdate()
	ids := make([]string, n)
	s.parallel(n, func(i int) {
		g := s.createInGoroutine(reqs[i])
		if g.ID == "" {
			return
		}
		ids[i] = g.ID
		read, err := s.p.Get(s.ctx, g.ID)
		if err != nil {
			s.errorf("Get: %v", err)
			return
		}
		s.same("Get", read, g)
		if some {
			if _, err := s.p.Update(s.ctx, g.ID, update); err != nil {
				s.errorf("Update: %v", err)
			}
		}
		if i%2 == 0 {
			s.deleteInGoroutine(g.ID)
		}
	})
	for i := 0; i < n; i += 2 {
		s.settle(func() error { return cgw.WaitGone(s.ctx, s.p, ids[i]) })
	}
	slices.Sort(ids)
	if len(slices.Compact(slices.Clone(ids))) != n {
		s.errorf("%d concurrent creates return the IDs %q, want different ones", n, ids)
	}
	if left := s.list(cgw.Filter{}); len(left) != n/2 {
		s.errorf("%d gateways are left of %d, want those that were not deleted", len(left), n)
	}
}

func (s *session) oneCreateSucceeds() {
	const n = 6
	addr := s.address()
	var (
		mu        sync.Mutex
		succeeded []cgw.Gateway
		failures  []error
	)
	s.parallel(n, func(int) {
		g, err := s.tryCreate(cgw.CreateRequest{IPAddress: addr, Name: s.name()})
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			succeeded = append(succeeded, g)
		} else {
			failures = append(failures, err)
		}
	})
	if len(succeeded) != 1 {
		s.fatalf("%d of %d creates at one address succeed, want exactly one", len(succeeded), n)
	}
	for _, err := range failures {
		if s.h.Live && errors.Is(err, cgw.ErrConflict) {
			continue
		}
		e := s.refused("Create", err, cgw.ErrAlreadyExists)
		if e != nil && !s.h.Live && !slices.Equal(e.ConflictingIDs, []string{succeeded[0].ID}) {
			s.errorf("Create: Error.ConflictingIDs is %q, want %q", e.ConflictingIDs, succeeded[0].ID)
		}
	}
	s.lists(cgw.Filter{IPAddress: addr}, succeeded[0])
	s.remove(succeeded[0].ID)
}

func testDeletes(s *session) {
	id := s.create(s.request()).ID
	var (
		mu        sync.Mutex
		succeeded int
	)
	s.parallel(6, func(int) {
		err := s.p.Delete(s.ctx, id)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			succeeded++
			return
		}
		s.hasID(s.refused("Delete", err, cgw.ErrNotFound), id)
	})
	if succeeded != 1 {
		s.errorf("%d deletes of one gateway succeed, want exactly one", succeeded)
	}
}

func testUpdates(s *session) {
	g := s.create(s.fullRequest())
	reqs := s.singleFieldUpdates()
	s.parallel(len(reqs), func(i int) {
		_, err := s.p.Update(s.ctx, g.ID, reqs[i])
		if err != nil && !errors.Is(err, cgw.ErrConflict) {
			s.errorf("Update %s: %v", showUpdate(reqs[i]), err)
		}
	})
	read := s.get(g.ID)
	s.same("Get", read, cgw.Gateway{ // the fields that no update names
		Provider: g.Provider, Region: g.Region, ID: g.ID, IPAddress: g.IPAddress, CreatedAt: g.CreatedAt,
		Name: read.Name, Description: read.Description, ASN: read.ASN, Tags: read.Tags, ResourceGroupID: g.ResourceGroupID,
	})
}
