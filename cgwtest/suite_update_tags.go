package cgwtest

import "github.com/cgw-go/cgw"

// tagCases check Update of tags.
func tagCases() []testCase {
	tags := func(n *need) {
		n.that(!n.Rules.Tags.Unsupported, "Rules.Tags is unsupported")
		n.that(n.Rules.Tags.MaxCount == 0 || n.Rules.Tags.MaxCount > 2, "Rules.Tags takes two tags at most")
	}
	const rule = "Tags of an Update is the complete set wanted: other tags are removed, nil leaves all as they are, empty but not nil removes all"
	steps := func(to ...map[string]string) func(*session) {
		return func(s *session) {
			req := s.request()
			req.Tags = map[string]string{"env": "prod", "team": "net", "site": "hq"}
			g := s.create(req)
			for _, t := range to {
				g = s.updates(g, cgw.UpdateRequest{Tags: t})
			}
		}
	}
	maxCount := func(s *session) int {
		if n := s.h.Rules.Tags.MaxCount; n > 0 {
			return n
		}
		return 12
	}
	return []testCase{
		{name: "Update/tags added", rule: rule, needs: tags, run: func(s *session) {
			s.updates(s.create(s.request()), cgw.UpdateRequest{Tags: map[string]string{"env": "prod", "team": ""}})
		}},
		{name: "Update/tags changed", rule: rule, needs: tags, run: steps(map[string]string{"env": "test", "team": "net", "site": ""})},
		{name: "Update/tags removed", rule: rule, needs: tags, run: steps(map[string]string{"team": "net"})},
		{name: "Update/tags replaced", rule: rule, needs: tags, run: steps(
			map[string]string{"a": "1", "b": "2"}, map[string]string{"b": "3", "c": "4"},
		)},
		{name: "Update/tags kept", rule: rule, needs: tags, run: steps(map[string]string{"env": "prod", "team": "net", "site": "hq"}, nil)},
		{name: "Update/tags all removed", rule: rule, needs: tags, run: steps(map[string]string{}, map[string]string{})},
		{name: "Update/tags of maximum count replaced", rule: rule, needs: tags, run: func(s *session) {
			req := s.request()
			req.Tags = nTags(maxCount(s))
			others := make(map[string]string)
			for k, v := range req.Tags {
				others["other-"+k] = v
			}
			s.updates(s.create(req), cgw.UpdateRequest{Tags: others})
		}},
	}
}
