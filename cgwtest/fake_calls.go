package cgwtest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
)

// Call is the record of one call of a [Fake]. A List is recorded each time it is ranged over.
type Call struct {
	Op     string            // cgw.OpCreate, cgw.OpGet, …
	ID     string            // of Get, Update and Delete
	Create cgw.CreateRequest // of Create, as the caller gave it; an AuthKey prints redacted
	Update cgw.UpdateRequest // of Update
	Filter cgw.Filter        // of List
	Err    error             // what was returned or yielded; nil also while the call runs
}

// Calls returns the calls so far, refused ones included, in the order in which they began. The
// result shares no memory with the Fake or with the requests.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := make([]Call, len(f.calls))
	for i, c := range f.calls {
		calls[i] = Call{Op: c.op, ID: c.id, Err: c.err}
		switch {
		case c.create != nil:
			calls[i].Create = cloneCreate(*c.create)
		case c.update != nil:
			calls[i].Update = cloneUpdate(*c.update)
		case c.filter != nil:
			calls[i].Filter = cloneFilter(*c.filter)
		}
	}
	return calls
}

// call is the Fake's own record of a call. The requests are copies, and are not changed.
type call struct {
	op, id string
	create *cgw.CreateRequest // nil if it is another operation, as are the next two
	update *cgw.UpdateRequest
	filter *cgw.Filter
	token  string // of Create: the ClientToken given, or made for the call
	err    error
}

// run does the steps of every call except List: invalid is the result of the validation, and do
// reads or changes the state.
func (f *Fake) run(ctx context.Context, c *call, invalid error, do func() (cgw.Gateway, *cgw.Error)) (cgw.Gateway, error) {
	fault := f.begin(c, invalid == nil)
	if err := fault.before(ctx, invalid); err != nil {
		return cgw.Gateway{}, f.fail(ctx, c, err)
	}
	if fault.fails() && !fault.Applied {
		return cgw.Gateway{}, f.strike(ctx, c, fault)
	}
	g, err := f.commit(do)
	switch {
	case err != nil:
		return cgw.Gateway{}, f.fail(ctx, c, err)
	case fault.fails():
		return cgw.Gateway{}, f.strike(ctx, c, fault)
	}
	return g, nil
}

// begin records the call and returns the fault that strikes it, or the zero Fault. sends is false if
// nothing is sent, because the request is not valid.
func (f *Fake) begin(c *call, sends bool) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.create != nil {
		c.token = c.create.ClientToken
		if c.token == "" && sends && !f.Like.ClientToken.Unsupported {
			c.token = f.state.nextToken()
		}
	}
	f.calls = append(f.calls, c)
	ofOp := f.state.countCall(c.op)
	for _, fault := range f.Faults {
		if fault.strikes(c.op, ofOp, len(f.calls)) {
			return fault
		}
	}
	return Fault{}
}

// commit runs do on the state, and completes what it returns.
func (f *Fake) commit(do func() (cgw.Gateway, *cgw.Error)) (cgw.Gateway, *cgw.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	requestID := f.state.nextRequest()
	g, err := do()
	if err != nil {
		err.RequestID = requestID
		err.Outcome = cgw.OutcomeNotApplied
		return cgw.Gateway{}, err
	}
	return f.result(g, requestID), nil
}

// result returns a gateway of the state as a caller gets it.
func (f *Fake) result(g cgw.Gateway, requestID string) cgw.Gateway {
	at := f.Location()
	g.Provider = cmp.Or(g.Provider, at.Provider)
	g.Region = cmp.Or(g.Region, at.Region)
	g.Tags = cloneTags(g.Tags)
	g.RequestID = requestID
	return g
}

// strike ends the call with the error of the fault.
func (f *Fake) strike(ctx context.Context, c *call, fault Fault) error {
	if fault.Hang {
		<-ctx.Done()
	}
	return f.fail(ctx, c, fault.failure(c.op))
}

// fail fills in the fields that are empty in the error of a call, and records it. err must not
// be shared.
func (f *Fake) fail(ctx context.Context, c *call, err *cgw.Error) error {
	at := f.Location()
	err.Op = cmp.Or(err.Op, c.op)
	err.Provider = cmp.Or(err.Provider, at.Provider)
	err.Region = cmp.Or(err.Region, at.Region)
	err.ID = cmp.Or(err.ID, c.id)
	err.ClientToken = cmp.Or(err.ClientToken, c.token)
	err = err.WithContext(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	c.err = err
	return err
}

func cloneCreate(r cgw.CreateRequest) cgw.CreateRequest {
	r.Tags = maps.Clone(r.Tags)
	return r
}

func cloneUpdate(r cgw.UpdateRequest) cgw.UpdateRequest {
	r.Name = clonePointer(r.Name)
	r.Description = clonePointer(r.Description)
	r.ASN = clonePointer(r.ASN)
	r.AuthKey = clonePointer(r.AuthKey)
	r.Tags = maps.Clone(r.Tags)
	return r
}

func cloneFilter(f cgw.Filter) cgw.Filter {
	f.IDs = slices.Clone(f.IDs)
	f.Tags = maps.Clone(f.Tags)
	return f
}

// cloneTags returns nil for no tags, as Gateway.Tags must be.
func cloneTags(tags map[string]string) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	return maps.Clone(tags)
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
