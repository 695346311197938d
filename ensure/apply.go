package ensure

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/cgw-go/cgw"
)

// ApplyOptions say how plans are carried out.
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

// Apply carries out the steps of the plan and returns what became of each, in their order. Deletions
// come last. A step that fails stops no other: the error is then a [*SitesError] with every
// failure. A StepUnsupported and a StepForeign fail with the error that [Gateway] returns.
//
// Before each write the gateway is read again. If it is as the step wants it, perhaps because the
// plan was applied before, it is left alone (Unchanged). If it is neither so nor as the plan found
// it, the step fails with a [*StaleError]. Between that read and the write another program may
// change the gateway: no cloud has compare-and-set.
//
// The plan is checked before anything is sent, step by step, as if it were made now by its own
// options: a plan that was edited or is for another cloud or region, that lost a secret on its way
// through JSON, or that deletes more than its MaxDeletes is refused with an [*cgw.Error] that
// satisfies [cgw.ErrInvalidArgument] and holds a [*SitesError].
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
// [All]. The plans are of different targets and Provisioners. Nothing is sent until the results are
// ranged over; the error is that of a plan that was refused, with nothing of any plan sent.
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
	return e.do(ctx, s, false) // to create what should be updated is not the plan
}

// alreadyDone returns Unchanged for a gateway that is as the step wants it, or else an error that the
// plan is out of date.
func (e *ensurer) alreadyDone(ctx context.Context, s Step, g cgw.Gateway) (Result, error) {
	g = e.withTags(ctx, g)
	if now, _ := e.decide(s.Spec, &g); now.Kind == StepUnchanged {
		return Result{Action: Unchanged, Gateway: now.Gateway}, nil
	}
	return Result{}, e.stale(s, g)
}

func (e *ensurer) stale(s Step, g cgw.Gateway) error {
	of := s.Gateway
	if of.ID == "" {
		of = g
	}
	return e.fail(cgw.ErrInvalidArgument, of, &StaleError{Planned: s.Gateway, Found: g})
}
