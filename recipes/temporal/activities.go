package main

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// Activities are what a worker does. Any attempt may be the second one, after a worker that
// died at any point: cgw looks before it writes.
type Activities struct {
	Targets map[string]cgw.Provisioner // by name; those of the queues that the worker serves
}

// Goal is one gateway that is wanted.
type Goal struct {
	Target  string            `json:"target"`
	Options ensure.Options    `json:"options"`
	Spec    cgw.CreateRequest `json:"spec"`
}

// Done is what was done about a gateway.
type Done struct {
	Action ensure.Action `json:"action"`
	ID     string        `json:"id"`
}

// Plan reads a target once, and returns the indexes of the specifications that are not as they
// should be. It writes nothing.
func (a *Activities) Plan(ctx context.Context, w Work) ([]int, error) {
	p, err := a.target(w.Target)
	if err != nil {
		return nil, err
	}
	defer beat(ctx)()
	plan, err := ensure.NewPlan(ctx, ensure.Target{Provisioner: p, Specs: w.Specs}, w.Options)
	if err != nil {
		return nil, toTemporal(ctx, err)
	}
	changed := []int{}
	for i, step := range plan.Steps {
		if step.Kind != ensure.StepUnchanged {
			changed = append(changed, i)
		}
	}
	return changed, nil
}

// Ensure makes one gateway be as specified.
func (a *Activities) Ensure(ctx context.Context, g Goal) (Done, error) {
	p, err := a.target(g.Target)
	if err != nil {
		return Done{}, err
	}
	defer beat(ctx)()
	r, err := ensure.Gateway(ctx, p, g.Spec, g.Options)
	if err != nil {
		return Done{}, toTemporal(ctx, err)
	}
	return Done{Action: r.Action, ID: r.Gateway.ID}, nil
}

func (a *Activities) target(name string) (cgw.Provisioner, error) {
	p, ok := a.Targets[name]
	if !ok {
		return nil, temporal.NewNonRetryableApplicationError("no target "+name+" on this worker", typeInvalid, nil)
	}
	return p, nil
}

// beat tells the server that the worker lives, until the function that it returns is called. So
// a dead one is noticed long before StartToCloseTimeout, and the workflow can be cancelled.
func beat(ctx context.Context) func() {
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(heartbeat / 5)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			case <-stop:
				return
			}
		}
	})
	return func() {
		close(stop)
		wg.Wait()
	}
}
