package ensure

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

// replace deletes a gateway and creates it again.
func (e *ensurer) replace(ctx context.Context, s Step) (Result, error) {
	g, err := e.readBeforeDelete(ctx, s)
	if err != nil {
		return Result{}, err
	}
	if g != nil && !e.planned {
		now, _ := e.decide(s.Spec, g)
		if now.Kind != StepReplace {
			return e.decideAgain(ctx, s, *g)
		}
		s = now
	}
	deleted := false
	if g != nil {
		other, err := e.mayReplace(ctx, s)
		switch {
		case err != nil:
			return Result{}, err
		case other != nil:
			return e.decideAgain(ctx, s, *other)
		}
		gone, err := e.remove(ctx, s)
		if err != nil {
			return Result{}, err
		}
		deleted = !gone
	}
	r, err := e.create(ctx, s)
	switch {
	case err != nil && deleted && cgw.OutcomeOf(err) != cgw.OutcomeApplied:
		return Result{}, e.halfReplaced(ctx, s, err)
	case err == nil && r.Action == Created:
		r.Action, r.Changes = Replaced, s.Changes
	}
	return r, err
}

// halfReplaced returns the error for a gateway that was deleted, and then could not be created again. It has
// the ID of the gateway that was deleted.
func (e *ensurer) halfReplaced(ctx context.Context, s Step, err error) error {
	f := e.fail(nil, s.Gateway, err)
	f.Outcome = cgw.OutcomeUnknown
	f.Message = "the gateway was deleted to be replaced, and was not created again: " + err.Error()
	if cgw.OutcomeOf(err) == cgw.OutcomeUnknown {
		f.Message = "the gateway was deleted to be replaced, and it is not known whether it was created again: " + err.Error()
	}
	var of *cgw.Error
	if errors.As(err, &of) {
		f.Kind, f.RetryAfter, f.ClientToken, f.ConflictingIDs = of.Kind, of.RetryAfter, of.ClientToken, of.ConflictingIDs
	}
	return f.WithContext(ctx)
}

// mayReplace returns nil if a replacement may bring the gateway of a step to the desired state. It
// returns an error if the gateway was created from this same specification: then the cloud did not keep
// a field, and would not keep it in a replacement either. Every run would replace the gateway again.
//
// Only idempotency tokens tell which specification created a gateway. If the cloud has none, or has
// forgotten this one, mayReplace returns nil. Then confirm returns an error after every replacement.
//
// other is another gateway that is there instead.
func (e *ensurer) mayReplace(ctx context.Context, s Step) (other *cgw.Gateway, err error) {
	made, other, err := e.madeFrom(ctx, s)
	if err != nil || !made {
		return other, err
	}
	var f cgw.ValidationError
	for _, c := range onlyFixed(s.Changes) {
		f.Add(c.Field, c.New, "was accepted by the cloud when it created the gateway, which has "+orNone(c.Old)+
			": it is not replaced again for that. Remove the field from the specification, or change it by hand", "", cgw.ErrUnsupported)
	}
	return nil, e.fail(cgw.ErrUnsupported, s.Gateway, f.Err())
}

// madeFrom reports whether the specification of a step created its gateway. To find out, it sends a
// create with the idempotency token of the specification, while the gateway still holds the address.
//
//   - If the cloud returns the same gateway, the specification created it.
//   - If the cloud refuses the create because the address is taken, because of a quota, or because of
//     the token, the answer is no: the gateway is from another specification, or the cloud has forgotten
//     the token.
//   - If the cloud returns a gateway that was deleted since, madeFrom tries the next derived token. If the
//     gateway is there, it has taken the place of ours: other is that gateway.
//   - Any other refusal, such as a missing permission, is returned as an error: the create after the
//     delete would fail in the same way. So would one with a token of the caller's that was used for another
//     request.
func (e *ensurer) madeFrom(ctx context.Context, s Step) (made bool, other *cgw.Gateway, err error) {
	if e.rules.ClientToken.Unsupported {
		return false, nil, nil
	}
	req := e.request(s.Spec)
	derived := req.ClientToken == ""
	if derived {
		req.ClientToken = e.derivedToken(req, "")
	}
	for range maxReplays + 1 {
		g, err := e.p.Create(ctx, req)
		switch {
		case errors.Is(err, cgw.ErrAlreadyExists), errors.Is(err, cgw.ErrQuotaExceeded), derived && tokenMismatch(err), tokenUnsupported(err):
			return false, nil, nil
		case err != nil:
			return false, nil, err
		case g.ID == s.Gateway.ID:
			return true, nil, nil
		case !derived:
			return false, nil, nil
		}
		// Another ID: the token is of a gateway that was deleted, or the address became free and this
		// create made a new gateway.
		switch now, err := e.p.Get(ctx, g.ID); {
		case err == nil:
			if _, err := e.p.Get(ctx, s.Gateway.ID); !errors.Is(err, cgw.ErrNotFound) {
				return false, nil, e.stale(s, now) // there are two
			}
			return false, &now, nil
		case !errors.Is(err, cgw.ErrNotFound):
			return false, nil, err
		}
		req.ClientToken = e.derivedToken(req, g.ID)
	}
	return false, nil, nil
}
