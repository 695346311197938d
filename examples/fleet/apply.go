package main

import (
	"context"

	"github.com/cgw-go/cgw/ensure"
)

// apply carries out the plans that were shown, all targets at the same time. If it returns an
// error, a plan was refused and nothing was sent.
func (o *options) apply(ctx context.Context, r *report) error {
	var plans []ensure.Planned
	reports := map[string]*targetReport{}
	for _, t := range r.Targets {
		if t.Plan != nil {
			reports[t.Name] = t
			plans = append(plans, ensure.Planned{Provisioner: t.provisioner, Plan: t.Plan})
		}
	}
	show := newDisplay(o.stdout, o.terminal, o.json)
	results, err := ensure.ApplyAll(ctx, plans, ensure.ApplyOptions{PerTarget: o.perTarget, Total: o.total, Progress: show.step})
	if err != nil {
		return err
	}
	for _, t := range reports {
		t.Results = make([]result, len(t.Plan.Steps))
	}
	for s := range results {
		reports[s.Target].Results[s.Index] = resultOf(s)
	}
	show.end(r.planned().unspecified)
	return nil
}
