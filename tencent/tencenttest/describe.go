package tencenttest

import (
	"slices"
)

// The limits of lists and pages in the vendor's document of DescribeCustomerGateways. The document
// of DescribeVpnConnections has the same.
const (
	maxIDs          = 100
	maxFilters      = 10
	maxFilterValues = 5
	defaultLimit    = 20
	maxLimit        = 100
)

type filter struct {
	Name   string   `param:"Name,required"`
	Values []string `param:"Values,required"`
}

type describeParams struct {
	IDs     []string `param:"CustomerGatewayIds"`
	Filters []filter `param:"Filters"`
	Offset  uint64   `param:"Offset"`
	Limit   *uint64  `param:"Limit"`
}

// gatewayFilters are the names of the filters, and the fields that they compare.
func gatewayFilters() map[string]func(*row) string {
	return map[string]func(*row) string{
		"customer-gateway-id":   func(r *row) string { return r.ID },
		"customer-gateway-name": func(r *row) string { return r.Name },
		"ip-address":            func(r *row) string { return r.IPAddress },
	}
}

// describeGateways answers in the order of creation, oldest first.
func (h *handler) describeGateways(p describeParams) (any, *serviceError) {
	limit, e := checkSelection("CustomerGatewayIds", "cgw-", p.IDs, p.Filters, p.Limit)
	if e != nil {
		return nil, e
	}
	keep, e := filters(gatewayFilters(), p.Filters)
	if e != nil {
		return nil, e
	}
	var rows []*row
	total := 0
	h.reading(func(t *table) {
		found := t.rows
		if len(p.IDs) > 0 {
			var unknown string
			if found, unknown = t.withIDs(p.IDs); unknown != "" && !h.o.EmptyOnUnknownIDs {
				e = refuse(codeResourceNotFound, "the customer gateway %s does not exist", unknown)
				return
			}
		} else if len(p.Filters) > 0 {
			found = t.matching(p.Filters, keep)
		}
		total = len(found)
		rows = slices.Clone(page(found, p.Offset, limit))
	})
	if e != nil {
		return nil, e
	}
	views := make([]gatewayView, len(rows))
	for i, r := range rows {
		views[i] = h.view(r.Gateway)
	}
	return struct {
		CustomerGatewaySet []gatewayView
		TotalCount         int
	}{views, total}, nil
}

// withIDs returns the rows that have the IDs, and one of the IDs that no row has.
func (t *table) withIDs(ids []string) (found []*row, unknown string) {
	for _, id := range ids {
		if r, ok := t.byID[id]; !ok {
			unknown = id
		} else if !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *row) int { return bySeq(a, b.seq) })
	return found, unknown
}

// matching returns the rows that pass all filters. Filters by ID or address use the indexes; only
// a filter by name alone reads all rows.
func (t *table) matching(fs []filter, keep func(*row) bool) []*row {
	candidates := t.rows
	for _, f := range fs {
		switch f.Name {
		case "customer-gateway-id":
			candidates, _ = t.withIDs(f.Values)
		case "ip-address":
			candidates = nil
			for _, ip := range slices.Compact(slices.Sorted(slices.Values(f.Values))) {
				candidates = append(candidates, t.byIP[ip]...)
			}
			slices.SortFunc(candidates, func(a, b *row) int { return bySeq(a, b.seq) })
		}
	}
	var found []*row
	for _, r := range candidates {
		if keep(r) {
			found = append(found, r)
		}
	}
	return found
}

// checkSelection checks the parameters that the Describe actions share, and returns the limit.
func checkSelection(idsName, prefix string, ids []string, fs []filter, limit *uint64) (uint64, *serviceError) {
	if len(ids) > 0 && len(fs) > 0 {
		return 0, refuse(codeCoexist, "%s and Filters cannot be given together", idsName)
	}
	if len(ids) > maxIDs {
		return 0, refuse(codeValueLimit, "%s has more than %d values", idsName, maxIDs)
	}
	for _, id := range ids {
		if e := checkID(prefix, id); e != nil {
			return 0, e
		}
	}
	if len(fs) > maxFilters {
		return 0, refuse(codeNumberOfFilters, "there are more than %d Filters", maxFilters)
	}
	for _, f := range fs {
		if len(f.Values) > maxFilterValues {
			return 0, refuse(codeValueLimit, "the filter %q has more than %d Values", f.Name, maxFilterValues)
		}
	}
	if limit == nil {
		return defaultLimit, nil
	}
	if *limit < 1 || *limit > maxLimit {
		return 0, refuse(codeValueRange, "Limit must be from 1 to %d", maxLimit)
	}
	return *limit, nil
}

// filters returns a function that reports whether an item passes every filter: the named field
// equals one of its values.
func filters[T any](fields map[string]func(T) string, fs []filter) (func(T) bool, *serviceError) {
	for _, f := range fs {
		if _, ok := fields[f.Name]; !ok {
			return nil, refuse(codeFilterInvalidKey, "there is no filter %q", f.Name)
		}
	}
	return func(item T) bool {
		for _, f := range fs {
			if !slices.Contains(f.Values, fields[f.Name](item)) {
				return false
			}
		}
		return true
	}, nil
}

func page[T any](all []T, offset, limit uint64) []T {
	rest := all[min(offset, uint64(len(all))):]
	return rest[:min(limit, uint64(len(rest)))]
}
