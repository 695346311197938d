package providertest

import (
	"maps"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
)

// Limits are cases about the provider's Rules.
type Limits struct {
	// Addresses are addresses and the first words of the reason why the cloud refuses them; "": it
	// accepts them. They are added to the addresses that every cloud accepts or refuses, and take
	// precedence.
	Addresses map[string]string
	Fields    []FieldCase
	Updates   []UpdateCase
}

// FieldCase is a change to a good request, and the fault that it makes.
type FieldCase struct {
	Name   string
	Change func(*cgw.CreateRequest)
	Field  string
	Kind   error // nil: none
}

// UpdateCase is a change to a gateway, and its fault.
type UpdateCase struct {
	Name   string
	Update cgw.UpdateRequest
	Field  string
	Kind   error // nil: none
}

func ruleTests() []test {
	return []test{
		{"Addresses", addresses},
		{"Fields", fields},
		{"Updates", updates},
		{"RulesAreCopies", rulesAreCopies},
		{"ReadsWhatRulesRefuse", readsWhatRulesRefuse},
		{"ValidRequestsDoNotAllocate", validRequestsDoNotAllocate},
	}
}

// addresses checks what the Rules say of an address.
func addresses(t *testing.T, h Harness) {
	all := map[string]string{
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
		"": "is required",
	}
	maps.Copy(all, h.Addresses)
	for text, reason := range all {
		req := Request()
		req.IPAddress = netip.Addr{}
		if text != "" {
			req.IPAddress = netip.MustParseAddr(text)
		}
		err := h.Rules().Validate(req)
		if reason == "" {
			noError(t, err, "%s", text)
			continue
		}
		v := asError[*cgw.ValidationError](t, err, "%s", text)
		equal(t, 1, len(v.Fields), "faults of %s", text)
		equal(t, "IPAddress", v.Fields[0].Field)
		isError(t, v.Fields[0], cgw.ErrInvalidIPAddress)
		check(t, strings.HasPrefix(v.Fields[0].Reason, reason), "%s %s: %s", text, reason, v.Fields[0].Reason)
	}
}

func fields(t *testing.T, h Harness) {
	for _, c := range append(h.Fields,
		FieldCase{Name: "least ASN", Change: Numbered(1)},
		FieldCase{Name: "greatest ASN", Change: Numbered(4294967295)},
		FieldCase{"empty key", Tagged("", "v"), "Tags", cgw.ErrInvalidTag},
		FieldCase{"line end in a key", Tagged("k\n", "v"), "Tags", cgw.ErrInvalidTag},
	) {
		checkField(t, h.Rules(), c)
	}
}

func updates(t *testing.T, h Harness) {
	name, empty := "text", ""
	for _, c := range append(h.Updates,
		UpdateCase{Name: "nothing"},
		UpdateCase{Name: "name", Update: cgw.UpdateRequest{Name: &name}},
		UpdateCase{"empty name", cgw.UpdateRequest{Name: &empty}, "Name", cgw.ErrInvalidName},
		UpdateCase{Name: "no tags", Update: cgw.UpdateRequest{Tags: map[string]string{}}},
		UpdateCase{"bad tag", cgw.UpdateRequest{Tags: map[string]string{"": ""}}, "Tags", cgw.ErrInvalidTag},
	) {
		checkUpdate(t, h.Rules(), c)
	}
}

// checkField checks what the rules say of a create.
func checkField(t testing.TB, rules cgw.Rules, c FieldCase) {
	t.Helper()
	req := Request()
	c.Change(&req)
	err := rules.Validate(req)
	if c.Kind == nil {
		noError(t, err, "%s", c.Name)
		return
	}
	isError(t, err, c.Kind, "%s", c.Name)
	v := asError[*cgw.ValidationError](t, err, "%s", c.Name)
	equal(t, 1, len(v.Fields), "faults of %s", c.Name)
	equal(t, c.Field, v.Fields[0].Field, "%s", c.Name)
	check(t, v.Fields[0].Source != "", "%s has a source", c.Name)
}

// checkUpdate checks what the rules say of an update.
func checkUpdate(t testing.TB, rules cgw.Rules, c UpdateCase) {
	t.Helper()
	err := rules.ValidateUpdate(c.Update)
	if c.Kind == nil {
		noError(t, err, "%s", c.Name)
		return
	}
	isError(t, err, c.Kind, "%s", c.Name)
	equal(t, c.Field, asError[*cgw.ValidationError](t, err, "%s", c.Name).Fields[0].Field, "%s", c.Name)
}

// Named changes the name.
func Named(s string) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.Name = s } }

// Numbered changes the ASN.
func Numbered(n cgw.ASN) func(*cgw.CreateRequest) { return func(r *cgw.CreateRequest) { r.ASN = n } }

// Tagged gives one tag.
func Tagged(k, v string) func(*cgw.CreateRequest) {
	return func(r *cgw.CreateRequest) { r.Tags = map[string]string{k: v} }
}

// Tags gives n tags.
func Tags(n int) func(*cgw.CreateRequest) {
	return func(r *cgw.CreateRequest) {
		r.Tags = map[string]string{}
		for i := range n {
			r.Tags["k"+strconv.Itoa(i)] = "v"
		}
	}
}

// rulesAreCopies checks that a caller may change the Rules that it got.
func rulesAreCopies(t *testing.T, h Harness) {
	r, same := h.Rules(), h.Rules()
	r.ASN.Reserved[0], r.IPAddress.Refused[0], r.Tags.NotKeyPrefixes[0] = 1, cgw.RefusedPrefix{}, "x"
	equal(t, same, h.Rules())
	check(t, h.Rules().ASN.Reserved[0] != 1, "the numbers are those of the cloud")
}

// readsWhatRulesRefuse checks a gateway of another program with a text that the Rules refuse. It
// is read as it is, and its other fields can be changed.
func readsWhatRulesRefuse(t *testing.T, h Harness) {
	const text = "line\nand\ttab"
	srv := h.start(t, Options{})
	other := cgw.Gateway{Name: text, IPAddress: netip.MustParseAddr("10.1.2.3")}
	if !h.Rules().Description.Unsupported {
		other.Name, other.Description = "a b", text
	}
	seeded, err := srv.SeedGateways(other)
	noError(t, err)
	p := h.Open(t, h.connect(srv))
	got, err := p.Get(t.Context(), seeded[0].ID)
	noError(t, err)
	check(t, got.Equal(seeded[0]), "%v is\n%v", got, seeded[0])
	for _, key := range []string{"Env", "env"} { // the old key goes before the new one comes
		got, err = p.Update(t.Context(), got.ID, cgw.UpdateRequest{Tags: map[string]string{key: "v"}})
		noError(t, err)
		equal(t, map[string]string{key: "v"}, got.Tags)
		equal(t, []string{other.Name, other.Description}, []string{got.Name, got.Description})
	}
}

func validRequestsDoNotAllocate(t *testing.T, h Harness) {
	rules, req := h.Rules(), Request()
	req.Tags = map[string]string{"city": "shanghai"}
	req.ASN = 65001
	equal(t, 0.0, testing.AllocsPerRun(100, func() {
		if rules.Validate(req) != nil {
			panic("the request is valid")
		}
	}), "allocations")
}
