package cgwtest

import (
	"context"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// Fake is a [cgw.Provisioner] in memory, with the validation and the errors of the clouds. The
// zero Fake is ready for use, as the region of a cloud that asks only for an address. It is
// used by pointer, and is safe for concurrent use; its exported fields are set before that.
//
// It behaves as a cloud does in its best moments: every write shows at once, unless ReadLag
// or Faults say otherwise. An address is held by one gateway at a time; IDs and request IDs are
// numbered, so that a test can name them.
type Fake struct {
	// Provider is the value of Gateway.Provider and Error.Provider. Empty: Like.Provider, or
	// "fake" when that is empty too.
	Provider cgw.Provider
	// Region is the value of Gateway.Region and Error.Region. Empty: "fake-region".
	Region string
	// Like is what requests are checked against: tencent.Rules() and alibaba.Rules() make
	// the Fake as strict as those clouds. The zero Rules ask only for an address. A cloud whose
	// Rules do not refuse a ClientToken honours it, so the zero Fake does.
	Like cgw.Rules
	// Now is the clock of Gateway.CreatedAt, which is in UTC. Nil: time.Now.
	Now func() time.Time
	// Quota is how many gateways there may be; a Create beyond it is cgw.ErrQuotaExceeded. 0:
	// no limit.
	Quota int
	// ReadLag is how many reads (a Get of the gateway, or a List) miss a gateway after it was
	// created, and still show it after it was deleted. Writes always see the true state. 0:
	// none, as if every write waited.
	ReadLag int
	// Faults are injected failures. At most one strikes a call: the first that matches.
	Faults []Fault

	mu    sync.Mutex
	calls []*Call
	state state
}

var _ cgw.Provisioner = (*Fake)(nil)

// Create implements [cgw.Creator]. A ClientToken that was used before returns the gateway as
// it was created, whatever became of it; with other fields it is cgw.ErrTokenMismatch.
func (f *Fake) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	c := &Call{Op: cgw.OpCreate, Create: cloneCreate(req)}
	return f.run(ctx, c, f.Like.Validate(req), func() (cgw.Gateway, *cgw.Error) {
		r := c.Create
		r.ClientToken = c.token
		return f.state.create(r, f.Now, f.Quota, f.ReadLag)
	})
}

// Get implements [cgw.Getter].
func (f *Fake) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	c := &Call{Op: cgw.OpGet, ID: id}
	return f.run(ctx, c, requireID(id, nil), func() (cgw.Gateway, *cgw.Error) {
		return f.state.get(id)
	})
}

// Update implements [cgw.Updater]. Tags whose keys Like refuses are the cloud's own, which Seed
// put there: they stay.
func (f *Fake) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	c := &Call{Op: cgw.OpUpdate, ID: id, Update: cloneUpdate(req)}
	return f.run(ctx, c, requireID(id, f.Like.ValidateUpdate(req)), func() (cgw.Gateway, *cgw.Error) {
		return f.state.update(id, c.Update, f.Like.Tags)
	})
}

// Delete implements [cgw.Deleter].
func (f *Fake) Delete(ctx context.Context, id string) error {
	c := &Call{Op: cgw.OpDelete, ID: id}
	_, err := f.run(ctx, c, requireID(id, nil), func() (cgw.Gateway, *cgw.Error) {
		return cgw.Gateway{}, f.state.delete(id, f.ReadLag)
	})
	return err
}

// Rules implements [cgw.Ruled] with Like.
func (f *Fake) Rules() cgw.Rules { return f.Like }

// Location implements [cgw.Located] with what Provider and Region stand for.
func (f *Fake) Location() cgw.Location {
	return cgw.Location{Provider: f.provider(), Region: f.region()}
}

// Seed adds gateways as if they had been there before: no rule is applied and no call is
// recorded. An empty ID is given one; Provider and Region are filled in where they are empty. A
// gateway with the ID of an earlier one replaces it.
func (f *Fake) Seed(gateways ...cgw.Gateway) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, g := range gateways {
		f.state.seed(g)
	}
}

// Connect makes the gateway used by a new VPN connection, whose ID it returns: Delete then is
// cgw.ErrInUse with that ID in ConflictingIDs, until [Fake.Disconnect].
func (f *Fake) Connect(gatewayID string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.connect(gatewayID)
}

// Disconnect removes a connection that Connect made.
func (f *Fake) Disconnect(connectionID string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.disconnect(connectionID)
}

// Reset forgets all gateways, connections, tokens and recorded calls, and starts all numbers
// anew. The exported fields stay as they are.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = nil
	f.state = state{}
}

// provider returns what Provider stands for.
func (f *Fake) provider() cgw.Provider {
	switch {
	case f.Provider != "":
		return f.Provider
	case f.Like.Provider != "":
		return f.Like.Provider
	default:
		return "fake"
	}
}

// region returns what Region stands for.
func (f *Fake) region() string {
	if f.Region != "" {
		return f.Region
	}
	return "fake-region"
}
