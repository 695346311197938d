package cgwtest

import (
	"context"
	"iter"
	"slices"

	"github.com/cgw-go/cgw"
)

// List implements [cgw.Lister]. It yields the gateways that there are when ranging begins, in
// the order of their creation.
func (f *Fake) List(ctx context.Context, filter cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	filter = cloneFilter(filter)
	return func(yield func(cgw.Gateway, error) bool) {
		c := &Call{Op: cgw.OpList, Filter: filter}
		fault := f.begin(c)
		fail := func(err *cgw.Error) { yield(cgw.Gateway{}, f.fail(ctx, c, err)) }
		if slices.Contains(filter.IDs, "") {
			fail(refusal(required("IDs", nil)))
			return
		}
		if !fault.delay(ctx) {
			fail(&cgw.Error{Outcome: cgw.OutcomeNotApplied})
			return
		}
		for i, g := range f.snapshot(filter) {
			switch {
			case fault.fails() && i == fault.After:
				yield(cgw.Gateway{}, f.strike(ctx, c, fault))
				return
			case ctx.Err() != nil:
				fail(&cgw.Error{Outcome: cgw.OutcomeNotApplied})
				return
			}
			if !yield(g, nil) {
				return
			}
		}
		if fault.fails() {
			yield(cgw.Gateway{}, f.strike(ctx, c, fault))
		}
	}
}

func (f *Fake) snapshot(filter cgw.Filter) []cgw.Gateway {
	f.mu.Lock()
	defer f.mu.Unlock()
	requestID := f.state.nextRequest()
	all := f.state.list(filter)
	for i := range all {
		all[i] = f.stamp(all[i], requestID)
	}
	return all
}
