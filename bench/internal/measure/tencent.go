package measure

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const tencentRegion = tencenttest.DefaultRegion

func tencentKeys() common.CredentialIface {
	return tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, "")
}

// tencentTags is the request of the tag service that cgw's Get makes. The SDK has a package of
// its own for it; a program that does not want that one writes this.
type tencentTags struct {
	*tchttp.BaseRequest
	ServiceType, ResourcePrefix, ResourceRegion string
	ResourceIds                                 []string //nolint:revive // the service's spelling
	Offset, Limit                               int
}

type tencentTagsReply struct {
	*tchttp.BaseResponse
	Response *struct {
		TotalCount int
		Tags       []struct{ TagKey, TagValue, ResourceId, Category string } //nolint:revive // the service's spelling
		RequestId  string                                                    //nolint:revive // the service's spelling
	}
}

// rawTencent returns the SDK's client, on the pool if there is one.
func rawTencent(url string, pool *http.Transport) (Client, error) {
	host := strings.TrimPrefix(url, "https://")
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint, p.Language = host, "en-US"
	client, err := vpc.NewClient(tencentKeys(), tencentRegion, p)
	if err != nil {
		return Client{}, err
	}
	done := func() {}
	if pool != nil {
		client.WithHttpTransport(pool)
		done = pool.CloseIdleConnections
	}
	get := func(ctx context.Context, id string) error {
		r := vpc.NewDescribeCustomerGatewaysRequest()
		r.CustomerGatewayIds, r.Limit = []*string{&id}, common.Uint64Ptr(100)
		if _, err := client.DescribeCustomerGatewaysWithContext(ctx, r); err != nil {
			return err
		}
		t := &tencentTags{
			BaseRequest: &tchttp.BaseRequest{}, ServiceType: "vpc", ResourcePrefix: "cgw",
			ResourceRegion: tencentRegion, ResourceIds: []string{id}, Limit: 100,
		}
		t.Init().WithApiInfo("tag", "2018-08-13", "DescribeResourceTagsByResourceIds")
		t.SetDomain(host)
		t.SetPath("/")
		t.SetContext(ctx)
		return client.Send(t, &tencentTagsReply{BaseResponse: &tchttp.BaseResponse{}})
	}
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			r := vpc.NewCreateCustomerGatewayRequest()
			r.CustomerGatewayName, r.IpAddress = &name, common.StringPtr(ip.String())
			resp, err := client.CreateCustomerGatewayWithContext(ctx, r)
			if err != nil {
				return "", err
			}
			return *resp.Response.CustomerGateway.CustomerGatewayId, nil
		},
		Get: get,
		Rename: func(ctx context.Context, id, name string) error {
			r := vpc.NewModifyCustomerGatewayAttributeRequest()
			r.CustomerGatewayId, r.CustomerGatewayName = &id, &name
			if _, err := client.ModifyCustomerGatewayAttributeWithContext(ctx, r); err != nil {
				return err
			}
			return get(ctx, id)
		},
		Close: done,
	}, nil
}
