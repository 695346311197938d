package alibabatest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
)

type tagPair struct{ Key, Value string }

// tagList is the form of tags in replies.
type tagList struct{ Tag []tagPair }

func newTagList(tags map[string]string) tagList {
	list := tagList{Tag: []tagPair{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		list.Tag = append(list.Tag, tagPair{k, tags[k]})
	}
	return list
}

// tagFilter selects by a tag: by its key, and by its value if one is given.
type tagFilter struct {
	key, value string
	valued     bool
}

// tags reads the tags LIST.N.Key and LIST.N.Value. A value that is absent is empty.
func (p params) tags(list string, rule cgw.TagRule) (map[string]string, *refusal) {
	filters, ref := p.readTags(list, rule)
	if ref != nil || len(filters) == 0 {
		return nil, ref
	}
	tags := map[string]string{}
	for _, f := range filters {
		tags[f.key] = f.value
	}
	if foldedTwice(rule, tags) {
		return nil, refuse("TagKey.Duplication")
	}
	return tags, nil
}

func (p params) tagFilters(rule cgw.TagRule) ([]tagFilter, *refusal) { return p.readTags("Tag", rule) }

func (p params) readTags(list string, rule cgw.TagRule) ([]tagFilter, *refusal) {
	indices := p.indices(list + ".")
	if len(indices) > rule.MaxCount {
		return nil, refuse("NumberExceed.Tags")
	}
	seen := map[string]bool{}
	var tags []tagFilter
	for _, n := range indices {
		name := list + "." + strconv.Itoa(n)
		t := tagFilter{key: p[name+".Key"]}
		t.value, t.valued = p[name+".Value"]
		switch {
		case !validTagKey(rule, t.key):
			return nil, refuse("InvalidTagKey.Malformed")
		case !validTagValue(rule, t.value):
			return nil, refuse("InvalidTagValue.Malformed")
		case seen[t.key]:
			return nil, refuse("Duplicate.TagKey")
		}
		seen[t.key] = true
		tags = append(tags, t)
	}
	return tags, nil
}

func matchTags(filters []tagFilter, tags map[string]string) bool {
	for _, f := range filters {
		if v, ok := tags[f.key]; !ok || (f.valued && v != f.value) {
			return false
		}
	}
	return true
}

// resourceType is the name of customer gateways in the tag operations. None of their documents
// lists it; the vendor's Terraform provider sends it. The VPC's documents say that upper and
// lower case do not matter.
const resourceType = "CUSTOMERGATEWAY"

const maxResources = 20

// resources reads the gateways that a tag operation names.
func (p params) resources() ([]string, *refusal) {
	ids := p.list("ResourceId")
	switch {
	case p["ResourceType"] == "":
		return nil, missing("ResourceType")
	case !strings.EqualFold(p["ResourceType"], resourceType):
		return nil, refuse("InvalidResourceType.NotFound")
	case len(ids) > maxResources:
		return nil, refuse("NumberExceed.ResourceIds")
	}
	return ids, nil
}

func (h *handler) tagResources(p params) (body, *refusal) {
	ids, ref := p.resources()
	if ref != nil {
		return nil, ref
	}
	tags, ref := p.tags("Tag", h.rules.Tags)
	if ref != nil {
		return nil, ref
	}
	if len(tags) == 0 {
		return nil, missing("Tag.1.Key")
	}
	return h.retag(ids, func(have map[string]string) *refusal {
		maps.Copy(have, tags)
		if len(have) > h.rules.Tags.MaxCount {
			return refuse("QuotaExceeded")
		}
		if foldedTwice(h.rules.Tags, have) {
			return refuse("TagKey.Duplication")
		}
		return nil
	})
}

func (h *handler) untagResources(p params) (body, *refusal) {
	ids, ref := p.resources()
	if ref != nil {
		return nil, ref
	}
	keys := p.list("TagKey")
	all, err := strconv.ParseBool(cmp.Or(p["All"], "false"))
	switch {
	case err != nil:
		return nil, invalid("All")
	case len(keys) > h.rules.Tags.MaxCount:
		return nil, refuse("NumberExceed.Tags")
	case len(keys) == 0 && !all:
		return nil, missing("TagKey.1")
	}
	return h.retag(ids, func(have map[string]string) *refusal {
		if len(keys) == 0 { // All counts only if no keys are given
			clear(have)
		}
		for _, k := range keys {
			delete(have, k)
		}
		return nil
	})
}

// retag changes the tags of all the gateways, or of none.
func (h *handler) retag(ids []string, f func(map[string]string) *refusal) (body, *refusal) {
	if len(ids) == 0 {
		return nil, missing("ResourceId.1")
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := make([]Gateway, len(ids))
	for i, id := range ids {
		r := s.existing(id)
		if r == nil {
			return nil, refuse("InvalidResourceId.NotFound")
		}
		g := r.last().gateway
		g.Tags = maps.Clone(g.Tags)
		if g.Tags == nil {
			g.Tags = map[string]string{}
		}
		if ref := f(g.Tags); ref != nil {
			return nil, ref
		}
		changed[i] = g.clone()
	}
	now, shown := h.Now(), h.shown()
	for _, g := range changed {
		s.byID[g.ID].set(version{at: now, gateway: g}, shown)
	}
	return &requestID{}, nil
}

type taggedBody struct {
	requestID
	NextToken    string `json:",omitempty" xml:",omitempty"`
	TagResources struct{ TagResource []tagged }
}

type tagged struct {
	ResourceID   string `json:"ResourceId" xml:"ResourceId"`
	ResourceType string
	TagKey       string
	TagValue     string
}

// listTagResources lists one entry for each tag of each gateway. The token of the next page is the
// position of its first entry.
func (h *handler) listTagResources(p params) (body, *refusal) {
	ids, ref := p.resources()
	if ref != nil {
		return nil, ref
	}
	filters, ref := p.tagFilters(h.rules.Tags)
	if ref != nil {
		return nil, ref
	}
	if len(ids) == 0 && len(filters) == 0 {
		return nil, missing("ResourceId.1")
	}
	size, ref := p.number("MaxResults", 1, maxPageSize, maxPageSize)
	if ref != nil {
		return nil, ref
	}
	start, err := strconv.Atoi(cmp.Or(p["NextToken"], "0"))
	if err != nil || start < 0 {
		return nil, invalid("NextToken")
	}

	b := &taggedBody{}
	b.TagResources.TagResource = []tagged{}
	all := h.tagged(ids, filters)
	rest := all[min(start, len(all)):]
	b.TagResources.TagResource = append(b.TagResources.TagResource, rest[:min(size, len(rest))]...)
	if size < len(rest) {
		b.NextToken = strconv.Itoa(start + size)
	}
	return b, nil
}

// tagged returns the tags, as reads see them, of the gateways that have one of the IDs, if any are
// given, and match all filters. An ID that does not exist is skipped.
func (h *handler) tagged(ids []string, filters []tagFilter) []tagged {
	s, shown := h.state, h.shown()
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []tagged
	for _, r := range s.order {
		v := r.at(shown)
		if v == nil || (len(ids) > 0 && !slices.Contains(ids, v.gateway.ID)) || !matchTags(filters, v.gateway.Tags) {
			continue
		}
		for _, k := range slices.Sorted(maps.Keys(v.gateway.Tags)) {
			all = append(all, tagged{v.gateway.ID, resourceType, k, v.gateway.Tags[k]})
		}
	}
	return all
}
