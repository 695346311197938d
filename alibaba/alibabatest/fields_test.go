package alibabatest_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// bodies are the vendor's types of the replies. The machine-readable definitions have none.
var bodies = map[string]any{
	createAction:             vpc.CreateCustomerGatewayResponseBody{},
	getAction:                vpc.DescribeCustomerGatewayResponseBody{},
	listAction:               vpc.DescribeCustomerGatewaysResponseBody{},
	modifyAction:             vpc.ModifyCustomerGatewayAttributeResponseBody{},
	deleteAction:             vpc.DeleteCustomerGatewayResponseBody{},
	"DescribeVpnConnection":  vpc.DescribeVpnConnectionResponseBody{},
	"DescribeVpnConnections": vpc.DescribeVpnConnectionsResponseBody{},
	"TagResources":           vpc.TagResourcesResponseBody{},
	"UnTagResources":         vpc.UnTagResourcesResponseBody{},
	"ListTagResources":       vpc.ListTagResourcesResponseBody{},
}

// notAlways are the fields that a reply may lack, with those below them; one that ends in a dot
// stands for those below it alone. All others are in every reply.
var notAlways = map[string]map[string]string{ // by action and field: the source
	createAction: {"Name": sample, "Description": sample},
	modifyAction: {"Name": sample, "Description": sample},
	getAction:    {"Name": sample, "Description": sample, "Asn": optional, "AuthKey": optional, "Tags.Tag.": optional},
	listAction: {
		gateway + "Name": sample, gateway + "Description": sample, gateway + "Asn": optional, gateway + "AuthKey": optional,
		gateway + "Tags.Tag.": optional,
	},
	"DescribeVpnConnection":  attached("", "Tags.Tag."),
	"DescribeVpnConnections": attached("VpnConnections.VpnConnection.", "VpnConnections.VpnConnection.Tag.Tag."),
	"ListTagResources":       {"NextToken": "SDK v7.0.0: no value is returned on the last page", "TagResources.TagResource.": optional},
}

const (
	gateway  = "CustomerGateways.CustomerGateway."
	sample   = "the sample of CreateCustomerGateway (2021) has none where none was given"
	optional = "supposed: there is none where none was given"
)

func attached(prefix, tags string) map[string]string {
	const router = "SDK v7.0.0: of a connection of a transit router alone"
	all := map[string]string{tags: optional, prefix + "Name": optional, prefix + "VpnGatewayId": "SDK v7.0.0: of a VPN gateway alone"}
	for _, name := range []string{"AttachInstanceId", "TransitRouterId", "TransitRouterName", "InternetIp"} {
		all[prefix+name] = router
	}
	all[prefix+"TunnelOptionsSpecification"] = "SDK v7.0.0: of a connection in dual-tunnel mode alone"
	return all
}

// documented adds the fields of a vendor's type, with their kinds.
func documented(fields map[string]reflect.Kind, prefix string, typ reflect.Type) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		fields[prefix] = typ.Kind()
		return
	}
	if prefix != "" {
		fields[prefix] = reflect.Struct
		prefix += "."
	}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		documented(fields, prefix+name, typ.Field(i).Type)
	}
}

// replied adds the fields of a reply.
func replied(fields map[string]reflect.Kind, prefix string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if prefix != "" {
			fields[prefix] = reflect.Struct
			prefix += "."
		}
		for name, value := range v {
			replied(fields, prefix+name, value)
		}
	case []any:
		fields[prefix] = reflect.Struct
		for _, element := range v {
			replied(fields, prefix, element)
		}
	case string:
		fields[prefix] = reflect.String
	case bool:
		fields[prefix] = reflect.Bool
	case float64:
		fields[prefix] = reflect.Int64
	}
}

// richest is a state in which every field that there can be is shown, plainest one without any
// field that can be missing.
func richest(s *alibabatest.State) {
	s.Seed(alibabatest.Gateway{
		ID: "cgw-1", Name: "name", Description: "text", IPAddress: "203.0.113.1", ASN: 65010, AuthKey: "key",
		Tags: map[string]string{"k": "v", "l": "w"},
	})
	s.SeedConnections(
		alibabatest.Connection{
			ID: "vco-1", Name: "name", CustomerGatewayID: "cgw-2", TransitRouterID: "tr-1", RemoteCACertificate: "certificate",
			Tunnels: []alibabatest.Tunnel{{CustomerGatewayID: "cgw-2"}, {CustomerGatewayID: "cgw-2"}}, Tags: map[string]string{"k": "v"},
		},
		alibabatest.Connection{ID: "vco-2", VPNGatewayID: "vpn-1", CustomerGatewayID: "cgw-2"},
	)
}

func plainest(s *alibabatest.State) {
	s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1"})
	s.SeedConnections(alibabatest.Connection{ID: "vco-1", CustomerGatewayID: "cgw-2"}, alibabatest.Connection{ID: "vco-2", CustomerGatewayID: "cgw-2"})
}

// fieldRequests are the requests of an action whose replies have all its fields together.
func fieldRequests(action string, rich bool) (all []raw) {
	names := map[string][]string{
		createAction: {"RegionId", "IpAddress"}, getAction: {"RegionId", "CustomerGatewayId"}, listAction: {"RegionId"},
		modifyAction: {"RegionId", "CustomerGatewayId"}, deleteAction: {"RegionId", "CustomerGatewayId"},
		"DescribeVpnConnection": {"RegionId", "VpnConnectionId"}, "DescribeVpnConnections": {"RegionId"},
		"TagResources":     {"RegionId", "ResourceType", "ResourceId.1", "Tag.1.Key", "Tag.1.Value"},
		"UnTagResources":   {"RegionId", "ResourceType", "ResourceId.1", "TagKey.1"},
		"ListTagResources": {"RegionId", "ResourceType", "ResourceId.1"},
	}[action]
	if rich && action == createAction {
		names = append(names, "Name", "Description")
	}
	c := asked(action, names...)
	if rich && action == "ListTagResources" {
		c.params["MaxResults"] = "1"
	}
	all = append(all, c)
	if action == "DescribeVpnConnection" {
		second := asked(action, names...)
		second.params["VpnConnectionId"] = "vco-2"
		all = append(all, second)
	}
	return all
}

// fieldsOf returns the fields of the replies of an action together.
func fieldsOf(t *testing.T, action string, rich bool) map[string]reflect.Kind {
	t.Helper()
	fields := map[string]reflect.Kind{}
	for _, c := range fieldRequests(action, rich) {
		h, s := handler(alibabatest.Options{})
		if rich {
			richest(s)
		} else {
			plainest(s)
		}
		got := send(t, h, c.acs3())
		require.Empty(t, got.code(), got.text)
		replied(fields, "", got.json)
	}
	return fields
}

// Every documented field is returned, with the documented type, and no other.
func TestDocumentedFields(t *testing.T) {
	require.Equal(t, slices.Sorted(maps.Keys(alibabatest.Parameters())), slices.Sorted(maps.Keys(bodies)))
	compared, always := 0, 0
	for action, body := range bodies {
		t.Run(action, func(t *testing.T) {
			want := map[string]reflect.Kind{}
			documented(want, "", reflect.TypeOf(body))
			for field, kind := range want {
				if kind == reflect.Int32 {
					want[field] = reflect.Int64 // alike in JSON
				}
			}
			require.Equal(t, want, fieldsOf(t, action, true))
			compared += len(want)

			plain := fieldsOf(t, action, false)
			unused := maps.Clone(notAlways[action])
			for field, kind := range want {
				if source := mayLack(unused, notAlways[action], field); source != "" {
					require.NotContains(t, plain, field, "it is always there")
					continue
				}
				require.Equal(t, kind, plain[field], field)
				always++
			}
			require.Empty(t, unused, "no such field")
		})
	}
	t.Logf("%d operations: %d fields compared, %d of them always returned", len(bodies), compared, always)
}

// mayLack returns why a reply may lack the field, or "", and takes what says so from unused.
func mayLack(unused, sources map[string]string, field string) string {
	for prefix, source := range sources {
		if field == prefix || strings.HasPrefix(field, strings.TrimSuffix(prefix, ".")+".") {
			delete(unused, prefix)
			return source
		}
	}
	return ""
}
