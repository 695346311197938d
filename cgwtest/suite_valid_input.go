package cgwtest

import (
	"strings"

	"github.com/cgw-go/cgw"
)

const acceptedRule = "a value at a limit of the cloud's Rules is accepted, where lengths are in characters and not in bytes, " +
	"and is read back unchanged"

// acceptedCases returns one case for each value at a limit of the rules.
func acceptedCases(r cgw.Rules) []testCase {
	var cases []testCase
	create := func(name string, set func(*cgw.CreateRequest)) {
		cases = append(cases, testCase{name: "Create/accepts " + name, rule: acceptedRule, run: func(s *session) {
			req := s.request()
			set(&req)
			s.roundTrip(req)
		}})
	}
	update := func(name string, set func(*cgw.UpdateRequest)) {
		cases = append(cases, testCase{name: "Update/accepts " + name, rule: acceptedRule, run: func(s *session) {
			var req cgw.UpdateRequest
			set(&req)
			s.updates(s.create(s.request()), req)
		}})
	}
	for _, f := range textFields(r) {
		if f.name == "ResourceGroupID" || f.rule.Unsupported {
			continue // a group must exist
		}
		for _, v := range valuesAtLimits(f) {
			name := f.name + "/" + v.name
			create(name, func(c *cgw.CreateRequest) { f.create(c, v.text) })
			if f.update != nil {
				update(name, func(u *cgw.UpdateRequest) { f.update(u, v.text) })
			}
		}
	}
	if !r.ASN.Unsupported {
		for _, asn := range []cgw.ASN{1, 65535, 65536, 1<<16 + 10, 1<<32 - 1} {
			create("ASN/"+asn.String(), func(c *cgw.CreateRequest) { c.ASN = asn })
			if !r.ASN.Immutable {
				update("ASN/"+asn.String(), func(u *cgw.UpdateRequest) { u.ASN = &asn })
			}
		}
	}
	if !r.Tags.Unsupported {
		for _, v := range tagsAtLimits(r.Tags) {
			create("Tags/"+v.name, func(c *cgw.CreateRequest) { c.Tags = v.tags })
			update("Tags/"+v.name, func(u *cgw.UpdateRequest) { u.Tags = v.tags })
		}
	}
	return cases
}

type namedText struct{ name, text string }

// valuesAtLimits returns texts at the limits of the rule.
func valuesAtLimits(f textField) []namedText {
	r := f.rule
	start := "cgwtest-"
	if f.name == "ClientToken" || f.name == "AuthKey" {
		start = ""
	}
	length := 40 // if the rule has no limit
	if r.Max > 0 {
		length = r.Max
	}
	all := []namedText{{"of maximum length", textOfLength(r, start, length, narrow)}}
	if r.Min > 0 {
		all = append(all, namedText{"of minimum length", textOfLength(r, "G", r.Min, narrow)})
	}
	if allowed(r, '网') {
		all = append(all, namedText{"of maximum length in Unicode", textOfLength(r, start, length, wide)})
	}
	if !r.ASCII && !r.Word && allowed(r, ' ') && allowed(r, '&') { // characters that a wire format must escape
		all = append(all, namedText{"with punctuation", text(r, `Gate & <way> "+%20\=?#'`, 24, narrow)})
	}
	return all
}

type namedTags struct {
	name string
	tags map[string]string
}

// tagsAtLimits returns tags at the limits of the rule.
func tagsAtLimits(r cgw.TagRule) []namedTags {
	count, key, value := 5, 40, 40 // if the rule has no limit
	if r.MaxCount > 0 {
		count = r.MaxCount
	}
	if r.MaxKey > 0 {
		key = r.MaxKey
	}
	if r.MaxValue > 0 {
		value = r.MaxValue
	}
	return []namedTags{
		{"of maximum count", nTags(count)},
		{"of maximum lengths", map[string]string{strings.Repeat("k", key): strings.Repeat("v", value)}},
		{"of maximum lengths in Unicode", map[string]string{strings.Repeat("关", key): strings.Repeat("值", value)}},
		{"with an empty value", map[string]string{"k": ""}},
		{"with punctuation", map[string]string{"a b+c-d": "x/y=z w.v:u@t_s"}}, // characters that clouds commonly accept
	}
}
