package cgw_test

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

func TestZeroRulesAskOnlyForAnAddress(t *testing.T) {
	require.Equal(t, []fault{{"IPAddress", "", "is required", "", cgw.ErrInvalidIPAddress}}, faultsOf(t, cgw.Rules{}.Validate(cgw.CreateRequest{})))
	for _, ip := range []string{"0.0.0.0", "255.255.255.255", "127.0.0.1", "::1", "fe80::1%eth0"} {
		require.NoError(t, cgw.Rules{}.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr(ip), Name: "\u00a0!\u200b", ASN: 23456}))
	}
	require.NoError(t, cgw.Rules{}.ValidateUpdate(cgw.UpdateRequest{}))
	require.NoError(t, cgw.Rules{}.ValidateUpdate(cgw.UpdateRequest{Name: ptr(""), ASN: ptr(cgw.ASN(0)), Tags: map[string]string{}}))

	// What can be right nowhere is refused even so.
	require.Equal(t, []fault{
		{"Name", "\xff", "is not valid UTF-8", "", cgw.ErrInvalidName},
		{"Tags", "", "key is empty", "", cgw.ErrInvalidTag},
	}, faultsOf(t, cgw.Rules{}.ValidateUpdate(cgw.UpdateRequest{Name: ptr("\xff"), Tags: map[string]string{"": "v"}})))
}

func TestRefusedPrefixesSeePastAZone(t *testing.T) {
	r := cgw.Rules{IPAddress: cgw.AddressRule{Refused: []cgw.RefusedPrefix{{Prefix: netip.MustParsePrefix("fe80::/10"), Reason: "is link-local"}}}}
	for _, ip := range []string{"fe80::1", "fe80::1%eth0"} {
		require.Equal(t, []fault{{"IPAddress", ip, "is link-local", "", cgw.ErrInvalidIPAddress}},
			faultsOf(t, r.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr(ip)})))
	}
	require.NoError(t, r.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("2001:db8::1")}))
	r.IPAddress.ClassfulHost = true // says nothing of IPv6
	require.NoError(t, r.Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("2001:db8::")}))
}

func TestMinimalKeepsWhatIsUnsupported(t *testing.T) {
	for f := range fields(reflect.TypeFor[cgw.Rules]()) {
		unsupported := func(r *cgw.Rules) reflect.Value {
			return reflect.ValueOf(r).Elem().FieldByIndex(f.Index).FieldByName("Unsupported")
		}
		if f.Type.Kind() != reflect.Struct {
			continue
		}
		if _, ok := f.Type.FieldByName("Unsupported"); ok {
			var r cgw.Rules
			unsupported(&r).SetBool(true)
			r = r.Minimal()
			require.True(t, unsupported(&r).Bool(), f.Name)
		}
	}
}

func TestMinimal(t *testing.T) {
	full := strict()
	full.Description.Unsupported = true
	full.ASN.Immutable = true
	before := strict()
	r := full.Minimal()
	require.Equal(t, before.Tags, full.Tags, "Minimal must leave its receiver as it was")

	odd := cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("127.0.0.1"), Name: "http://!" + strings.Repeat(" ", 500), ASN: 45104,
		Tags: map[string]string{"a": "", "b": "", "c": "", "aliyun": "http://"}, ResourceGroupID: "é", AuthKey: "?", ClientToken: "é",
	}
	require.NoError(t, r.Validate(odd))
	odd.IPAddress = netip.MustParseAddr("2001:db8::1")
	require.NoError(t, r.Validate(odd))

	require.Equal(t, []fault{
		{"IPAddress", "", "is required", "", cgw.ErrInvalidIPAddress},
		{"Name", "", "is required on example", "Names", cgw.ErrInvalidName},
		{"Description", "d", "Example has no such field: leave it empty", "Descriptions", cgw.ErrUnsupported},
		{"Tags", "", "key is empty", "Tags", cgw.ErrInvalidTag},
		{"ResourceGroupID", "\xff", "is not valid UTF-8", "Groups", cgw.ErrInvalidArgument},
		{"AuthKey", mark, "is not valid UTF-8", "Keys", cgw.ErrInvalidArgument},
		{"ClientToken", "\xff", "is not valid UTF-8", "Tokens", cgw.ErrInvalidArgument},
	}, faultsOf(t, r.Validate(cgw.CreateRequest{
		Description: "d", Tags: map[string]string{"": ""}, ResourceGroupID: "\xff", AuthKey: "\xff", ClientToken: "\xff",
	})))
	require.Equal(t, []fault{{"ASN", "1", "cannot be changed on example", "ASNs", cgw.ErrUnsupported}},
		faultsOf(t, r.ValidateUpdate(cgw.UpdateRequest{ASN: ptr(cgw.ASN(1))})))
	require.Equal(t, r, r.Minimal())
}

func TestValidateUpdate(t *testing.T) {
	immutable := strict()
	immutable.ASN.Immutable = true
	for name, tt := range map[string]struct {
		rules cgw.Rules
		req   cgw.UpdateRequest
		want  []fault
	}{
		"nothing": {strict(), cgw.UpdateRequest{}, nil},
		"every field": {strict(), cgw.UpdateRequest{
			Name: ptr("name"), Description: ptr("text"), ASN: ptr(cgw.ASN(64512)), AuthKey: ptr(cgw.Secret("hunter2")), Tags: map[string]string{"k": "v"},
		}, nil},
		"no tags at all":  {strict(), cgw.UpdateRequest{Tags: map[string]string{}}, nil},
		"name emptied":    {strict(), cgw.UpdateRequest{Name: ptr("")}, []fault{{"Name", "", "is required on example", "Names", cgw.ErrInvalidName}}},
		"ASN removed":     {strict(), cgw.UpdateRequest{ASN: ptr(cgw.ASN(0))}, []fault{{"ASN", "0", "cannot be removed on example", "ASNs", cgw.ErrUnsupported}}},
		"ASN reserved":    {strict(), cgw.UpdateRequest{ASN: ptr(cgw.ASN(45090))}, []fault{{"ASN", "45090", "is reserved on example", "ASNs", cgw.ErrInvalidASN}}},
		"ASN immutable":   {immutable, cgw.UpdateRequest{ASN: ptr(cgw.ASN(64512))}, []fault{{"ASN", "64512", "cannot be changed on example", "ASNs", cgw.ErrUnsupported}}},
		"immutable, to 0": {immutable, cgw.UpdateRequest{ASN: ptr(cgw.ASN(0))}, []fault{{"ASN", "0", "cannot be changed on example", "ASNs", cgw.ErrUnsupported}}},
		"all at once, in field order": {
			strict(),
			cgw.UpdateRequest{
				Name: ptr("!"), Description: ptr(""), ASN: ptr(cgw.ASN(45104)), AuthKey: ptr(cgw.Secret("")),
				Tags: map[string]string{"z": "http://", "": ""},
			},
			[]fault{
				{"Name", "!", "must have at least 2 characters", "Names", cgw.ErrInvalidName},
				{"Name", "!", "must not contain '!'", "Names", cgw.ErrInvalidName},
				{"Description", "", "must have at least 2 characters", "Descriptions", cgw.ErrInvalidDescription},
				{"ASN", "45104", "is reserved on example", "ASNs", cgw.ErrInvalidASN},
				{"AuthKey", "", "must have at least 4 characters", "Keys", cgw.ErrInvalidArgument},
				{"Tags", "", "key is empty", "Tags", cgw.ErrInvalidTag},
				{"Tags", "z", "value must not start with http://", "Tags", cgw.ErrInvalidTag},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, faultsOf(t, tt.rules.ValidateUpdate(tt.req)))
		})
	}
}

// The order of the faults is that of the fields of the request types.
func TestFieldOrderIsThatOfTheTypes(t *testing.T) {
	none := cgw.TextRule{Unsupported: true}
	r := cgw.Rules{
		Name: none, Description: none, ResourceGroupID: none, AuthKey: none, ClientToken: none,
		ASN: cgw.ASNRule{Unsupported: true}, Tags: cgw.TagRule{Unsupported: true},
	}
	create := valid()
	create.IPAddress = netip.Addr{}
	for _, tt := range []struct {
		typ reflect.Type
		err error
	}{
		{reflect.TypeFor[cgw.CreateRequest](), r.Validate(create)},
		{reflect.TypeFor[cgw.UpdateRequest](), r.ValidateUpdate(cgw.UpdateRequest{
			Name: ptr("n"), Description: ptr("d"), ASN: ptr(cgw.ASN(1)), AuthKey: ptr(cgw.Secret("s")), Tags: map[string]string{"k": ""},
		})},
	} {
		var want, got []string
		for f := range fields(tt.typ) {
			want = append(want, f.Name)
		}
		for _, f := range faultsOf(t, tt.err) {
			got = append(got, f.field)
		}
		require.Equal(t, want, got, "every field is checked, in its order")
	}
}

func TestPortableOfFew(t *testing.T) {
	require.Equal(t, cgw.Rules{}, cgw.Portable())
	require.Equal(t, strict(), cgw.Portable(strict()))

	a, b := strict(), strict()
	b.Provider, b.Name.Source, b.Name.Max, b.Name.Marks = "other", "Other names", 5, "_./"
	b.ASN.Reserved = []cgw.ASN{1}
	both := cgw.Portable(a, b)
	require.Empty(t, both.Provider)
	require.Equal(t, "Names; Other names", both.Name.Source)
	require.Equal(t, 5, both.Name.Max)
	require.Equal(t, "._/", both.Name.Marks)
	require.Equal(t, []cgw.ASN{45090, 45104, 1}, both.ASN.Reserved)

	// Combined rules share no memory with what they were made of.
	for _, rules := range []cgw.Rules{both, cgw.Portable(a, cgw.Rules{}), cgw.Portable(cgw.Rules{}, a)} {
		rules.ASN.Reserved[0], rules.IPAddress.Refused[0].Reason, rules.Name.NotPrefixes[0] = 0, "", ""
		rules.Tags.NotKeyPrefixes[0], rules.Tags.NotValuePrefixes[0] = "", ""
		require.Equal(t, strict(), a)
	}
}

// Fields that the generator below draws from: few values, so that rules and texts meet often.
var (
	genTexts    = []string{"", "a", "ab", "é1", "1a", "a.b", "a_b", "a-", "http://", "zzab", "a b", "漢字漢字", "\xff", "A", " ", "a\n"}
	genAddrs    = []string{"", "8.8.4.4", "127.0.0.1", "10.1.2.3", "192.0.2.0", "2001:db8::1", "::ffff:10.1.2.3", "::ffff:8.8.4.4"}
	genASNs     = []cgw.ASN{0, 1, 2, 3}
	genPrefixes = []string{"127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32"}
)

func pick[T any](r *rand.Rand, s []T) T { return s[r.IntN(len(s))] }

// some draws each element of s with a chance of one in four.
func some[T any](r *rand.Rand, s []T) []T {
	return slices.DeleteFunc(slices.Clone(s), func(T) bool { return r.IntN(4) != 0 })
}

func rarely(r *rand.Rand) bool { return r.IntN(6) == 0 }

func genText(r *rand.Rand) cgw.TextRule {
	return cgw.TextRule{
		Unsupported: rarely(r), Required: rarely(r), Min: pick(r, []int{0, 0, 1, 2}), Max: pick(r, []int{0, 0, 3, 4}),
		Word: rarely(r), Marks: pick(r, []string{"", ".", "._", "-. ", ":/"}), ASCII: rarely(r),
		Except: pick(r, []string{"", "", "", ".", "é"}), LeadingLetter: rarely(r), NotPrefixes: some(r, []string{"http://", "ZZ"}),
	}
}

func genRules(r *rand.Rand) cgw.Rules {
	var refused []cgw.RefusedPrefix
	for _, p := range some(r, genPrefixes) {
		refused = append(refused, cgw.RefusedPrefix{Prefix: netip.MustParsePrefix(p), Reason: "refused"})
	}
	return cgw.Rules{
		Provider:  cgw.Provider(pick(r, []string{"", "x", "y"})),
		IPAddress: cgw.AddressRule{IPv4Only: rarely(r), Refused: refused, ClassfulHost: rarely(r)},
		Name:      genText(r), Description: genText(r), ResourceGroupID: genText(r), AuthKey: genText(r), ClientToken: genText(r),
		ASN: cgw.ASNRule{Unsupported: rarely(r), Immutable: rarely(r), Permanent: rarely(r), Reserved: some(r, genASNs)},
		Tags: cgw.TagRule{
			Unsupported: rarely(r), MaxCount: pick(r, []int{0, 1, 2}), MaxKey: pick(r, []int{0, 1, 3}), MaxValue: pick(r, []int{0, 1, 3}),
			Word: rarely(r), Marks: pick(r, []string{"", ".", "._", "-. ", ":/"}),
			NotKeyPrefixes: some(r, []string{"HTTP", "zz"}), NotValuePrefixes: some(r, []string{"a", "é"}),
			NotContains: some(r, []string{"z", "HTTP"}), Trimmed: rarely(r), FoldKeys: rarely(r),
		},
	}
}

// A rule that is added later must find its way into the tests: strict and genRules set every
// field of every kind of rule, but what would leave nothing to check.
func TestEveryRuleIsTested(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	generated := map[string]bool{}
	for range 1000 {
		noteSet(reflect.ValueOf(genRules(r)), generated)
	}
	set := map[string]bool{}
	noteSet(reflect.ValueOf(strict()), set)
	for f, isSet := range set {
		name := f[strings.LastIndex(f, ".")+1:]
		if name == "Current" || name == "Parts" { // they decide nothing: see TestPortableNamesTheCloud and TestReasonsOfToday
			continue
		}
		if name != "Unsupported" && name != "Immutable" {
			require.True(t, isSet, "strict leaves %s zero", f)
		}
		if !strings.HasSuffix(f, "Source") {
			require.True(t, generated[f], "genRules leaves %s zero", f)
		}
	}
}

// noteSet notes which fields of v and of the rules in it are not zero, by type and name.
func noteSet(v reflect.Value, set map[string]bool) {
	for f := range fields(v.Type()) {
		name, value := v.Type().Name()+"."+f.Name, v.FieldByIndex(f.Index)
		set[name] = set[name] || !value.IsZero()
		switch {
		case strings.HasSuffix(value.Type().Name(), "Rule"):
			noteSet(value, set)
		case value.Type() == reflect.TypeFor[[]cgw.RefusedPrefix]() && value.Len() > 0:
			noteSet(value.Index(0), set)
		}
	}
}

// genRequest sets few fields, so that some requests pass.
func genRequest(r *rand.Rand) cgw.CreateRequest {
	text := func() string {
		if r.IntN(3) == 0 {
			return pick(r, genTexts)
		}
		return ""
	}
	req := cgw.CreateRequest{
		Name: text(), Description: text(), ASN: pick(r, genASNs), ResourceGroupID: text(), AuthKey: cgw.Secret(text()), ClientToken: text(),
	}
	if s := pick(r, genAddrs); s != "" {
		req.IPAddress = netip.MustParseAddr(s)
	}
	for range r.IntN(3) {
		if req.Tags == nil {
			req.Tags = map[string]string{}
		}
		req.Tags[text()+pick(r, []string{"k", "K"})] = text()
	}
	return req
}

func genUpdate(r *rand.Rand) cgw.UpdateRequest {
	var req cgw.UpdateRequest
	c := genRequest(r)
	for i, set := range []func(){
		func() { req.Name = &c.Name },
		func() { req.Description = &c.Description },
		func() { req.ASN = &c.ASN },
		func() { req.AuthKey = &c.AuthKey },
		func() { req.Tags = map[string]string{} },
		func() { req.Tags = c.Tags },
	} {
		if r.IntN(3) == 0 || i == 5 {
			set()
		}
	}
	return req
}

// Portable(a, b) accepts exactly what both a and b accept, in either order and with a third.
func TestPortableAcceptsWhatAllAccept(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted, refused := 0, 0
	for range 20_000 {
		a, b, c := genRules(r), genRules(r), genRules(r)
		create, update := genRequest(r), genUpdate(r)
		check := func(ok func(cgw.Rules) bool) {
			want := ok(a) && ok(b)
			if want {
				accepted++
			} else {
				refused++
			}
			for _, rules := range []cgw.Rules{cgw.Portable(a, b), cgw.Portable(b, a), cgw.Portable(a, b, a)} {
				if ok(rules) != want {
					require.Failf(t, "not what all accept", "want %t\na = %+v\nb = %+v\ncreate %+v\nupdate %+v", want, a, b, create, update)
				}
			}
			want = want && ok(c)
			require.Equal(t, want, ok(cgw.Portable(a, b, c)))
			require.Equal(t, want, ok(cgw.Portable(c, cgw.Portable(b, a))))
		}
		check(func(rules cgw.Rules) bool { return rules.Validate(create) == nil })
		check(func(rules cgw.Rules) bool { return rules.ValidateUpdate(update) == nil })

		// Each cloud's faults are told, in field order, and nothing else is.
		a.Provider, b.Provider = "one", "two"
		of := func(rules cgw.Rules) []string {
			var all []string
			for _, f := range faultsOf(t, rules.Validate(create)) {
				all = append(all, f.field)
			}
			return slices.Compact(all)
		}
		want := map[string]bool{}
		for _, f := range slices.Concat(of(a), of(b)) {
			want[f] = true
		}
		got := of(cgw.Portable(a, b))
		require.Len(t, got, len(want))
		for _, f := range got {
			require.True(t, want[f], f)
		}
	}
	require.Greater(t, accepted, 1000, "the generator must reach both answers")
	require.Greater(t, refused, 1000)
}
