package ensure_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

// An edited plan cannot do what its options forbid, nor what a reader of it was not shown.
func TestEditedPlans(t *testing.T) {
	forbidden := func(now string) string {
		return `is not allowed: by the options and what was found it is "` + now + `"`
	}
	foreign := func(s *ensure.Step, kind ensure.StepKind) {
		s.Kind, s.Changes, s.Reason = kind, []ensure.Change{{Field: "Tags[cgw:owner]", Old: "other", New: owner}}, ""
	}
	for name, tt := range map[string]struct {
		careful bool // nothing is adopted, replaced or pruned
		edit    func(*ensure.Plan)
		says    string
	}{
		"adopt what must not be adopted":  {true, func(p *ensure.Plan) { foreign(&p.Steps[0], ensure.StepAdopt) }, `site 0 203.0.113.4 "theirs": Kind "adopt": ` + forbidden("foreign")},
		"update what must not be adopted": {true, func(p *ensure.Plan) { foreign(&p.Steps[0], ensure.StepUpdate) }, `site 0 203.0.113.4 "theirs": Kind "update": ` + forbidden("foreign")},
		"adopt without the permission":    {false, func(p *ensure.Plan) { p.AdoptFrom = nil }, `site 0 203.0.113.4 "theirs": Kind "adopt": ` + forbidden("foreign")},
		"replace without the permission":  {false, func(p *ensure.Plan) { p.Replace = false }, `site 4 203.0.113.3 "moved": Kind "replace": ` + forbidden("unsupported")},
		"replace what is changed":         {false, func(p *ensure.Plan) { p.Steps[3].Kind = ensure.StepReplace }, `Kind "replace": ` + forbidden("update")},
		"update what is unchanged":        {false, func(p *ensure.Plan) { p.Steps[2].Kind = ensure.StepUpdate }, `Kind "update": ` + forbidden("unchanged")},
		"hide a change":                   {false, func(p *ensure.Plan) { p.Steps[3].Kind, p.Steps[3].Changes = ensure.StepUnchanged, nil }, `Kind "unchanged": ` + forbidden("update")},
		"show other changes":              {false, func(p *ensure.Plan) { p.Steps[3].Changes = p.Steps[3].Changes[:1] }, `site 3 203.0.113.2 "new name": Changes: are not what the step would change`},
		"write something else":            {false, func(p *ensure.Plan) { p.Steps[1].Spec.ASN = 7 }, `site 1 203.0.113.9 "new": Changes: are not`},
		"write to another gateway":        {false, func(p *ensure.Plan) { p.Steps[3].Spec.IPAddress = at(88) }, `Gateway.IPAddress "203.0.113.2": is not that of the specification, 203.0.113.88`},
		"write to one gateway twice":      {false, func(p *ensure.Plan) { p.Steps[3].Gateway.ID = "cgw-3" }, `Gateway.ID "cgw-3": is that of step 3 too`},
		"create what is there":            {false, func(p *ensure.Plan) { p.Steps[1].Gateway.ID = "cgw-9" }, `Gateway.ID "cgw-9": must be empty for a gateway to be created`},
		"another owner":                   {false, func(p *ensure.Plan) { p.Owner = "other" }, forbidden("foreign")},
		"another owner tag":               {false, func(p *ensure.Plan) { p.OwnerKey = "env" }, `is the key of the owner tag, whose value is Options.Owner`},
		"delete without pruning":          {false, func(p *ensure.Plan) { p.Prune = false }, `site 6 203.0.113.5 "unwanted": Kind "delete": is not allowed: the plan does not prune`},
		"delete what is another's":        {false, func(p *ensure.Plan) { p.Steps[6].Gateway.Tags = map[string]string{"cgw:owner": "other"} }, `must be the owner's for a gateway to be deleted`},
		"delete what is specified":        {false, func(p *ensure.Plan) { p.Steps[6].Gateway = p.Steps[2].Gateway }, `Gateway.IPAddress "203.0.113.1": is specified by step 2: the gateway is not deleted`},
		"delete under another name":       {false, func(p *ensure.Plan) { p.Steps[6].Spec = cgw.CreateRequest{IPAddress: at(99), Name: "harmless"} }, `Spec: must be empty for a gateway to be deleted`},
		"delete first": {false, func(p *ensure.Plan) {
			p.Steps[0], p.Steps[6] = p.Steps[6], p.Steps[0]
			p.Steps[6].Spec.Name = "edited"
		}, `site 6 203.0.113.4 "edited": Changes: are not`},
		"more deletions":   {false, func(p *ensure.Plan) { p.MaxDeletes = 1 }, `2 gateways would be deleted, more than MaxDeletes 1: cgw-3 203.0.113.3, cgw-5 203.0.113.5`},
		"another region":   {false, func(p *ensure.Plan) { p.Location.Region = "elsewhere" }, `Location.Region "elsewhere": is not that of the Provisioner, "fake-region"`},
		"another cloud":    {false, func(p *ensure.Plan) { p.Location.Provider = "x" }, `Location.Provider "x": is not that of the Provisioner, "alibaba"`},
		"an empty step":    {false, func(p *ensure.Plan) { p.Steps[2] = ensure.Step{} }, `site 2: IPAddress: is required`},
		"no kind":          {false, func(p *ensure.Plan) { p.Steps[2].Kind = "" }, `site 2 203.0.113.1 "same": Kind: is not known`},
		"nothing but this": {false, func(p *ensure.Plan) { *p = ensure.Plan{} }, `Owner: is required`},
	} {
		t.Run(name, func(t *testing.T) {
			o := adopting(ensure.Options{Replace: true}, true)
			if tt.careful {
				o = ensure.Options{}
			}
			f, specs, opts := everything(o)
			specs[1].AuthKey = ""
			plan, err := newPlan(t.Context(), f, specs, opts)
			require.NoError(t, err)
			data, err := json.Marshal(plan)
			require.NoError(t, err)
			var edited ensure.Plan
			require.NoError(t, json.Unmarshal(data, &edited))
			tt.edit(&edited)
			n := len(f.Calls())
			results, err := edited.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.ErrorContains(t, err, tt.says)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			line.Require(t, err)
			require.Nil(t, results)
			require.Len(t, f.Calls(), n, "nothing is sent")
		})
	}
}

// A plan that was not edited does what it says, also after it was written and read.
func TestPlanFromAFile(t *testing.T) {
	f, specs, opts := everything(adopting(ensure.Options{Replace: true, ExactTags: true}, true))
	specs[1].AuthKey = ""
	plan, err := newPlan(t.Context(), f, specs, opts)
	require.NoError(t, err)
	data, err := json.Marshal(plan)
	require.NoError(t, err)
	var back ensure.Plan
	require.NoError(t, json.Unmarshal(data, &back))
	_, err = back.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.NoError(t, err)
	again, err := newPlan(t.Context(), f, specs, opts)
	require.NoError(t, err)
	require.True(t, again.Empty(), again)
}
