package ensure

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/cgw-go/cgw"
)

// ApplyOptions limit the concurrent work of [Plan.Apply] and [ApplyAll], and report its progress.
type ApplyOptions struct {
	// PerTarget is how many operations are in flight for one plan. 0: 8.
	PerTarget int
	// Total is how many operations are in flight for all plans. 0: 64.
	Total int
	// Progress is called after every step, one call at a time, from the goroutine that waits for the
	// results. Nil: not called.
	Progress func(Progress)
}

// Planned is a plan and the Provisioner that carries it out.
type Planned struct {
	Provisioner cgw.Provisioner // required
	Plan        *Plan           // required
}

// Apply carries out the steps of the plan and returns their results, in the order of the steps.
// Deletions are carried out last. A step that fails does not stop the others: the error is then a
// [*SitesError] with every failure. A StepUnsupported and a StepForeign fail with the error that
// [Gateway] returns.
//
// Apply reads each gateway again before it writes. It does not read those of a StepUnchanged. If the
// gateway already is as the step wants it, perhaps because the plan was applied before, Apply leaves
// it alone (Unchanged). If the gateway is neither as the step wants it nor as the plan found it, the
// step fails with a [*StaleError]. Another program may change the gateway between that read and the
// write: no cloud has compare-and-set.
//
// Before anything is sent, Apply checks that the plan's own options, for the gateways that it
// found, give the same steps. It refuses a plan that was edited so that they do not, that is for
// another cloud or region, that lost a secret in its JSON, or that deletes more gateways than its
// MaxDeletes. The error is an [*cgw.Error] that satisfies [cgw.ErrInvalidArgument] and holds a
// [*SitesError].
func (p *Plan) Apply(ctx context.Context, provisioner cgw.Provisioner, opts ApplyOptions) ([]StepResult, error) {
	all, err := ApplyAll(ctx, []Planned{{Provisioner: provisioner, Plan: p}}, opts)
	if err != nil {
		return nil, err
	}
	results := make([]StepResult, len(p.Steps))
	var failed []*SiteError
	for r := range all {
		results[r.Index] = r
		if r.Err != nil {
			failed = append(failed, r.Site())
		}
	}
	if len(failed) == 0 {
		return results, nil
	}
	slices.SortFunc(failed, func(a, b *SiteError) int { return a.Index - b.Index })
	return results, &SitesError{failed}
}

// ApplyAll carries out many plans as [Plan.Apply] does, and yields the results as they finish, like
// [All]. Each plan must have its own target and its own Provisioner. Nothing is sent until the
// results are ranged over. If a plan is refused, ApplyAll returns the error, and sends nothing of
// any plan.
func ApplyAll(ctx context.Context, plans []Planned, opts ApplyOptions) (iter.Seq[StepResult], error) {
	f := fleet{op: OpApply, perTarget: opts.PerTarget, total: opts.Total, progress: opts.Progress}
	f.checkCaps()
	for _, p := range plans {
		f.addPlan(p)
	}
	return f.start(ctx)
}

// addPlan checks a plan and adds it.
func (f *fleet) addPlan(p Planned) {
	if p.Plan == nil {
		var faults cgw.ValidationError
		faults.Add("Plan", "", "is required", "", cgw.ErrInvalidArgument)
		f.sites = append(f.sites, &SiteError{Index: -1, Err: faults.Err()})
		return
	}
	plan := p.Plan
	m := &member{plan: plan, Target: Target{
		Name: plan.Target, Provisioner: p.Provisioner, Prune: plan.Prune, Account: plan.Account,
	}}
	if f.add(m, plan.Options) {
		m.planned = true
		f.sites = append(f.sites, m.checkPlan(plan)...)
	}
}

// carryOut does a step of a plan that was made some time ago.
func (e *ensurer) carryOut(ctx context.Context, s Step) (Result, error) {
	if s.Kind != StepDelete && s.Kind != StepForeign {
		if now, err := e.decide(s.Spec, s.found()); now.Kind == StepUnsupported {
			return Result{}, err
		}
	}
	switch s.Kind {
	case StepCreate:
		found, err := e.at(ctx, s.Spec)
		switch {
		case err != nil:
			return Result{}, err
		case found != nil:
			return e.alreadyDone(ctx, s, *found)
		}
	case StepUpdate, StepAdopt:
		g, err := e.p.Get(ctx, s.Gateway.ID)
		switch {
		case errors.Is(err, cgw.ErrNotFound):
			return Result{}, e.stale(s, cgw.Gateway{})
		case err != nil:
			return Result{}, err
		case !g.Equal(s.Gateway):
			return e.alreadyDone(ctx, s, g)
		}
	}
	return e.do(ctx, s, false) // false: if the plan says update, do not create
}

// alreadyDone returns Unchanged for a gateway that is as the step wants it, or else an error that the
// plan is out of date.
func (e *ensurer) alreadyDone(ctx context.Context, s Step, g cgw.Gateway) (Result, error) {
	g, _ = e.withTags(ctx, g)
	if now, _ := e.decide(s.Spec, &g); now.Kind == StepUnchanged {
		return Result{Action: Unchanged, Gateway: now.Gateway}, nil
	}
	return Result{}, e.stale(s, g)
}

// stale returns the error for a gateway that is not as the step found it. g is the gateway as it is.
func (e *ensurer) stale(s Step, g cgw.Gateway) error {
	of := s.Gateway
	if of.ID == "" {
		of = g
	}
	if !e.planned { // the next run reads it again
		f := e.fail(cgw.ErrConflict, of, &StaleError{Planned: s.Gateway, Found: g})
		f.Message = "another program has changed the gateway since it was read"
		return f
	}
	return e.fail(cgw.ErrInvalidArgument, of, &StaleError{Planned: s.Gateway, Found: g})
}
