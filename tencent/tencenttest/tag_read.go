package tencenttest

import (
	"slices"
	"strconv"
	"strings"
)

const (
	maxTagIDs       = 50
	defaultTagLimit = 15

	maxTagFilters      = 6
	maxTagFilterValues = 10
	maxResults         = 200
	defaultResults     = 50
)

type describeTagsByIDsParams struct {
	Service  string   `param:"ServiceType,required"`
	Prefix   string   `param:"ResourcePrefix,required"`
	IDs      []string `param:"ResourceIds,required"`
	Region   string   `param:"ResourceRegion,present"` // empty for resources without a region
	Offset   uint64   `param:"Offset"`
	Limit    *uint64  `param:"Limit"`
	Category string   `param:"Category"`
}

func (h *handler) describeTagsByIDs(p describeTagsByIDsParams) (any, *serviceError) {
	reply := struct {
		tagPage
		Tags []tagRow
	}{}
	var e *serviceError
	if reply.tagPage, e = checkTagPage(p.Offset, p.Limit); e != nil {
		return nil, e
	}
	if e = h.checkPlace(p.Service, p.Prefix, p.Region); e != nil {
		return nil, e
	}
	if len(p.IDs) > maxTagIDs || slices.Contains(p.IDs, "") {
		return nil, refuse(codeResourceID, "ResourceIds has more than %d values, or an empty one", maxTagIDs)
	}
	switch p.Category {
	case "":
		p.Category = categoryAll
	case categoryAll, categoryCustom, categorySystem:
	default:
		return nil, refuse(codeInvalidParameter, "Category %q is not Custom, System or All", p.Category)
	}
	var found []*row
	h.reading(func(t *table) { found, _ = t.withIDs(p.IDs) })
	rows := tagRows(found, p.Category)
	reply.TotalCount, reply.Tags = len(rows), page(rows, reply.Offset, reply.Limit)
	return reply, nil
}

type describeTagsParams struct {
	UIN     *uint64 `param:"CreateUin"`
	Region  string  `param:"ResourceRegion"`
	Service string  `param:"ServiceType"`
	Prefix  string  `param:"ResourcePrefix"`
	ID      string  `param:"ResourceId"`
	Offset  uint64  `param:"Offset"`
	Limit   *uint64 `param:"Limit"`
	COS     uint64  `param:"CosResourceId"`
}

func (h *handler) describeTags(p describeTagsParams) (any, *serviceError) {
	reply := struct {
		tagPage
		Rows []tagRow
	}{}
	var e *serviceError
	if reply.tagPage, e = checkTagPage(p.Offset, p.Limit); e != nil {
		return nil, e
	}
	var found []*row
	if p.COS == 0 && h.ofGateways(p.Service, p.Prefix, p.Region, p.UIN) {
		h.reading(func(t *table) { found = t.some(p.ID) })
	}
	rows := tagRows(found, categoryAll)
	reply.TotalCount, reply.Rows = len(rows), page(rows, reply.Offset, reply.Limit)
	return reply, nil
}

// some returns the row that has the ID, or all rows if id is empty.
func (t *table) some(id string) []*row {
	if id == "" {
		return slices.Clone(t.rows)
	}
	found, _ := t.withIDs([]string{id})
	return found
}

type tagFilter struct {
	Key    string   `param:"TagKey,present"`
	Values []string `param:"TagValue"`
}

// passes reports whether the tags have every key with one of its values, or with any value if none
// is given.
func passes(g Gateway, filters []tagFilter) bool {
	for _, f := range filters {
		if !slices.ContainsFunc(tagsOf(g, categoryAll), func(t tagView) bool {
			return t.TagKey == f.Key && (len(f.Values) == 0 || slices.Contains(f.Values, t.TagValue))
		}) {
			return false
		}
	}
	return true
}

type describeByTagsParams struct {
	Filters []tagFilter `param:"TagFilters,required"`
	UIN     *uint64     `param:"CreateUin"`
	Offset  uint64      `param:"Offset"`
	Limit   *uint64     `param:"Limit"`
	Prefix  string      `param:"ResourcePrefix"`
	ID      string      `param:"ResourceId"`
	Region  string      `param:"ResourceRegion"`
	Service string      `param:"ServiceType"`
}

// resourceRow is a resource with its tags.
type resourceRow struct {
	ResourceRegion string
	ServiceType    string
	ResourcePrefix string
	ResourceID     string `json:"ResourceId"`
	Tags           []tagView
}

func (h *handler) describeByTags(p describeByTagsParams) (any, *serviceError) {
	reply := struct {
		tagPage
		Rows []resourceRow
	}{Rows: []resourceRow{}}
	var e *serviceError
	if reply.tagPage, e = checkTagPage(p.Offset, p.Limit); e != nil {
		return nil, e
	}
	if len(p.Filters) > maxTagFilters {
		return nil, refuse(codeTagFiltersLength, "there are more than %d TagFilters", maxTagFilters)
	}
	if slices.ContainsFunc(p.Filters, func(f tagFilter) bool { return f.Key == "" }) {
		return nil, refuse(codeTagFilters, "a tag filter has no TagKey")
	}
	var found []*row
	if h.ofGateways(p.Service, p.Prefix, p.Region, p.UIN) {
		h.reading(func(t *table) { found = t.some(p.ID) })
	}
	found = slices.DeleteFunc(found, func(r *row) bool { return !passes(r.Gateway, p.Filters) })
	reply.TotalCount = len(found)
	for _, r := range page(found, reply.Offset, reply.Limit) {
		reply.Rows = append(reply.Rows, resourceRow{h.o.Region, serviceType, resourcePrefix, r.ID, tagsOf(r.Gateway, categoryAll)})
	}
	return reply, nil
}

type getResourcesParams struct {
	Resources []string    `param:"ResourceList"`
	Filters   []tagFilter `param:"TagFilters"`
	Token     string      `param:"PaginationToken"`
	Max       *uint64     `param:"MaxResults"`
}

// tagMapping is a resource with its tags, by its six-segment name.
type tagMapping struct {
	Resource string
	Tags     []tagView
}

// getResources answers the resources that have tags. Its token names the last one returned, so that
// none is repeated or skipped if others are created or deleted in between.
func (h *handler) getResources(p getResourcesParams) (any, *serviceError) {
	ids, e := h.gatewayIDs(p.Resources)
	if e != nil {
		return nil, e
	}
	limit, after, e := checkGetResources(p)
	if e != nil {
		return nil, e
	}
	var found []*row
	h.reading(func(t *table) {
		if len(ids) > 0 {
			found, _ = t.withIDs(ids)
			limit = len(found)
		} else {
			found = t.some("")
		}
	})
	reply := struct {
		PaginationToken        string
		ResourceTagMappingList []tagMapping
	}{ResourceTagMappingList: []tagMapping{}}
	last := uint64(0)
	for _, r := range found {
		if r.seq <= after || len(r.Tags)+len(r.SystemTags) == 0 || !passes(r.Gateway, p.Filters) {
			continue
		}
		if len(reply.ResourceTagMappingList) == limit {
			reply.PaginationToken = paginationToken + strconv.FormatUint(last, 36)
			break
		}
		reply.ResourceTagMappingList = append(reply.ResourceTagMappingList, tagMapping{h.resourceName(r.ID), tagsOf(r.Gateway, categoryAll)})
		last = r.seq
	}
	return reply, nil
}

const paginationToken = "after-"

func checkGetResources(p getResourcesParams) (limit int, after uint64, e *serviceError) {
	if len(p.Filters) > maxTagFilters {
		return 0, 0, refuse(codeTagNumber, "there are more than %d TagFilters", maxTagFilters)
	}
	for _, f := range p.Filters {
		if f.Key == "" {
			return 0, 0, refuse(tagKeyEmpty.code().tag, "a tag filter has no TagKey")
		}
		if len(f.Values) > maxTagFilterValues {
			return 0, 0, refuse(codeTag, "the tag filter %q has more than %d values", f.Key, maxTagFilterValues)
		}
	}
	limit = defaultResults
	if p.Max != nil {
		if *p.Max < 1 || *p.Max > maxResults {
			return 0, 0, refuse(codeInvalidParameter, "MaxResults must be from 1 to %d", maxResults)
		}
		limit = int(*p.Max)
	}
	if p.Token != "" {
		digits, ok := strings.CutPrefix(p.Token, paginationToken)
		n, err := strconv.ParseUint(digits, 36, 64)
		if !ok || err != nil {
			return 0, 0, refuse(codePaginationToken, "the PaginationToken is not from a reply")
		}
		after = n
	}
	return limit, after, nil
}
