package alibabatest_test

import (
	"testing"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// dual is a connection in dual-tunnel mode between a VPN gateway and two customer gateways.
func dual(first, second string) alibabatest.Connection {
	return alibabatest.Connection{
		ID: "vco-dual", Name: "office", VPNGatewayID: "vpn-1", ResourceGroupID: "rg-1", Tags: map[string]string{"env": "prod"},
		Tunnels: []alibabatest.Tunnel{{CustomerGatewayID: first}, {ID: "tun-2", CustomerGatewayID: second}},
	}
}

// listConnections returns the IDs of the connections that are listed.
func listConnections(t *testing.T, c *vpc.Client, r *vpc.DescribeVpnConnectionsRequest) (ids []string) {
	t.Helper()
	r.RegionId = dara.String(region)
	got, err := c.DescribeVpnConnections(r)
	require.NoError(t, err)
	for _, v := range got.Body.VpnConnections.VpnConnection {
		ids = append(ids, *v.VpnConnectionId)
	}
	require.EqualValues(t, len(ids), *got.Body.TotalCount)
	return ids
}

func TestSDKDualTunnel(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		s.Seed(
			alibabatest.Gateway{ID: "cgw-a", IPAddress: "203.0.113.1", ASN: 65010},
			alibabatest.Gateway{ID: "cgw-b", IPAddress: "203.0.113.2"},
		)
		s.SeedConnections(dual("cgw-a", "cgw-b"))
		require.Regexp(t, `^tun-[a-z0-9]{18}$`, s.Connections()[0].Tunnels[0].ID)
		for _, id := range []string{"cgw-a", "cgw-b"} {
			require.Equal(t, []string{"vco-dual"}, listConnections(t, c, &vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: &id}))
			_, err := c.DeleteCustomerGateway(&vpc.DeleteCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: &id})
			refused(t, err, "DependencyViolation.VpnConnection")
		}
		require.Empty(t, listConnections(t, c, &vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: dara.String("cgw-c")}))

		one, err := c.DescribeVpnConnection(&vpc.DescribeVpnConnectionRequest{RegionId: dara.String(region), VpnConnectionId: dara.String("vco-dual")})
		require.NoError(t, err)
		b := one.Body
		require.Equal(t, []string{"office", "active", "VPNGW", "rg-1"}, []string{*b.Name, *b.State, *b.AttachType, *b.ResourceGroupId})
		require.Equal(t, "prod", *b.Tags.Tag[0].Value)
		tunnels := b.TunnelOptionsSpecification.TunnelOptions
		require.Len(t, tunnels, 2)
		require.Equal(t, []string{"cgw-a", "master", "203.0.113.1", "65010"},
			[]string{*tunnels[0].CustomerGatewayId, *tunnels[0].Role, *tunnels[0].TunnelIkeConfig.RemoteId, *tunnels[0].TunnelBgpConfig.PeerAsn})
		require.Equal(t, []string{"cgw-b", "slave", "tun-2"}, []string{*tunnels[1].CustomerGatewayId, *tunnels[1].Role, *tunnels[1].TunnelId})
		require.Equal(t, "86400", *tunnels[1].TunnelIpsecConfig.IpsecLifetime)
		require.EqualValues(t, 86400, *b.IkeConfig.IkeLifetime)

		require.True(t, s.RemoveConnection("vco-dual"))
		_, err = c.DescribeVpnConnection(&vpc.DescribeVpnConnectionRequest{RegionId: dara.String(region), VpnConnectionId: dara.String("vco-dual")})
		refused(t, err, "InvalidVpnConnectionInstanceId.NotFound")
		for _, id := range []string{"cgw-a", "cgw-b"} {
			_, err := c.DeleteCustomerGateway(&vpc.DeleteCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: &id})
			require.NoError(t, err)
		}
	})
}

// A gateway of a single tunnel is in use, whether or not the list by gateway has its connection.
func TestTunnelsUnlisted(t *testing.T) {
	every(t, alibabatest.Options{TunnelsUnlisted: true}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		s.Seed(alibabatest.Gateway{ID: "cgw-a", IPAddress: "203.0.113.1"})
		s.SeedConnections(dual("cgw-a", "cgw-b"))
		require.Empty(t, listConnections(t, c, &vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: dara.String("cgw-a")}))
		require.Equal(t, []string{"vco-dual"}, listConnections(t, c, &vpc.DescribeVpnConnectionsRequest{}))
		_, err := c.DeleteCustomerGateway(&vpc.DeleteCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: dara.String("cgw-a")})
		refused(t, err, "DependencyViolation.VpnConnection")
		s.AddConnection("cgw-a")
		require.Len(t, listConnections(t, c, &vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: dara.String("cgw-a")}), 1)
	})
}

// Delete of package alibaba names the connection that holds a gateway by one of its tunnels.
func TestDeleteNamesDualTunnel(t *testing.T) {
	s := start(t, alibabatest.Options{})
	s.Seed(alibabatest.Gateway{ID: "cgw-a", IPAddress: "203.0.113.1"}, alibabatest.Gateway{ID: "cgw-b", IPAddress: "203.0.113.2"})
	s.SeedConnections(dual("cgw-a", "cgw-b"))
	p, err := alibaba.New(s.Config())
	require.NoError(t, err)
	for _, id := range []string{"cgw-a", "cgw-b"} {
		err := p.Delete(t.Context(), id)
		require.ErrorIs(t, err, cgw.ErrInUse)
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, []string{"vco-dual"}, e.ConflictingIDs)
	}
}

func TestConnectionFilters(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		s.SeedConnections(
			dual("cgw-a", "cgw-b"),
			alibabatest.Connection{ID: "vco-2", CustomerGatewayID: "cgw-a", Tags: map[string]string{"env": "test"}},
			alibabatest.Connection{ID: "vco-3", CustomerGatewayID: "cgw-c", TransitRouterID: "tr-1"},
		)
		tag := func(pairs ...string) (tags []*vpc.DescribeVpnConnectionsRequestTag) {
			for i := 0; i < len(pairs); i += 2 {
				tags = append(tags, &vpc.DescribeVpnConnectionsRequestTag{Key: &pairs[i], Value: &pairs[i+1]})
			}
			return tags
		}
		tests := map[string]struct {
			r    vpc.DescribeVpnConnectionsRequest
			want []string
		}{
			"none":          {vpc.DescribeVpnConnectionsRequest{}, []string{"vco-dual", "vco-2", "vco-3"}},
			"gateway":       {vpc.DescribeVpnConnectionsRequest{CustomerGatewayId: dara.String("cgw-a")}, []string{"vco-dual", "vco-2"}},
			"group":         {vpc.DescribeVpnConnectionsRequest{ResourceGroupId: dara.String("rg-1")}, []string{"vco-dual"}},
			"default group": {vpc.DescribeVpnConnectionsRequest{ResourceGroupId: dara.String("rg-acfmdefault")}, []string{"vco-2", "vco-3"}},
			"tag":           {vpc.DescribeVpnConnectionsRequest{Tag: tag("env", "test")}, []string{"vco-2"}},
			"key":           {vpc.DescribeVpnConnectionsRequest{Tag: []*vpc.DescribeVpnConnectionsRequestTag{{Key: dara.String("env")}}}, []string{"vco-dual", "vco-2"}},
			"other tag":     {vpc.DescribeVpnConnectionsRequest{Tag: tag("env", "prod", "team", "a")}, nil},
			"all of them":   {vpc.DescribeVpnConnectionsRequest{Tag: tag("env", "prod"), ResourceGroupId: dara.String("rg-acfmdefault")}, nil},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) { require.Equal(t, test.want, listConnections(t, c, &test.r)) })
		}
	})
}

// A user of one resource group sees in lists what asks for it, and nothing without.
func TestOnlyResourceGroup(t *testing.T) {
	every(t, alibabatest.Options{OnlyResourceGroup: "rg-1"}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		s.Seed(
			alibabatest.Gateway{ID: "cgw-a", IPAddress: "203.0.113.1", ResourceGroupID: "rg-1"},
			alibabatest.Gateway{ID: "cgw-b", IPAddress: "203.0.113.2", ResourceGroupID: "rg-2"},
		)
		s.SeedConnections(dual("cgw-a", "cgw-b"))
		for group, want := range map[string][]string{"": nil, "rg-1": {"cgw-a"}, "rg-2": nil} {
			r := &vpc.DescribeCustomerGatewaysRequest{RegionId: dara.String(region)}
			connections := &vpc.DescribeVpnConnectionsRequest{}
			if group != "" {
				r.ResourceGroupId, connections.ResourceGroupId = &group, &group
			}
			got, err := c.DescribeCustomerGateways(r)
			require.NoError(t, err)
			var ids []string
			for _, g := range got.Body.CustomerGateways.CustomerGateway {
				ids = append(ids, *g.CustomerGatewayId)
			}
			require.Equal(t, want, ids, group)
			require.EqualValues(t, len(want), *got.Body.TotalCount)
			require.Len(t, listConnections(t, c, connections), len(want), group)
		}
		_, err := c.DescribeCustomerGateway(&vpc.DescribeCustomerGatewayRequest{RegionId: dara.String(region), CustomerGatewayId: dara.String("cgw-b")})
		require.NoError(t, err, "a read by ID")
	})
}

// What is seeded and what is returned is the caller's own.
func TestConnectionsShareNoMemory(t *testing.T) {
	var s alibabatest.State
	c := dual("cgw-a", "cgw-b")
	s.SeedConnections(c)
	c.Tunnels[0].CustomerGatewayID, c.Tags["env"] = "changed", "changed"
	got := s.Connections()[0]
	got.Tunnels[1].CustomerGatewayID, got.Tags["env"] = "changed", "changed"
	require.Empty(t, c.Tunnels[0].ID)
	got = s.Connections()[0]
	require.Equal(t, []string{"cgw-a", "cgw-b", "prod"}, []string{got.Tunnels[0].CustomerGatewayID, got.Tunnels[1].CustomerGatewayID, got.Tags["env"]})
}
