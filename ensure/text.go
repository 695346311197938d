package ensure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw/internal/oneline"
)

// stepText is how a Plan prints the steps of a kind.
type stepText struct {
	kind StepKind
	mark string // before each step; empty: the steps are only counted
	text string // after their number
}

// stepTexts returns the texts in the order in which a Plan prints the steps.
func stepTexts() []stepText {
	return []stepText{
		{StepCreate, "+", "to create"}, {StepUpdate, "~", "to update"}, {StepAdopt, ">", "to adopt"}, {StepReplace, "±", "to replace"},
		{StepDelete, "-", "to delete"}, {StepUnsupported, "!", "unsupported"}, {StepForeign, "!", "foreign"}, {StepUnchanged, "", "unchanged"},
	}
}

// Summary returns the numbers of steps in one line, such as "2 to create, 40 unchanged, 1 owned but
// not specified".
func (p *Plan) Summary() string {
	var parts []string
	for _, k := range stepTexts() {
		if n := p.Count(k.kind); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+k.text)
		}
	}
	if n := len(p.Unspecified); n > 0 {
		parts = append(parts, strconv.Itoa(n)+" owned but not specified")
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// String returns the plan for people to read: every step but the unchanged ones, with each field
// old → new, then the owner's gateways that are not specified, then the Summary.
func (p *Plan) String() string {
	var b strings.Builder
	for _, m := range stepTexts() {
		for _, s := range p.Steps {
			if s.Kind == m.kind && m.mark != "" {
				fmt.Fprintf(&b, "%s %s\n", m.mark, s.title())
				s.details(&b)
			}
		}
	}
	for _, g := range p.Unspecified {
		fmt.Fprintf(&b, "? %s\n", Step{Kind: "not specified", Gateway: g}.title())
	}
	b.WriteString(p.Summary() + "\n")
	return b.String()
}

// title names the gateway of the step.
func (s Step) title() string {
	ip, name := s.site()
	if name == "" {
		name = s.Gateway.Name
	}
	parts := []string{string(s.Kind), ip.String()}
	if name != "" {
		parts = append(parts, oneline.Quote(name))
	}
	if s.Gateway.ID != "" {
		parts = append(parts, "("+s.Gateway.ID+")")
	}
	return oneline.Text(strings.Join(parts, " "))
}

func (s Step) details(b *strings.Builder) {
	for _, c := range s.Changes {
		text := c.String()
		if s.Kind == StepCreate {
			text = oneline.Text(oneline.Show(c.Field) + ": " + oneline.Show(c.New))
		}
		if c.Fixed {
			text += " (needs a replacement)"
		}
		fmt.Fprintf(b, "    %s\n", text)
	}
	if s.Reason != "" && s.Reason != (&ReplaceError{onlyFixed(s.Changes)}).Error() {
		fmt.Fprintf(b, "    %s\n", oneline.Text(s.Reason))
	}
	if len(s.Others) > 0 {
		fmt.Fprintf(b, "    %s\n", oneline.Text("also at this address, and left alone: "+strings.Join(s.Others, ", ")))
	}
}
