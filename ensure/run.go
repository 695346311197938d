package ensure

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/cgw-go/cgw"
)

// fleetRun is one pass over the targets of a fleet.
type fleetRun struct {
	slots chan struct{} // one for each operation in flight
	out   chan StepResult
	each  int // operations in flight for one target
	steps atomic.Int64
}

func (r *fleetRun) expect(steps int) { r.steps.Add(int64(steps)) }
func (r *fleetRun) expected() int    { return int(r.steps.Load()) }

// size returns the number of steps as far as it is known before the target is read.
func (t member) size() int {
	if t.Plan != nil {
		return len(t.Plan.Steps)
	}
	return len(t.Specs)
}

// target does the work of one target and sends its results.
func (r *fleetRun) target(ctx context.Context, t member) {
	steps, do, err := r.read(ctx, t)
	if err != nil {
		r.lost(t, err)
		return
	}
	r.expect(len(steps) - t.size())
	last := func(s Step) bool { return s.Kind == StepDelete }
	r.pass(ctx, t, do, steps, func(s Step) bool { return !last(s) })
	r.pass(ctx, t, do, steps, last)
}

// doer carries out a step.
type doer func(context.Context, Step) (Result, error)

// read returns what is to be done, and how.
func (r *fleetRun) read(ctx context.Context, t member) (steps []Step, do doer, err error) {
	if t.Plan != nil {
		return t.Plan.Steps, t.carryOut, nil
	}
	if len(t.Specs) == 0 && !t.Prune {
		return nil, t.do, nil
	}
	if err = r.enter(ctx, t.ensurer); err != nil {
		return nil, nil, err
	}
	defer r.leave()
	steps, err = t.plan(ctx, t.Specs, t.Prune)
	return steps, t.do, err
}

// lost sends the results of a target that could not be read.
func (r *fleetRun) lost(t member, err error) {
	for i, spec := range t.Specs {
		r.out <- StepResult{Target: t.Name, Index: i, Step: Step{Spec: spec}, Err: err}
	}
	if len(t.Specs) == 0 {
		r.expect(1)
		r.out <- StepResult{Target: t.Name, Index: -1, Err: err}
	}
}

// pass carries out the steps that are wanted, as many at a time as a target may.
func (r *fleetRun) pass(ctx context.Context, t member, do doer, steps []Step, wanted func(Step) bool) {
	queue := make(chan int)
	var workers sync.WaitGroup
	busy := 0
	for i, s := range steps {
		switch {
		case !wanted(s):
			continue
		case s.Kind == StepUnchanged: // costs nothing
			r.out <- StepResult{Target: t.Name, Index: i, Step: s, Result: Result{Action: Unchanged, Gateway: s.Gateway}}
			continue
		case busy < r.each:
			busy++
			workers.Go(func() {
				for i := range queue {
					r.out <- r.step(ctx, t, do, i, steps[i])
				}
			})
		}
		queue <- i
	}
	close(queue)
	workers.Wait()
}

func (r *fleetRun) step(ctx context.Context, t member, do doer, i int, s Step) StepResult {
	result := StepResult{Target: t.Name, Index: i, Step: s}
	if result.Err = r.enter(ctx, t.ensurer); result.Err != nil {
		return result
	}
	defer r.leave()
	result.Result, result.Err = do(ctx, s)
	return result
}

// enter waits for a slot. Its error says that ctx ended before anything was done.
func (r *fleetRun) enter(ctx context.Context, e *ensurer) error {
	if ctx.Err() == nil {
		select {
		case r.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	return (&cgw.Error{Op: e.op, Provider: e.rules.Provider, Outcome: cgw.OutcomeNotApplied}).WithContext(ctx)
}

func (r *fleetRun) leave() { <-r.slots }
