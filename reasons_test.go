package cgw_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/line"
)

// Control characters, line ends and white space alone can be right nowhere: all rules refuse them,
// the zero Rules and Minimal too.
func TestTextsThatAreRightNowhere(t *testing.T) {
	bad := map[string]string{ // by the reason
		"a\nb": `must not contain '\n'`, "office\n": `must not contain '\n'`, "\r\nab": `must not contain '\r'`,
		"a\x00b": `must not contain '\x00'`, "a\tb": `must not contain '\t'`, "a\x1b[31m": `must not contain '\x1b'`, "a\x7fb": `must not contain '\x7f'`,
		"a\u0085b": `must not contain '\u0085'`, "a\u2028b": `must not contain '\u2028'`, "a\u2029b": `must not contain '\u2029'`,
		"   ": "must not be white space alone", "\u3000\u00a0": "must not be white space alone",
	}
	good := []string{"a b", " ab ", "a\u200cb", "a\u0301", "\u200e", "\U0001f600", "\u00a0a"}
	minimal := strict().Minimal()
	minimal.Name.Required = false
	for name, rules := range map[string]cgw.Rules{
		"zero": {}, "minimal": minimal, "portable": cgw.Portable(cgw.Rules{}, minimal.Minimal()),
	} {
		for _, f := range []struct {
			field, of string
			kind      error
			create    func(*cgw.CreateRequest, string)
			update    func(*cgw.UpdateRequest, string)
		}{
			{"Name", "", cgw.ErrInvalidName, func(r *cgw.CreateRequest, s string) { r.Name = s }, func(r *cgw.UpdateRequest, s string) { r.Name = &s }},
			{
				"Description", "", cgw.ErrInvalidDescription,
				func(r *cgw.CreateRequest, s string) { r.Description = s }, func(r *cgw.UpdateRequest, s string) { r.Description = &s },
			},
			{
				"Tags", "key ", cgw.ErrInvalidTag,
				func(r *cgw.CreateRequest, s string) { r.Tags = map[string]string{s: ""} },
				func(r *cgw.UpdateRequest, s string) { r.Tags = map[string]string{s: ""} },
			},
			{
				"Tags", "value ", cgw.ErrInvalidTag,
				func(r *cgw.CreateRequest, s string) { r.Tags = map[string]string{"k": s} },
				func(r *cgw.UpdateRequest, s string) { r.Tags = map[string]string{"k": s} },
			},
			{"ResourceGroupID", "", cgw.ErrInvalidArgument, func(r *cgw.CreateRequest, s string) { r.ResourceGroupID = s }, nil},
			{"ClientToken", "", cgw.ErrInvalidArgument, func(r *cgw.CreateRequest, s string) { r.ClientToken = s }, nil},
			{
				"AuthKey", "", cgw.ErrInvalidArgument,
				func(r *cgw.CreateRequest, s string) { r.AuthKey = cgw.Secret(s) },
				func(r *cgw.UpdateRequest, s string) { k := cgw.Secret(s); r.AuthKey = &k },
			},
		} {
			validate := func(s string) []error {
				req := cgw.CreateRequest{IPAddress: valid().IPAddress, Name: "n"}
				f.create(&req, s)
				errs := []error{rules.Validate(req)}
				if f.update != nil {
					var up cgw.UpdateRequest
					f.update(&up, s)
					errs = append(errs, rules.ValidateUpdate(up))
				}
				return errs
			}
			for s, reason := range bad {
				if f.field == "AuthKey" && !strings.Contains(reason, "alone") {
					reason = "must not contain characters other than the documented ones"
				}
				for _, err := range validate(s) {
					faults := faultsOf(t, err)
					require.Len(t, faults, 1, "%s: %s %q", name, f.field, s)
					require.Equal(t, f.field, faults[0].field)
					require.Equal(t, f.kind, faults[0].kind)
					require.True(t, strings.HasSuffix(faults[0].reason, f.of+reason), "%s: %s %q: %s", name, f.field, s, faults[0].reason)
				}
			}
			for _, s := range good {
				for _, err := range validate(s) {
					require.NoError(t, err, "%s: %s %q", name, f.field, s)
				}
			}
		}
	}
	r := cgw.Rules{Name: cgw.TextRule{LeadingLetter: true}}
	require.Equal(t, []fault{{"Name", "  ", "must not be white space alone", "", cgw.ErrInvalidName}},
		faultsOf(t, r.ValidateUpdate(cgw.UpdateRequest{Name: ptr("  ")})), "one fault tells it all")
}

func TestTagKeysThatDifferInCase(t *testing.T) {
	r := cgw.Rules{Tags: cgw.TagRule{MaxCount: 4, FoldKeys: true, FoldKeysSource: "Keys", Source: "Tags"}}
	twin := func(key, other string) fault {
		return fault{"Tags", key, fmt.Sprintf("key differs from %q only in upper and lower case", other), "Keys", cgw.ErrInvalidTag}
	}
	for _, tt := range []struct {
		tags map[string]string
		want []fault
	}{
		{map[string]string{"Env": "a", "env": "b"}, []fault{twin("env", "Env")}},
		{map[string]string{"Env": "a", "env": "a", "ENV": "a"}, []fault{twin("Env", "ENV"), twin("env", "ENV")}},
		{map[string]string{"É": "", "é": ""}, []fault{twin("é", "É")}},
		{map[string]string{"env": "", "env ": "", "envy": "", "en": ""}, nil},
		{map[string]string{"env": "ENV"}, nil},
		{map[string]string{"a": "", "A": "", "b": "", "c": "", "d": ""}, []fault{{"Tags", "5", "must be at most 4", "Tags", cgw.ErrInvalidTag}}},
	} {
		require.Equal(t, tt.want, faultsOf(t, r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, Tags: tt.tags})))
		require.Equal(t, tt.want, faultsOf(t, r.ValidateUpdate(cgw.UpdateRequest{Tags: tt.tags})))
	}
	tags := map[string]string{"Env": "a", "env": "b"}
	require.NoError(t, cgw.Rules{}.ValidateUpdate(cgw.UpdateRequest{Tags: tags}))
	require.NoError(t, r.Minimal().ValidateUpdate(cgw.UpdateRequest{Tags: tags}), "the limit of a document")
	r.Tags.MaxCount = 0
	require.Error(t, r.ValidateUpdate(cgw.UpdateRequest{Tags: tags}))
}

// What does not show by itself is quoted in ASCII, in the value and in the reason.
func TestHiddenCharactersInErrors(t *testing.T) {
	r := cgw.Rules{Name: cgw.TextRule{Word: true}, Tags: cgw.TagRule{Word: true}}
	for name, want := range map[string]string{
		"网关!":       `Name "网关!": must not contain '!'`,
		"网\u0301":   `Name "\u7f51\u0301": must not contain '\u0301'`,
		"é\u202e":   `Name "\u00e9\u202e": must not contain '\u202e'`,
		"a\u20dd":   `Name "a\u20dd": must not contain '\u20dd'`,
		"a\ue000":   `Name "a\ue000": must not contain '\ue000'`,
		"a\u3000b":  `Name "a\u3000b": must not contain '\u3000'`,
		"a\x1b[31m": `Name "a\x1b[31m": must not contain '\x1b'`,
	} {
		err := r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, Name: name})
		require.EqualError(t, err, want)
		line.Require(t, err)
	}
	err := r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, Tags: map[string]string{"k\u0301": "v", "k": "\u0301"}})
	require.EqualError(t, err, `Tags "k": value must not contain '\u0301'; Tags "k\u0301": key must not contain '\u0301'`)
	r = cgw.Rules{Tags: cgw.TagRule{FoldKeys: true}}
	err = r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, Tags: map[string]string{"K\u0301": "", "k\u0301": ""}})
	require.EqualError(t, err, `Tags "k\u0301": key differs from "K\u0301" only in upper and lower case`)
}

// one and two are rules of clouds of which some limits are the same.
func oneAndTwo() (one, two cgw.Rules) {
	private := cgw.RefusedPrefix{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Reason: "is a private address", Source: "One addresses"}
	one = cgw.Rules{
		Provider:    "one",
		IPAddress:   cgw.AddressRule{Refused: []cgw.RefusedPrefix{private}},
		Name:        cgw.TextRule{Required: true, Max: 6, Source: "One names"},
		Description: cgw.TextRule{Unsupported: true, Source: "One texts"},
		Tags:        cgw.TagRule{NotKeyPrefixes: []string{"one"}, Source: "One tags"},
		ASN:         cgw.ASNRule{Permanent: true, Source: "One ASNs"},

		ResourceGroupID: cgw.TextRule{Unsupported: true, Source: "One groups"},
	}
	private.Source = "Two addresses"
	two = cgw.Rules{
		Provider:  "two",
		IPAddress: cgw.AddressRule{Refused: []cgw.RefusedPrefix{private}},
		Name:      cgw.TextRule{Min: 2, Max: 4, Word: true, Source: "Two names"},
		Tags:      cgw.TagRule{MaxKey: 3, Source: "Two tags"},
		ASN:       cgw.ASNRule{Immutable: true, Source: "Two ASNs"},
	}
	return one, two
}

// A refusal by the rules of several clouds says which of them refuses, and by whose document.
func TestPortableNamesTheCloud(t *testing.T) {
	one, two := oneAndTwo()
	both := cgw.Portable(one, two)
	ip := netip.MustParseAddr("203.0.113.7")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{both.Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}), `Name "b": refused by two: must have at least 2 characters (Two names)`},
		{both.Validate(cgw.CreateRequest{IPAddress: ip}), `Name: refused by one: is required (One names)`},
		{
			both.Validate(cgw.CreateRequest{IPAddress: ip, Name: "too long"}),
			`Name "too long": refused by one: must have at most 6 characters, has 8 (One names); ` +
				`Name "too long": refused by two: must have at most 4 characters, has 8 (Two names); ` +
				`Name "too long": refused by two: must not contain ' ' (Two names)`,
		},
		{
			both.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("10.0.0.1"), Name: "ab"}),
			`IPAddress "10.0.0.1": refused by one and two: is a private address (One addresses; Two addresses)`,
		},
		{
			both.Validate(cgw.CreateRequest{Name: "b", Description: "d"}),
			`IPAddress: refused by one and two: is required; Name "b": refused by two: must have at least 2 characters (Two names); ` +
				`Description "d": refused by one: the cloud has no such field: leave it empty (One texts)`,
		},
		{
			both.Validate(cgw.CreateRequest{IPAddress: ip, Name: "ab", Tags: map[string]string{"one": "", "four": ""}}),
			`Tags "one": refused by one: key must not start with one (One tags); Tags "four": refused by two: key must have at most 3 characters (Two tags)`,
		},
		{
			both.ValidateUpdate(cgw.UpdateRequest{ASN: ptr(cgw.ASN(0))}),
			`ASN "0": refused by one: cannot be removed (One ASNs); ASN "0": refused by two: cannot be changed (Two ASNs)`,
		},
		{
			both.ValidateFilter(cgw.Filter{ResourceGroupID: "rg"}),
			`ResourceGroupID "rg": refused by one: the cloud has no such field: leave it empty (One groups)`,
		},
		{cgw.Portable(one, cgw.Portable(two, one)).Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}), `Name "b": refused by two: must have at least 2 characters (Two names)`},
		{cgw.Portable(two, two).Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}), `Name "b": refused by two: must have at least 2 characters (Two names)`},
		{cgw.Portable(two).Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}), `Name "b": must have at least 2 characters (Two names)`},
		{both.Minimal().Validate(cgw.CreateRequest{IPAddress: ip}), `Name: refused by one: is required (One names)`},
		{cgw.Portable(cgw.Rules{}, cgw.Rules{}).Validate(cgw.CreateRequest{}), `IPAddress: is required`},
	} {
		require.EqualError(t, tt.err, tt.want)
	}

	// The combination decides, and not what it was made of.
	both.Name.Max = 3
	require.EqualError(t, both.Validate(cgw.CreateRequest{IPAddress: ip, Name: "four"}), `Name "four": must have at most 3 characters, has 4 (One names; Two names)`)
	both.Name = cgw.TextRule{}
	require.NoError(t, both.Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}))

	both.Parts[0].IPAddress.Refused[0].Reason = "changed"
	again, _ := oneAndTwo()
	require.Equal(t, again, one, "the parts share no memory with what they were made of")
}

// A refusal says when the vendor's documents of today would allow the value, and only then.
func TestReasonsOfToday(t *testing.T) {
	const today = ", but the vendor's documents of today allow it: set Validation to cgw.Current"
	_, rules := oneAndTwo()
	rules.Current = &cgw.Rules{
		Provider: "two",
		Name:     cgw.TextRule{Max: 6, Source: "Two names, today"},
		Tags:     cgw.TagRule{MaxKey: 5, Source: "Two tags, today"},
		ASN:      cgw.ASNRule{Immutable: true},
	}
	ip := netip.MustParseAddr("203.0.113.7")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{rules.Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}), `Name "b": must have at least 2 characters` + today + ` (Two names)`},
		{rules.Validate(cgw.CreateRequest{IPAddress: ip, Name: "a b"}), `Name "a b": must not contain ' '` + today + ` (Two names)`},
		{
			rules.Validate(cgw.CreateRequest{IPAddress: ip, Name: "too long"}), // for another reason
			`Name "too long": must have at most 4 characters, has 8 (Two names); Name "too long": must not contain ' ' (Two names)`,
		},
		{rules.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("10.0.0.1")}), `IPAddress "10.0.0.1": is a private address` + today + ` (Two addresses)`},
		{rules.Validate(cgw.CreateRequest{}), `IPAddress: is required`},
		{rules.Validate(cgw.CreateRequest{IPAddress: ip, Name: "a\n"}), `Name "a\n": must not contain '\n' (Two names)`},
		{
			rules.Validate(cgw.CreateRequest{IPAddress: ip, Tags: map[string]string{"four": "", "muchtoolong": ""}}),
			`Tags "four": key must have at most 3 characters` + today + ` (Two tags); Tags "muchtoolong": key must have at most 3 characters (Two tags)`,
		},
		{rules.ValidateUpdate(cgw.UpdateRequest{Name: ptr("b"), ASN: ptr(cgw.ASN(1))}), `Name "b": must have at least 2 characters` + today + ` (Two names); ASN "1": cannot be changed on two (Two ASNs)`},
		{
			cgw.Portable(cgw.Rules{Provider: "one", Name: cgw.TextRule{Min: 2, Source: "One names"}}, rules).Validate(cgw.CreateRequest{IPAddress: ip, Name: "b"}),
			`Name "b": refused by one: must have at least 2 characters (One names); Name "b": refused by two: must have at least 2 characters` + today + ` (Two names)`,
		},
	} {
		require.EqualError(t, tt.err, tt.want)
	}
	require.Nil(t, rules.Minimal().Current)
}
