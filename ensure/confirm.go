package ensure

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// confirm returns an error that names the fields which a write asked for and the cloud does not
// keep: it drops them, or keeps something else, such as a text in small letters. g is what the
// write returned, or what was read since. If g lacks a field, or if again is set, confirm reads the
// gateway, with patience: reads may lag behind, and what an update returns is what it asked for. If
// that read fails, the error has the outcome that the write was applied.
func (e *ensurer) confirm(ctx context.Context, spec cgw.CreateRequest, g cgw.Gateway, again bool) error {
	missing := e.missing(spec, g)
	if len(missing) == 0 && !again {
		return nil
	}
	_, err := patiently(ctx, time.Now().Add(e.opts.Patience), func() (bool, error) {
		now, err := e.p.Get(ctx, g.ID)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		if err == nil {
			missing = e.missing(spec, now)
		}
		return len(missing) == 0 || e.reads.knownDropped(missing), err
	})
	switch {
	case err != nil:
		return e.unread(ctx, g, err)
	case len(missing) == 0:
		return nil
	}
	e.reads.noteDropped(missing)
	var f cgw.ValidationError
	for _, c := range missing {
		f.Add(c.Field, c.New, "was accepted by the cloud, but the gateway has "+orNone(c.Old), "", cgw.ErrUnsupported)
	}
	dropped := e.fail(cgw.ErrUnsupported, g, f.Err())
	dropped.Outcome = cgw.OutcomeApplied
	return dropped.WithContext(ctx)
}

// unread returns the error of a read after a write that was applied.
func (e *ensurer) unread(ctx context.Context, g cgw.Gateway, err error) error {
	f := e.fail(nil, g, err)
	f.Outcome = cgw.OutcomeApplied
	var of *cgw.Error
	if errors.As(err, &of) {
		f.Kind, f.RetryAfter = of.Kind, of.RetryAfter
	}
	return f.WithContext(ctx)
}

// missing returns the fields that g should have and has not.
func (e *ensurer) missing(spec cgw.CreateRequest, g cgw.Gateway) []Change {
	return gatewayChanges(g, e.goal(spec, g))
}

// droppedKey is what is remembered of a field that the cloud did not keep. A field of which nothing
// is kept is dropped for every gateway; a text that the cloud changed says nothing about others.
func droppedKey(c Change) string {
	if c.Old == "" || c.Field == fieldASN {
		return c.Field
	}
	return c.Field + "=" + c.New
}

// knownDropped reports whether the cloud is known not to keep any of the fields: then there is
// nothing to wait for.
func (r *reads) knownDropped(missing []Change) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(missing, func(c Change) bool { return !r.dropped[droppedKey(c)] })
}

func (r *reads) noteDropped(missing []Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dropped == nil {
		r.dropped = map[string]bool{}
	}
	for _, c := range missing {
		r.dropped[droppedKey(c)] = true
	}
}
