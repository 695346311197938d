package cgwtest

import (
	"context"
	"iter"

	"github.com/cgw-go/cgw"
)

// List implements [cgw.Lister]. It yields the gateways that exist when ranging begins, in the
// order of their creation.
func (f *Fake) List(ctx context.Context, filter cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	filter = cloneFilter(filter)
	return func(yield func(cgw.Gateway, error) bool) {
		c := &call{op: cgw.OpList, filter: &filter}
		fault := f.begin(c, true)
		if err := fault.before(ctx, f.Like.ValidateFilter(filter)); err != nil {
			yield(cgw.Gateway{}, f.fail(ctx, c, err))
			return
		}
		for i, g := range f.snapshot(filter) {
			switch {
			case fault.fails() && i == fault.After:
				yield(cgw.Gateway{}, f.strike(ctx, c, fault))
				return
			case ctx.Err() != nil:
				yield(cgw.Gateway{}, f.fail(ctx, c, &cgw.Error{Outcome: cgw.OutcomeNotApplied}))
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
		all[i] = f.result(all[i], requestID)
	}
	return all
}
