package ensure_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

func at(n int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, byte(n)}) }

// everything returns a cloud and specifications whose plan has every kind of step.
func everything(opts ensure.Options) (*cgwtest.Fake, []cgw.CreateRequest, planOptions) {
	f := withTokens()
	own := map[string]string{"cgw:owner": owner}
	f.Seed(
		cgw.Gateway{ID: "cgw-1", IPAddress: at(1), Name: "same", Tags: own},
		cgw.Gateway{ID: "cgw-2", IPAddress: at(2), Name: "old", Tags: map[string]string{"cgw:owner": owner, "env": "test", "left": ""}},
		cgw.Gateway{ID: "cgw-3", IPAddress: at(3), Name: "moved", ASN: 1, Tags: own},
		cgw.Gateway{ID: "cgw-4", IPAddress: at(4), Name: "theirs", Tags: map[string]string{"cgw:owner": "other"}},
		cgw.Gateway{ID: "cgw-5", IPAddress: at(5), Name: "unwanted", Tags: own},
		cgw.Gateway{ID: "cgw-6", IPAddress: at(6), Name: "unwanted but theirs"},
		cgw.Gateway{ID: "cgw-7", IPAddress: at(7), Name: "full", Tags: map[string]string{"cgw:owner": owner, "a": "", "b": "", "c": ""}},
	)
	opts.Owner = owner
	return f, []cgw.CreateRequest{
		{IPAddress: at(4), Name: "theirs"},
		{IPAddress: at(9), Name: "new", Description: "the roof", ASN: 64512, Tags: map[string]string{"env": "prod"}, AuthKey: "s3cret"},
		{IPAddress: at(1), Name: "same"},
		{IPAddress: at(2), Name: "new name", Tags: map[string]string{"env": "prod", "tier": ""}},
		{IPAddress: at(3), Name: "moved", ASN: 2, ResourceGroupID: "rg-1"},
		{IPAddress: at(7), Tags: map[string]string{"d": ""}},
	}, planOptions{Options: opts, Prune: true}
}

// golden compares with a file of testdata, and writes it when UPDATE_GOLDEN is set.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestPlanGolden(t *testing.T) {
	for name, opts := range map[string]ensure.Options{
		"careful": {},
		"free":    {AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true, ExactTags: true},
	} {
		t.Run(name, func(t *testing.T) {
			f, specs, popts := everything(opts)
			plan, err := newPlan(t.Context(), f, specs, popts)
			require.NoError(t, err)
			require.Equal(t, []string{cgw.OpList}, ops(f), "one List, no write")
			golden(t, "testdata/plan_"+name+".txt", plan.String())
			data, err := json.MarshalIndent(plan, "", "  ")
			require.NoError(t, err)
			require.NotContains(t, string(data)+plan.String()+fmt.Sprintf("%v %+v %#v", plan, *plan, *plan), "s3cret")
			golden(t, "testdata/plan_"+name+".json", string(data)+"\n")

			var back ensure.Plan
			require.NoError(t, json.Unmarshal(data, &back))
			again, err := json.MarshalIndent(&back, "", "  ")
			require.NoError(t, err)
			require.Equal(t, string(data), string(again))
		})
	}
}

func TestPlanLists(t *testing.T) {
	for name, tt := range map[string]struct {
		specs  []cgw.CreateRequest
		prune  bool
		filter []cgw.Filter
	}{
		"one":                     {[]cgw.CreateRequest{siteSpec()}, false, []cgw.Filter{{}}},
		"one, and what is unwant": {[]cgw.CreateRequest{siteSpec()}, true, []cgw.Filter{{}}},
		"two":                     {[]cgw.CreateRequest{siteSpec(), {IPAddress: at(200), Name: "b"}}, false, []cgw.Filter{{}}},
		"none":                    {nil, false, []cgw.Filter{{}}},
		"only what is unwanted":   {nil, true, []cgw.Filter{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			f, g := withoutTokens(), seeded(owner)
			f.Seed(g)
			g.ID, g.IPAddress = "cgw-2", at(100)
			f.Seed(g)
			plan, err := newPlan(t.Context(), f, tt.specs, planOptions{Options: ensure.Options{Owner: owner}, Prune: tt.prune})
			require.NoError(t, err)
			surplus := 0
			if tt.prune {
				surplus = 2 - min(len(tt.specs), 1)
			}
			require.Equal(t, surplus, plan.Count(ensure.StepDelete))
			require.Len(t, plan.Steps, len(tt.specs)+surplus)
			if !tt.prune {
				require.Len(t, plan.Unspecified, 2-min(len(tt.specs), 1), "counted also when nothing is pruned")
			}
			require.Equal(t, len(tt.specs) < 2 && !tt.prune, plan.Empty())
			var filters []cgw.Filter
			for _, c := range f.Calls() {
				filters = append(filters, c.Filter)
			}
			require.Equal(t, tt.filter, filters)
		})
	}
}

func TestPlanRefusesBadInput(t *testing.T) {
	f := withoutTokens()
	specs := []cgw.CreateRequest{
		{IPAddress: at(1), Name: "paris"},
		{IPAddress: at(2), Description: "d"},
		{Name: "nowhere"},
		{IPAddress: netip.MustParseAddr("::ffff:203.0.113.1"), Name: "lyon"},
	}
	_, err := newPlan(t.Context(), f, specs, planOptions{Options: ensure.Options{Owner: owner}})
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.ErrorIs(t, err, cgw.ErrUnsupported)
	line.Require(t, err)
	var sites *ensure.SitesError
	require.ErrorAs(t, err, &sites)
	var texts []string
	for _, s := range sites.Sites {
		texts = append(texts, s.Error())
	}
	require.Equal(t, []string{
		`site 1 203.0.113.2: Name: is required on tencent; Description "d": Tencent has no such field: leave it empty`,
		`site 2 "nowhere": IPAddress: is required`,
		`site 3 ::ffff:203.0.113.1 "lyon": IPAddress "203.0.113.1": is that of site 0 "paris" too`,
	}, texts)
	require.Empty(t, f.Calls())

	_, err = newPlan(t.Context(), f, nil, planOptions{})
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.Contains(t, err.Error(), "Owner")
}

func TestApply(t *testing.T) {
	f, specs, opts := everything(ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true})
	plan, err := newPlan(t.Context(), f, specs, opts)
	require.NoError(t, err)
	var seen []ensure.Progress
	results, err := plan.Apply(t.Context(), f, ensure.ApplyOptions{Progress: func(p ensure.Progress) { seen = append(seen, p) }})
	var failed *ensure.SitesError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Sites, 1, "the gateway that has too many tags")
	require.Equal(t, 5, failed.Sites[0].Index)
	require.ErrorIs(t, err, cgw.ErrInvalidTag)
	actions := []ensure.Action{}
	for i, r := range results {
		require.Equal(t, i, r.Index)
		actions = append(actions, r.Action)
	}
	require.Equal(t, []ensure.Action{ensure.Adopted, ensure.Created, ensure.Unchanged, ensure.Updated, ensure.Replaced, "", ensure.Deleted}, actions)
	require.Len(t, seen, 7)
	require.Equal(t, 7, seen[6].Done)
	require.Equal(t, 7, seen[6].Total)
	require.Equal(t, 1, seen[6].Failed)
	require.Equal(t, ensure.StepDelete, seen[6].Last.Step.Kind, "deletions come last")

	n := writes(f)
	_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Sites, 1, "what was done is done")
	require.Equal(t, n+1, writes(f), "a create in place of the gateway that was replaced is refused by the cloud")

	again, err := newPlan(t.Context(), f, specs, opts)
	require.NoError(t, err)
	require.Equal(t, "1 unsupported, 5 unchanged", again.Summary())
}

// Between plan and Apply the cloud moves.
func TestApplyRefusesWhatMoved(t *testing.T) {
	update := func(t *testing.T, f *cgwtest.Fake, id, name string) {
		_, err := f.Update(t.Context(), id, cgw.UpdateRequest{Name: &name})
		require.NoError(t, err)
	}
	gone := func(t *testing.T, f *cgwtest.Fake, id string) { require.NoError(t, f.Delete(t.Context(), id)) }
	take := func(t *testing.T, f *cgwtest.Fake, name string) {
		_, err := f.Create(t.Context(), cgw.CreateRequest{IPAddress: at(9), Name: name})
		require.NoError(t, err)
	}
	for name, tt := range map[string]struct {
		step  int // of everything()
		move  func(*testing.T, *cgwtest.Fake)
		stale bool // else Unchanged
	}{
		"adopt: gone":                 {0, func(t *testing.T, f *cgwtest.Fake) { gone(t, f, "cgw-4") }, true},
		"adopt: renamed":              {0, func(t *testing.T, f *cgwtest.Fake) { update(t, f, "cgw-4", "x") }, true},
		"create: the address is held": {1, func(t *testing.T, f *cgwtest.Fake) { take(t, f, "thief") }, true},
		"update: gone":                {3, func(t *testing.T, f *cgwtest.Fake) { gone(t, f, "cgw-2") }, true},
		"update: renamed":             {3, func(t *testing.T, f *cgwtest.Fake) { update(t, f, "cgw-2", "x") }, true},
		"update: done by another": {3, func(t *testing.T, f *cgwtest.Fake) {
			name, tags := "new name", map[string]string{"cgw:owner": owner, "env": "prod", "tier": ""}
			_, err := f.Update(t.Context(), "cgw-2", cgw.UpdateRequest{Name: &name, Tags: tags})
			require.NoError(t, err)
		}, false},
		"replace: renamed": {4, func(t *testing.T, f *cgwtest.Fake) { update(t, f, "cgw-3", "x") }, true},
		"delete: renamed":  {6, func(t *testing.T, f *cgwtest.Fake) { update(t, f, "cgw-5", "x") }, true},
		"delete: gone":     {6, func(t *testing.T, f *cgwtest.Fake) { gone(t, f, "cgw-5") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, specs, opts := everything(ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true, Patience: 1})
			plan, err := newPlan(t.Context(), f, specs, opts)
			require.NoError(t, err)
			plan.Steps = plan.Steps[tt.step : tt.step+1]
			tt.move(t, f)
			n := writes(f)
			before := gateways(t, f)
			results, err := plan.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.Equal(t, n, writes(f))
			require.Equal(t, withoutRequest(before, ""), withoutRequest(gateways(t, f), ""))
			if !tt.stale {
				require.NoError(t, err)
				require.Equal(t, ensure.Unchanged, results[0].Action)
				return
			}
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.False(t, cgw.IsRetryable(err))
			line.Require(t, err)
			var stale *ensure.StaleError
			require.ErrorAs(t, err, &stale)
			require.Contains(t, err.Error(), "out of date")
			require.ErrorAs(t, results[0].Err, &stale)
		})
	}
}

// A gateway goes away between Apply's own look and its update: to create it was not the plan.
func TestApplyDoesNotCreateWhatItShouldUpdate(t *testing.T) {
	f, g := withoutTokens(), seeded(owner)
	g.Name = "old"
	f.Seed(g)
	plan, err := newPlan(t.Context(), f, []cgw.CreateRequest{siteSpec()}, planOptions{Options: ensuring})
	require.NoError(t, err)
	f.Faults = []cgwtest.Fault{{Op: cgw.OpUpdate, Err: cgw.ErrNotFound}}
	_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.ErrorIs(t, err, cgw.ErrNotFound)
	require.Equal(t, 1, writes(f))
}

func TestApplyReturnsInThePlansOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := withoutTokens()
		plan, err := newPlan(t.Context(), f, sites(3), planOptions{Options: ensuring})
		require.NoError(t, err)
		for n := range 3 {
			f.Faults = append(f.Faults, cgwtest.Fault{Op: cgw.OpCreate, Call: n + 1, Delay: time.Duration(3-n) * time.Second, Err: cgw.ErrThrottled})
		}
		results, err := plan.Apply(t.Context(), f, ensure.ApplyOptions{})
		var failed *ensure.SitesError
		require.ErrorAs(t, err, &failed)
		for n := range 3 {
			require.Equal(t, n, failed.Sites[n].Index)
			require.Equal(t, sites(3)[n].IPAddress, failed.Sites[n].IPAddress)
			require.Equal(t, n, results[n].Index)
		}
	})
}

// A gateway appears at the address between Apply's own look and its create.
func TestApplyRefusesWhatAppears(t *testing.T) {
	f := withoutTokens()
	plan, err := newPlan(t.Context(), f, []cgw.CreateRequest{siteSpec()}, planOptions{Options: ensure.Options{Owner: owner, AdoptUnowned: true, AdoptFrom: []string{"other"}}})
	require.NoError(t, err)
	f.Seed(seeded("other"))
	_, err = plan.Apply(t.Context(), blind{f}, ensure.ApplyOptions{})
	var stale *ensure.StaleError
	require.ErrorAs(t, err, &stale)
	require.Equal(t, "other", gateways(t, f)[0].Tags["cgw:owner"])
}

func TestApplyRefusesBadPlans(t *testing.T) {
	for name, tt := range map[string]struct {
		bend func(*ensure.Plan)
		says string
	}{
		"no owner":       {func(c *ensure.Plan) { c.Options.Owner = "" }, "Owner: is required"},
		"another cloud":  {func(c *ensure.Plan) { c.Location.Provider = cgw.Tencent }, `Location.Provider "tencent": is not that of the Provisioner, "alibaba"`},
		"unknown kind":   {func(c *ensure.Plan) { c.Steps[2].Kind = "?" }, `site 2 203.0.113.1 "same": Kind "?": is not known`},
		"no ID":          {func(c *ensure.Plan) { c.Steps[3].Gateway.ID = "" }, `site 3 203.0.113.2 "new name": Gateway.ID: is required`},
		"foreign delete": {func(c *ensure.Plan) { c.Steps[6].Gateway.Tags = nil }, `Gateway.Tags "cgw:owner": must be the owner's for a gateway to be deleted`},
		"one address":    {func(c *ensure.Plan) { c.Steps[3].Spec.IPAddress = at(9) }, `is that of site 1 "new" too`},
		"a lost secret": {func(c *ensure.Plan) {
			data, err := json.Marshal(c)
			if err == nil {
				err = json.Unmarshal(data, c)
			}
			if err != nil {
				panic(err)
			}
		}, `site 1 203.0.113.9 "new": AuthKey "[redacted]": was lost when the plan was written: set it again`},
	} {
		t.Run(name, func(t *testing.T) {
			f, specs, opts := everything(ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true})
			plan, err := newPlan(t.Context(), f, specs, opts)
			require.NoError(t, err)
			tt.bend(plan)
			n := len(f.Calls())
			_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			require.Contains(t, err.Error(), tt.says)
			require.Len(t, f.Calls(), n)
		})
	}
	_, err := (*ensure.Plan)(nil).Apply(t.Context(), withTokens(), ensure.ApplyOptions{})
	require.ErrorContains(t, err, "Plan: is required")
	_, err = (&ensure.Plan{}).Apply(t.Context(), withTokens(), ensure.ApplyOptions{PerTarget: -1})
	require.ErrorContains(t, err, "must not be negative")
}

// A plan that was applied leaves nothing to plan, whatever was there and whatever was wanted.
func TestPlanConverges(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			f := pick(r, []func() *cgwtest.Fake{withTokens, withoutTokens})()
			alibaba := !f.Like.ClientToken.Unsupported
			names, groups, asns := []string{"a", "b"}, []string{"", "rg-1", "rg-2"}, []cgw.ASN{0, 1, 2}
			tags := func() map[string]string {
				all := map[string]string{}
				for _, k := range some(r, []string{"env", "tier"}) {
					all[k] = pick(r, []string{"", "x", "y"})
				}
				return all
			}
			var specs []cgw.CreateRequest
			for n := 1; n <= 12; n++ {
				if r.IntN(3) > 0 {
					g := cgw.Gateway{IPAddress: at(n), Name: pick(r, names), ASN: pick(r, asns), Tags: tags()}
					if alibaba {
						g.ResourceGroupID = pick(r, groups)
					}
					if by := pick(r, []string{owner, owner, "other", ""}); by != "" {
						g.Tags["cgw:owner"] = by
					}
					f.Seed(g)
				}
				if r.IntN(3) > 0 {
					s := cgw.CreateRequest{IPAddress: at(n), Name: pick(r, names), ASN: pick(r, asns), Tags: tags()}
					if alibaba {
						s.ResourceGroupID, s.AuthKey = pick(r, groups), cgw.Secret(pick(r, []string{"", "k"}))
					}
					specs = append(specs, s)
				}
			}
			var foreign []cgw.Gateway
			opts := planOptions{Prune: r.IntN(2) == 0}
			adopt := r.IntN(2) == 0
			opts.Options = adopting(ensure.Options{
				Owner: owner, Replace: r.IntN(2) == 0, ExactTags: r.IntN(2) == 0, Patience: 1,
			}, adopt)
			for _, g := range gateways(t, f) {
				if g.Tags["cgw:owner"] != owner && !adopt {
					foreign = append(foreign, g)
				}
			}
			plan, err := newPlan(t.Context(), f, specs, opts)
			require.NoError(t, err)
			refused := plan.Count(ensure.StepUnsupported) + plan.Count(ensure.StepForeign)
			_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
			if refused == 0 {
				require.NoError(t, err)
			}
			n := writes(f)
			again, err := newPlan(t.Context(), f, specs, opts)
			require.NoError(t, err)
			require.Equal(t, len(specs), again.Count(ensure.StepUnchanged)+refused, "seed %d:\n%s\nthen\n%s", seed, plan, again)
			require.Len(t, again.Steps, len(specs))
			_, _ = again.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.Equal(t, n, writes(f))
			now := gateways(t, f)
			for _, g := range foreign {
				require.True(t, containsGateway(now, g), "seed %d: foreign untouched", seed)
			}
		})
	}
}

func containsGateway(all []cgw.Gateway, g cgw.Gateway) bool {
	for _, o := range all {
		if o.Equal(g) {
			return true
		}
	}
	return false
}

func pick[T any](r *rand.Rand, s []T) T { return s[r.IntN(len(s))] }

// some draws each element of s with a chance of one in four.
func some[T any](r *rand.Rand, s []T) []T {
	return slices.DeleteFunc(slices.Clone(s), func(T) bool { return r.IntN(4) != 0 })
}
