// Package errcode defines the tables that say what a service's error codes mean. The errors.go of each
// provider has the table itself.
package errcode

import (
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// Repeat says whether a request may be sent again after the service answered it with an error code.
type Repeat uint8

// The values of Repeat.
const (
	// Never: the request was not executed, and a retry would be refused again.
	Never Repeat = iota
	// Wait: the request was not executed. Any request may be retried after a wait.
	Wait
	// Once is Wait with a single retry, for example one with a new signature.
	Once
	// Look: the request may have been executed. A read, or a request that cannot take effect twice,
	// may be retried. Before any other request is retried, cgw must look whether it took effect.
	Look
	// LookOnce is Look with a single retry, for example after an unknown code.
	LookOnce
	// LookOnly: the request may have been executed, and a retry would fail in the same way.
	LookOnly
)

// String returns the text for r in docs/errors.md.
func (r Repeat) String() string {
	return [...]string{"no", "yes", "once", "look first", "look first, once", "look first, no repeat"}[r]
}

// Outcome returns the outcome of a request that was answered with a code of this class.
func (r Repeat) Outcome() cgw.Outcome {
	if r == Look || r == LookOnce || r == LookOnly {
		return cgw.OutcomeUnknown
	}
	return cgw.OutcomeNotApplied
}

// once returns the class with the same outcome that allows at most a single retry.
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

// Row says what one error code, or a family of codes, means.
type Row struct {
	// Code is a code, or a family: "Throttling*", "*.NotFound", "Invalid*.Malformed".
	Code string
	Kind error // the sentinel
	// Mention limits the row to errors whose message has this text. Empty: no limit.
	Mention string
	Repeat  Repeat
	// Transient is for families. It says that the vendor documents the codes of this family as
	// transient. Without it the meaning of a code in the family is not certain, so New allows only a
	// single retry: Wait becomes Once, and Look becomes LookOnce.
	Transient bool
	Note      string // the meaning and, if the vendor does not document it, the reason for this decision
}

// Table finds the row of a code. It looks first for a row with a Mention that matches, then for the exact
// code, then for the first family that matches.
type Table struct {
	rows     []Row
	mentions []int          // indexes in rows of those with a Mention
	exact    map[string]int // code to index
	families []int          // indexes of the families
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

// matches reports whether code is equal to family, or matches it if it has a "*".
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
