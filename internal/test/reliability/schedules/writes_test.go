package schedules_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// deletes is another program that deletes the gateway.
var deletes = other{"another deletes it", func(s *service) { s.remove(foreign, s.rows[0]) }}

// written is an Update or a Delete that has run.
type written struct {
	*service
	op   string
	name string // that it has after the Update
	g    cgw.Gateway
	err  error
}

// String returns the schedule and its result.
func (w written) String() string { return fmt.Sprintf("%v: %v", w.service, w.err) }

var (
	newName = "renamed"
	change  = cgw.UpdateRequest{Name: &newName, Tags: map[string]string{"env": "new"}}
	before  = gateway(func(g *cgw.Gateway) { g.Tags = map[string]string{"env": "test", "old": "x"} })
)

// tagsOnly is an Update that leaves the name as it is.
const tagsOnly = "Update of tags"

// start is the state of the gateway before an Update or a Delete.
type start string

const (
	there start = "there"
	gone  start = "gone"
	inUse start = "in use"
)

// runWrite runs one schedule of an Update or a Delete.
func runWrite(t *testing.T, at site, op string, st start, script *schedules.Script) written {
	s := &service{site: at, script: script, tokens: map[string]*row{}, as: us, others: []other{deletes}}
	r := s.make(foreign, before, time.Hour)
	switch st {
	case gone:
		r.versions = append(r.versions, version{at: time.Now().Add(-time.Minute), g: r.now().g, gone: true, by: foreign})
		s.others = nil
	case inUse:
		s.used = []string{"vpn-1"}
		s.others = nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.cancel = cancel
	w := written{service: s, op: op, name: newName}
	begin := time.Now()
	if op == cgw.OpDelete {
		w.err = s.connect().Delete(ctx, r.id)
	} else {
		req := change
		if op == tagsOnly {
			req.Name, w.name = nil, before.Name
		}
		w.g, w.err = s.connect().Update(ctx, r.id, req)
	}
	if took := time.Since(begin); took > 61*time.Second+timeout {
		s.faultf("it took %v", took)
	}
	s.finish(ctx, w.err)
	return w
}

// judge returns the limit that the schedule ended in, and what is wrong at its end.
func (w *written) judge(st start) (limit string, wrong []string) {
	wrong = w.wrong
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	last, outcome := w.rows[0].now(), cgw.OutcomeOf(w.err)
	taken := last.gone && last.by == foreign // by another program
	changed := last.g.Name == w.name && maps.Equal(last.g.Tags, change.Tags)
	touched := !changed && (last.g.Name != before.Name || !maps.Equal(last.g.Tags, before.Tags))
	if w.op == cgw.OpDelete {
		changed, touched = last.gone && last.by == us, false
	}
	var e *cgw.Error
	errors.As(w.err, &e)
	busy := w.Tokens && w.slow > 0                 // the service is still executing it, for half of the time of the call
	calm := w.ended.IsZero() && w.odd < 2 && !busy // nothing keeps the call from a definite result
	switch {
	case calm && st == there && !taken && w.err != nil:
		bad("the call failed")
	case calm && st == inUse && w.op == cgw.OpDelete && (!errors.Is(w.err, cgw.ErrInUse) || outcome != cgw.OutcomeNotApplied):
		bad("the gateway is in use, but the error does not say so")
	case w.lost == 0 && st == gone && calm && !errors.Is(w.err, cgw.ErrNotFound):
		bad("the gateway is gone, but the error does not say so")
	}
	if st == inUse && errors.Is(w.err, cgw.ErrInUse) && !w.struck("Connections") && w.ended.IsZero() && !slices.Equal(e.ConflictingIDs, w.used) {
		bad("the error names the connections %v", e.ConflictingIDs)
	}
	switch outcome {
	case cgw.OutcomeApplied:
		if !changed && !taken && (w.op != cgw.OpDelete || !last.gone) {
			bad("the call succeeded, but the change was not made")
		}
		if w.op != cgw.OpDelete && w.err == nil && (w.g.Name != w.name || !maps.Equal(w.g.Tags, change.Tags)) {
			bad("the call returned %+v", w.g)
		}
	case cgw.OutcomeNotApplied:
		if changed || touched {
			bad("the error says that nothing was changed, but something was")
		}
	default:
		switch {
		case w.lost == 0 && !touched && !changed:
			bad("no reply was lost and nothing was changed, but the outcome is unknown")
		case w.lost == 0 && changed:
			bad("the service acknowledged the whole change, but the outcome is unknown")
		case !w.ended.IsZero():
			limit = limitContext
		case w.odd > 1:
			limit = limitFaults
		case taken:
			limit = limitTaken
		case busy:
			limit = limitFaults
		default:
			bad("the outcome is unknown without need")
		}
	}
	return limit, wrong
}

// struck reports whether anything happened to a request of the action.
func (s *service) struck(action string) bool {
	return slices.ContainsFunc(s.sent, func(r sent) bool { return r.action == action && r.event != "" })
}

// TestEveryWrite runs every schedule of an Update and of a Delete within the bound.
func TestEveryWrite(t *testing.T) {
	bounds := []schedules.Bound{schedules.Of(1, 1, 1), schedules.Of(2, 0, 0)}
	if long() {
		bounds = []schedules.Bound{schedules.Of(2, 1, 1)}
	}
	var jobs []job
	for _, at := range sites() {
		if at.loose || at.noDate || at.forms {
			continue // that makes no difference
		}
		for _, op := range []string{cgw.OpUpdate, tagsOnly, cgw.OpDelete} {
			for _, st := range []start{there, gone, inUse} {
				jobs = append(jobs, job{fmt.Sprintf("%v, %s, %s", at, op, st), at.provider, func(t *testing.T, s *schedules.Script) (fmt.Stringer, string, []string) {
					w := runWrite(t, at, op, st, s)
					limit, wrong := w.judge(st)
					return w, limit, wrong
				}})
			}
		}
	}
	every(t, jobs, bounds, limitContext, limitFaults, limitTaken)
}
