package cgwtest

import (
	"context"
	"time"

	"github.com/cgw-go/cgw"
)

func stalledCases() []testCase {
	const rule = "a context that ends while a call waits for a reply makes it return at once with an *Error that satisfies " +
		"errors.Is for its error; a write then does not claim to have taken effect"
	stalled := func(n *need) { n.that(n.Stalled != nil, "Harness.Stalled is nil") }
	return []testCase{
		{name: "context/cancelled during the call", rule: rule, needs: stalled, run: func(s *session) {
			s.endsDuring(func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(s.ctx)
				time.AfterFunc(moment, cancel)
				return ctx, cancel
			})
		}},
		{name: "context/deadline passed during the call", rule: rule, needs: stalled, run: func(s *session) {
			s.endsDuring(func() (context.Context, context.CancelFunc) { return context.WithTimeout(s.ctx, moment) })
		}},
	}
}

// moment is long enough for a request to be sent, as a rule; nothing depends on it.
const moment = 10 * time.Millisecond

func (s *session) endsDuring(end func() (context.Context, context.CancelFunc)) {
	p := s.h.Stalled(s.tb)
	for _, o := range s.operations("cgw-00000000") {
		ctx, cancel := end()
		var err error
		s.within(o.op, func() { err = o.call(ctx, p) })
		s.region = "" // of another Provisioner
		e := s.overWith(ctx, o.op, err)
		if e != nil && e.Outcome == cgw.OutcomeApplied {
			s.errorf("%s: Error.Outcome is %q although no reply came: %v", o.op, e.Outcome, err)
		}
		cancel()
	}
}
