package ensure

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/cgw-go/cgw"
)

// AllOptions are the Options of all targets, and the limits on concurrent work.
type AllOptions struct {
	// Options are those of every target.
	Options
	// PerTarget is how many operations are in flight for one target. 0: 8.
	PerTarget int
	// Total is how many operations are in flight for all targets, and how many targets are worked on
	// at a time. 0: 64.
	Total int
	// Progress is called after every result, one call at a time, from the goroutine that ranges over
	// the results. Nil: not called.
	Progress func(Progress)
}

// Progress says how far the work is.
type Progress struct {
	Done   int // results so far
	Failed int // of them, those with an error
	// Total is how many results there will be. It grows while targets that prune are read.
	Total int
	Last  StepResult // the result that was just yielded
}

// StepResult is the result of one step: of one specification, or of one gateway to prune.
type StepResult struct {
	Target string // Target.Name
	// Index is the index in Target.Specs, or in Plan.Steps. Gateways to prune follow the
	// specifications. -1: the result is about the whole target.
	Index int
	Step  Step // what was to be done; its Kind is empty if the target could not be read
	// Result says what was done. It is zero if Err is set.
	Result
	Err error // nil: the step was carried out
}

// Site returns which site the result is about, with its error, which may be nil.
func (r StepResult) Site() *SiteError {
	ip, name := r.Step.site()
	return &SiteError{Target: r.Target, Index: r.Index, IPAddress: ip, Name: name, Err: r.Err}
}

// All brings the gateways of many targets to the desired state, as [Gateway] does for one. It
// yields a result for each specification and for each gateway that was pruned, as they finish.
// Nothing is sent until the results are ranged over. Each target is read once, and only what
// differs is written.
//
// A failure is in its result, and does not stop the other gateways. A target that would delete more
// gateways than its MaxDeletes has one result, of Index -1, with a [*DeletesError], and nothing of
// it is written. When ctx ends, every gateway that is not done yet has a result whose error
// satisfies errors.Is for ctx.Err(). If the loop is left early, All stops the operations in flight
// and waits for them: no goroutine stays behind. Range again to do the rest.
//
// All works on up to opts.Total targets at a time. It holds the gateways of those targets in
// memory, not the gateways of all targets.
//
// The targets are checked before anything is sent. The error is then an [*cgw.Error] that satisfies
// [cgw.ErrInvalidArgument] and holds a [*SitesError] that names every target, site and field.
func All(ctx context.Context, targets []Target, opts AllOptions) (iter.Seq[StepResult], error) {
	f := fleet{op: OpAll, perTarget: opts.PerTarget, total: opts.Total, progress: opts.Progress}
	f.checkCaps()
	for _, t := range targets {
		m := &member{Target: t}
		if f.add(m, opts.Options) {
			f.sites = append(f.sites, m.checkSpecs(t.Name, t.Specs)...)
		}
	}
	return f.start(ctx)
}

// fleet is the work on several targets or plans.
type fleet struct {
	op               string
	perTarget, total int // operations in flight
	progress         func(Progress)
	members          []*member
	sites            []*SiteError // what is wrong with them
}

// checkCaps fills in the defaults of the operations in flight.
func (f *fleet) checkCaps() {
	var faults cgw.ValidationError
	for _, c := range []struct {
		field        string
		value        *int
		defaultValue int
	}{{"PerTarget", &f.perTarget, 8}, {"Total", &f.total, 64}} {
		if *c.value < 0 {
			faults.Add(c.field, strconv.Itoa(*c.value), "must not be negative", "", cgw.ErrInvalidArgument)
		}
		if *c.value == 0 {
			*c.value = c.defaultValue
		}
	}
	if err := faults.Err(); err != nil {
		f.sites = append(f.sites, &SiteError{Index: -1, Err: err})
	}
}

// add adds a member, checks it without its specifications, and reports whether these can be checked.
func (f *fleet) add(m *member, opts Options) bool {
	var faults, invalid cgw.ValidationError
	if f.op == OpAll && m.Name == "" {
		faults.Add("Name", "", "is required", "", cgw.ErrInvalidArgument)
	}
	e, err := newEnsurer(f.op, m.Provisioner, opts)
	if of := (*cgw.ValidationError)(nil); errors.As(err, &of) {
		faults.Fields = append(faults.Fields, of.Fields...)
	}
	if m.plan == nil {
		m.Target.check(&invalid)
		faults.Fields = append(faults.Fields, invalid.Fields...)
	}
	m.checkBeside(f.members, &faults)
	m.ensurer = e
	f.members = append(f.members, m)
	if err := faults.Err(); err != nil {
		f.sites = append(f.sites, &SiteError{Target: m.Name, Index: -1, Err: err})
	}
	return e != nil
}

// start returns the results, unless something is wrong.
func (f *fleet) start(ctx context.Context) (iter.Seq[StepResult], error) {
	if len(f.sites) > 0 {
		return nil, refused(f.op, cgw.Location{}, &SitesError{f.sites})
	}
	return f.results(ctx), nil
}
