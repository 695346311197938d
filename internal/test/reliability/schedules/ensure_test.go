package schedules_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

const owner = "sites"

// beginning is the state of the address before a process brings it to the desired state.
type beginning struct {
	name  string
	ready func(*service)
	kind  error // the error at the end
}

func seeded(change func(*cgw.Gateway)) func(*service) {
	return func(s *service) {
		s.make(foreign, gateway(func(g *cgw.Gateway) {
			g.Tags = map[string]string{ensure.DefaultOwnerKey: owner, "env": "test"}
			change(g)
		}), time.Hour)
	}
}

var beginnings = []beginning{
	{name: "nothing there", ready: func(*service) {}},
	{name: "as it should be", ready: seeded(func(*cgw.Gateway) {})},
	{name: "to be updated", ready: seeded(func(g *cgw.Gateway) { g.Name = "old" })},
	{name: "to be adopted", ready: seeded(func(g *cgw.Gateway) { g.Tags = nil })},
	{name: "of another owner", ready: seeded(func(g *cgw.Gateway) { g.Tags[ensure.DefaultOwnerKey] = "theirs" }), kind: cgw.ErrAlreadyExists},
}

// ensured is the result of the processes, which run one after the other.
type ensured struct {
	*service
	res       ensure.Result
	err       error
	processes int
}

// String returns the schedule and its result.
func (e ensured) String() string {
	return fmt.Sprintf("%v: %d processes, %q, %v", e.service, e.processes, e.res.Gateway.ID, e.err)
}

// runEnsure runs processes until one of them succeeds. Three may die. If reads lag for 20 s, four others
// may end with an error: each of them waits 6.2 s for a read that shows its update.
func runEnsure(t *testing.T, at site, b beginning, script *schedules.Script) (e ensured, wrong []string) {
	const most = 8
	s := &service{site: at, script: script, tokens: map[string]*row{}, as: us, mortal: true}
	b.ready(s)
	e.service = s
	opts := ensure.Options{Owner: owner, AdoptUnowned: true}
	for e.processes < most {
		e.processes++
		s.due = time.Time{} // a new process does not know how long the service asked the last one to wait
		if !s.process(t, &e, opts) && (e.err == nil || b.kind != nil && errors.Is(e.err, b.kind)) {
			break
		}
	}
	s.finish(t.Context(), nil)
	held := s.held()
	bad := func(format string, args ...any) { s.faultf(format, args...) }
	if len(held) != 1 {
		bad("there are %d gateways", len(held))
		return e, s.wrong
	}
	g := held[0].now().g
	switch {
	case b.kind != nil:
		if !errors.Is(e.err, b.kind) || len(held[0].versions) > 1 {
			bad("the gateway of another owner is %+v", g)
		}
	case e.err != nil:
		bad("ensure failed")
	case e.res.Gateway.ID != g.ID || g.Name != spec.Name || g.Tags[ensure.DefaultOwnerKey] != owner || g.Tags["env"] != "test":
		bad("the gateway is %+v", g)
	}
	return e, s.wrong
}

// process runs one process to its end, and reports whether it died.
func (s *service) process(t *testing.T, e *ensured, opts ensure.Options) (died bool) {
	defer func() {
		if r := recover(); r != nil {
			if err, ok := r.(error); !ok || !errors.Is(err, errDead) {
				panic(r)
			}
			died = true
		}
	}()
	e.res, e.err = ensure.Gateway(t.Context(), s.connect(), spec, opts)
	return false
}

// TestEveryDeath lets processes die at each request, and starts others in their place. At the end
// there is one gateway, as specified.
func TestEveryDeath(t *testing.T) {
	bounds := []schedules.Bound{{Requests: 12, Most: schedules.Of(2, 0, 0).Most}}
	if long() {
		bounds = []schedules.Bound{{Requests: 20, Most: schedules.Of(3, 0, 0).Most}}
	}
	var jobs []job
	for _, at := range sites() {
		if at.loose && !at.Tokens || at.forms {
			continue // the next process does not know of a gateway that reads do not show yet
		}
		for _, b := range beginnings {
			jobs = append(jobs, job{fmt.Sprintf("%v, %s", at, b.name), at.provider, func(t *testing.T, s *schedules.Script) (fmt.Stringer, string, []string) {
				e, wrong := runEnsure(t, at, b, s)
				return e, limitNone, wrong
			}})
		}
	}
	every(t, jobs, bounds)
}
