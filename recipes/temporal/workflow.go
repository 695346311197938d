package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// Fleet is the desired state: the input of [EnsureFleet].
type Fleet struct {
	// Options say whose the gateways are. Owner is required.
	Options ensure.Options `json:"options"`
	Sites   []Site         `json:"sites"`
}

// Site is a gateway that is wanted on each of some targets. It has no AuthKey: what a workflow is
// given stays readable in its history.
type Site struct {
	cgw.CreateRequest
	// Targets are names that the workers know, such as "tencent:ap-guangzhou".
	Targets []string `json:"targets"`
}

// Work is what is wanted on one target: the input of [EnsureTarget].
type Work struct {
	Target  string              `json:"target"`
	Options ensure.Options      `json:"options"`
	Specs   []cgw.CreateRequest `json:"specs"`
}

// Report is what became of a fleet.
type Report struct {
	// Actions counts what was done. A gateway whose worker died after it had created it counts
	// as unchanged: the next worker found it.
	Actions map[ensure.Action]int `json:"actions"`
	Failed  int                   `json:"failed"`
	// Failures are the first maxFailures of each target; the history has them all.
	Failures []Failure `json:"failures,omitempty"`
}

// Failure is what became of a site, or of a whole target, that has no address then.
type Failure struct {
	Target    string `json:"target"`
	IPAddress string `json:"ipAddress,omitempty"`
	Name      string `json:"name,omitempty"`
	Type      string `json:"type"` // of the application error, or typeTimeout
	Error     string `json:"error"`
}

const (
	// maxSites is how many sites a target has at most. It is Temporal's default limit of the
	// activities that one workflow has pending.
	maxSites = 2000
	// maxFailures keeps a report below Temporal's limit of 2 MB.
	maxFailures = 100

	planFor   = 5 * time.Minute // after that a target is given up, and the others are begun
	ensureFor = time.Hour       // after that a site is given up
	// heartbeat is how long the death of a worker goes unnoticed.
	heartbeat = 10 * time.Second
)

// EnsureFleet makes the gateways of a fleet be as specified. First every target is planned,
// which writes nothing: what a target can never take fails the workflow there and then. After
// that one child for each target does what the plan left to do.
//
// All of it is as repeatable as ensure.Gateway: run it again, for the same fleet or a changed one.
func EnsureFleet(ctx workflow.Context, f Fleet) (Report, error) {
	if err := f.check(); err != nil {
		return Report{}, temporal.NewNonRetryableApplicationError(err.Error(), typeInvalid, nil)
	}
	report := Report{Actions: map[ensure.Action]int{}}
	work := f.byTarget()
	plans := make([]workflow.Future, len(work))
	for i, w := range work {
		plans[i] = workflow.ExecuteActivity(forTarget(ctx, w.Target, planFor), (*Activities).Plan, w)
	}
	var refused []string
	var begin []Work
	for i, w := range work {
		var changed []int
		err := plans[i].Get(ctx, &changed)
		switch {
		case temporal.IsCanceledError(err):
			return report, err
		case terminal(err):
			refused = append(refused, w.Target+": "+message(err))
		case err != nil:
			report.fail(w.Target, cgw.CreateRequest{}, err)
		default:
			if n := len(w.Specs) - len(changed); n > 0 {
				report.Actions[ensure.Unchanged] += n
			}
			begin = append(begin, w.only(changed))
		}
	}
	if len(refused) > 0 {
		return Report{}, temporal.NewNonRetryableApplicationError(strings.Join(refused, "; "), typeRefused, nil)
	}
	children := make([]workflow.Future, len(begin))
	for i, w := range begin {
		if len(w.Specs) > 0 {
			children[i] = workflow.ExecuteChildWorkflow(ctx, EnsureTarget, w)
		}
	}
	for i, w := range begin {
		if children[i] == nil {
			continue
		}
		var part Report
		if err := children[i].Get(ctx, &part); temporal.IsCanceledError(err) {
			return report, err
		} else if err != nil {
			report.fail(w.Target, cgw.CreateRequest{}, err)
		}
		report.add(part)
	}
	return report, nil
}

// EnsureTarget ensures each of the gateways of one target with an activity of its own. One that
// fails stops no other.
func EnsureTarget(ctx workflow.Context, w Work) (Report, error) {
	report := Report{Actions: map[ensure.Action]int{}}
	futures := make([]workflow.Future, len(w.Specs))
	for i, spec := range w.Specs {
		goal := Goal{Target: w.Target, Options: w.Options, Spec: spec}
		futures[i] = workflow.ExecuteActivity(forTarget(ctx, w.Target, ensureFor), (*Activities).Ensure, goal)
	}
	for i, spec := range w.Specs {
		var done Done
		err := futures[i].Get(ctx, &done)
		switch {
		case temporal.IsCanceledError(err):
			return report, err
		case err != nil:
			report.fail(w.Target, spec, err)
		default:
			report.Actions[done.Action]++
		}
	}
	return report, nil
}

// forTarget returns the context of an activity for one target. How often an attempt is repeated
// is bounded by time alone; what should not be repeated says so itself, see toTemporal.
func forTarget(ctx workflow.Context, target string, giveUp time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              queueOf(target),
		ScheduleToCloseTimeout: giveUp,
		StartToCloseTimeout:    5 * time.Minute,
		HeartbeatTimeout:       heartbeat,
		WaitForCancellation:    true,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
}

// queueOf gives each target a queue of its own: Temporal then bounds its rate over all workers,
// and one that is down keeps no other waiting.
func queueOf(target string) string { return "cgw/" + target }

// check returns what is wrong with a fleet whatever its targets are.
func (f Fleet) check() error {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if f.Options.Owner == "" {
		add("options.owner is required")
	}
	if len(f.Sites) == 0 {
		add("sites are required")
	}
	for i, s := range f.Sites {
		if len(s.Targets) == 0 {
			add("site %d %q: targets are required", i, s.Name)
		}
		if s.AuthKey != "" {
			add("site %d %q: authKey would be readable in the history", i, s.Name)
		}
	}
	for _, w := range f.byTarget() {
		if len(w.Specs) > maxSites {
			add("target %s: %d sites, at most %d in one workflow", w.Target, len(w.Specs), maxSites)
		}
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

// byTarget returns the work on each target, in the order in which sites name them: a workflow
// must not depend on that of a map.
func (f Fleet) byTarget() []Work {
	var work []Work
	index := map[string]int{}
	for _, s := range f.Sites {
		for _, target := range s.Targets {
			i, ok := index[target]
			if !ok {
				i = len(work)
				index[target] = i
				work = append(work, Work{Target: target, Options: f.Options})
			}
			work[i].Specs = append(work[i].Specs, s.CreateRequest)
		}
	}
	return work
}

func (w Work) only(indexes []int) Work {
	specs := make([]cgw.CreateRequest, len(indexes))
	for n, i := range indexes {
		specs[n] = w.Specs[i]
	}
	w.Specs = specs
	return w
}

func (r *Report) fail(target string, spec cgw.CreateRequest, err error) {
	r.Failed++
	if len(r.Failures) == maxFailures {
		return
	}
	f := Failure{Target: target, Name: spec.Name, Type: typeOf(err), Error: message(err)}
	if spec.IPAddress.IsValid() {
		f.IPAddress = spec.IPAddress.String()
	}
	r.Failures = append(r.Failures, f)
}

func (r *Report) add(part Report) {
	for action, n := range part.Actions {
		r.Actions[action] += n
	}
	r.Failed += part.Failed
	r.Failures = append(r.Failures, part.Failures...)
}
