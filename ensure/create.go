package ensure

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// create creates the gateway of a step. Every pass of the loop has another token.
func (e *ensurer) create(ctx context.Context, s Step) (Result, error) {
	req := e.request(s.Spec)
	derived := req.ClientToken == "" && !e.rules.ClientToken.Unsupported // the token is not the caller's
	if derived {
		req.ClientToken = e.derivedToken(req, "")
	}
	var unseen cgw.Gateway // the last gateway that Create returned but reads do not show
	var unseenToken string // the token of the request that returned it
	for n := 0; ; n++ {
		g, err := e.p.Create(ctx, req)
		switch {
		case err == nil && req.ClientToken == "":
			return e.created(ctx, s, g, g)
		case err == nil:
			now, visible, err := e.readBack(ctx, g.ID)
			if err != nil {
				return Result{}, e.inDoubt(ctx, g, req, err)
			}
			if visible {
				return e.created(ctx, s, g, now)
			}
			if n > maxReplays { // also not visible after a create with a random token: the reads lag
				return Result{}, e.inDoubt(ctx, g, req, nil)
			}
			unseen, unseenToken, derived = g, req.ClientToken, true
			req.ClientToken = e.derivedToken(req, g.ID)
			if n == maxReplays {
				req.ClientToken = rand.Text()
			}
		case derived && tokenUnsupported(err): // of a Provisioner that is not Ruled
			req.ClientToken, derived = "", false
		case derived && tokenMismatch(err):
			req.ClientToken, derived = rand.Text(), false
		case errors.Is(err, cgw.ErrAlreadyExists):
			r, found, err := e.occupied(ctx, s, unseen, err)
			if !found && unseen.ID != "" { // probably the created gateway holds the address
				req.ClientToken = unseenToken
				err = e.inDoubt(ctx, unseen, req, errors.New("the created gateway is not visible yet, and a second create was refused because the address is taken: "+err.Error()))
			}
			return r, err
		default:
			return Result{}, err
		}
	}
}

// created returns the result of a create that returned g. now is g as it was read back.
func (e *ensurer) created(ctx context.Context, s Step, g, now cgw.Gateway) (Result, error) {
	if err := e.confirm(ctx, s.Spec, now, false, ""); err != nil {
		return Result{}, err
	}
	return Result{Action: Created, Gateway: g, Changes: s.Changes}, nil
}

// readBack returns a gateway that Create returned, with patience for reads that lag behind, and
// whether it is visible.
func (e *ensurer) readBack(ctx context.Context, id string) (g cgw.Gateway, visible bool, err error) {
	visible, err = patiently(ctx, time.Now().Add(e.opts.Patience), func() (bool, error) {
		g, err = e.p.Get(ctx, id)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	})
	return g, visible, err
}

// inDoubt returns the error of a create after which the gateway could not be read: it is not known
// whether it was created now or deleted long ago.
func (e *ensurer) inDoubt(ctx context.Context, g cgw.Gateway, req cgw.CreateRequest, err error) error {
	f := &cgw.Error{
		Op: cgw.OpCreate, Provider: g.Provider, Region: g.Region, Outcome: cgw.OutcomeUnknown,
		ID: g.ID, ClientToken: req.ClientToken, Err: err,
	}
	var of *cgw.Error
	if errors.As(err, &of) {
		f.Kind, f.RetryAfter = of.Kind, of.RetryAfter
	}
	return f.WithContext(ctx)
}

// occupied handles a create that was refused because the address is taken, although no read had
// shown a gateway there. The gateway may be from an earlier run, from another process, or of
// another owner. occupied looks for it, and reports whether it found it. If not, it returns the
// error of the create, taken.
func (e *ensurer) occupied(ctx context.Context, s Step, unseen cgw.Gateway, taken error) (r Result, found bool, err error) {
	var of *cgw.Error
	if !errors.As(taken, &of) {
		of = &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrAlreadyExists, Err: taken}
	}
	if unseen.ID != "" && slices.Contains(of.ConflictingIDs, unseen.ID) {
		return Result{Action: Created, Gateway: unseen, Changes: s.Changes}, true, nil // reads lag
	}
	g, err := e.holder(ctx, s.Spec, of)
	if cgw.IsRetryable(err) { // the next look-up may show a gateway that is ours
		later := e.fail(nil, cgw.Gateway{}, of)
		later.ConflictingIDs = of.ConflictingIDs
		var why *cgw.Error
		if errors.As(err, &why) {
			later.Kind, later.RetryAfter = why.Kind, why.RetryAfter
		}
		later.Outcome = of.Outcome
		return Result{}, false, later.WithContext(ctx)
	}
	if err != nil || g == nil { // if the look-up fails, return the error of the create
		return Result{}, false, of.WithContext(ctx)
	}
	r, err = e.decideAgain(ctx, s, *g)
	return r, true, err
}

// holder returns the gateway that a create was refused for, or nil if none is visible.
func (e *ensurer) holder(ctx context.Context, spec cgw.CreateRequest, taken *cgw.Error) (found *cgw.Gateway, err error) {
	_, err = patiently(ctx, time.Now().Add(e.opts.Patience), func() (bool, error) {
		if len(taken.ConflictingIDs) == 0 {
			found, err = e.at(ctx, spec)
			return found != nil, err
		}
		g, err := e.p.Get(ctx, taken.ConflictingIDs[0])
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		found = &g
		return err == nil, err
	})
	return found, err
}
