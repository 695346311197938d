package reliability_test

import (
	"fmt"
	"slices"

	"github.com/cgw-go/cgw"
)

// attempted is one Create and its result.
type attempted struct {
	addr, name string
	id         string // of the gateway that it returned
	err        error
}

// tally counts the results of creates.
type tally struct {
	creates, succeeded, notApplied, unknown int
	gateways                                int // that exist at the end
	orphans                                 int // of those, not returned by any call; at most unknown
}

func (t *tally) add(o tally) {
	t.creates += o.creates
	t.succeeded += o.succeeded
	t.notApplied += o.notApplied
	t.unknown += o.unknown
	t.gateways += o.gateways
	t.orphans += o.orphans
}

func (t tally) String() string {
	return fmt.Sprintf("%d creates: %d succeeded, %d not applied, %d unknown; %d gateways, %d of them of unknown creates",
		t.creates, t.succeeded, t.notApplied, t.unknown, t.gateways, t.orphans)
}

// judge compares the results of creates with the gateways that exist, and returns what is
// wrong. There must be exactly the gateways of the calls that succeeded and, at the address of
// a call whose outcome is unknown, at most one more.
func judge(calls []attempted, gateways []held) (tally, []string) {
	t := tally{creates: len(calls), gateways: len(gateways)}
	var wrong []string
	ids, unknown := map[string]string{}, map[string]int{}
	for _, c := range calls {
		switch {
		case c.err == nil:
			t.succeeded++
			if other, dup := ids[c.id]; dup {
				wrong = append(wrong, fmt.Sprintf("two calls, at %s and %s, returned %s", other, c.addr, c.id))
			}
			ids[c.id] = c.addr
			if !slices.ContainsFunc(gateways, func(g held) bool { return g.id == c.id && g.addr == c.addr && g.name == c.name }) {
				wrong = append(wrong, fmt.Sprintf("the create at %s returned %s, which is not there", c.addr, c.id))
			}
		case cgw.OutcomeOf(c.err) == cgw.OutcomeUnknown:
			t.unknown++
			unknown[c.addr]++
		default:
			t.notApplied++
		}
	}
	for _, g := range gateways {
		if _, ok := ids[g.id]; ok {
			continue
		}
		t.orphans++
		if unknown[g.addr]--; unknown[g.addr] < 0 {
			wrong = append(wrong, fmt.Sprintf("%s at %s is of no call that succeeded or is unknown", g.id, g.addr))
		}
	}
	return t, wrong
}
