package alibabatest_test

import (
	"fmt"
	"testing"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

func TestSDKTags(t *testing.T) {
	every(t, alibabatest.Options{}, func(t *testing.T, s *alibabatest.Server, c *vpc.Client) {
		a, b := create(t, c, "203.0.113.1"), create(t, c, "203.0.113.2")
		_, err := c.TagResources(&vpc.TagResourcesRequest{
			RegionId: dara.String(region), ResourceType: dara.String("CustomerGateway"), ResourceId: []*string{&a, &b},
			Tag: []*vpc.TagResourcesRequestTag{
				{Key: dara.String("k1"), Value: dara.String("v1")}, {Key: dara.String("k2"), Value: dara.String("")},
			},
		})
		require.NoError(t, err)
		_, err = c.TagResources(&vpc.TagResourcesRequest{
			RegionId: dara.String(region), ResourceType: dara.String("CUSTOMERGATEWAY"), ResourceId: []*string{&b},
			Tag: []*vpc.TagResourcesRequestTag{{Key: dara.String("k1"), Value: dara.String("other")}},
		})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"k1": "v1", "k2": ""}, s.Gateways()[0].Tags)
		require.Equal(t, map[string]string{"k1": "other", "k2": ""}, s.Gateways()[1].Tags)

		list := func(r *vpc.ListTagResourcesRequest) (tags []string, next *string) {
			r.RegionId, r.ResourceType = dara.String(region), dara.String("customergateway")
			got, err := c.ListTagResources(r)
			require.NoError(t, err)
			for _, tag := range got.Body.TagResources.TagResource {
				require.Equal(t, "CUSTOMERGATEWAY", *tag.ResourceType)
				tags = append(tags, fmt.Sprintf("%v %s=%s", *tag.ResourceId == a, *tag.TagKey, *tag.TagValue))
			}
			return tags, got.Body.NextToken
		}
		both := []*string{&a, &b}
		tags, next := list(&vpc.ListTagResourcesRequest{ResourceId: both, MaxResults: dara.Int32(3)})
		require.Equal(t, []string{"true k1=v1", "true k2=", "false k1=other"}, tags)
		tags, next = list(&vpc.ListTagResourcesRequest{ResourceId: both, MaxResults: dara.Int32(3), NextToken: next})
		require.Equal(t, []string{"false k2="}, tags)
		require.Nil(t, next)
		tags, _ = list(&vpc.ListTagResourcesRequest{
			Tag: []*vpc.ListTagResourcesRequestTag{{Key: dara.String("k1"), Value: dara.String("v1")}},
		})
		require.Equal(t, []string{"true k1=v1", "true k2="}, tags)
		tags, next = list(&vpc.ListTagResourcesRequest{ResourceId: both, NextToken: dara.String("9223372036854775807")})
		require.Empty(t, tags, "no overflow")
		require.Nil(t, next)
		tags, _ = list(&vpc.ListTagResourcesRequest{ResourceId: []*string{dara.String("cgw-none")}})
		require.Empty(t, tags)

		untag := &vpc.UnTagResourcesRequest{
			RegionId: dara.String(region), ResourceType: dara.String("CUSTOMERGATEWAY"), ResourceId: both, TagKey: []*string{dara.String("k1"), dara.String("none")},
		}
		_, err = c.UnTagResources(untag)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"k2": ""}, s.Gateways()[0].Tags)
		untag.TagKey, untag.All = nil, dara.Bool(true)
		_, err = c.UnTagResources(untag)
		require.NoError(t, err)
		require.Nil(t, s.Gateways()[0].Tags)
		require.Nil(t, s.Gateways()[1].Tags)
	})
}

func TestTwentyTags(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	require.Empty(t, call(t, h, createAction, append(numbered("Tags", ".Key", 20), "IpAddress", "203.0.113.1")...).code())
	require.Len(t, s.Gateways()[0].Tags, 20)
	params := []string{"ResourceType", "CUSTOMERGATEWAY", "ResourceId.1", s.Gateways()[0].ID, "Tag.1.Key"}
	require.Empty(t, call(t, h, "TagResources", append(params, "v7", "Tag.1.Value", "new")...).code(), "no tag more")
	require.Equal(t, "QuotaExceeded", call(t, h, "TagResources", append(params, "new")...).code())
}
