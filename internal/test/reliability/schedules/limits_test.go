package schedules_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// The limits, as docs/reliability.md names them.
const (
	limitNone    = ""
	limitContext = "the context ends"
	limitOther   = "a gateway that may be ours"
	limitHidden  = "reads that lag for long"
	limitFaults  = "no attempt is left"
	limitSame    = "the same by another program"
	limitBrief   = "the same, deleted again"
	limitLeft    = "a holder that leaves"
	limitLoose   = "two at one address"
	limitShared  = "an address with another's beside ours"
	limitTaken   = "another deletes it meanwhile"
)

// TestLimitsAreDocumented: the page names the limits that schedules may end in, and no others.
func TestLimitsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/reliability.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(page), "| limit | what happens | what helps | Tencent | Alibaba |\n")
	require.True(t, ok)
	rows, _, _ := strings.Cut(rest, "\n\n")
	var named []string
	for _, row := range strings.Split(rows, "\n")[1:] {
		named = append(named, strings.TrimSpace(strings.Split(row, "|")[1]))
	}
	require.ElementsMatch(t, []string{
		limitContext, limitOther, limitHidden, limitFaults, limitSame, limitBrief, limitLeft, limitLoose, limitShared, limitTaken,
	}, named)
}

// judge returns the limit that the schedule ended in, and what is wrong with how it ended. It
// goes by what the service has and by what was said alone.
func (c *creation) judge() (limit string, wrong []string) {
	wrong = c.wrong
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	var ours, others []*row
	for _, r := range c.held() {
		if r.by == us {
			ours = append(ours, r)
		} else {
			others = append(others, r)
		}
	}
	tokens := map[string]bool{}
	for _, r := range c.sent {
		if r.action == "Create" {
			tokens[r.token] = true
		}
	}
	if len(tokens) > 1 || tokens[""] == c.Tokens && len(tokens) > 0 {
		bad("the creates carried the tokens %v", tokens)
	}
	outcome := cgw.OutcomeOf(c.err)
	switch {
	case len(ours) > 1 && c.loose && !c.Tokens && (c.lag > littleLag || c.slow > 0):
		limit = limitLoose
	case len(ours) > 1:
		bad("there are %d gateways of the call", len(ours))
	}
	foreigners := false
	for _, r := range c.rows {
		foreigners = foreigners || r.by == foreign
	}
	switch outcome {
	case cgw.OutcomeApplied:
		l, fault := c.judgeSuccess(ours)
		if fault != "" {
			bad("%s", fault)
		}
		if l != "" {
			limit = l
		}
	case cgw.OutcomeNotApplied:
		switch {
		case len(ours) > 0 && c.loose && foreigners:
			limit = limitShared
		case len(ours) > 0 && c.left:
			limit = limitLeft
		case len(ours) > 0:
			bad("%s is there, but the error says that nothing was made: %v", ours[0].id, c.err)
		case c.mustSucceed(foreigners):
			bad("it failed: %v", c.err)
		}
	default:
		if c.lost == 0 {
			bad("no reply was lost, but the outcome is unknown: %v", c.err)
		}
		if limit == "" {
			limit = c.whyUnknown(foreigners, others)
		}
		if limit == "" || c.mustSucceed(foreigners) {
			bad("the outcome is unknown without need: %v", c.err)
		}
	}
	if most := 61*time.Second + timeout; c.took > most {
		bad("it took %v", c.took)
	}
	return limit, wrong
}

func (c *creation) judgeSuccess(ours []*row) (limit, wrong string) {
	var r *row
	for _, have := range c.rows {
		if have.id == c.g.ID {
			r = have
		}
	}
	if r == nil {
		return "", fmt.Sprintf("it returned %q, which there never was", c.g.ID)
	}
	made := r.versions[0].g
	switch same := made.Name == spec.Name && made.ASN == spec.ASN && made.Tags["env"] == spec.Tags["env"]; {
	case r.by == us && !r.now().gone:
		if c.g.Name != made.Name || c.g.ASN != spec.ASN && c.ConfirmsASN || c.g.IPAddress != spec.IPAddress {
			return "", fmt.Sprintf("it returned %+v", c.g)
		}
		return "", ""
	case r.by == foreign && same && !made.CreatedAt.Before(c.start.Add(-2*time.Second).Truncate(time.Second)):
		switch {
		case r.now().gone:
			return limitBrief, ""
		case len(ours) == 0:
			return limitSame, ""
		case c.loose:
			return limitShared, ""
		default:
			return "", "it returned the gateway of another, and there is one of its own"
		}
	default:
		return "", fmt.Sprintf("it returned %s, which is of %s", r.id, r.by)
	}
}

// mustSucceed reports whether nothing in the schedule excuses a create that fails.
func (c *creation) mustSucceed(foreigners bool) bool {
	return strings.HasPrefix(c.place.name, "free") && !foreigners && c.ended.IsZero() && c.lag < patience && !c.noDate && !c.forms && c.odd < 2 && c.slow == 0
}

// whyUnknown names the limit behind an unknown outcome; "" if there is none.
func (c *creation) whyUnknown(foreigners bool, others []*row) string {
	siblings := false
	for _, r := range c.rows {
		siblings = siblings || r.by == sibling
	}
	switch {
	case !c.ended.IsZero():
		return limitContext
	case c.noDate || c.forms || foreigners || siblings:
		return limitOther
	case c.lag > patience:
		return limitHidden
	case c.odd > 1 || c.slow > 0:
		return limitFaults
	default:
		return ""
	}
}
