package cgwtest

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/gatewayid"
)

// Fake is a [cgw.Provisioner] in memory, with the validation and the errors of the clouds. The
// zero Fake is ready for use: it is one region of a cloud whose only rule is that a gateway has
// an address.
//
// Use it by pointer. Set its exported fields before the first call; after that it is safe for
// concurrent use.
//
// It answers without delays or failures, and reads show every write at once, unless ReadLag or
// Faults say otherwise. At most one gateway holds an address. IDs, request IDs and tokens are
// numbered from 1 (cgw-fake0001, fake-request-0001, fake-token-0001), so that a test can name
// them. Except for List of everything, the time of a call does not grow with the number of
// gateways.
type Fake struct {
	// Provider is the value of Gateway.Provider and Error.Provider. Empty: Like.Provider, or
	// "fake" if that is empty too.
	Provider cgw.Provider
	// Region is the value of Gateway.Region and Error.Region. Empty: "fake-region".
	Region string
	// Like holds the rules that requests are checked against. With tencent.Rules() or
	// alibaba.Rules() the Fake is as strict as that cloud. The zero Rules ask only for an
	// address. The Fake accepts a ClientToken unless the rules say that it is unsupported.
	Like cgw.Rules
	// Now returns the time for Gateway.CreatedAt, which is in UTC. Nil: time.Now.
	Now func() time.Time
	// Quota is how many gateways there may be; a Create beyond it is cgw.ErrQuotaExceeded. 0:
	// no limit.
	Quota int
	// ReadLag is how many reads (a Get of the gateway, or a List) do not show a gateway after
	// it was created, and still show it after it was deleted. If no read has shown it before, it is
	// gone at once. Writes always see the true state. 0: none.
	ReadLag int
	// Faults are failures to inject. At most one strikes a call: the first that matches.
	Faults []Fault

	mu    sync.Mutex
	calls []*call
	state state
}

var (
	_ cgw.Provisioner = (*Fake)(nil)
	_ cgw.Ruled       = (*Fake)(nil)
	_ cgw.Located     = (*Fake)(nil)
)

// Create implements [cgw.Creator]. If the ClientToken was used before for the same fields, it
// returns the gateway as it was created then, even if that was changed or deleted since; if it
// was used for other fields, the error is cgw.ErrTokenMismatch.
func (f *Fake) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	own := cloneCreate(req)
	c := &call{op: cgw.OpCreate, create: &own}
	return f.run(ctx, c, f.Like.Validate(req), func() (cgw.Gateway, *cgw.Error) {
		return f.state.create(&own, c.token, f.Now, f.Quota, f.ReadLag)
	})
}

// Get implements [cgw.Getter].
func (f *Fake) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	c := &call{op: cgw.OpGet, id: id}
	return f.run(ctx, c, gatewayid.Check(id, nil), func() (cgw.Gateway, *cgw.Error) {
		return f.state.get(id)
	})
}

// Update implements [cgw.Updater]. It keeps tags whose keys Like reserves for the cloud; only
// Seed can set those.
func (f *Fake) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	own := cloneUpdate(req)
	c := &call{op: cgw.OpUpdate, id: id, update: &own}
	return f.run(ctx, c, gatewayid.Check(id, f.Like.ValidateUpdate(req)), func() (cgw.Gateway, *cgw.Error) {
		return f.state.update(id, own, f.Like.Tags)
	})
}

// Delete implements [cgw.Deleter].
func (f *Fake) Delete(ctx context.Context, id string) error {
	c := &call{op: cgw.OpDelete, id: id}
	_, err := f.run(ctx, c, gatewayid.Check(id, nil), func() (cgw.Gateway, *cgw.Error) {
		return cgw.Gateway{}, f.state.delete(id, f.ReadLag)
	})
	return err
}

// Rules implements [cgw.Ruled]. It returns Like.
func (f *Fake) Rules() cgw.Rules { return f.Like }

// Location implements [cgw.Located]. It returns Provider and Region, or their defaults.
func (f *Fake) Location() cgw.Location {
	return cgw.Location{
		Provider: cmp.Or(f.Provider, f.Like.Provider, "fake"),
		Region:   cmp.Or(f.Region, "fake-region"),
	}
}

// Seed adds gateways that exist before the test begins. It checks no rule, records no call, and
// reads show the gateways at once. An empty ID, Provider or Region is filled in. A gateway
// replaces an earlier one that has the same ID.
func (f *Fake) Seed(gateways ...cgw.Gateway) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, g := range gateways {
		f.state.seed(g)
	}
}

// Connect adds a VPN connection that uses the gateway, and returns the connection's ID. Until
// [Fake.Disconnect], Delete of the gateway is cgw.ErrInUse with that ID in ConflictingIDs.
func (f *Fake) Connect(gatewayID string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.connect(gatewayID)
}

// Disconnect removes a connection that Connect added.
func (f *Fake) Disconnect(connectionID string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.disconnect(connectionID)
}

// Reset forgets all gateways, connections, tokens and recorded calls, and starts all numbers
// again from 1. The exported fields stay as they are.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = nil
	f.state = state{}
}
