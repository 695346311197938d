package cgwtest

import (
	"context"
	"errors"
	"time"

	"github.com/cgw-go/cgw"
)

// operation is one of the methods, made ready for a call under some context.
type operation struct {
	op   string
	call func(ctx context.Context, p cgw.Provisioner) error
}

// operations returns a valid call of each method, about a gateway of the case.
func (s *session) operations(id string) []operation {
	create := s.fullRequest()
	update := s.fullUpdate()
	return []operation{
		{cgw.OpCreate, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Create(ctx, create)
			s.keep(g)
			if err != nil {
				s.zero(cgw.OpCreate, g)
			}
			return err
		}},
		{cgw.OpGet, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Get(ctx, id)
			if err != nil {
				s.zero(cgw.OpGet, g)
			}
			return err
		}},
		{cgw.OpList, func(ctx context.Context, p cgw.Provisioner) error {
			return s.onlyError(p.List(ctx, cgw.Filter{}))
		}},
		{cgw.OpUpdate, func(ctx context.Context, p cgw.Provisioner) error {
			g, err := p.Update(ctx, id, update)
			if err != nil {
				s.zero(cgw.OpUpdate, g)
			}
			return err
		}},
		{cgw.OpDelete, func(ctx context.Context, p cgw.Provisioner) error { return p.Delete(ctx, id) }},
	}
}

func contextCases() []testCase {
	const rule = "a context that has ended makes every operation return at once with an *Error that satisfies errors.Is for " +
		"its error, is OutcomeNotApplied and not retryable; nothing is sent and nothing changes"
	return []testCase{
		{name: "context/cancelled before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			s.endedBefore(ctx)
		}},
		{name: "context/deadline passed before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithDeadline(s.ctx, time.Now().Add(-time.Second))
			defer cancel()
			s.endedBefore(ctx)
		}},
		{name: "context/cancelled with a cause before the call", rule: rule, run: func(s *session) {
			ctx, cancel := context.WithCancelCause(s.ctx)
			cancel(errors.New("the cause"))
			s.endedBefore(ctx)
		}},
		{
			name: "context/cancelled before an invalid call",
			rule: "a caller's context that has ended always satisfies errors.Is with its own error",
			run: func(s *session) {
				ctx, cancel := context.WithCancel(s.ctx)
				cancel()
				_, err := s.p.Create(ctx, cgw.CreateRequest{})
				s.overWith(ctx, cgw.OpCreate, err)
			},
		},
		{
			name: "List/cancelled between gateways",
			rule: "when the context ends, the next step yields an error that satisfies its error, once and last",
			run: func(s *session) {
				s.createN(3)
				s.endsWithContext(1)
			},
		},
		{
			name: "List/cancelled before the loop",
			rule: "the context counts from when the iterator is ranged over, and an ended one is yielded, not panicked over",
			run: func(s *session) {
				s.create(s.request())
				ctx, cancel := context.WithCancel(s.ctx)
				seq := s.p.List(ctx, cgw.Filter{})
				cancel()
				s.silent("List", func() { s.overWith(ctx, cgw.OpList, s.onlyError(seq)) })
			},
		},
		{
			name: "context/cancelled at any moment",
			rule: "a Create cancelled at any moment gives a gateway, or an error that satisfies the context's; OutcomeNotApplied is true of it",
			run:  testCancelAnyMoment,
		},
	}
}

// endedBefore reports what any operation does wrong under a context that has ended.
func (s *session) endedBefore(ctx context.Context) {
	g := s.create(s.request())
	for _, o := range s.operations(g.ID) {
		s.within(o.op, func() {
			s.silent(o.op, func() {
				err := o.call(ctx, s.p)
				e := s.overWith(ctx, o.op, err)
				if e != nil && e.Outcome != cgw.OutcomeNotApplied {
					s.errorf("%s: Error.Outcome is %q, want %q: %v", o.op, e.Outcome, cgw.OutcomeNotApplied, err)
				}
			})
		})
	}
	s.lists(cgw.Filter{}, g)
}

// overWith reports an error that is not that of a context that has ended.
func (s *session) overWith(ctx context.Context, op string, err error) *cgw.Error {
	e := s.failed(op, err)
	if e == nil {
		return nil
	}
	if !errors.Is(err, ctx.Err()) {
		s.errorf("%s: the error does not satisfy %q: %v", op, ctx.Err(), err)
	}
	s.keepsSecret(op, err, authKey(s.h.Rules))
	if e.Kind == nil && cgw.IsRetryable(err) {
		s.errorf("%s: the error of a context alone is retryable: %v", op, err)
	}
	return e
}

// testCancelAnyMoment cancels creates at moments that no one chooses.
func testCancelAnyMoment(s *session) {
	req := s.request()
	for i := range 7 {
		ctx, cancel := context.WithCancel(s.ctx)
		timer := time.AfterFunc(time.Duration(i*i)*50*time.Microsecond, cancel)
		g, err := s.p.Create(ctx, req)
		s.keep(g)
		timer.Stop()
		if err != nil {
			s.overWith(ctx, cgw.OpCreate, err)
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
		default: // it may or may not be there, and may still come
			req = s.request()
		}
	}
}
