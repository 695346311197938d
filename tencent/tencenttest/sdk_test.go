package tencenttest_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// signing is one of the ways in which the official SDK talks to the service.
type signing struct {
	name, method, verb string
	unsigned           bool
}

var signings = []signing{
	{name: "TC3 POST", method: "TC3-HMAC-SHA256", verb: "POST"},
	{name: "TC3 GET", method: "TC3-HMAC-SHA256", verb: "GET"},
	{name: "TC3 POST unsigned payload", method: "TC3-HMAC-SHA256", verb: "POST", unsigned: true},
	{name: "HmacSHA1 POST", method: "HmacSHA1", verb: "POST"},
	{name: "HmacSHA1 GET", method: "HmacSHA1", verb: "GET"},
	{name: "HmacSHA256 POST", method: "HmacSHA256", verb: "POST"},
	{name: "HmacSHA256 GET", method: "HmacSHA256", verb: "GET"},
}

// newSDK returns the official SDK's client, pointed at the server.
func newSDK(t *testing.T, s *tencenttest.Server, how signing) *vpc.Client {
	t.Helper()
	cfg := s.Config()
	p := clientProfile(t, s, how)
	client, err := vpc.NewClient(cfg.Credentials, cfg.Region, p)
	require.NoError(t, err)
	client.WithHttpTransport(cfg.HTTPClient.Transport)
	return client
}

func clientProfile(t *testing.T, s *tencenttest.Server, how signing) *profile.ClientProfile {
	t.Helper()
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	p := profile.NewClientProfile()
	p.SignMethod, p.UnsignedPayload, p.HttpProfile.ReqMethod = how.method, how.unsigned, how.verb
	p.HttpProfile.Endpoint, p.HttpProfile.Scheme = u.Host, u.Scheme
	return p
}

func newServer(t *testing.T, o tencenttest.Options) *tencenttest.Server {
	t.Helper()
	s := tencenttest.NewServer(o)
	t.Cleanup(s.Close)
	return s
}

func requireCode(t *testing.T, code string, err error) {
	t.Helper()
	var e *sdkerrors.TencentCloudSDKError
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, e.Message)
	require.NotEmpty(t, e.Message)
	require.Len(t, e.RequestId, 36)
}

func createRequest(name, ip string) *vpc.CreateCustomerGatewayRequest {
	r := vpc.NewCreateCustomerGatewayRequest()
	r.CustomerGatewayName, r.IpAddress = &name, &ip
	return r
}

func TestSDKCallsEveryOperation(t *testing.T) {
	for _, how := range signings {
		t.Run(how.name, func(t *testing.T) {
			s := newServer(t, tencenttest.Options{Token: "session"})
			client := newSDK(t, s, how)

			create := createRequest("名字 a+b~*%&=", "58.211.1.12")
			create.BgpAsn = common.Int64Ptr(65001)
			create.Tags = []*vpc.Tag{
				{Key: common.StringPtr("city"), Value: common.StringPtr("上海")},
				{Key: common.StringPtr("empty"), Value: common.StringPtr("")},
			}
			created, err := client.CreateCustomerGateway(create)
			require.NoError(t, err)
			gw := created.Response.CustomerGateway
			require.Regexp(t, `^cgw-[0-9a-z]{8}$`, *gw.CustomerGatewayId)
			require.Equal(t, "名字 a+b~*%&=", *gw.CustomerGatewayName)
			require.Equal(t, "58.211.1.12", *gw.IpAddress)
			require.Equal(t, uint64(65001), *gw.BgpAsn)
			require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, *gw.CreatedTime)
			require.Len(t, *created.Response.RequestId, 36)
			require.Equal(t, map[string]string{"city": "上海", "empty": ""}, s.Gateways()[0].Tags)

			modify := vpc.NewModifyCustomerGatewayAttributeRequest()
			modify.CustomerGatewayId, modify.CustomerGatewayName = gw.CustomerGatewayId, common.StringPtr("new")
			modify.BgpAsn = common.Uint64Ptr(4294967295)
			_, err = client.ModifyCustomerGatewayAttribute(modify)
			require.NoError(t, err)

			byFilter := vpc.NewDescribeCustomerGatewaysRequest()
			byFilter.Filters = []*vpc.Filter{
				{Name: common.StringPtr("ip-address"), Values: common.StringPtrs([]string{"1.2.3.4", "58.211.1.12"})},
				{Name: common.StringPtr("customer-gateway-name"), Values: common.StringPtrs([]string{"new"})},
			}
			byFilter.Offset, byFilter.Limit = common.Uint64Ptr(0), common.Uint64Ptr(100)
			described, err := client.DescribeCustomerGateways(byFilter)
			require.NoError(t, err)
			require.Len(t, described.Response.CustomerGatewaySet, 1)
			require.Equal(t, uint64(1), *described.Response.TotalCount)
			require.Equal(t, "new", *described.Response.CustomerGatewaySet[0].CustomerGatewayName)
			require.Equal(t, uint64(4294967295), *described.Response.CustomerGatewaySet[0].BgpAsn)

			connection := s.AddConnection(*gw.CustomerGatewayId)
			connections := vpc.NewDescribeVpnConnectionsRequest()
			connections.Filters = []*vpc.Filter{
				{Name: common.StringPtr("customer-gateway-id"), Values: []*string{gw.CustomerGatewayId}},
			}
			used, err := client.DescribeVpnConnections(connections)
			require.NoError(t, err)
			require.Equal(t, connection, *used.Response.VpnConnectionSet[0].VpnConnectionId)
			require.Equal(t, "58.211.1.12", *used.Response.VpnConnectionSet[0].IKEOptionsSpecification.RemoteAddress)

			remove := vpc.NewDeleteCustomerGatewayRequest()
			remove.CustomerGatewayId = gw.CustomerGatewayId
			_, err = client.DeleteCustomerGateway(remove)
			requireCode(t, "ResourceInUse", err)
			require.True(t, s.RemoveConnection(connection))
			again := vpc.NewDeleteCustomerGatewayRequest()
			again.CustomerGatewayId = gw.CustomerGatewayId
			_, err = client.DeleteCustomerGateway(again)
			require.NoError(t, err)
			require.Empty(t, s.Gateways())
			require.Equal(t, 2, s.Count("DeleteCustomerGateway"))
		})
	}
}

func TestSDKReadsLimitsAndVendors(t *testing.T) {
	for _, how := range signings {
		t.Run(how.name, func(t *testing.T) {
			for quota, want := range map[int]uint64{0: 2147483647, 7: 7} {
				client := newSDK(t, newServer(t, tencenttest.Options{Quota: quota}), how)
				request := vpc.NewDescribeVpcLimitsRequest()
				request.LimitTypes = common.StringPtrs([]string{"appid-max-vpn-connections", "appid-max-custom-gateways"})
				reply, err := client.DescribeVpcLimits(request)
				require.NoError(t, err)
				require.Len(t, reply.Response.VpcLimitSet, 2)
				require.Equal(t, "appid-max-custom-gateways", *reply.Response.VpcLimitSet[1].LimitType)
				require.Equal(t, want, *reply.Response.VpcLimitSet[1].LimitValue)

				vendors, err := client.DescribeCustomerGatewayVendors(vpc.NewDescribeCustomerGatewayVendorsRequest())
				require.NoError(t, err)
				require.Equal(t, "cisco", *vendors.Response.CustomerGatewayVendorSet[0].VendorName)
			}
		})
	}
}

// A program that must know what holds a gateway reads its connections.
func TestSDKReadsConnections(t *testing.T) {
	s := newServer(t, tencenttest.Options{})
	s.Seed(tencenttest.Gateway{ID: knownID, IPAddress: "8.8.8.8"})
	s.SeedConnections(
		tencenttest.Connection{ID: "vpnx-other001", Name: "other", CustomerGatewayID: unknownID},
		tencenttest.Connection{
			ID: knownConnection, Name: "c", CustomerGatewayID: knownID, VPCID: "vpc-1", VPNGatewayID: "vpngw-1",
			CreatedAt: time.Unix(1600000000, 0),
		},
	)
	client := newSDK(t, s, signings[0])
	request := vpc.NewDescribeVpnConnectionsRequest()
	request.Filters = []*vpc.Filter{{Name: common.StringPtr("customer-gateway-id"), Values: common.StringPtrs([]string{knownID})}}
	reply, err := client.DescribeVpnConnections(request)
	require.NoError(t, err)
	require.Equal(t, uint64(1), *reply.Response.TotalCount)
	c := reply.Response.VpnConnectionSet[0]
	for want, got := range map[string]*string{
		knownConnection: c.VpnConnectionId, "c": c.VpnConnectionName, knownID: c.CustomerGatewayId, "vpc-1": c.VpcId,
		"vpngw-1": c.VpnGatewayId, "2020-09-13 20:26:40": c.CreatedTime, "8.8.8.8": c.IKEOptionsSpecification.RemoteAddress,
		"IPSEC": c.VpnProto, "StaticRoute": c.RouteType, "NULL": c.IPSECOptionsSpecification.PfsDhGroup, "30": c.DpdTimeout,
	} {
		require.Equal(t, want, *got)
	}
	require.Nil(t, c.HealthCheckConfig)
	require.WithinDuration(t, time.Now(), s.Connections()[0].CreatedAt, time.Minute, "the second in which it was seeded")
}
