package controller

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// TestWaits: what may well succeed by itself is tried again soon, or when the cloud says; what
// somebody has to do something about, later; what the resource itself is wrong about, never.
func TestWaits(t *testing.T) {
	kinds := []error{
		cgw.ErrInvalidArgument, cgw.ErrAlreadyExists, cgw.ErrNotFound, cgw.ErrInUse, cgw.ErrQuotaExceeded, cgw.ErrThrottled,
		cgw.ErrConflict, cgw.ErrUnauthenticated, cgw.ErrPermissionDenied, cgw.ErrUnsupported, cgw.ErrUnavailable,
	}
	never := []error{cgw.ErrInvalidArgument, cgw.ErrUnsupported}
	slowly := []error{cgw.ErrInUse, cgw.ErrQuotaExceeded, cgw.ErrUnauthenticated, cgw.ErrPermissionDenied}
	is := func(err error, list []error) bool {
		for _, k := range list {
			if errors.Is(err, k) {
				return true
			}
		}
		return false
	}
	for _, kind := range kinds {
		for _, outcome := range []cgw.Outcome{cgw.OutcomeNotApplied, cgw.OutcomeUnknown} {
			t.Run(fmt.Sprint(kind, ", ", outcome), func(t *testing.T) {
				err := &cgw.Error{Op: cgw.OpCreate, Kind: kind, Outcome: outcome}
				v := judge(err)
				require.NotEqual(t, "Failed", v.reason)
				result, failed := v.result(resync)
				switch {
				case ensure.Retryable(err):
					require.Equal(t, err, failed)
					err.RetryAfter = time.Minute
					result, failed = judge(err).result(resync)
					require.NoError(t, failed, "RequeueAfter would be ignored")
					require.Equal(t, ctrl.Result{RequeueAfter: time.Minute}, result)
				case is(err, never):
					require.ErrorIs(t, failed, reconcile.TerminalError(nil))
				case is(err, slowly):
					require.NoError(t, failed)
					require.Equal(t, ctrl.Result{RequeueAfter: resync}, result)
				default: // not shown yet, or gone between a read and a write
					require.Equal(t, err, failed)
				}
			})
		}
	}
}

// TestLogged: what the cloud sent is one short line in a log record.
func TestLogged(t *testing.T) {
	require.Equal(t, "cgw-1 [31m "+strings.Repeat("é", 256-len("cgw-1 [31m ")), logged("cgw-1\x1b[31m\n"+strings.Repeat("é", 8000)))
	require.Equal(t, "cgw-1", logged("cgw-1"))
}
