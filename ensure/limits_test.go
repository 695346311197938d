package ensure_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

// ownedBy returns n gateways of an owner, at(1) and so on.
func ownedBy(by string, n int) []cgw.Gateway {
	all := make([]cgw.Gateway, n)
	for i := range all {
		all[i] = cgw.Gateway{IPAddress: at(i + 1), Name: "old", Tags: map[string]string{"cgw:owner": by}}
	}
	return all
}

// requireDeletes asks that an error says which deletions were too many.
func requireDeletes(t *testing.T, err error, most, n int) {
	t.Helper()
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.False(t, ensure.Retryable(err))
	line.Require(t, err)
	var d *ensure.DeletesError
	require.ErrorAs(t, err, &d)
	require.Equal(t, most, d.Max)
	require.Len(t, d.Gateways, n)
	require.Contains(t, err.Error(), "cgw-fake0001 203.0.113.1")
}

func TestMaxDeletes(t *testing.T) {
	region := func() *cgwtest.Fake {
		f := withTokens()
		f.Seed(ownedBy(owner, 5)...)
		f.Seed(cgw.Gateway{ID: "cgw-moved", IPAddress: at(9), ASN: 1, Tags: map[string]string{"cgw:owner": owner}})
		return f
	}
	target := func(f *cgwtest.Fake, most int) ensure.Target {
		return ensure.Target{
			Name: "one", Provisioner: f, Prune: true, MaxDeletes: most,
			Specs: []cgw.CreateRequest{{IPAddress: at(8), Name: "new"}, {IPAddress: at(9), ASN: 2}},
		}
	}
	opts := ensure.Options{Owner: owner, Replace: true} // a replacement counts

	t.Run("a plan", func(t *testing.T) {
		f := region()
		plan, err := ensure.NewPlan(t.Context(), target(f, 5), opts)
		require.Nil(t, plan)
		requireDeletes(t, err, 5, 6)
		_, err = ensure.NewPlan(t.Context(), target(f, 6), opts)
		require.NoError(t, err)
	})
	t.Run("a plan from a file", func(t *testing.T) {
		f := region()
		plan, err := ensure.NewPlan(t.Context(), target(f, 6), opts)
		require.NoError(t, err)
		data, err := json.Marshal(plan)
		require.NoError(t, err)
		var back ensure.Plan
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, 6, back.MaxDeletes)
		back.MaxDeletes = 5
		n := len(f.Calls())
		results, err := back.Apply(t.Context(), f, ensure.ApplyOptions{})
		require.Nil(t, results)
		requireDeletes(t, err, 5, 6)
		_, err = ensure.ApplyAll(t.Context(), []ensure.Planned{{Provisioner: f, Plan: &back}}, ensure.ApplyOptions{})
		requireDeletes(t, err, 5, 6)
		require.Len(t, f.Calls(), n)
		back.MaxDeletes = 6
		_, err = back.Apply(t.Context(), f, ensure.ApplyOptions{})
		require.NoError(t, err)
		require.Len(t, gateways(t, f), 2)
	})
	t.Run("all", func(t *testing.T) {
		f, other := region(), withTokens()
		other.Region = "other"
		var last ensure.Progress
		targets := []ensure.Target{target(f, 5), {Name: "other", Provisioner: other, Specs: sites(3)}}
		results := ensureAll(t.Context(), t, targets, ensure.AllOptions{Options: opts, Progress: func(p ensure.Progress) { last = p }})
		require.Len(t, results, 4)
		for _, r := range results {
			if r.Target == "other" {
				require.NoError(t, r.Err)
				continue
			}
			require.Equal(t, -1, r.Index)
			requireDeletes(t, r.Err, 5, 6)
			require.Equal(t, "one: "+r.Err.Error(), r.Site().Error())
		}
		require.Equal(t, []int{4, 4, 1}, []int{last.Done, last.Total, last.Failed})
		require.Zero(t, writes(f))
		targets[0].MaxDeletes = 6
		for _, r := range ensureAll(t.Context(), t, targets, ensure.AllOptions{Options: opts}) {
			require.NoError(t, r.Err)
		}
		require.Len(t, gateways(t, f), 2)
	})
	t.Run("negative", func(t *testing.T) {
		_, err := ensure.NewPlan(t.Context(), target(region(), -1), opts)
		require.ErrorContains(t, err, `MaxDeletes "-1": must not be negative`)
	})
}

// A file that lost its sites does not delete a region.
func TestPruneNeedsSpecifications(t *testing.T) {
	f := withTokens()
	f.Seed(ownedBy(owner, 3)...)
	target := ensure.Target{Name: "one", Provisioner: f, Prune: true}
	const says = "Specs: are none: Prune would delete every gateway of the owner; set PruneAll to allow that"
	_, err := ensure.NewPlan(t.Context(), target, ensuring)
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.ErrorContains(t, err, says)
	_, err = ensure.All(t.Context(), []ensure.Target{target}, ensure.AllOptions{Options: ensuring})
	require.ErrorContains(t, err, "one: "+says)
	require.Empty(t, f.Calls())

	target.Specs = sites(1)
	plan, err := ensure.NewPlan(t.Context(), target, ensuring)
	require.NoError(t, err)
	plan.Steps = plan.Steps[1:] // a plan that was cut short
	n := len(f.Calls())
	_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.ErrorContains(t, err, says)
	require.Len(t, f.Calls(), n)

	target.Specs, target.PruneAll = nil, true
	plan, err = ensure.NewPlan(t.Context(), target, ensuring)
	require.NoError(t, err)
	require.Equal(t, "3 to delete", plan.Summary())
	target.Prune = false
	plan, err = ensure.NewPlan(t.Context(), target, ensuring)
	require.NoError(t, err)
	require.Equal(t, "3 owned but not specified", plan.Summary(), "PruneAll alone deletes nothing")
}

// What is the owner's and not specified is counted and named also when nothing is pruned.
func TestPlanNamesWhatIsNotSpecified(t *testing.T) {
	f := withTokens()
	f.Seed(ownedBy(owner, 3)...)
	f.Seed(ownedBy("other", 9)[8])
	f.Seed(cgw.Gateway{IPAddress: at(7)})
	plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{{IPAddress: at(2)}}}, ensuring)
	require.NoError(t, err)
	require.True(t, plan.Empty())
	require.Equal(t, `? not specified 203.0.113.1 "old" (cgw-fake0001)
? not specified 203.0.113.3 "old" (cgw-fake0003)
1 unchanged, 2 owned but not specified
`, plan.String())
	data, err := json.Marshal(plan)
	require.NoError(t, err)
	var back ensure.Plan
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, plan.String(), back.String())
	results, err := back.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Zero(t, writes(f))
}
