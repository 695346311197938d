package alibaba

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// createRequest returns the SDK's form of a valid request.
func createRequest(region string, req cgw.CreateRequest) *vpc.CreateCustomerGatewayRequest {
	r := &vpc.CreateCustomerGatewayRequest{
		RegionId:        &region,
		IpAddress:       dara.String(req.IPAddress.String()),
		Name:            optional(req.Name),
		Description:     optional(req.Description),
		ResourceGroupId: optional(req.ResourceGroupID),
		AuthKey:         optional(req.AuthKey.Reveal()),
		ClientToken:     optional(req.ClientToken),
	}
	if req.ASN != 0 {
		r.Asn = dara.String(req.ASN.String())
	}
	// In a fixed order: with another, a repeat would not be the same request as the first.
	for _, k := range slices.Sorted(maps.Keys(req.Tags)) {
		r.Tags = append(r.Tags, &vpc.CreateCustomerGatewayRequestTags{Key: &k, Value: dara.String(req.Tags[k])})
	}
	return r
}

// created returns the gateway of a create's reply, which has no field for the ASN, the tags and
// the group.
func (d *driver) created(b *vpc.CreateCustomerGatewayResponseBody) cgw.Gateway {
	return cgw.Gateway{
		Provider: cgw.Alibaba, Region: d.region, ID: value(b.CustomerGatewayId),
		Name: value(b.Name), Description: value(b.Description), IPAddress: address(b.IpAddress),
		CreatedAt: createdAt(b.CreateTime), RequestID: value(b.RequestId),
	}
}

// one returns the gateway of DescribeCustomerGateway. The AuthKey, which the service returns in
// clear, is left out.
func (d *driver) one(b *vpc.DescribeCustomerGatewayResponseBody) cgw.Gateway {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: d.region, ID: value(b.CustomerGatewayId),
		Name: value(b.Name), Description: value(b.Description), IPAddress: address(b.IpAddress),
		ASN: asn(b.Asn), ResourceGroupID: value(b.ResourceGroupId), CreatedAt: createdAt(b.CreateTime), RequestID: value(b.RequestId),
	}
	if b.Tags != nil {
		for _, t := range b.Tags.Tag {
			if t != nil {
				g.Tags = addTag(g.Tags, value(t.Key), value(t.Value))
			}
		}
	}
	return g
}

// listed returns a gateway of DescribeCustomerGateways.
func (d *driver) listed(b *vpc.DescribeCustomerGatewaysResponseBodyCustomerGatewaysCustomerGateway, requestID string) cgw.Gateway {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: d.region, ID: value(b.CustomerGatewayId),
		Name: value(b.Name), Description: value(b.Description), IPAddress: address(b.IpAddress),
		ASN: asn(b.Asn), ResourceGroupID: value(b.ResourceGroupId), CreatedAt: createdAt(b.CreateTime), RequestID: requestID,
	}
	if b.Tags != nil {
		for _, t := range b.Tags.Tag {
			if t != nil {
				g.Tags = addTag(g.Tags, value(t.Key), value(t.Value))
			}
		}
	}
	return g
}

// page returns the page of a reply. What a broken one lacks must not be taken for gateways that do
// not exist.
func (d *driver) page(b *vpc.DescribeCustomerGatewaysResponseBody) (operation.Page, error) {
	if b == nil || value(b.RequestId) == "" || b.CustomerGateways == nil || b.TotalCount == nil && b.CustomerGateways.CustomerGateway == nil {
		return operation.Page{}, exchange.Incomplete("the gateways that it counts")
	}
	list := b.CustomerGateways.CustomerGateway
	page := operation.Page{Gateways: make([]cgw.Gateway, 0, len(list)), Total: -1}
	if b.TotalCount != nil {
		page.Total = int(max(*b.TotalCount, 0))
	}
	for _, g := range list {
		if g == nil || value(g.CustomerGatewayId) == "" {
			return operation.Page{}, exchange.Incomplete("the gateways that it counts")
		}
		page.Gateways = append(page.Gateways, d.listed(g, value(b.RequestId)))
	}
	return page, nil
}

// reserved tells the keys that the vendor keeps for itself.
var reserved = Rules().Tags

// addTag adds a tag to those of a gateway. The vendor's own are left out: they are not the user's
// to keep or remove.
func addTag(tags map[string]string, key, val string) map[string]string {
	if reserved.ReservedKey(key) {
		return tags
	}
	if tags == nil {
		tags = map[string]string{}
	}
	tags[key] = val
	return tags
}

// address reads an address of the service. A malformed one stays invalid: nothing better is
// known.
func address(s *string) netip.Addr {
	ip, _ := netip.ParseAddr(value(s))
	return ip.Unmap()
}

// asn reads a number that the service may send as 0 for none. One that is no ASN is none.
func asn(n *int64) cgw.ASN {
	if n == nil || *n < 0 || *n > 1<<32-1 {
		return 0
	}
	return cgw.ASN(*n)
}

// createdAt reads the milliseconds since 1970 of the service.
func createdAt(ms *int64) time.Time {
	if value(ms) <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(*ms).UTC()
}

// optional returns nil for the empty text: the SDK would send it as an empty parameter.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value returns what p points to, or the zero value: any field of a reply may be missing.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
