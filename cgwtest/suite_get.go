package cgwtest

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

// getCases check Get and WaitVisible.
func getCases() []testCase {
	return []testCase{
		{
			name: "Get/created",
			rule: "Get returns the gateway that has the ID, tags included, and the same again when it is repeated",
			run: func(s *session) {
				a, b := s.create(s.fullRequest()), s.create(s.request())
				s.same("Get", s.get(b.ID), b)
				s.same("Get", s.get(a.ID), a)
				s.same("Get again", s.get(a.ID), a)
			},
		},
		{
			name: "Get/missing",
			rule: "a gateway that does not exist is ErrNotFound with its ID and a zero Gateway",
			run: func(s *session) {
				id := s.missing()
				g, err := s.p.Get(s.ctx, id)
				s.zeroGateway("Get", g)
				s.hasID(s.refused("Get", err, cgw.ErrNotFound), id)
			},
		},
		{
			name: "Get/empty ID",
			rule: "an empty ID is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				s.create(s.request())
				s.sendsNothing("Get", func() {
					g, err := s.p.Get(s.ctx, "")
					s.zeroGateway("Get", g)
					s.refusedAsInvalid("Get", err, badID("ID"))
				})
			},
		},
		{
			name: "Get/malformed ID",
			rule: "an ID with a control character, with white space at an end, or that is not UTF-8, is ErrInvalidArgument, before any network call",
			run: func(s *session) {
				g := s.create(s.request())
				s.sendsNothing("Get", func() {
					for _, id := range malformed(g.ID) {
						got, err := s.p.Get(s.ctx, id)
						s.zeroGateway("Get", got)
						s.refusedAsInvalid("Get", err, badID("ID"))
					}
				})
			},
		},
		{
			name: "WaitVisible/created",
			rule: "WaitVisible returns nil as soon as Get returns the gateway",
			run: func(s *session) {
				g := s.create(s.request())
				if err := cgw.WaitVisible(s.ctx, s.p, g.ID); err != nil {
					s.errorf("WaitVisible: %v", err)
				}
			},
		},
		{
			name: "WaitVisible/missing",
			rule: "WaitVisible polls until its context ends, with an *Error that satisfies that context's error",
			run: func(s *session) {
				id := s.missing()
				s.waitsForContext("WaitVisible", func(ctx context.Context) error { return cgw.WaitVisible(ctx, s.p, id) })
			},
		},
		{
			name: "WaitGone/existing",
			rule: "WaitGone polls until its context ends, with an *Error that satisfies that context's error",
			run: func(s *session) {
				g := s.create(s.request())
				s.waitsForContext("WaitGone", func(ctx context.Context) error { return cgw.WaitGone(ctx, s.p, g.ID) })
			},
		},
	}
}

// badID is the fault of an invalid ID.
func badID(field string) *cgw.FieldError {
	return &cgw.FieldError{Field: field, Kind: cgw.ErrInvalidArgument}
}

// malformed returns invalid IDs. Most of them contain id.
func malformed(id string) []string {
	return []string{id + "\n", id + "\r\n", "\t" + id, id + "\x00", " " + id, id + " ", "\u00a0", id + "\u2028", id + "\xff"}
}

// waitsForContext runs a wait for something that never happens, and reports if it does not end
// with its context.
func (s *session) waitsForContext(what string, wait func(context.Context) error) {
	ctx, cancel := context.WithTimeout(s.ctx, moment)
	defer cancel()
	var err error
	s.endsInTime(what, func() { err = wait(ctx) })
	var e *cgw.Error
	if !errors.As(err, &e) || !errors.Is(err, context.DeadlineExceeded) {
		s.errorf("%s: the error is not an *cgw.Error that satisfies context.DeadlineExceeded: %v", what, err)
	}
}
