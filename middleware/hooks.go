package middleware

import (
	"context"
	"errors"
	"iter"

	"github.com/cgw-go/cgw"
)

// wrapped is what the decorators have in common: the abilities beyond the roles.
type wrapped struct{ cgw.Provisioner }

// Unwrap returns the Provisioner inside, for [As].
func (w wrapped) Unwrap() cgw.Provisioner { return w.Provisioner }

// Rules implements [Ruled] with [RulesOf] the Provisioner inside.
func (w wrapped) Rules() cgw.Rules { return cgw.RulesOf(w.Provisioner) }

// ReadOnly returns a Provisioner that reads as p does, and refuses every write before anything
// is sent, with an error that satisfies [ErrPermissionDenied].
func ReadOnly(p cgw.Provisioner) cgw.Provisioner { return readOnly{wrapped{p}} }

type readOnly struct{ wrapped }

func (r readOnly) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, denied(ctx, r, &cgw.Error{Op: cgw.OpCreate, ClientToken: req.ClientToken})
}

func (r readOnly) Update(ctx context.Context, id string, _ cgw.UpdateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, denied(ctx, r, &cgw.Error{Op: cgw.OpUpdate, ID: id})
}

func (r readOnly) Delete(ctx context.Context, id string) error {
	return denied(ctx, r, &cgw.Error{Op: cgw.OpDelete, ID: id})
}

func denied(ctx context.Context, p cgw.Ruled, e *cgw.Error) error {
	e.Provider, e.Kind, e.Outcome = p.Rules().Provider, cgw.ErrPermissionDenied, cgw.OutcomeNotApplied
	e.Message = "the Provisioner is read-only"
	return e.WithContext(ctx)
}

// Operation is a call of one of the roles, for [Hooks]. It shares its memory with the call:
// it must not be changed.
type Operation struct {
	Op       string            // OpCreate, OpGet, …
	Provider cgw.Provider      // as far as the Provisioner is [Ruled]
	ID       string            // of Get, Update and Delete
	Create   cgw.CreateRequest // of Create
	Update   cgw.UpdateRequest // of Update
	Filter   cgw.Filter        // of List
}

// Done is how a call ended, for [Hooks].
type Done struct {
	Gateway cgw.Gateway // of Create, Get and Update that succeeded
	Count   int         // gateways that a List yielded
	Err     error       // nil also for a List that was left early; not nil for a call that panicked
}

// Hooks are called around each operation, in the goroutine of the caller. Around a List they
// are called each time that it is ranged over, when the loop begins and when it ends.
type Hooks struct {
	// Before is called first. The context that it returns, which must be ctx or made from it,
	// is that of the operation and of After. An error ends the call: the operation is not
	// begun, After not called, and the error is returned in an [*Error] that satisfies
	// [ErrPermissionDenied], unless it is an *Error itself. Nil: not called.
	Before func(ctx context.Context, op Operation) (context.Context, error)
	// After is called when the operation has ended, by a panic too. Nil: not called.
	After func(ctx context.Context, op Operation, done Done)
}

// WithHooks returns a Provisioner that calls the hooks around each operation of p.
func WithHooks(p cgw.Provisioner, h Hooks) cgw.Provisioner { return hooked{wrapped{p}, h} }

type hooked struct {
	wrapped
	hooks Hooks
}

func (h hooked) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	return h.around(ctx, Operation{Op: cgw.OpCreate, Create: req}, func(ctx context.Context) (cgw.Gateway, error) {
		return h.Provisioner.Create(ctx, req)
	})
}

func (h hooked) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	return h.around(ctx, Operation{Op: cgw.OpGet, ID: id}, func(ctx context.Context) (cgw.Gateway, error) {
		return h.Provisioner.Get(ctx, id)
	})
}

func (h hooked) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	return h.around(ctx, Operation{Op: cgw.OpUpdate, ID: id, Update: req}, func(ctx context.Context) (cgw.Gateway, error) {
		return h.Provisioner.Update(ctx, id, req)
	})
}

func (h hooked) Delete(ctx context.Context, id string) error {
	_, err := h.around(ctx, Operation{Op: cgw.OpDelete, ID: id}, func(ctx context.Context) (cgw.Gateway, error) {
		return cgw.Gateway{}, h.Provisioner.Delete(ctx, id)
	})
	return err
}

func (h hooked) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		op := Operation{Op: cgw.OpList, Filter: f, Provider: h.Rules().Provider}
		ctx, err := h.before(ctx, op)
		if err != nil {
			yield(cgw.Gateway{}, err)
			return
		}
		done := Done{Err: errNoReturn}
		defer func() { h.after(ctx, op, done) }()
		var last error
		for g, err := range h.Provisioner.List(ctx, f) {
			if last = err; err == nil {
				done.Count++
			}
			if !yield(g, err) {
				break
			}
		}
		done.Err = last
	}
}

// errNoReturn is for After of a call that ended with a panic or with runtime.Goexit.
var errNoReturn = errors.New("the call did not return")

func (h hooked) around(ctx context.Context, op Operation, call func(context.Context) (cgw.Gateway, error)) (cgw.Gateway, error) {
	op.Provider = h.Rules().Provider
	ctx, err := h.before(ctx, op)
	if err != nil {
		return cgw.Gateway{}, err
	}
	done := Done{Err: errNoReturn}
	defer func() { h.after(ctx, op, done) }()
	done.Gateway, done.Err = call(ctx)
	return done.Gateway, done.Err
}

func (h hooked) before(ctx context.Context, op Operation) (context.Context, error) {
	if h.hooks.Before == nil {
		return ctx, nil
	}
	inner, err := h.hooks.Before(ctx, op)
	if err == nil {
		return inner, nil
	}
	if e, ok := err.(*cgw.Error); ok { //nolint:errorlint // one that is wrapped is not what is to be returned
		return ctx, e
	}
	return ctx, (&cgw.Error{
		Op: op.Op, Provider: op.Provider, ID: op.ID, ClientToken: op.Create.ClientToken,
		Kind: cgw.ErrPermissionDenied, Outcome: cgw.OutcomeNotApplied, Err: err,
	}).WithContext(ctx)
}

func (h hooked) after(ctx context.Context, op Operation, done Done) {
	if h.hooks.After != nil {
		h.hooks.After(ctx, op, done)
	}
}
