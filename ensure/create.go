package ensure

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// maxReplays is how many deleted gateways a derived token may lead to, one after the other,
// before a random one is taken.
const maxReplays = 4

// create creates the gateway of a step. Every pass of the loop has another token.
func (e *ensurer) create(ctx context.Context, s Step) (Result, error) {
	req := e.request(s.Spec)
	ours := req.ClientToken == "" && !e.rules.ClientToken.Unsupported // the token is one of ours
	if ours {
		req.ClientToken = e.derivedToken(req, "")
	}
	var made cgw.Gateway // what Create returned, new or replayed, and reads do not show
	var token string     // that it was made with
	for n := 0; ; n++ {
		g, err := e.p.Create(ctx, req)
		switch {
		case err == nil && req.ClientToken == "":
			return Result{Action: Created, Gateway: g, Changes: s.Changes}, nil
		case err == nil:
			shown, err := e.shows(ctx, g.ID)
			if err != nil {
				return Result{}, e.unseen(ctx, g, req, err)
			}
			if shown {
				return Result{Action: Created, Gateway: g, Changes: s.Changes}, nil
			}
			if n > maxReplays { // even with a random token: reads lag, and have to be waited for
				return Result{}, e.unseen(ctx, g, req, nil)
			}
			made, token, ours = g, req.ClientToken, true
			req.ClientToken = e.derivedToken(req, g.ID)
			if n == maxReplays {
				req.ClientToken = rand.Text()
			}
		case ours && tokenUnsupported(err): // of a Provisioner that is not Ruled
			req.ClientToken, ours = "", false
		case ours && mismatched(err):
			req.ClientToken, ours = rand.Text(), false
		case errors.Is(err, cgw.ErrAlreadyExists):
			r, found, err := e.occupied(ctx, s, made, err)
			if !found && made.ID != "" { // it may well be what holds the address
				req.ClientToken = token
				err = e.unseen(ctx, made, req, errors.New("reads do not show it, and it may be what another create was refused for: "+err.Error()))
			}
			return r, err
		default:
			return Result{}, err
		}
	}
}

// derivedToken returns a token for a request in place of a gateway that is gone, of 64
// characters. It is another in every region, as far as the Provisioner is Located. That the
// request has an AuthKey enters into it, but the key does not: a token is no secret.
func (e *ensurer) derivedToken(req cgw.CreateRequest, gone string) string {
	at := cgw.Location{Provider: e.rules.Provider}
	if l, ok := cgw.As[cgw.Located](e.p); ok {
		at = l.Location()
	}
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

// mismatched reports whether the service refused the request because the token was used for
// another, such as one with another AuthKey.
func mismatched(err error) bool {
	return errors.Is(err, cgw.ErrTokenMismatch) && cgw.OutcomeOf(err) == cgw.OutcomeNotApplied
}

// shows reports whether a gateway that Create returned is there, with patience for reads that
// lag behind.
func (e *ensurer) shows(ctx context.Context, id string) (bool, error) {
	return e.patiently(ctx, func() (bool, error) {
		_, err := e.p.Get(ctx, id)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	})
}

// patiently looks until something is shown, or patience is at an end. It bounds the polling,
// not a look: one that is slow is worth waiting for.
func (e *ensurer) patiently(ctx context.Context, look func() (bool, error)) (bool, error) {
	end := time.Now().Add(e.opts.Patience)
	for wait := minPoll; ; wait = min(2*wait, maxPoll) {
		shown, err := look()
		left := time.Until(end)
		if shown || err != nil || left <= 0 {
			return shown, err
		}
		timer := time.NewTimer(min(wait, left))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false, ctx.Err()
		}
	}
}

// unseen returns the error of a create after which the gateway could not be read: whether it
// was made now or deleted long ago is not known.
func (e *ensurer) unseen(ctx context.Context, g cgw.Gateway, req cgw.CreateRequest, err error) error {
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

// occupied settles a create that found the address held, although no read had shown it: by
// what an earlier run or another process made, or by a foreign gateway. It reports whether it
// found what holds it; where it did not, its error is taken.
func (e *ensurer) occupied(ctx context.Context, s Step, made cgw.Gateway, taken error) (r Result, found bool, err error) {
	var of *cgw.Error
	if !errors.As(taken, &of) {
		of = &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrAlreadyExists, Err: taken}
	}
	if made.ID != "" && slices.Contains(of.ConflictingIDs, made.ID) {
		return Result{Action: Created, Gateway: made, Changes: s.Changes}, true, nil // reads lag
	}
	g, err := e.holder(ctx, s.Spec, of)
	if err != nil || g == nil { // a look-up that fails does not replace what it was to explain
		return Result{}, false, of.WithContext(ctx)
	}
	r, err = e.resume(ctx, s, *g)
	return r, true, err
}

// resume goes on with a gateway that was read after the step was decided on.
func (e *ensurer) resume(ctx context.Context, s Step, g cgw.Gateway) (Result, error) {
	if e.exact {
		return e.settled(ctx, s, g)
	}
	next := e.decide(s.Spec, &g)
	next.again = true
	if next.Kind == StepReplace { // what to delete must have been seen before that was decided
		next.Kind = StepUnsupported
	}
	return e.do(ctx, next)
}

// holder returns the gateway that a create was refused for, or nil where none is shown.
func (e *ensurer) holder(ctx context.Context, spec cgw.CreateRequest, taken *cgw.Error) (found *cgw.Gateway, err error) {
	_, err = e.patiently(ctx, func() (bool, error) {
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

// at returns the gateway that a List shows at the address of spec, or nil.
func (e *ensurer) at(ctx context.Context, spec cgw.CreateRequest) (*cgw.Gateway, error) {
	for g, err := range e.p.List(ctx, cgw.Filter{IPAddress: spec.IPAddress}) {
		return &g, err
	}
	return nil, nil
}
