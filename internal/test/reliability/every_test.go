package reliability_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// strike is a fault that may happen to one request.
type strike struct {
	name          string
	unsent        bool // no connection is made
	lost          bool // the connection breaks
	stall         bool // no reply comes in time
	after         bool // the request takes effect nevertheless
	wire          *wire.Fault
	code          func(*cloud) string // for wire
	definite, odd bool                // whether the reply says that nothing was done; whether its code is unknown
}

const odd = `{"Code":"Some.New","Message":"x","RequestId":"r","Response":{"Error":{"Code":"Some.New","Message":"x"},"RequestId":"r"}}`

// strikes returns the faults of a write. For reads, which have no commit, those after the
// commit are left out.
func strikes() (all []strike) {
	throttled := strike{name: "throttled", definite: true, wire: &wire.Fault{Effect: wire.Refuse, Header: header("Retry-After", "1")}, code: func(c *cloud) string { return c.throttled }}
	busy := strike{name: "busy", definite: true, wire: &wire.Fault{Effect: wire.Refuse}, code: func(c *cloud) string { return c.conflict }}
	all = append(all, strike{name: "refused", unsent: true}, throttled, busy)
	for _, s := range []strike{
		{name: "cut", lost: true},
		{name: "timed out", stall: true},
		{name: "service failed", wire: &wire.Fault{Effect: wire.Refuse}, code: func(c *cloud) string { return c.internal }},
		{name: "unknown code", odd: true, wire: &wire.Fault{Effect: wire.Replace, Status: http.StatusInternalServerError, Body: odd}},
		{name: "broken reply", wire: &wire.Fault{Effect: wire.Replace, Body: `{"Response":{}}`}},
	} {
		after := s
		after.name, after.after = s.name+" after the commit", true
		s.name += " before the commit"
		all = append(all, s, after)
	}
	return all
}

// scripted is a transport that does to requests what a script says.
type scripted struct {
	next   http.RoundTripper
	cloud  *cloud
	s      *service
	script *schedules.Script
	ctx    context.Context // of the call
	cancel func()

	sent         []string
	stopped      time.Time // when the script ended ctx; see ended
	due          time.Time
	lost, odd    int
	wrong        []string
	write, reads []strike
}

// ended returns when the script ended the context of the call; zero if it did not.
func (x *scripted) ended() time.Time {
	if x.ctx.Err() == nil {
		return time.Time{}
	}
	return x.stopped
}

func (x *scripted) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	action := req.Header.Get("X-TC-Action")
	if action == "" {
		action = strings.Join(req.Header["x-acs-action"], "")
	}
	write := !strings.HasPrefix(action, "Describe")
	if time.Now().Before(x.due) {
		x.wrong = append(x.wrong, action+" was sent before the time that the service asked to wait")
	}
	if x.ctx.Err() != nil {
		x.wrong = append(x.wrong, action+" was sent after the context had ended")
	}
	trace := httptrace.ContextClientTrace(ctx)
	trace.GetConn("service:443")
	x.script.Request()
	end := x.script.Pick(schedules.End, 3)
	all := x.reads
	if write {
		all = x.write
	}
	var f strike
	if end == 0 || end == 3 {
		if i := x.script.Pick(schedules.Fault, len(all)); i > 0 {
			f = all[i-1]
		}
	}
	note := action + " " + f.name
	if end > 0 {
		note += [...]string{"the context ends before the commit", "the context ends after the commit", ", the context ends after it"}[end-1]
	}
	x.sent = append(x.sent, note)
	stop := func() { x.stopped = time.Now(); x.cancel() }
	if end == 3 {
		time.AfterFunc(1, stop)
	}
	if write && (f.name != "" && !f.definite && !f.unsent || end == 1 || end == 2) {
		x.lost++
	}
	if f.odd {
		x.odd++
	}
	if f.unsent {
		return nil, syscall.ECONNREFUSED
	}
	trace.GotConn(httptrace.GotConnInfo{})
	switch {
	case end == 1:
		stop()
		return nil, ctx.Err()
	case !f.after && f.stall:
		<-ctx.Done()
		return nil, ctx.Err()
	case !f.after && f.lost:
		return nil, errCut
	}
	if f.wire != nil {
		w := *f.wire
		if f.code != nil {
			w.Code = f.code(x.cloud)
		}
		if f.after {
			w.When = wire.AfterCommit
		}
		x.s.Inject(w)
	}
	resp, err := x.next.RoundTrip(req)
	if f.name == "throttled" {
		x.due = time.Now().Add(time.Second)
	}
	switch {
	case end == 2:
		stop()
		return nil, ctx.Err()
	case f.stall:
		<-ctx.Done()
		return nil, ctx.Err()
	case f.lost:
		return nil, errCut
	}
	return resp, err
}

// TestEverySchedule runs every schedule of each operation within a small bound through the real
// providers. Package schedules uses a larger bound, on the engine that they share.
func TestEverySchedule(t *testing.T) {
	bounds := []schedules.Bound{schedules.Of(1, 1, 0), schedules.Of(2, 0, 0)}
	if long() {
		bounds = []schedules.Bound{schedules.Of(2, 1, 0)}
	}
	var reads []strike
	for _, f := range strikes() {
		if !f.after {
			reads = append(reads, f)
		}
	}
	total, begin := 0, time.Now()
	for _, c := range clouds() {
		for _, op := range []string{cgw.OpCreate, cgw.OpGet, cgw.OpList, cgw.OpUpdate, cgw.OpDelete} {
			for _, row := range []struct {
				name string
				o    options
				held *held
				only string // the operation
			}{
				{name: "as usual"},
				{name: "reads lag", o: options{lag: time.Second}, only: cgw.OpCreate},
				{name: "tokens are forgotten", o: options{tokenLife: time.Nanosecond}, only: cgw.OpCreate},
				{name: "held, another name", held: &held{name: "theirs", addr: addr1, asn: 64512}, only: cgw.OpCreate},
				{name: "held, the same", held: &held{name: name1, addr: addr1, asn: 64512, tags: c.fields.Tags}, only: cgw.OpCreate},
			} {
				if row.only != "" && row.only != op {
					continue
				}
				t.Run(c.name+"/"+op+"/"+row.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						failed := 0
						for _, b := range bounds {
							total += schedules.Explore(b, func(script *schedules.Script) bool {
								x := &scripted{cloud: c, script: script, write: strikes(), reads: reads}
								err := runScripted(t, x, op, row.o, row.held)
								for _, w := range x.wrong {
									t.Errorf("%s: %s, after %v", strings.Join(x.sent, " · "), w, err)
									failed++
								}
								return failed < 3
							})
						}
					})
				})
			}
		}
	}
	t.Logf("%d schedules in %v", total, time.Since(begin).Round(time.Millisecond))
}

// runScripted runs one schedule, and notes in x what is wrong at its end.
func runScripted(t *testing.T, x *scripted, op string, o options, holder *held) error {
	t.Helper()
	o.transport = memory
	s := x.cloud.start(o)
	x.next, x.s = s.base(), s
	defer s.close()
	p, err := s.open(settings{client: &http.Client{Transport: x}, limiter: free{}})
	require.NoError(t, err)
	id, theirs := ready(s, op), ""
	if holder != nil {
		h := *holder
		h.created = time.Now().Add(-time.Hour)
		s.seed(h)
		theirs = s.held()[0].id
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	x.ctx, x.cancel = ctx, cancel
	got, err := operate(ctx, x.cloud, p, op, id)
	if ended := x.ended(); !ended.IsZero() && err != nil && !(time.Now().Equal(ended) && errors.Is(err, context.Canceled)) {
		x.wrong = append(x.wrong, fmt.Sprintf("it ended %v after its context", time.Since(ended)))
	}
	synctest.Wait()
	x.wrong = append(x.wrong, x.judge(op, id, theirs, got, err)...)
	return err
}

// judge returns what is wrong at the end of the schedule.
func (x *scripted) judge(op, id, theirs, got string, err error) (wrong []string) {
	calm := x.ctx.Err() == nil && x.odd < 2
	var e *cgw.Error
	if err != nil && !errors.As(err, &e) {
		return []string{"the error is not a *cgw.Error"}
	}
	if cgw.OutcomeOf(err) == cgw.OutcomeUnknown && x.lost == 0 && op != cgw.OpUpdate {
		wrong = append(wrong, "no reply was lost, but the outcome is unknown")
	}
	if theirs == "" {
		if verr := verify(x.cloud, x.s, op, id, got, err); verr != nil {
			wrong = append(wrong, verr.Error())
		}
		if calm && err != nil {
			wrong = append(wrong, "the call failed")
		}
		for _, g := range x.s.held() {
			if op == cgw.OpCreate && (g.name != name1 || g.asn != uint32(x.cloud.fields.ASN) || g.tags["env"] != x.cloud.fields.Tags["env"]) {
				wrong = append(wrong, fmt.Sprintf("there is %+v", g))
			}
		}
	} else {
		if len(x.s.held()) != 1 || err == nil {
			wrong = append(wrong, "the call succeeded, or made a gateway, although the address was taken")
		}
		if calm && (!errors.Is(err, cgw.ErrAlreadyExists) || len(e.ConflictingIDs) != 1 || e.ConflictingIDs[0] != theirs) {
			wrong = append(wrong, "the error does not name the gateway at the address")
		}
		if calm && x.lost == 0 && cgw.OutcomeOf(err) != cgw.OutcomeNotApplied {
			wrong = append(wrong, "nothing was made, but the error does not say so")
		}
	}
	if x.cloud.name == "alibaba" && op == cgw.OpCreate {
		tokens := map[string]bool{}
		for _, token := range x.s.seen.tokensOf(addr1) {
			tokens[token] = true
		}
		if len(tokens) > 1 || tokens[""] {
			wrong = append(wrong, fmt.Sprintf("the creates carried the tokens %v", tokens))
		}
	}
	return wrong
}
