package ensure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/cgw-go/cgw"
)

// maxReplays is how many deleted gateways derived tokens may lead to, one after the other, before a
// random token is taken.
const maxReplays = 4

// derivedToken returns a token of 64 characters for a request in place of a gateway that is gone.
// It differs between regions, if the Provisioner is Located. It depends on whether the request has
// an AuthKey, but not on the key: a token is no secret.
func (e *ensurer) derivedToken(req cgw.CreateRequest, gone string) string {
	at := locationOf(e.p)
	req.ClientToken = ""
	data, _ := json.Marshal(struct {
		Provider cgw.Provider      `json:"provider"`
		Region   string            `json:"region"`
		Request  cgw.CreateRequest `json:"request"`
		Gone     string            `json:"gone"`
	}{at.Provider, at.Region, req, gone}) // such values always marshal
	sum := sha256.Sum256(data)
	return "cgw-" + hex.EncodeToString(sum[:30])
}

// tokenUnsupported reports whether a request was refused for nothing but its token.
func tokenUnsupported(err error) bool {
	var invalid *cgw.ValidationError
	return errors.As(err, &invalid) && len(invalid.Fields) == 1 &&
		invalid.Fields[0].Field == fieldClientToken && errors.Is(invalid.Fields[0].Kind, cgw.ErrUnsupported)
}

// tokenMismatch reports whether the service refused the request because the token was used for
// another one, such as one with another AuthKey.
func tokenMismatch(err error) bool {
	return errors.Is(err, cgw.ErrTokenMismatch) && cgw.OutcomeOf(err) == cgw.OutcomeNotApplied
}

// mayReplace returns nil if a replacement may bring the gateway of a step to the desired state. To
// find out, it sends a create while the old gateway still holds the address, with the tokens that
// this specification had before. If the cloud answers with the same gateway, this specification
// created it, and the cloud did not keep the field: a replacement would be repeated on every run.
// If the cloud refuses the create because the address is taken, the gateway is from another
// specification, and a replacement may help. Any other refusal, such as a missing permission, is
// returned: it would come again after the gateway was deleted.
//
// If the cloud has no tokens, or has forgotten this one, mayReplace cannot find out. Then confirm
// returns an error after every replacement.
func (e *ensurer) mayReplace(ctx context.Context, s Step) error {
	if e.rules.ClientToken.Unsupported {
		return nil
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
			return nil
		case err != nil:
			return err
		case g.ID == s.Gateway.ID:
			return e.notKept(s)
		case !derived:
			return nil
		}
		// The token led to a gateway that is gone, or the address became free and one was made now.
		switch now, err := e.p.Get(ctx, g.ID); {
		case err == nil:
			return e.stale(s, now)
		case !errors.Is(err, cgw.ErrNotFound):
			return err
		}
		req.ClientToken = e.derivedToken(req, g.ID)
	}
	return nil
}

// notKept returns the error of a replacement that would not help: the gateway was created by the
// specification of the step. A resource group may have been changed since, by hand.
func (e *ensurer) notKept(s Step) error {
	var f cgw.ValidationError
	for _, c := range onlyFixed(s.Changes) {
		if c.Field == fieldResourceGroupID {
			return nil
		}
		f.Add(c.Field, c.New, "was accepted by the cloud when it created the gateway, which has "+orNone(c.Old)+": it is not replaced again for that", "", cgw.ErrUnsupported)
	}
	return e.fail(cgw.ErrUnsupported, s.Gateway, f.Err())
}
