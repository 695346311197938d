package alibaba_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/providertest"
)

// ownAddresses are those that other clouds take or refuse otherwise.
func ownAddresses() map[string]string {
	return map[string]string{
		"203.0.113.0": "", "203.0.113.255": "", "58.0.0.0": "", "255.1.2.3": "is in 255.0.0.0/8",
	}
}

func fieldCases() []providertest.FieldCase {
	describe := func(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.Description = s } }
	key := func(s string) func(*cgw.CreateRequest) {
		return func(r *cgw.CreateRequest) { r.AuthKey = cgw.Secret(s) }
	}
	token := func(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.ClientToken = s } }
	return []providertest.FieldCase{
		{Name: "no name", Change: providertest.Named("")},
		{Name: "one character", Change: providertest.Named("x"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "two characters", Change: providertest.Named("网关")},
		{Name: "marks", Change: providertest.Named("1.b_c-d")},
		{Name: "a space", Change: providertest.Named("a b"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "a slash", Change: providertest.Named("a/b"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "128 characters of three bytes", Change: providertest.Named(strings.Repeat("网", 128))},
		{Name: "129 characters", Change: providertest.Named(strings.Repeat("x", 129)), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "not UTF-8", Change: providertest.Named("ab\xff"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "one character", Change: describe("d"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "any further characters", Change: describe("网 a/b:c")},
		{Name: "a line end", Change: describe("office\n"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "a tab", Change: describe("a\tb"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "white space alone", Change: describe("   "), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "a digit first", Change: describe("1 is"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "a link", Change: describe("http://x"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "a link in capitals", Change: describe("HTTPS://x"), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "a link later", Change: describe("see http://x")},
		{Name: "256 characters of three bytes", Change: describe(strings.Repeat("网", 256))},
		{Name: "257 characters", Change: describe(strings.Repeat("x", 257)), Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "resource group", Change: func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-1" }},
		{Name: "AuthKey", Change: key("!~abc")},
		{Name: "AuthKey of 64", Change: key(strings.Repeat("k", 64))},
		{Name: "AuthKey of 65", Change: key(strings.Repeat("k", 65)), Field: "AuthKey", Kind: cgw.ErrInvalidArgument},
		{Name: "AuthKey with a space", Change: key("a b"), Field: "AuthKey", Kind: cgw.ErrInvalidArgument},
		{Name: "AuthKey with a question mark", Change: key("a?b"), Field: "AuthKey", Kind: cgw.ErrInvalidArgument},
		{Name: "AuthKey not of ASCII", Change: key("é"), Field: "AuthKey", Kind: cgw.ErrInvalidArgument},
		{Name: "token of 64", Change: token(strings.Repeat("t", 64))},
		{Name: "token of 65", Change: token(strings.Repeat("t", 65)), Field: "ClientToken", Kind: cgw.ErrInvalidArgument},
		{Name: "token not of ASCII", Change: token("é"), Field: "ClientToken", Kind: cgw.ErrInvalidArgument},
		{Name: "reserved ASN", Change: providertest.Numbered(45104), Field: "ASN", Kind: cgw.ErrInvalidASN},
		{Name: "the other cloud's", Change: providertest.Numbered(45090)},
		{Name: "20 tags", Change: providertest.Tags(20)},
		{Name: "21 tags", Change: providertest.Tags(21), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "key of 64", Change: providertest.Tagged(strings.Repeat("网", 64), "")},
		{Name: "key of 65", Change: providertest.Tagged(strings.Repeat("k", 65), ""), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "value of 128", Change: providertest.Tagged("k", strings.Repeat("网", 128))},
		{Name: "value of 129", Change: providertest.Tagged("k", strings.Repeat("v", 129)), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "NUL in a value", Change: providertest.Tagged("k", "\x00"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "white space alone for a key", Change: providertest.Tagged("  ", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "keys that differ in case", Change: func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }, Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "reserved key", Change: providertest.Tagged("aliyunx", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "reserved key", Change: providertest.Tagged("ACS:x", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "a link for a key", Change: providertest.Tagged("http://x", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "a link for a value", Change: providertest.Tagged("k", "https://x"), Field: "Tags", Kind: cgw.ErrInvalidTag},
	}
}

// updateCases are what can be changed, and what cannot.
func updateCases() []providertest.UpdateCase {
	text, empty, key, noKey, some := "text", "", cgw.Secret("k"), cgw.Secret(""), cgw.ASN(65001)
	return []providertest.UpdateCase{
		{Name: "ASN", Update: cgw.UpdateRequest{ASN: &some}, Field: "ASN", Kind: cgw.ErrUnsupported},
		{Name: "description", Update: cgw.UpdateRequest{Description: &text}},
		{Name: "empty description", Update: cgw.UpdateRequest{Description: &empty}, Field: "Description", Kind: cgw.ErrInvalidDescription},
		{Name: "AuthKey", Update: cgw.UpdateRequest{AuthKey: &key}},
		{Name: "empty AuthKey", Update: cgw.UpdateRequest{AuthKey: &noKey}, Field: "AuthKey", Kind: cgw.ErrInvalidArgument},
	}
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
		{"one character", providertest.Named("b"), false, true, true},
		{"any characters", providertest.Named("Shanghai (old) branch"), false, true, true},
		{"100 characters", providertest.Named(long(100)), true, true, true},
		{"101 characters", providertest.Named(long(101)), true, false, true},
		{"129 characters", providertest.Named(long(129)), false, false, true},
		{"a link", providertest.Named("http://x"), false, false, true},
		{"one character", describe("d"), false, true, true},
		{"a digit first", describe("1st"), false, true, true},
		{"101 characters", describe(long(101)), true, false, true},
		{"257 characters", describe(long(257)), false, false, true},
		{"a line end", providertest.Named("office\n"), false, false, false},
		{"a line end", describe("roof\nleft"), false, false, false},
		{"white space alone", describe("  "), false, false, false},
		{"not UTF-8", describe("ab\xff"), false, false, false},
		{"reserved ASN", providertest.Numbered(45104), false, false, true},
		{"greatest ASN", providertest.Numbered(4294967295), true, true, true},
		{"keys that differ in case", func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }, false, false, true},
		{"21 tags", providertest.Tags(21), false, false, true},
	} {
		req := providertest.Request()
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
	req := providertest.Request()
	req.IPAddress = netip.MustParseAddr("10.1.2.3")
	for name, p := range map[string]cgw.Provisioner{"service": providertest.Open(t, alibaba.New, srv.Config()), "fake": &cgwtest.Fake{Like: alibaba.Rules()}} {
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
	g, err := providertest.Open(t, alibaba.New, current).Create(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, req.IPAddress, g.IPAddress)
}
