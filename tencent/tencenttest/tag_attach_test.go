package tencenttest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func TestSDKAttachesTags(t *testing.T) {
	s := newServer(t, tencenttest.Options{})
	s.Seed(
		tencenttest.Gateway{ID: knownID, IPAddress: "8.8.8.8", Tags: map[string]string{"k": "v"}},
		tencenttest.Gateway{ID: "cgw-known002", IPAddress: "8.8.4.4"},
	)
	cfg := s.Config()
	client := common.NewCommonClient(cfg.Credentials, cfg.Region, clientProfile(t, s, signings[0]))
	client.WithHttpTransport(cfg.HTTPClient.Transport)
	send := func(action string, params map[string]any) error {
		params["ServiceType"], params["ResourcePrefix"], params["ResourceRegion"] = "vpc", "cgw", cfg.Region
		params["ResourceIds"] = []string{"cgw-known002", knownID}
		request := tchttp.NewCommonRequest("tag", tagVersion, action)
		require.NoError(t, request.SetActionParameters(params))
		return client.Send(request, tchttp.NewCommonResponse())
	}
	tags := func() string {
		text, err := json.Marshal([]any{s.Gateways()[0].Tags, s.Gateways()[1].Tags})
		require.NoError(t, err)
		return string(text)
	}
	require.NoError(t, send("AttachResourcesTag", map[string]any{"TagKey": "城市", "TagValue": "上海"}))
	require.Equal(t, `[{"k":"v","城市":"上海"},{"城市":"上海"}]`, tags())
	requireCode(t, "ResourceInUse.TagKeyAttached", send("AttachResourcesTag", map[string]any{"TagKey": "k", "TagValue": "v"}))
	requireCode(t, "ResourceNotFound.AttachedTagKeyNotFound", send("DetachResourcesTag", map[string]any{"TagKey": "k"}))
	require.Equal(t, `[{"k":"v","城市":"上海"},{"城市":"上海"}]`, tags(), "all or none")
	require.NoError(t, send("DetachResourcesTag", map[string]any{"TagKey": "城市"}))
	require.Equal(t, `[{"k":"v"},null]`, tags())
}

func TestAttachRefusals(t *testing.T) {
	const place = `'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou'`
	on := func(ids, tag string) string { return `{` + place + `,'ResourceIds':` + ids + `,` + tag + `}` }
	known := `['` + knownID + `']`
	tag := func(key, value string) string { return `'TagKey':'` + key + `','TagValue':'` + value + `'` }
	at := func(service, prefix, region string) string {
		return fmt.Sprintf(`{'ServiceType':'%s','ResourcePrefix':'%s','ResourceRegion':'%s','ResourceIds':%s,'TagKey':'a'`, service, prefix, region, known)
	}
	const attach, detach = "AttachResourcesTag", "DetachResourcesTag"
	for _, c := range []struct {
		action, params, code string
		o                    tencenttest.Options
	}{
		{action: attach, params: on(known, tag("a", "b"))},
		{action: attach, params: on(known, tag("a", ""))},
		{action: attach, params: on(known, tag("a", "")), o: tencenttest.Options{RefuseEmptyTagValues: true}, code: "InvalidParameter"},
		{action: attach, params: on(`['`+knownID+`','`+knownID+`']`, tag("a", "b"))},
		{action: attach, params: on(`['`+knownID+`','`+unknownID+`']`, tag("a", "b")), code: "InvalidParameterValue.ResourceIdInvalid"},
		{action: attach, params: on(quoted("cgw-", 51), tag("a", "b")), code: "LimitExceeded.ResourceNumPerRequest"},
		{action: attach, params: on(quoted("cgw-", 50), tag("a", "b")), code: "InvalidParameterValue.ResourceIdInvalid"},
		{action: attach, params: on(`[]`, tag("a", "b")), code: "MissingParameter"},
		{action: attach, params: on(known, `'TagKey':'a'`), code: "MissingParameter"},
		{action: attach, params: on(known, tag("", "b")), code: "InvalidParameterValue.TagKeyEmpty"},
		{action: attach, params: on(known, tag("*", "b")), code: "InvalidParameterValue.TagKeyCharacterIllegal"},
		{action: attach, params: on(known, tag("a", "*")), code: "InvalidParameterValue.TagValueCharacterIllegal"},
		{action: attach, params: on(known, tag("qcs:a", "b")), code: "InvalidParameter.ReservedTagKey"},
		{action: attach, params: on(known, tag(strings.Repeat("a", 128), "b")), code: "InvalidParameter"},
		{action: attach, params: on(known, tag("a", strings.Repeat("b", 256))), code: "InvalidParameter"},
		{action: attach, params: on(known, tag("k", "v")), code: "ResourceInUse.TagKeyAttached"},
		{action: attach, params: on(known, tag("a", "b")), o: tencenttest.Options{MaxTags: 1}, code: "LimitExceeded.ResourceAttachedTags"},
		{action: attach, params: at("cvm", "cgw", "ap-guangzhou") + `,'TagValue':'b'}`, code: "InvalidParameterValue.ServiceTypeInvalid"},
		{action: attach, params: at("vpc", "", "ap-guangzhou") + `,'TagValue':'b'}`, code: "InvalidParameterValue.ResourcePrefixInvalid"},
		{action: attach, params: at("vpc", "cgw", "") + `,'TagValue':'b'}`, code: "InvalidParameterValue.RegionInvalid"},

		{action: detach, params: on(known, `'TagKey':'k'`)},
		{action: detach, params: on(known, `'TagKey':'a'`), code: "ResourceNotFound.AttachedTagKeyNotFound"},
		{action: detach, params: on(known, `'TagKey':''`), code: "InvalidParameterValue.TagKeyEmpty"},
		{action: detach, params: on(`['`+unknownID+`']`, `'TagKey':'k'`), code: "InvalidParameterValue.ResourceIdInvalid"},
		{action: detach, params: on(quoted("cgw-", 51), `'TagKey':'k'`), code: "LimitExceeded.ResourceNumPerRequest"},
		{action: detach, params: at("vpc", "cgw", "ap-shanghai") + `}`, code: "InvalidParameterValue.RegionInvalid"},
	} {
		t.Run(c.action+" "+c.code, func(t *testing.T) {
			h, s := seeded(c.o)
			before := s.Gateways()
			got := tagCall(c.action, jsonText(c.params)).do(t, h)
			require.Equal(t, c.code, got.code, "%.200s: %v", c.params, got.result)
			requireListed(t, c.action, c.code)
			require.Equal(t, c.code != "", equalGateways(before, s.Gateways()))
		})
	}
}

func equalGateways(a, b []tencenttest.Gateway) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
