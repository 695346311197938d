package cgwtest

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
)

// writeDefects are wrong in Update and Delete.
func writeDefects() []defect {
	type updater = func(context.Context, string, cgw.UpdateRequest) (cgw.Gateway, error)
	updating := func(bend func(*Fake) updater) func(*Fake) cgw.Provisioner {
		return func(f *Fake) cgw.Provisioner { return bent{Provisioner: f, update: bend(f)} }
	}
	deleting := func(bend func(context.Context, *Fake, string) error) func(*Fake) cgw.Provisioner {
		return func(f *Fake) cgw.Provisioner {
			return bent{Provisioner: f, delete: func(ctx context.Context, id string) error { return bend(ctx, f, id) }}
		}
	}
	return []defect{
		{
			name: "Update clears what it does not name", rules: "zero",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					var none string
					if id != "" && req.Description == nil {
						req.Description = &none
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/each field", "Update/empty request"},
		},
		{
			name: "Update merges tags",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if old, err := f.Get(ctx, id); err == nil && req.Tags != nil {
						merged := maps.Clone(old.Tags)
						if merged == nil {
							merged = make(map[string]string)
						}
						maps.Copy(merged, req.Tags)
						req.Tags = merged
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/tags removed", "Update/tags replaced", "Update/tags all removed", "Update/each field"},
		},
		{
			name: "Update takes empty tags for nil",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					req.Tags = cloneTags(req.Tags)
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/tags all removed"},
		},
		{
			name: "Update takes nil tags for empty",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if req.Tags == nil {
						req.Tags = map[string]string{}
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/tags kept", "Update/empty request", "Update/each field"},
		},
		{
			name: "Update returns the gateway as it was",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					old, _ := f.Get(ctx, id)
					if g, err := f.Update(ctx, id, req); err != nil {
						return g, err
					}
					return old, nil
				}
			}),
			caught: []string{"Update/each field", "Update/all fields", "Update/accepts Name/of maximum length"},
		},
		{
			name: "Update with an empty request sends nothing",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if req.Name == nil && req.Description == nil && req.ASN == nil && req.AuthKey == nil && req.Tags == nil {
						return cgw.Gateway{ID: id}, nil
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/empty request", "Update/missing", "Update/empty ID"},
		},
		{
			name: "Update drops the ASN", rules: "like Tencent",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if req.Name != nil {
						req.ASN = nil
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/all fields"},
		},
		{
			name: "Update does not remove the ASN", rules: "zero",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if req.ASN != nil && *req.ASN == 0 {
						req.ASN = nil
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/ASN removed"},
		},
		{
			name: "Update refuses a request that changes nothing",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					old, _ := f.Get(ctx, id)
					g, err := f.Update(ctx, id, req)
					if err == nil && g.Equal(old) {
						return cgw.Gateway{}, &cgw.Error{Op: cgw.OpUpdate, Kind: cgw.ErrInvalidArgument}
					}
					return g, err
				}
			}),
			caught: []string{"Update/repeated", "Update/empty request"},
		},
		{
			name: "Update adds no tags to a gateway without tags",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if old, err := f.Get(ctx, id); err == nil && old.Tags == nil {
						req.Tags = nil
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/tags added", "Update/accepts Tags/of maximum count"},
		},
		{
			name: "Update does not change the value of an existing tag",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					old, _ := f.Get(ctx, id)
					req.Tags = maps.Clone(req.Tags)
					for k := range req.Tags {
						if v, ok := old.Tags[k]; ok {
							req.Tags[k] = v
						}
					}
					return f.Update(ctx, id, req)
				}
			}),
			caught: []string{"Update/tags changed", "Update/tags replaced"},
		},
		{
			name: "Update changes another gateway too",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					g, err := f.Update(ctx, id, req)
					if err == nil {
						_, _ = f.Update(ctx, "cgw-fake0001", req)
					}
					return g, err
				}
			}),
			caught: []string{"Update/other gateways unchanged"},
		},
		{
			name: "Update changes its request",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					g, err := f.Update(ctx, id, req)
					clear(req.Tags)
					return g, err
				}
			}),
			caught: []string{"requests/not modified"},
		},
		{
			name: "Update's result holds the request's map",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					g, err := f.Update(ctx, id, req)
					if req.Tags != nil {
						g.Tags = req.Tags
					}
					return g, err
				}
			}),
			caught: []string{"Update/result shares no memory with the request"},
		},
		{
			name: "Update of a missing gateway succeeds",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					g, err := f.Update(ctx, id, req)
					if errors.Is(err, cgw.ErrNotFound) {
						return cgw.Gateway{ID: id}, nil
					}
					return g, err
				}
			}),
			caught: []string{"Update/missing"},
		},
		{
			name: "Delete of a missing gateway succeeds",
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				if err := f.Delete(ctx, id); !errors.Is(err, cgw.ErrNotFound) {
					return err
				}
				return nil
			}),
			caught: []string{"Delete/missing", "concurrency/deletes of one gateway"},
		},
		{
			name: "Delete does not delete",
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				_, err := f.Get(ctx, id)
				return err
			}),
			timeout: patience,
			caught:  []string{"Delete/existing", "Delete/missing", "DeleteIfExists/existing and missing", "WaitGone/deleted"},
		},
		{
			name: "Delete of a gateway in use succeeds",
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				f.mu.Lock()
				f.state.connections = connections{}
				f.mu.Unlock()
				return f.Delete(ctx, id)
			}),
			caught: []string{"Delete/in use"},
		},
		{
			name: "Delete deletes another gateway too",
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				err := f.Delete(ctx, id)
				if err == nil {
					_ = f.Delete(ctx, "cgw-fake0001")
				}
				return err
			}),
			caught: []string{"Delete/existing"},
		},
		{
			name: "DeleteIfExists hides an empty ID",
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				if id == "" {
					return &cgw.Error{Op: cgw.OpDelete, Kind: cgw.ErrNotFound, Outcome: cgw.OutcomeNotApplied}
				}
				return f.Delete(ctx, id)
			}),
			caught: []string{"Delete/empty ID"},
		},
		{
			name: "Delete sends an ID that is none", // and the service finds no gateway
			bend: deleting(func(ctx context.Context, f *Fake, id string) error {
				if strings.TrimSpace(id) != id {
					return &cgw.Error{Op: cgw.OpDelete, Kind: cgw.ErrNotFound, Outcome: cgw.OutcomeNotApplied}
				}
				return f.Delete(ctx, id)
			}),
			caught: []string{"Delete/malformed ID"},
		},
		{
			name: "Update trims the ID",
			bend: updating(func(f *Fake) updater {
				return func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					return f.Update(ctx, strings.TrimSpace(id), req)
				}
			}),
			caught: []string{"Update/malformed ID"},
		},
	}
}

// patience is the Timeout of a Harness whose calls do not end with their context.
const patience = 50 * time.Millisecond

// contextDefects are wrong about contexts.
func contextDefects() []defect {
	type creator = func(context.Context, cgw.CreateRequest) (cgw.Gateway, error)
	creating := func(bend func(*Fake) creator) func(*Fake) cgw.Provisioner {
		return func(f *Fake) cgw.Provisioner { return bent{Provisioner: f, create: bend(f)} }
	}
	return []defect{
		{
			name: "ignores contexts",
			bend: creating(func(f *Fake) creator {
				return func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					return f.Create(context.WithoutCancel(ctx), req)
				}
			}),
			caught: []string{
				"context/cancelled before the call", "context/deadline passed before the call", "context/cancelled with a cause before the call",
				"context/cancelled before an invalid call",
			},
		},
		{
			name: "drops the error of the context",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					return &cgw.Error{Op: e.Op, Provider: e.Provider, Region: e.Region, ID: e.ID, Kind: e.Kind, Outcome: e.Outcome, Err: e.Err}
				})
			},
			caught: []string{
				"context/cancelled before the call", "context/cancelled during the call", "context/deadline passed during the call",
				"List/cancelled between gateways", "List/cancelled before the loop",
			},
		},
		{
			name: "a retryable error for a cancelled context",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					if e.Kind == nil {
						e.Err = cgw.ErrUnavailable
					}
					return e
				})
			},
			caught: []string{"context/cancelled before the call"},
		},
		{
			name: "calls that do not end with their context",
			bend: creating(func(f *Fake) creator {
				return func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					if len(f.Faults) > 0 { // the stalled service
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 4*patience)
						defer cancel()
					}
					return f.Create(ctx, req)
				}
			}),
			timeout: patience,
			caught:  []string{"context/cancelled during the call", "context/deadline passed during the call"},
		},
		{
			name: "claims success of a write without a reply",
			bend: creating(func(f *Fake) creator {
				return func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					var e *cgw.Error
					if errors.As(err, &e) && e.Outcome == cgw.OutcomeUnknown {
						e.Outcome = cgw.OutcomeApplied
					}
					return g, err
				}
			}),
			caught: []string{"context/cancelled during the call"},
		},
		{
			name: "claims that nothing was done",
			bend: creating(func(f *Fake) creator {
				return func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(context.WithoutCancel(ctx), req)
					if err != nil {
						return g, err
					}
					<-ctx.Done()
					e := &cgw.Error{Op: cgw.OpCreate, Provider: g.Provider, Region: g.Region, Outcome: cgw.OutcomeNotApplied}
					return cgw.Gateway{}, e.WithContext(ctx)
				}
			}),
			caught: []string{"context/cancelled at any moment"},
		},
	}
}
