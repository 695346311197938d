package main

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

func at(last byte) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, last}) }

// An export has a comment for each gateway that it leaves out.
func TestExportOfOwners(t *testing.T) {
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			s := newService(t, cloud, "shop")
			old := time.Now().Add(-time.Hour).Truncate(time.Second)
			for i, owner := range []string{"netops", "", "other", "third", "none"} {
				tags := map[string]string{"cgw:owner": owner, "env": "prod"}
				if owner == "none" {
					tags = nil
				}
				_, err := s.SeedGateways(cgw.Gateway{Name: "site-" + owner, IPAddress: at(byte(9 - i)), Tags: tags, CreatedAt: old})
				require.NoError(t, err)
			}
			e := newEnv(t, "owner: netops\nadopt: [other]\ntargets:\n"+s.yaml)
			require.Equal(t, exitDone, e.live("-export"), e.errs)
			require.Contains(t, e.out, "# shop: 203.0.113.6 (")
			require.Contains(t, e.out, `: is left out: its owner is "third", who is not listed under adopt`)
			f, err := parse("f", []byte(e.out), unset, permissions{})
			require.NoError(t, err)
			require.True(t, f.targets[0].options.AdoptUnowned)
			require.Equal(t, []string{"other"}, f.targets[0].options.AdoptFrom)
			var names []string
			for _, spec := range f.targets[0].specs {
				names = append(names, spec.Name)
				require.NotContains(t, spec.Tags, "cgw:owner")
			}
			require.Equal(t, []string{"site-none", "site-other", "site-", "site-netops"}, names)

			e.write(e.out)
			require.Equal(t, exitChanges, e.live("-dry-run"))
			require.Contains(t, e.out, "3 to adopt, 1 unchanged\n")
			require.Equal(t, 3, strings.Count(e.out, "    "))
		})
	}
}

// Of several gateways at one address, the export has the one that a plan takes.
func TestExportOfOneAddress(t *testing.T) {
	f, err := parse("f", []byte(alone), unset, permissions{})
	require.NoError(t, err)
	now := time.Now()
	mine, theirs := map[string]string{"cgw:owner": "netops"}, map[string]string{"cgw:owner": "x"}
	e := exporter{target: f.targets[0]}
	sites := e.sites([]cgw.Gateway{
		{ID: "3", IPAddress: at(1), Name: "young", CreatedAt: now}, {ID: "2", IPAddress: at(1), Name: "mine", Tags: mine, CreatedAt: now},
		{ID: "1", IPAddress: at(1), Name: "theirs", Tags: theirs}, {ID: "4", IPAddress: at(2), Name: "theirs", Tags: theirs},
		{ID: "6", IPAddress: at(3), Name: "b", CreatedAt: now}, {ID: "5", IPAddress: at(3), Name: "a", CreatedAt: now},
	})
	require.Equal(t, []siteForm{{Name: "mine", IP: addressForm{at(1)}, Tags: map[string]string{}}, {Name: "a", IP: addressForm{at(3)}}}, sites)
	require.Len(t, e.notes, 4)
	require.Contains(t, e.notes[3], "# lyon: 203.0.113.3 (6): is left out: another gateway has this address too")
}

// The clouds set reserved tags, which a request must not have.
func TestExportLeavesOutReservedTags(t *testing.T) {
	for cloud, tag := range map[cgw.Provider]string{cgw.Tencent: "qcloud:made-by", cgw.Alibaba: "acs:rm:rgId"} {
		rules, _ := cloudRules(cloud, cgw.Documented)
		e := exporter{rules: rules, target: target{options: ensure.Options{OwnerKey: "cgw:owner"}}}
		site := e.site(cgw.Gateway{IPAddress: at(1), Tags: map[string]string{tag: "x", "cgw:owner": "a", "env": "prod"}})
		require.Equal(t, map[string]string{"env": "prod"}, site.Tags)
	}
}

func TestExportOfRegions(t *testing.T) {
	e := newEnv(t, sample(t))
	require.Equal(t, exitDone, e.run("-yes"))
	regions := []string{"-export", "-owner", "netops", "-state", e.state, "-region", "tencent/ap-guangzhou", "-region", "alibaba/cn-shanghai"}
	require.Equal(t, exitDone, e.exec(regions...))
	e.write(e.out)
	require.Equal(t, exitDone, e.run("-dry-run"))
	require.Contains(t, e.out, "tencent-ap-guangzhou (tencent, ap-guangzhou)\n2 unchanged\n")
	require.Equal(t, exitInput, e.exec(append(regions, "-region", "tencent/ap-guangzhou")...))
	require.Contains(t, e.errs, "is that of the target in line")
}

// An export keeps everything of the file except the sites.
func TestExportKeepsTheFile(t *testing.T) {
	const file = `owner: netops
ownerKey: team
adopt: [shop, unowned]
replace: false
maxDeletes: 0
targets:
  - name: a
    cloud: tencent
    region: ap-guangzhou
    account: one
    endpoint: "http://h"
    credentials:
      profile: p
      role: r
    prune: true
    pruneAll: true
    validation: minimal
    sites: []
`
	f, err := parse("f", []byte(file), unset, permissions{})
	require.NoError(t, err)
	require.Equal(t, file, string(f.form.yaml()))
}

// Every text that a cloud may hold is the same after an export and a reading of the file. Both APIs
// use JSON, so invalid UTF-8 and NUL are first removed from the input.
func FuzzExport(f *testing.F) {
	for _, s := range []string{"office", "1.10", "null", " a", "a\nb\n", "\n a", "a: b # c", "- x", "*a", "&a", "{}", "\t\"'\\", "yes", "~", "", "0x1F", "2024-01-01", "\u2028é\U0001F600", "|", "a\r\nb", "\ufeff", "<<", "\u0085"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, key string) {
		text, key = held(text), held(key)
		site := siteForm{Name: text, IP: addressForm{at(1)}, ASN: 1, Description: text, Tags: map[string]string{key: text}, ResourceGroup: text}
		form := fileForm{Owner: "o", Targets: []targetForm{{Name: "t", Cloud: "alibaba", Region: "r", Sites: []siteForm{site}}}}
		data := form.yaml()
		read, d := readYAML(data)
		require.Empty(t, d.all, "%s", data)
		require.Equal(t, form, read, "%s", data)
	})
}

// held replaces what a cloud cannot hold in a text.
func held(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
}
