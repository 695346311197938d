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

// mayReplace returns nil if a replacement may bring the gateway of a step to the desired state. If
// the specification created the gateway, and the cloud did not keep a field, it would not: it would
// be repeated on every run. The cloud's tokens tell what created the gateway. If the cloud has no
// tokens, or has forgotten this one, mayReplace cannot find out. Then confirm returns an error after
// every replacement.
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
// create while the gateway still holds the address, with the tokens that the specification had
// before. If the cloud answers with the same gateway, the specification created it. If the cloud
// refuses the create because the address is taken, the gateway is from another specification, or the
// cloud has forgotten the token. Any other refusal, such as a missing permission, is returned: it
// would come again after the gateway was deleted.
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
		// The token led to a gateway that is gone, or the address became free and one was made now.
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
