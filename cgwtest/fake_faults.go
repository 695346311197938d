package cgwtest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
)

// Fault is a failure that a [Fake] injects. It strikes a call that is valid, before the call
// takes effect, or after it if Applied is set. The zero Fault does nothing.
//
// The caller sees a [*cgw.Error]. Op, Provider, Region, ID and ClientToken are those of the
// call. Kind and Outcome follow from Err:
//
//	Err                               Kind             Outcome of a write
//	a sentinel that is a refusal,     the sentinel     not applied; unknown if Applied
//	  such as cgw.ErrThrottled
//	cgw.ErrUnavailable                the sentinel     unknown
//	cgw.ErrOutcomeUnknown             nil              unknown
//	another error                     nil, Err is it   unknown
//	an error that wraps a sentinel    the sentinel,    as for the sentinel
//	                                  Err is it
//	a *cgw.Error                      its own          its own, or as for its Kind, see Err
//	nil, Applied                      ErrUnavailable   unknown
//	any, Hang                         nil              unknown; satisfies ctx.Err()
//
// A read (Get, List) is always OutcomeNotApplied. An error whose outcome is unknown satisfies
// cgw.ErrOutcomeUnknown. A context that ends during Delay ends the call with OutcomeNotApplied.
type Fault struct {
	// Op is the operation to strike, such as cgw.OpCreate. Empty: every operation.
	Op string
	// Call is the number of the call to strike, from 1, among the recorded calls of Op. Refused
	// calls count too. 0: every call.
	Call int
	// Delay is how long the call waits before anything else.
	Delay time.Duration
	// Err fails the call; the table says what the caller sees. Nil: the call succeeds after
	// Delay, unless Hang or Applied is set.
	//
	// Of a [*cgw.Error] the caller gets a copy in which the empty fields are filled in. Its
	// Outcome is filled in too if it is OutcomeUnknown, which is the zero value. To keep
	// OutcomeUnknown, set Op, so that the error satisfies cgw.ErrOutcomeUnknown.
	Err error
	// RetryAfter is the value of Error.RetryAfter: how long the service asks to wait. It is
	// used only with Err.
	RetryAfter time.Duration
	// Hang sends no reply: the call ends when its context does. Err is not used then.
	Hang bool
	// Applied makes a write take effect although the call fails: its reply is lost.
	Applied bool
	// After is how many gateways a List yields before it fails.
	After int
}

// strikes reports whether the fault is for a call of op that is number ofOp among the calls of
// op, and number ofAll among all.
func (t Fault) strikes(op string, ofOp, ofAll int) bool {
	if t.Op == "" {
		return t.Call == 0 || t.Call == ofAll
	}
	return t.Op == op && (t.Call == 0 || t.Call == ofOp)
}

// fails reports whether the fault ends the call that it strikes.
func (t Fault) fails() bool { return t.Hang || t.Err != nil || t.Applied }

// before does what comes before a call takes effect: it refuses an invalid request, and waits. It
// returns the error that ends the call, or nil.
func (t Fault) before(ctx context.Context, invalid error) *cgw.Error {
	if invalid != nil {
		return &cgw.Error{Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: invalid}
	}
	if t.Delay > 0 && ctx.Err() == nil {
		timer := time.NewTimer(t.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return &cgw.Error{Outcome: cgw.OutcomeNotApplied}
	}
	return nil
}

// failure returns the error of a call of op, without the fields that all errors of the call
// have.
func (t Fault) failure(op string) *cgw.Error {
	if t.Hang {
		return &cgw.Error{Outcome: t.outcome(op, nil)}
	}
	err := t.Err
	if err == nil {
		err = cgw.ErrUnavailable // Applied alone: the reply is lost
	}
	e := new(cgw.Error)
	kind := kindOf(err)
	switch given, ok := err.(*cgw.Error); { //nolint:errorlint // a wrapped *cgw.Error is only a cause
	case ok:
		*e = *given
		e.ConflictingIDs = slices.Clone(given.ConflictingIDs)
	case err != kind && err != cgw.ErrOutcomeUnknown: //nolint:errorlint // a bare sentinel says no more than Kind and Outcome
		e.Err = err
	}
	if e.Kind == nil {
		e.Kind = kind
	}
	if e.Outcome == cgw.OutcomeUnknown {
		e.Outcome = t.outcome(op, e.Kind)
	}
	e.RetryAfter = cmp.Or(e.RetryAfter, t.RetryAfter)
	return e
}

// outcome returns the outcome of a call of op that fails with an error of this Kind.
func (t Fault) outcome(op string, kind error) cgw.Outcome {
	switch {
	case op == cgw.OpGet, op == cgw.OpList:
		return cgw.OutcomeNotApplied
	case t.Applied, errors.Is(t.Err, cgw.ErrOutcomeUnknown), kind == nil, kind == cgw.ErrUnavailable: //nolint:errorlint // a Kind is a bare sentinel
		return cgw.OutcomeUnknown
	default:
		return cgw.OutcomeNotApplied
	}
}

// kindOf returns the sentinel of cgw in err's tree, or nil. Children come before their parents.
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
