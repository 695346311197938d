package cgwtest

import (
	"context"
	"errors"
	"time"

	"github.com/cgw-go/cgw"
)

// operation is a call of one of the methods, with a context to be given.
type operation struct {
	op   string
	call func(ctx context.Context, p cgw.Provisioner) error
}

// operations returns a valid call of each method. Those that take an ID are given this one.
func (s *session) operations(id string) []operation {
	create := s.fullRequest()
	update := s.fullUpdate()
	return []operation{
		{cgw.OpCreate, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Create(ctx, create)
			s.remember(g)
			if err != nil {
				s.zeroGateway(cgw.OpCreate, g)
			}
			return err
		}},
		{cgw.OpGet, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Get(ctx, id)
			if err != nil {
				s.zeroGateway(cgw.OpGet, g)
			}
			return err
		}},
		{cgw.OpList, func(ctx context.Context, p cgw.Provisioner) error {
			return s.onlyError(p.List(ctx, cgw.Filter{}))
		}},
		{cgw.OpUpdate, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Update(ctx, id, update)
			if err != nil {
				s.zeroGateway(cgw.OpUpdate, g)
			}
			return err
		}},
		{cgw.OpDelete, func(ctx context.Context, p cgw.Provisioner) error { return p.Delete(ctx, id) }},
	}
}

// contextCases check what calls do when their context ends.
func contextCases() []testCase {
	const rule = "a context that has ended makes every operation return at once with an *Error that satisfies errors.Is for " +
		"its error, is OutcomeNotApplied and not retryable; nothing is sent and nothing changes"
	return []testCase{
		{name: "context/cancelled before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			s.failWithEndedContext(ctx)
		}},
		{name: "context/deadline passed before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithDeadline(s.ctx, time.Now().Add(-time.Second))
			defer cancel()
			s.failWithEndedContext(ctx)
		}},
		{name: "context/cancelled with a cause before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithCancelCause(s.ctx)
			cancel(errors.New("the cause"))
			s.failWithEndedContext(ctx)
		}},
		{
			name: "context/cancelled before an invalid call",
			rule: "if the caller's context has ended, the error satisfies errors.Is with the context's error, whatever else is wrong",
			run: func(s *session) {
				ctx, cancel := context.WithCancel(s.ctx)
				cancel()
				_, err := s.p.Create(ctx, cgw.CreateRequest{})
				s.failedWithContext(ctx, cgw.OpCreate, err)
			},
		},
		{
			name: "List/cancelled between gateways",
			rule: "when the context ends, the next step of List yields one error that satisfies the context's error, and nothing after it",
			run: func(s *session) {
				s.createN(3)
				s.endsWithContext(1)
			},
		},
		{
			name: "List/cancelled before the loop",
			rule: "if the context ended before the loop begins, List yields one error that satisfies the context's error, and does not panic",
			run: func(s *session) {
				s.create(s.request())
				ctx, cancel := context.WithCancel(s.ctx)
				seq := s.p.List(ctx, cgw.Filter{})
				cancel()
				s.sendsNothing("List", func() { s.failedWithContext(ctx, cgw.OpList, s.onlyError(seq)) })
			},
		},
		{
			name: "context/cancelled at any moment",
			rule: "a Create that is cancelled at any moment returns a gateway, or an error that satisfies the context's error; if that is OutcomeNotApplied, there is no gateway",
			run:  testCancelAnyMoment,
		},
	}
}

// failWithEndedContext calls every operation with a context that has ended, and reports what is wrong.
func (s *session) failWithEndedContext(ctx context.Context) {
	g := s.create(s.request())
	for _, o := range s.operations(g.ID) {
		s.endsInTime(o.op, func() {
			s.sendsNothing(o.op, func() {
				err := o.call(ctx, s.p)
				e := s.failedWithContext(ctx, o.op, err)
				if e != nil && e.Outcome != cgw.OutcomeNotApplied {
					s.errorf("%s: Error.Outcome is %q, want %q: %v", o.op, e.Outcome, cgw.OutcomeNotApplied, err)
				}
			})
		})
	}
	s.lists(cgw.Filter{}, g)
}

// failedWithContext reports an error that does not satisfy that of its context, which has ended.
func (s *session) failedWithContext(ctx context.Context, op string, err error) *cgw.Error {
	e := s.failed(op, err)
	if e == nil {
		return nil
	}
	if !errors.Is(err, ctx.Err()) {
		s.errorf("%s: the error does not satisfy %q: %v", op, ctx.Err(), err)
	}
	s.hidesSecret(op, err, authKey(s.h.Rules))
	if e.Kind == nil && cgw.IsRetryable(err) {
		s.errorf("%s: the error is only that of the context, and is retryable: %v", op, err)
	}
	return e
}

// testCancelAnyMoment cancels creates after 0 to 1.8 ms.
func testCancelAnyMoment(s *session) {
	req := s.request()
	for i := range 7 {
		ctx, cancel := context.WithCancel(s.ctx)
		timer := time.AfterFunc(time.Duration(i*i)*50*time.Microsecond, cancel)
		g, err := s.p.Create(ctx, req)
		s.remember(g)
		timer.Stop()
		if err != nil {
			s.failedWithContext(ctx, cgw.OpCreate, err)
		}
		cancel()
		switch cgw.OutcomeOf(err) {
		case cgw.OutcomeNotApplied:
			s.lists(cgw.Filter{IPAddress: req.IPAddress})
		case cgw.OutcomeApplied:
			if err == nil {
				s.settle(func() error { return cgw.WaitVisible(s.ctx, s.p, g.ID) })
				s.matches("Create", g, req)
				s.same("Get", s.get(g.ID), g)
				s.remove(g.ID)
			}
		default: // the gateway may exist, or appear later
			req = s.request()
		}
	}
}

// stalledCases check what calls do when their context ends while they wait for a reply.
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

// moment is usually long enough to send a request. No case depends on it.
const moment = 10 * time.Millisecond

// endsDuring calls every operation of a stalled service, with contexts that end during the call.
func (s *session) endsDuring(end func() (context.Context, context.CancelFunc)) {
	p := s.h.Stalled(s.tb)
	for _, o := range s.operations("cgw-00000000") {
		ctx, cancel := end()
		var err error
		s.endsInTime(o.op, func() { err = o.call(ctx, p) })
		s.region = "" // it is another Provisioner
		e := s.failedWithContext(ctx, o.op, err)
		if e != nil && e.Outcome == cgw.OutcomeApplied {
			s.errorf("%s: Error.Outcome is %q although no reply came: %v", o.op, e.Outcome, err)
		}
		cancel()
	}
}
