package ensure

import (
	"context"

	"github.com/cgw-go/cgw"
)

// Plan says what [Plan.Apply] will do. It marshals to JSON and back; its text and its JSON are
// stable, and hold no secret.
type Plan struct {
	// Target is the name of the target; it may be empty.
	Target string `json:"target,omitempty"`
	// Location is where the gateways are. Empty fields: the Provisioner does not tell them.
	Location cgw.Location `json:"location,omitzero"`
	// Account is Target.Account.
	Account string `json:"account,omitempty"`
	// Options are those that the plan was made with, defaults filled in.
	Options `json:"options"`
	// Prune says that Apply deletes the owner's gateways that are not specified.
	Prune bool `json:"prune,omitempty"`
	// PruneAll says that Prune was allowed without specifications.
	PruneAll bool `json:"pruneAll,omitempty"`
	// MaxDeletes is how many gateways Apply may delete, replacements included. 0: no limit.
	MaxDeletes int `json:"maxDeletes,omitempty"`
	// Steps are one for each specification, in their order, then those that delete.
	Steps []Step `json:"steps"`
	// Unspecified are the owner's gateways that no specification wants and that stay, because the
	// target is not pruned.
	Unspecified []cgw.Gateway `json:"unspecified,omitempty"`
}

// Empty reports whether there is nothing to do or to refuse: every step is StepUnchanged.
func (p *Plan) Empty() bool { return p.Count(StepUnchanged) == len(p.Steps) }

// Count returns the number of steps of one kind.
func (p *Plan) Count(kind StepKind) int {
	n := 0
	for _, s := range p.Steps {
		if s.Kind == kind {
			n++
		}
	}
	return n
}

// NewPlan says what [Gateway] would do about each specification of the target, field by field, and
// what pruning would delete. It writes nothing, and reads the region once. t.Name may be empty.
//
// NewPlan refuses the following before anything is sent: a specification that can never be right
// (no address, a field that the cloud does not have), two specifications of one address, and a
// target that prunes without specifications. The [*cgw.Error] satisfies [cgw.ErrInvalidArgument].
// For specifications it holds a [*SitesError] that names every site and field. A gateway that
// cannot be made as specified is no error, but a [StepUnsupported] or a [StepForeign]. If the plan
// would delete more gateways than t.MaxDeletes, the error holds a [*DeletesError] that lists them.
func NewPlan(ctx context.Context, t Target, opts Options) (*Plan, error) {
	e, err := newEnsurer(OpPlan, t.Provisioner, opts)
	if err != nil {
		return nil, err
	}
	var f cgw.ValidationError
	t.check(&f)
	if err := f.Err(); err != nil {
		return nil, refused(OpPlan, locationOf(e.p), err)
	}
	if sites := e.checkSpecs(t.Name, t.Specs); len(sites) > 0 {
		return nil, refused(OpPlan, locationOf(e.p), &SitesError{sites})
	}
	steps, unspecified, err := e.plan(ctx, t.Specs, t.Prune, true)
	if err == nil {
		err = checkDeletes(steps, t.MaxDeletes)
		if err != nil {
			err = refused(OpPlan, locationOf(e.p), err)
		}
	}
	if err != nil {
		return nil, err
	}
	return &Plan{
		Target: t.Name, Location: locationOf(t.Provisioner), Account: t.Account, Options: e.opts,
		Prune: t.Prune, PruneAll: t.PruneAll, MaxDeletes: t.MaxDeletes, Steps: steps, Unspecified: unspecified,
	}, nil
}
