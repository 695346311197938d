package ensuretest

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// inFlight counts the operations in flight, over all Provisioners that share it.
type inFlight struct{ now, most atomic.Int64 }

func (n *inFlight) add(d int64) {
	for now := n.now.Add(d); ; {
		most := n.most.Load()
		if now <= most || n.most.CompareAndSwap(most, now) {
			return
		}
	}
}

// watch counts the operations of p in each of the counters.
func watch(p cgw.Provisioner, counters ...*inFlight) cgw.Provisioner {
	count := func(d int64) {
		for _, c := range counters {
			c.add(d)
		}
	}
	return middleware.WithHooks(p, middleware.Hooks{
		Before: func(ctx context.Context, _ middleware.Operation) (context.Context, error) {
			count(1)
			return ctx, nil
		},
		After: func(context.Context, middleware.Operation, middleware.Done) { count(-1) },
	})
}

// onePercent returns faults that strike every hundredth request, a different one each time.
func onePercent() iter.Seq[wire.Fault] {
	effects := []wire.Fault{
		{When: wire.BeforeCommit, Effect: wire.Abort}, {When: wire.AfterCommit, Effect: wire.Abort},
		{When: wire.AfterCommit, Effect: wire.Cut, Bytes: 20}, {When: wire.BeforeCommit, Effect: wire.Replace, Status: 503, Body: "busy"},
	}
	return func(yield func(wire.Fault) bool) {
		for i := range 20 {
			f := effects[i%len(effects)]
			f.Skip = 100*i + 50
			if !yield(f) {
				return
			}
		}
	}
}

// Two clouds, five regions each, 200 sites in each, 20 ms of latency, one request in a hundred
// struck by a fault.
func TestFleetOfTwoThousand(t *testing.T) {
	const regions, perRegion, perTarget, total = 5, 200, 16, 80
	all := &inFlight{}
	var fleet []cloud
	var each []*inFlight
	var targets []ensure.Target
	for i := range regions {
		for name, c := range clouds(t, conditions{latency: 20 * time.Millisecond, paced: true}) {
			for f := range onePercent() {
				c.inject(f)
			}
			own := &inFlight{}
			fleet, each = append(fleet, c), append(each, own)
			targets = append(targets, ensure.Target{
				Name: fmt.Sprintf("%s-%d", name, i), Provisioner: watch(c.provisioner, all, own), Specs: sites(perRegion),
			})
		}
	}
	run := func() (actions map[ensure.Action]int, failed int) {
		results, err := ensure.All(t.Context(), targets, ensure.AllOptions{Options: options, PerTarget: perTarget, Total: total})
		require.NoError(t, err)
		actions = map[ensure.Action]int{}
		for r := range results {
			if r.Err != nil {
				failed++
				t.Log(r.Err)
				continue
			}
			actions[r.Action]++
		}
		return actions, failed
	}
	start := time.Now()
	actions, failed := run()
	took := time.Since(start)
	require.Zero(t, failed)
	require.Equal(t, 2*regions*perRegion, actions[ensure.Created]+actions[ensure.Unchanged])
	struck, requests := 0, 0
	for i, c := range fleet {
		require.Len(t, c.gateways(), perRegion)
		require.LessOrEqual(t, each[i].most.Load(), int64(perTarget))
		for _, r := range c.requests() {
			requests++
			if r.Fault {
				struck++
			}
		}
		c.clear()
		c.reset()
	}
	require.LessOrEqual(t, all.most.Load(), int64(total))
	require.Greater(t, struck, 2*regions)

	start = time.Now()
	actions, failed = run()
	require.Zero(t, failed)
	require.Equal(t, map[ensure.Action]int{ensure.Unchanged: 2 * regions * perRegion}, actions, "the second run writes nothing")
	for _, c := range fleet {
		for _, a := range c.actions() {
			require.Contains(t, a, "Describe")
		}
	}
	t.Logf("first run %v: %d requests, %d struck; second run %v; at most %d in flight", took, requests, struck, time.Since(start), all.most.Load())
}
