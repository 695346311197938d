package tencenttest

import (
	"maps"
	"time"
)

const (
	maxResources = 10 // in a request
	maxTags      = 10 // in a request
)

// tagParam is a tag in the parameters of the tag service.
type tagParam struct {
	Key   string `param:"TagKey,present"`
	Value string `param:"TagValue,present"`
	// Category is part of the definition of a tag, which requests and replies share; its text is
	// about replies. A tag that a request sets always has the category Custom.
	Category string `param:"Category"`
}

type tagKeyParam struct {
	Key string `param:"TagKey,present"`
}

// slowTagActions are the actions that DocumentedTagRate is about.
func slowTagActions() []string {
	return []string{
		"ModifyResourceTags", "TagResources", "UnTagResources", "GetResources", "DescribeResourceTags",
		"AttachResourcesTag", "DetachResourcesTag",
	}
}

func (h *handler) tagActions() map[string]action {
	return map[string]action{
		"ModifyResourceTags":                decoded(h.modifyResourceTags),
		"TagResources":                      decoded(h.tagResources),
		"UnTagResources":                    decoded(h.untagResources),
		"AttachResourcesTag":                decoded(h.attachTag),
		"DetachResourcesTag":                decoded(h.detachTag),
		"DescribeResourceTagsByResourceIds": decoded(h.describeTagsByIDs),
		"DescribeResourceTags":              decoded(h.describeTags),
		"DescribeResourcesByTags":           decoded(h.describeByTags),
		"GetResources":                      decoded(h.getResources),
	}
}

type modifyTagsParams struct {
	Resource string        `param:"Resource,required"`
	Replace  []tagParam    `param:"ReplaceTags"`
	Delete   []tagKeyParam `param:"DeleteTags"`
}

func (h *handler) modifyResourceTags(p modifyTagsParams) (any, *serviceError) {
	id, e := h.gatewayID(p.Resource)
	if e != nil {
		return nil, e
	}
	if p.Replace == nil && p.Delete == nil {
		return nil, refuse(codeTag, "ReplaceTags or DeleteTags must be given")
	}
	if p.Replace != nil && len(p.Replace) == 0 || p.Delete != nil && len(p.Delete) == 0 {
		return nil, refuse(codeTag, "ReplaceTags and DeleteTags must not be empty lists")
	}
	if len(p.Replace) > maxTags || len(p.Delete) > maxTags {
		return nil, refuse(codeTag, "ReplaceTags or DeleteTags has more than %d tags", maxTags)
	}
	set, fault, at := h.tagsToSet(p.Replace)
	switch fault {
	case tagFine:
	case tagKeyTwice: // only TagResources has a separate code for it
		return nil, refuse(codeTag, "the key %q is twice in ReplaceTags", at)
	default:
		return nil, refuse(fault.code().tag, "the tag with key %q is refused", at)
	}
	drop := map[string]bool{}
	for _, t := range p.Delete {
		if t.Key == "" {
			return nil, refuse(tagKeyEmpty.code().tag, "a key in DeleteTags is empty")
		}
		drop[t.Key] = true
		if _, both := set[t.Key]; both {
			return nil, refuse(codeDeleteTags, "the key %q is in both ReplaceTags and DeleteTags", t.Key)
		}
	}
	return nothing{}, h.writing(func(s *State, due time.Time) *serviceError {
		return h.retag(s, due, id, set, drop)
	})
}

// tagsToSet checks tags that are to be bound. On a fault it returns the key of the tag.
func (h *handler) tagsToSet(list []tagParam) (set map[string]string, fault tagFault, at string) {
	set = map[string]string{}
	for _, t := range list {
		fault := h.checkTag(t.Key, t.Value)
		if _, twice := set[t.Key]; twice {
			fault = tagKeyTwice
		}
		if fault != tagFine {
			return nil, fault, t.Key
		}
		set[t.Key] = t.Value
	}
	return set, tagFine, ""
}

// retag changes the tags of one gateway. Keys to drop that it does not have are skipped.
func (h *handler) retag(s *State, due time.Time, id string, set map[string]string, drop map[string]bool) *serviceError {
	r, ok := s.written.byID[id]
	if !ok {
		return refuse(codeResourceDescription, "the customer gateway %s does not exist", id)
	}
	g := r.clone()
	if g.Tags == nil {
		g.Tags = map[string]string{}
	}
	maps.Copy(g.Tags, set)
	maps.DeleteFunc(g.Tags, func(key, _ string) bool { return drop[key] })
	if len(g.Tags) > h.o.MaxTags && len(g.Tags) > len(r.Tags) {
		return refuse(tagTooMany.code().tag, "the customer gateway %s would have more than %d tags", id, h.o.MaxTags)
	}
	s.put(g, due)
	return nil
}

// failedResource is a failure inside a success.
type failedResource struct {
	Resource string
	Code     string
	Message  string
}

type failedResources struct {
	FailedResources []failedResource
}

type tagResourcesParams struct {
	Resources []string   `param:"ResourceList,required"`
	Tags      []tagParam `param:"Tags,required"`
}

func (h *handler) tagResources(p tagResourcesParams) (any, *serviceError) {
	if len(p.Tags) > maxTags {
		return nil, refuse(codeTagNumber, "Tags has more than %d tags", maxTags)
	}
	for _, t := range p.Tags {
		if t.Value == "" {
			return nil, refuse(tagValueEmpty.code().tag, "the tag with key %q has no value", t.Key)
		}
	}
	set, fault, at := h.tagsToSet(p.Tags)
	if fault != tagFine {
		return nil, refuse(fault.code().tag, "the tag with key %q is refused", at)
	}
	return h.retagAll(p.Resources, set, nil)
}

type untagResourcesParams struct {
	Resources []string `param:"ResourceList,required"`
	Keys      []string `param:"TagKeys,required"`
}

func (h *handler) untagResources(p untagResourcesParams) (any, *serviceError) {
	if len(p.Keys) > maxTags {
		return nil, refuse(codeTagNumber, "TagKeys has more than %d values", maxTags)
	}
	drop := map[string]bool{}
	for _, key := range p.Keys {
		fault := tagFine
		if key == "" {
			fault = tagKeyEmpty
		} else if drop[key] {
			fault = tagKeyTwice
		}
		if fault != tagFine {
			return nil, refuse(fault.code().tag, "the tag key %q is refused", key)
		}
		drop[key] = true
	}
	return h.retagAll(p.Resources, nil, drop)
}

// retagAll changes the gateways that it can, and lists the others in FailedResources.
func (h *handler) retagAll(names []string, set map[string]string, drop map[string]bool) (any, *serviceError) {
	ids, e := h.gatewayIDs(names)
	if e != nil {
		return nil, e
	}
	failed := failedResources{FailedResources: []failedResource{}}
	e = h.writing(func(s *State, due time.Time) *serviceError {
		for i, id := range ids {
			if e := h.retag(s, due, id, set, drop); e != nil {
				failed.FailedResources = append(failed.FailedResources, failedResource{names[i], e.Code, e.Message})
			}
		}
		return nil
	})
	return failed, e
}
