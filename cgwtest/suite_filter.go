package cgwtest

import (
	"github.com/cgw-go/cgw"
)

// filterCases check which gateways a Filter matches.
func filterCases() []testCase {
	names := func(n *need) { n.that(!n.Rules.Name.Unsupported, "Rules.Name is unsupported") }
	tags := func(n *need) {
		n.that(!n.Rules.Tags.Unsupported, "Rules.Tags is unsupported")
		n.that(n.Rules.Tags.MaxCount != 1, "Rules.Tags takes one tag only")
	}
	const rule = "a Filter matches the gateways that agree with every field that is set, and no other"
	return []testCase{
		{
			name: "List/by IDs", rule: rule + "; IDs that do not exist are ignored",
			run: func(s *session) {
				gone := s.missing()
				g := s.createN(3)
				s.lists(cgw.Filter{IDs: []string{g[1].ID}}, g[1])
				s.lists(cgw.Filter{IDs: []string{g[2].ID, g[0].ID}}, g[0], g[2])
				s.lists(cgw.Filter{IDs: []string{g[2].ID, g[2].ID}}, g[2])
				s.lists(cgw.Filter{IDs: []string{g[1].ID, gone}}, g[1])
				s.lists(cgw.Filter{IDs: []string{gone}})
				s.lists(cgw.Filter{IDs: []string{}}, g...)
			},
		},
		{
			name: "List/empty ID among IDs",
			rule: "an empty ID among Filter.IDs is ErrInvalidArgument; List yields that error alone, before anything is sent",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("List", func() {
					err := s.onlyError(s.p.List(s.ctx, cgw.Filter{IDs: []string{g.ID, ""}}))
					s.refusedAsInvalid("List", err, badID("IDs"))
				})
			},
		},
		{
			name: "List/malformed ID among IDs",
			rule: "an ID among Filter.IDs that Get refuses is ErrInvalidArgument; List yields that error alone, before anything is sent",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("List", func() {
					for _, id := range malformed(g.ID) {
						err := s.onlyError(s.p.List(s.ctx, cgw.Filter{IDs: []string{g.ID, id}}))
						s.refusedAsInvalid("List", err, badID("IDs"))
					}
				})
			},
		},
		{
			name: "List/control characters in a filter",
			rule: "a Filter with a control character in a text is ErrInvalidArgument; List yields that error alone, before anything is sent",
			run: func(s *session) {
				s.create(s.request())
				s.sendsNothing("List", func() {
					for field, f := range map[string]cgw.Filter{
						"a name": {Name: "a\n"}, "a tag's key": {Tags: map[string]string{"a\x00": "b"}}, "a tag's value": {Tags: map[string]string{"a": "b\r"}},
						"a group": {ResourceGroupID: "rg\n"},
					} {
						err := s.onlyError(s.p.List(s.ctx, f))
						if s.refused("List", err, cgw.ErrInvalidArgument) == nil || len(faultsOf(err)) != 1 {
							s.errorf("List by %s: the faults found are [%s], want one", field, outline(faultsOf(err)))
						}
					}
				})
			},
		},
		{
			name: "List/by address", rule: rule,
			run: func(s *session) {
				g := s.createN(2)
				s.lists(cgw.Filter{IPAddress: g[0].IPAddress}, g[0])
				s.lists(cgw.Filter{IPAddress: s.address()})
			},
		},
		{
			name: "List/by IPv4-mapped IPv6 address", rule: "an IPv4-mapped IPv6 address in a Filter is unmapped",
			run: func(s *session) {
				g := s.createN(2)
				s.lists(cgw.Filter{IPAddress: mapped(g[1].IPAddress)}, g[1])
			},
		},
		{
			name: "List/by name", rule: rule + "; a name must be equal", needs: names,
			run: func(s *session) {
				g := s.createN(2)
				longer := s.request()
				longer.Name = g[0].Name + "x"
				s.create(longer)
				s.lists(cgw.Filter{Name: g[0].Name}, g[0])
				s.lists(cgw.Filter{Name: g[0].Name + "y"})
			},
		},
		{
			name: "List/by unicode name", rule: rule,
			needs: func(n *need) {
				names(n)
				n.that(allowed(n.Rules.Name, '网'), "Rules.Name takes no such letters")
			},
			run: func(s *session) {
				req := s.request()
				req.Name = text(s.h.Rules.Name, req.Name, len(req.Name)+6, wide)
				g := s.create(req)
				s.createN(1)
				s.lists(cgw.Filter{Name: req.Name}, g)
			},
		},
		{name: "List/by tags", rule: rule + "; a gateway may have other tags too", needs: tags, run: testFilterByTags},
		{
			name: "List/by resource group", rule: rule,
			needs: func(n *need) {
				n.that(!n.Rules.ResourceGroupID.Unsupported, "Rules.ResourceGroupID is unsupported")
				n.that(n.ResourceGroupID != "", "Harness.ResourceGroupID is empty")
			},
			run: testFilterByGroup,
		},
		{
			name:  "List/by resource group where the cloud has none",
			rule:  "a Filter with a ResourceGroupID is ErrUnsupported where the cloud has no resource groups, before anything is sent",
			needs: func(n *need) { n.that(n.Rules.ResourceGroupID.Unsupported, "Rules.ResourceGroupID is supported") },
			run: func(s *session) {
				s.create(s.request())
				s.sendsNothing("List", func() {
					err := s.onlyError(s.p.List(s.ctx, cgw.Filter{ResourceGroupID: "group"}))
					s.refusedAsInvalid("List", err, &cgw.FieldError{Field: "ResourceGroupID", Kind: cgw.ErrUnsupported})
				})
			},
		},
		{name: "List/by all fields", rule: rule, run: testFilterByAll},
	}
}

// onlyError returns the error of an iterator that must yield it once, with a zero Gateway, and
// nothing else.
func (s *session) onlyError(seq func(func(cgw.Gateway, error) bool)) error {
	var last error
	calls := 0
	seq(func(g cgw.Gateway, err error) bool {
		calls++
		if err == nil {
			s.errorf("List yields %s, want an error", g.ID)
		} else {
			s.zeroGateway("List", g)
			last = err
		}
		return calls < 10
	})
	if calls != 1 {
		s.errorf("List yields %d times, want one error", calls)
	}
	return last
}

func testFilterByTags(s *session) {
	tagged := func(tags map[string]string) cgw.Gateway {
		req := s.request()
		req.Tags = tags
		return s.create(req)
	}
	a := tagged(map[string]string{"env": "prod", "team": "net"})
	b := tagged(map[string]string{"env": "prod"})
	c := tagged(map[string]string{"env": "test"})
	tagged(nil)
	s.lists(cgw.Filter{Tags: map[string]string{"env": "prod"}}, a, b)
	s.lists(cgw.Filter{Tags: map[string]string{"env": "prod", "team": "net"}}, a)
	s.lists(cgw.Filter{Tags: map[string]string{"env": "test"}}, c)
	s.lists(cgw.Filter{Tags: map[string]string{"env": "pro"}})
	s.lists(cgw.Filter{Tags: map[string]string{"team": ""}})
	s.lists(cgw.Filter{Tags: map[string]string{"none": "prod"}})
}

func testFilterByGroup(s *session) {
	other := s.create(s.request())
	req := s.request()
	req.ResourceGroupID = s.h.ResourceGroupID
	g := s.create(req)
	want := []cgw.Gateway{g}
	if s.get(other.ID).ResourceGroupID == s.h.ResourceGroupID { // the account's default group
		want = append(want, other)
	}
	s.lists(cgw.Filter{ResourceGroupID: s.h.ResourceGroupID}, want...)
	s.lists(cgw.Filter{ResourceGroupID: s.h.ResourceGroupID, IPAddress: g.IPAddress}, g)
	s.lists(cgw.Filter{ResourceGroupID: s.h.ResourceGroupID, Name: g.Name + "x"})
}

func testFilterByAll(s *session) {
	req := s.fullRequest()
	g := s.create(req)
	o := s.create(s.request())
	all := cgw.Filter{IDs: []string{g.ID, o.ID}, IPAddress: g.IPAddress, Name: g.Name, Tags: req.Tags}
	s.lists(all, g)
	for _, spoil := range []func(*cgw.Filter){
		func(f *cgw.Filter) { f.IDs = []string{o.ID} },
		func(f *cgw.Filter) { f.IPAddress = o.IPAddress },
		func(f *cgw.Filter) { f.Name = g.Name + "x" },
		func(f *cgw.Filter) { f.Tags = map[string]string{"env": "other"} },
	} {
		f := all
		spoil(&f)
		s.lists(f)
	}
}
