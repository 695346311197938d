package tencent_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// TestAddresses has what each rule says of an address, by the first words of the reason.
func TestAddresses(t *testing.T) {
	for text, reason := range map[string]string{
		"58.211.1.12": "", "1.1.1.1": "", "223.255.254.254": "", "100.63.255.254": "", "100.128.0.1": "",
		"11.0.0.1": "", "172.15.0.1": "", "172.32.0.1": "", "192.167.1.1": "", "169.253.1.1": "", "128.0.1.1": "",
		"::ffff:58.211.1.12": "",
		"::ffff:10.0.0.1":    "is a private address",
		"0.0.0.0":            "is of this network", "0.1.2.3": "is of this network",
		"10.1.2.3": "is a private address", "172.16.0.1": "is a private address", "172.31.255.254": "is a private address", "192.168.1.1": "is a private address",
		"100.64.0.1": "is a shared address", "100.127.255.254": "is a shared address",
		"127.0.0.1": "is a loopback address", "169.254.1.1": "is a link-local address",
		"224.0.0.1": "is a multicast address", "239.255.255.255": "is a multicast address",
		"240.0.0.1": "is a reserved address", "255.255.255.255": "is the broadcast address",
		"2001:db8::1": "must be an IPv4 address", "::": "must be an IPv4 address", "fe80::1%eth0": "must be an IPv4 address",
		"":         "is required",
		"58.0.0.0": "has a host part", "58.255.255.255": "has a host part", "128.1.0.0": "has a host part", "191.1.255.255": "has a host part",
		"203.0.113.0": "has a host part", "203.0.113.255": "has a host part", "58.211.1.0": "", "150.1.1.255": "",
	} {
		req := testRequest()
		req.IPAddress = netip.Addr{}
		if text != "" {
			req.IPAddress = netip.MustParseAddr(text)
		}
		err := tencent.Rules().Validate(req)
		if reason == "" {
			require.NoError(t, err, text)
			continue
		}
		var v *cgw.ValidationError
		require.ErrorAs(t, err, &v, text)
		require.Len(t, v.Fields, 1)
		require.Equal(t, "IPAddress", v.Fields[0].Field)
		require.ErrorIs(t, v.Fields[0], cgw.ErrInvalidIPAddress)
		require.True(t, strings.HasPrefix(v.Fields[0].Reason, reason), "%s: %s", text, v.Fields[0].Reason)
	}
}

// field is a change to a good request, and the fault that it makes; nil: none.
type field struct {
	name   string
	change func(*cgw.CreateRequest)
	field  string
	kind   error
}

func (f field) check(t *testing.T) {
	t.Helper()
	req := testRequest()
	f.change(&req)
	err := tencent.Rules().Validate(req)
	if f.kind == nil {
		require.NoError(t, err, f.name)
		return
	}
	require.ErrorIs(t, err, f.kind, f.name)
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v, f.name)
	require.Len(t, v.Fields, 1, f.name)
	require.Equal(t, f.field, v.Fields[0].Field, f.name)
	require.NotEmpty(t, v.Fields[0].Source, f.name)
}

func named(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.Name = s } }

func tagged(k, v string) func(*cgw.CreateRequest) {
	return func(r *cgw.CreateRequest) { r.Tags = map[string]string{k: v} }
}

func tags(n int) func(*cgw.CreateRequest) {
	return func(r *cgw.CreateRequest) {
		r.Tags = map[string]string{}
		for i := range n {
			r.Tags["k"+strconv.Itoa(i)] = "v"
		}
	}
}

func numbered(n cgw.ASN) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.ASN = n } }

func TestFields(t *testing.T) {
	wide := strings.Repeat("网", 60)
	for _, f := range []field{
		{"no name", named(""), "Name", cgw.ErrInvalidName},
		{"one character", named("x"), "", nil},
		{"any characters", named(" a/b:c\u0301\U0001f600"), "", nil},
		{"NUL", named(" a/b:c\u0000\U0001f600"), "Name", cgw.ErrInvalidName},
		{"line end", named("office\n"), "Name", cgw.ErrInvalidName},
		{"white space alone", named("   "), "Name", cgw.ErrInvalidName},
		{"60 characters of three bytes", named(wide), "", nil},
		{"61 characters", named(wide + "x"), "Name", cgw.ErrInvalidName},
		{"not UTF-8", named("a\xff"), "Name", cgw.ErrInvalidName},
		{"description", func(r *cgw.CreateRequest) { r.Description = "d" }, "Description", cgw.ErrUnsupported},
		{"resource group", func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-1" }, "ResourceGroupID", cgw.ErrUnsupported},
		{"AuthKey", func(r *cgw.CreateRequest) { r.AuthKey = "k" }, "AuthKey", cgw.ErrUnsupported},
		{"token", func(r *cgw.CreateRequest) { r.ClientToken = "t" }, "ClientToken", cgw.ErrUnsupported},
		{"least ASN", numbered(1), "", nil},
		{"greatest ASN", numbered(4294967295), "", nil},
		{"reserved ASN", numbered(139341), "ASN", cgw.ErrInvalidASN},
		{"reserved ASN", numbered(45090), "ASN", cgw.ErrInvalidASN},
		{"reserved ASN", numbered(58835), "ASN", cgw.ErrInvalidASN},
		{"the other cloud's", numbered(45104), "", nil},
		{"50 tags", tags(50), "", nil},
		{"51 tags", tags(51), "Tags", cgw.ErrInvalidTag},
		{"empty key", tagged("", "v"), "Tags", cgw.ErrInvalidTag},
		{"key of 127", tagged(strings.Repeat("网", 127), ""), "", nil},
		{"key of 128", tagged(strings.Repeat("k", 128), ""), "Tags", cgw.ErrInvalidTag},
		{"value of 255", tagged("k", strings.Repeat("网", 255)), "", nil},
		{"value of 256", tagged("k", strings.Repeat("v", 256)), "Tags", cgw.ErrInvalidTag},
		{"line end in a key", tagged("k\n", "v"), "Tags", cgw.ErrInvalidTag},
		{"line end in a value", tagged("k", "v\r\n"), "Tags", cgw.ErrInvalidTag},
		{"white space alone for a value", tagged("k", "  "), "Tags", cgw.ErrInvalidTag},
		{"keys that differ in case", func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }, "", nil},
		{"reserved key", tagged("qcs:x", "v"), "Tags", cgw.ErrInvalidTag},
		{"reserved key", tagged("QCloudX", "v"), "Tags", cgw.ErrInvalidTag},
		{"reserved key", tagged("tencent", "v"), "Tags", cgw.ErrInvalidTag},
		{"reserved key", tagged("project", "v"), "Tags", cgw.ErrInvalidTag},
		{"not UTF-8", tagged("k", "\xff"), "Tags", cgw.ErrInvalidTag},
	} {
		f.check(t)
	}
}

// TestUpdates has what can be changed.
func TestUpdates(t *testing.T) {
	text, empty, key := "d", "", cgw.Secret("k")
	none, some, reserved := cgw.ASN(0), cgw.ASN(65001), cgw.ASN(45090)
	for _, tc := range []struct {
		name  string
		req   cgw.UpdateRequest
		field string
		kind  error
	}{
		{"nothing", cgw.UpdateRequest{}, "", nil},
		{"name", cgw.UpdateRequest{Name: &text}, "", nil},
		{"empty name", cgw.UpdateRequest{Name: &empty}, "Name", cgw.ErrInvalidName},
		{"ASN", cgw.UpdateRequest{ASN: &some}, "", nil},
		{"no ASN", cgw.UpdateRequest{ASN: &none}, "ASN", cgw.ErrUnsupported},
		{"reserved ASN", cgw.UpdateRequest{ASN: &reserved}, "ASN", cgw.ErrInvalidASN},
		{"description", cgw.UpdateRequest{Description: &text}, "Description", cgw.ErrUnsupported},
		{"empty description", cgw.UpdateRequest{Description: &empty}, "Description", cgw.ErrUnsupported},
		{"AuthKey", cgw.UpdateRequest{AuthKey: &key}, "AuthKey", cgw.ErrUnsupported},
		{"no tags", cgw.UpdateRequest{Tags: map[string]string{}}, "", nil},
		{"bad tag", cgw.UpdateRequest{Tags: map[string]string{"": ""}}, "Tags", cgw.ErrInvalidTag},
	} {
		checkUpdate(t, tc.name, tc.req, tc.field, tc.kind)
	}
}

func checkUpdate(t *testing.T, name string, req cgw.UpdateRequest, field string, kind error) {
	t.Helper()
	err := tencent.Rules().ValidateUpdate(req)
	if kind == nil {
		require.NoError(t, err, name)
		return
	}
	require.ErrorIs(t, err, kind, name)
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v, name)
	require.Equal(t, field, v.Fields[0].Field, name)
}

// TestRulesAreCopies has a caller change what it got.
func TestRulesAreCopies(t *testing.T) {
	r := tencent.Rules()
	r.ASN.Reserved[0], r.IPAddress.Refused[0], r.Tags.NotKeyPrefixes[0] = 1, cgw.RefusedPrefix{}, "x"
	require.NotEqual(t, r, tencent.Rules())
}

func TestValidRequestsDoNotAllocate(t *testing.T) {
	rules, req := tencent.Rules(), testRequest()
	req.Tags = map[string]string{"city": "shanghai"}
	req.ASN = 65001
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if rules.Validate(req) != nil {
			panic("the request is valid")
		}
	}))
}

// TestModes has the rules of the three modes of validation.
func TestModes(t *testing.T) {
	require.Equal(t, tencent.Rules(), tencent.CurrentRules())
	require.Nil(t, tencent.Rules().Current, "the documents of today say nothing else")
	minimal := tencent.Rules().Minimal()
	for name, ok := range map[string]bool{
		strings.Repeat("x", 61): true, "": false, "office\n": false, "   ": false, "a\x00": false,
	} {
		req := testRequest()
		req.Name = name
		require.Equal(t, ok, minimal.Validate(req) == nil, "%q", name)
	}
}

// TestReadsWhatRulesRefuse has a gateway that somebody else wrote: it is read as it is, and what is
// allowed of it can be changed.
func TestReadsWhatRulesRefuse(t *testing.T) {
	state := &tencenttest.State{}
	srv := tencenttest.NewServer(tencenttest.Options{State: state})
	defer srv.Close()
	state.Seed(tencenttest.Gateway{ID: "cgw-aaaaaaaa", Name: "line\nand\ttab", IPAddress: "10.1.2.3"})
	p := open(t, srv.Config())
	got, err := p.Get(t.Context(), "cgw-aaaaaaaa")
	require.NoError(t, err)
	require.Equal(t, "line\nand\ttab", got.Name)
	got, err = p.Update(t.Context(), got.ID, cgw.UpdateRequest{Tags: map[string]string{"k": "v"}})
	require.NoError(t, err)
	require.Equal(t, "line\nand\ttab", got.Name)
}
