package cgwtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// resultDefects are wrong in what they return on success.
func resultDefects() []defect {
	return []defect{
		{
			name: "success with a zero Gateway",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					_, err := f.Create(ctx, req)
					return cgw.Gateway{}, err
				}}
			},
			caught: []string{"Create/minimal"},
		},
		{
			name: "Create's result holds the request's map",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					if err == nil {
						g.Tags = req.Tags
					}
					return g, err
				}}
			},
			caught: []string{"Create/result shares no memory with the request"},
		},
		{
			name: "Get returns one map again and again",
			bend: func(f *Fake) cgw.Provisioner {
				var cache sync.Map
				return bent{Provisioner: f, get: func(ctx context.Context, id string) (cgw.Gateway, error) {
					g, err := f.Get(ctx, id)
					if err != nil {
						return g, err
					}
					tags, _ := cache.LoadOrStore(id, g.Tags)
					g.Tags = tags.(map[string]string)
					return g, nil
				}}
			},
			caught: []string{"Get/results share no memory"},
		},
		{
			name: "IPv4-mapped addresses",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway { g.IPAddress = netip.AddrFrom16(g.IPAddress.As16()); return g })
			},
			caught: []string{"Create/minimal", "Create/IPv4-mapped IPv6 address", "List/all"},
		},
		{
			name: "local time",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway {
					g.CreatedAt = g.CreatedAt.In(time.FixedZone("UTC+8", 8*3600))
					return g
				})
			},
			caught: []string{"Create/minimal", "Get/created"},
		},
		{
			name: "empty Tags in place of nil",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway {
					if g.Tags == nil {
						g.Tags = map[string]string{}
					}
					return g
				})
			},
			caught: []string{"Create/minimal", "Update/tags all removed"},
		},
		{
			name: "no RequestID",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway { g.RequestID = ""; return g })
			},
			caught: []string{"Create/minimal"},
		},
		{
			name: "another region in each Gateway",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway { g.Region = g.ID; return g })
			},
			caught: []string{"Create/distinct IDs"},
		},
		{
			name: "no provider",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway { g.Provider = ""; return g })
			},
			caught: []string{"Create/minimal"},
		},
		{
			name: "ASN of 16 bits",
			bend: func(f *Fake) cgw.Provisioner {
				return bendGateways(f, func(g cgw.Gateway) cgw.Gateway { g.ASN &= 0xffff; return g })
			},
			caught: []string{"Create/ASN in asdot", "Create/accepts ASN/65536", "Create/accepts ASN/4294967295"},
		},
		{
			name:  "description echoed but not kept",
			rules: "zero",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					asked := req.Description
					req.Description = ""
					g, err := f.Create(ctx, req)
					if err == nil {
						g.Description = asked
					}
					return g, err
				}}
			},
			caught: []string{"Create/with every field", "Get/created", "List/all"},
		},
		{
			name: "resource group dropped",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					req.ResourceGroupID = ""
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"Create/in a resource group", "Create/ClientToken for another request"},
		},
		{
			name: "AuthKey shown as the description",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					req.Description += req.AuthKey.Reveal()
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"Create/AuthKey stays secret"},
		},
		{
			name: "request changed",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					delete(req.Tags, "empty")
					return g, err
				}}
			},
			caught: []string{"requests/not modified"},
		},
		{
			name: "one ID for two creates at once",
			bend: func(f *Fake) cgw.Provisioner {
				mate := make(chan string)
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					timer := time.NewTimer(100 * time.Millisecond)
					defer timer.Stop()
					select {
					case mate <- g.ID:
					case g.ID = <-mate:
					case <-timer.C:
					}
					return g, err
				}}
			},
			caught: []string{"concurrency/distinct gateways"},
		},
		{
			name: "the holder of the address in place of ErrAlreadyExists",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					var e *cgw.Error
					if errors.As(err, &e) && len(e.ConflictingIDs) > 0 {
						return f.Get(ctx, e.ConflictingIDs[0])
					}
					return g, err
				}}
			},
			caught: []string{"Create/address in use", "Create/ClientToken absent", "concurrency/creates at one address"},
		},
		{
			name: "an address is used twice",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					g, err := f.Create(ctx, req)
					if errors.Is(err, cgw.ErrAlreadyExists) {
						f.Seed(cgw.Gateway{IPAddress: req.IPAddress, Name: req.Name})
						return f.Get(ctx, fmt.Sprintf("cgw-fake%04d", f.state.madeGateways))
					}
					return g, err
				}}
			},
			caught: []string{"Create/address in use"},
		},
		{
			name: "ClientToken ignored",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					req.ClientToken = ""
					return f.Create(ctx, req)
				}}
			},
			caught: []string{
				"Create/ClientToken repeated", "Create/ClientToken for another request", "Create/ClientToken in errors",
				"Create/ClientToken from several goroutines",
			},
		},
		{
			name: "ClientToken compared without the request",
			bend: func(f *Fake) cgw.Provisioner {
				var (
					mu   sync.Mutex
					used = make(map[string]cgw.Gateway)
				)
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					mu.Lock()
					defer mu.Unlock()
					if g, ok := used[req.ClientToken]; ok && req.ClientToken != "" {
						g.Tags = maps.Clone(g.Tags)
						return g, nil
					}
					g, err := f.Create(ctx, req)
					used[req.ClientToken] = g
					return g, err
				}}
			},
			caught: []string{"Create/ClientToken for another request"},
		},
		{
			name: "one ClientToken for all calls",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
					if req.ClientToken == "" {
						req.ClientToken = "constant"
					}
					return f.Create(ctx, req)
				}}
			},
			caught: []string{"Create/ClientToken absent", "Create/distinct IDs"},
		},
	}
}
