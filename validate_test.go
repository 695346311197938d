package cgw_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/line"
)

// strict are rules with every limit set, on no cloud that exists.
func strict() cgw.Rules {
	return cgw.Rules{
		Provider: "example",
		IPAddress: cgw.AddressRule{
			IPv4Only: true,
			Refused: []cgw.RefusedPrefix{
				{Prefix: netip.MustParsePrefix("127.0.0.0/8"), Reason: "is a loopback address", Source: "RFC 1122"},
				{Prefix: netip.MustParsePrefix("224.0.0.0/4"), Reason: "is a multicast address", Source: "RFC 5771"},
			},
			ClassfulHost: true, ClassfulHostSource: "Classes",
		},
		Name:            cgw.TextRule{Required: true, Min: 2, Max: 12, Word: true, Marks: ".-_/: ", NotPrefixes: []string{"http://", "https://"}, Source: "Names"},
		Description:     cgw.TextRule{Min: 2, Max: 20, LeadingLetter: true, NotPrefixes: []string{"http://"}, Source: "Descriptions"},
		ResourceGroupID: cgw.TextRule{Max: 10, ASCII: true, Source: "Groups"},
		AuthKey:         cgw.TextRule{Min: 4, Max: 16, ASCII: true, Except: " ?", NotPrefixes: []string{"zz"}, Source: "Keys"},
		ClientToken:     cgw.TextRule{Max: 64, ASCII: true, Source: "Tokens"},
		ASN:             cgw.ASNRule{Permanent: true, Reserved: []cgw.ASN{45090, 45104}, Source: "ASNs"},
		Tags: cgw.TagRule{
			MaxCount: 3, MaxKey: 8, MaxValue: 8, Word: true, Marks: "-:/ ",
			NotKeyPrefixes: []string{"aliyun", "acs:"}, NotValuePrefixes: []string{"http://"},
			NotContains: []string{"s://"}, Trimmed: true, FoldKeys: true, FoldKeysSource: "Keys of tags", Source: "Tags",
		},
	}
}

func valid() cgw.CreateRequest {
	return cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "办公室-1", Description: "roof, left", ASN: 64512,
		Tags:            map[string]string{"env": "prod", "équipe": "réseau", "empty": ""},
		ResourceGroupID: "rg-1", AuthKey: "hunter2", ClientToken: "7f0c",
	}
}

// fault is what the tests compare of a FieldError.
type fault struct {
	field, value, reason, source string
	kind                         error
}

func faultsOf(t *testing.T, err error) []fault {
	t.Helper()
	if err == nil {
		return nil
	}
	line.Require(t, err)
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v)
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.NotEmpty(t, v.Fields)
	var all []fault
	for _, f := range v.Fields {
		line.Require(t, f)
		require.ErrorIs(t, err, f.Kind)
		require.ErrorIs(t, f, f.Kind)
		all = append(all, fault{f.Field, f.Value, f.Reason, f.Source, f.Kind})
	}
	return all
}

func TestValidateAcceptsValid(t *testing.T) {
	for name, change := range map[string]func(*cgw.CreateRequest){
		"every field":             func(*cgw.CreateRequest) {},
		"mapped address":          func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("::ffff:203.0.113.7") },
		"class A":                 func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("8.255.255.254") },
		"class B":                 func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("150.1.0.255") },
		"class C":                 func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("223.255.255.1") },
		"beyond the classes":      func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("240.0.0.0") },
		"name, shortest":          func(r *cgw.CreateRequest) { r.Name = "办公" },
		"name, longest":           func(r *cgw.CreateRequest) { r.Name = strings.Repeat("é", 12) },
		"name, marks":             func(r *cgw.CreateRequest) { r.Name = "a.b-c_d/e: f" },
		"name, prefix not first":  func(r *cgw.CreateRequest) { r.Name = "x http://a" },
		"name, digits of others":  func(r *cgw.CreateRequest) { r.Name = "١٢٣" },
		"description, longest":    func(r *cgw.CreateRequest) { r.Description = strings.Repeat("漢", 20) },
		"description, any inside": func(r *cgw.CreateRequest) { r.Description = "ñ\u3000?\u200b" },
		"no optional field":       func(r *cgw.CreateRequest) { *r = cgw.CreateRequest{IPAddress: r.IPAddress, Name: r.Name} },
		"largest ASN":             func(r *cgw.CreateRequest) { r.ASN = 4294967295 },
		"empty tags":              func(r *cgw.CreateRequest) { r.Tags = map[string]string{} },
		"tags, longest": func(r *cgw.CreateRequest) {
			r.Tags = map[string]string{strings.Repeat("ké", 4): strings.Repeat("漢", 8)}
		},
		"tag, prefix not first": func(r *cgw.CreateRequest) { r.Tags = map[string]string{"my-acs:": "ahttp://"} },
		"token, longest":        func(r *cgw.CreateRequest) { r.ClientToken = strings.Repeat("~", 64) },
		"secret, longest":       func(r *cgw.CreateRequest) { r.AuthKey = "!234567890abcde~" },
		"private address":       func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr("10.0.0.1") },
	} {
		req := valid()
		change(&req)
		require.NoError(t, strict().Validate(req), name)
		require.NoError(t, cgw.Rules{}.Validate(req), name)
	}
}

// Each case breaks one rule of strict.
func TestValidateRefuses(t *testing.T) {
	ip := func(s string) func(*cgw.CreateRequest) {
		return func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr(s) }
	}
	address := func(value, reason, source string) fault {
		return fault{"IPAddress", value, reason, source, cgw.ErrInvalidIPAddress}
	}
	const edge = "has a host part of all zeros or all ones by its class"
	for name, tt := range map[string]struct {
		change func(*cgw.CreateRequest)
		want   fault
	}{
		"no address":         {func(r *cgw.CreateRequest) { r.IPAddress = netip.Addr{} }, address("", "is required", "")},
		"IPv6":               {ip("2001:db8::1"), address("2001:db8::1", "must be an IPv4 address", "")},
		"IPv6, zone":         {ip("fe80::1%eth0"), address("fe80::1%eth0", "must be an IPv4 address", "")},
		"refused, first":     {ip("127.0.0.1"), address("127.0.0.1", "is a loopback address", "RFC 1122")},
		"refused, second":    {ip("239.255.255.255"), address("239.255.255.255", "is a multicast address", "RFC 5771")},
		"refused, mapped":    {ip("::ffff:127.0.0.1"), address("::ffff:127.0.0.1", "is a loopback address", "RFC 1122")},
		"class A, zeros":     {ip("8.0.0.0"), address("8.0.0.0", edge, "Classes")},
		"class A, ones":      {ip("126.255.255.255"), address("126.255.255.255", edge, "Classes")},
		"class B, zeros":     {ip("128.5.0.0"), address("128.5.0.0", edge, "Classes")},
		"class B, ones":      {ip("191.5.255.255"), address("191.5.255.255", edge, "Classes")},
		"class C, zeros":     {ip("192.5.2.0"), address("192.5.2.0", edge, "Classes")},
		"class C, ones":      {ip("223.1.2.255"), address("223.1.2.255", edge, "Classes")},
		"unspecified":        {ip("0.0.0.0"), address("0.0.0.0", edge, "Classes")},
		"class ones, mapped": {ip("::ffff:192.0.2.255"), address("::ffff:192.0.2.255", edge, "Classes")},

		"name missing": {
			func(r *cgw.CreateRequest) { r.Name = "" },
			fault{"Name", "", "is required on example", "Names", cgw.ErrInvalidName},
		},
		"name short": { // one character of three bytes
			func(r *cgw.CreateRequest) { r.Name = "漢" },
			fault{"Name", "漢", "must have at least 2 characters", "Names", cgw.ErrInvalidName},
		},
		"name long": {
			func(r *cgw.CreateRequest) { r.Name = strings.Repeat("é", 13) },
			fault{"Name", strings.Repeat("é", 13), "must have at most 12 characters, has 13", "Names", cgw.ErrInvalidName},
		},
		"name bytes": {
			func(r *cgw.CreateRequest) { r.Name = "ab\xff" },
			fault{"Name", "ab\xff", "is not valid UTF-8", "Names", cgw.ErrInvalidName},
		},
		"name misfit": {
			func(r *cgw.CreateRequest) { r.Name = "ab\u202ecd" },
			fault{"Name", "ab\u202ecd", `must not contain '\u202e'`, "Names", cgw.ErrInvalidName},
		},
		"name prefix": {
			func(r *cgw.CreateRequest) { r.Name = "HTTPs://a" },
			fault{"Name", "HTTPs://a", "must not start with https://", "Names", cgw.ErrInvalidName},
		},
		"name, only a prefix": {
			func(r *cgw.CreateRequest) { r.Name = "http://" },
			fault{"Name", "http://", "must not start with http://", "Names", cgw.ErrInvalidName},
		},
		"description, first": {
			func(r *cgw.CreateRequest) { r.Description = "1st" },
			fault{"Description", "1st", "must start with a letter", "Descriptions", cgw.ErrInvalidDescription},
		},
		"description long": {
			func(r *cgw.CreateRequest) { r.Description = strings.Repeat("x", 5000) },
			fault{"Description", strings.Repeat("x", 64) + "…", "must have at most 20 characters, has 5000", "Descriptions", cgw.ErrInvalidDescription},
		},
		"ASN reserved": {
			func(r *cgw.CreateRequest) { r.ASN = 45104 },
			fault{"ASN", "45104", "is reserved on example", "ASNs", cgw.ErrInvalidASN},
		},
		"tags, count": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"a": "", "b": "", "c": "", "d": ""} },
			fault{"Tags", "4", "must be at most 3", "Tags", cgw.ErrInvalidTag},
		},
		"tag, no key": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"": "v"} },
			fault{"Tags", "", "key is empty", "Tags", cgw.ErrInvalidTag},
		},
		"tag, key bytes": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"\xff": "v"} },
			fault{"Tags", "\xff", "is not valid UTF-8", "Tags", cgw.ErrInvalidTag},
		},
		"tag, value bytes": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "\xff"} },
			fault{"Tags", "k", "is not valid UTF-8", "Tags", cgw.ErrInvalidTag},
		},
		"tag, key long": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"ééééééééé": "v"} },
			fault{"Tags", "ééééééééé", "key must have at most 8 characters", "Tags", cgw.ErrInvalidTag},
		},
		"tag, value long": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "123456789"} },
			fault{"Tags", "k", "value must have at most 8 characters", "Tags", cgw.ErrInvalidTag},
		},
		"tag, key misfit": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"a.b": "v"} },
			fault{"Tags", "a.b", "key must not contain '.'", "Tags", cgw.ErrInvalidTag},
		},
		"tag, value misfit": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "é\n"} },
			fault{"Tags", "k", `value must not contain '\n'`, "Tags", cgw.ErrInvalidTag},
		},
		"tag, key prefix": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"ALIyun-x": "v"} },
			fault{"Tags", "ALIyun-x", "key must not start with aliyun", "Tags", cgw.ErrInvalidTag},
		},
		"tag, value prefix": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "Http://x"} },
			fault{"Tags", "k", "value must not start with http://", "Tags", cgw.ErrInvalidTag},
		},
		"tag key has a link": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"aS://k": "v"} },
			fault{"Tags", "aS://k", "key must not contain s://", "Tags", cgw.ErrInvalidTag},
		},
		"tag value has a link": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "as://"} },
			fault{"Tags", "k", "value must not contain s://", "Tags", cgw.ErrInvalidTag},
		},
		"space before a tag key": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{" k": "v"} },
			fault{"Tags", " k", "key must not start or end with a space", "Tags", cgw.ErrInvalidTag},
		},
		"space behind a tag value": {
			func(r *cgw.CreateRequest) { r.Tags = map[string]string{"k": "v "} },
			fault{"Tags", "k", "value must not start or end with a space", "Tags", cgw.ErrInvalidTag},
		},
		"group": {
			func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-é" },
			fault{"ResourceGroupID", "rg-é", "must not contain 'é'", "Groups", cgw.ErrInvalidArgument},
		},
		"secret short": {
			func(r *cgw.CreateRequest) { r.AuthKey = "hun" },
			fault{"AuthKey", mark, "must have at least 4 characters", "Keys", cgw.ErrInvalidArgument},
		},
		"secret misfit": {
			func(r *cgw.CreateRequest) { r.AuthKey = "hunter?" },
			fault{"AuthKey", mark, "must not contain characters other than the documented ones", "Keys", cgw.ErrInvalidArgument},
		},
		"secret prefix": {
			func(r *cgw.CreateRequest) { r.AuthKey = "zzzz" },
			fault{"AuthKey", mark, "must not start with a refused prefix", "Keys", cgw.ErrInvalidArgument},
		},
		"secret bytes": {
			func(r *cgw.CreateRequest) { r.AuthKey = "hunter2\xff" },
			fault{"AuthKey", mark, "is not valid UTF-8", "Keys", cgw.ErrInvalidArgument},
		},
		"token": {
			func(r *cgw.CreateRequest) { r.ClientToken = strings.Repeat("t", 65) },
			fault{"ClientToken", strings.Repeat("t", 64) + "…", "must have at most 64 characters, has 65", "Tokens", cgw.ErrInvalidArgument},
		},
		"token, control": {
			func(r *cgw.CreateRequest) { r.ClientToken = "a\x7f" },
			fault{"ClientToken", "a\x7f", `must not contain '\x7f'`, "Tokens", cgw.ErrInvalidArgument},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := valid()
			tt.change(&req)
			require.Equal(t, []fault{tt.want}, faultsOf(t, strict().Validate(req)))
		})
	}
}

func TestValidateTellsAllFaultsInFieldOrder(t *testing.T) {
	bad := cgw.CreateRequest{
		Name: "http://!" + strings.Repeat("x", 20), Description: "1", ASN: 45090,
		Tags:            map[string]string{"": "", "b": "http://", "aliyun": "", "c": ""},
		ResourceGroupID: "漢", AuthKey: "?", ClientToken: "\n",
	}
	var got []string
	for _, f := range faultsOf(t, strict().Validate(bad)) {
		got = append(got, f.field+" "+f.reason)
	}
	require.Equal(t, []string{
		"IPAddress is required",
		"Name must have at most 12 characters, has 28",
		"Name must not contain '!'",
		"Name must not start with http://",
		"Description must have at least 2 characters",
		"Description must start with a letter",
		"ASN is reserved on example",
		"Tags must be at most 3",
		"Tags key is empty",
		"Tags key must not start with aliyun",
		"Tags value must not start with http://",
		"ResourceGroupID must not contain '漢'",
		"AuthKey must have at least 4 characters",
		"AuthKey must not contain characters other than the documented ones",
		`ClientToken must not contain '\n'`,
	}, got)

	err := strict().Validate(bad)
	for _, kind := range []error{cgw.ErrInvalidIPAddress, cgw.ErrInvalidName, cgw.ErrInvalidDescription, cgw.ErrInvalidASN, cgw.ErrInvalidTag} {
		require.ErrorIs(t, err, kind)
	}
	require.NotErrorIs(t, err, cgw.ErrUnsupported)
}

func TestValidateUnsupportedFields(t *testing.T) {
	none := cgw.TextRule{Unsupported: true, Source: "API"}
	r := cgw.Rules{
		Provider: "example", Name: none, Description: none, ResourceGroupID: none, AuthKey: none, ClientToken: none,
		ASN: cgw.ASNRule{Unsupported: true, Source: "API"}, Tags: cgw.TagRule{Unsupported: true, Source: "API"},
	}
	require.NoError(t, r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, Tags: map[string]string{}}))
	const reason = "Example has no such field: leave it empty"
	want := []fault{
		{"Name", "办公室-1", reason, "API", cgw.ErrUnsupported},
		{"Description", "roof, left", reason, "API", cgw.ErrUnsupported},
		{"ASN", "64512", reason, "API", cgw.ErrUnsupported},
		{"Tags", "", "Example has no tags: leave them empty", "API", cgw.ErrUnsupported},
		{"ResourceGroupID", "rg-1", reason, "API", cgw.ErrUnsupported},
		{"AuthKey", mark, reason, "API", cgw.ErrUnsupported},
		{"ClientToken", "7f0c", reason, "API", cgw.ErrUnsupported},
	}
	require.Equal(t, want, faultsOf(t, r.Validate(valid())))
	require.Equal(t, want, faultsOf(t, r.Minimal().Validate(valid())))
	require.ErrorIs(t, r.Validate(valid()), errors.ErrUnsupported)

	// Naming a field in an update is setting it, even to nothing.
	err := r.ValidateUpdate(cgw.UpdateRequest{
		Name: ptr(""), Description: ptr(""), ASN: ptr(cgw.ASN(0)), AuthKey: ptr(cgw.Secret("")), Tags: map[string]string{},
	})
	require.Equal(t, []fault{
		{"Name", "", reason, "API", cgw.ErrUnsupported},
		{"Description", "", reason, "API", cgw.ErrUnsupported},
		{"ASN", "0", reason, "API", cgw.ErrUnsupported},
		{"AuthKey", "", reason, "API", cgw.ErrUnsupported},
		{"Tags", "", "Example has no tags: leave them empty", "API", cgw.ErrUnsupported},
	}, faultsOf(t, err))
}

func TestValidationErrorText(t *testing.T) {
	err := strict().Validate(cgw.CreateRequest{Name: "a\nb", ASN: 45104})
	require.EqualError(t, err, `IPAddress: is required; Name "a\nb": must not contain '\n' (Names); ASN "45104": is reserved on example (ASNs)`)

	tags := map[string]string{}
	for i := range 1000 {
		tags[fmt.Sprintf("acs:%d", i)] = "http://"
	}
	line.Require(t, strict().Validate(cgw.CreateRequest{Tags: tags}))
	line.Require(t, &cgw.FieldError{Field: "F", Reason: "r\n\x1b" + strings.Repeat("漢", 1000), Source: "s"})
	line.Require(t, &cgw.FieldError{})
	require.Equal(t, `F "v": r (s)`, (&cgw.FieldError{Field: "F", Value: "v", Reason: "r", Source: "s"}).Error())
	require.NoError(t, errors.Unwrap(&cgw.FieldError{}))
}

func TestValidateNeverShowsTheSecret(t *testing.T) {
	for _, rule := range []cgw.TextRule{
		{Unsupported: true},
		{Min: 100},
		{Max: 1},
		{Word: true},
		{ASCII: true},
		{Except: "2"},
		{LeadingLetter: true},
		{NotPrefixes: []string{"2hunter"}},
	} {
		r := cgw.Rules{AuthKey: rule}
		secret := cgw.Secret("2hunter2é?")
		for _, err := range []error{
			r.Validate(cgw.CreateRequest{IPAddress: valid().IPAddress, AuthKey: secret}),
			r.ValidateUpdate(cgw.UpdateRequest{AuthKey: &secret}),
		} {
			var v *cgw.ValidationError
			require.ErrorAs(t, err, &v, "%+v", rule)
			require.Len(t, v.Fields, 1)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", *v.Fields[0], *v.Fields[0])} {
				requireHidden(t, text)
				require.NotContains(t, text, "é")
				require.Contains(t, text, mark)
			}
		}
	}
}

func TestValidateDoesNotAllocate(t *testing.T) {
	r, req := strict(), valid()
	update := cgw.UpdateRequest{Name: &req.Name, Description: &req.Description, ASN: &req.ASN, AuthKey: &req.AuthKey, Tags: req.Tags}
	var err error
	require.Zero(t, testing.AllocsPerRun(100, func() { err = r.Validate(req) }))
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() { err = r.ValidateUpdate(update) }))
	require.NoError(t, err)
}

func BenchmarkValidate(b *testing.B) {
	r, req := strict(), valid()
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Validate(req); err != nil {
			b.Fatal(err)
		}
	}
}
