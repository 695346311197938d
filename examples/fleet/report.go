package main

import (
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"strconv"
	"sync"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// report holds the plans and results of all targets, in the order of the file. -json and -plan
// write it.
type report struct {
	Version int             `json:"version"` // reportVersion
	Targets []*targetReport `json:"targets"`
}

const reportVersion = 1

// targetReport holds the plan and the results of a target.
type targetReport struct {
	Name    string       `json:"name"`
	Cloud   cgw.Provider `json:"cloud"`
	Region  string       `json:"region"`
	Account string       `json:"account,omitempty"`
	Error   string       `json:"error,omitempty"` // why it could not be read
	Plan    *ensure.Plan `json:"plan,omitempty"`
	Results []result     `json:"results,omitempty"` // of the steps of the plan, in their order

	provisioner cgw.Provisioner
	places      []string // where the specifications of the plan are, such as sites.yaml:9
}

// result is the result of a step. Its JSON names are the same as in cgw's own JSON.
type result struct {
	IPAddress netip.Addr      `json:"ipAddress"`
	Name      string          `json:"name,omitempty"`
	Action    ensure.Action   `json:"action,omitempty"` // empty: it failed
	ID        string          `json:"id,omitempty"`
	Changes   []ensure.Change `json:"changes,omitempty"`
	Error     string          `json:"error,omitempty"`
	Retryable bool            `json:"retryable,omitempty"` // another run may succeed
}

func resultOf(s ensure.StepResult) result {
	site := s.Site()
	r := result{IPAddress: site.IPAddress, Name: site.Name, Action: s.Action, ID: s.Gateway.ID, Changes: s.Changes}
	if s.Err != nil {
		r.Action, r.Error, r.Retryable = "", s.Err.Error(), ensure.Retryable(s.Err)
	}
	return r
}

// plan reads all targets and makes their plans, as many at a time as -total says.
func (o *options) plan(ctx context.Context, f fleet, c *clouds) *report {
	r := &report{reportVersion, make([]*targetReport, len(f.targets))}
	o.each(f, func(i int, t target) {
		report := &targetReport{
			Name: t.name, Cloud: t.cloud, Region: t.region, Account: t.account,
			provisioner: c.provisioners[i], places: f.places(i),
		}
		r.Targets[i] = report
		plan, err := ensure.NewPlan(ctx, ensure.Target{
			Name: t.name, Provisioner: report.provisioner, Specs: t.specs, Account: t.account,
			Prune: t.prune, PruneAll: t.pruneAll, MaxDeletes: t.maxDeletes,
		}, t.options)
		if err != nil {
			report.Error = err.Error()
			return
		}
		report.Plan = plan
	})
	return r
}

// places returns where the sites of a target are.
func (f fleet) places(target int) []string {
	places := make([]string, len(f.targets[target].specs))
	for i := range places {
		places[i] = f.file + ":" + strconv.Itoa(f.lines[place{target, i, ""}])
	}
	return places
}

// each calls do for all targets, as many at a time as -total says.
func (o *options) each(f fleet, do func(i int, t target)) {
	total := o.total
	if total == 0 {
		total = 64
	}
	slots := make(chan struct{}, total)
	var work sync.WaitGroup
	for i, t := range f.targets {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			do(i, t)
		})
	}
	work.Wait()
}

func refused(k ensure.StepKind) bool { return k == ensure.StepUnsupported || k == ensure.StepForeign }

// work reports whether there is a change to make.
func (r *report) work() bool {
	for kind, n := range r.planned().kinds {
		if n > 0 && kind != ensure.StepUnchanged && !refused(kind) {
			return true
		}
	}
	return false
}

// code returns the exit code for the results.
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
	for kind := range r.planned().kinds {
		if refused(kind) {
			return exitFailed
		}
	}
	return exitDone
}

func (r *report) dryRunCode() int {
	if code := r.code(); code != exitDone || !r.work() {
		return code
	}
	return exitChanges
}

// finish writes the JSON, if -json is set.
func (r *report) finish(o *options, code int) (int, error) {
	if !o.json {
		return code, nil
	}
	return code, r.write(o.stdout)
}

func (r *report) write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
