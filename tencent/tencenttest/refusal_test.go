package tencenttest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	create   = "CreateCustomerGateway"
	describe = "DescribeCustomerGateways"
	modify   = "ModifyCustomerGatewayAttribute"
	remove   = "DeleteCustomerGateway"
	conns    = "DescribeVpnConnections"
	limits   = "DescribeVpcLimits"
	vendors  = "DescribeCustomerGatewayVendors"

	knownID   = "cgw-known001"
	unknownID = "cgw-unknown1"
)

// seeded returns a handler whose service holds one gateway, at 8.8.8.8.
func seeded(o tencenttest.Options) (http.Handler, *tencenttest.State) {
	o.State = new(tencenttest.State)
	o.State.Seed(tencenttest.Gateway{ID: knownID, Name: "known", IPAddress: "8.8.8.8", ASN: 65001, Tags: map[string]string{"k": "v"}})
	return tencenttest.NewHandler(o), o.State
}

func quoted(prefix string, n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`"%s%0*d"`, prefix, 8, i)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func manyFilters(n, values int) string {
	f := `{"Name":"ip-address","Values":` + quoted("", values) + `}`
	return `{"Filters":[` + strings.TrimSuffix(strings.Repeat(f+",", n), ",") + `]}`
}

func TestRefusals(t *testing.T) {
	valid := func(more string) string {
		return `{"CustomerGatewayName":"a","IpAddress":"58.211.1.12"` + more + `}`
	}
	tag := func(key, value string) string {
		return valid(fmt.Sprintf(`,"Tags":[{"Key":%q,"Value":%q}]`, key, value))
	}
	id := `"CustomerGatewayId":"` + knownID + `"`
	for _, c := range []struct {
		action, params, code string // code "" is a success
		o                    tencenttest.Options
	}{
		{action: create, params: valid("")},
		{action: create, params: `{"IpAddress":"58.211.1.12"}`, code: "MissingParameter"},
		{action: create, params: `{"CustomerGatewayName":"a"}`, code: "MissingParameter"},
		{action: create, params: `{"CustomerGatewayName":"","IpAddress":"58.211.1.12"}`, code: "MissingParameter"},
		{action: create, params: `{"CustomerGatewayName":"` + strings.Repeat("名", 60) + `","IpAddress":"58.211.1.12"}`},
		{action: create, params: `{"CustomerGatewayName":"` + strings.Repeat("a", 61) + `","IpAddress":"58.211.1.12"}`, code: "InvalidParameterValue.TooLong"},
		{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"8.8.8.8"}`, code: "InvalidParameterValue.Duplicate"},
		{action: create, params: valid(`,"Description":"a"`), code: "UnknownParameter"},
		{action: create, params: valid(`,"Tags":[{"key":"a"}]`), code: "UnknownParameter"},
		{action: create, params: valid(""), o: tencenttest.Options{Quota: 1}, code: "LimitExceeded"},
		{action: create, params: valid(""), o: tencenttest.Options{Quota: 2}},

		{action: create, params: valid(`,"BgpAsn":1`)},
		{action: create, params: valid(`,"BgpAsn":4294967295`)},
		{action: create, params: valid(`,"BgpAsn":0`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":-1`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":4294967296`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":139341`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":45090`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":58835`), code: "InvalidParameterValue"},
		{action: create, params: valid(`,"BgpAsn":65001`), o: tencenttest.Options{NoBGP: true}, code: "UnknownParameter"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a","BgpAsn":65001}`, o: tencenttest.Options{NoBGP: true}, code: "UnknownParameter"},

		{action: create, params: `{"CustomerGatewayName":1,"IpAddress":"58.211.1.12"}`, code: "InvalidParameter"},
		{action: create, params: `{"CustomerGatewayName":null,"IpAddress":"58.211.1.12"}`, code: "InvalidParameter"},
		{action: create, params: valid(`,"BgpAsn":"65001"`), code: "InvalidParameter"},
		{action: create, params: valid(`,"BgpAsn":65001.0`), code: "InvalidParameter"},
		{action: create, params: valid(`,"BgpAsn":99999999999999999999`), code: "InvalidParameter"},
		{action: create, params: valid(`,"Tags":{"Key":"a"}`), code: "InvalidParameter"},
		{action: create, params: valid(`,"Tags":["a"]`), code: "InvalidParameter"},
		{action: create, params: `[]`, code: "InvalidParameter"},
		{action: create, params: `null`, code: "InvalidParameter"},
		{action: create, params: ` `, code: "InvalidParameter"},
		{action: create, params: `{`, code: "InvalidParameter"},
		{action: create, params: valid("") + `{}`, code: "InvalidParameter"},
		{action: create, params: "{\"CustomerGatewayName\":\"\xff\",\"IpAddress\":\"58.211.1.12\"}", code: "InvalidParameter"},

		{action: create, params: valid(`,"Tags":[]`)},
		{action: create, params: valid(`,"Tags":[{"Key":"a"}]`)},
		{action: create, params: tag(strings.Repeat("名", 127), strings.Repeat("值", 255))},
		{action: create, params: tag("a b+-=._:/@()[],;><", "(ok) 12")},
		{action: create, params: tag("", "a"), code: "InvalidParameterValue.TagInvalidKey"},
		{action: create, params: tag(" a", "a"), code: "InvalidParameterValue.TagInvalidKey"},
		{action: create, params: tag("a*", "a"), code: "InvalidParameterValue.TagInvalidKey"},
		{action: create, params: tag(strings.Repeat("a", 128), "a"), code: "InvalidParameterValue.TagInvalidKeyLen"},
		{action: create, params: tag("a", strings.Repeat("a", 256)), code: "InvalidParameterValue.TagInvalidVal"},
		{action: create, params: tag("a", "a "), code: "InvalidParameterValue.TagInvalidVal"},
		{action: create, params: tag("a", "!"), code: "InvalidParameterValue.TagInvalidVal"},
		{action: create, params: tag("a", ""), o: tencenttest.Options{RefuseEmptyTagValues: true}, code: "InvalidParameterValue.TagInvalidVal"},
		{action: create, params: tag("qcs:a", "a"), code: "UnsupportedOperation.TagSystemReservedTagKey"},
		{action: create, params: tag("QCloud-a", "a"), code: "UnsupportedOperation.TagSystemReservedTagKey"},
		{action: create, params: tag("tencent", "a"), code: "UnsupportedOperation.TagSystemReservedTagKey"},
		{action: create, params: tag("projects", "a"), code: "UnsupportedOperation.TagSystemReservedTagKey"},
		{action: create, params: tag("项目", "a"), code: "UnsupportedOperation.TagSystemReservedTagKey"},
		{action: create, params: valid(`,"Tags":[{"Key":"a"},{"Key":"a"}]`), code: "InvalidParameterValue.TagDuplicateKey"},
		{action: create, params: valid(`,"Tags":[{"Key":"a"},{"Key":"b"}]`), o: tencenttest.Options{MaxTags: 1}, code: "LimitExceeded.TagKeyPerResourceExceeded"},

		{action: describe, params: `{}`},
		{action: describe, params: `{"CustomerGatewayIds":["` + knownID + `"]}`},
		{action: describe, params: `{"CustomerGatewayIds":["` + knownID + `","` + unknownID + `"]}`, code: "ResourceNotFound"},
		{action: describe, params: `{"CustomerGatewayIds":["` + knownID + `","` + unknownID + `"]}`, o: tencenttest.Options{EmptyOnUnknownIDs: true}},
		{action: describe, params: `{"CustomerGatewayIds":["vpn-known001"]}`, code: "InvalidParameterValue.Malformed"},
		{action: describe, params: `{"CustomerGatewayIds":["cgw-KNOWN001"]}`, code: "InvalidParameterValue.Malformed"},
		{action: describe, params: `{"CustomerGatewayIds":["cgw-known0012"]}`, code: "InvalidParameterValue.Malformed"},
		{action: describe, params: `{"CustomerGatewayIds":` + quoted("cgw-", 100) + `}`, o: tencenttest.Options{EmptyOnUnknownIDs: true}},
		{action: describe, params: `{"CustomerGatewayIds":` + quoted("cgw-", 101) + `}`, code: "InvalidParameterValue.LimitExceeded"},
		{action: describe, params: `{"CustomerGatewayIds":["` + knownID + `"],"Filters":[{"Name":"ip-address","Values":["8.8.8.8"]}]}`, code: "InvalidParameter.Coexist"},
		{action: describe, params: manyFilters(10, 5)},
		{action: describe, params: manyFilters(11, 1), code: "LimitExceeded.NumberOfFilters"},
		{action: describe, params: manyFilters(1, 6), code: "InvalidParameterValue.LimitExceeded"},
		{action: describe, params: `{"Filters":[{"Name":"tag:a","Values":["b"]}]}`, code: "InvalidParameter.FilterInvalidKey"},
		{action: describe, params: `{"Filters":[{"Name":"ip-address"}]}`, code: "MissingParameter"},
		{action: describe, params: `{"Filters":[{"Values":["b"]}]}`, code: "MissingParameter"},
		{action: describe, params: `{"Limit":100,"Offset":7}`},
		{action: describe, params: `{"Limit":0}`, code: "InvalidParameterValue.Range"},
		{action: describe, params: `{"Limit":101}`, code: "InvalidParameterValue.Range"},
		{action: describe, params: `{"Offset":-1}`, code: "InvalidParameter"},

		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a"}`},
		{action: modify, params: `{` + id + `}`, code: "MissingParameter"},
		{action: modify, params: `{"CustomerGatewayName":"a"}`, code: "MissingParameter"},
		{action: modify, params: `{"CustomerGatewayId":"` + unknownID + `","CustomerGatewayName":"a"}`, code: "ResourceNotFound"},
		{action: modify, params: `{"CustomerGatewayId":"x","CustomerGatewayName":"a"}`, code: "InvalidParameterValue.Malformed"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"` + strings.Repeat("a", 61) + `"}`, code: "InvalidParameterValue.TooLong"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a","BgpAsn":45090}`, code: "InvalidParameterValue"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a","BgpAsn":18446744073709551615}`, code: "InvalidParameterValue"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a","BgpAsn":-1}`, code: "InvalidParameter"},
		{action: modify, params: `{` + id + `,"CustomerGatewayName":"a","IpAddress":"1.2.3.4"}`, code: "UnknownParameter"},

		{action: remove, params: `{` + id + `}`},
		{action: remove, params: `{}`, code: "MissingParameter"},
		{action: remove, params: `{"CustomerGatewayId":"x"}`, code: "InvalidParameterValue.Malformed"},
		{action: remove, params: `{"CustomerGatewayId":"` + unknownID + `"}`, code: "UnsupportedOperation.RecordNotExists"},

		{action: conns, params: `{}`},
		{action: conns, params: `{"VpnConnectionIds":["vpnx-12345678"]}`, code: "ResourceNotFound"},
		{action: conns, params: `{"VpnConnectionIds":["vpnx-12345678"]}`, o: tencenttest.Options{EmptyOnUnknownIDs: true}},
		{action: conns, params: `{"VpnConnectionIds":["cgw-12345678"]}`, code: "InvalidParameterValue.Malformed"},
		{action: conns, params: `{"Filters":[{"Name":"ip-address","Values":["b"]}]}`, code: "InvalidParameter.FilterInvalidKey"},

		{action: limits, params: `{}`, code: "MissingParameter"},
		{action: limits, params: `{"LimitTypes":["appid-max-gateways"]}`, code: "InvalidParameterValue"},
		{action: limits, params: `{"LimitTypes":` + quoted("a", 101) + `}`, code: "InvalidParameterValue.LimitExceeded"},
		{action: vendors, params: `{"Limit":1}`, code: "UnknownParameter"},
		{action: create, params: valid(`,"Tags":[{"Value":"a"}]`), code: "MissingParameter"},

		{action: "", params: `{}`, code: "MissingParameter"},
		{action: "DescribeVpcs", params: `{}`, code: "InvalidAction"},
		{action: "TagResources", params: `{}`, code: "InvalidAction"},
		{action: "createcustomergateway", params: valid(""), code: "InvalidAction"},
	} {
		t.Run(c.action+" "+c.code, func(t *testing.T) {
			h, s := seeded(c.o)
			before := s.Gateways()
			got := wireCall{action: c.action, params: c.params}.do(t, h)
			require.Equal(t, c.code, got.code, "%.200s: %v", c.params, got.result)
			requireListed(t, c.action, c.code)
			if c.code != "" {
				require.Equal(t, before, s.Gateways())
			}
			require.Equal(t, c.code, s.Requests()[0].Code)
			require.Equal(t, c.action, s.Requests()[0].Action)
		})
	}
}

func TestDispatchRefused(t *testing.T) {
	for name, c := range map[string]struct {
		call wireCall
		code string
	}{
		"version":             {wireCall{version: "2016-04-28"}, "NoSuchVersion"},
		"version of tag":      {wireCall{version: tagVersion}, "NoSuchVersion"},
		"version, no service": {wireCall{version: "2016-04-28", service: "127"}, "NoSuchVersion"},
		"service tag":         {wireCall{service: "tag"}, "NoSuchVersion"},
		"region":              {wireCall{region: "ap-shanghai"}, "UnsupportedRegion"},
		"no region":           {wireCall{region: "-"}, "MissingParameter"},
		"verb":                {wireCall{method: "PUT"}, "UnsupportedProtocol"},
		"query too long":      {wireCall{method: "GET", params: strings.Repeat("a", 32<<10+1)}, "RequestSizeLimitExceeded"},
		"body too long":       {wireCall{params: strings.Repeat(" ", 10<<20+1)}, "RequestSizeLimitExceeded"},
		"query not encoded":   {wireCall{method: "GET", params: "a=%zz"}, "InvalidParameter"},
		"list not numbered":   {wireCall{method: "GET", params: "CustomerGatewayIds.a=b"}, "InvalidParameter"},
		"list without number": {wireCall{method: "GET", params: "CustomerGatewayIds=b"}, "InvalidParameter"},
		"number as text":      {wireCall{method: "GET", params: "Limit=many"}, "InvalidParameter"},
		"text and list":       {wireCall{method: "GET", params: "Limit=1&Limit.0=1"}, "InvalidParameter"},
	} {
		t.Run(name, func(t *testing.T) {
			c.call.action = describe
			h, _ := seeded(tencenttest.Options{})
			require.Equal(t, c.code, c.call.do(t, h).code)
		})
	}
}

// The first fault of a list is the one that is answered, whatever the order of the text.
func TestFlatListsAreInTheOrderOfTheirNumbers(t *testing.T) {
	params := "CustomerGatewayName=a&IpAddress=58.211.1.12&Tags.10.Key=*&Tags.2.Key=qcs:a&Tags.7.Key=b"
	for range 20 {
		h, _ := seeded(tencenttest.Options{})
		got := wireCall{action: create, method: "GET", params: params}.do(t, h)
		require.Equal(t, "UnsupportedOperation.TagSystemReservedTagKey", got.code)
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"58.211.1.12": true, "1.0.0.1": true, "1.255.255.254": true, "9.0.0.255": true, "8.8.255.0": true,
		"191.254.255.0": true, "192.0.1.1": true, "10.1.2.3": true,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "239.1.2.3": false,
		"127.0.0.1": false, "127.1.2.3": false, "169.254.1.1": false,
		"1.0.0.0": false, "126.255.255.255": false, "128.1.0.0": false, "191.1.255.255": false,
		"192.0.2.0": false, "223.1.2.255": false,
		"::1": false, "2001:db8::1": false, "::ffff:58.211.1.12": false,
		"58.211.1": false, "58.211.01.12": false, " 58.211.1.12": false, "58.211.1.12/32": false, "example.com": false,
	} {
		want := "InvalidParameterValue"
		if ok {
			want = ""
		}
		h, _ := seeded(tencenttest.Options{})
		params := fmt.Sprintf(`{"CustomerGatewayName":"a","IpAddress":%q}`, address)
		require.Equal(t, want, wireCall{action: create, params: params}.do(t, h).code, address)
	}
}
