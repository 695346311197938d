package main

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// The types of application errors that are no kind of cgw's.
const (
	typeInvalid        = "InvalidArgument" // as of cgw.ErrInvalidArgument
	typeForeign        = "Foreign"         // the gateway at the address is not the owner's
	typeOutcomeUnknown = "OutcomeUnknown"
	typeRefused        = "FleetRefused" // of EnsureFleet: a target can never take what is wanted
	typeTimeout        = "Timeout"      // given up, or no worker serves the target
	typeOther          = "Other"
)

// kinds says of each kind of error what Temporal calls it, and whether someone has to fix something
// before it can be otherwise. The first that an error satisfies counts.
var kinds = []struct {
	kind     error
	name     string
	terminal bool
}{
	{cgw.ErrInvalidArgument, typeInvalid, true},
	{cgw.ErrUnsupported, "Unsupported", true},
	{cgw.ErrPermissionDenied, "PermissionDenied", true},
	{cgw.ErrUnauthenticated, "Unauthenticated", true},
	{cgw.ErrQuotaExceeded, "QuotaExceeded", true},
	{cgw.ErrInUse, "InUse", true},
	{cgw.ErrThrottled, "Throttled", false},
	{cgw.ErrConflict, "Conflict", false},
	{cgw.ErrUnavailable, "Unavailable", false},     // an outage of the source of credentials too
	{cgw.ErrNotFound, "NotFound", false},           // not shown yet
	{cgw.ErrAlreadyExists, "AlreadyExists", false}, // not shown yet: one that is shown and foreign is an OwnerError
}

// toTemporal returns an error of cgw as one that tells Temporal whether and when to repeat the
// activity. The texts of cgw's errors hold no secrets, so they may go into the history.
func toTemporal(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err // a context that ended is for the SDK to judge: cancelled, timed out or shut down
	}
	name, terminal := classify(err)
	var o temporal.ApplicationErrorOptions
	o.NonRetryable = terminal
	var e *cgw.Error
	if errors.As(err, &e) && !terminal {
		o.NextRetryDelay = e.RetryAfter // 0: that of the RetryPolicy
	}
	return temporal.NewApplicationErrorWithOptions(err.Error(), name, o)
}

func classify(err error) (name string, terminal bool) {
	if errors.Is(err, cgw.ErrOutcomeUnknown) {
		return typeOutcomeUnknown, false // whatever its kind is: the next attempt looks first
	}
	var foreign *ensure.OwnerError
	if errors.As(err, &foreign) {
		return typeForeign, true
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			return k.name, k.terminal && !ensure.Retryable(err)
		}
	}
	return typeOther, false // a code that cgw does not know may mean anything: bounded by time
}

// terminal reports whether an activity failed with an error that toTemporal made terminal.
func terminal(err error) bool {
	var e *temporal.ApplicationError
	return errors.As(err, &e) && e.NonRetryable()
}

// typeOf returns the type of the error that an activity ended with.
func typeOf(err error) string {
	var e *temporal.ApplicationError
	if errors.As(err, &e) {
		return e.Type()
	}
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) {
		return typeTimeout
	}
	return typeOther
}

// message returns the text of that error, without what the SDK wraps around it.
func message(err error) string {
	var e *temporal.ApplicationError
	if errors.As(err, &e) {
		return e.Message()
	}
	return err.Error()
}
