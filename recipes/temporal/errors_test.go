package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

func TestToTemporal(t *testing.T) {
	refused := func(kind error) error {
		return &cgw.Error{Op: cgw.OpCreate, Kind: kind, Outcome: cgw.OutcomeNotApplied, RetryAfter: 9 * time.Second}
	}
	foreign := &ensure.OwnerError{Key: ensure.DefaultOwnerKey, Want: "me"}
	for _, c := range []struct {
		name     string
		err      error
		typ      string
		terminal bool
	}{
		{"invalid", refused(cgw.ErrInvalidArgument), "InvalidArgument", true},
		{"a child of invalid", refused(cgw.ErrInvalidName), "InvalidArgument", true},
		{"unsupported", refused(cgw.ErrUnsupported), "Unsupported", true},
		{"permission", refused(cgw.ErrPermissionDenied), "PermissionDenied", true},
		{"unauthenticated", refused(cgw.ErrUnauthenticated), "Unauthenticated", true},
		{"quota", refused(cgw.ErrQuotaExceeded), "QuotaExceeded", true},
		{"in use", refused(cgw.ErrInUse), "InUse", true},
		{"foreign", &cgw.Error{Op: ensure.OpGateway, Kind: cgw.ErrAlreadyExists, Outcome: cgw.OutcomeNotApplied, Err: foreign}, "Foreign", true},
		{"held by what is not shown", refused(cgw.ErrAlreadyExists), "AlreadyExists", false},
		{"throttled", refused(cgw.ErrThrottled), "Throttled", false},
		{"conflict", refused(cgw.ErrConflict), "Conflict", false},
		{"unavailable", refused(cgw.ErrUnavailable), "Unavailable", false},
		{"not found", refused(cgw.ErrNotFound), "NotFound", false},
		{"unrecognised", refused(nil), "Other", false},
		{"wrapped", fmt.Errorf("site: %w", refused(cgw.ErrThrottled)), "Throttled", false},
		{
			"outcome unknown, whatever the kind",
			&cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrPermissionDenied, RetryAfter: 9 * time.Second},
			"OutcomeUnknown", false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e *temporal.ApplicationError
			require.ErrorAs(t, toTemporal(t.Context(), c.err), &e)
			require.Equal(t, c.typ, e.Type())
			require.Equal(t, c.terminal, e.NonRetryable())
			require.Equal(t, c.err.Error(), e.Message())
			if c.terminal {
				require.Zero(t, e.NextRetryDelay())
			} else {
				require.Equal(t, 9*time.Second, e.NextRetryDelay())
			}
		})
	}
	require.NoError(t, toTemporal(t.Context(), nil))

	t.Run("not cgw's", func(t *testing.T) {
		var e *temporal.ApplicationError
		require.ErrorAs(t, toTemporal(t.Context(), errors.New("x")), &e)
		require.Equal(t, typeOther, e.Type())
		require.False(t, e.NonRetryable())
	})
	t.Run("context that ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := (&cgw.Error{Op: cgw.OpList, Kind: cgw.ErrUnavailable}).WithContext(ctx)
		require.Same(t, err, toTemporal(ctx, err))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// The table agrees with cgw on what may be repeated.
func TestEveryKindIsDecidedOn(t *testing.T) {
	for _, kind := range []error{
		cgw.ErrInvalidArgument, cgw.ErrAlreadyExists, cgw.ErrNotFound, cgw.ErrInUse, cgw.ErrQuotaExceeded, cgw.ErrThrottled,
		cgw.ErrConflict, cgw.ErrUnauthenticated, cgw.ErrPermissionDenied, cgw.ErrUnsupported, cgw.ErrUnavailable,
	} {
		name, terminal := classify(&cgw.Error{Op: cgw.OpGet, Kind: kind, Outcome: cgw.OutcomeNotApplied})
		require.NotEqual(t, typeOther, name, kind)
		if cgw.IsRetryable(kind) {
			require.False(t, terminal, kind)
		}
	}
}
