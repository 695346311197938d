package tencenttest

import (
	"slices"
	"time"
)

// resourcesParams name resources of one kind in one region.
type resourcesParams struct {
	service, prefix, region string
	ids                     []string
}

type attachTagParams struct {
	Service string   `param:"ServiceType,required"`
	IDs     []string `param:"ResourceIds,required"`
	Key     string   `param:"TagKey,present"`
	Value   string   `param:"TagValue,present"`
	Region  string   `param:"ResourceRegion"`
	Prefix  string   `param:"ResourcePrefix"`
}

// attachTag binds a tag to gateways that do not have its key: to all of them or to none.
func (h *handler) attachTag(p attachTagParams) (any, *serviceError) {
	fault := h.checkTag(p.Key, p.Value)
	switch fault {
	case tagFine:
	case tagKeyEmpty, tagKeyCharacter, tagKeyReserved, tagValueCharacter:
		return nil, refuse(fault.code().tag, "the tag with key %q is refused", p.Key)
	default: // the action has no code for the length
		return nil, refuse(codeInvalidParameter, "the tag with key %q is refused", p.Key)
	}
	return h.retagEach(resourcesParams{p.Service, p.Prefix, p.Region, p.IDs}, func(g *Gateway) *serviceError {
		if _, there := g.Tags[p.Key]; there {
			return refuse(codeTagAttached, "the customer gateway %s has a tag with key %q", g.ID, p.Key)
		}
		if len(g.Tags) >= h.o.MaxTags {
			return refuse(tagTooMany.code().tag, "the customer gateway %s would have more than %d tags", g.ID, h.o.MaxTags)
		}
		if g.Tags == nil {
			g.Tags = map[string]string{}
		}
		g.Tags[p.Key] = p.Value
		return nil
	})
}

type detachTagParams struct {
	Service string   `param:"ServiceType,required"`
	IDs     []string `param:"ResourceIds,required"`
	Key     string   `param:"TagKey,present"`
	Region  string   `param:"ResourceRegion"`
	Prefix  string   `param:"ResourcePrefix"`
}

// detachTag removes the key from gateways that have it: from all of them or from none.
func (h *handler) detachTag(p detachTagParams) (any, *serviceError) {
	if p.Key == "" {
		return nil, refuse(tagKeyEmpty.code().tag, "TagKey is empty")
	}
	return h.retagEach(resourcesParams{p.Service, p.Prefix, p.Region, p.IDs}, func(g *Gateway) *serviceError {
		if _, there := g.Tags[p.Key]; !there {
			return refuse(codeTagNotAttached, "the customer gateway %s has no tag with key %q", g.ID, p.Key)
		}
		delete(g.Tags, p.Key)
		return nil
	})
}

// checkPlace refuses a kind of resource or a region that does not exist here.
func (h *handler) checkPlace(service, prefix, region string) *serviceError {
	switch {
	case service != serviceType:
		return refuse(codeServiceType, "ServiceType %q has no resources here", service)
	case prefix != resourcePrefix:
		return refuse(codeResourcePrefix, "ResourcePrefix %q has no resources here", prefix)
	case region != h.o.Region:
		return refuse(codeRegion, "ResourceRegion %q has no resources here", region)
	}
	return nil
}

// retagEach changes every one of the gateways, or none if change refuses one of them.
func (h *handler) retagEach(p resourcesParams, change func(*Gateway) *serviceError) (any, *serviceError) {
	if e := h.checkPlace(p.service, p.prefix, p.region); e != nil {
		return nil, e
	}
	if len(p.ids) > maxTagIDs {
		return nil, refuse(codeResourceNumber, "ResourceIds has more than %d values", maxTagIDs)
	}
	return nothing{}, h.writing(func(s *State, due time.Time) *serviceError {
		changed := []Gateway{}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(p.ids))) {
			r, ok := s.written.byID[id]
			if !ok {
				return refuse(codeResourceID, "the customer gateway %q does not exist", id)
			}
			g := r.clone()
			if e := change(&g); e != nil {
				return e
			}
			changed = append(changed, g)
		}
		for _, g := range changed {
			s.put(g, due)
		}
		return nil
	})
}
