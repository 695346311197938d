package alibabatest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// pages lists all gateways and returns their IDs.
func pages(t *testing.T, c *vpc.Client, size int32) (ids []string) {
	t.Helper()
	for number := int32(1); ; number++ {
		r, err := c.DescribeCustomerGateways(&vpc.DescribeCustomerGatewaysRequest{
			RegionId: dara.String(region), PageNumber: &number, PageSize: &size,
		})
		require.NoError(t, err)
		page := r.Body.CustomerGateways.CustomerGateway
		for _, g := range page {
			ids = append(ids, *g.CustomerGatewayId)
		}
		if len(page) < int(size) {
			require.EqualValues(t, len(ids), *r.Body.TotalCount)
			return ids
		}
	}
}

func TestPages(t *testing.T) {
	for _, lag := range []time.Duration{0, time.Hour} {
		t.Run(lag.String(), func(t *testing.T) {
			s := start(t, alibabatest.Options{ReadLag: lag})
			s.Seed(many(123)...)
			var want []string
			for _, g := range s.Gateways() {
				want = append(want, g.ID)
			}
			for _, size := range []int32{1, 7, 41, 50} {
				require.Equal(t, want, pages(t, sdk(t, s, ""), size))
			}
			require.Len(t, want, 123)
		})
	}
	t.Run("of nothing", func(t *testing.T) {
		require.Empty(t, pages(t, sdk(t, start(t, alibabatest.Options{}), ""), 50))
	})
}

func TestTenThousand(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	s.Seed(many(10_000)...)
	begin := time.Now()
	seen := map[string]bool{}
	for number := 1; number <= 200; number++ {
		got := call(t, h, listAction, "PageNumber", fmt.Sprint(number), "PageSize", "50")
		require.EqualValues(t, 10_000, got.json["TotalCount"])
		for _, g := range got.json["CustomerGateways"].(map[string]any)["CustomerGateway"].([]any) {
			seen[g.(map[string]any)["CustomerGatewayId"].(string)] = true
		}
	}
	require.Len(t, seen, 10_000)
	t.Logf("10,000 gateways in 200 pages: %v", time.Since(begin))
}

func TestFilters(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	s.Seed(
		alibabatest.Gateway{ID: "cgw-1", Tags: map[string]string{"env": "prod", "team": "a"}},
		alibabatest.Gateway{ID: "cgw-2", Tags: map[string]string{"env": "prod", "team": ""}, ResourceGroupID: "rg-2"},
		alibabatest.Gateway{ID: "cgw-3", Tags: map[string]string{"env": "test"}},
	)
	tests := []struct {
		name   string
		params []string
		want   []string
	}{
		{"none", nil, []string{"cgw-1", "cgw-2", "cgw-3"}},
		{"ID", []string{"CustomerGatewayId", "cgw-2"}, []string{"cgw-2"}},
		{"ID of none", []string{"CustomerGatewayId", "cgw-9"}, nil},
		{"group", []string{"ResourceGroupId", "rg-2"}, []string{"cgw-2"}},
		{"default group", []string{"ResourceGroupId", "rg-acfmdefault"}, []string{"cgw-1", "cgw-3"}},
		{"key", []string{"Tag.1.Key", "team"}, []string{"cgw-1", "cgw-2"}},
		{"key and value", []string{"Tag.1.Key", "env", "Tag.1.Value", "prod"}, []string{"cgw-1", "cgw-2"}},
		{"empty value", []string{"Tag.1.Key", "team", "Tag.1.Value", ""}, []string{"cgw-2"}},
		{"two tags", []string{"Tag.1.Key", "env", "Tag.1.Value", "prod", "Tag.2.Key", "team", "Tag.2.Value", "a"}, []string{"cgw-1"}},
		{"all of them", []string{"Tag.1.Key", "env", "CustomerGatewayId", "cgw-1", "ResourceGroupId", "rg-2"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := call(t, h, listAction, test.params...)
			var ids []string
			for _, g := range got.json["CustomerGateways"].(map[string]any)["CustomerGateway"].([]any) {
				ids = append(ids, g.(map[string]any)["CustomerGatewayId"].(string))
			}
			require.Equal(t, test.want, ids, got.text)
			require.EqualValues(t, len(test.want), got.json["TotalCount"])
		})
	}
}

func TestSDKConnections(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		id := create(t, c, "203.0.113.1")
		var want []string
		for range 12 {
			want = append(want, s.AddConnection(id))
		}
		require.Regexp(t, `^vco-bp1[a-z0-9]{18}$`, want[0])
		s.SeedConnections(alibabatest.Connection{Name: "other", CustomerGatewayID: "cgw-other", VPNGatewayID: "vpn-1"})
		list := func(r *vpc.DescribeVpnConnectionsRequest) (ids []string, total int) {
			r.RegionId = dara.String(region)
			got, err := c.DescribeVpnConnections(r)
			require.NoError(t, err)
			for _, v := range got.Body.VpnConnections.VpnConnection {
				ids = append(ids, *v.VpnConnectionId)
			}
			return ids, int(*got.Body.TotalCount)
		}
		ids, total := list(&vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: &id})
		require.Equal(t, want[:10], ids)
		require.Equal(t, 12, total)
		ids, _ = list(&vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: &id, PageNumber: dara.Int32(2), PageSize: dara.Int32(10)})
		require.Equal(t, want[10:], ids)
		ids, _ = list(&vpc.DescribeVpnConnectionsRequest{VpnConnectionId: &want[3]})
		require.Equal(t, want[3:4], ids)
		_, total = list(&vpc.DescribeVpnConnectionsRequest{VpnGatewayId: dara.String("vpn-1")})
		require.Equal(t, 1, total)
		_, total = list(&vpc.DescribeVpnConnectionsRequest{})
		require.Equal(t, 13, total)

		del := &vpc.DeleteCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: &id}
		_, err := c.DeleteCustomerGateway(del)
		refused(t, err, "DependencyViolation.VpnConnection")
		for _, connection := range want {
			require.True(t, s.RemoveConnection(connection))
		}
		require.False(t, s.RemoveConnection(want[0]))
		require.Len(t, s.Connections(), 1)
		_, err = c.DeleteCustomerGateway(del)
		require.NoError(t, err)
	})
}
