package alibabatest_test

import (
	"testing"
	"time"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// every runs a test with the SDK in both signatures.
func every(t *testing.T, o alibabatest.Options, f func(t *testing.T, s *alibabatest.Server, c *vpc.Client)) {
	for name, algorithm := range algorithms {
		t.Run(name, func(t *testing.T) {
			s := start(t, o)
			f(t, s, sdk(t, s, algorithm))
		})
	}
}

func clock() time.Time { return time.Date(2026, 11, 21, 23, 3, 26, 123456789, time.UTC) }

func TestSDKCreateAndRead(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		r, err := c.CreateCustomerGateway(&vpc.CreateCustomerGatewayRequest{
			RegionId: dara.String(region), IpAddress: dara.String("203.0.113.12"), Name: dara.String("büro-1"),
			Description: dara.String("na me*~中+/&="), Asn: dara.String("1.10"), AuthKey: dara.String("k/+e*y~"),
			ResourceGroupId: dara.String("rg-1"), ClientToken: dara.String("token"),
			Tags: []*vpc.CreateCustomerGatewayRequestTags{
				{Key: dara.String("b"), Value: dara.String("")}, {Key: dara.String("a"), Value: dara.String("1 +")},
			},
		})
		require.NoError(t, err)
		b := r.Body
		require.Regexp(t, `^cgw-[a-z0-9]{21}$`, *b.CustomerGatewayId)
		require.Regexp(t, `^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`, *b.RequestId)
		require.Equal(t, *b.RequestId, *r.Headers["x-acs-request-id"])
		require.Equal(t, "203.0.113.12", *b.IpAddress)
		require.Equal(t, "büro-1", *b.Name)
		require.Equal(t, "na me*~中+/&=", *b.Description)
		require.WithinDuration(t, time.Now(), time.UnixMilli(*b.CreateTime), time.Minute)

		one, err := c.DescribeCustomerGateway(&vpc.DescribeCustomerGatewayRequest{
			RegionId: dara.String(region), CustomerGatewayId: b.CustomerGatewayId,
		})
		require.NoError(t, err)
		require.EqualValues(t, 65546, *one.Body.Asn)
		require.Equal(t, "k/+e*y~", *one.Body.AuthKey)
		require.Equal(t, "rg-1", *one.Body.ResourceGroupId)
		require.Equal(t, "büro-1", *one.Body.Name)
		require.Equal(t, *b.CreateTime, *one.Body.CreateTime)
		require.Len(t, one.Body.Tags.Tag, 2)
		require.Equal(t, "a", *one.Body.Tags.Tag[0].Key)
		require.Equal(t, "1 +", *one.Body.Tags.Tag[0].Value)

		list, err := c.DescribeCustomerGateways(&vpc.DescribeCustomerGatewaysRequest{RegionId: dara.String(region)})
		require.NoError(t, err)
		require.EqualValues(t, 1, *list.Body.TotalCount)
		require.EqualValues(t, 1, *list.Body.PageNumber)
		require.EqualValues(t, 10, *list.Body.PageSize)
		g := list.Body.CustomerGateways.CustomerGateway[0]
		require.Equal(t, *b.CustomerGatewayId, *g.CustomerGatewayId)
		require.EqualValues(t, 65546, *g.Asn)
		require.Len(t, g.Tags.Tag, 2)

		require.Equal(t, 1, s.Count("CreateCustomerGateway"))
		have := s.Gateways()
		require.Len(t, have, 1)
		require.Equal(t, "k/+e*y~", have[0].AuthKey.Reveal())
		require.Equal(t, map[string]string{"a": "1 +", "b": ""}, have[0].Tags)
	})
}

func TestSDKModifyAndDelete(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		id := create(t, c, "203.0.113.12")
		r, err := c.ModifyCustomerGatewayAttribute(&vpc.ModifyCustomerGatewayAttributeRequest{
			RegionId: dara.String(region), CustomerGatewayId: &id, Name: dara.String("new-name"), AuthKey: dara.String("key"),
		})
		require.NoError(t, err)
		require.Equal(t, "new-name", *r.Body.Name)
		require.Nil(t, r.Body.Description)
		require.NotEmpty(t, *r.Body.ResourceGroupId)
		require.Equal(t, id, *r.Body.CustomerGatewayId)
		require.Equal(t, "203.0.113.12", *r.Body.IpAddress)
		require.Equal(t, "key", s.Gateways()[0].AuthKey.Reveal())

		del := &vpc.DeleteCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: &id}
		gone, err := c.DeleteCustomerGateway(del)
		require.NoError(t, err)
		require.NotEmpty(t, *gone.Body.RequestId)
		require.Empty(t, s.Gateways())
		_, err = c.DeleteCustomerGateway(del)
		refused(t, err, "InvalidCustomerGatewayInstanceId.NotFound")
		create(t, c, "203.0.113.12") // the address is free again
	})
}
