package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// A plan that the program did not write for exactly this file is refused before any request.
func TestPlansThatAreRefused(t *testing.T) {
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			s := newService(t, cloud, "shop")
			t.Setenv("BGP_KEY", "s3cret")
			s.seed(t, 1, 3, map[string]string{"cgw:owner": "netops"})
			s.seed(t, 2, 1, map[string]string{"cgw:owner": "other"})
			key := ""
			if cloud == cgw.Alibaba {
				key = ", authKeyEnv: BGP_KEY"
			}
			file := "owner: netops\nprune: true\nmaxDeletes: 2\ntargets:\n" + s.yaml + "  sites:\n" +
				"  - {name: renamed, ip: 203.0.1.1}\n  - {name: new, ip: 203.0.113.9" + key + "}\n  - {name: theirs, ip: 203.0.2.1}\n"
			e := newEnv(t, file)
			plan := filepath.Join(t.TempDir(), "plan.json")
			require.Equal(t, exitFailed, e.live("-plan", plan), "one is another owner's: %s", e.out+e.errs)
			written, err := os.ReadFile(plan)
			require.NoError(t, err)
			require.NotContains(t, string(written), "s3cret")
			s.requests()

			for name, tt := range map[string]struct {
				edit func(*report)
				text func(string) string
				file func(string) string
				args []string
				says string
			}{
				"cut short":                {text: func(s string) string { return s[:len(s)/2] }, says: "is not a plan of this program: it is cut short"},
				"nothing":                  {text: func(string) string { return "" }, says: "it is cut short"},
				"more":                     {text: func(s string) string { return s + "{}" }, says: "there is more after the plan"},
				"something else":           {text: func(string) string { return `{"plans":[]}` }, says: `unknown field "plans"`},
				"another version":          {edit: func(r *report) { r.Version = 2 }, says: "its version is 2, not 1"},
				"a target less":            {edit: func(r *report) { r.Targets = nil }, says: "shop: is not in the plan"},
				"a target more":            {edit: func(r *report) { r.Targets = append(r.Targets, &targetReport{Name: "x", Plan: &ensure.Plan{}}) }, says: `targets: "x" is not in the file of sites`},
				"a target twice":           {edit: func(r *report) { r.Targets = append(r.Targets, r.Targets[0]) }, says: `targets: "shop" is there twice`},
				"no plan":                  {edit: func(r *report) { r.Targets[0].Plan = nil }, says: "targets: a target has no plan"},
				"null":                     {edit: func(r *report) { r.Targets[0] = nil }, says: "targets: a target has no plan"},
				"another cloud":            {edit: func(r *report) { r.Targets[0].Cloud = "aws" }, says: `shop: cloud: the plan is for "aws"; it is "` + string(cloud)},
				"a plan for another cloud": {edit: func(r *report) { r.Targets[0].Plan.Location.Provider = "aws" }, says: `shop: cloud: the plan is for "aws"`},
				"another region":           {edit: func(r *report) { r.Targets[0].Plan.Location.Region = "x" }, says: `shop: region: the plan is for "x"`},
				"another account":          {edit: func(r *report) { r.Targets[0].Plan.Account = "x" }, says: `shop: account: the plan is for "x"; it is ""`},
				"another owner":            {edit: func(r *report) { r.Targets[0].Plan.Owner = "other" }, says: `shop: owner: the plan is for "other"; it is "netops", by the file: make a new plan`},
				"another owner in the file": {
					file: func(s string) string { return strings.Replace(s, "netops", "other", 1) },
					says: `shop: owner: the plan is for "netops"; it is "other"`,
				},
				"adoption":             {edit: func(r *report) { r.Targets[0].Plan.AdoptUnowned = true }, says: "shop: adopt: the plan allows it; neither the file nor a flag does"},
				"an owner not listed":  {edit: func(r *report) { r.Targets[0].Plan.AdoptFrom = []string{"other"} }, says: `shop: adopt: the plan adopts from "other"; neither the file nor a flag lists that owner`},
				"replacement":          {edit: func(r *report) { r.Targets[0].Plan.Replace = true }, says: "shop: replace: the plan allows it"},
				"exact tags":           {edit: func(r *report) { r.Targets[0].Plan.ExactTags = true }, says: "shop: exactTags: the plan allows it"},
				"no limit":             {edit: func(r *report) { r.Targets[0].Plan.MaxDeletes = 0 }, says: "shop: maxDeletes: is 0 in the plan, and 2 in the file"},
				"pruning not in file":  {file: func(s string) string { return strings.Replace(s, "prune: true\n", "", 1) }, says: "shop: prune: the plan allows it"},
				"a step less":          {edit: func(r *report) { r.Targets[0].Plan.Steps = r.Targets[0].Plan.Steps[1:] }, says: "shop: sites: are 2 in the plan, and 3 in the file"},
				"another name":         {edit: func(r *report) { r.Targets[0].Plan.Steps[0].Spec.Name = "x" }, says: `shop: site "renamed": name: is "x" in the plan, and "renamed" in the file`},
				"another tag":          {edit: func(r *report) { r.Targets[0].Plan.Steps[1].Spec.Tags = map[string]string{"a": "b"} }, says: `shop: site "new": tags: is "\"a\": \"b\"" in the plan`},
				"another site in file": {file: func(s string) string { return strings.Replace(s, "203.0.113.9", "203.0.113.10", 1) }, says: `site "new": ip: is "203.0.113.9" in the plan, and "203.0.113.10" in the file`},
				"a token":              {edit: func(r *report) { r.Targets[0].Plan.Steps[1].Spec.ClientToken = "t" }, says: `clientToken: is "t" in the plan`},
				"a key that is lost": {
					edit: func(r *report) {
						r.Targets[0].Plan.Steps[1].Spec.AuthKey = toggled(r.Targets[0].Plan.Steps[1].Spec.AuthKey)
					},
					says: `shop: site "new": authKeyEnv: is `,
				},
				"adopts what is another's": {
					edit: func(r *report) { r.Targets[0].Plan.Steps[2].Kind = ensure.StepAdopt }, // ensure itself refuses this
					says: `site 2 203.0.2.1 "theirs": Kind "adopt": is not allowed`,
				},
				"shows other changes": {edit: func(r *report) { r.Targets[0].Plan.Steps[0].Changes = nil }, says: `site 0 203.0.1.1 "renamed": Changes: are not what the step would change`},
				"deletes another":     {edit: func(r *report) { r.Targets[0].Plan.Steps[3].Gateway.Tags = nil }, says: `Gateway.Tags "cgw:owner": must be the owner's`},
			} {
				t.Run(name, func(t *testing.T) {
					var r report
					require.NoError(t, json.Unmarshal(written, &r))
					text := string(written)
					if tt.edit != nil {
						tt.edit(&r)
						edited, err := json.Marshal(r)
						require.NoError(t, err)
						text = string(edited)
					}
					if tt.text != nil {
						text = tt.text(text)
					}
					require.NoError(t, os.WriteFile(plan, []byte(text), 0o600))
					e.write(file)
					if tt.file != nil {
						e.write(tt.file(file))
					}
					require.Equal(t, exitInput, e.live("-yes", "-apply", plan), e.out+e.errs)
					require.Contains(t, e.errs, tt.says)
					require.NotContains(t, e.errs, "s3cret")
					all, _ := s.requests()
					require.Zero(t, all, "nothing is sent")
				})
			}

			require.NoError(t, os.WriteFile(plan, written, 0o600))
			e.write(file)
			require.Equal(t, exitFailed, e.live("-yes", "-apply", plan), e.out+e.errs)
			require.Contains(t, e.out, "4 changed, 0 unchanged, 1 failed\n")
			require.Len(t, s.ListGateways(), 3)
		})
	}
}

// toggled returns "" for a key, and a key for "".
func toggled(key cgw.Secret) cgw.Secret {
	if key == "" {
		return "[redacted]"
	}
	return ""
}

// A plan does not hold AuthKeys. They are read from the environment when the plan is applied.
func TestPlanWithSecrets(t *testing.T) {
	t.Setenv("LAB_KEY", "s3cret")
	e := newEnv(t, strings.ReplaceAll(one, "asn: 65010", "authKeyEnv: LAB_KEY"))
	plan := filepath.Join(t.TempDir(), "plan.json")
	require.Equal(t, exitChanges, e.run("-plan", plan, "-json"))
	written, err := os.ReadFile(plan)
	require.NoError(t, err)
	require.Equal(t, string(written), e.out, "-json and -plan write the same")
	require.Equal(t, exitDone, e.run("-apply", plan, "-json", "-yes"))
	require.Equal(t, "s3cret", e.states().Alibaba["cn-shanghai"].Gateways()[0].AuthKey.Reveal())

	t.Setenv("LAB_KEY", "")
	require.Equal(t, exitInput, e.run("-apply", plan, "-yes"))
	require.Contains(t, e.errs, `site "lab": authKeyEnv: the variable LAB_KEY is not set`)
}

// If a target cannot be read, the plan is not written.
func TestPlanOfPartOfTheTargets(t *testing.T) {
	e := newEnv(t, "owner: netops\nmaxDeletes: 1\ntargets:\n- {name: a, cloud: tencent, region: ap-guangzhou, prune: true, sites: [{name: b, ip: 203.0.113.7}]}\n")
	require.Equal(t, exitDone, e.run("-yes"))
	e.write(strings.Replace(one, "\nowner", "\nmaxDeletes: 1\nowner", 1))
	require.Equal(t, exitDone, e.run("-yes"))
	plan := filepath.Join(t.TempDir(), "plan.json")
	e.write("owner: netops\nmaxDeletes: 1\nprune: true\npruneAll: true\nreplace: true\ntargets:\n- {name: a, cloud: alibaba, region: cn-shanghai, sites: [{ip: 198.51.100.21, asn: 7}]}\n")
	require.Equal(t, exitChanges, e.run("-plan", plan), e.out)
	require.FileExists(t, plan)
	require.NoError(t, os.Remove(plan))
	s := e.states()
	g := s.Alibaba["cn-shanghai"].Gateways()[0]
	g.ID, g.IPAddress = "", "198.51.100.22"
	s.Alibaba["cn-shanghai"].Seed(g)
	require.NoError(t, writeStates(e.state, s))
	require.Equal(t, exitFailed, e.run("-plan", plan))
	require.Contains(t, e.out, "2 gateways would be deleted, more than MaxDeletes 1: ")
	require.Contains(t, e.errs, "was not written: a could not be read")
	require.NoFileExists(t, plan)
}
