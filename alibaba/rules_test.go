package alibaba_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
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
		"":            "is required",
		"203.0.113.0": "", "203.0.113.255": "", "58.0.0.0": "", "255.1.2.3": "is in 255.0.0.0/8",
	} {
		req := testRequest()
		req.IPAddress = netip.Addr{}
		if text != "" {
			req.IPAddress = netip.MustParseAddr(text)
		}
		err := alibaba.Rules().Validate(req)
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
	err := alibaba.Rules().Validate(req)
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
	describe := func(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.Description = s } }
	key := func(s string) func(*cgw.CreateRequest) {
		return func(r *cgw.CreateRequest) { r.AuthKey = cgw.Secret(s) }
	}
	token := func(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.ClientToken = s } }
	for _, f := range []field{
		{"no name", named(""), "", nil},
		{"one character", named("x"), "Name", cgw.ErrInvalidName},
		{"two characters", named("网关"), "", nil},
		{"marks", named("1.b_c-d"), "", nil},
		{"a space", named("a b"), "Name", cgw.ErrInvalidName},
		{"a slash", named("a/b"), "Name", cgw.ErrInvalidName},
		{"128 characters of three bytes", named(strings.Repeat("网", 128)), "", nil},
		{"129 characters", named(strings.Repeat("x", 129)), "Name", cgw.ErrInvalidName},
		{"not UTF-8", named("ab\xff"), "Name", cgw.ErrInvalidName},
		{"one character", describe("d"), "Description", cgw.ErrInvalidDescription},
		{"any further characters", describe("网 a/b:c"), "", nil},
		{"a line end", describe("office\n"), "Description", cgw.ErrInvalidDescription},
		{"a tab", describe("a\tb"), "Description", cgw.ErrInvalidDescription},
		{"white space alone", describe("   "), "Description", cgw.ErrInvalidDescription},
		{"a digit first", describe("1 is"), "Description", cgw.ErrInvalidDescription},
		{"a link", describe("http://x"), "Description", cgw.ErrInvalidDescription},
		{"a link in capitals", describe("HTTPS://x"), "Description", cgw.ErrInvalidDescription},
		{"a link later", describe("see http://x"), "", nil},
		{"256 characters of three bytes", describe(strings.Repeat("网", 256)), "", nil},
		{"257 characters", describe(strings.Repeat("x", 257)), "Description", cgw.ErrInvalidDescription},
		{"resource group", func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-1" }, "", nil},
		{"AuthKey", key("!~abc"), "", nil},
		{"AuthKey of 64", key(strings.Repeat("k", 64)), "", nil},
		{"AuthKey of 65", key(strings.Repeat("k", 65)), "AuthKey", cgw.ErrInvalidArgument},
		{"AuthKey with a space", key("a b"), "AuthKey", cgw.ErrInvalidArgument},
		{"AuthKey with a question mark", key("a?b"), "AuthKey", cgw.ErrInvalidArgument},
		{"AuthKey not of ASCII", key("é"), "AuthKey", cgw.ErrInvalidArgument},
		{"token of 64", token(strings.Repeat("t", 64)), "", nil},
		{"token of 65", token(strings.Repeat("t", 65)), "ClientToken", cgw.ErrInvalidArgument},
		{"token not of ASCII", token("é"), "ClientToken", cgw.ErrInvalidArgument},
		{"least ASN", numbered(1), "", nil},
		{"greatest ASN", numbered(4294967295), "", nil},
		{"reserved ASN", numbered(45104), "ASN", cgw.ErrInvalidASN},
		{"the other cloud's", numbered(45090), "", nil},
		{"20 tags", tags(20), "", nil},
		{"21 tags", tags(21), "Tags", cgw.ErrInvalidTag},
		{"empty key", tagged("", "v"), "Tags", cgw.ErrInvalidTag},
		{"key of 64", tagged(strings.Repeat("网", 64), ""), "", nil},
		{"key of 65", tagged(strings.Repeat("k", 65), ""), "Tags", cgw.ErrInvalidTag},
		{"value of 128", tagged("k", strings.Repeat("网", 128)), "", nil},
		{"value of 129", tagged("k", strings.Repeat("v", 129)), "Tags", cgw.ErrInvalidTag},
		{"line end in a key", tagged("k\n", "v"), "Tags", cgw.ErrInvalidTag},
		{"NUL in a value", tagged("k", "\x00"), "Tags", cgw.ErrInvalidTag},
		{"white space alone for a key", tagged("  ", "v"), "Tags", cgw.ErrInvalidTag},
		{"keys that differ in case", func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }, "Tags", cgw.ErrInvalidTag},
		{"reserved key", tagged("aliyunx", "v"), "Tags", cgw.ErrInvalidTag},
		{"reserved key", tagged("ACS:x", "v"), "Tags", cgw.ErrInvalidTag},
		{"a link for a key", tagged("http://x", "v"), "Tags", cgw.ErrInvalidTag},
		{"a link for a value", tagged("k", "https://x"), "Tags", cgw.ErrInvalidTag},
	} {
		f.check(t)
	}
}

// TestUpdates has what can be changed.
func TestUpdates(t *testing.T) {
	text, empty, key, noKey, some := "text", "", cgw.Secret("k"), cgw.Secret(""), cgw.ASN(65001)
	for _, tc := range []struct {
		name  string
		req   cgw.UpdateRequest
		field string
		kind  error
	}{
		{"nothing", cgw.UpdateRequest{}, "", nil},
		{"name", cgw.UpdateRequest{Name: &text}, "", nil},
		{"empty name", cgw.UpdateRequest{Name: &empty}, "Name", cgw.ErrInvalidName},
		{"ASN", cgw.UpdateRequest{ASN: &some}, "ASN", cgw.ErrUnsupported},
		{"description", cgw.UpdateRequest{Description: &text}, "", nil},
		{"empty description", cgw.UpdateRequest{Description: &empty}, "Description", cgw.ErrInvalidDescription},
		{"AuthKey", cgw.UpdateRequest{AuthKey: &key}, "", nil},
		{"empty AuthKey", cgw.UpdateRequest{AuthKey: &noKey}, "AuthKey", cgw.ErrInvalidArgument},
		{"no tags", cgw.UpdateRequest{Tags: map[string]string{}}, "", nil},
		{"bad tag", cgw.UpdateRequest{Tags: map[string]string{"": ""}}, "Tags", cgw.ErrInvalidTag},
	} {
		checkUpdate(t, tc.name, tc.req, tc.field, tc.kind)
	}
}

func checkUpdate(t *testing.T, name string, req cgw.UpdateRequest, field string, kind error) {
	t.Helper()
	err := alibaba.Rules().ValidateUpdate(req)
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
	r := alibaba.Rules()
	r.ASN.Reserved[0], r.IPAddress.Refused[0], r.Tags.NotKeyPrefixes[0] = 1, cgw.RefusedPrefix{}, "x"
	require.NotEqual(t, r, alibaba.Rules())
}

func TestValidRequestsDoNotAllocate(t *testing.T) {
	rules, req := alibaba.Rules(), testRequest()
	req.Tags = map[string]string{"city": "shanghai"}
	req.ASN = 65001
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if rules.Validate(req) != nil {
			panic("the request is valid")
		}
	}))
}

// TestModes has what each mode of validation refuses, by the field; a refusal that the documents of
// today would not make says so.
func TestModes(t *testing.T) {
	address := func(s string) func(*cgw.CreateRequest) {
		return func(r *cgw.CreateRequest) { r.IPAddress = netip.MustParseAddr(s) }
	}
	describe := func(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.Description = s } }
	long := func(n int) string { return strings.Repeat("网", n) }
	modes := []cgw.Rules{alibaba.Rules(), alibaba.CurrentRules(), alibaba.Rules().Minimal()}
	for _, tc := range []struct {
		name                         string
		change                       func(*cgw.CreateRequest)
		documented, current, minimal bool // whether it is accepted
	}{
		{"private address", address("10.1.2.3"), false, true, true},
		{"private address", address("172.16.0.1"), false, true, true},
		{"private address", address("192.168.1.1"), false, true, true},
		{"reserved address", address("240.0.0.1"), false, true, true},
		{"shared address", address("100.64.0.1"), false, false, true},
		{"loopback", address("127.0.0.1"), false, false, true},
		{"link-local", address("169.254.1.1"), false, false, true},
		{"multicast", address("239.255.255.255"), false, false, true},
		{"255/8", address("255.1.2.3"), false, false, true},
		{"this network", address("0.0.0.0"), false, false, true},
		{"IPv6", address("2001:db8::1"), false, false, true},
		{"public address", address("203.0.113.7"), true, true, true},
		{"one character", named("b"), false, true, true},
		{"any characters", named("Shanghai (old) branch"), false, true, true},
		{"100 characters", named(long(100)), true, true, true},
		{"101 characters", named(long(101)), true, false, true},
		{"129 characters", named(long(129)), false, false, true},
		{"a link", named("http://x"), false, false, true},
		{"one character", describe("d"), false, true, true},
		{"a digit first", describe("1st"), false, true, true},
		{"101 characters", describe(long(101)), true, false, true},
		{"257 characters", describe(long(257)), false, false, true},
		{"a line end", named("office\n"), false, false, false},
		{"a line end", describe("roof\nleft"), false, false, false},
		{"white space alone", describe("  "), false, false, false},
		{"not UTF-8", describe("ab\xff"), false, false, false},
		{"reserved ASN", numbered(45104), false, false, true},
		{"greatest ASN", numbered(4294967295), true, true, true},
		{"keys that differ in case", func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }, false, false, true},
		{"21 tags", tags(21), false, false, true},
	} {
		req := testRequest()
		tc.change(&req)
		for i, ok := range []bool{tc.documented, tc.current, tc.minimal} {
			require.Equal(t, ok, modes[i].Validate(req) == nil, "%s, mode %d: %v", tc.name, i, modes[i].Validate(req))
		}
		if err := alibaba.Rules().Validate(req); err != nil {
			require.Equal(t, tc.current, strings.Contains(err.Error(), "documents of today allow it: set Validation to cgw.Current"), "%s: %v", tc.name, err)
		}
	}
	today := alibaba.CurrentRules()
	require.Equal(t, &today, alibaba.Rules().Current)
	require.Nil(t, today.Current)
}

// TestOperationsSayWhatIsAllowedToday has everything through which a refusal reaches a caller.
func TestOperationsSayWhatIsAllowedToday(t *testing.T) {
	const today = "but the vendor's documents of today allow it: set Validation to cgw.Current"
	srv := alibabatest.NewServer(alibabatest.Options{CurrentLimits: true})
	defer srv.Close()
	current := srv.Config()
	current.Validation = cgw.Current
	req := testRequest()
	req.IPAddress = netip.MustParseAddr("10.1.2.3")
	for name, p := range map[string]cgw.Provisioner{"service": open(t, srv.Config()), "fake": &cgwtest.Fake{Like: alibaba.Rules()}} {
		_, err := p.Create(t.Context(), req)
		require.ErrorIs(t, err, cgw.ErrInvalidIPAddress, name)
		require.ErrorContains(t, err, today, name)
		plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: p, Specs: []cgw.CreateRequest{req}}, ensure.Options{Owner: "me"})
		text := ""
		if err != nil {
			text = err.Error()
		} else {
			text = plan.String()
		}
		require.Contains(t, text, today, name)
	}
	g, err := open(t, current).Create(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, req.IPAddress, g.IPAddress)
}

// TestReadsWhatRulesRefuse has a gateway that somebody else wrote: it is read as it is, and what is
// allowed of it can be changed.
func TestReadsWhatRulesRefuse(t *testing.T) {
	state := &alibabatest.State{}
	srv := alibabatest.NewServer(alibabatest.Options{State: state})
	defer srv.Close()
	state.Seed(alibabatest.Gateway{ID: "cgw-1", Name: "a b", Description: "line\nand\ttab", IPAddress: "10.1.2.3"})
	p := open(t, srv.Config())
	got, err := p.Get(t.Context(), "cgw-1")
	require.NoError(t, err)
	require.Equal(t, "line\nand\ttab", got.Description)
	got, err = p.Update(t.Context(), got.ID, cgw.UpdateRequest{Tags: map[string]string{"Env": "v"}})
	require.NoError(t, err)
	got, err = p.Update(t.Context(), got.ID, cgw.UpdateRequest{Tags: map[string]string{"env": "v"}})
	require.NoError(t, err, "the old key goes before the new one comes")
	require.Equal(t, map[string]string{"env": "v"}, got.Tags)
}
