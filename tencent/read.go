package tencent

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/netip"
	"slices"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// The caps of DescribeCustomerGateways, by the SDK's documents.
const (
	pageCap   = 100 // gateways in a page, and IDs in a request
	filterCap = 5   // values in a filter
)

// Get implements [cgw.Getter] with two requests: one for the gateway, one for its tags.
func (p *Provisioner) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpGet, id)
	if err := attempt.CheckID(id); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	g, err := p.get(ctx, call, id)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	return g, nil
}

// get reads a gateway as a part of call. The service answers an unknown ID with an error or
// with an empty set; which, its documents do not say.
func (p *Provisioner) get(ctx context.Context, call *attempt.Call, id string) (cgw.Gateway, error) {
	pg, rec, err := p.page(ctx, call, query{ids: []string{id}}, 0)
	if err != nil {
		return cgw.Gateway{}, err
	}
	i := slices.IndexFunc(pg.gateways, func(g cgw.Gateway) bool { return g.ID == id })
	if i < 0 {
		e := call.Error(cgw.ErrNotFound, cgw.OutcomeNotApplied, nil)
		e.HTTPStatus, e.RequestID = rec.Reply.Status, rec.Reply.RequestID
		return cgw.Gateway{}, e.WithContext(ctx)
	}
	return pg.gateways[i], p.addTags(ctx, call, pg.gateways[i:i+1])
}

// List implements [cgw.Lister]. The service filters by IDs, address and name; tags are compared
// here. It pages in 100s; tags are read for up to 50 gateways at a time. IDs are asked for by a
// filter of five, or, if they are more, in batches of 100, which the service may refuse when
// one of them does not exist: that batch is then asked for in fives.
func (p *Provisioner) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	f.IDs, f.Tags = slices.Clone(f.IDs), maps.Clone(f.Tags)
	f.IPAddress = f.IPAddress.Unmap()
	return func(yield func(cgw.Gateway, error) bool) {
		call := p.loop.Start(cgw.OpList, "")
		if err := attempt.CheckFilter(f); err != nil {
			yield(cgw.Gateway{}, call.Refuse(ctx, err))
			return
		}
		seen := map[string]struct{}{}
		for _, q := range queries(f) {
			if more, err := p.list(ctx, q, f, seen, yield); err != nil {
				yield(cgw.Gateway{}, call.Fail(ctx, err))
				return
			} else if !more {
				return
			}
		}
	}
}

// query is one series of pages.
type query struct {
	ids     []string // by CustomerGatewayIds, which excludes the filters
	byID    []string // by filter
	address netip.Addr
	name    string
}

// queries returns the series of pages that find what f admits, and perhaps more.
func queries(f cgw.Filter) []query {
	ids := slices.Compact(slices.Sorted(slices.Values(f.IDs)))
	switch {
	case len(ids) == 0:
		return []query{{address: f.IPAddress, name: f.Name}}
	case len(ids) <= filterCap:
		return []query{{byID: ids, address: f.IPAddress, name: f.Name}}
	}
	var all []query
	for batch := range slices.Chunk(ids, pageCap) {
		all = append(all, query{ids: batch})
	}
	return all
}

// list yields what q finds and f admits, but for what was seen. It returns whether the caller
// wants more.
func (p *Provisioner) list(ctx context.Context, q query, f cgw.Filter, seen map[string]struct{}, yield func(cgw.Gateway, error) bool) (bool, error) {
	for offset := uint64(0); ; {
		// Every page is a call of its own: a long listing must not run out of MaxElapsed.
		call := p.loop.Start(cgw.OpList, "")
		pg, _, err := p.page(ctx, call, q, offset)
		if errors.Is(err, cgw.ErrNotFound) && len(q.ids) > filterCap {
			return p.listInFives(ctx, q, f, seen, yield)
		}
		if err != nil && !errors.Is(err, cgw.ErrNotFound) {
			return false, err
		}
		for batch := range slices.Chunk(pg.gateways, tagBatch) {
			batch = slices.DeleteFunc(batch, func(g cgw.Gateway) bool {
				_, dup := seen[g.ID]
				return dup || !matchesBeforeTags(f, g)
			})
			if err := p.addTags(ctx, call, batch); err != nil {
				return false, err
			}
			for _, g := range batch {
				seen[g.ID] = struct{}{}
				if !f.Match(g) {
					continue
				}
				if ctx.Err() != nil {
					return false, call.Error(nil, cgw.OutcomeNotApplied, nil).WithContext(ctx)
				}
				if !yield(g, nil) {
					return false, nil
				}
			}
		}
		offset += uint64(pg.size)
		if pg.size == 0 || offset >= pg.total {
			return true, nil
		}
	}
}

func (p *Provisioner) listInFives(ctx context.Context, q query, f cgw.Filter, seen map[string]struct{}, yield func(cgw.Gateway, error) bool) (bool, error) {
	for five := range slices.Chunk(q.ids, filterCap) {
		if more, err := p.list(ctx, query{byID: five}, f, seen, yield); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// matchesBeforeTags is f.Match but for the tags, which are not read yet.
func matchesBeforeTags(f cgw.Filter, g cgw.Gateway) bool {
	f.Tags = nil
	return f.Match(g)
}

// page is one reply of DescribeCustomerGateways.
type page struct {
	gateways []cgw.Gateway // without tags
	size     int           // of the page as the service sent it
	total    uint64        // of all that match
}

// page asks for one page as a part of call.
func (p *Provisioner) page(ctx context.Context, call *attempt.Call, q query, offset uint64) (page, exchange.Record, error) {
	var r *vpc.DescribeCustomerGatewaysResponseParams
	request := attempt.Request{Action: "DescribeCustomerGateways", Repeatable: true}
	rec, err := call.Send(ctx, &request, func(ctx context.Context) (err error) {
		r, err = send[vpc.DescribeCustomerGatewaysResponseParams](ctx, p, q.request(offset))
		if err == nil && !whole(r, offset) {
			return exchange.Incomplete("the gateways that it counts")
		}
		return err
	})
	if err != nil {
		return page{}, rec, err
	}
	pg := page{size: len(r.CustomerGatewaySet), total: value(r.TotalCount)}
	if r.TotalCount == nil && pg.size == pageCap {
		pg.total = offset + uint64(pg.size) + 1 // not said: go on until a page is short
	}
	pg.gateways = make([]cgw.Gateway, 0, pg.size)
	for _, g := range r.CustomerGatewaySet {
		pg.gateways = append(pg.gateways, p.gateway(g, value(r.RequestId)))
	}
	return pg, rec, nil
}

// whole reports whether a page is what it says to be: what a broken one lacks must not be taken
// for gateways that do not exist.
func whole(r *vpc.DescribeCustomerGatewaysResponseParams, offset uint64) bool {
	if value(r.RequestId) == "" {
		return false
	}
	for _, g := range r.CustomerGatewaySet {
		if g == nil || value(g.CustomerGatewayId) == "" {
			return false
		}
	}
	if r.TotalCount == nil {
		return r.CustomerGatewaySet != nil
	}
	return len(r.CustomerGatewaySet) > 0 || *r.TotalCount <= offset
}

func (q query) request(offset uint64) *vpc.DescribeCustomerGatewaysRequest {
	r := vpc.NewDescribeCustomerGatewaysRequest()
	r.Limit = common.Uint64Ptr(pageCap)
	if offset > 0 {
		r.Offset = &offset
	}
	if len(q.ids) > 0 {
		r.CustomerGatewayIds = common.StringPtrs(q.ids)
		return r
	}
	filter := func(name string, values ...string) {
		r.Filters = append(r.Filters, &vpc.Filter{Name: &name, Values: common.StringPtrs(values)})
	}
	if len(q.byID) > 0 {
		filter("customer-gateway-id", q.byID...)
	}
	if q.address.IsValid() {
		filter("ip-address", q.address.String())
	}
	if q.name != "" {
		filter("customer-gateway-name", q.name)
	}
	return r
}
