package cgwtest

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cgw-go/cgw"
)

// mates lets two calls that run at once find each other.
type mates chan struct{}

// meet waits a moment for another call, and reports whether one came.
func (m mates) meet() bool {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case m <- struct{}{}:
		return true
	case <-m:
		return true
	case <-timer.C:
		return false
	}
}

// timingDefects are wrong during or after another call.
func timingDefects() []defect {
	busy := func(op string) *cgw.Error {
		return &cgw.Error{Op: op, Provider: cgw.Alibaba, Region: "fake-region", Kind: cgw.ErrUnavailable, Outcome: cgw.OutcomeNotApplied}
	}
	return []defect{
		{
			name: "Get shows nothing",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, get: func(ctx context.Context, _ string) (cgw.Gateway, error) { return f.Get(ctx, "cgw-none") }}
			},
			timeout: patience,
			caught:  []string{"WaitVisible/created", "Get/created"},
		},
		{
			name: "Get outlasts its context",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, get: func(ctx context.Context, id string) (cgw.Gateway, error) {
					timer := time.NewTimer(4 * patience)
					defer timer.Stop()
					<-timer.C
					return f.Get(ctx, id)
				}}
			},
			timeout: patience,
			caught:  []string{"WaitVisible/missing", "WaitGone/existing"},
		},
		{
			name: "a ClientToken that is the address",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					if req.IPAddress.IsValid() {
						req.ClientToken = req.IPAddress.String()
					}
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"Create/address of a deleted gateway", "Create/ClientToken absent"},
		},
		{
			name: "List shows gateways as they were created",
			bend: func(f *Fake) cgw.Provisioner {
				var made []cgw.Gateway
				return bent{
					Provisioner: f,
					create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
						g, err := f.Create(ctx, req)
						made = append(made, g)
						return g, err
					},
					list: func(context.Context, cgw.Filter) sequence {
						return func(yield func(cgw.Gateway, error) bool) {
							for _, g := range made {
								if !yield(g, nil) {
									return
								}
							}
						}
					},
				}
			},
			caught: []string{"List/after an Update", "List/second loop", "List/by address"},
		},
		{
			name: "paging by position in a list with the newest first",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, list: func(ctx context.Context, filter cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for pos := 0; ; pos++ {
							all, err := cgw.Collect(f.List(ctx, filter))
							slices.Reverse(all)
							if err != nil || pos >= len(all) || !yield(all[pos], nil) {
								return
							}
						}
					}
				}}
			},
			caught: []string{"List/writes during the loop"},
		},
		{
			name: "an iterator for one goroutine",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, list: func(ctx context.Context, filter cgw.Filter) sequence {
					met := make(mates)
					return func(yield func(cgw.Gateway, error) bool) {
						if met.meet() {
							return
						}
						f.List(ctx, filter)(yield)
					}
				}}
			},
			caught: []string{"concurrency/loops over one iterator"},
		},
		{
			name: "List fails during writes",
			bend: func(f *Fake) cgw.Provisioner {
				met := make(mates)
				return bent{
					Provisioner: f,
					create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
						met.meet()
						return f.Create(ctx, req)
					},
					list: func(ctx context.Context, filter cgw.Filter) sequence {
						return func(yield func(cgw.Gateway, error) bool) {
							if met.meet() {
								yield(cgw.Gateway{}, busy(cgw.OpList))
								return
							}
							f.List(ctx, filter)(yield)
						}
					},
				}
			},
			caught: []string{"concurrency/List during writes"},
		},
		{
			name: "Update fails during another",
			bend: func(f *Fake) cgw.Provisioner {
				met := make(mates)
				return bent{Provisioner: f, update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if met.meet() {
						return cgw.Gateway{}, busy(cgw.OpUpdate)
					}
					return f.Update(ctx, id, req)
				}}
			},
			caught: []string{"concurrency/updates of one gateway", "concurrency/distinct gateways"},
		},
		{
			name: "one call at a time",
			bend: func(f *Fake) cgw.Provisioner {
				var running atomic.Bool
				met := make(mates)
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					if !running.CompareAndSwap(false, true) {
						return cgw.Gateway{}, busy(cgw.OpCreate)
					}
					defer running.Store(false)
					met.meet() // returns after its delay: the other calls were refused
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"concurrency/distinct gateways"},
		},
	}
}
