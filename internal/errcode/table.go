// Package errcode holds the form of the tables that say what a service's error codes mean. The
// tables themselves are in each provider's errors.go.
package errcode

import (
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// Repeat says whether a request that was answered with a code may be sent again.
type Repeat uint8

// The classes of repeating.
const (
	// Never: it will be refused again. Nothing was done.
	Never Repeat = iota
	// Wait: it was refused before it was executed. Nothing was done; any request may be
	// repeated after a wait.
	Wait
	// Once is Wait for a single repeat, such as one with a fresh signature.
	Once
	// Look: it may have been executed. A read, or a request that cannot take effect twice, may
	// be repeated; for any other one must look first.
	Look
	// LookOnce is Look for a single repeat, as after a code that nobody knows.
	LookOnce
	// LookOnly: it may have been executed, and a repeat would fail in the same way.
	LookOnly
)

// String returns the class as docs/errors.md names it.
func (r Repeat) String() string {
	return [...]string{"no", "yes", "once", "look first", "look first, once", "look first, no repeat"}[r]
}

// Outcome returns what a code of this class says of the request it answers.
func (r Repeat) Outcome() cgw.Outcome {
	if r == Look || r == LookOnce || r == LookOnly {
		return cgw.OutcomeUnknown
	}
	return cgw.OutcomeNotApplied
}

// once returns the class that allows a single repeat and has the same outcome.
func (r Repeat) once() Repeat {
	switch r {
	case Wait:
		return Once
	case Look:
		return LookOnce
	default:
		return r
	}
}

// Row is the decision on one code, or on a family of them.
type Row struct {
	// Code is a code, or a family: "Throttling*", "*.NotFound", "Invalid*.Malformed".
	Code string
	Kind error // the sentinel
	// Mention limits the row to errors whose message has this text. Empty: no limit.
	Mention string
	Repeat  Repeat
	// Transient is for families. It says that the vendor documents the codes of this family as
	// transient. Without it nobody knows what a code of the family means, so New allows a single
	// repeat: Wait becomes Once, and Look becomes LookOnce.
	Transient bool
	Note      string // what it means, and where that is not the vendor's word, why it is read so
}

// Table finds the row of a code: the exact one, or else the first family that fits. A row with a
// Mention comes before the others.
type Table struct {
	rows     []Row
	mentions []int
	exact    map[string]int
	families []int
}

// New returns the table of the rows, in their order.
func New(rows []Row) *Table {
	t := &Table{rows: slices.Clone(rows), exact: make(map[string]int, len(rows))}
	for i, r := range rows {
		family := strings.Contains(r.Code, "*")
		if family && !r.Transient {
			t.rows[i].Repeat = r.Repeat.once()
		}
		if r.Mention != "" {
			t.mentions = append(t.mentions, i)
		} else if family {
			t.families = append(t.families, i)
		} else {
			t.exact[r.Code] = i
		}
	}
	return t
}

// Rows returns the rows in their order. They must not be changed.
func (t *Table) Rows() []Row { return t.rows }

// Lookup returns the row of an error of the service, and whether there is one. It does not
// allocate.
func (t *Table) Lookup(code, message string) (Row, bool) {
	for _, i := range t.mentions {
		if matches(t.rows[i].Code, code) && strings.Contains(message, t.rows[i].Mention) {
			return t.rows[i], true
		}
	}
	if i, ok := t.exact[code]; ok {
		return t.rows[i], true
	}
	for _, i := range t.families {
		if matches(t.rows[i].Code, code) {
			return t.rows[i], true
		}
	}
	return Row{}, false
}

// matches reports whether code is the one, or of the family.
func matches(family, code string) bool {
	part, rest, star := strings.Cut(family, "*")
	code, ok := strings.CutPrefix(code, part)
	for ok && star {
		if part, rest, star = strings.Cut(rest, "*"); !star {
			return strings.HasSuffix(code, part)
		}
		_, code, ok = strings.Cut(code, part)
	}
	return ok && code == ""
}
