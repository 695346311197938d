package alibaba

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// The caps of DescribeCustomerGateways, by the SDK's documents.
const (
	pageCap = 50 // gateways in a page
	tagCap  = 20 // tags in a filter
	// idsByOne is up to how many IDs are asked for one by one. A region's quota is 100
	// gateways, which is two pages, so more are found sooner by listing.
	idsByOne = 2
)

// Get implements [cgw.Getter] with one request.
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

// get reads a gateway as a part of call.
func (p *Provisioner) get(ctx context.Context, call *attempt.Call, id string) (cgw.Gateway, error) {
	var body *vpc.DescribeCustomerGatewayResponseBody
	request := attempt.Request{Action: "DescribeCustomerGateway", Repeatable: true}
	_, err := call.Send(ctx, &request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		resp, err := client.DescribeCustomerGatewayWithContext(ctx, &vpc.DescribeCustomerGatewayRequest{
			RegionId: &p.region, CustomerGatewayId: &id,
		}, runtime())
		if err != nil {
			return err
		}
		if body = resp.Body; body == nil || value(body.CustomerGatewayId) == "" {
			return exchange.Incomplete("the ID of a gateway")
		}
		return nil
	})
	if err != nil {
		return cgw.Gateway{}, err
	}
	return p.one(body), nil
}

// List implements [cgw.Lister]. The service filters by ID and tags; address and name are
// compared here. It pages in 50s. Up to two IDs are asked for one by one; more are picked from
// the whole listing, which ends when all are found.
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
	id     string            // "": all
	tags   map[string]string // at most tagCap
	wanted int               // how many gateways it can find at the most; 0: not known
}

// queries returns the series of pages that find what f admits, and perhaps more.
func queries(f cgw.Filter) []query {
	tags := f.Tags
	if len(tags) > tagCap {
		tags = nil // all of them are compared here
	}
	ids := slices.Compact(slices.Sorted(slices.Values(f.IDs)))
	if len(ids) == 0 || len(ids) > idsByOne {
		return []query{{tags: tags, wanted: len(ids)}}
	}
	var all []query
	for _, id := range ids {
		all = append(all, query{id: id, tags: tags, wanted: 1})
	}
	return all
}

// list yields what q finds and f admits, but for what was seen. It returns whether the caller
// wants more.
func (p *Provisioner) list(ctx context.Context, q query, f cgw.Filter, seen map[string]struct{}, yield func(cgw.Gateway, error) bool) (bool, error) {
	// Rows are counted, not pages: the service may have a lower cap than it documents.
	for n, met, read := int32(1), 0, 0; ; n++ {
		// Every page is a call of its own: a long listing must not run out of MaxElapsed.
		call := p.loop.Start(cgw.OpList, "")
		pg, _, err := p.page(ctx, call, q, n)
		if errors.Is(err, cgw.ErrNotFound) {
			return true, nil // an ID that does not exist is passed over
		}
		if err != nil {
			return false, err
		}
		for _, g := range pg.gateways {
			if _, dup := seen[g.ID]; dup {
				continue
			}
			seen[g.ID] = struct{}{}
			if slices.Contains(f.IDs, g.ID) {
				met++
			}
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
		read += len(pg.gateways)
		if len(pg.gateways) == 0 && read < pg.total {
			return false, call.Error(cgw.ErrUnavailable, cgw.OutcomeNotApplied, exchange.Incomplete("the gateways that it counts"))
		}
		if read >= pg.total || (q.wanted > 0 && met >= q.wanted) {
			return true, nil
		}
	}
}

// page is one reply of DescribeCustomerGateways.
type page struct {
	gateways []cgw.Gateway
	total    int // of all that match
}

// page asks for the nth page, from 1, as a part of call.
func (p *Provisioner) page(ctx context.Context, call *attempt.Call, q query, n int32) (page, exchange.Record, error) {
	var body *vpc.DescribeCustomerGatewaysResponseBody
	request := attempt.Request{Action: "DescribeCustomerGateways", Repeatable: true}
	rec, err := call.Send(ctx, &request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		r := &vpc.DescribeCustomerGatewaysRequest{
			RegionId: &p.region, CustomerGatewayId: optional(q.id),
			PageNumber: &n, PageSize: dara.Int32(pageCap),
		}
		for k, v := range q.tags {
			r.Tag = append(r.Tag, &vpc.DescribeCustomerGatewaysRequestTag{Key: &k, Value: &v})
		}
		resp, err := client.DescribeCustomerGatewaysWithContext(ctx, r, runtime())
		if err != nil {
			return err
		}
		if body = resp.Body; !whole(body, n) {
			return exchange.Incomplete("the gateways that it counts")
		}
		return nil
	})
	if err != nil {
		return page{}, rec, err
	}
	list := body.CustomerGateways.CustomerGateway
	pg := page{gateways: make([]cgw.Gateway, 0, len(list)), total: int(value(body.TotalCount))}
	if body.TotalCount == nil && len(list) == pageCap {
		pg.total = int(n)*pageCap + 1 // not said: go on until a page is short
	}
	for _, g := range list {
		pg.gateways = append(pg.gateways, p.listed(g, value(body.RequestId)))
	}
	return pg, rec, nil
}

// whole reports whether the nth page is what it says to be: what a broken one lacks must not be
// taken for gateways that do not exist.
func whole(b *vpc.DescribeCustomerGatewaysResponseBody, n int32) bool {
	if b == nil || value(b.RequestId) == "" || b.CustomerGateways == nil {
		return false
	}
	list := b.CustomerGateways.CustomerGateway
	for _, g := range list {
		if g == nil || value(g.CustomerGatewayId) == "" {
			return false
		}
	}
	if b.TotalCount == nil {
		return list != nil
	}
	return len(list) > 0 || n > 1 || *b.TotalCount <= 0
}
