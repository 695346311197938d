package tencent

import (
	"maps"
	"slices"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
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

// Tags are kept by a service of its own, for which the SDK has a further package. These two
// requests need no more of it than its signing.

type describeTags struct {
	*tchttp.BaseRequest
	ServiceType    string
	ResourcePrefix string
	ResourceRegion string
	ResourceIds    []string //nolint:revive // the service's spelling
	Offset         int
	Limit          int
}

type modifyTags struct {
	*tchttp.BaseRequest
	Resource    string
	ReplaceTags []tag    `json:",omitempty"` // the service refuses an empty list
	DeleteTags  []tagKey `json:",omitempty"`
}

type (
	tag    struct{ TagKey, TagValue string }
	tagKey struct{ TagKey string }
)

// tagRequest returns what a request of the tag service starts with.
func (d *driver) tagRequest(action string) *tchttp.BaseRequest {
	r := &tchttp.BaseRequest{}
	r.Init().WithApiInfo("tag", "2018-08-13", action)
	r.SetDomain(d.tagHost)
	r.SetPath("/")
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
