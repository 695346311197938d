package ensure

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

// replace deletes a gateway and creates it again.
func (e *ensurer) replace(ctx context.Context, s Step) (Result, error) {
	gone, err := e.readBeforeDelete(ctx, s)
	if err == nil && !gone {
		err = e.mayReplace(ctx, s)
	}
	if err == nil && !gone {
		_, err = e.remove(ctx, s)
	}
	if err != nil {
		return Result{}, err
	}
	r, err := e.create(ctx, s)
	if err == nil && r.Action == Created {
		r.Action, r.Changes = Replaced, s.Changes
	}
	return r, err
}

// mayReplace returns nil if a replacement may bring the gateway of a step to the desired state. It
// returns an error if the gateway was created from this same specification: then the cloud did not keep
// a field, and would not keep it in a replacement either. Every run would replace the gateway again.
//
// Only idempotency tokens tell which specification created a gateway. If the cloud has none, or has
// forgotten this one, mayReplace returns nil. Then confirm returns an error after every replacement.
func (e *ensurer) mayReplace(ctx context.Context, s Step) error {
	if made, err := e.madeFrom(ctx, s); err != nil || !made {
		return err
	}
	var f cgw.ValidationError
	for _, c := range onlyFixed(s.Changes) {
		f.Add(c.Field, c.New, "was accepted by the cloud when it created the gateway, which has "+orNone(c.Old)+
			": it is not replaced again for that. Remove the field from the specification, or change it by hand", "", cgw.ErrUnsupported)
	}
	return e.fail(cgw.ErrUnsupported, s.Gateway, f.Err())
}

// madeFrom reports whether the specification of a step created its gateway. To find out, it sends a
// create with the idempotency token of the specification, while the gateway still holds the address.
//
//   - If the cloud returns the same gateway, the specification created it.
//   - If the cloud refuses the create because the address is taken, because of a quota, or because of
//     the token, the answer is no: the gateway is from another specification, or the cloud has forgotten
//     the token.
//   - If the cloud returns a gateway that was deleted since, madeFrom tries the next derived token.
//   - Any other refusal, such as a missing permission, is returned as an error: the create after the
//     delete would fail in the same way.
func (e *ensurer) madeFrom(ctx context.Context, s Step) (bool, error) {
	if e.rules.ClientToken.Unsupported {
		return false, nil
	}
	req := e.request(s.Spec)
	derived := req.ClientToken == ""
	if derived {
		req.ClientToken = e.derivedToken(req, "")
	}
	for range maxReplays + 1 {
		g, err := e.p.Create(ctx, req)
		switch {
		case errors.Is(err, cgw.ErrAlreadyExists), errors.Is(err, cgw.ErrQuotaExceeded), tokenMismatch(err), tokenUnsupported(err):
			return false, nil
		case err != nil:
			return false, err
		case g.ID == s.Gateway.ID:
			return true, nil
		case !derived:
			return false, nil
		}
		// Another ID: the token is of a gateway that was deleted, or the address became free and this
		// create made a new gateway.
		switch now, err := e.p.Get(ctx, g.ID); {
		case err == nil:
			return false, e.stale(s, now)
		case !errors.Is(err, cgw.ErrNotFound):
			return false, err
		}
		req.ClientToken = e.derivedToken(req, g.ID)
	}
	return false, nil
}
