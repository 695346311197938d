package ensure_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// oneGroup is a cloud as seen by a user who may see one resource group: a List that does not name it
// shows nothing, or is denied.
type oneGroup struct {
	*cgwtest.Fake
	group  string
	denied bool
}

func (o oneGroup) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	seq := o.Fake.List(ctx, f)
	if f.ResourceGroupID == o.group {
		return seq
	}
	return func(yield func(cgw.Gateway, error) bool) {
		for range seq {
			if o.denied {
				yield(cgw.Gateway{}, &cgw.Error{Op: cgw.OpList, Kind: cgw.ErrPermissionDenied, Outcome: cgw.OutcomeNotApplied})
			}
			return
		}
	}
}

func grouped(group string, n ...int) []cgw.CreateRequest {
	specs := make([]cgw.CreateRequest, len(n))
	for i, n := range n {
		specs[i] = cgw.CreateRequest{IPAddress: at(n), Name: "site", ResourceGroupID: group}
	}
	return specs
}

func TestUserOfOneResourceGroup(t *testing.T) {
	for _, denied := range []bool{false, true} {
		f := withTokens()
		p := oneGroup{f, "rg-1", denied}
		spec := grouped("rg-1", 1)[0]
		for _, want := range []ensure.Action{ensure.Created, ensure.Unchanged, ensure.Updated, ensure.Unchanged} {
			if want == ensure.Updated {
				spec.Name = "renamed"
			}
			n := len(f.Calls())
			res, err := ensure.Gateway(t.Context(), p, spec, ensuring)
			require.NoError(t, err)
			require.Equal(t, want, res.Action)
			if want == ensure.Unchanged {
				require.Equal(t, []string{cgw.OpList}, ops(f)[n:])
				require.Equal(t, cgw.Filter{IPAddress: at(1), ResourceGroupID: "rg-1"}, f.Calls()[n].Filter)
			}
		}
		specs := grouped("rg-1", 1, 2, 3)
		for range 2 {
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: p, Specs: specs}}, ensure.AllOptions{Options: ensuring}) {
				require.NoError(t, r.Err)
			}
		}
		plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: p, Specs: specs[1:], Prune: true}, ensuring)
		require.NoError(t, err)
		require.Equal(t, "1 to delete, 2 unchanged", plan.Summary())
	}
}

func TestListsByResourceGroup(t *testing.T) {
	all := func(groups ...string) []cgw.Filter {
		var filters []cgw.Filter
		for _, g := range groups {
			filters = append(filters, cgw.Filter{ResourceGroupID: g})
		}
		return filters
	}
	rg1, rg2, none := grouped("rg-1", 1, 2), grouped("rg-2", 3), grouped("", 4)
	for name, tt := range map[string]struct {
		specs  [][]cgw.CreateRequest
		absent int // the address of which there is no gateway
		want   []cgw.Filter
	}{
		"one group":                           {[][]cgw.CreateRequest{rg1}, 0, all("rg-1")},
		"two groups":                          {[][]cgw.CreateRequest{rg1, rg2}, 0, all("rg-1", "rg-2")},
		"without a group":                     {[][]cgw.CreateRequest{none}, 0, all("")},
		"some without a group":                {[][]cgw.CreateRequest{none, rg1, rg2}, 0, all("")},
		"some without, one is not found":      {[][]cgw.CreateRequest{none, rg1, rg2}, 3, all("", "rg-2")},
		"one group, pruned":                   {[][]cgw.CreateRequest{rg1}, 0, all("rg-1", "")},
		"one group, pruned, one is not found": {[][]cgw.CreateRequest{rg1}, 2, all("rg-1", "")},
		"without a group, pruned":             {[][]cgw.CreateRequest{none}, 0, all("")},
		"one that is not found in its group":  {[][]cgw.CreateRequest{rg1, rg2}, 2, append(all("rg-1", "rg-2"), cgw.Filter{IPAddress: at(2)})},
	} {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			var specs []cgw.CreateRequest
			for _, s := range tt.specs {
				specs = append(specs, s...)
			}
			for _, s := range specs {
				if s.IPAddress != at(tt.absent) {
					g := cgw.Gateway{IPAddress: s.IPAddress, Name: s.Name, ResourceGroupID: s.ResourceGroupID, Tags: map[string]string{"cgw:owner": owner}}
					f.Seed(g)
				}
			}
			plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: specs, Prune: strings.Contains(name, "pruned")}, ensuring)
			require.NoError(t, err)
			var filters []cgw.Filter
			for _, c := range f.Calls() {
				filters = append(filters, c.Filter)
			}
			require.Equal(t, tt.want, filters)
			require.Equal(t, tt.absent == 0, plan.Empty())
			for _, s := range plan.Steps {
				require.Empty(t, s.Others, "a gateway that two lists show is one")
			}
		})
	}
}

// What was moved to another group is found there, and pruning finds what the owner has in groups
// that no specification names.
func TestOtherResourceGroups(t *testing.T) {
	f := withTokens()
	own := map[string]string{"cgw:owner": owner}
	f.Seed(
		cgw.Gateway{ID: "cgw-1", IPAddress: at(1), Name: "site", ResourceGroupID: "rg-9", Tags: own},
		cgw.Gateway{ID: "cgw-2", IPAddress: at(2), Name: "site", ResourceGroupID: "rg-1", Tags: own},
		cgw.Gateway{ID: "cgw-3", IPAddress: at(3), Name: "elsewhere", ResourceGroupID: "rg-9", Tags: own},
		cgw.Gateway{ID: "cgw-4", IPAddress: at(4), Name: "another's", ResourceGroupID: "rg-9"},
	)
	target := ensure.Target{Name: "one", Provisioner: f, Specs: grouped("rg-1", 1), Prune: true}
	plan, err := ensure.NewPlan(t.Context(), target, ensuring)
	require.NoError(t, err)
	require.Equal(t, "2 to delete, 1 unsupported", plan.Summary())
	require.Equal(t, []ensure.Change{{Field: "ResourceGroupID", Old: "rg-9", New: "rg-1", Fixed: true}}, plan.Steps[0].Changes)
	require.Equal(t, "cgw-2", plan.Steps[1].Gateway.ID)
	require.Equal(t, "cgw-3", plan.Steps[2].Gateway.ID)

	// One may see rg-1 alone, and the other groups are then denied, or are not shown.
	for _, denied := range []bool{false, true} {
		plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: oneGroup{f, "rg-1", denied}, Specs: grouped("rg-1", 2), Prune: true}, ensuring)
		require.NoError(t, err)
		require.Equal(t, "1 unchanged", plan.Summary())
	}
	f.Faults = []cgwtest.Fault{{Op: cgw.OpList, Call: lists(f) + 2, Err: cgw.ErrUnavailable}}
	_, err = ensure.NewPlan(t.Context(), target, ensuring)
	require.ErrorIs(t, err, cgw.ErrUnavailable, "a list that fails is no list of what there is")
	f.Faults = nil
	for _, r := range ensureAll(t.Context(), t, []ensure.Target{target}, ensure.AllOptions{Options: ensuring}) {
		require.Equal(t, r.Index == 0, r.Err != nil, r.Err)
	}
	require.Len(t, gateways(t, f), 2)
}

// lists returns how many Lists f has had.
func lists(f *cgwtest.Fake) (n int) {
	for _, op := range ops(f) {
		if op == cgw.OpList {
			n++
		}
	}
	return n
}
