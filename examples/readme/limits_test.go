package main

import (
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const limitsFile = "../../docs/limits.md"

// limits are the rows of the tables, by what they show of the Rules.
var limits = []struct {
	title string
	cell  func(cgw.Rules) string
}{
	{"name", func(r cgw.Rules) string { return text(r.Name) }},
	{"description", func(r cgw.Rules) string { return text(r.Description) }},
	{"addresses refused", func(r cgw.Rules) string { return refused(r.IPAddress) }},
	{"ASNs refused", func(r cgw.Rules) string { return list(r.ASN.Reserved) }},
	{"ASN, later", func(r cgw.Rules) string { return later(r.ASN) }},
	{"tags", func(r cgw.Rules) string { return tags(r.Tags) }},
	{"a tag's key may not start with", func(r cgw.Rules) string { return codes(r.Tags.NotKeyPrefixes) }},
	{"a tag's value may not start with", func(r cgw.Rules) string { return codes(r.Tags.NotValuePrefixes) }},
	{"neither may contain", func(r cgw.Rules) string { return codes(r.Tags.NotContains) }},
	{"BGP key (`AuthKey`)", func(r cgw.Rules) string { return text(r.AuthKey) }},
	{"resource group", func(r cgw.Rules) string { return text(r.ResourceGroupID) }},
	{"idempotency token (`ClientToken`)", func(r cgw.Rules) string { return text(r.ClientToken) }},
}

// inREADME are the titles of the rows that matter most.
var inREADME = []string{"name", "addresses refused", "ASNs refused", "tags"}

// TestLimits fails if the tables of limits in README.md and docs/limits.md are not what the Rules say.
func TestLimits(t *testing.T) {
	const begin, end = "<!-- limits -->\n", "<!-- /limits -->\n"
	before, rest, ok := strings.Cut(readme(t), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	table := readmeLimits()
	require.LessOrEqual(t, strings.Count(table, "\n"), 8)
	for file, want := range map[string]string{
		readmeFile: before + begin + table + end + after,
		limitsFile: limitsDocument(),
	} {
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, want, string(got), "go test ./examples/readme -update writes it")
	}
}

func line(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// header begins a table.
func header(titles ...string) string {
	rule := slices.Repeat([]string{"---"}, len(titles)+1)
	return line(append([]string{""}, titles...)...) + line(rule...)
}

func readmeLimits() string {
	s := header("Tencent Cloud", "Alibaba Cloud")
	for _, l := range limits {
		if slices.Contains(inREADME, l.title) {
			s += line(l.title, l.cell(tencent.Rules()), l.cell(alibaba.Rules()))
		}
	}
	return s
}

// limitsDocument returns the text of docs/limits.md. Limits that are not in the Rules are from the
// documents that the emulators follow.
func limitsDocument() string {
	return strings.Join([]string{
		`# Limits

What each cloud accepts. This command makes the tables, from the rules that also check requests:

    go test ./examples/readme -update

cgw checks a request before it sends anything, and reports all faults at once. A field that a cloud does not have is
an error that satisfies ` + "`cgw.ErrUnsupported`" + `; it is never dropped. ` + "`Validation`" + ` in the Config of a provider selects the limits:

| ` + "`Validation`" + ` | limits |
| --- | --- |
| ` + "`cgw.Documented`" + ` (default) | the documents that cgw was made for: ` + "`tencent.Rules()`, `alibaba.Rules()`" + `. If the current documents would allow the value, the error says so |
| ` + "`cgw.Current`" + ` | the vendors' current documents: ` + "`tencent.CurrentRules()`, `alibaba.CurrentRules()`" + ` |
| ` + "`cgw.Minimal`" + ` | only what is certainly wrong; the service decides about the rest |

` + "`cgw.Portable(tencent.Rules(), alibaba.Rules())`" + ` are the limits of both clouds combined. An error names the cloud that refuses the value.

cgw refuses these in every mode and on every cloud: a create without an address; an empty tag key; and a name, description, tag,
group, key or token that is not UTF-8, has control characters (such as NUL, a tab or a line end), or is only white space.
`,
		cloudLimits("Tencent Cloud", tencent.Rules(), tencent.CurrentRules()),
		cloudLimits("Alibaba Cloud", alibaba.Rules(), alibaba.CurrentRules()),
		"## Other limits\n\ncgw does not check these.\n\n" + header("Tencent Cloud", "Alibaba Cloud") +
			line("gateways", "depends on the account: `DescribeVpcLimits` returns it", fmt.Sprintf("%d in a region", alibabatest.DefaultQuota)) +
			line("requests a second, for each action",
				fmt.Sprintf("%d; %d for changes of tags", tencenttest.DocumentedRate, tencenttest.DocumentedTagRate),
				"not published; cgw starts at 100 and slows down when throttled") +
			line("what the service filters a list by", "ID, address, name", "ID, tags, resource group") +
			line("a create without a `ClientToken`", "the API has none: cgw looks for the gateway before it repeats a create", "cgw makes one token for each call"),
	}, "\n")
}

// cloudLimits is the part of one cloud. Modes with the same limits share a column.
func cloudLimits(name string, documented, current cgw.Rules) string {
	titles, modes := []string{"Documented", "Current", "Minimal"}, []cgw.Rules{documented, current, documented.Minimal()}
	if allCells(documented) == allCells(current) {
		titles, modes = []string{"Documented, Current", "Minimal"}, []cgw.Rules{documented, documented.Minimal()}
	}
	s := "## " + name + "\n\n" + header(titles...)
	for _, l := range limits {
		cells := []string{l.title}
		for _, r := range modes {
			cells = append(cells, l.cell(r))
		}
		s += line(cells...)
	}
	s += "\nFrom:\n\n"
	for i, r := range modes[:len(modes)-1] {
		for _, source := range sources(reflect.ValueOf(r)) {
			s += fmt.Sprintf("- %s: %s\n", titles[i], source)
		}
	}
	return s
}

// sources returns the documents of the rules, sorted.
func sources(v reflect.Value) []string {
	var all []string
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case strings.HasSuffix(v.Type().Field(i).Name, "Source"):
			if f.String() != "" {
				all = append(all, f.String())
			}
		case f.Kind() == reflect.Struct:
			all = append(all, sources(f)...)
		case f.Type() == reflect.TypeFor[[]cgw.RefusedPrefix]():
			for j := range f.Len() {
				all = append(all, sources(f.Index(j))...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestPortableOfBoth has refusals by the rules of both clouds: they name the cloud that refuses, and
// the document of that cloud alone.
func TestPortableOfBoth(t *testing.T) {
	both := cgw.Portable(tencent.Rules(), alibaba.Rules())
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "b"}
	require.EqualError(t, both.Validate(req), `Name "b": refused by alibaba: must have at least 2 characters, but the vendor's documents of today `+
		`allow it: set Validation to cgw.Current (Alibaba Cloud API, CreateCustomerGateway (2021))`)
	req.Name, req.ASN = "office", 45090
	require.EqualError(t, both.Validate(req), `ASN "45090": refused by tencent: is reserved (Tencent Cloud SDK for Go, vpc v1.3.115)`)
	req.ASN, req.IPAddress = 0, netip.MustParseAddr("127.0.0.1")
	require.EqualError(t, both.Validate(req), `IPAddress "127.0.0.1": refused by tencent and alibaba: is a loopback address `+
		`(Tencent Cloud, document 1037/32682 (2025-10); Alibaba Cloud SDK for Go, vpc-20160428 v7.0.0)`)
	req.IPAddress, req.Tags = netip.MustParseAddr("203.0.113.7"), map[string]string{"Env": "", "env": ""}
	require.EqualError(t, both.Validate(req), `Tags "env": refused by alibaba: key differs from "Env" only in upper and lower case `+
		`(Alibaba Cloud API, ecs TagResources, code TagKey.Duplication (2025-04-10))`)
}

// TestLimitsFollowTheRules changes every field of the Rules, also those that are yet to come, and
// sees another table.
func TestLimitsFollowTheRules(t *testing.T) {
	// In these rules nothing hides anything else.
	strict := cgw.TextRule{Max: 9, Word: true, Marks: "-"}
	base := cgw.Rules{
		Name: strict, Description: strict, ResourceGroupID: strict, AuthKey: strict, ClientToken: strict,
		Tags: cgw.TagRule{Word: true, Marks: "-"},
	}
	was := allCells(base)
	for _, f := range leaves(reflect.TypeFor[cgw.Rules]()) {
		r := base
		v := reflect.ValueOf(&r).Elem().FieldByIndex(f)
		switch p := v.Addr().Interface().(type) {
		case *bool:
			*p = !*p
		case *int:
			*p += 2
		case *string:
			*p += "x"
		case *[]string:
			*p = []string{"x"}
		case *[]cgw.ASN:
			*p = []cgw.ASN{7}
		case *[]cgw.RefusedPrefix:
			*p = []cgw.RefusedPrefix{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}}
		default:
			require.Fail(t, "a field of an unknown type", "%v: %s", f, v.Type())
		}
		require.NotEqual(t, was, allCells(r), "field %v of the Rules is not in the table", f)
	}
}

func allCells(r cgw.Rules) string {
	var s []string
	for _, l := range limits {
		s = append(s, l.cell(r))
	}
	return strings.Join(s, "\n")
}

// leaves are the fields that are not structs. Those that say where a rule is from, and those that
// decide nothing, are left out.
func leaves(t reflect.Type) [][]int {
	var all [][]int
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Type == reflect.TypeFor[cgw.Provider](), strings.HasSuffix(f.Name, "Source"),
			f.Name == "Current", f.Name == "Parts":
		case f.Type.Kind() == reflect.Struct:
			for _, below := range leaves(f.Type) {
				all = append(all, append([]int{i}, below...))
			}
		default:
			all = append(all, []int{i})
		}
	}
	return all
}
