package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
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
		if ensure.Retryable(kind) {
			require.False(t, terminal, kind)
		}
	}
}

// brokenSource is a source of credentials that cannot be reached, or refuses.
type brokenSource struct{ err error }

func (s brokenSource) GetCredential() (common.CredentialIface, error) { return nil, s.err }

// An outage of the source of credentials is repeated; a refusal is not.
func TestOutageOfCredentials(t *testing.T) {
	for _, c := range []struct {
		source   error
		typ      string
		terminal bool
	}{
		{&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, "Unavailable", false},
		{errors.New("no such role"), "Unauthenticated", true},
	} {
		p, err := tencent.New(tencent.Config{
			Region: "ap-guangzhou", Endpoint: "http://127.0.0.1:1", Retry: cgw.RetryPolicy{MaxAttempts: 1},
			Credentials: tencent.ProviderCredentials(brokenSource{c.source}),
		})
		require.NoError(t, err)
		a := Activities{Targets: map[string]cgw.Provisioner{"cloud": p}}
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestActivityEnvironment()
		env.RegisterActivity(&a)
		_, err = env.ExecuteActivity(a.Plan, Work{Target: "cloud", Options: ensure.Options{Owner: "o"}, Specs: []cgw.CreateRequest{
			{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "n"},
		}})
		var e *temporal.ApplicationError
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.typ, e.Type())
		require.Equal(t, c.terminal, e.NonRetryable())
	}
}

// A worker waits for its credentials, and ends if there are none.
func TestWorkerWaitsForCredentials(t *testing.T) {
	outage := &cgw.Error{Op: cgw.OpDefaultCredentials, Kind: cgw.ErrUnavailable, Outcome: cgw.OutcomeNotApplied}
	none := &cgw.Error{Op: cgw.OpDefaultCredentials, Kind: cgw.ErrUnauthenticated, Outcome: cgw.OutcomeNotApplied}
	synctest.Test(t, func(t *testing.T) {
		began, asked := time.Now(), 0
		p, err := patiently(t.Context(), func() (cgw.Provisioner, error) {
			if asked++; asked < 9 {
				return nil, outage
			}
			return &cgwtest.Fake{}, nil
		})
		require.NoError(t, err)
		require.NotNil(t, p)
		require.Equal(t, 183*time.Second, time.Since(began), "1, 2, 4, … 32, 60, 60")

		_, err = patiently(t.Context(), func() (cgw.Provisioner, error) { return nil, none })
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		_, err = patiently(ctx, func() (cgw.Provisioner, error) { return nil, outage })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
	})
}
