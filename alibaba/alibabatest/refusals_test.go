package alibabatest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// numbered returns parameters PREFIX.1SUFFIX to PREFIX.nSUFFIX with differing values.
func numbered(prefix, suffix string, n int) []string {
	var params []string
	for i := 1; i <= n; i++ {
		params = append(params, fmt.Sprintf("%s.%d%s", prefix, i, suffix), fmt.Sprintf("v%d", i))
	}
	return params
}

const (
	createAction = "CreateCustomerGateway"
	modifyAction = "ModifyCustomerGatewayAttribute"
	deleteAction = "DeleteCustomerGateway"
	listAction   = "DescribeCustomerGateways"
	getAction    = "DescribeCustomerGateway"
)

func TestRefusals(t *testing.T) {
	ip := func(more ...string) []string { return append([]string{"IpAddress", "203.0.113.1"}, more...) }
	id := func(more ...string) []string { return append([]string{"CustomerGatewayId", "cgw-1"}, more...) }
	typed := func(more ...string) []string { return append([]string{"ResourceType", "CUSTOMERGATEWAY"}, more...) }
	one := func(more ...string) []string { return typed(append([]string{"ResourceId.1", "cgw-1"}, more...)...) }
	tests := []struct {
		name   string
		action string
		params []string
		code   string
		status int
	}{
		{"action", "DescribeVpcs", nil, "InvalidAction.NotFound", 404},
		{"action in another case", "createCustomerGateway", ip(), "InvalidAction.NotFound", 404},
		{"no region", createAction, ip("RegionId", ""), "MissingParameter", 400},
		{"other region", createAction, ip("RegionId", "cn-shanghai"), "InvalidRegionId.NotFound", 404},
		{"other region on a read", listAction, []string{"RegionId", "nowhere-1"}, "InvalidRegionId.NotFound", 404},
		{"parameter", createAction, ip("IPAddress", "203.0.113.1"), "UnsupportedParameter", 400},
		{"ASN on modify", modifyAction, id("Asn", "1"), "UnsupportedParameter", 400},
		{"address on modify", modifyAction, id("IpAddress", "203.0.113.1"), "UnsupportedParameter", 400},
		{"address as a filter", listAction, []string{"IpAddress", "203.0.113.1"}, "UnsupportedParameter", 400},
		{"singular tags on create", createAction, ip("Tag.1.Key", "k"), "UnsupportedParameter", 400},
		{"plural tags on describe", listAction, []string{"Tags.1.Key", "k"}, "UnsupportedParameter", 400},
		{"tags counted from 0", createAction, ip("Tags.0.Key", "k"), "UnsupportedParameter", 400},
		{"format", listAction, []string{"Format", "YAML"}, "InvalidParameter", 400},

		{"no address", createAction, nil, "MissingParameter", 400},
		{"address", createAction, []string{"IpAddress", "203.0.113"}, "InvalidIpAddress.WrongFormat", 400},
		{"address in use", createAction, []string{"IpAddress", "198.51.100.1"}, "InvalidIpAddress.AlreadyExist", 400},
		{"name", createAction, ip("Name", "a b"), "InvalidName", 400},
		{"description", createAction, ip("Description", "1st"), "InvalidDescription", 400},
		{"ASN", createAction, ip("Asn", "AS1"), "InvalidParameter", 400},
		{"key", createAction, ip("AuthKey", "what?"), "InvalidParameter", 400},
		{"long token", createAction, ip("ClientToken", strings.Repeat("t", 65)), "InvalidParameter", 400},
		{"token beyond ASCII", createAction, ip("ClientToken", "tökén"), "InvalidParameter", 400},
		{"tag without a key", createAction, ip("Tags.1.Value", "v"), "InvalidTagKey.Malformed", 400},
		{"reserved tag key", createAction, ip("Tags.1.Key", "acs:k"), "InvalidTagKey.Malformed", 400},
		{"reserved tag value", createAction, ip("Tags.1.Key", "k", "Tags.1.Value", "aliyun-v"), "InvalidTagValue.Malformed", 400},
		{"tag key twice", createAction, ip("Tags.1.Key", "k", "Tags.2.Key", "k"), "Duplicate.TagKey", 400},
		{"tag keys that differ in case", createAction, ip("Tags.1.Key", "Env", "Tags.2.Key", "eNV"), "TagKey.Duplication", 403},
		{"21 tags", createAction, ip(numbered("Tags", ".Key", 21)...), "NumberExceed.Tags", 400},

		{"get without ID", getAction, nil, "MissingParameter", 400},
		{"get of none", getAction, []string{"CustomerGatewayId", "cgw-none"}, "InvalidCustomerGatewayInstanceId.NotFound", 404},
		{"page size", listAction, []string{"PageSize", "51"}, "InvalidParameter", 400},
		{"page size 0", listAction, []string{"PageSize", "0"}, "InvalidParameter", 400},
		{"page number 0", listAction, []string{"PageNumber", "0"}, "InvalidParameter", 400},
		{"page number", listAction, []string{"PageNumber", "one"}, "InvalidParameter", 400},
		{"filter of 21 tags", listAction, numbered("Tag", ".Key", 21), "NumberExceed.Tags", 400},

		{"modify without ID", modifyAction, nil, "MissingParameter", 400},
		{"modify of none", modifyAction, []string{"CustomerGatewayId", "cgw-none", "Name", "name"}, "InvalidCustomerGatewayInstanceId.NotFound", 404},
		{"new name", modifyAction, id("Name", "http://x"), "InvalidName", 400},
		{"empty new name", modifyAction, id("Name", ""), "InvalidName", 400},
		{"empty new description", modifyAction, id("Description", ""), "InvalidDescription", 400},
		{"empty new key", modifyAction, id("AuthKey", ""), "InvalidParameter", 400},
		{"long token on modify", modifyAction, id("ClientToken", strings.Repeat("t", 65)), "InvalidParameter", 400},

		{"delete without ID", deleteAction, nil, "MissingParameter", 400},
		{"delete of none", deleteAction, []string{"CustomerGatewayId", "cgw-none"}, "InvalidCustomerGatewayInstanceId.NotFound", 404},
		{"delete of one in use", deleteAction, []string{"CustomerGatewayId", "cgw-used"}, "DependencyViolation.VpnConnection", 400},

		{"connections page size", "DescribeVpnConnections", []string{"PageSize", "51"}, "InvalidParameter", 400},

		{"connections page number", "DescribeVpnConnections", []string{"PageNumber", "0"}, "InvalidParameter", 400},
		{"connections of a tag without a key", "DescribeVpnConnections", []string{"Tag.1.Value", "v"}, "InvalidTagKey.Malformed", 400},
		{"connection without ID", "DescribeVpnConnection", nil, "MissingParameter", 400},
		{"connection of none", "DescribeVpnConnection", []string{"VpnConnectionId", "vco-none"}, "InvalidVpnConnectionInstanceId.NotFound", 404},

		{"tag without a type", "TagResources", []string{"ResourceId.1", "cgw-1", "Tag.1.Key", "k"}, "MissingParameter", 400},
		{"tag of another type", "TagResources", []string{"ResourceType", "VPC", "ResourceId.1", "cgw-1", "Tag.1.Key", "k"}, "InvalidResourceType.NotFound", 404},
		{"tag of nothing", "TagResources", typed("Tag.1.Key", "k"), "MissingParameter", 400},
		{"no tags", "TagResources", one(), "MissingParameter", 400},
		{"tag of none", "TagResources", one("ResourceId.2", "cgw-none", "Tag.1.Key", "k"), "InvalidResourceId.NotFound", 404},
		{"tag that differs in case", "TagResources", one("Tag.1.Key", "Env", "Tag.2.Key", "env"), "TagKey.Duplication", 403},
		{"21 more tags", "TagResources", one(numbered("Tag", ".Key", 21)...), "NumberExceed.Tags", 400},
		{"21 tags in all", "TagResources", one(numbered("Tag", ".Key", 20)...), "QuotaExceeded", 400},
		{"21 resources", "TagResources", typed(append(numbered("ResourceId", "", 21), "Tag.1.Key", "k")...), "NumberExceed.ResourceIds", 400},
		{"UntagResources", "UntagResources", one("TagKey.1", "k"), "InvalidAction.NotFound", 404},
		{"untag nothing", "UnTagResources", one(), "MissingParameter", 400},
		{"untag 21", "UnTagResources", one(numbered("TagKey", "", 21)...), "NumberExceed.Tags", 400},
		{"untag all or not", "UnTagResources", one("All", "maybe"), "InvalidParameter", 400},
		{"untag of none", "UnTagResources", typed("ResourceId.1", "cgw-none", "TagKey.1", "k"), "InvalidResourceId.NotFound", 404},
		{"list tags of all", "ListTagResources", typed(), "MissingParameter", 400},
		{"list 51 tags", "ListTagResources", one("MaxResults", "51"), "InvalidParameter", 400},
		{"list from nowhere", "ListTagResources", one("NextToken", "x"), "InvalidParameter", 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, s := handler(alibabatest.Options{})
			s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "198.51.100.1", Tags: map[string]string{"have": "1"}},
				alibabatest.Gateway{ID: "cgw-used", IPAddress: "198.51.100.2"})
			s.AddConnection("cgw-used")
			before := s.Gateways()
			got := call(t, h, test.action, test.params...)
			require.Equal(t, test.code, got.code(), got.text)
			require.Equal(t, test.status, got.status)
			require.Equal(t, before, s.Gateways(), "a refused request changes nothing")
			require.Equal(t, test.code, s.Requests()[0].Code)
			require.Equal(t, test.action, s.Requests()[0].Action)
		})
	}
}

func TestRefusedTransport(t *testing.T) {
	tests := []struct {
		name    string
		request func() *http.Request
		code    string
		status  int
	}{
		{"PUT", func() *http.Request { c := newRaw(listAction); c.method = http.MethodPut; return c.acs3() }, "UnsupportedHTTPMethod", 400},
		{"path", func() *http.Request { r := newRaw(listAction).acs3(); r.URL.Path = "/v1"; return r }, "InvalidAction.NotFound", 404},
		{"version", func() *http.Request { c := newRaw(listAction); c.version = "2014-05-26"; return c.acs3() }, "InvalidVersion", 400},
		{"no version", func() *http.Request { c := newRaw(listAction); c.version = ""; return c.acs3() }, "MissingParameter", 400},
		{"escapes", func() *http.Request { r := newRaw(listAction).acs3(); r.URL.RawQuery += "&a=%zz"; return r }, "InvalidParameter", 400},
		{"bytes that are not UTF-8", newRaw(createAction, "IpAddress", "203.0.113.1", "Description", "ab\xff").acs3, "InvalidParameter", 400},
		{"long body", func() *http.Request { c := newRaw(listAction); c.body = strings.Repeat("x", 1<<20+1); return c.acs3() }, "InvalidParameter", 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, _ := handler(alibabatest.Options{})
			got := send(t, h, test.request())
			require.Equal(t, test.code, got.code(), got.text)
			require.Equal(t, test.status, got.status)
		})
	}
}

// Every code of a fault is answered in the service's form, with the status that is known of it.
func TestErrorForm(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	got := call(t, h, getAction, "CustomerGatewayId", "cgw-none")
	require.Equal(t, "application/json;charset=utf-8", got.header.Get("Content-Type"))
	require.Len(t, got.json, 5)
	require.Equal(t, got.header.Get("x-acs-request-id"), got.json["RequestId"])
	require.NotEmpty(t, got.json["RequestId"])
	require.Equal(t, host, got.json["HostId"])
	require.NotEmpty(t, got.json["Message"])
	require.Equal(t, "The specified customer gateway instance id does not exist.", got.json["Message"])
	require.Equal(t, fmt.Sprintf("https://api.aliyun.com/troubleshoot?q=%s&product=Vpc&requestId=%s", got.code(), got.json["RequestId"]), got.json["Recommend"])
}

func TestQuota(t *testing.T) {
	tests := []struct {
		name         string
		quota, there int
		code         string
	}{
		{"documented, one left", 0, 99, ""},
		{"documented, full", 0, 100, "Resource.QuotaFull"},
		{"own", 2, 2, "Resource.QuotaFull"},
		{"none", -1, 300, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, s := handler(alibabatest.Options{Quota: test.quota})
			s.Seed(many(test.there)...)
			require.Equal(t, test.code, call(t, h, createAction, "IpAddress", "203.0.113.1").code())
			require.Equal(t, "InvalidIpAddress.AlreadyExist", call(t, h, createAction, "IpAddress", "8.0.0.0").code())
		})
	}
	t.Run("freed by a deletion", func(t *testing.T) {
		h, s := handler(alibabatest.Options{Quota: 1})
		s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.2"})
		require.Empty(t, call(t, h, deleteAction, "CustomerGatewayId", "cgw-1").code())
		require.Empty(t, call(t, h, createAction, "IpAddress", "203.0.113.1").code())
	})
}

// many returns n gateways with addresses from 8.0.0.0 on.
func many(n int) []alibabatest.Gateway {
	all := make([]alibabatest.Gateway, n)
	for i := range all {
		all[i].IPAddress = fmt.Sprintf("8.%d.%d.%d", i>>16, i>>8&255, i&255)
	}
	return all
}
