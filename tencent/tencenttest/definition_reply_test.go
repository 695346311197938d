package tencenttest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// fullCalls have a reply that shows as much as the action can.
var fullCalls = map[string]string{
	create:                              `{'CustomerGatewayName':'a','IpAddress':'58.211.1.12','BgpAsn':65001}`,
	describe:                            `{}`,
	modify:                              `{'CustomerGatewayId':'` + knownID + `','CustomerGatewayName':'a'}`,
	remove:                              `{'CustomerGatewayId':'` + knownID + `'}`,
	conns:                               `{}`,
	limits:                              `{'LimitTypes':['appid-max-vpcs']}`,
	vendors:                             `{}`,
	"AttachResourcesTag":                `{'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou','ResourceIds':['` + knownID + `'],'TagKey':'new','TagValue':'v'}`,
	"DetachResourcesTag":                `{'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou','ResourceIds':['` + knownID + `'],'TagKey':'k'}`,
	"DescribeResourceTags":              `{}`,
	"DescribeResourceTagsByResourceIds": `{'ServiceType':'vpc','ResourcePrefix':'cgw','ResourceRegion':'ap-guangzhou','ResourceIds':['` + knownID + `']}`,
	"DescribeResourcesByTags":           `{'TagFilters':[{'TagKey':'k'}]}`,
	"GetResources":                      `{}`,
	"ModifyResourceTags":                `{'Resource':'` + knownName + `','DeleteTags':[{'TagKey':'k'}]}`,
	"TagResources":                      `{'ResourceList':['` + unknownName + `'],'Tags':[{'TagKey':'a','TagValue':'b'}]}`,
	"UnTagResources":                    `{'ResourceList':['` + unknownName + `'],'TagKeys':['a']}`,
}

// notShown are fields that are not as the definition has them, and why.
var notShown = map[string]string{
	conns + ".VpnConnectionSet.TagSet":            "is empty: connections have no tags in the emulator, as in the vendor's example",
	conns + ".VpnConnectionSet.BgpConfig":         "is null: the route type is StaticRoute, as in the vendor's example",
	conns + ".VpnConnectionSet.HealthCheckConfig": "is null: there are no health checks, as in the vendor's example",
}

func TestRepliesOfTheDefinitions(t *testing.T) {
	c := replyCheck{t: t, differences: maps.Clone(notShown)}
	for _, c.d = range definitions(t) {
		for _, action := range slices.Sorted(maps.Keys(c.d.Actions)) {
			call := wireCall{action: action, params: jsonText(fullCalls[action]), service: c.d.Service, version: c.d.Version}
			got := call.do(t, defined())
			require.Empty(t, got.code, "%s: %v", action, got.result)
			require.Contains(t, got.result, "RequestId")
			c.fields(action, c.d.Actions[action].Out, got.result)
		}
	}
	require.Empty(t, c.differences, "differences that are none any more")
	t.Logf("%d fields compared, %d of them always returned; %d differences", c.compared, c.always, len(notShown))
}

// The international site's documents have no BgpAsn: that is a difference that is asked for.
func TestRepliesWithoutBGP(t *testing.T) {
	h, _ := seeded(tencenttest.Options{NoBGP: true})
	got := wireCall{action: describe, params: `{}`}.do(t, h).list(t, "CustomerGatewaySet")[0]
	fields := sorted(definitions(t)[0].Objects["CustomerGateway (out)"])
	require.Equal(t, slices.DeleteFunc(fields, func(f string) bool { return f == "BgpAsn" }), slices.Sorted(maps.Keys(got)))
}

// replyCheck compares replies with the definitions.
type replyCheck struct {
	t                *testing.T
	d                definition
	differences      map[string]string
	compared, always int
}

func (c *replyCheck) fields(path string, defined map[string]element, got map[string]any) {
	c.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(got)) {
		require.Contains(c.t, defined, name, "%s has a field that is not defined", path)
	}
	for _, name := range sorted(defined) {
		c.compared++
		if defined[name].Always {
			c.always++
		}
		value, there := got[name]
		require.True(c.t, there, "%s.%s is not returned", path, name)
		c.value(path+"."+name, defined[name], value)
	}
}

func (c *replyCheck) value(path string, e element, value any) {
	c.t.Helper()
	list, isList := value.([]any)
	if value == nil || isList && len(list) == 0 {
		require.NotEmpty(c.t, notShown[path], "%s is empty", path)
		require.True(c.t, isList || !e.Always, "%s is null", path)
		delete(c.differences, path)
		return
	}
	if item, ok := strings.CutPrefix(e.Type, "list of "); ok {
		require.True(c.t, isList, "%s is no list", path)
		for _, v := range list {
			c.value(path, element{Type: item, Always: true}, v)
		}
		return
	}
	switch e.Type {
	case "string":
		require.IsType(c.t, "", value, path)
	case "bool":
		require.IsType(c.t, true, value, path)
	case "int":
		require.IsType(c.t, 0.0, value, path)
	default:
		fields, ok := c.d.object(e.Type, "out")
		require.True(c.t, ok, "there is no object %s", e.Type)
		require.IsType(c.t, map[string]any{}, value, path)
		c.fields(path, fields, value.(map[string]any))
	}
}
