package ensure

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
)

// ApplyOptions say how a plan is carried out.
type ApplyOptions struct {
	// Concurrency is how many steps are carried out at a time. 0: 8.
	Concurrency int
	// Progress is called after every step, one call at a time. Nil: not called.
	Progress func(Progress)
}

// Apply carries out the steps of a plan and returns what became of each, in their order.
// Deletions come last. A step that fails does not stop the others: the error is then a
// [*SitesError] with every failure. Steps that cannot be carried out, StepUnsupported and
// StepForeign, are failures of the kind that [Gateway] returns.
//
// Before each write the gateway is read again. One that is as the step wants it, perhaps
// because the plan was applied before, is left alone (Unchanged); one that is otherwise than
// the plan found it is refused with a [StaleError]. Between that reading and the writing a
// moment remains, since neither cloud has compare-and-set: what another program changes in it
// may be overwritten.
//
// A plan that is malformed, for another cloud, or that lost a secret on its way through JSON is
// refused before anything is sent, with an [*Error] that satisfies [ErrInvalidArgument].
func Apply(ctx context.Context, p cgw.Provisioner, plan *Plan, opts ApplyOptions) ([]StepResult, error) {
	if plan == nil {
		return nil, refused(OpApply, "", &cgw.ValidationError{Fields: []*cgw.FieldError{{Field: "Plan", Reason: "is required", Kind: cgw.ErrInvalidArgument}}})
	}
	f := fleet{op: OpApply, total: opts.Concurrency, each: opts.Concurrency, progress: opts.Progress}
	if err := f.prepare([]Target{{Provisioner: p, Plan: plan}}, Options{}); err != nil {
		return nil, err
	}
	results := make([]StepResult, len(plan.Steps))
	var failed []*SiteError
	for r := range f.results(ctx) {
		results[r.Index] = r
		if r.Err != nil {
			failed = append(failed, r.site())
		}
	}
	if len(failed) == 0 {
		return results, nil
	}
	slices.SortFunc(failed, func(a, b *SiteError) int { return a.Index - b.Index })
	return results, &SitesError{failed}
}

// checkPlan returns what is wrong with a plan.
func (e *ensurer) checkPlan(target string, plan *Plan) []*SiteError {
	if plan.Provider != "" && e.rules.Provider != "" && plan.Provider != e.rules.Provider {
		return []*SiteError{{Target: target, Index: -1, Err: &cgw.ValidationError{Fields: []*cgw.FieldError{{
			Field: "Provider", Value: string(plan.Provider), Kind: cgw.ErrInvalidArgument,
			Reason: "is not that of the Provisioner, " + strconv.Quote(string(e.rules.Provider)),
		}}}}}
	}
	specs := make([]cgw.CreateRequest, 0, len(plan.Steps))
	var sites []*SiteError
	for i, s := range plan.Steps {
		if err := e.checkStep(s); err != nil {
			ip, name := s.site()
			sites = append(sites, &SiteError{Target: target, Index: i, IPAddress: ip, Name: name, Err: err})
		}
		if s.Kind != StepDelete && len(specs) == i { // those that delete come last
			specs = append(specs, s.Spec)
		}
	}
	return append(sites, e.checkAll(target, specs)...)
}

func (e *ensurer) checkStep(s Step) error {
	var f cgw.ValidationError
	remove := s.Kind == StepDelete || s.Kind == StepReplace
	switch s.Kind {
	case StepCreate, StepUnchanged, StepUpdate, StepAdopt, StepReplace, StepDelete, StepUnsupported, StepForeign:
	default:
		f.Add("Kind", string(s.Kind), "is not known", "", cgw.ErrInvalidArgument)
	}
	if s.Gateway.ID == "" && s.Kind != StepCreate {
		f.Add("Gateway.ID", "", "is required", "", cgw.ErrInvalidArgument)
	}
	if remove && e.foreign(s.Gateway) != nil {
		f.Add("Gateway.Tags", e.opts.OwnerKey, "must be the owner's for a gateway to be deleted", "", cgw.ErrInvalidTag)
	}
	if isRedacted(s.Spec.AuthKey) {
		if s.Kind == StepCreate || s.Kind == StepAdopt || s.Kind == StepReplace {
			f.Add(fieldAuthKey, s.Spec.AuthKey.String(), "was lost when the plan was written: set it again", "", cgw.ErrInvalidArgument)
		}
	}
	return f.Err()
}

// carryOut does a step of a plan that was made some time ago.
func (e *ensurer) carryOut(ctx context.Context, s Step) (Result, error) {
	switch s.Kind {
	case StepCreate:
		found, err := e.at(ctx, s.Spec)
		switch {
		case err != nil:
			return Result{}, err
		case found != nil:
			return e.settled(ctx, s, *found)
		}
	case StepUpdate, StepAdopt:
		g, err := e.p.Get(ctx, s.Gateway.ID)
		switch {
		case errors.Is(err, cgw.ErrNotFound):
			return Result{}, e.stale(s, cgw.Gateway{})
		case err != nil:
			return Result{}, err
		case !g.Equal(s.Gateway):
			return e.settled(ctx, s, g)
		}
		s.again = true // one that goes away now is not created: that was not the plan
	}
	return e.do(ctx, s)
}

// settled returns Unchanged for a gateway that is as the step wants it, or else that the step
// is out of date.
func (e *ensurer) settled(ctx context.Context, s Step, g cgw.Gateway) (Result, error) {
	g = e.late(ctx, g)
	if now := e.decide(s.Spec, &g); now.Kind == StepUnchanged {
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
