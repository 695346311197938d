package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw/ensure"
)

// look says how to show steps of a kind: a mark, a colour, and the word after their number.
type look struct {
	kind               ensure.StepKind
	mark, colour, text string
}

// looks returns the kinds in the order in which they are shown.
func looks() []look {
	const green, yellow, red = "\x1b[32m", "\x1b[33m", "\x1b[31m"
	return []look{
		{ensure.StepCreate, "+", green, "to create"},
		{ensure.StepUpdate, "~", yellow, "to update"},
		{ensure.StepAdopt, ">", yellow, "to adopt"},
		{ensure.StepReplace, "±", red, "to replace"},
		{ensure.StepDelete, "-", red, "to delete"},
		{ensure.StepUnsupported, "!", red, "unsupported"},
		{ensure.StepForeign, "!", red, "foreign"},
		{ensure.StepUnchanged, "", "", "unchanged"},
	}
}

// counts are numbers of steps.
type counts struct {
	kinds       map[ensure.StepKind]int
	unspecified int
}

// planned counts the steps of all plans.
func (r *report) planned() counts {
	c := counts{kinds: map[ensure.StepKind]int{}}
	for _, t := range r.Targets {
		if t.Plan == nil {
			continue
		}
		for _, s := range t.Plan.Steps {
			c.kinds[s.Kind]++
		}
		c.unspecified += len(t.Plan.Unspecified)
	}
	return c
}

// String returns the numbers, such as "2 to create, 40 unchanged, 1 owned but not in the file".
func (c counts) String() string {
	var parts []string
	for _, l := range looks() {
		if n := c.kinds[l.kind]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+l.text)
		}
	}
	if c.unspecified > 0 {
		parts = append(parts, strconv.Itoa(c.unspecified)+" owned but not in the file")
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// print writes the plans for a person.
func (r *report) print(w io.Writer, t terminal) {
	for _, target := range r.Targets {
		where := []string{string(target.Cloud), target.Region}
		if target.Account != "" {
			where = append(where, target.Account)
		}
		fmt.Fprintf(w, "%s (%s)\n", target.Name, strings.Join(where, ", "))
		if target.Plan == nil {
			fmt.Fprintln(w, t.paint("\x1b[31m", "! cannot be read: "+target.Error))
			continue
		}
		target.print(w, t)
		fmt.Fprintln(w, (&report{Targets: []*targetReport{target}}).planned())
	}
}

// print shows the steps of a target, except the unchanged ones.
func (r *targetReport) print(w io.Writer, t terminal) {
	for _, l := range looks() {
		for i, s := range r.Plan.Steps {
			if s.Kind != l.kind || s.Kind == ensure.StepUnchanged {
				continue
			}
			line := l.mark + " " + title(s)
			if refused(s.Kind) && i < len(r.places) {
				line += " at " + r.places[i]
			}
			fmt.Fprintln(w, t.paint(l.colour, line))
			for _, line := range r.details(s) {
				fmt.Fprintf(w, "    %s\n", oneLine(line))
			}
		}
	}
	for _, g := range r.Plan.Unspecified {
		fmt.Fprintln(w, "? "+title(ensure.Step{Kind: "not in the file", Gateway: g}))
	}
}

// title names the gateway of a step.
func title(s ensure.Step) string {
	site := ensure.StepResult{Step: s}.Site()
	parts := []string{string(s.Kind), site.IPAddress.String()}
	for _, name := range []string{site.Name, s.Gateway.Name} {
		if name != "" {
			parts = append(parts, strconv.Quote(name))
			break
		}
	}
	if s.Gateway.ID != "" {
		parts = append(parts, "("+s.Gateway.ID+")")
	}
	return oneLine(strings.Join(parts, " "))
}

// details returns the changes of a step and why it cannot be carried out.
func (r *targetReport) details(s ensure.Step) []string {
	var lines []string
	for _, c := range s.Changes {
		line := c.String()
		switch owned := s.Gateway.Tags[r.Plan.OwnerKey] == r.Plan.Owner; {
		case s.Gateway.ID == "":
			line = c.Field + ": " + c.New
		case c.Fixed && s.Kind == ensure.StepReplace:
			line += " (a new gateway)"
		case c.Fixed && owned && !r.Plan.Replace:
			line += " (needs -replace)"
		case c.Fixed:
			line += " (only a new gateway can have it)"
		}
		lines = append(lines, line)
	}
	if s.Reason != "" && !slices.ContainsFunc(s.Changes, func(c ensure.Change) bool { return c.Fixed }) {
		lines = append(lines, strings.ReplaceAll(s.Reason, "set Validation to cgw.Current", "say validation: current"))
	}
	if len(s.Others) > 0 {
		lines = append(lines, "also at this address, and left alone: "+strings.Join(s.Others, ", "))
	}
	return lines
}

// oneLine makes text of a cloud or a file safe for one line of a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
