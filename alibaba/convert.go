package alibaba

import (
	"maps"
	"slices"
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
	// In a fixed order: in another order, a retry would be a different request.
	for _, k := range slices.Sorted(maps.Keys(req.Tags)) {
		r.Tags = append(r.Tags, &vpc.CreateCustomerGatewayRequestTags{Key: &k, Value: dara.String(req.Tags[k])})
	}
	return r
}

// createdAt reads a time of the service: milliseconds since 1970. It returns the zero time if that is none,
// or a time after the year 9999, which JSON cannot hold.
func createdAt(ms int64) time.Time {
	t := time.UnixMilli(ms).UTC()
	if ms <= 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// optional returns nil for the empty text, which the SDK would send as an empty parameter.
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
