package ensure

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"reflect"
	"strconv"
	"sync"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// Target is one region of one account of one cloud, and what shall be there.
type Target struct {
	// Name names the target in results and errors. Required, and unlike the others'.
	Name string
	// Provisioner is used by this target alone. Required.
	Provisioner cgw.Provisioner
	// Specs are the gateways wanted. Their addresses differ.
	Specs []cgw.CreateRequest
	// Prune deletes the owner's other gateways there, after the rest is done.
	Prune bool
	// Plan, if not nil, is carried out by the rules of [Apply], in place of Specs and Prune,
	// which must then be zero. Its own options hold.
	Plan *Plan
}

// AllOptions are those of [Gateway] for all targets, and how much is done at a time.
type AllOptions struct {
	Options
	// PerTarget is how many operations are in flight for one Provisioner. 0: 8.
	PerTarget int
	// Total is how many are in flight for all. 0: 64.
	Total int
	// Progress is called after every result, from the goroutine that ranges over them. Nil:
	// not called.
	Progress func(Progress)
}

// Progress says how far the work is.
type Progress struct {
	Done, Failed int
	// Total grows while targets are read that prune: what they delete is known only then.
	Total int
	Last  StepResult // what was done last
}

// StepResult is what became of one site.
type StepResult struct {
	Target string // Target.Name
	// Index is that of the specification or of the step of the plan; deletions of pruning have
	// those that follow. -1: a target without specifications that could not be read.
	Index int
	Step  Step // what was to be done; its Kind is empty where the target could not be read
	Result
	Err error
}

func (r StepResult) site() *SiteError {
	ip, name := r.Step.site()
	return &SiteError{Target: r.Target, Index: r.Index, IPAddress: ip, Name: name, Err: r.Err}
}

// site returns the address and the name that a step is about.
func (s Step) site() (netip.Addr, string) {
	if s.Spec.IPAddress.IsValid() {
		return s.Spec.IPAddress, s.Spec.Name
	}
	return s.Gateway.IPAddress, s.Gateway.Name
}

// All ensures the gateways of many targets, and yields a result for each specification,
// and for each gateway that was pruned, in the order in which they are settled. Nothing is sent
// until the results are ranged over. Each target is read with one List, and only what differs
// is written.
//
// A failure is in its result and stops nothing else. When ctx ends, what is not done yet has
// results whose errors satisfy errors.Is for ctx.Err(). A loop over the results that is left
// early ends what is in flight as a ctx that ends does, and waits for it: no goroutine stays
// behind. Ranging again does what is left to do, since all of it is as repeatable as [Gateway].
//
// The targets are checked before anything is sent. The error is then an [*Error] that satisfies
// [ErrInvalidArgument] and holds a [*SitesError] that names every target, site and field.
func All(ctx context.Context, targets []Target, opts AllOptions) (iter.Seq[StepResult], error) {
	f := fleet{op: OpAll, total: opts.Total, each: opts.PerTarget, progress: opts.Progress}
	if err := f.prepare(targets, opts.Options); err != nil {
		return nil, err
	}
	return f.results(ctx), nil
}

// fleet is the work on several targets.
type fleet struct {
	op          string
	total, each int // caps; 0: the default
	progress    func(Progress)
	targets     []member
}

// member is a target that was checked.
type member struct {
	Target
	*ensurer
}

// prepare checks the targets, all of them.
func (f *fleet) prepare(targets []Target, opts Options) error {
	var own cgw.ValidationError
	for _, c := range []struct {
		field string
		cap   *int
		zero  int
	}{{"PerTarget", &f.each, 8}, {"Total", &f.total, 64}} {
		if *c.cap < 0 {
			own.Add(c.field, strconv.Itoa(*c.cap), "must not be negative", "", cgw.ErrInvalidArgument)
		}
		if *c.cap == 0 {
			*c.cap = c.zero
		}
	}
	var sites []*SiteError
	if err := own.Err(); err != nil {
		sites = append(sites, &SiteError{Index: -1, Err: err})
	}
	for i, t := range targets {
		e, err := newEnsurer(f.op, t.Provisioner, t.options(opts))
		if invalid := f.checkTarget(t, targets[:i], err); invalid != nil {
			sites = append(sites, &SiteError{Target: t.Name, Index: -1, Err: invalid})
		}
		if err != nil {
			continue
		}
		if t.Plan != nil {
			e.exact = true
			sites = append(sites, e.checkPlan(t.Name, t.Plan)...)
		} else {
			sites = append(sites, e.checkAll(t.Name, t.Specs)...)
		}
		f.targets = append(f.targets, member{t, e})
	}
	if len(sites) > 0 {
		return refused(f.op, "", &SitesError{sites})
	}
	return nil
}

func (t Target) options(all Options) Options {
	if t.Plan != nil {
		return t.Plan.Options.Options
	}
	return all
}

// checkTarget returns what is wrong with a target beside its specifications; err is what its
// ensurer says.
func (f *fleet) checkTarget(t Target, before []Target, err error) error {
	var own cgw.ValidationError
	var invalid *cgw.ValidationError
	if f.op == OpAll && t.Name == "" {
		own.Add("Name", "", "is required", "", cgw.ErrInvalidArgument)
	}
	if errors.As(err, &invalid) {
		own.Fields = append(own.Fields, invalid.Fields...)
	}
	if t.Plan != nil && (len(t.Specs) > 0 || t.Prune) {
		own.Add("Plan", "", "excludes Specs and Prune", "", cgw.ErrInvalidArgument)
	}
	for _, o := range before {
		if t.Name != "" && o.Name == t.Name {
			own.Add("Name", t.Name, "is another target's too", "", cgw.ErrInvalidArgument)
			break
		}
	}
	for _, o := range before {
		if sameProvisioner(t.Provisioner, o.Provisioner) {
			own.Add("Provisioner", "", "is that of "+strconv.Quote(oneline.Clip(o.Name))+" too: put their specifications into one target", "", cgw.ErrInvalidArgument)
			break
		}
	}
	return own.Err()
}

// sameProvisioner compares without the panic of types that cannot be compared.
func sameProvisioner(a, b cgw.Provisioner) bool {
	return a != nil && b != nil && reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

// results does the work while it is ranged over.
func (f *fleet) results(parent context.Context) iter.Seq[StepResult] {
	return func(yield func(StepResult) bool) {
		ctx, stop := context.WithCancel(parent)
		r := &fleetRun{slots: make(chan struct{}, f.total), out: make(chan StepResult), each: f.each}
		var work sync.WaitGroup
		for _, t := range f.targets {
			r.expect(t.size())
		}
		for _, t := range f.targets {
			work.Go(func() { r.target(ctx, t) })
		}
		go func() {
			work.Wait()
			close(r.out)
		}()
		defer func() {
			stop()
			for range r.out { // until all goroutines have ended
			}
		}()
		var p Progress
		for p.Last = range r.out {
			p.Done++
			if p.Last.Err != nil {
				p.Failed++
			}
			if f.progress != nil {
				p.Total = r.expected()
				f.progress(p)
			}
			if !yield(p.Last) {
				return
			}
		}
	}
}
