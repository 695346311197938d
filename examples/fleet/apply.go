package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cgw-go/cgw/ensure"
)

// apply carries out the plans that were shown, all targets at the same time.
func (o *options) apply(ctx context.Context, r *report) error {
	var plans []ensure.Planned
	reports := map[string]*targetReport{}
	for _, t := range r.Targets {
		if t.Plan == nil {
			continue
		}
		t.Results = make([]result, len(t.Plan.Steps))
		reports[t.Name] = t
		plans = append(plans, ensure.Planned{Provisioner: t.provisioner, Plan: t.Plan})
	}
	show := newDisplay(o.stdout, o.json)
	results, err := ensure.ApplyAll(ctx, plans, ensure.ApplyOptions{PerTarget: o.perTarget, Total: o.total, Progress: show.step})
	if err != nil {
		return err
	}
	for s := range results {
		res := result{Action: s.Action, ID: s.Gateway.ID}
		if s.Err != nil {
			res.Error = s.Err.Error()
		}
		reports[s.Target].Results[s.Index] = res
	}
	show.end()
	return nil
}

// display shows progress: a bar on a terminal, a line for each change elsewhere, and nothing
// beside JSON.
type display struct {
	w        io.Writer
	terminal bool
	quiet    bool
	last     ensure.Progress
}

func newDisplay(w io.Writer, quiet bool) *display {
	return &display{w: w, terminal: isTerminal(w), quiet: quiet}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (d *display) step(p ensure.Progress) {
	d.last = p
	switch {
	case d.quiet:
	case p.Last.Err != nil:
		d.line(fmt.Sprintf("%s: failed: %v", site(p.Last), p.Last.Err))
	case p.Last.Action != ensure.Unchanged && !d.terminal:
		d.line(fmt.Sprintf("%s: %s %s", site(p.Last), p.Last.Action, p.Last.Gateway.ID))
	}
	if d.terminal && !d.quiet {
		d.bar()
	}
}

func (d *display) end() {
	if d.quiet {
		return
	}
	d.line(fmt.Sprintf("%d done, %d failed", d.last.Done-d.last.Failed, d.last.Failed))
}

// line writes a line, in place of the bar if there is one.
func (d *display) line(text string) {
	if d.terminal {
		fmt.Fprint(d.w, "\r\x1b[K")
	}
	fmt.Fprintln(d.w, text)
}

func (d *display) bar() {
	const width = 40
	full := width
	if d.last.Total > 0 {
		full = width * d.last.Done / d.last.Total
	}
	fmt.Fprintf(d.w, "\r[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", width-full), d.last.Done, d.last.Total)
}

func site(r ensure.StepResult) string {
	ip, name := r.Step.Spec.IPAddress, r.Step.Spec.Name
	if !ip.IsValid() {
		ip, name = r.Step.Gateway.IPAddress, r.Step.Gateway.Name
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", r.Target, ip, name))
}
