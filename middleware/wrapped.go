package middleware

import (
	"context"

	"github.com/cgw-go/cgw"
)

// wrapped has what all middleware of this package shares: the abilities beyond the roles.
type wrapped struct{ cgw.Provisioner }

// Unwrap returns the wrapped Provisioner, for [cgw.As].
func (w wrapped) Unwrap() cgw.Provisioner { return w.Provisioner }

// location returns where the gateways are. If the Provisioner is not Located, only Provider is set.
func (w wrapped) location() cgw.Location {
	if l, ok := cgw.As[cgw.Located](w.Provisioner); ok {
		return l.Location()
	}
	return cgw.Location{Provider: w.Rules().Provider}
}

// refuse fills in e for a request that is not passed on.
func (w wrapped) refuse(kind error, e *cgw.Error) *cgw.Error {
	at := w.location()
	e.Provider, e.Region, e.Kind, e.Outcome = at.Provider, at.Region, kind, cgw.OutcomeNotApplied
	return e
}

// Rules implements [cgw.Ruled] with the Rules of the wrapped Provisioner.
func (w wrapped) Rules() cgw.Rules { return cgw.RulesOf(w.Provisioner) }

// CheckCreate implements [cgw.Checker]: it asks the wrapped Provisioner, if that is a Checker.
func (w wrapped) CheckCreate(req cgw.CreateRequest) error {
	if c, ok := cgw.As[cgw.Checker](w.Provisioner); ok {
		return c.CheckCreate(req)
	}
	return nil
}

// CheckUpdate implements [cgw.Checker]: it asks the wrapped Provisioner, if that is a Checker.
func (w wrapped) CheckUpdate(id string, req cgw.UpdateRequest) error {
	if c, ok := cgw.As[cgw.Checker](w.Provisioner); ok {
		return c.CheckUpdate(id, req)
	}
	return nil
}

// ReadOnly returns a Provisioner that reads as p does, and refuses every write before anything is
// sent, with an error that satisfies [cgw.ErrPermissionDenied]. As a [cgw.Checker] it answers as
// p does, so that plans can be made with it.
func ReadOnly(p cgw.Provisioner) cgw.Provisioner { return readOnly{wrapped{p}} }

type readOnly struct{ wrapped }

func (r readOnly) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, r.deny(ctx, &cgw.Error{Op: cgw.OpCreate, ClientToken: req.ClientToken})
}

func (r readOnly) Update(ctx context.Context, id string, _ cgw.UpdateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, r.deny(ctx, &cgw.Error{Op: cgw.OpUpdate, ID: id})
}

func (r readOnly) Delete(ctx context.Context, id string) error {
	return r.deny(ctx, &cgw.Error{Op: cgw.OpDelete, ID: id})
}

func (r readOnly) deny(ctx context.Context, e *cgw.Error) error {
	e.Message = "the Provisioner is read-only"
	return r.refuse(cgw.ErrPermissionDenied, e).WithContext(ctx)
}
