package tencent

import (
	"maps"
	"slices"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
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
