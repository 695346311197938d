package main

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
)

// The lines are counted from 1; the head is lines 1 to 6.
const head = `owner: netops
targets:
- name: lyon
  cloud: tencent
  region: ap-guangzhou
  sites:
`

const alone = head + "  - {name: a, ip: 203.0.113.7}\n"

// second returns a second target, from line 8 on, and its line 9.
func second(line string) string {
	return alone + "- name: oslo\n  " + line + "\n"
}

// reason returns why a cloud refuses a field, with the document that says so.
func reason(t *testing.T, rules cgw.Rules, spec cgw.CreateRequest, field string) string {
	var invalid *cgw.ValidationError
	require.ErrorAs(t, rules.Validate(spec), &invalid)
	for _, f := range invalid.Fields {
		if f.Field == field {
			_, text, _ := strings.Cut(f.Error(), ": ")
			return text
		}
	}
	require.Fail(t, "accepted")
	return ""
}

var six = netip.MustParseAddr("2001:db8::1")

func unset(string) (string, bool) { return "", false }

func TestFaultsOfAFile(t *testing.T) {

	for name, tt := range map[string]struct {
		yaml string
		want []string
	}{
		"empty":           {"", []string{"the file is empty"}},
		"a comment":       {"# nothing\n", []string{"the file is empty"}},
		"null":            {"~", []string{"the file is empty"}},
		"a tag alone":     {"! ", []string{"the file is empty"}},
		"not YAML":        {"owner: a\nb: [", []string{"line 2: is not YAML: sequence end token ']' not found"}},
		"two":             {head + "---\nowner: x\n", []string{"holds more than one document"}},
		"a list":          {"- a", []string{"line 1: must be a mapping of keys to values"}},
		"a word":          {"owner", []string{"line 1: must be a mapping of keys to values"}},
		"nothing":         {"{}", []string{"line 1: owner: is required", "line 1: targets: are required"}},
		"same keys":       {"owner: a\nowner: b\ntargets: []\n", []string{"line 2: owner: is in line 1 already", "line 3: targets: are required"}},
		"sites, no list":  {strings.Replace(head, "sites:", "sites: {a: b}", 1), []string{"line 6: lyon: sites: must be a list"}},
		"an empty site":   {head + "  -\n  - {name: a, ip: 203.0.113.7}\n", []string{"line 7: lyon: site 1: ip: is required"}},
		"no such anchor":  {head + "  - *a\n", []string{`line 7: lyon: site 1: there is no anchor "a"`, "line 7: lyon: site 1: ip: is required"}},
		"merges a scalar": {head + "  - {name: a, ip: 203.0.113.7, <<: b}\n", []string{`line 7: lyon: site "a": must be a mapping of keys to values`}},
		"unknown keys, all of them": {head + "  - {name: a, ip: 203.0.113.7, ASN: 1}\n  - {ip: 203.0.113.8, tag: {}}\nprunes: true\n", []string{
			`line 7: lyon: site "a": ASN: there is no such key here`, "line 8: lyon: site 203.0.113.8: tag: there is no such key here",
			"line 9: prunes: there is no such key here",
		}},
		"bad values, all of them": {head + "  - name: a\n    ip: 203.0.113.300\n    asn: 1.10\n  - name: [b]\n    ip: 203.0.113.8/24\n    asn: -1\n    tags: {env: [a], role: {}}\n", []string{
			`line 8: lyon: site "a": ip: "203.0.113.300" is not an IP address`,
			`line 9: lyon: site "a": asn: "1.10" is not an ASN: put a dotted one in quotes`,
			"line 10: lyon: site 2: name: must be one value, not a list or a mapping",
			`line 11: lyon: site 2: ip: "203.0.113.8/24" is not an IP address`, `line 12: lyon: site 2: asn: "-1" is not an ASN`,
			"line 13: lyon: site 2: tags[env]: must be one value, not a list or a mapping",
			"line 13: lyon: site 2: tags[role]: must be one value, not a list or a mapping",
		}},
		"what the cloud does not have": {head + "  - ip: \"2001:db8::1\"\n    description: roof\n  - {name: b}\n", []string{
			"line 7: lyon: site 2001:db8::1: ip: " + reason(t, tencent.Rules(), cgw.CreateRequest{IPAddress: six}, "IPAddress"),
			"line 8: lyon: site 2001:db8::1: description: " + reason(t, tencent.Rules(), cgw.CreateRequest{Description: "x"}, "Description"),
			`line 9: lyon: site "b": ip: is required`,
		}},
		"one address twice": {alone + "  - name: b\n    ip: \"::ffff:203.0.113.7\"\n", []string{
			`line 9: lyon: site "b": ip: 203.0.113.7 is that of the site in line 7 too`,
		}},
		"the owner's tag": {head + "  - name: a\n    ip: 203.0.113.7\n    tags: {\"cgw:owner\": me}\n", []string{
			`line 9: lyon: site "a": tags[cgw:owner]: is the tag of the owner: it is set by cgw`,
		}},
		"a key that is not there": {strings.Replace(head, "tencent", "alibaba", 1) + "  - name: aa\n    ip: 203.0.113.7\n    authKeyEnv: NOPE\n", []string{
			`line 9: lyon: site "aa": authKeyEnv: the variable NOPE is not set`,
		}},
		"targets": {alone + "- {name: lyon, cloud: tencent, region: ap-guangzhou}\n- {cloud: aws}\n", []string{
			`line 8: lyon: name: is that of the target in line 3 too`,
			`line 8: lyon: region: tencent ap-guangzhou is that of the target in line 3 too: give each an account of its own, or make them one`,
			`line 9: target 3: name: is required`, `line 9: target 3: region: is required`,
			`line 9: target 3: cloud: must be "tencent" or "alibaba", not "aws"`,
		}},
		"two accounts, one set of credentials": {
			strings.Replace(second("{cloud: tencent, region: ap-beijing, account: b, credentials: {profile: x}}"), "oslo\n  {", "oslo\n  <<: {", 1) +
				"- {name: rome, cloud: tencent, region: ap-shanghai, account: a, credentials: {profile: x}}\n", []string{
				`line 10: rome: credentials: are those of oslo (line 8), which has another account: accounts "b" and "a" need their own`,
			},
		},
		"credentials": {alone + "- {name: b, cloud: alibaba, region: r, credentials: {env: A_, profile: b, key: c}}\n", []string{
			"line 8: b: credentials.key: there is no such key here", "line 8: b: credentials: name variables and a profile: choose one",
		}},
		"policies": {alone + "- {name: b, cloud: alibaba, region: r, prune: true, maxDeletes: -1, validation: x, adopt: all, replace: 1}\nmaxDeletes: 1.5\nvalidation: y\nadopt: [a, \"\"]\n", []string{
			`line 8: b: adopt: must be "unowned", or a list of owners, not "all"`, "line 8: b: replace: must be true or false",
			"line 8: b: maxDeletes: must not be negative", `line 8: b: validation: must be "documented", "current" or "minimal", not "x"`,
			"line 8: b: sites: are none, and the target is pruned: every gateway of the owner would be deleted; pruneAll allows that",
			`line 9: maxDeletes: "1.5" is not a whole number`, `line 10: validation: must be "documented", "current" or "minimal", not "y"`,
			`line 11: adopt: names an empty owner: write "unowned" for gateways without one`,
		}},
		"aliases": {head + "  - &a {name: a, ip: 203.0.113.7}\n  - *a\n", []string{
			`line 8: lyon: site "a": ip: 203.0.113.7 is that of the site in line 7 too`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("f", []byte(tt.yaml), unset, permissions{})
			var of *fileError
			require.ErrorAs(t, err, &of)
			require.Equal(t, "f: "+strings.Join(tt.want, "\nf: "), err.Error())
			require.Len(t, of.Faults, len(tt.want))
			require.NotContains(t, err.Error(), "main.")
		})
	}
}

func TestFileIsReadInFull(t *testing.T) {
	f, err := parse("f", []byte(sample(t)), nil, permissions{})
	require.NoError(t, err)
	require.Len(t, f.targets, 2)
	require.Equal(t, "netops", f.targets[0].options.Owner)
	require.Equal(t, "cgw:owner", f.targets[0].options.OwnerKey)
	require.EqualValues(t, 1<<16+10, f.targets[1].specs[0].ASN)
	require.Equal(t, "198.51.100.20", f.targets[1].specs[0].IPAddress.String())
	require.Equal(t, map[string]string{"env": "prod", "team": "network"}, f.targets[0].specs[0].Tags)
}

// The keys of a target come first, then those at the top of the file, then the defaults. Flags
// allow more.
func TestPolicies(t *testing.T) {
	const file = `owner: netops
ownerKey: team
adopt: [shop, unowned]
prune: true
maxDeletes: 3
validation: current
base: &base {env: prod, floor: 3, door: true, version: 1.10}
targets:
- {name: a, cloud: tencent, region: ap-guangzhou, account: one, endpoint: "http://h", credentials: {env: A_, role: r}, sites: [{name: s, ip: 203.0.113.7, tags: {<<: *base, env: test}}]}
- {name: b, cloud: alibaba, region: cn-shanghai, adopt: unowned, prune: false, replace: true, maxDeletes: 0, validation: minimal, sites: []}
`
	_, err := parse("f", []byte(file), unset, permissions{})
	require.EqualError(t, err, "f: line 7: base: there is no such key here")
	f, err := parse("f", []byte(strings.Replace(strings.Replace(file, "base: &base {", "#", 1), "<<: *base, ", "floor: 3, door: true, version: 1.10, ", 1)), unset, permissions{})
	require.NoError(t, err)
	a, b := f.targets[0], f.targets[1]
	require.Equal(t, []any{"team", true, []string{"shop"}, false}, []any{a.options.OwnerKey, a.options.AdoptUnowned, a.options.AdoptFrom, a.options.Replace})
	require.Equal(t, []any{true, false, 3, cgw.Current}, []any{a.prune, a.pruneAll, a.maxDeletes, a.validation})
	require.Equal(t, credentialsForm{Env: "A_", Role: "r"}, a.credentials)
	require.Equal(t, []string{"one", "http://h"}, []string{a.account, a.endpoint})
	require.Equal(t, map[string]string{"env": "test", "floor": "3", "door": "true", "version": "1.10"}, a.specs[0].Tags, "as they are written")
	require.Equal(t, []any{true, true}, []any{b.options.AdoptUnowned, b.options.Replace})
	require.Empty(t, b.options.AdoptFrom)
	require.Equal(t, []any{false, 0, cgw.Minimal}, []any{b.prune, b.maxDeletes, b.validation})

	f, err = parse("f", []byte(alone), unset, permissions{adopt: adoptForm{true, []string{"x"}}, replace: true, prune: true, pruneAll: true})
	require.NoError(t, err)
	a = f.targets[0]
	require.Equal(t, []any{true, []string{"x"}, true, true, true}, []any{a.options.AdoptUnowned, a.options.AdoptFrom, a.options.Replace, a.prune, a.pruneAll})
}

// A mapping may merge another one; its own keys win.
func TestMerges(t *testing.T) {
	f, err := parse("f", []byte(head+`  - &base
    name: a
    ip: 203.0.113.7
    tags: &tags {env: prod, team: net}
  - <<: *base
    ip: 203.0.113.8
    tags: {<<: [*tags], env: test}
`), unset, permissions{})
	require.NoError(t, err)
	b := f.targets[0].specs[1]
	require.Equal(t, []any{"a", "203.0.113.8"}, []any{b.Name, b.IPAddress.String()})
	require.Equal(t, map[string]string{"env": "test", "team": "net"}, b.Tags)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{head, alone, "a: &a [*a]", "a: &a {<<: *a}", "? a\n: b", "a: |\n b", "- !!str a", "%YAML 1.2\n---\n", "a: {b: *c"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fleet, err := parse("f", data, func(string) (string, bool) { return "k", true }, permissions{})
		if err == nil {
			require.NotEmpty(t, fleet.targets)
		}
	})
}
