package cgwtest

import (
	"context"
	"errors"
	"time"

	"github.com/cgw-go/cgw"
)

// Fault is a failure that a [Fake] injects. It strikes calls that passed validation, before
// they take effect unless Applied is set. The zero Fault does nothing.
type Fault struct {
	// Op is the operation to strike, such as cgw.OpCreate. Empty: every operation.
	Op string
	// Call is the number of the call to strike, from 1, among the recorded calls of Op. 0:
	// every one.
	Call int
	// Delay passes before anything else, or the context of the call ends it with its own error
	// and nothing applied.
	Delay time.Duration
	// Err fails the call. A [*cgw.Error] is returned as it is. Another error is wrapped in
	// one: a sentinel of cgw in its tree becomes Kind, and Outcome is cgw.OutcomeUnknown for
	// a write that Applied, or whose error does not say that the service refused it (it is
	// cgw.ErrUnavailable, cgw.ErrOutcomeUnknown, or none of cgw's).
	Err error
	// Hang keeps the reply back until the context of the call ends; Err is not used then.
	Hang bool
	// Applied makes a write take effect although it fails, as when a reply is lost.
	Applied bool
	// After is how many gateways a List yields before Err or Hang strikes.
	After int
}

// strikes reports whether the fault is for a call that is the n-th of its operation, and the
// m-th of all.
func (t Fault) strikes(op string, n, m int) bool {
	if t.Op == "" {
		return t.Call == 0 || t.Call == m
	}
	return t.Op == op && (t.Call == 0 || t.Call == n)
}

// fails reports whether the fault ends the call that it strikes.
func (t Fault) fails() bool { return t.Hang || t.Err != nil }

// delay waits, and reports whether ctx still holds.
func (t Fault) delay(ctx context.Context) bool {
	if t.Delay > 0 && ctx.Err() == nil {
		timer := time.NewTimer(t.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// wrapped returns the error of a call of op, without what all errors of the call have.
func (t Fault) wrapped(op string) *cgw.Error {
	if t.Hang {
		return &cgw.Error{Outcome: t.outcome(op, nil)}
	}
	kind := kindOf(t.Err)
	e := &cgw.Error{Kind: kind, Outcome: t.outcome(op, kind), Err: t.Err}
	if t.Err == kind || t.Err == cgw.ErrOutcomeUnknown { //nolint:errorlint // the bare sentinel says no more
		e.Err = nil
	}
	return e
}

func (t Fault) outcome(op string, kind error) cgw.Outcome {
	switch {
	case op == cgw.OpGet, op == cgw.OpList:
		return cgw.OutcomeNotApplied
	case t.Applied, kind == nil, kind == cgw.ErrUnavailable: //nolint:errorlint // a Kind is a bare sentinel
		return cgw.OutcomeUnknown
	default:
		return cgw.OutcomeNotApplied
	}
}

// kindOf returns the sentinel of cgw in err's tree, children before their parents, or nil.
func kindOf(err error) error {
	for _, kind := range []error{
		cgw.ErrInvalidIPAddress, cgw.ErrInvalidName, cgw.ErrInvalidDescription, cgw.ErrInvalidTag,
		cgw.ErrInvalidASN, cgw.ErrTokenMismatch, cgw.ErrInvalidArgument, cgw.ErrAlreadyExists, cgw.ErrNotFound,
		cgw.ErrInUse, cgw.ErrQuotaExceeded, cgw.ErrThrottled, cgw.ErrConflict,
		cgw.ErrUnauthenticated, cgw.ErrPermissionDenied, cgw.ErrUnsupported, cgw.ErrUnavailable,
	} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}
