package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// report is what is known of each target, in the file's order.
type report struct {
	Targets []*targetReport `json:"targets"`
}

// targetReport is what is known of a target.
type targetReport struct {
	Name    string       `json:"name"`
	Cloud   cgw.Provider `json:"cloud"`
	Region  string       `json:"region"`
	Error   string       `json:"error,omitempty"` // why it could not be read
	Plan    *ensure.Plan `json:"plan,omitempty"`
	Results []result     `json:"results,omitempty"` // of the steps of the plan, in their order

	provisioner cgw.Provisioner
}

// result is what became of a step.
type result struct {
	Action ensure.Action `json:"action,omitempty"`
	ID     string        `json:"id,omitempty"`
	Error  string        `json:"error,omitempty"`
}

// plan reads all targets at the same time, each with one List.
func (o *options) plan(ctx context.Context, f fleet, c *clouds) *report {
	reports := make([]*targetReport, len(f.targets))
	opts := o.ensureOptions(f)
	var reading sync.WaitGroup
	for i, t := range f.targets {
		r := &targetReport{Name: t.name, Cloud: t.cloud, Region: t.region, provisioner: c.provisioners[i]}
		reports[i] = r
		reading.Go(func() {
			plan, err := ensure.NewPlan(ctx, ensure.Target{
				Name: t.name, Provisioner: r.provisioner, Specs: t.specs, Prune: o.prune, PruneAll: o.prune,
			}, opts)
			if err != nil {
				r.Error = err.Error()
				return
			}
			r.Plan = plan
		})
	}
	reading.Wait()
	return &report{reports}
}

// print shows the plans to a reader.
func (r *report) print(w io.Writer) {
	for _, t := range r.Targets {
		fmt.Fprintf(w, "%s (%s, %s)\n", t.Name, t.Cloud, t.Region)
		if t.Plan == nil {
			fmt.Fprintf(w, "! cannot be read: %s\n", t.Error)
			continue
		}
		fmt.Fprint(w, t.Plan)
	}
}

// count returns the number of steps that want is true for.
func (r *report) count(want func(ensure.StepKind) bool) int {
	n := 0
	for _, t := range r.Targets {
		if t.Plan == nil {
			continue
		}
		for _, s := range t.Plan.Steps {
			if want(s.Kind) {
				n++
			}
		}
	}
	return n
}

func refused(k ensure.StepKind) bool { return k == ensure.StepUnsupported || k == ensure.StepForeign }
func changes(k ensure.StepKind) bool { return k != ensure.StepUnchanged && !refused(k) }

// work reports whether there is a change to make.
func (r *report) work() bool { return r.count(changes) > 0 }

func (r *report) summary() string {
	all := &ensure.Plan{}
	for _, t := range r.Targets {
		if t.Plan != nil {
			all.Steps = append(all.Steps, t.Plan.Steps...)
		}
	}
	return all.Summary()
}

// code returns the exit code of what was done.
func (r *report) code() int {
	for _, t := range r.Targets {
		if t.Error != "" {
			return exitFailed
		}
		for _, res := range t.Results {
			if res.Error != "" {
				return exitFailed
			}
		}
	}
	if r.count(refused) > 0 {
		return exitFailed
	}
	return exitDone
}

func (r *report) dryRunCode() int {
	if code := r.code(); code != exitDone || !r.work() {
		return code
	}
	return exitChanges
}

// finish writes the JSON, if that is wanted.
func (r *report) finish(o *options, code int) (int, error) {
	if !o.json {
		return code, nil
	}
	enc := json.NewEncoder(o.stdout)
	enc.SetIndent("", "  ")
	return code, enc.Encode(r)
}
