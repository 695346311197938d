package ensure

import (
	"context"
	"errors"
	"time"

	"github.com/cgw-go/cgw"
)

// do carries out one step. If mayCreate is set, and the gateway to update does not exist any more, do
// creates it.
func (e *ensurer) do(ctx context.Context, s Step, mayCreate bool) (Result, error) {
	if e.awaitsTags(s) {
		g, unread := e.withTags(ctx, s.Gateway)
		switch now, err := e.decide(s.Spec, &g); {
		case unread != nil && s.Kind == StepAdopt: // it may have an owner
			return Result{}, unread
		case now.Kind == StepForeign:
			return Result{}, withContext(ctx, err)
		case e.ownerOf(g) != "", e.planned && !g.Equal(s.Gateway):
			return e.decideAgain(ctx, s, g)
		case !e.planned:
			s = now // g may have more tags than before
		}
	}
	switch s.Kind {
	case StepUnchanged:
		return Result{Action: Unchanged, Gateway: s.Gateway}, nil
	case StepCreate:
		return e.create(ctx, s)
	case StepUpdate, StepAdopt:
		// In a run of many steps, the list may be minutes old. Another owner may have the gateway since.
		if mayCreate && !e.reads.listed.IsZero() && time.Since(e.reads.listed) > e.opts.Patience {
			g, err := e.p.Get(ctx, s.Gateway.ID)
			switch {
			case err == nil && !g.Equal(s.Gateway):
				return e.decideAgain(ctx, s, g)
			case err != nil && !errors.Is(err, cgw.ErrNotFound):
				return Result{}, err
			}
		}
		return e.update(ctx, s, mayCreate)
	case StepReplace:
		return e.replace(ctx, s)
	case StepDelete:
		return e.delete(ctx, s)
	default:
		return Result{}, withContext(ctx, e.refusal(s))
	}
}

// decideAgain decides on a gateway that was read after the step was decided, and carries out the new
// step. For a step of a plan it changes nothing: see alreadyDone.
func (e *ensurer) decideAgain(ctx context.Context, s Step, g cgw.Gateway) (Result, error) {
	if e.planned {
		return e.alreadyDone(ctx, s, g)
	}
	next, err := e.decide(s.Spec, &g)
	switch {
	case next.Kind == StepReplace: // a gateway is deleted only if the first decision saw its owner tag
		only := e.fail(cgw.ErrUnsupported, g, &ReplaceError{onlyFixed(next.Changes)})
		if !e.opts.Replace {
			return Result{}, only
		}
		late := e.fail(cgw.ErrConflict, g, only)
		late.Message = "the gateway was found too late to be replaced in this run"
		return Result{}, late
	case err != nil && !e.awaitsTags(next):
		return Result{}, withContext(ctx, err)
	}
	return e.do(ctx, next, false)
}

// refusal returns the error of a step that cannot be carried out.
func (e *ensurer) refusal(s Step) error {
	if _, err := e.decide(s.Spec, s.found()); err != nil {
		return err
	}
	return e.fail(cgw.ErrInvalidArgument, s.Gateway, &cgw.FieldError{
		Field: "Kind", Value: string(s.Kind), Reason: "no longer holds: plan again", Kind: cgw.ErrInvalidArgument,
	})
}

// update changes the fields that differ. If the gateway does not exist any more, because the read was out
// of date, and mayCreate is set, update creates it.
func (e *ensurer) update(ctx context.Context, s Step, mayCreate bool) (Result, error) {
	req, changes := e.updateOf(s.Spec, s.Gateway)
	g, err := e.p.Update(ctx, s.Gateway.ID, req)
	var invalid *cgw.ValidationError
	switch {
	case err == nil:
		if err := e.confirm(ctx, s.Spec, g, true, e.ownerOf(s.Gateway)); err != nil {
			return Result{}, err
		}
		action := Updated
		if s.Kind == StepAdopt {
			action = Adopted
		}
		return Result{Action: action, Gateway: g, Changes: changes}, nil
	case mayCreate && errors.Is(err, cgw.ErrNotFound) && cgw.OutcomeOf(err) == cgw.OutcomeNotApplied:
		next, _ := e.decide(s.Spec, nil)
		return e.do(ctx, next, false)
	case errors.As(err, &invalid): // if a Provisioner is not cgw.Ruled, ensure cannot know its rules before
		if fixed := onlyFixed(markFixed(changes, invalid)); len(fixed) > 0 {
			return Result{}, e.fail(cgw.ErrUnsupported, s.Gateway, &ReplaceError{Changes: fixed})
		}
	}
	return Result{}, err
}

// delete deletes a gateway.
func (e *ensurer) delete(ctx context.Context, s Step) (Result, error) {
	g, err := e.readBeforeDelete(ctx, s)
	if err == nil && g != nil {
		var gone bool
		if gone, err = e.remove(ctx, s); gone {
			g = nil
		}
	}
	switch {
	case err != nil:
		return Result{}, err
	case g == nil:
		return Result{Action: Unchanged}, nil
	default:
		g.RequestID = ""
		return Result{Action: Deleted, Gateway: *g}, nil
	}
}

// readBeforeDelete reads a gateway once more, and returns nil if it does not exist any more. It returns an
// error if the gateway is not the owner's any more, or if it differs from the plan. Some clouds delete
// the tags of a gateway before the gateway itself. So a gateway without an owner tag is read again until the
// wait of the run for owner tags is over.
func (e *ensurer) readBeforeDelete(ctx context.Context, s Step) (g *cgw.Gateway, err error) {
	_, err = patiently(ctx, e.reads.until(e.opts.Patience), func() (bool, error) {
		now, err := e.p.Get(ctx, s.Gateway.ID)
		switch {
		case errors.Is(err, cgw.ErrNotFound):
			g = nil
			return true, nil
		case err != nil:
			return false, err
		}
		g = &now
		return e.ownerOf(now) != "", nil
	})
	switch {
	case err != nil:
		return nil, e.asError(ctx, s.Gateway, err)
	case g != nil && (!e.owns(*g) || e.planned && !g.Equal(s.Gateway)):
		return nil, e.stale(s, *g)
	}
	return g, nil
}

// remove deletes the gateway of a step, and reports whether it was gone already.
func (e *ensurer) remove(ctx context.Context, s Step) (gone bool, err error) {
	err = e.p.Delete(ctx, s.Gateway.ID)
	if errors.Is(err, cgw.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// withContext adds the error of ctx, if ctx has ended, to an error of this package.
func withContext(ctx context.Context, err error) error {
	if own, ok := err.(*cgw.Error); ok { //nolint:errorlint // a wrapped *cgw.Error is not from this package
		return own.WithContext(ctx)
	}
	return err
}
