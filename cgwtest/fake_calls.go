package cgwtest

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
)

// Call is the record of one call of a [Fake]. A List is recorded each time it is ranged over.
type Call struct {
	Op     string            // cgw.OpCreate, cgw.OpGet, …
	ID     string            // of Get, Update and Delete
	Create cgw.CreateRequest // of Create, as it was asked; an AuthKey stays redacted in print
	Update cgw.UpdateRequest // of Update
	Filter cgw.Filter        // of List
	Err    error             // what was returned or yielded; nil also while the call runs

	token string // of Create: the one given, or made for the call
}

// Calls returns the calls so far, in the order in which they began, those refused included.
// It shares no memory with the Fake or with the requests.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := make([]Call, len(f.calls))
	for i, c := range f.calls {
		calls[i] = Call{
			Op: c.Op, ID: c.ID, Err: c.Err,
			Create: cloneCreate(c.Create), Update: cloneUpdate(c.Update), Filter: cloneFilter(c.Filter),
		}
	}
	return calls
}

// begin records the call and returns the fault that strikes it.
func (f *Fake) begin(c *Call) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.token = c.Create.ClientToken
	if c.Op == cgw.OpCreate && c.token == "" && !f.Like.ClientToken.Unsupported {
		c.token = f.state.nextToken()
	}
	f.calls = append(f.calls, c)
	if len(f.Faults) == 0 {
		return Fault{}
	}
	ofOp := 0
	for _, o := range f.calls {
		if o.Op == c.Op {
			ofOp++
		}
	}
	for _, fault := range f.Faults {
		if fault.strikes(c.Op, ofOp, len(f.calls)) {
			return fault
		}
	}
	return Fault{}
}

// run is the course of every call but List: invalid is what validation found, do the effect.
func (f *Fake) run(ctx context.Context, c *Call, invalid error, do func() (cgw.Gateway, *cgw.Error)) (cgw.Gateway, error) {
	fault := f.begin(c)
	if invalid != nil {
		return cgw.Gateway{}, f.fail(ctx, c, refusal(invalid))
	}
	if !fault.delay(ctx) {
		return cgw.Gateway{}, f.fail(ctx, c, &cgw.Error{Outcome: cgw.OutcomeNotApplied})
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

// commit lets do change the state, and completes what it returns.
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
	return f.stamp(g, requestID), nil
}

// stamp completes a gateway of the state for a caller.
func (f *Fake) stamp(g cgw.Gateway, requestID string) cgw.Gateway {
	if g.Provider == "" {
		g.Provider = f.provider()
	}
	if g.Region == "" {
		g.Region = f.region()
	}
	g.Tags = cloneTags(g.Tags)
	g.RequestID = requestID
	return g
}

// fail completes the error of a call and records it.
func (f *Fake) fail(ctx context.Context, c *Call, err *cgw.Error) error {
	err.Op, err.Provider, err.Region, err.ID, err.ClientToken = c.Op, f.provider(), f.region(), c.ID, c.token
	return f.end(ctx, c, err)
}

// strike waits as the fault says, and ends the call with its error. One given whole is kept as
// it is.
func (f *Fake) strike(ctx context.Context, c *Call, fault Fault) error {
	if fault.Hang {
		<-ctx.Done()
	} else if whole, ok := fault.Err.(*cgw.Error); ok { //nolint:errorlint // one that is wrapped is not whole
		return f.end(ctx, c, whole)
	}
	return f.fail(ctx, c, fault.wrapped(c.Op))
}

func (f *Fake) end(ctx context.Context, c *Call, err *cgw.Error) error {
	err = err.WithContext(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	c.Err = err
	return err
}

// refusal is the error of a request that did not get as far as the cloud.
func refusal(invalid error) *cgw.Error {
	return &cgw.Error{Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: invalid}
}

// requireID adds the fault of an empty ID before those of err.
func requireID(id string, err error) error {
	if id != "" {
		return err
	}
	return required("ID", err)
}

func required(field string, err error) error {
	fields := []*cgw.FieldError{{Field: field, Reason: "is required", Kind: cgw.ErrInvalidArgument}}
	var v *cgw.ValidationError
	if errors.As(err, &v) {
		fields = append(fields, v.Fields...)
	}
	return &cgw.ValidationError{Fields: fields}
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

// cloneTags returns nil for no tags, as Gateway.Tags wants.
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
