package middleware

import (
	"context"
	"errors"
	"iter"

	"github.com/cgw-go/cgw"
)

// Operation is a call of one of the roles, for [Hooks]. It shares its memory with the call, so it
// must not be changed. Fields that the operation does not have are zero.
type Operation struct {
	Op       string            // cgw.OpCreate, cgw.OpGet, …
	Provider cgw.Provider      // empty: the Provisioner is neither cgw.Located nor cgw.Ruled
	ID       string            // of Get, Update and Delete
	Create   cgw.CreateRequest // of Create
	Update   cgw.UpdateRequest // of Update
	Filter   cgw.Filter        // of List
}

// Done is how a call ended, for [Hooks].
type Done struct {
	Gateway cgw.Gateway // of Create, Get and Update that succeeded
	Count   int         // of List: how many gateways it yielded
	Err     error       // nil: it succeeded, or the loop over a List was left early; not nil after a panic
}

// Hooks are called before and after each operation, in the goroutine of the caller. They must be safe
// for concurrent use. For a List they are called each time it is ranged over, when the loop begins and
// when it ends.
type Hooks struct {
	// Before returns the context for the operation and for After: ctx, or a context made from it. If it
	// returns no context, that is ctx. If Before returns an error, the operation and After are not
	// called. The caller then gets that error: as it is if it is a [*cgw.Error], otherwise in a
	// *cgw.Error that satisfies [cgw.ErrPermissionDenied]. Nil: not called.
	Before func(ctx context.Context, op Operation) (context.Context, error)
	// After is called when the operation has ended, also by a panic. Nil: not called.
	After func(ctx context.Context, op Operation, done Done)
}

// WithHooks returns a Provisioner that calls the hooks before and after each operation of p.
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
		op := Operation{Op: cgw.OpList, Filter: f, Provider: h.location().Provider}
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

// errNoReturn is Done.Err of a call that ended with a panic or with runtime.Goexit.
var errNoReturn = errors.New("the call did not return")

func (h hooked) around(ctx context.Context, op Operation, call func(context.Context) (cgw.Gateway, error)) (cgw.Gateway, error) {
	op.Provider = h.location().Provider
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
	e, own := err.(*cgw.Error) //nolint:errorlint // a wrapped *cgw.Error would lose what wraps it
	switch {
	case own && e != nil:
		return ctx, e
	case err != nil && !own:
	case inner != nil:
		return inner, nil
	default:
		return ctx, nil
	}
	e = h.refuse(cgw.ErrPermissionDenied, &cgw.Error{Op: op.Op, ID: op.ID, ClientToken: op.Create.ClientToken, Err: err})
	return ctx, e.WithContext(ctx)
}

func (h hooked) after(ctx context.Context, op Operation, done Done) {
	if h.hooks.After != nil {
		h.hooks.After(ctx, op, done)
	}
}
