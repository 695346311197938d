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

// TestLimits fails when the table of limits in README.md is not what the Rules say.
func TestLimits(t *testing.T) {
	const begin, end = "<!-- limits -->\n", "<!-- /limits -->\n"
	text := readme(t)
	before, rest, ok := strings.Cut(text, begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + begin + limits(tencent.Rules(), alibaba.Rules()) + end + after
	if *update {
		require.NoError(t, os.WriteFile(readmeFile, []byte(want), 0o600))
		text = want
	}
	require.Equal(t, want, text, "go test ./examples/readme -update writes it")
}

// limits is the table. What the Rules do not hold is from the documents that the emulators keep to.
func limits(clouds ...cgw.Rules) string {
	var b strings.Builder
	row := func(title string, cells ...string) {
		fmt.Fprintf(&b, "| %s | %s |\n", title, strings.Join(cells, " | "))
	}
	each := func(title string, cell func(cgw.Rules) string) {
		var cells []string
		for _, r := range clouds {
			cells = append(cells, cell(r))
		}
		row(title, cells...)
	}
	row("", "Tencent Cloud", "Alibaba Cloud")
	row("---", "---", "---")
	each("name", func(r cgw.Rules) string { return text(r.Name) })
	each("description", func(r cgw.Rules) string { return text(r.Description) })
	each("addresses refused", func(r cgw.Rules) string { return refused(r.IPAddress) })
	each("ASNs refused", func(r cgw.Rules) string { return list(r.ASN.Reserved) })
	each("ASN, later", func(r cgw.Rules) string { return later(r.ASN) })
	each("tags", func(r cgw.Rules) string { return tags(r.Tags) })
	each("a tag's key may not start with", func(r cgw.Rules) string { return codes(r.Tags.NotKeyPrefixes) })
	each("a tag's value may not start with", func(r cgw.Rules) string { return codes(r.Tags.NotValuePrefixes) })
	each("neither may contain", func(r cgw.Rules) string { return codes(r.Tags.NotContains) })
	each("BGP key (`AuthKey`)", func(r cgw.Rules) string { return text(r.AuthKey) })
	each("resource group", func(r cgw.Rules) string { return text(r.ResourceGroupID) })
	each("idempotency (`ClientToken`)", func(r cgw.Rules) string {
		if r.ClientToken.Unsupported {
			return text(r.ClientToken) + "; cgw looks before it repeats"
		}
		return text(r.ClientToken) + "; cgw makes one for each call"
	})
	row("gateways", "by account: ask `DescribeVpcLimits`", fmt.Sprintf("%d in a region", alibabatest.DefaultQuota))
	row("requests a second, for each action",
		fmt.Sprintf("%d; %d for changes of tags", tencenttest.DocumentedRate, tencenttest.DocumentedTagRate),
		"not published; cgw starts at 100 and slows down when throttled")
	row("a list is filtered there by", "ID, address, name", "ID, tags")
	return b.String()
}

const unsupported = "none: `ErrUnsupported`"

func text(r cgw.TextRule) string {
	if r.Unsupported {
		return unsupported
	}
	what := []string{"optional"}
	if r.Required {
		what[0] = "required"
	}
	switch {
	case r.Min > 1 && r.Max == 0:
		what = append(what, fmt.Sprintf("at least %d characters", r.Min))
	case r.Min > 1:
		what = append(what, fmt.Sprintf("%d to %d characters", r.Min, r.Max))
	case r.Max > 0:
		what = append(what, fmt.Sprintf("at most %d characters", r.Max))
	}
	if r.Word {
		what = append(what, word(r.Marks))
	}
	if r.ASCII {
		what = append(what, "printable ASCII")
	}
	if r.Except != "" {
		what = append(what, "without "+marks(r.Except))
	}
	if r.LeadingLetter {
		what = append(what, "a letter first")
	}
	if len(r.NotPrefixes) > 0 {
		what = append(what, "not starting with "+codes(r.NotPrefixes))
	}
	return strings.Join(what, ", ")
}

func tags(r cgw.TagRule) string {
	if r.Unsupported {
		return unsupported
	}
	s := fmt.Sprintf("%d; key %d, value %d characters", r.MaxCount, r.MaxKey, r.MaxValue)
	if r.Word {
		s += ": " + word(r.Marks)
	}
	if r.Trimmed {
		s += ", no space at the ends"
	}
	return s
}

// word names what a Word rule allows.
func word(allowed string) string { return "letters, digits, " + marks(allowed) }

func marks(s string) string {
	if rest, ok := strings.CutPrefix(s, " "); ok {
		return "space, `" + rest + "`"
	}
	return "`" + s + "`"
}

// refused names the ranges that are within no other.
func refused(r cgw.AddressRule) string {
	var all []netip.Prefix
	for _, p := range r.Refused {
		all = append(all, p.Prefix)
	}
	var widest []netip.Prefix
	for _, p := range all {
		if !slices.ContainsFunc(all, func(o netip.Prefix) bool { return o.Bits() < p.Bits() && o.Contains(p.Addr()) }) {
			widest = append(widest, p)
		}
	}
	s := list(widest)
	if r.IPv4Only {
		s = "IPv6, " + s
	}
	if r.ClassfulHost {
		s += "; the first and the last of a network of class A, B or C"
	}
	return s
}

func later(r cgw.ASNRule) string {
	switch {
	case r.Unsupported:
		return unsupported
	case r.Immutable:
		return "stays as it was created"
	case r.Permanent:
		return "can be changed, not removed"
	default:
		return "can be changed and removed"
	}
}

func codes(prefixes []string) string {
	if len(prefixes) == 0 {
		return "-"
	}
	var quoted []string
	for _, p := range prefixes {
		quoted = append(quoted, "`"+p+"`")
	}
	return strings.Join(quoted, " ")
}

func list[T fmt.Stringer](items []T) string {
	var s []string
	for _, item := range items {
		s = append(s, item.String())
	}
	return strings.Join(s, ", ")
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
	was := limits(base)
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
		require.NotEqual(t, was, limits(r), "field %v of the Rules is not in the table", f)
	}
}

// leaves are the fields that are not structs, but those that say where a rule is from.
func leaves(t reflect.Type) [][]int {
	var all [][]int
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Type == reflect.TypeFor[cgw.Provider](), strings.HasSuffix(f.Name, "Source"):
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
