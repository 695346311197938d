package ensure

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/cgw-go/cgw"
)

// replaceAge is how old a gateway is that is replaced although nobody can tell what it was created
// from. So a cloud that forgets tokens and drops a field costs one replacement in that time at most.
const replaceAge = 24 * time.Hour

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
// be repeated on every run.
//
// The cloud's tokens tell what created the gateway. If they do not, because the cloud has none or
// has forgotten them, the gateway itself must show that it was created from something else: it has
// another value of the field, and not since today. If it has no value, it looks like one whose field
// was dropped, and is not replaced.
func (e *ensurer) mayReplace(ctx context.Context, s Step) error {
	switch made, err := e.madeFrom(ctx, s, s.Spec); {
	case err != nil:
		return err
	case made:
		return e.notReplaced(s, onlyFixed(s.Changes), func(c Change) string {
			return "was accepted by the cloud when it created the gateway, which has " + orNone(c.Old) +
				": it is not replaced again for that. Remove the field from the specification, or change it by hand"
		})
	}
	var doubtful []Change
	for _, c := range onlyFixed(s.Changes) {
		if c.Old == "" || time.Since(s.Gateway.CreatedAt) < replaceAge {
			doubtful = append(doubtful, c)
		}
	}
	if len(doubtful) == 0 {
		return nil
	}
	for _, earlier := range e.earlier(s) {
		made, err := e.madeFrom(ctx, s, earlier)
		var invalid *cgw.ValidationError // what exists may break today's rules
		if made || err != nil && !errors.As(err, &invalid) {
			return err
		}
	}
	return e.notReplaced(s, doubtful, func(c Change) string {
		return "may have been dropped by the cloud when it created the gateway, which has " + orNone(c.Old) +
			": it is not replaced, because that could be repeated on every run. To replace it, delete it and run again;" +
			" if that does not help, remove the field from the specification"
	})
}

// madeFrom reports whether a specification created the gateway of a step. To find out, it sends a
// create while the gateway still holds the address, with the tokens that the specification had
// before. If the cloud answers with the same gateway, the specification created it. If the cloud
// refuses the create because the address is taken, the gateway is from another specification, or the
// cloud has forgotten the token. Any other refusal, such as a missing permission, is returned: it
// would come again after the gateway was deleted.
func (e *ensurer) madeFrom(ctx context.Context, s Step, spec cgw.CreateRequest) (bool, error) {
	if e.rules.ClientToken.Unsupported {
		return false, nil
	}
	req := e.request(spec)
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

// earlier returns specifications that may have created the gateway of a step: this one with the fields
// that cannot be changed as they were found, and one with all fields as they were found. There is none
// if the caller chooses the token.
func (e *ensurer) earlier(s Step) []cgw.CreateRequest {
	if s.Spec.ClientToken != "" {
		return nil
	}
	fixed, g := s.Spec, s.Gateway
	for _, c := range onlyFixed(s.Changes) {
		switch c.Field {
		case fieldASN:
			fixed.ASN = g.ASN
		case fieldResourceGroupID:
			fixed.ResourceGroupID = g.ResourceGroupID
		}
	}
	all := fixed
	all.Name, all.Description, all.Tags = g.Name, g.Description, maps.Clone(g.Tags)
	maps.DeleteFunc(all.Tags, func(k, _ string) bool { return e.rules.Tags.ReservedKey(k) })
	if e.derivedToken(e.request(fixed), "") == e.derivedToken(e.request(all), "") {
		return []cgw.CreateRequest{fixed}
	}
	return []cgw.CreateRequest{fixed, all}
}

// notReplaced returns the error of a replacement that would not help.
func (e *ensurer) notReplaced(s Step, fields []Change, reason func(Change) string) error {
	var f cgw.ValidationError
	for _, c := range fields {
		f.Add(c.Field, c.New, reason(c), "", cgw.ErrUnsupported)
	}
	return e.fail(cgw.ErrUnsupported, s.Gateway, f.Err())
}
