package alibaba

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
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

// created returns the gateway of a create's reply, completed with what was asked for where the
// reply does not say it. The reply has no field for the ASN, the tags and the group.
func (p *Provisioner) created(b *vpc.CreateCustomerGatewayResponseBody, req cgw.CreateRequest) cgw.Gateway {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: p.region, ID: value(b.CustomerGatewayId),
		Name: value(b.Name), Description: value(b.Description), IPAddress: address(b.IpAddress),
		CreatedAt: createdAt(b.CreateTime), RequestID: value(b.RequestId),
	}
	if !g.IPAddress.IsValid() {
		g.IPAddress = req.IPAddress
	}
	if g.Name == "" {
		g.Name = req.Name
	}
	if g.Description == "" {
		g.Description = req.Description
	}
	g.ASN, g.ResourceGroupID = req.ASN, req.ResourceGroupID
	if len(req.Tags) > 0 {
		g.Tags = maps.Clone(req.Tags)
	}
	return g
}

// one returns the gateway of DescribeCustomerGateway. The AuthKey, which the service returns in
// clear, is left out.
func (p *Provisioner) one(b *vpc.DescribeCustomerGatewayResponseBody) cgw.Gateway {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: p.region, ID: value(b.CustomerGatewayId),
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
func (p *Provisioner) listed(b *vpc.DescribeCustomerGatewaysResponseBodyCustomerGatewaysCustomerGateway, requestID string) cgw.Gateway {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: p.region, ID: value(b.CustomerGatewayId),
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

// addTag adds a tag to those of a gateway. The vendor's own marks are left out: they are not the
// user's to keep or remove.
func addTag(tags map[string]string, key, val string) map[string]string {
	if strings.HasPrefix(key, "acs:") || strings.HasPrefix(key, "aliyun") {
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
