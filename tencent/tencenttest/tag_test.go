package tencenttest_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	knownName   = "qcs::vpc:ap-guangzhou:uin/:cgw/" + knownID
	unknownName = "qcs::vpc:ap-guangzhou:uin/:cgw/" + unknownID
)

// tagCall is a call of the tag service.
func tagCall(action, params string) wireCall {
	return wireCall{action: action, params: params, service: "tag", version: tagVersion, region: "-"}
}

// jsonText replaces ' by ", so that tables of JSON are readable.
func jsonText(s string) string { return strings.ReplaceAll(s, "'", `"`) }

func TestTagServiceThroughTheSDK(t *testing.T) {
	s := newServer(t, tencenttest.Options{Token: "session"})
	s.Seed(tencenttest.Gateway{ID: knownID, IPAddress: "8.8.8.8", Tags: map[string]string{"old": "1", "stays": "2"}})
	cfg := s.Config()
	client := common.NewCommonClient(cfg.Credentials, cfg.Region, clientProfile(t, s, signings[0]))
	client.WithHttpTransport(cfg.HTTPClient.Transport)
	send := func(action string, params map[string]any) map[string]any {
		request := tchttp.NewCommonRequest("tag", tagVersion, action)
		require.NoError(t, request.SetActionParameters(params))
		response := tchttp.NewCommonResponse()
		require.NoError(t, client.Send(request, response))
		var reply struct{ Response map[string]any }
		require.NoError(t, json.Unmarshal(response.GetBody(), &reply))
		return reply.Response
	}
	send("ModifyResourceTags", map[string]any{
		"Resource":    knownName,
		"ReplaceTags": []map[string]string{{"TagKey": "城市", "TagValue": "上海"}},
		"DeleteTags":  []map[string]string{{"TagKey": "old"}, {"TagKey": "was never there"}},
	})
	require.Equal(t, map[string]string{"城市": "上海", "stays": "2"}, s.Gateways()[0].Tags)

	got := send("DescribeResourceTagsByResourceIds", map[string]any{
		"ServiceType": "vpc", "ResourcePrefix": "cgw", "ResourceRegion": "ap-guangzhou",
		"ResourceIds": []string{knownID, unknownID}, "Limit": 100,
	})
	sum := md5.Sum([]byte("stays"))
	require.InDelta(t, 2, got["TotalCount"], 0)
	require.InDelta(t, 100, got["Limit"], 0)
	require.Equal(t, map[string]any{
		"TagKey": "stays", "TagValue": "2", "ResourceId": knownID, "ServiceType": "vpc", "Category": "Custom",
		"TagKeyMd5": hex.EncodeToString(sum[:]), "TagValueMd5": "c81e728d9d4c2f636f067f89cc14862c",
	}, got["Tags"].([]any)[0])

	got = send("DescribeResourceTagsByResourceIds", map[string]any{
		"ServiceType": "vpc", "ResourcePrefix": "cgw", "ResourceRegion": "ap-guangzhou",
		"ResourceIds": []string{knownID}, "Limit": uint64(1<<64 - 1), "Offset": uint64(1<<64 - 1),
	})
	require.Empty(t, got["Tags"], "no overflow")
	got = send("TagResources", map[string]any{
		"ResourceList": []string{unknownName, knownName},
		"Tags":         []map[string]string{{"TagKey": "stays", "TagValue": "3"}},
	})
	failed := got["FailedResources"].([]any)
	require.Len(t, failed, 1, "a failure inside a success")
	require.Equal(t, unknownName, failed[0].(map[string]any)["Resource"])
	require.Equal(t, "InvalidParameterValue.ResourceDescriptionError", failed[0].(map[string]any)["Code"])
	require.Equal(t, "3", s.Gateways()[0].Tags["stays"])

	got = send("UnTagResources", map[string]any{"ResourceList": []string{knownName}, "TagKeys": []string{"stays", "城市", "x"}})
	require.Empty(t, got["FailedResources"])
	require.Nil(t, s.Gateways()[0].Tags)
}

func TestTagReads(t *testing.T) {
	s := new(tencenttest.State)
	for i := range 4 {
		tags := map[string]string{"a": fmt.Sprint(i % 2), "b": "x"}
		if i == 3 {
			tags = nil
		}
		g := tencenttest.Gateway{ID: fmt.Sprintf("cgw-0000000%d", i), IPAddress: fmt.Sprintf("8.8.8.%d", i+1), Tags: tags}
		if i == 2 {
			g.SystemTags = map[string]string{"createdBy": "me"}
		}
		s.Seed(g)
	}
	h := tencenttest.NewHandler(tencenttest.Options{State: s})
	const where = `'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou'`
	for _, c := range []struct {
		action, params, list string
		want                 string // the last digits of the IDs
		total                int    // -1: there is none
	}{
		{"DescribeResourceTagsByResourceIds", `{` + where + `,'ResourceIds':['cgw-00000002','cgw-00000000','cgw-00000003','other']}`, "Tags", "00222", 5},
		{"DescribeResourceTagsByResourceIds", `{` + where + `,'ResourceIds':['cgw-00000002','cgw-00000000'],'Offset':3,'Limit':3}`, "Tags", "22", 5},
		{"DescribeResourceTagsByResourceIds", `{` + where + `,'ResourceIds':['cgw-00000002'],'Category':'Custom'}`, "Tags", "22", 2},
		{"DescribeResourceTagsByResourceIds", `{` + where + `,'ResourceIds':['cgw-00000002','cgw-00000000'],'Category':'System'}`, "Tags", "2", 1},
		{"DescribeResourceTags", `{}`, "Rows", "0011222", 7},
		{"DescribeResourceTags", `{` + where + `,'ResourceId':'cgw-00000001'}`, "Rows", "11", 2},
		{"DescribeResourceTags", `{'ServiceType':'cvm'}`, "Rows", "", 0},
		{"DescribeResourceTags", `{'CreateUin':7}`, "Rows", "", 0},
		{"DescribeResourceTags", `{'CreateUin':100000000001,'Limit':4,'Offset':4}`, "Rows", "222", 7},
		{"DescribeResourceTags", `{'CosResourceId':1,'ResourceId':'cgw-00000001'}`, "Rows", "", 0},
		{"DescribeResourcesByTags", `{'TagFilters':[{'TagKey':'a','TagValue':['0']}]}`, "Rows", "02", 2},
		{"DescribeResourcesByTags", `{'TagFilters':[{'TagKey':'a','TagValue':['0','1']},{'TagKey':'b'}],'Limit':2,'Offset':2}`, "Rows", "2", 3},
		{"DescribeResourcesByTags", `{'TagFilters':[{'TagKey':'b'}],` + where + `,'ResourceId':'cgw-00000001'}`, "Rows", "1", 1},
		{"DescribeResourcesByTags", `{'TagFilters':[{'TagKey':'b'}],'ResourceRegion':'ap-shanghai'}`, "Rows", "", 0},
		{"DescribeResourcesByTags", `{'TagFilters':[{'TagKey':'createdBy','TagValue':['me']}]}`, "Rows", "2", 1},
		{"GetResources", `{}`, "ResourceTagMappingList", "012", -1},
		{"GetResources", `{'TagFilters':[{'TagKey':'a','TagValue':['1','2']}]}`, "ResourceTagMappingList", "1", -1},
		{"GetResources", `{'MaxResults':1,'ResourceList':['qcs::vpc:ap-guangzhou:uin/:cgw/cgw-00000002','qcs::vpc:ap-guangzhou:uin/100000000001:cgw/cgw-00000001']}`, "ResourceTagMappingList", "12", -1},
	} {
		got := tagCall(c.action, jsonText(c.params)).do(t, h)
		ids := ""
		for _, item := range got.list(t, c.list) {
			id, _ := item["ResourceId"].(string)
			if name, ok := item["Resource"].(string); ok {
				require.True(t, strings.HasPrefix(name, "qcs::vpc:ap-guangzhou:uin/100000000001:cgw/cgw-"), name)
				id = name
			}
			ids += id[len(id)-1:]
		}
		require.Equal(t, c.want, ids, "%s %s", c.action, c.params)
		if c.total >= 0 {
			require.InDelta(t, c.total, got.result["TotalCount"], 0, "%s %s", c.action, c.params)
		}
	}
	row := tagCall("DescribeResourcesByTags", jsonText(`{'TagFilters':[{'TagKey':'a'}]}`)).do(t, h).list(t, "Rows")[1]
	require.Equal(t, map[string]any{
		"ResourceRegion": "ap-guangzhou", "ServiceType": "vpc", "ResourcePrefix": "cgw", "ResourceId": "cgw-00000001",
		"Tags": []any{
			map[string]any{"TagKey": "a", "TagValue": "1", "Category": "Custom"},
			map[string]any{"TagKey": "b", "TagValue": "x", "Category": "Custom"},
		},
	}, row)
}

func TestGetResourcesPages(t *testing.T) {
	s := new(tencenttest.State)
	for i := range 5 {
		s.Seed(tencenttest.Gateway{ID: fmt.Sprintf("cgw-0000000%d", i), IPAddress: fmt.Sprintf("8.8.8.%d", i+1), Tags: map[string]string{"a": "b"}})
	}
	h := tencenttest.NewHandler(tencenttest.Options{State: s})
	token, seen := "", ""
	for range 3 {
		got := tagCall("GetResources", fmt.Sprintf(`{"MaxResults":2,"PaginationToken":%q}`, token)).do(t, h)
		for _, item := range got.list(t, "ResourceTagMappingList") {
			name := item["Resource"].(string)
			seen += name[len(name)-1:]
		}
		if seen == "01" {
			require.Empty(t, wireCall{action: remove, params: `{"CustomerGatewayId":"cgw-00000000"}`}.do(t, h).code)
		}
		token = got.result["PaginationToken"].(string)
	}
	require.Equal(t, "01234", seen, "a token skips nothing when others go")
	require.Empty(t, token)
}

func TestTagRefusals(t *testing.T) {
	const where = `'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou'`
	replace := func(tags string) string {
		return `{'Resource':'` + knownName + `','ReplaceTags':[` + tags + `]}`
	}
	tag := func(key, value string) string { return `{'TagKey':'` + key + `','TagValue':'` + value + `'}` }
	many := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = tag(fmt.Sprint("t", i), "v")
		}
		return strings.Join(all, ",")
	}
	modifyTags := "ModifyResourceTags"
	for _, c := range []struct {
		action, params, code string
		o                    tencenttest.Options
	}{
		{action: modifyTags, params: replace(tag("a", "b"))},
		{action: modifyTags, params: replace(tag("a", ""))},
		{action: modifyTags, params: replace(tag("a", "")), o: tencenttest.Options{RefuseEmptyTagValues: true}, code: "InvalidParameterValue.TagValueEmpty"},
		{action: modifyTags, params: replace(many(10))},
		{action: modifyTags, params: replace(many(11)), code: "InvalidParameter.Tag"},
		{action: modifyTags, params: replace(many(3)), o: tencenttest.Options{MaxTags: 3}, code: "LimitExceeded.ResourceAttachedTags"},
		{action: modifyTags, params: replace(``), code: "InvalidParameter.Tag"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `'}`, code: "InvalidParameter.Tag"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','DeleteTags':[]}`, code: "InvalidParameter.Tag"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','DeleteTags':[` + many(11) + `]}`, code: "UnknownParameter"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','DeleteTags':[` + strings.Repeat(`{'TagKey':'a'},`, 10) + `{'TagKey':'a'}]}`, code: "InvalidParameter.Tag"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','DeleteTags':[{}]}`, code: "MissingParameter"},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','DeleteTags':[{'TagKey':''}]}`, code: "InvalidParameterValue.TagKeyEmpty"},
		{action: modifyTags, params: replace(`{'TagKey':'a'}`), code: "MissingParameter"},
		{action: modifyTags, params: replace(`{'TagValue':'a'}`), code: "MissingParameter"},
		{action: modifyTags, params: replace(`{'TagKey':'a','TagValue':'b','Category':'Custom'}`)},
		{action: modifyTags, params: `{'Resource':'` + knownName + `','ReplaceTags':[` + tag("a", "b") + `],'DeleteTags':[{'TagKey':'a'}]}`, code: "InvalidParameterValue.DeleteTagsParamError"},
		{action: modifyTags, params: `{'ReplaceTags':[` + tag("a", "b") + `]}`, code: "MissingParameter"},
		{action: modifyTags, params: replace(tag("", "b")), code: "InvalidParameterValue.TagKeyEmpty"},
		{action: modifyTags, params: replace(tag("a,b*", "b")), code: "InvalidParameterValue.TagKeyCharacterIllegal"},
		{action: modifyTags, params: replace(tag(strings.Repeat("a", 128), "b")), code: "InvalidParameterValue.TagKeyLengthExceeded"},
		{action: modifyTags, params: replace(tag("a", "*")), code: "InvalidParameterValue.TagValueCharacterIllegal"},
		{action: modifyTags, params: replace(tag("a", strings.Repeat("a", 256))), code: "InvalidParameterValue.TagValueLengthExceeded"},
		{action: modifyTags, params: replace(tag("qcs:a", "b")), code: "InvalidParameter.ReservedTagKey"},
		{action: modifyTags, params: replace(tag("a", "b") + "," + tag("a", "c")), code: "InvalidParameter.Tag"},
		{action: modifyTags, params: `{'Resource':'` + unknownName + `','DeleteTags':[{'TagKey':'a'}]}`, code: "InvalidParameterValue.ResourceDescriptionError"},

		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[` + tag("a", "b") + `]}`},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[` + tag("a", "") + `]}`, code: "InvalidParameterValue.TagValueEmpty"},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[]}`, code: "MissingParameter"},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[{'TagKey':'a'}]}`, code: "MissingParameter"},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[{'TagKey':'a','TagValue':'b','Category':'Custom'}]}`},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[` + tag("a", "b") + "," + tag("a", "c") + `]}`, code: "InvalidParameterValue.TagKeyDuplicate"},
		{action: "TagResources", params: `{'ResourceList':['` + knownName + `'],'Tags':[` + many(11) + `]}`, code: "LimitExceeded.TagNumPerRequest"},
		{action: "TagResources", params: `{'ResourceList':` + quoted("", 11) + `,'Tags':[` + tag("a", "b") + `]}`, code: "LimitExceeded.ResourceNumPerRequest"},
		{action: "UnTagResources", params: `{'ResourceList':['` + knownName + `'],'TagKeys':['a','a']}`, code: "InvalidParameterValue.TagKeyDuplicate"},
		{action: "UnTagResources", params: `{'ResourceList':['` + knownName + `'],'TagKeys':['']}`, code: "InvalidParameterValue.TagKeyEmpty"},
		{action: "UnTagResources", params: `{'ResourceList':['` + knownName + `'],'TagKeys':` + quoted("", 11) + `}`, code: "LimitExceeded.TagNumPerRequest"},

		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `}`, code: "MissingParameter"},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':` + quoted("cgw-", 50) + `}`},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':` + quoted("cgw-", 51) + `}`, code: "InvalidParameterValue.ResourceIdInvalid"},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':['a'],'Offset':7}`, code: "InvalidParameterValue.OffsetInvalid"},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':['a'],'Offset':30}`},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':['a'],'Limit':0}`, code: "InvalidParameter"},
		{action: "DescribeResourceTagsByResourceIds", params: `{` + where + `,'ResourceIds':['a'],'Category':'Mine'}`, code: "InvalidParameter"},
		{action: "DescribeResourceTagsByResourceIds", params: `{'ServiceType':'cvm','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou','ResourceIds':['a']}`, code: "InvalidParameterValue.ServiceTypeInvalid"},
		{action: "DescribeResourceTagsByResourceIds", params: `{'ServiceType':'vpc','ResourcePrefix':'gw','ResourceRegion':'ap-guangzhou','ResourceIds':['a']}`, code: "InvalidParameterValue.ResourcePrefixInvalid"},
		{action: "DescribeResourceTagsByResourceIds", params: `{'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-shanghai','ResourceIds':['a']}`, code: "InvalidParameterValue.RegionInvalid"},
		{action: "DescribeResourceTags", params: `{'Offset':1}`, code: "InvalidParameterValue.OffsetInvalid"},
		{action: "DescribeResourcesByTags", params: `{}`, code: "MissingParameter"},
		{action: "DescribeResourcesByTags", params: `{'TagFilters':[{'TagValue':['a']}]}`, code: "MissingParameter"},
		{action: "DescribeResourcesByTags", params: `{'TagFilters':[{'TagKey':''}]}`, code: "InvalidParameterValue.TagFilters"},
		{action: "DescribeResourcesByTags", params: `{'TagFilters':[` + strings.Repeat(`{'TagKey':'a'},`, 6) + `{'TagKey':'a'}]}`, code: "InvalidParameterValue.TagFiltersLengthExceeded"},
		{action: "GetResources", params: `{'ResourceList':['nonsense']}`, code: "InvalidParameterValue.ResourceDescriptionError"},
		{action: "GetResources", params: `{'ResourceList':['qcs::vpc:ap-shanghai:uin/:cgw/` + knownID + `']}`, code: "InvalidParameterValue.ResourceDescriptionError"},
		{action: "GetResources", params: `{'ResourceList':['qcs::vpc:ap-guangzhou:uin/7:cgw/` + knownID + `']}`, code: "InvalidParameterValue.ResourceDescriptionError"},
		{action: "GetResources", params: `{'TagFilters':[{'TagValue':['a']}]}`, code: "MissingParameter"},
		{action: "GetResources", params: `{'TagFilters':[{'TagKey':''}]}`, code: "InvalidParameterValue.TagKeyEmpty"},
		{action: "GetResources", params: `{'TagFilters':[` + strings.Repeat(`{'TagKey':'a'},`, 6) + `{'TagKey':'a'}]}`, code: "LimitExceeded.TagNumPerRequest"},
		{action: "DescribeResourceTagsByResourceIds", params: `{'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'','ResourceIds':['a']}`, code: "InvalidParameterValue.RegionInvalid"},
		{action: "GetResources", params: `{'TagFilters':[{'TagKey':'a','TagValue':` + quoted("", 11) + `}]}`, code: "InvalidParameter.Tag"},
		{action: "GetResources", params: `{'MaxResults':201}`, code: "InvalidParameter"},
		{action: "GetResources", params: `{'PaginationToken':'x'}`, code: "InvalidParameter.PaginationTokenInvalid"},
		{action: "CreateCustomerGateway", params: `{}`, code: "InvalidAction"},
	} {
		t.Run(c.action+" "+c.code, func(t *testing.T) {
			h, s := seeded(c.o)
			before := s.Gateways()
			got := tagCall(c.action, jsonText(c.params)).do(t, h)
			require.Equal(t, c.code, got.code, "%.200s: %v", c.params, got.result)
			requireListed(t, c.action, c.code)
			if c.code != "" {
				require.Equal(t, before, s.Gateways())
			}
		})
	}
}

// A gateway that was seeded with more tags than it can have may lose some.
func TestTagsAboveTheLimitCanGo(t *testing.T) {
	s := new(tencenttest.State)
	s.Seed(tencenttest.Gateway{ID: knownID, IPAddress: "8.8.8.8", Tags: map[string]string{"a": "", "b": "", "c": "", "d": ""}})
	h := tencenttest.NewHandler(tencenttest.Options{State: s, MaxTags: 2})
	require.Empty(t, tagCall("ModifyResourceTags", jsonText(`{'Resource':'`+knownName+`','DeleteTags':[{'TagKey':'a'}]}`)).do(t, h).code)
	require.Len(t, s.Gateways()[0].Tags, 3)
}

func TestTagsLagToo(t *testing.T) {
	at := newClock()
	h, _ := seeded(tencenttest.Options{Now: at.Now, ReadLag: time.Second})
	do := func(action, params string) answer {
		c := tagCall(action, jsonText(params))
		c.at = at.Now()
		return c.do(t, h)
	}
	require.Empty(t, do("ModifyResourceTags", `{'Resource':'`+knownName+`','DeleteTags':[{'TagKey':'k'}]}`).code)
	require.Len(t, do("DescribeResourceTags", `{}`).list(t, "Rows"), 1)
	at.add(time.Second)
	require.Empty(t, do("DescribeResourceTags", `{}`).list(t, "Rows"))
}
