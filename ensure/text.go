package ensure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw/internal/oneline"
)

// The order and the marks in which a Plan prints its steps; unchanged ones are only counted.
func stepMarks() []struct {
	kind StepKind
	mark string
} {
	return []struct {
		kind StepKind
		mark string
	}{
		{StepCreate, "+"}, {StepUpdate, "~"}, {StepAdopt, ">"}, {StepReplace, "±"}, {StepDelete, "-"},
		{StepUnsupported, "!"}, {StepForeign, "!"},
	}
}

// Summary returns the numbers of steps in one line, such as "2 to create, 40 unchanged".
func (c *Plan) Summary() string {
	var parts []string
	for _, k := range []struct {
		kind StepKind
		text string
	}{
		{StepCreate, "to create"}, {StepUpdate, "to update"}, {StepAdopt, "to adopt"}, {StepReplace, "to replace"},
		{StepDelete, "to delete"}, {StepUnsupported, "unsupported"}, {StepForeign, "foreign"}, {StepUnchanged, "unchanged"},
	} {
		if n := c.Count(k.kind); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+k.text)
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// String returns the plan for people to read: the numbers of steps, then every step but the
// unchanged ones, with each field old → new.
func (c *Plan) String() string {
	var b strings.Builder
	for _, m := range stepMarks() {
		for _, s := range c.Steps {
			if s.Kind == m.kind {
				fmt.Fprintf(&b, "%s %s\n", m.mark, s.title())
				s.details(&b)
			}
		}
	}
	b.WriteString(c.Summary() + "\n")
	return b.String()
}

// title names the gateway of the step.
func (s Step) title() string {
	ip, name := s.Spec.IPAddress, s.Spec.Name
	if !ip.IsValid() {
		ip = s.Gateway.IPAddress
	}
	if name == "" {
		name = s.Gateway.Name
	}
	parts := []string{string(s.Kind), ip.String()}
	if name != "" {
		parts = append(parts, strconv.Quote(name))
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
			text = oneline.Text(c.Field + ": " + c.New)
		}
		if c.Fixed {
			text += " (needs a replacement)"
		}
		fmt.Fprintf(b, "    %s\n", text)
	}
	if s.Reason != "" && len(onlyFixed(s.Changes)) == 0 {
		fmt.Fprintf(b, "    %s\n", oneline.Text(s.Reason))
	}
}
