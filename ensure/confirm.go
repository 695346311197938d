package ensure

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// confirm checks after a write that the cloud kept all fields. If not, it returns an error that names
// the fields: the cloud dropped them, or changed their values, for example to lower case.
//
// g is the result of the write, or of a later read. If g lacks a field, or if mustRead is set, confirm
// reads the gateway. It repeats the read for up to Options.Patience, because reads may lag behind
// writes. mustRead is for an update, whose result shows the values of the request and not what the
// cloud kept. If the read fails, the error has OutcomeApplied, because the write succeeded. before is the
// owner that the gateway had before the write: reads may still show it.
func (e *ensurer) confirm(ctx context.Context, spec cgw.CreateRequest, g cgw.Gateway, mustRead bool, before string) error {
	missing := e.missing(spec, g)
	if len(missing) == 0 && !mustRead {
		return nil
	}
	looks, shown, taken := 0, false, false
	_, err := patiently(ctx, time.Now().Add(e.opts.Patience), func() (bool, error) {
		looks++
		now, err := e.p.Get(ctx, g.ID)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		if err == nil {
			g, shown, missing = now, true, e.missing(spec, now)
			owner := e.ownerOf(now)
			taken = owner != "" && owner != e.opts.Owner && owner != before
		}
		return len(missing) == 0 || taken || looks > 1 && e.reads.knownDropped(missing), err
	})
	switch {
	case err != nil:
		return e.readFailed(ctx, g, err)
	case !shown:
		gone := e.fail(cgw.ErrConflict, g, &cgw.Error{Op: cgw.OpGet, Kind: cgw.ErrNotFound})
		gone.Outcome, gone.Message = cgw.OutcomeApplied, "no read shows the gateway: another program may have deleted it"
		return gone.WithContext(ctx)
	case taken:
		other := e.notOwned(g)
		other.Outcome = cgw.OutcomeApplied
		return other.WithContext(ctx)
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

// readFailed returns the error for a read that failed after a write was applied.
func (e *ensurer) readFailed(ctx context.Context, g cgw.Gateway, err error) error {
	f := e.fail(nil, g, err)
	f.Outcome = cgw.OutcomeApplied
	var of *cgw.Error
	if errors.As(err, &of) {
		f.Kind, f.RetryAfter = of.Kind, of.RetryAfter
	}
	return f.WithContext(ctx)
}

// missing returns the changes that would bring g to the desired state.
func (e *ensurer) missing(spec cgw.CreateRequest, g cgw.Gateway) []Change {
	return gatewayChanges(g, e.goal(spec, g))
}

// droppedKey returns the key under which reads.dropped notes that the cloud did not keep a field. If the
// gateway has no value in the field, or if the field is the ASN, the key is the field: the cloud will not
// keep any value of it. If the cloud changed the value, the key has that value too: the cloud may keep
// others.
func droppedKey(c Change) string {
	if c.Old == "" || c.Field == fieldASN {
		return c.Field
	}
	return c.Field + "=" + c.New
}

// knownDropped reports whether all of the fields were noted before as not kept, for two gateways each. If so,
// it is useless to wait much longer. One gateway does not prove it: its reads may lag for long, or another
// program may have changed it.
func (r *reads) knownDropped(missing []Change) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(missing, func(c Change) bool { return r.dropped[droppedKey(c)] < 2 })
}

// noteDropped notes that the cloud did not keep these fields.
func (r *reads) noteDropped(missing []Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dropped == nil {
		r.dropped = map[string]int{}
	}
	for _, c := range missing {
		r.dropped[droppedKey(c)]++
	}
}
