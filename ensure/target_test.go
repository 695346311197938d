package ensure_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// Two targets of one Provisioner, also below middleware, would prune each other's gateways; so would
// two of one region.
func TestTargetsThatShareARegionAreRefused(t *testing.T) {
	logged := func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithLogging(p, nil) }
	guarded := func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithPolicy(logged(p), middleware.Policy{}) }
	f, g := withTokens(), withTokens()
	elsewhere := withTokens()
	elsewhere.Region = "elsewhere"
	const same, account = "is that of \"office\" too", "must differ from that of \"office\""
	for name, tt := range map[string]struct {
		one, two ensure.Target
		says     string
	}{
		"one Provisioner":                  {ensure.Target{Provisioner: f}, ensure.Target{Provisioner: f}, same},
		"one below middleware":             {ensure.Target{Provisioner: logged(f), Prune: true}, ensure.Target{Provisioner: logged(f), Prune: true}, same},
		"one below other middleware":       {ensure.Target{Provisioner: logged(f)}, ensure.Target{Provisioner: guarded(f)}, same},
		"one bare, one below":              {ensure.Target{Provisioner: f}, ensure.Target{Provisioner: guarded(f)}, same},
		"one, although accounts differ":    {ensure.Target{Provisioner: f, Account: "a"}, ensure.Target{Provisioner: logged(f), Account: "b"}, same},
		"one region, the first prunes":     {ensure.Target{Provisioner: f, Prune: true}, ensure.Target{Provisioner: logged(g)}, account},
		"one region, the second prunes":    {ensure.Target{Provisioner: f}, ensure.Target{Provisioner: logged(g), Prune: true}, account},
		"one region and account":           {ensure.Target{Provisioner: f, Prune: true, Account: "a"}, ensure.Target{Provisioner: g, Account: "a"}, account},
		"one region, one account is named": {ensure.Target{Provisioner: f, Prune: true, Account: "a"}, ensure.Target{Provisioner: g}, account},
		"one region, nothing is pruned":    {ensure.Target{Provisioner: f}, ensure.Target{Provisioner: g}, ""},
		"one region, two accounts":         {ensure.Target{Provisioner: f, Prune: true, Account: "a"}, ensure.Target{Provisioner: g, Prune: true, Account: "b"}, ""},
		"two regions":                      {ensure.Target{Provisioner: f, Prune: true}, ensure.Target{Provisioner: elsewhere, Prune: true}, ""},
		"it is not known where they are":   {ensure.Target{Provisioner: rolesOnly{f}, Prune: true}, ensure.Target{Provisioner: rolesOnly{g}, Prune: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tt.one.Name, tt.two.Name = "office", "shop"
			tt.one.Specs, tt.two.Specs = sites(1), sites(2)
			refused := func(err error) {
				t.Helper()
				if tt.says == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, cgw.ErrInvalidArgument)
				require.ErrorContains(t, err, "shop: ")
				require.ErrorContains(t, err, tt.says)
			}
			_, err := ensure.All(t.Context(), []ensure.Target{tt.one, tt.two}, ensure.AllOptions{Options: ensuring})
			refused(err)
			var plans []ensure.Planned
			for _, target := range []ensure.Target{tt.one, tt.two} {
				plan, err := ensure.NewPlan(t.Context(), target, ensuring)
				require.NoError(t, err)
				plans = append(plans, ensure.Planned{Provisioner: target.Provisioner, Plan: plan})
			}
			_, err = ensure.ApplyAll(t.Context(), plans, ensure.ApplyOptions{})
			refused(err)
			for _, f := range []*cgwtest.Fake{f, g, elsewhere} {
				require.Zero(t, writes(f))
			}
		})
	}
}

func TestApplyAllTellsPlansApart(t *testing.T) {
	f, g := withTokens(), withTokens()
	plan := func(name string, f *cgwtest.Fake) *ensure.Plan {
		p, err := ensure.NewPlan(t.Context(), ensure.Target{Name: name, Provisioner: f, Specs: sites(1)}, ensuring)
		require.NoError(t, err)
		return p
	}
	for name, says := range map[string]string{"one": `one: Name "one": is the name of another target`, "": `Name: is the name of another target`} {
		_, err := ensure.ApplyAll(t.Context(), []ensure.Planned{{f, plan(name, f)}, {g, plan(name, g)}}, ensure.ApplyOptions{})
		require.ErrorContains(t, err, says)
	}
	_, err := ensure.ApplyAll(t.Context(), []ensure.Planned{{f, plan("", f)}, {nil, plan("b", g)}, {g, nil}}, ensure.ApplyOptions{PerTarget: -1})
	require.ErrorContains(t, err, `PerTarget "-1": must not be negative; b: Provisioner: is required; Plan: is required`)
	results, err := ensure.ApplyAll(t.Context(), nil, ensure.ApplyOptions{})
	require.NoError(t, err)
	for range results {
		require.Fail(t, "no plan has no result")
	}
}
