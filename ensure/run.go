package ensure

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cgw-go/cgw"
)

// results does the work while it is ranged over.
func (f *fleet) results(parent context.Context) iter.Seq[StepResult] {
	return func(yield func(StepResult) bool) {
		ctx, stop := context.WithCancel(parent)
		r := &run{slots: make(chan struct{}, f.total), out: make(chan StepResult), perTarget: f.perTarget}
		for _, m := range f.members {
			r.expect(m.size())
		}
		go r.targets(ctx, f.members, f.total)
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

// run works once on the members of a fleet.
type run struct {
	slots     chan struct{} // one for each operation in flight
	out       chan StepResult
	perTarget int // operations in flight for one target
	steps     atomic.Int64
}

func (r *run) expect(steps int) { r.steps.Add(int64(steps)) }
func (r *run) expected() int    { return int(r.steps.Load()) }

// size returns the number of steps as far as it is known before the target is read.
func (m *member) size() int {
	if m.plan != nil {
		return len(m.plan.Steps)
	}
	return len(m.Specs)
}

// targets works on at most atATime members at a time, and closes the channel of results.
func (r *run) targets(ctx context.Context, members []*member, atATime int) {
	var work sync.WaitGroup
	active := make(chan struct{}, atATime)
	for _, m := range members {
		active <- struct{}{}
		work.Go(func() {
			defer func() { <-active }()
			r.target(ctx, &member{Target: m.Target, plan: m.plan, ensurer: m.forRun()})
		})
	}
	work.Wait()
	close(r.out)
}

// target does the work of one member and sends its results.
func (r *run) target(ctx context.Context, m *member) {
	steps, err := r.read(ctx, m)
	if err != nil {
		r.unreadable(m, err)
		return
	}
	if err := checkDeletes(steps, m.MaxDeletes); err != nil {
		r.skip(m, refused(m.op, locationOf(m.p), err))
		return
	}
	r.expect(len(steps) - m.size())
	var phases [3][]int // the steps of each
	for i, s := range steps {
		phases[m.phase(s)] = append(phases[m.phase(s)], i)
	}
	r.pass(ctx, m, steps, phases[phaseFirst])
	if len(phases[phaseTags]) > 1 {
		r.awaitTags(ctx, m, steps, phases[phaseTags])
	}
	r.pass(ctx, m, steps, phases[phaseTags])
	r.pass(ctx, m, steps, phases[phaseDelete])
}

// read returns what is to be done.
func (r *run) read(ctx context.Context, m *member) ([]Step, error) {
	if m.plan != nil {
		return m.plan.Steps, nil
	}
	if len(m.Specs) == 0 && !m.Prune {
		return nil, nil
	}
	if err := r.enter(ctx, m.ensurer); err != nil {
		return nil, err
	}
	defer r.leave()
	m.reads.listed = time.Now()
	steps, _, err := m.ensurer.plan(ctx, m.Specs, m.Prune, false)
	m.reads.until(m.opts.Patience) // the wait for owner tags begins with this read
	return steps, err
}

// unreadable sends the results of a target that could not be read.
func (r *run) unreadable(m *member, err error) {
	if len(m.Specs) == 0 {
		r.skip(m, err)
	}
	for i, spec := range m.Specs {
		r.out <- StepResult{Target: m.Name, Index: i, Step: Step{Spec: spec}, Err: err}
	}
}

// skip sends the one result of a target of which nothing is done.
func (r *run) skip(m *member, err error) {
	r.expect(1 - m.size())
	r.out <- StepResult{Target: m.Name, Index: -1, Err: err}
}

// The steps of a target are carried out in phases.
type phase int

const (
	phaseFirst phase = iota
	phaseTags        // of gateways whose owner tag may not be visible yet
	phaseDelete
)

func (m *member) phase(s Step) phase {
	switch {
	case s.Kind == StepDelete:
		return phaseDelete
	case m.awaitsTags(s):
		return phaseTags
	default:
		return phaseFirst
	}
}

// pass carries out some of the steps, at most perTarget at a time.
func (r *run) pass(ctx context.Context, m *member, steps []Step, some []int) {
	queue := make(chan int)
	var workers sync.WaitGroup
	busy := 0
	for _, i := range some {
		switch s := steps[i]; {
		case s.Kind == StepUnchanged: // costs nothing
			r.send(m, steps, i, StepResult{Result: Result{Action: Unchanged, Gateway: s.Gateway}})
			continue
		case busy < r.perTarget:
			busy++
			workers.Go(func() {
				for i := range queue {
					r.send(m, steps, i, r.step(ctx, m, steps[i]))
				}
			})
		}
		queue <- i
	}
	close(queue)
	workers.Wait()
}

// send sends the result of a step. It frees the step, unless it is of a plan, which keeps its steps.
func (r *run) send(m *member, steps []Step, i int, result StepResult) {
	result.Target, result.Index, result.Step = m.Name, i, steps[i]
	if m.plan == nil {
		steps[i] = Step{}
	}
	r.out <- result
}

// step carries out a step.
func (r *run) step(ctx context.Context, m *member, s Step) (result StepResult) {
	if result.Err = r.enter(ctx, m.ensurer); result.Err != nil {
		return result
	}
	defer r.leave()
	if m.planned {
		result.Result, result.Err = m.carryOut(ctx, s)
	} else {
		result.Result, result.Err = m.do(ctx, s, true)
	}
	return result
}

// awaitTags waits once for the owner tags of all gateways of a target that need it, and reads them
// with one List. For a plan, which was made some time ago, it also reads before the wait.
func (r *run) awaitTags(ctx context.Context, m *member, steps []Step, some []int) {
	var specs []cgw.CreateRequest
	ids := map[string]bool{}
	for _, i := range some {
		specs = append(specs, steps[i].Spec)
		ids[steps[i].Gateway.ID] = true
	}
	end := m.reads.until(m.opts.Patience)
	if m.planned {
		r.readTags(ctx, m, specs, ids, false)
	}
	if len(ids) > 0 && sleep(ctx, time.Until(end)) == nil {
		r.readTags(ctx, m, specs, ids, true)
	}
}

// readTags notes which gateways have an owner tag now; all of them if this is the last read. A failed read
// changes nothing.
func (r *run) readTags(ctx context.Context, m *member, specs []cgw.CreateRequest, ids map[string]bool, last bool) {
	if r.enter(ctx, m.ensurer) != nil {
		return
	}
	defer r.leave()
	groups, ungrouped := groupsOf(specs)
	if ungrouped {
		groups = []string{""}
	}
	for _, group := range groups {
		for g, err := range m.p.List(ctx, cgw.Filter{ResourceGroupID: group}) {
			if err != nil {
				break
			}
			if ids[g.ID] && (last || m.ownerOf(g) != "") {
				g.RequestID = ""
				m.reads.noteTagged(g)
				delete(ids, g.ID)
			}
		}
	}
}

// enter waits for a slot. Its error says that ctx ended before anything was done.
func (r *run) enter(ctx context.Context, e *ensurer) error {
	if ctx.Err() == nil {
		select {
		case r.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	return e.fail(nil, cgw.Gateway{}, nil).WithContext(ctx)
}

func (r *run) leave() { <-r.slots }
