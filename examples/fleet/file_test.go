package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The lines are counted from 1; the head is lines 1 to 6.
const head = `owner: netops
targets:
- name: lyon
  cloud: tencent
  region: ap-guangzhou
  sites:
`

func TestStrictFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		yaml string
		want []string
	}{
		"empty":     {"", []string{"f: the file is empty"}},
		"not YAML":  {"owner: [", []string{"f: line 1: did not find expected node content"}},
		"two":       {head + "---\nowner: x\n", []string{"f: holds more than one document"}},
		"a list":    {"- a", []string{"f: line 1: cannot unmarshal !!seq into main.fileForm"}},
		"nothing":   {"{}", []string{"f: line 1: owner is required", "f: line 1: targets are required"}},
		"same keys": {"owner: a\nowner: b\n", []string{`f: line 2: mapping key "owner" already defined at line 1`}},
		"unknown keys, all of them": {head + "  - {name: a, ip: 203.0.113.7, ASN: 1}\n  - {name: b, ip: 203.0.113.8, tag: {}}\nprune: true\n", []string{
			"f: line 7: field ASN not found in type main.siteForm", "f: line 8: field tag not found in type main.siteForm",
			"f: line 9: field prune not found in type main.fileForm",
		}},
		"bad values, all of them": {head + "  - name: a\n    ip: 203.0.113.300\n    asn: 1.10\n  - name: [b]\n    ip: 203.0.113.8/24\n    asn: -1\n", []string{
			`f: line 8: "203.0.113.300" is not an IP address`, `f: line 9: "1.10" is not an ASN: quote a dotted one`,
			"f: line 10: cannot unmarshal !!seq into string",
			`f: line 11: "203.0.113.8/24" is not an IP address`, `f: line 12: "-1" is not an ASN`,
		}},
		"what the cloud cannot hold": {head + "  - ip: 10.0.0.1\n    description: roof\n  - {name: b}\n", []string{
			`f: line 7: lyon: site "": IPAddress "10.0.0.1": is a private address (Tencent Cloud API, CreateCustomerGateway (2024-11-25))`,
			`f: line 7: lyon: site "": Name: is required on tencent (Tencent Cloud API, CreateCustomerGateway (2024-11-25))`,
			`f: line 8: lyon: site "": Description "roof": Tencent has no such field: leave it empty (Tencent Cloud API, CreateCustomerGateway (2024-11-25))`,
			`f: line 9: lyon: site "b": IPAddress: is required`,
		}},
		"one address twice": {head + "  - {name: a, ip: 203.0.113.7}\n  - name: b\n    ip: \"::ffff:203.0.113.7\"\n", []string{
			`f: line 9: lyon: site "b": 203.0.113.7 is the address of the site in line 7 too`,
		}},
		"the owner's tag": {head + "  - name: a\n    ip: 203.0.113.7\n    tags: {\"cgw:owner\": me}\n", []string{
			`f: line 9: lyon: site "a": the tag "cgw:owner" is the owner's: it is set by cgw`,
		}},
		"a key that is not there": {strings.Replace(head, "tencent", "alibaba", 1) + "  - name: aa\n    ip: 203.0.113.7\n    authKeyEnv: NOPE\n", []string{
			`f: line 9: lyon: site "aa": the variable NOPE is not set`,
		}},
		"targets": {head + "  - {name: a, ip: 203.0.113.7}\n- {name: lyon, cloud: tencent, region: ap-guangzhou}\n- {cloud: aws}\n", []string{
			`f: line 8: target "lyon": has the name of the one in line 3`,
			`f: line 8: target "lyon": tencent ap-guangzhou is that of the target in line 3 too`,
			`f: line 9: target 3: name is required`,
			`f: line 9: target "": cloud must be "tencent" or "alibaba", not "aws"`,
			`f: line 9: target "": region is required`,
		}},
		"aliases": {head + "  - &a {name: a, ip: 203.0.113.7}\n  - *a\n", []string{
			`f: line 7: lyon: site "a": 203.0.113.7 is the address of the site in line 7 too`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("f", []byte(tt.yaml), func(string) (string, bool) { return "", false })
			require.Error(t, err)
			require.Equal(t, tt.want, strings.Split(err.Error(), "\n"))
		})
	}
}

func TestFileIsReadInFull(t *testing.T) {
	f, err := parse("f", []byte(sample(t)), nil)
	require.NoError(t, err)
	require.Equal(t, "netops", f.owner)
	require.Equal(t, "cgw:owner", f.ownerKey)
	require.Len(t, f.targets, 2)
	require.EqualValues(t, 1<<16+10, f.targets[1].specs[0].ASN)
	require.Equal(t, "198.51.100.20", f.targets[1].specs[0].IPAddress.String())
	require.Equal(t, map[string]string{"env": "prod", "team": "network"}, f.targets[0].specs[0].Tags)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fleet, err := parse("f", data, func(string) (string, bool) { return "k", true })
		if err == nil {
			require.NotEmpty(t, fleet.targets)
		}
	})
}
