package tencent

import (
	"maps"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// createRequest returns the SDK's form of a valid request.
func createRequest(req cgw.CreateRequest) *vpc.CreateCustomerGatewayRequest {
	r := vpc.NewCreateCustomerGatewayRequest()
	r.CustomerGatewayName = &req.Name
	r.IpAddress = common.StringPtr(req.IPAddress.String())
	if req.ASN != 0 {
		r.BgpAsn = common.Int64Ptr(int64(req.ASN))
	}
	for _, k := range slices.Sorted(maps.Keys(req.Tags)) {
		r.Tags = append(r.Tags, &vpc.Tag{Key: &k, Value: common.StringPtr(req.Tags[k])})
	}
	return r
}

// gateway returns the gateway of a reply. It has no tags: they are in another service.
func (d *driver) gateway(g *vpc.CustomerGateway, requestID string) cgw.Gateway {
	ip, _ := netip.ParseAddr(value(g.IpAddress)) // a malformed one stays invalid: nothing better is known
	return cgw.Gateway{
		Provider: cgw.Tencent, Region: d.region, ID: value(g.CustomerGatewayId), Name: value(g.CustomerGatewayName),
		IPAddress: ip.Unmap(), ASN: asn(g.BgpAsn), CreatedAt: createdAt(value(g.CreatedTime)), RequestID: requestID,
	}
}

// page returns the page of a reply. What a broken one lacks must not be taken for gateways that do
// not exist.
func (d *driver) page(r *vpc.DescribeCustomerGatewaysResponseParams) (operation.Page, error) {
	page := operation.Page{Gateways: make([]cgw.Gateway, 0, len(r.CustomerGatewaySet)), Total: -1}
	if r.TotalCount != nil {
		page.Total = int(min(*r.TotalCount, math.MaxInt32))
	}
	if value(r.RequestId) == "" || r.TotalCount == nil && r.CustomerGatewaySet == nil {
		return operation.Page{}, exchange.Incomplete("the gateways that it counts")
	}
	for _, g := range r.CustomerGatewaySet {
		if g == nil || value(g.CustomerGatewayId) == "" {
			return operation.Page{}, exchange.Incomplete("the gateways that it counts")
		}
		page.Gateways = append(page.Gateways, d.gateway(g, value(r.RequestId)))
	}
	return page, nil
}

// asn reads a number that the service may send as 0 for none. One that is no ASN is none.
func asn(n *uint64) cgw.ASN {
	if n == nil || *n > 1<<32-1 {
		return 0
	}
	return cgw.ASN(*n)
}

// chinaTime is the zone of CreatedTime. The vendor's document does not name one; that it is
// UTC+8 is inferred from the same API's other zone-less times, which are read so in practice,
// while its UTC times carry a Z.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

// createdAt reads a time of the service: without a zone, or should it come to that with one.
// What cannot be read is the zero time.
func createdAt(s string) time.Time {
	if t, err := time.ParseInLocation(time.DateTime, s, chinaTime); err == nil {
		return t.UTC()
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC()
	}
	return time.Time{}
}

// value returns what p points to, or the zero value: any field of a reply may be missing.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
