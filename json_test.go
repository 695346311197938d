package cgw_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

func fullGateway() cgw.Gateway {
	return cgw.Gateway{
		Provider: cgw.Alibaba, Region: "cn-hangzhou", ID: "cgw-bp1", Name: "办公室", Description: "roof",
		IPAddress: netip.MustParseAddr("203.0.113.7"), ASN: 65546, Tags: map[string]string{"env": "prod", "empty": ""},
		ResourceGroupID: "rg-1", CreatedAt: time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC), RequestID: "R-1",
	}
}

func ptr[T any](v T) *T { return &v }

// The JSON names are stable: programs keep what they wrote.
func TestJSONGolden(t *testing.T) {
	for name, tt := range map[string]struct {
		value any
		json  string
	}{
		"Gateway": {fullGateway(), `{"provider":"alibaba","region":"cn-hangzhou","id":"cgw-bp1","name":"办公室","description":"roof",` +
			`"ipAddress":"203.0.113.7","asn":65546,"tags":{"empty":"","env":"prod"},"resourceGroupId":"rg-1",` +
			`"createdAt":"2018-04-18T02:00:00Z","requestId":"R-1"}`},
		"Gateway, zero": {cgw.Gateway{}, `{"provider":"","region":"","id":""}`},
		"CreateRequest": {cgw.CreateRequest{
			IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "n", Description: "d", ASN: 64512,
			Tags: map[string]string{"k": "v"}, ResourceGroupID: "rg-1", ClientToken: "t",
		}, `{"ipAddress":"203.0.113.7","name":"n","description":"d","asn":64512,"tags":{"k":"v"},"resourceGroupId":"rg-1","clientToken":"t"}`},
		"CreateRequest, zero": {cgw.CreateRequest{}, `{}`},
		"UpdateRequest": {
			cgw.UpdateRequest{Name: ptr("n"), Description: ptr("d"), ASN: ptr(cgw.ASN(1)), Tags: map[string]string{"k": "v"}},
			`{"name":"n","description":"d","asn":1,"tags":{"k":"v"}}`,
		},
		"UpdateRequest, zero": {cgw.UpdateRequest{}, `{}`},
		// Naming a field with its zero value differs from leaving it.
		"UpdateRequest, emptying": {
			cgw.UpdateRequest{Name: ptr(""), Description: ptr(""), ASN: ptr(cgw.ASN(0)), AuthKey: ptr(cgw.Secret("")), Tags: map[string]string{}},
			`{"name":"","description":"","asn":0,"authKey":"","tags":{}}`,
		},
		"Filter": {
			cgw.Filter{IDs: []string{"a", "b"}, IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "n", Tags: map[string]string{"k": "v"}},
			`{"ids":["a","b"],"ipAddress":"203.0.113.7","name":"n","tags":{"k":"v"}}`,
		},
		"Filter, zero": {cgw.Filter{}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(tt.value)
			require.NoError(t, err)
			require.Equal(t, tt.json, string(data))

			back := reflect.New(reflect.TypeOf(tt.value))
			require.NoError(t, json.Unmarshal(data, back.Interface()))
			require.Equal(t, tt.value, back.Elem().Interface())
		})
	}

	data, err := json.Marshal(cgw.CreateRequest{AuthKey: "hunter2"})
	require.NoError(t, err)
	require.Equal(t, `{"authKey":"[redacted]"}`, string(data))
}

// Every exported field has a JSON name of its own, so that renaming a field in Go cannot
// rename it in JSON.
func TestJSONNamesAreExplicit(t *testing.T) {
	for _, v := range []any{cgw.Gateway{}, cgw.CreateRequest{}, cgw.UpdateRequest{}, cgw.Filter{}} {
		typ := reflect.TypeOf(v)
		for f := range fields(typ) {
			require.Regexp(t, `^[a-z]+([A-Z][a-z]+)*(,omitempty|,omitzero)?$`, f.Tag.Get("json"), "%s.%s", typ, f.Name)
		}
	}
}

func TestGatewayEqual(t *testing.T) {
	base := fullGateway()
	require.True(t, base.Equal(fullGateway()))
	require.True(t, cgw.Gateway{}.Equal(cgw.Gateway{}))

	// One change for each field; equal says whether it still describes the same gateway.
	changes := map[string]struct {
		change func(*cgw.Gateway)
		equal  bool
	}{
		"Provider":        {func(g *cgw.Gateway) { g.Provider = cgw.Tencent }, false},
		"Region":          {func(g *cgw.Gateway) { g.Region = "" }, false},
		"ID":              {func(g *cgw.Gateway) { g.ID = "cgw-2" }, false},
		"Name":            {func(g *cgw.Gateway) { g.Name = "other" }, false},
		"Description":     {func(g *cgw.Gateway) { g.Description = "" }, false},
		"IPAddress":       {func(g *cgw.Gateway) { g.IPAddress = netip.Addr{} }, false},
		"ASN":             {func(g *cgw.Gateway) { g.ASN = 0 }, false},
		"Tags":            {func(g *cgw.Gateway) { g.Tags = map[string]string{"env": "test", "empty": ""} }, false},
		"ResourceGroupID": {func(g *cgw.Gateway) { g.ResourceGroupID = "rg-2" }, false},
		"CreatedAt":       {func(g *cgw.Gateway) { g.CreatedAt = g.CreatedAt.Add(1) }, false},
		"RequestID":       {func(g *cgw.Gateway) { g.RequestID = "R-2" }, true},
	}
	for f := range fields(reflect.TypeFor[cgw.Gateway]()) {
		t.Run(f.Name, func(t *testing.T) {
			c, ok := changes[f.Name]
			require.True(t, ok, "a field without a decision")
			o := fullGateway()
			c.change(&o)
			require.NotEqual(t, reflect.ValueOf(base).FieldByIndex(f.Index).Interface(),
				reflect.ValueOf(o).FieldByIndex(f.Index).Interface(), "the case changes nothing")
			require.Equal(t, c.equal, base.Equal(o))
			require.Equal(t, c.equal, o.Equal(base))
		})
	}
	require.Len(t, changes, reflect.TypeFor[cgw.Gateway]().NumField())

	for name, tt := range map[string]struct {
		a, b  cgw.Gateway
		equal bool
	}{
		"nil and empty tags":   {cgw.Gateway{}, cgw.Gateway{Tags: map[string]string{}}, true},
		"a tag more":           {cgw.Gateway{}, cgw.Gateway{Tags: map[string]string{"": ""}}, false},
		"empty and absent tag": {cgw.Gateway{Tags: map[string]string{"a": ""}}, cgw.Gateway{Tags: map[string]string{"b": ""}}, false},
		"the same instant in another zone": {
			cgw.Gateway{CreatedAt: time.Date(2018, 4, 18, 10, 0, 0, 0, time.FixedZone("", 8*3600))},
			cgw.Gateway{CreatedAt: time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC)}, true,
		},
	} {
		require.Equal(t, tt.equal, tt.a.Equal(tt.b), name)
		require.Equal(t, tt.equal, tt.b.Equal(tt.a), name)
	}
}

func TestFilterMatch(t *testing.T) {
	g := fullGateway()
	for name, tt := range map[string]struct {
		filter cgw.Filter
		want   bool
	}{
		"zero":                    {cgw.Filter{}, true},
		"empty, not nil":          {cgw.Filter{IDs: []string{}, Tags: map[string]string{}}, true},
		"ID":                      {cgw.Filter{IDs: []string{"cgw-0", "cgw-bp1"}}, true},
		"other ID":                {cgw.Filter{IDs: []string{"cgw-0"}}, false},
		"address":                 {cgw.Filter{IPAddress: netip.MustParseAddr("203.0.113.7")}, true},
		"mapped address":          {cgw.Filter{IPAddress: netip.MustParseAddr("::ffff:203.0.113.7")}, true},
		"other address":           {cgw.Filter{IPAddress: netip.MustParseAddr("203.0.113.8")}, false},
		"name":                    {cgw.Filter{Name: "办公室"}, true},
		"part of the name":        {cgw.Filter{Name: "办公"}, false},
		"tag":                     {cgw.Filter{Tags: map[string]string{"env": "prod"}}, true},
		"all tags":                {cgw.Filter{Tags: map[string]string{"env": "prod", "empty": ""}}, true},
		"tag of another value":    {cgw.Filter{Tags: map[string]string{"env": "test"}}, false},
		"absent tag, empty value": {cgw.Filter{Tags: map[string]string{"none": ""}}, false},
		"one tag of two":          {cgw.Filter{Tags: map[string]string{"env": "prod", "none": "x"}}, false},
		"every field": {cgw.Filter{
			IDs: []string{"cgw-bp1"}, IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "办公室", Tags: map[string]string{"env": "prod"},
		}, true},
		"every field but one": {cgw.Filter{
			IDs: []string{"cgw-bp1"}, IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", Tags: map[string]string{"env": "prod"},
		}, false},
	} {
		require.Equal(t, tt.want, tt.filter.Match(g), name)
	}
}
