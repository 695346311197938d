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

// Tags are in a separate service. The SDK has a package for it, which cgw does not need: these two
// requests use only the SDK's signing.

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

// tagRequest returns the base of a request to the tag service.
func (d *driver) tagRequest(action string) *tchttp.BaseRequest {
	r := &tchttp.BaseRequest{}
	r.Init().WithApiInfo("tag", "2018-08-13", action)
	r.SetDomain(d.tagHost)
	r.SetPath("/")
	return r
}

// chinaTime is the zone of CreatedTime. The vendor's document names no zone. cgw infers UTC+8:
// other programs read the API's other times that have no zone as UTC+8, and its times in UTC end
// with Z.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

// createdAt reads a time of the service. It has no zone today; a time with a zone is read too. A
// text that is not a time gives the zero time.
func createdAt(s string) time.Time {
	if t, err := time.ParseInLocation(time.DateTime, s, chinaTime); err == nil {
		return t.UTC()
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC()
	}
	return time.Time{}
}
