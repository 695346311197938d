package schedules_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
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
	limitOrphan  = "the same, deleted again before ours"
	limitUnsure  = "a call that ended as unknown"
	limitVanish  = "a holder that vanishes"
	limitUnnamed = "a holder that reads do not show"
)

// limitsOfCreates are the limits that a create may end in.
var limitsOfCreates = []string{
	limitContext, limitOther, limitHidden, limitFaults, limitSame, limitBrief, limitOrphan, limitUnsure, limitVanish, limitUnnamed, limitLeft, limitLoose, limitShared,
}

// TestLimitsAreDocumented tests that the page names the limits that schedules may end in, and no
// others.
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
	require.ElementsMatch(t, append(slices.Clip(limitsOfCreates), limitTaken), named)
}

// judge returns the limit that the schedule ended in, and what is wrong at its end. It uses only
// the gateways of the service and the result of the call.
func (c *creation) judge() (limit string, wrong []string) {
	wrong = c.wrong
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	var ours []*row
	for _, r := range c.held() {
		if r.by == us {
			ours = append(ours, r)
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
	var e *cgw.Error
	if errors.As(c.err, &e) && len(tokens) > 0 && !tokens[e.ClientToken] {
		bad("the error has the token %q", e.ClientToken)
	}
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
	switch cgw.OutcomeOf(c.err) {
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
		case len(ours) > 0 && c.left && c.lost > 0 && (!c.Tokens || c.forgets):
			limit = limitLeft
		case len(ours) > 0:
			bad("%s is there, but the error says that nothing was made: %v", ours[0].id, c.err)
		case c.mustSucceed(foreigners):
			bad("the call failed: %v", c.err)
		case !c.ended.IsZero() || c.worn() || c.late():
		case !errors.Is(c.err, cgw.ErrAlreadyExists):
			bad("the error is not that the address is taken: %v", c.err)
		case !c.names() && !c.unseen():
			bad("the error does not name the gateway at the address: %v", c.err)
		case !c.names():
			limit = limitUnnamed
		}
	default:
		if c.lost == 0 {
			bad("no reply was lost, but the outcome is unknown: %v", c.err)
		}
		if limit == "" {
			limit = c.whyUnknown(e)
		}
		if limit == "" || c.mustSucceed(foreigners) {
			bad("the outcome is unknown without need: %v", c.err)
		}
	}
	if most := 61*time.Second + timeout; c.took > most {
		bad("the call took %v", c.took)
	}
	return limit, wrong
}

// names reports whether the error names a gateway that exists or existed.
func (c *creation) names() bool {
	var e *cgw.Error
	return errors.As(c.err, &e) && len(e.ConflictingIDs) == 1 && slices.ContainsFunc(c.rows, func(r *row) bool { return r.id == e.ConflictingIDs[0] })
}

// unseen reports whether a look at the end of the call may have shown no gateway: its holder has
// deleted it, or reads do not show it yet.
func (c *creation) unseen() bool {
	looked := c.start.Add(c.took - c.lag - 4*latency)
	return c.left || !slices.ContainsFunc(c.held(), func(r *row) bool { return r.versions[0].at.Before(looked) })
}

// provable reports whether it is certain that the call made none of the gateways: each is older
// than the call, and differs.
func (c *creation) provable() bool {
	return !c.noDate && !c.forms && !slices.ContainsFunc(c.rows, func(r *row) bool {
		made := r.versions[0]
		return made.g.Name == spec.Name && made.g.ASN == spec.ASN || made.at.After(c.start.Add(-3*time.Second))
	})
}

func (c *creation) judgeSuccess(ours []*row) (limit, wrong string) {
	var r *row
	for _, have := range c.rows {
		if have.id == c.g.ID {
			r = have
		}
	}
	if r == nil {
		return "", fmt.Sprintf("the call returned %q, but no such gateway ever existed", c.g.ID)
	}
	made := r.versions[0].g
	switch same := made.Name == spec.Name && made.ASN == spec.ASN && made.Tags["env"] == spec.Tags["env"]; {
	case r.by == us && !r.now().gone:
		if c.g.Name != made.Name || c.g.ASN != spec.ASN && c.ConfirmsASN || c.g.IPAddress != spec.IPAddress || c.g.Tags["env"] != "test" {
			return "", fmt.Sprintf("it returned %+v", c.g)
		}
		return "", ""
	case r.by == unsure && len(ours) == 0 && !r.now().gone:
		return limitUnsure, ""
	case (r.by == foreign || r.by == unsure) && same && !made.CreatedAt.Before(c.start.Add(-2*time.Second).Truncate(time.Second)):
		switch {
		case r.now().gone && len(ours) > 0:
			return limitOrphan, ""
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
	return strings.HasPrefix(c.place.name, "free") && !foreigners && c.ended.IsZero() && !c.worn() && !c.late() &&
		(c.lost == 0 || c.Tokens && !c.forgets || (c.lag < patience || c.UniqueAddresses && c.lag < 2*patience && c.slow == 0) && !c.noDate && !c.forms)
}

// late reports whether the service said "try later" until the time of the call was over. The last attempt
// begins in the second half of the time that is left when a backoff does not fit any more.
func (c *creation) late() bool {
	p := cgw.RetryPolicy{}.WithDefaults()
	return c.took >= p.MaxElapsed-p.MaxBackoff/2 && errors.Is(c.err, cgw.ErrConflict)
}

// whyUnknown names the limit behind an unknown outcome, whose error is e; "" if there is none. A
// reason that the error shows takes precedence over one that the schedule only makes possible.
func (c *creation) whyUnknown(e *cgw.Error) string {
	named := len(e.ConflictingIDs) > 0
	others := slices.ContainsFunc(c.rows, func(r *row) bool { return r.by != us })
	switch {
	case !c.ended.IsZero():
		return limitContext
	case c.worn(), c.late():
		return limitFaults
	case named && (c.noDate || c.forms || others) && c.names() && !c.provable():
		return limitOther
	case c.lag > patience && c.took >= patience && len(c.held()) > 0:
		return limitHidden
	case !named && c.took >= 2*patience && errors.Is(c.err, cgw.ErrAlreadyExists) && (c.left || len(c.held()) == 0 || c.slow > 0):
		return limitVanish
	default:
		return ""
	}
}
