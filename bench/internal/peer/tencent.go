package peer

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func tencentCloud() Cloud {
	return Cloud{
		Name: "Tencent", CGW: tencentCGW, SDK: tencentSDK, Repeats: tencentRepeats, Serve: tencentServe,
		Busy: wire.Fault{
			Effect: wire.Replace, Header: http.Header{"Retry-After": {"2"}},
			Body: `{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"Too many requests."},"RequestId":"c0ffee00-0000-4000-8000-000000000000"}}`,
		},
		PerList: 100, TagCalls: 2,
	}
}

func tencentServe(rate int, latency time.Duration) Emulator {
	state := new(tencenttest.State)
	return Emulator{
		Handler: tencenttest.NewHandler(tencenttest.Options{Rate: rate, Latency: latency, State: state}), State: state,
		Seed: func(name string, ip netip.Addr) {
			state.Seed(tencenttest.Gateway{Name: name, IPAddress: ip.String(), Tags: map[string]string{"n": name}})
		},
	}
}

func tencentKeys() common.CredentialIface {
	return tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, "")
}

func tencentCGW(o Options) (Provisioner, error) {
	cfg := tencent.Config{Region: tencenttest.DefaultRegion, Credentials: tencentKeys(), Endpoint: o.URL, Retry: o.Retry, HTTPClient: o.httpClient()}
	if o.Rate > 0 {
		cfg.Limiter = tencent.NewLimiter(o.Rate)
	}
	return tencent.New(cfg)
}

func tencentSDK(o Options) (Client, error) {
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint, p.Language = strings.TrimPrefix(o.URL, "https://"), "en-US"
	if o.Retries { // both kinds, with the SDK's waits: a second, then two, then four
		p.NetworkFailureMaxRetries, p.RateLimitExceededMaxRetries = 3, 3
	}
	c, err := vpc.NewClient(tencentKeys(), tencenttest.DefaultRegion, p)
	if err != nil {
		return Client{}, err
	}
	if pool := o.pool(); pool != nil {
		c.WithHttpTransport(pool)
	}
	get := func(ctx context.Context, id string) error {
		r := vpc.NewDescribeCustomerGatewaysRequest()
		r.Filters = []*vpc.Filter{{Name: common.StringPtr("customer-gateway-id"), Values: []*string{&id}}}
		r.Limit = common.Uint64Ptr(100)
		if _, err := c.DescribeCustomerGatewaysWithContext(ctx, r); err != nil {
			return err
		}
		return tencentTags(ctx, c, id)
	}
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			r := vpc.NewCreateCustomerGatewayRequest()
			r.CustomerGatewayName, r.IpAddress = &name, common.StringPtr(ip.String())
			resp, err := c.CreateCustomerGatewayWithContext(ctx, r)
			if err != nil || resp.Response == nil || resp.Response.CustomerGateway == nil || resp.Response.CustomerGateway.CustomerGatewayId == nil {
				return "", err
			}
			return *resp.Response.CustomerGateway.CustomerGatewayId, nil
		},
		Get: get,
		Rename: func(ctx context.Context, id, name string) error {
			r := vpc.NewModifyCustomerGatewayAttributeRequest()
			r.CustomerGatewayId, r.CustomerGatewayName = &id, &name
			if _, err := c.ModifyCustomerGatewayAttributeWithContext(ctx, r); err != nil {
				return err
			}
			return get(ctx, id)
		},
	}, nil
}

// tagsRequest is the request of the tag service that cgw's Get makes. The SDK has a package of
// its own for it; a program that does not want that one writes this.
type tagsRequest struct {
	*tchttp.BaseRequest
	ServiceType, ResourcePrefix, ResourceRegion string
	ResourceIds                                 []string //nolint:revive // the service's spelling
	Offset, Limit                               int
}

type tagsReply struct {
	*tchttp.BaseResponse
	Response *struct {
		TotalCount int
		Tags       []struct{ TagKey, TagValue, ResourceId, Category string } //nolint:revive // the service's spelling
		RequestId  string                                                    //nolint:revive // the service's spelling
	}
}

func tencentTags(ctx context.Context, c *vpc.Client, id string) error {
	r := &tagsRequest{
		BaseRequest: &tchttp.BaseRequest{}, ServiceType: "vpc", ResourcePrefix: "cgw",
		ResourceRegion: tencenttest.DefaultRegion, ResourceIds: []string{id}, Limit: 100,
	}
	r.Init().WithApiInfo("tag", "2018-08-13", "DescribeResourceTagsByResourceIds")
	r.SetContext(ctx)
	return c.Send(r, &tagsReply{BaseResponse: &tchttp.BaseResponse{}})
}

// tencentRepeats repeats if the network failed, or the reply has no gateway: a tool knows no better.
func tencentRepeats(id string, err error) bool {
	var e *sdkerrors.TencentCloudSDKError
	if errors.As(err, &e) {
		return e.Code == "ClientError.NetworkError" || e.Code == "RequestLimitExceeded"
	}
	return err == nil && id == ""
}
