package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// This test brings thirty gateways that were made by hand under management, as a user would do
// it: export, review the plan, apply it, then change the file. It counts requests and writes.
func TestMigrationOfThirtyGateways(t *testing.T) {
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			s := newService(t, cloud, "branches")
			s.seed(t, 113, 30, map[string]string{"env": "prod", "team": ""})
			before := s.ListGateways()
			e := newEnv(t, "owner: netops\nadopt: unowned\ntargets:\n"+s.yaml)
			plan := filepath.Join(t.TempDir(), "plan.json")
			step := func(name string, code int, args ...string) (requests, writes int) {
				t.Helper()
				require.Equal(t, code, e.live(args...), e.out+e.errs)
				requests, writes = s.requests()
				t.Logf("%-8s %-28s %3d requests, %2d of them writes", cloud, name, requests, writes)
				return requests, writes
			}

			reads, writes := step("export", exitDone, "-export")
			require.Zero(t, writes)
			e.write(e.out)
			exported := e.out
			require.Equal(t, 30, strings.Count(exported, " ip: 203.0.113."))

			again, writes := step("plan", exitChanges, "-plan", plan)
			require.Zero(t, writes)
			require.Equal(t, reads, again, "a plan reads a region once")
			require.Contains(t, e.out, "30 to adopt\n")
			for _, change := range regexp.MustCompile(`(?m)^    .*$`).FindAllString(e.out, -1) {
				require.Equal(t, "    Tags[cgw:owner]: (none) → netops", change)
			}

			_, writes = step("apply", exitDone, "-apply", plan, "-yes")
			require.Equal(t, 30, writes)
			require.Contains(t, e.out, "30 changed, 0 unchanged\n")
			for i, g := range s.ListGateways() {
				require.Equal(t, "netops", g.Tags["cgw:owner"])
				delete(g.Tags, "cgw:owner")
				require.True(t, before[i].Equal(g), "nothing but the owner tag")
			}
			requests, writes := step("apply the same plan again", exitDone, "-apply", plan, "-yes")
			require.Zero(t, writes)
			require.LessOrEqual(t, requests, 70)
			require.Contains(t, e.out, "0 changed, 30 unchanged\n")
			_, writes = step("plan", exitDone, "-plan", plan)
			require.Zero(t, writes)
			require.Contains(t, e.out, "\n30 unchanged\n")

			change(t, e, cloud)
			args, changed, more := []string{"-prune"}, 6, 0
			if cloud == cgw.Alibaba { // the ASN of a gateway cannot be changed there
				_, writes = step("plan without -replace", exitFailed, "-plan", plan, "-prune")
				require.Zero(t, writes)
				require.Contains(t, e.out, "ASN: 65003 → 64999 (needs -replace)")
				args, more = append(args, "-replace"), 2 // a probe before the delete and the create
			}
			_, writes = step("plan", exitChanges, append(args, "-plan", plan)...)
			require.Zero(t, writes)
			require.Contains(t, e.out, "2 to delete, 24 unchanged\n")
			_, writes = step("apply", exitDone, append(args, "-apply", plan, "-yes")...)
			require.Equal(t, changed+more, writes)
			require.Contains(t, e.out, "6 changed, 24 unchanged\n")
			require.Len(t, s.ListGateways(), 28)

			_, writes = step("plan", exitDone, append(args, "-dry-run")...)
			require.Zero(t, writes)
			require.Contains(t, e.out, "\n28 unchanged\n")

			_, writes = step("export of what is managed", exitDone, "-export")
			require.Zero(t, writes)
			e.write(e.out)
			_, writes = step("plan of that", exitDone, "-dry-run")
			require.Zero(t, writes)
			require.Contains(t, e.out, "\n28 unchanged\n")
		})
	}
}

// change renames three sites of the file, gives one another ASN, and removes two.
func change(t *testing.T, e *env, cloud cgw.Provider) {
	t.Helper()
	data, err := os.ReadFile(e.file)
	require.NoError(t, err)
	head, sites, ok := strings.Cut(string(data), "    sites:\n")
	require.True(t, ok)
	all := strings.Split(sites, "      - name:")[1:]
	require.Len(t, all, 30)
	for i := range 3 {
		all[i] = strings.Replace(all[i], fmt.Sprintf("branches-%02d", i+1), fmt.Sprintf("office-%02d", i+1), 1)
	}
	require.Contains(t, all[3], "asn: 65003")
	all[3] = strings.Replace(all[3], "asn: 65003", "asn: 64999", 1)
	e.write(head + "    sites:\n      - name:" + strings.Join(all[:28], "      - name:"))
}
