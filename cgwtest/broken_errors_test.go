package cgwtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// errorDefects are wrong in the errors that they return.
func errorDefects() []defect {
	errorsOf := func(change func(*cgw.Error) error) func(*Fake) cgw.Provisioner {
		return func(f *Fake) cgw.Provisioner { return bendErrors(f, change) }
	}
	return []defect{
		{
			name: "wrong Kind",
			bend: errorsOf(func(e *cgw.Error) error {
				if errors.Is(e, cgw.ErrNotFound) {
					e.Kind = cgw.ErrInvalidArgument
				}
				return e
			}),
			caught: []string{"Get/missing", "Update/missing", "Delete/missing", "WaitGone/deleted"},
		},
		{
			name:   "plain errors",
			bend:   errorsOf(func(e *cgw.Error) error { return fmt.Errorf("failed: %w", e) }),
			caught: []string{"Get/missing", "Create/address in use", "context/cancelled before the call", "Delete/in use"},
		},
		{
			name:   "unknown outcome of refusals",
			bend:   errorsOf(func(e *cgw.Error) error { e.Outcome = cgw.OutcomeUnknown; return e }),
			caught: []string{"Create/refuses Name/too long", "Create/address in use", "Delete/missing", "context/cancelled before the call"},
		},
		{
			name:   "the wrong operation",
			bend:   errorsOf(func(e *cgw.Error) error { e.Op = "Describe"; return e }),
			caught: []string{"Get/missing"},
		},
		{
			name:   "no provider in errors",
			bend:   errorsOf(func(e *cgw.Error) error { e.Provider = ""; return e }),
			caught: []string{"Get/missing"},
		},
		{
			name:   "no region in errors",
			bend:   errorsOf(func(e *cgw.Error) error { e.Region = ""; return e }),
			caught: []string{"Get/missing"},
		},
		{
			name:   "no ID in errors",
			bend:   errorsOf(func(e *cgw.Error) error { e.ID = ""; return e }),
			caught: []string{"Get/missing", "Update/missing", "Delete/missing", "Delete/in use"},
		},
		{
			name:   "no ConflictingIDs",
			bend:   errorsOf(func(e *cgw.Error) error { e.ConflictingIDs = nil; return e }),
			caught: []string{"Create/address in use", "Delete/in use", "concurrency/creates at one address"},
		},
		{
			name: "one slice of ConflictingIDs for all errors",
			bend: func(f *Fake) cgw.Provisioner {
				var ids []string
				return bendErrors(f, func(e *cgw.Error) error {
					if ids == nil {
						ids = slices.Clone(e.ConflictingIDs)
					}
					e.ConflictingIDs = ids
					return e
				})
			},
			caught: []string{"errors/ConflictingIDs share no memory"},
		},
		{
			name:   "no ClientToken in errors",
			bend:   errorsOf(func(e *cgw.Error) error { e.ClientToken = ""; return e }),
			caught: []string{"Create/ClientToken in errors", "Create/ClientToken for another request"},
		},
		{
			name: "retryable refusals",
			bend: errorsOf(func(e *cgw.Error) error {
				e.Err = errors.Join(e.Err, cgw.ErrUnavailable)
				return e
			}),
			caught: []string{"Create/address in use", "Get/missing"},
		},
		{
			name: "ErrOutcomeUnknown as a Kind",
			bend: errorsOf(func(e *cgw.Error) error {
				e.Err, e.Kind = e.Kind, cgw.ErrOutcomeUnknown
				return e
			}),
			caught: []string{"Get/missing"},
		},
		{
			name: "a gateway with an error",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, get: func(ctx context.Context, id string) (cgw.Gateway, error) {
					g, err := f.Get(ctx, id)
					g.ID = id
					return g, err
				}}
			},
			caught: []string{"Get/missing"},
		},
		{
			name: "AuthKey in errors",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					var e *cgw.Error
					if errors.As(err, &e) {
						e.Message = "cannot create with " + req.AuthKey.Reveal()
					}
					return g, err
				}}
			},
			caught: []string{"Create/AuthKey stays secret", "Create/refuses AuthKey/too long"},
		},
		{
			name: "AuthKey in a transport's error",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					var e *cgw.Error
					if errors.As(err, &e) {
						e.Message, e.Err = "no reply", fmt.Errorf("POST /?AuthKey=%s", req.AuthKey.Reveal())
					}
					return g, err
				}}
			},
			caught: []string{"context/cancelled during the call", "context/cancelled before the call"},
		},
		{
			name: "a URL in errors",
			bend: errorsOf(func(e *cgw.Error) error {
				e.Message, e.Err = "no reply", errors.New("POST https://vpc.example.com/: EOF")
				return e
			}),
			caught: []string{"context/cancelled during the call", "Get/missing"},
		},
		{
			name: "Get trims the ID",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, get: func(ctx context.Context, id string) (cgw.Gateway, error) {
					return f.Get(ctx, strings.TrimSpace(id))
				}}
			},
			caught: []string{"Get/malformed ID"},
		},
		{
			name: "panics",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, get: func(context.Context, string) (cgw.Gateway, error) { panic("nil pointer") }}
			},
			caught: []string{"Get/created", "concurrency/distinct gateways"},
		},
	}
}

// validationDefects are wrong in what they refuse.
func validationDefects() []defect {
	const all = "Create/refuses/every fault in one error"
	return []defect{
		{
			name: "drops an unsupported field in silence", rules: "like Tencent",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					req.Description, req.ResourceGroupID, req.AuthKey, req.ClientToken = "", "", "", ""
					return f.Create(ctx, req)
				}}
			},
			caught: []string{
				"Create/refuses Description/unsupported by the cloud", "Create/refuses ResourceGroupID/unsupported by the cloud",
				"Create/refuses AuthKey/unsupported by the cloud", "Create/refuses ClientToken/unsupported by the cloud", all,
			},
		},
		{
			name: "drops an immutable ASN in silence",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					req.ASN = nil
					return f.Update(ctx, id, req)
				}}
			},
			caught: []string{"Update/refuses ASN/any change", "Update/refuses/every fault in one error"},
		},
		{
			name: "reports the first fault only",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					if v := faultsOf(e); v != nil {
						e.Err = &cgw.ValidationError{Fields: v[:1]}
					}
					return e
				})
			},
			caught: []string{all, "Update/refuses/every fault in one error"},
		},
		{
			name: "reports faults out of order",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					slices.Reverse(faultsOf(e))
					return e
				})
			},
			caught: []string{all, "Update/refuses/every fault in one error"},
		},
		{
			name: "no ValidationError",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					if e.Err != nil {
						e.Err = errors.New(e.Err.Error())
					}
					return e
				})
			},
			caught: []string{all, "Get/empty ID", "Create/refuses Name/too long", "List/empty ID among IDs"},
		},
		{
			name: "no Reason",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					for _, v := range faultsOf(e) {
						v.Reason = ""
					}
					return e
				})
			},
			caught: []string{"Create/refuses Name/too long"},
		},
		{
			name: "length in bytes",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					if len(req.Name) > 128 {
						req.Name += string(make([]byte, 129))
					}
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"Create/accepts Name/of maximum length in Unicode"},
		},
		{
			name: "no limits",
			bend: func(f *Fake) cgw.Provisioner { f.Provider = f.Like.Provider; f.Like = cgw.Rules{}; return f },
			caught: []string{
				"Create/refuses IPAddress/first address of 127.0.0.0/8", "Create/refuses Name/too long", "Create/refuses Name/too long in Unicode",
				"Create/refuses Name/starting with HTTP://", "Create/refuses Description/too short",
				"Create/refuses Description/starting with a digit", "Create/refuses ASN/reserved 45104",
				"Create/refuses Tags/too many", "Create/refuses Tags/with a key starting with aliyun",
				"Create/refuses AuthKey/with ' '", "Create/refuses ClientToken/too long", "Update/refuses Name/empty",
				"Update/refuses Tags/with a value too long",
			},
		},
		{
			name: "classful host parts accepted", rules: "like Tencent",
			bend:   func(f *Fake) cgw.Provisioner { f.Like.IPAddress.ClassfulHost = false; return f },
			caught: []string{"Create/refuses IPAddress/classful host part of 203.0.113.255", "Create/refuses IPAddress/classful host part of 150.1.0.0"},
		},
		{
			name: "stricter than its rules",
			bend: func(f *Fake) cgw.Provisioner {
				f.Like.Name.Max--
				f.Like.Tags.MaxCount--
				f.Like.Name.Marks = "."
				return f
			},
			caught: []string{
				"Create/accepts Name/of maximum length", "Create/accepts Tags/of maximum count",
				"Update/accepts Name/of maximum length", "Update/tags of maximum count replaced",
			},
		},
		{
			name: "sends a request before it validates",
			bend: func(f *Fake) cgw.Provisioner {
				probe := func() { f.mu.Lock(); defer f.mu.Unlock(); f.state.requests++ }
				return bent{
					Provisioner: f,
					create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
						probe()
						return f.Create(ctx, req)
					},
					update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
						probe()
						return f.Update(ctx, id, req)
					},
					delete: func(ctx context.Context, id string) error { probe(); return f.Delete(ctx, id) },
				}
			},
			caught: []string{
				"Create/refuses Name/too long", all, "Update/refuses ASN/any change", "Update/empty ID", "Delete/empty ID",
				"context/cancelled before the call",
			},
		},
	}
}
