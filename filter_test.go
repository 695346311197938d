package cgw_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/byfield"
)

func TestFilterFields(t *testing.T) {
	g := cgw.Gateway{ID: "cgw-1", Name: "a", IPAddress: netip.MustParseAddr("203.0.113.7"), Tags: map[string]string{"k": "v"}, ResourceGroupID: "rg-1"}
	for name, tc := range map[string]struct {
		filter cgw.Filter
		want   bool
	}{
		"all":           {cgw.Filter{}, true},
		"ID":            {cgw.Filter{IDs: []string{"cgw-2", "cgw-1"}}, true},
		"other ID":      {cgw.Filter{IDs: []string{"cgw-2"}}, false},
		"address":       {cgw.Filter{IPAddress: netip.MustParseAddr("::ffff:203.0.113.7")}, true},
		"other address": {cgw.Filter{IPAddress: netip.MustParseAddr("203.0.113.8")}, false},
		"name":          {cgw.Filter{Name: "a"}, true},
		"other name":    {cgw.Filter{Name: "A"}, false},
		"tag":           {cgw.Filter{Tags: map[string]string{"k": "v"}}, true},
		"other tag":     {cgw.Filter{Tags: map[string]string{"k": ""}}, false},
		"group":         {cgw.Filter{ResourceGroupID: "rg-1"}, true},
		"other group":   {cgw.Filter{ResourceGroupID: "rg-2"}, false},
	} {
		require.Equal(t, tc.want, tc.filter.Match(g), name)
	}
}

func TestValidateFilter(t *testing.T) {
	no := cgw.Rules{Provider: cgw.Tencent, ResourceGroupID: cgw.TextRule{Unsupported: true, Source: "the document"}}
	require.NoError(t, cgw.Rules{}.ValidateFilter(cgw.Filter{IDs: []string{"cgw-1"}, ResourceGroupID: "rg-1"}))
	require.NoError(t, no.ValidateFilter(cgw.Filter{}))
	err := no.ValidateFilter(cgw.Filter{IDs: []string{"cgw-1", "", ""}, ResourceGroupID: "rg-1"})
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v)
	require.Len(t, v.Fields, 2)
	require.Equal(t, "IDs", v.Fields[0].Field)
	require.Equal(t, "ResourceGroupID", v.Fields[1].Field)
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.ErrorIs(t, err, cgw.ErrUnsupported)
	require.Equal(t, "the document", v.Fields[1].Source)
}

// TestValidateFilterTexts: what no gateway can have, or what is no ID, is refused in a Filter. Texts
// that only the limits of a cloud refuse are not: other programs may have made such gateways.
func TestValidateFilterTexts(t *testing.T) {
	strict := cgw.Rules{Name: cgw.TextRule{Min: 2, Word: true}, Tags: cgw.TagRule{Word: true}, ResourceGroupID: cgw.TextRule{Word: true}}
	for _, f := range []cgw.Filter{
		{Name: "!"}, {Name: " "}, {Tags: map[string]string{"!": " ", "": ""}}, {ResourceGroupID: "rg 1"}, {IDs: []string{"a b", "网"}},
	} {
		require.NoError(t, strict.ValidateFilter(f), "%v", f)
	}
	for _, bad := range []string{"a\n", "\x00a", "a\tb", "a\u0085", "a\u2028", "a\xff"} {
		for _, tc := range []struct {
			field string
			kind  error
			f     cgw.Filter
		}{
			{"IDs", cgw.ErrInvalidArgument, cgw.Filter{IDs: []string{"cgw-1", bad, bad}}},
			{"Name", cgw.ErrInvalidName, cgw.Filter{Name: bad}},
			{"Tags", cgw.ErrInvalidTag, cgw.Filter{Tags: map[string]string{bad: "v"}}},
			{"Tags", cgw.ErrInvalidTag, cgw.Filter{Tags: map[string]string{"k": bad}}},
			{"ResourceGroupID", cgw.ErrInvalidArgument, cgw.Filter{ResourceGroupID: bad}},
		} {
			for _, rules := range []cgw.Rules{{}, strict, cgw.Portable(cgw.Rules{Provider: cgw.Tencent}, cgw.Rules{Provider: cgw.Alibaba})} {
				var v *cgw.ValidationError
				require.ErrorAs(t, rules.ValidateFilter(tc.f), &v, "%q in %s", bad, tc.field)
				require.Len(t, v.Fields, 1)
				require.Equal(t, tc.field, v.Fields[0].Field)
				require.ErrorIs(t, v, tc.kind)
				require.ErrorIs(t, v, cgw.ErrInvalidArgument)
			}
		}
	}
	for _, id := range []string{" a", "a ", "\u00a0", "a\u3000"} {
		require.ErrorIs(t, cgw.Rules{}.ValidateFilter(cgw.Filter{IDs: []string{id}}), cgw.ErrInvalidArgument, "%q", id)
	}
}

// TestSpec: a gateway that is created from the Spec of another equals it but for what the cloud
// gives.
func TestSpec(t *testing.T) {
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: "cn-hangzhou", ID: "cgw-1", Name: "a", Description: "d", IPAddress: netip.MustParseAddr("203.0.113.7"),
		ASN: 65010, Tags: map[string]string{"k": "v"}, ResourceGroupID: "rg-1", CreatedAt: time.Now(), RequestID: "r",
	}
	spec := g.Spec()
	require.Equal(t, cgw.CreateRequest{
		IPAddress: g.IPAddress, Name: "a", Description: "d", ASN: 65010, Tags: map[string]string{"k": "v"}, ResourceGroupID: "rg-1",
	}, spec)
	spec.Tags["k"] = "w"
	require.Equal(t, "v", g.Tags["k"], "memory is shared")
	require.Nil(t, cgw.Gateway{}.Spec().Tags)

	byfield.Each(t, func(t *testing.T, name string, g cgw.Gateway, value any) {
		if asked := byfield.Get(g.Spec(), name); asked != nil { // a request has the field too
			require.Equal(t, value, asked)
		}
	})
}

func TestReservedKey(t *testing.T) {
	r := cgw.TagRule{NotKeyPrefixes: []string{"acs:", "aliyun"}}
	for key, want := range map[string]bool{"acs:x": true, "ACS:x": true, "Aliyun": true, "acs": false, "": false, "x-acs:": false} {
		require.Equal(t, want, r.ReservedKey(key), key)
	}
}

func TestFaultsOfOthers(t *testing.T) {
	var v cgw.ValidationError
	require.NoError(t, v.Err())
	v.Add("Name", "x", "must be longer", "policy", cgw.ErrInvalidName)
	err := v.Err()
	v.Add("Tags", "", "are required", "", cgw.ErrInvalidTag)
	require.EqualError(t, err, `Name "x": must be longer (policy)`, "Err is a copy")
	require.ErrorIs(t, err, cgw.ErrInvalidName)
}
