package tencent

import (
	"context"
	"slices"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// traits describe this API, according to the SDK's documents and those of the tag service
// (2018-08-13). The largest page of tags is not documented; 100 is what the vendor's other
// operations allow.
var traits = operation.Traits{
	Actions: operation.Actions{
		Create: "CreateCustomerGateway", Get: "DescribeCustomerGateways", List: "DescribeCustomerGateways",
		Modify: "ModifyCustomerGatewayAttribute", Delete: "DeleteCustomerGateway", Connections: "DescribeVpnConnections",
		Tag: "ModifyResourceTags", Untag: "ModifyResourceTags", ReadTags: "DescribeResourceTagsByResourceIds",
	},
	// Sources: the create's code InvalidParameterValue.Duplicate, and tests of the vendor's
	// Terraform provider, which fail with it. No document says it in words.
	UniqueAddresses: true,
	NamesAlways:     true,
	ConfirmsASN:     true,
	PageRows:        pageCap,
	IDsInQuery:      5, // values in a filter
	QueriesOfIDs:    5,
	TagsInChange:    10,
	TagsRead:        50, // resources
	TagRows:         100,
}

// pageCap is how many gateways, or connections, one page holds.
const pageCap = 100

// driver sends the requests of one region.
type driver struct {
	*sender
	region  string
	tagHost string
}

var (
	_ operation.Driver    = (*driver)(nil)
	_ operation.TagReader = (*driver)(nil)
)

func (d *driver) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	reply, err := send[createReply](ctx, d.sender, createRequest(req))
	if err != nil {
		return cgw.Gateway{}, err
	}
	return d.gateway(&reply.CustomerGateway, reply.RequestID), nil
}

func (d *driver) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	page, err := d.Page(ctx, cgw.Filter{IDs: []string{id}}, operation.Cursor{})
	if i := slices.IndexFunc(page.Gateways, func(g cgw.Gateway) bool { return g.ID == id }); i >= 0 {
		return page.Gateways[i], err
	}
	if err == nil && page.Total > len(page.Gateways) {
		err = exchange.Fewer("gateways")
	}
	return cgw.Gateway{}, err
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, at operation.Cursor) (operation.Page, error) {
	r := vpc.NewDescribeCustomerGatewaysRequest()
	r.Limit = common.Uint64Ptr(pageCap)
	if at.Rows > 0 {
		r.Offset = common.Uint64Ptr(uint64(at.Rows))
	}
	filter := func(name string, values ...string) {
		r.Filters = append(r.Filters, &vpc.Filter{Name: &name, Values: common.StringPtrs(values)})
	}
	if len(f.IDs) > 0 {
		filter("customer-gateway-id", f.IDs...)
	}
	if f.IPAddress.IsValid() {
		filter("ip-address", f.IPAddress.String())
	}
	if f.Name != "" {
		filter("customer-gateway-name", f.Name)
	}
	reply, err := send[listReply](ctx, d.sender, r)
	if err != nil {
		return operation.Page{}, err
	}
	return d.page(&reply)
}

func (d *driver) Modify(ctx context.Context, id string, req cgw.UpdateRequest, _ string) error {
	r := vpc.NewModifyCustomerGatewayAttributeRequest()
	r.CustomerGatewayId, r.CustomerGatewayName = &id, req.Name
	if req.ASN != nil {
		r.BgpAsn = common.Uint64Ptr(uint64(*req.ASN))
	}
	return write(ctx, d.sender, r)
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	r := &modifyTags{BaseRequest: d.tagRequest(traits.Actions.Tag), Resource: "qcs::vpc:" + d.region + ":uin/:cgw/" + id}
	for _, t := range set {
		r.ReplaceTags = append(r.ReplaceTags, tag{t.Key, t.Value})
	}
	for _, k := range remove {
		r.DeleteTags = append(r.DeleteTags, tagKey{k})
	}
	return write(ctx, d.sender, r)
}

func (d *driver) Delete(ctx context.Context, id, _ string) error {
	r := vpc.NewDeleteCustomerGatewayRequest()
	r.CustomerGatewayId = &id
	return write(ctx, d.sender, r)
}

func (d *driver) Connections(ctx context.Context, id string) ([]string, error) {
	r := vpc.NewDescribeVpnConnectionsRequest()
	r.Filters = []*vpc.Filter{{Name: common.StringPtr("customer-gateway-id"), Values: []*string{&id}}}
	r.Limit = common.Uint64Ptr(pageCap)
	reply, err := send[connectionsReply](ctx, d.sender, r)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range reply.VpnConnectionSet {
		if c.ID != "" {
			ids = append(ids, string(c.ID))
		}
	}
	return ids, nil
}

func (d *driver) ReadTags(ctx context.Context, ids []string, offset, limit int) (operation.TagPage, error) {
	reply, err := send[tagsReply](ctx, d.sender, &describeTags{
		BaseRequest: d.tagRequest(traits.Actions.ReadTags), ServiceType: "vpc", ResourcePrefix: "cgw",
		ResourceRegion: d.region, ResourceIds: ids, Offset: offset, Limit: limit,
	})
	if err != nil {
		return operation.TagPage{}, err
	}
	if reply.RequestID == "" || !reply.TotalCount.Known && reply.Tags == nil {
		return operation.TagPage{}, exchange.Incomplete("the list of tags")
	}
	page := operation.TagPage{Total: reply.TotalCount.Count(), Limit: max(reply.Limit.Count(), 0)}
	for _, t := range reply.Tags {
		page.Rows = append(page.Rows, operation.TagRow{
			ID: string(t.ResourceID), Key: string(t.TagKey), Value: string(t.TagValue), System: t.Category == "System",
		})
	}
	return page, nil
}

// write sends a request whose reply, if it succeeds, has only a request ID.
func write(ctx context.Context, s *sender, r tchttp.Request) error {
	reply, err := send[acknowledgement](ctx, s, r)
	if err != nil {
		return err
	}
	return exchange.Acknowledged(string(reply.RequestID))
}
