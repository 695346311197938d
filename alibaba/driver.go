package alibaba

import (
	"context"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// traits describe this API, according to the SDK's documents. A region's quota is 100 gateways,
// which is two pages, so a list finds more than two IDs with fewer requests.
var traits = operation.Traits{
	Actions: operation.Actions{
		Create: "CreateCustomerGateway", Get: "DescribeCustomerGateway", List: "DescribeCustomerGateways",
		Modify: "ModifyCustomerGatewayAttribute", Delete: "DeleteCustomerGateway", Connections: "DescribeVpnConnections",
		Tag: "TagResources", Untag: "UnTagResources",
	},
	Tokens:       true,
	PageRows:     pageCap,
	IDsInQuery:   1,
	QueriesOfIDs: 2,
	TagsInChange: tagCap,
}

const (
	pageCap = 50 // gateways, or connections, in a page
	tagCap  = 20 // tags in a change, and in a filter
	// resourceType is the name of customer gateways in TagResources. The SDK's documents do not
	// list it; other programs send it.
	resourceType = "CUSTOMERGATEWAY"
)

// driver sends the requests of one region.
type driver struct {
	*sender
	region string
}

var (
	_ operation.Driver           = (*driver)(nil)
	_ operation.ConnectionLister = (*driver)(nil)
)

func (d *driver) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	reply, err := send[gatewayReply](ctx, d.sender, (*vpc.Client).CreateCustomerGatewayWithContext, createRequest(d.region, req))
	if err != nil {
		return cgw.Gateway{}, err
	}
	return d.gateway(&reply.gatewayFields, reply.RequestID), nil
}

func (d *driver) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	reply, err := send[gatewayReply](ctx, d.sender, (*vpc.Client).DescribeCustomerGatewayWithContext, &vpc.DescribeCustomerGatewayRequest{
		RegionId: &d.region, CustomerGatewayId: &id,
	})
	if err != nil {
		return cgw.Gateway{}, err
	}
	if reply.ID == "" {
		return cgw.Gateway{}, exchange.Incomplete("the ID of a gateway")
	}
	return d.gateway(&reply.gatewayFields, reply.RequestID), nil
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, at operation.Cursor) (operation.Page, error) {
	r := &vpc.DescribeCustomerGatewaysRequest{
		RegionId: &d.region, ResourceGroupId: optional(f.ResourceGroupID),
		PageNumber: dara.Int32(int32(at.Page) + 1), PageSize: dara.Int32(pageCap),
	}
	if len(f.IDs) > 0 {
		r.CustomerGatewayId = &f.IDs[0]
	}
	if len(f.Tags) <= tagCap {
		for k, v := range f.Tags {
			r.Tag = append(r.Tag, &vpc.DescribeCustomerGatewaysRequestTag{Key: &k, Value: &v})
		}
	}
	reply, err := send[listReply](ctx, d.sender, (*vpc.Client).DescribeCustomerGatewaysWithContext, r)
	if err != nil {
		return operation.Page{}, err
	}
	return d.page(&reply)
}

func (d *driver) Modify(ctx context.Context, id string, req cgw.UpdateRequest, token string) error {
	r := &vpc.ModifyCustomerGatewayAttributeRequest{
		RegionId: &d.region, CustomerGatewayId: &id, ClientToken: &token,
		Name: req.Name, Description: req.Description,
	}
	if req.AuthKey != nil {
		r.AuthKey = dara.String(req.AuthKey.Reveal())
	}
	return write(ctx, d.sender, (*vpc.Client).ModifyCustomerGatewayAttributeWithContext, r)
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	if len(remove) > 0 {
		return write(ctx, d.sender, (*vpc.Client).UnTagResourcesWithContext, &vpc.UnTagResourcesRequest{
			RegionId: &d.region, ResourceType: dara.String(resourceType), ResourceId: []*string{&id}, TagKey: dara.StringSlice(remove),
		})
	}
	r := &vpc.TagResourcesRequest{RegionId: &d.region, ResourceType: dara.String(resourceType), ResourceId: []*string{&id}}
	for _, t := range set {
		r.Tag = append(r.Tag, &vpc.TagResourcesRequestTag{Key: dara.String(t.Key), Value: dara.String(t.Value)})
	}
	return write(ctx, d.sender, (*vpc.Client).TagResourcesWithContext, r)
}

func (d *driver) Delete(ctx context.Context, id, token string) error {
	return write(ctx, d.sender, (*vpc.Client).DeleteCustomerGatewayWithContext, &vpc.DeleteCustomerGatewayRequest{
		RegionId: &d.region, CustomerGatewayId: &id, ClientToken: &token,
	})
}

func (d *driver) Connections(ctx context.Context, id string) ([]string, error) {
	reply, err := send[connectionsReply](ctx, d.sender, (*vpc.Client).DescribeVpnConnectionsWithContext, &vpc.DescribeVpnConnectionsRequest{
		RegionId: &d.region, CustomerGatewayId: &id, PageSize: dara.Int32(pageCap),
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range reply.VpnConnections.VpnConnection {
		if c.ID != "" {
			ids = append(ids, string(c.ID))
		}
	}
	return ids, nil
}

// AllConnections also finds connections with two tunnels. The document of DescribeVpnConnections
// does not say whether its filter by gateway finds connections that use the gateway in one of their
// tunnels.
func (d *driver) AllConnections(ctx context.Context, id string, at operation.Cursor) (operation.ConnectionPage, error) {
	reply, err := send[connectionsReply](ctx, d.sender, (*vpc.Client).DescribeVpnConnectionsWithContext, &vpc.DescribeVpnConnectionsRequest{
		RegionId: &d.region, PageNumber: dara.Int32(int32(at.Page) + 1), PageSize: dara.Int32(pageCap),
	})
	if err != nil {
		return operation.ConnectionPage{}, err
	}
	page := operation.ConnectionPage{Rows: len(reply.VpnConnections.VpnConnection), Total: reply.TotalCount.Count()}
	for _, c := range reply.VpnConnections.VpnConnection {
		if c.ID != "" && c.uses(id) {
			page.IDs = append(page.IDs, string(c.ID))
		}
	}
	return page, nil
}

// write sends a request whose reply, if it succeeds, has only a request ID.
func write[Req, Resp any](ctx context.Context, s *sender, m method[Req, Resp], r Req) error {
	reply, err := send[acknowledgement](ctx, s, m, r)
	if err != nil {
		return err
	}
	return exchange.Acknowledged(string(reply.RequestID))
}
