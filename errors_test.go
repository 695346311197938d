package cgw_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

// sentinels holds every sentinel with what it satisfies beside itself.
var sentinels = []struct {
	name    string
	err     error
	parents []error
}{
	{"ErrInvalidArgument", cgw.ErrInvalidArgument, nil},
	{"ErrInvalidIPAddress", cgw.ErrInvalidIPAddress, []error{cgw.ErrInvalidArgument}},
	{"ErrInvalidName", cgw.ErrInvalidName, []error{cgw.ErrInvalidArgument}},
	{"ErrInvalidDescription", cgw.ErrInvalidDescription, []error{cgw.ErrInvalidArgument}},
	{"ErrInvalidTag", cgw.ErrInvalidTag, []error{cgw.ErrInvalidArgument}},
	{"ErrInvalidASN", cgw.ErrInvalidASN, []error{cgw.ErrInvalidArgument}},
	{"ErrAlreadyExists", cgw.ErrAlreadyExists, nil},
	{"ErrNotFound", cgw.ErrNotFound, nil},
	{"ErrInUse", cgw.ErrInUse, nil},
	{"ErrQuotaExceeded", cgw.ErrQuotaExceeded, nil},
	{"ErrThrottled", cgw.ErrThrottled, nil},
	{"ErrConflict", cgw.ErrConflict, nil},
	{"ErrUnauthenticated", cgw.ErrUnauthenticated, nil},
	{"ErrPermissionDenied", cgw.ErrPermissionDenied, nil},
	{"ErrUnsupported", cgw.ErrUnsupported, []error{errors.ErrUnsupported}},
	{"ErrUnavailable", cgw.ErrUnavailable, nil},
	{"ErrOutcomeUnknown", cgw.ErrOutcomeUnknown, nil},
}

// Each sentinel, bare, as the Kind of an Error and wrapped further, satisfies itself and its
// parents, and no other.
func TestSentinels(t *testing.T) {
	texts := map[string]bool{}
	for _, s := range sentinels {
		t.Run(s.name, func(t *testing.T) {
			require.False(t, texts[s.err.Error()], "two sentinels of one text")
			texts[s.err.Error()] = true
			e := &cgw.Error{Op: cgw.OpCreate, Kind: s.err, Outcome: cgw.OutcomeNotApplied}
			for _, err := range []error{s.err, e, fmt.Errorf("it: %w", e), errors.Join(io.EOF, e)} {
				for _, o := range sentinels {
					want := o.name == s.name || contains(s.parents, o.err)
					require.Equal(t, want, errors.Is(err, o.err), "%v is %s", err, o.name)
				}
				for _, p := range s.parents {
					require.ErrorIs(t, err, p)
				}
				require.Equal(t, contains(s.parents, errors.ErrUnsupported), errors.Is(err, errors.ErrUnsupported))
			}
		})
	}
}

func contains(errs []error, err error) bool {
	for _, e := range errs {
		if e == err { //nolint:errorlint // identity is asked for
			return true
		}
	}
	return false
}

type sdkError struct{ code string }

func (e *sdkError) Error() string { return "sdk: " + e.code }

func TestErrorUnwrap(t *testing.T) {
	cause := &sdkError{"X"}
	ended, cancel := context.WithCancel(t.Context())
	cancel()

	full := (&cgw.Error{Kind: cgw.ErrThrottled, Err: cause}).WithContext(ended)
	require.Equal(t, []error{cgw.ErrThrottled, cause, context.Canceled}, full.Unwrap())
	require.Equal(t, []error{cause}, (&cgw.Error{Err: cause}).Unwrap())
	require.Equal(t, []error{cgw.ErrThrottled}, (&cgw.Error{Kind: cgw.ErrThrottled}).Unwrap())
	require.Empty(t, (&cgw.Error{}).Unwrap())

	for _, err := range []error{full, fmt.Errorf("it: %w", full), errors.Join(io.EOF, full)} {
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Same(t, full, e)
		var sdk *sdkError
		require.ErrorAs(t, err, &sdk)
		require.Same(t, cause, sdk)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, cgw.ErrThrottled)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
	}
}

func TestErrOutcomeUnknownIsOfWritesOnly(t *testing.T) {
	for op, write := range map[string]bool{
		cgw.OpCreate: true, cgw.OpUpdate: true, cgw.OpDelete: true,
		cgw.OpGet: false, cgw.OpList: false, cgw.OpNew: false, "": false, "create": false,
	} {
		for _, o := range []cgw.Outcome{cgw.OutcomeUnknown, cgw.OutcomeNotApplied, cgw.OutcomeApplied} {
			err := error(&cgw.Error{Op: op, Outcome: o, Kind: cgw.ErrUnavailable})
			want := write && o == cgw.OutcomeUnknown
			require.Equal(t, want, errors.Is(err, cgw.ErrOutcomeUnknown), "%s, %s", op, o)
			require.Equal(t, want, strings.Contains(err.Error(), "outcome unknown"), "%s, %s", op, o)
			require.ErrorIs(t, err, cgw.ErrUnavailable)
		}
	}
}

func TestErrorWithContext(t *testing.T) {
	e := &cgw.Error{Op: cgw.OpGet, Kind: cgw.ErrThrottled, Code: "Throttling", RequestID: "R"}
	require.Same(t, e, e.WithContext(t.Context()), "the context has not ended")

	canceled, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrUnexpectedEOF)
	expired, cancel2 := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel2()
	for _, ctx := range []context.Context{canceled, expired} {
		got := e.WithContext(ctx)
		require.ErrorIs(t, got, ctx.Err())
		require.ErrorIs(t, got, cgw.ErrThrottled)
		require.Equal(t, "Throttling", got.Code)
		require.Contains(t, got.Error(), ctx.Err().Error())
		require.NotErrorIs(t, e, ctx.Err(), "the receiver must be left as it was")
		require.NotContains(t, e.Error(), ctx.Err().Error())
	}
}

func TestErrorText(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		err  *cgw.Error
		want string
	}{
		"zero":         {&cgw.Error{}, "cgw: unknown error"},
		"no operation": {&cgw.Error{Kind: cgw.ErrThrottled}, "cgw: throttled"},
		"of the service": {
			&cgw.Error{
				Op: cgw.OpDelete, Provider: cgw.Tencent, ID: "cgw-1", Kind: cgw.ErrInUse, Code: "ResourceInUse", Message: "still used",
				RequestID: "R-1", HTTPStatus: 200, Outcome: cgw.OutcomeNotApplied, ConflictingIDs: []string{"vpnx-1", "vpnx-2"},
				Err: io.EOF, ClientToken: "tok", Region: "ap-guangzhou",
			},
			"cgw: tencent Delete cgw-1: in use: ResourceInUse (request R-1) [vpnx-1 vpnx-2]: still used",
		},
		"unrecognized code": {
			&cgw.Error{Op: cgw.OpGet, Provider: cgw.Alibaba, Code: "Strange", Message: "what"},
			"cgw: alibaba Get: Strange: what",
		},
		"no code": {
			&cgw.Error{Op: cgw.OpCreate, Provider: cgw.Alibaba, Kind: cgw.ErrUnavailable, HTTPStatus: 502, Err: errors.New("not JSON")},
			"cgw: alibaba Create: service unavailable: outcome unknown: HTTP 502: not JSON",
		},
		"refused by us": {
			&cgw.Error{
				Op: cgw.OpCreate, Provider: cgw.Tencent, Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied,
				Err: cgw.Rules{}.Validate(cgw.CreateRequest{}),
			},
			"cgw: tencent Create: invalid argument: IPAddress: is required",
		},
		"context": {
			(&cgw.Error{Op: cgw.OpGet, ID: "cgw-1", Kind: cgw.ErrNotFound, Code: "C"}).WithContext(ended),
			"cgw: Get cgw-1: not found: context canceled: C",
		},
	} {
		require.Equal(t, tt.want, tt.err.Error(), name)
	}
}

// refused is an error as a provider has it of a request that was denied.
type refused struct{ error }

func (refused) RefusedAction() string { return "DescribeResourceTagsByResourceIds" }

// TestErrorTextNamesTheRefusedAction has a right that is granted apart from the others.
func TestErrorTextNamesTheRefusedAction(t *testing.T) {
	e := &cgw.Error{
		Op: cgw.OpGet, Provider: cgw.Tencent, Kind: cgw.ErrPermissionDenied, Code: "AuthFailure.UnauthorizedOperation",
		Message: strings.Repeat("x", 2000), Err: refused{errors.New("of the SDK")},
	}
	require.ErrorContains(t, e, "permission denied (refused action: DescribeResourceTagsByResourceIds): AuthFailure")
	require.Contains(t, e.LogValue().String(), "refusedAction=DescribeResourceTagsByResourceIds")
	e.Message = "no right to tag:DescribeResourceTagsByResourceIds"
	require.EqualError(t, e, "cgw: tencent Get: permission denied: AuthFailure.UnauthorizedOperation: no right to tag:DescribeResourceTagsByResourceIds")
}

func TestErrorTextIsOneShortLine(t *testing.T) {
	nasty := "a\nb\r\x00\x1b[31m\x7f\x85\u0085\u009b\u2028\u2029\u202e\u2066\xff é" + strings.Repeat("漢", 1000)
	for name, e := range map[string]*cgw.Error{
		"message":    {Op: cgw.OpGet, Kind: cgw.ErrNotFound, Message: nasty},
		"code":       {Op: cgw.OpGet, Kind: cgw.ErrNotFound, Code: nasty},
		"request ID": {Op: cgw.OpGet, Kind: cgw.ErrNotFound, RequestID: nasty},
		"cause":      {Op: cgw.OpGet, Kind: cgw.ErrNotFound, Err: errors.New(nasty)},
		"IDs":        {Op: cgw.OpGet, Kind: cgw.ErrNotFound, ConflictingIDs: strings.Fields(nasty)},
	} {
		line.Require(t, e)
		require.True(t, strings.HasPrefix(e.Error(), "cgw: Get: not found"), name)
		require.True(t, strings.HasSuffix(e.Error(), "…"), name)
		require.Contains(t, e.Error(), "é", name)
	}
	// Every place to cut a character of three bytes.
	for n := range 4 {
		e := &cgw.Error{Message: strings.Repeat("x", 1000+n) + strings.Repeat("漢", 20)}
		line.Require(t, e)
		require.Greater(t, len(e.Error()), 1024-3)
	}
	exact := &cgw.Error{Message: strings.Repeat("x", 1024-len("cgw: "))}
	require.Len(t, exact.Error(), 1024)
	require.NotContains(t, exact.Error(), "…")
}

func TestErrorLogValue(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	attrs := func(e *cgw.Error) map[string]string {
		m := map[string]string{}
		for _, a := range e.LogValue().Group() {
			m[a.Key] = a.Value.String()
		}
		return m
	}
	full := (&cgw.Error{
		Op: cgw.OpDelete, Provider: cgw.Tencent, Region: "ap-guangzhou", Kind: cgw.ErrInUse, Code: "C", Message: "two\nlines",
		RequestID: "R", HTTPStatus: 429, Outcome: cgw.OutcomeNotApplied, ID: "cgw-1", ClientToken: "tok",
		RetryAfter: 3 * time.Second, ConflictingIDs: []string{"vpnx-1"}, Err: io.EOF,
	}).WithContext(ended)
	require.Equal(t, map[string]string{
		"op": "Delete", "provider": "tencent", "region": "ap-guangzhou", "kind": "in use", "code": "C", "message": "two lines",
		"requestId": "R", "httpStatus": "429", "outcome": "not applied", "id": "cgw-1", "clientToken": "tok",
		"retryAfter": "3s", "conflictingIds": "[vpnx-1]", "context": "context canceled",
	}, attrs(full))
	require.Equal(t, map[string]string{"op": "Get", "provider": "", "outcome": "unknown", "cause": "EOF"},
		attrs(&cgw.Error{Op: cgw.OpGet, Err: io.EOF}))

	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Warn("failed", "err", full)
	require.Contains(t, b.String(), "err.kind=\"in use\"")

	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("vpnx-%02d-%s", i, strings.Repeat("y", 70))
	}
	shown := attrs(&cgw.Error{ConflictingIDs: many})["conflictingIds"]
	require.LessOrEqual(t, len(shown), 1024)
	require.Greater(t, len(shown), 900)
	require.True(t, strings.HasPrefix(shown, "["+many[0]+" "+many[1]+" "), shown)
	require.True(t, strings.HasSuffix(shown, " …]"), shown)

	because, stop := context.WithCancelCause(t.Context())
	stop(errors.New("the operator\nsaid stop"))
	require.Equal(t, "context canceled (the operator said stop)", attrs((&cgw.Error{}).WithContext(because))["context"])

	nasty := "a\n\x1b[31m" + strings.Repeat("x", 4000)
	for key, text := range attrs(&cgw.Error{
		Op: nasty, Provider: cgw.Provider(nasty), Region: nasty, Code: nasty, Message: nasty, RequestID: nasty, ID: nasty, ClientToken: nasty,
		ConflictingIDs: []string{nasty}, Outcome: cgw.OutcomeNotApplied, Kind: errors.New(nasty),
	}) {
		require.LessOrEqual(t, len(text), 1024, key)
		require.NotContains(t, text, "\n", key)
		require.NotContains(t, text, "\x1b", key)
	}
}

// TestWithContextKeepsTheCause: why a context was cancelled is in the tree, and in the text.
func TestWithContextKeepsTheCause(t *testing.T) {
	cause := errors.New("the site was removed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	err := (&cgw.Error{Op: cgw.OpGet}).WithContext(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, cause)
	require.EqualError(t, err, "cgw: Get: context canceled (the site was removed)")
	ended, stop := context.WithCancel(t.Context())
	stop()
	require.EqualError(t, err.WithContext(ended), "cgw: Get: context canceled")
	require.NotErrorIs(t, err.WithContext(ended), cause)
}

func TestOutcomeText(t *testing.T) {
	for o, want := range map[cgw.Outcome]string{
		cgw.OutcomeUnknown: "unknown", cgw.OutcomeNotApplied: "not applied", cgw.OutcomeApplied: "applied", 99: "unknown",
	} {
		require.Equal(t, want, o.String())
		text, err := o.MarshalText()
		require.NoError(t, err)
		require.Equal(t, want, string(text))
		var back cgw.Outcome
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, want, back.String())
	}
	for _, text := range []string{"", "Applied", "2", "unknown "} {
		back := cgw.OutcomeApplied
		require.ErrorIs(t, back.UnmarshalText([]byte(text)), cgw.ErrInvalidArgument, text)
		require.Equal(t, cgw.OutcomeApplied, back)
	}
	require.Zero(t, cgw.OutcomeUnknown)
}

// asError is an error that only its method As tells to be an Error.
type asError struct{ e *cgw.Error }

func (a asError) Error() string { return "as" }

func (a asError) As(target any) bool {
	e, ok := target.(**cgw.Error)
	if ok {
		*e = a.e
	}
	return ok
}

func siteErrors(errs ...error) error {
	all := &ensure.SitesError{}
	for i, err := range errs {
		all.Sites = append(all.Sites, &ensure.SiteError{Index: i, Err: err})
	}
	return all
}

func TestOutcomeOfAndIsRetryable(t *testing.T) {
	of := func(op string, kind error, o cgw.Outcome) *cgw.Error {
		return &cgw.Error{Op: op, Kind: kind, Outcome: o}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		err       error
		outcome   cgw.Outcome
		retryable bool
	}{
		"nil":                      {nil, cgw.OutcomeApplied, false},
		"not ours":                 {io.EOF, cgw.OutcomeUnknown, false},
		"a context's":              {context.Canceled, cgw.OutcomeUnknown, false},
		"bare sentinel":            {cgw.ErrUnavailable, cgw.OutcomeUnknown, true},
		"bare sentinel, invalid":   {cgw.ErrInvalidName, cgw.OutcomeUnknown, false},
		"read, throttled":          {of(cgw.OpGet, cgw.ErrThrottled, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, true},
		"read, outcome left zero":  {of(cgw.OpList, cgw.ErrUnavailable, 0), cgw.OutcomeUnknown, true},
		"create, throttled":        {of(cgw.OpCreate, cgw.ErrThrottled, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, true},
		"create, conflict":         {of(cgw.OpCreate, cgw.ErrConflict, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, true},
		"create, unknown":          {of(cgw.OpCreate, cgw.ErrUnavailable, cgw.OutcomeUnknown), cgw.OutcomeUnknown, false},
		"create, applied":          {of(cgw.OpCreate, cgw.ErrThrottled, cgw.OutcomeApplied), cgw.OutcomeApplied, false},
		"update, unknown":          {of(cgw.OpUpdate, cgw.ErrUnavailable, cgw.OutcomeUnknown), cgw.OutcomeUnknown, true},
		"delete, unknown":          {of(cgw.OpDelete, cgw.ErrUnavailable, cgw.OutcomeUnknown), cgw.OutcomeUnknown, true},
		"exists":                   {of(cgw.OpCreate, cgw.ErrAlreadyExists, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"not found":                {of(cgw.OpGet, cgw.ErrNotFound, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"in use":                   {of(cgw.OpDelete, cgw.ErrInUse, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"quota":                    {of(cgw.OpCreate, cgw.ErrQuotaExceeded, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"unauthenticated":          {of(cgw.OpGet, cgw.ErrUnauthenticated, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"denied":                   {of(cgw.OpGet, cgw.ErrPermissionDenied, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"unsupported":              {of(cgw.OpCreate, cgw.ErrUnsupported, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"unrecognized":             {of(cgw.OpGet, nil, cgw.OutcomeNotApplied), cgw.OutcomeNotApplied, false},
		"only the context":         {of(cgw.OpGet, nil, cgw.OutcomeNotApplied).WithContext(ended), cgw.OutcomeNotApplied, false},
		"throttled, then canceled": {of(cgw.OpGet, cgw.ErrThrottled, cgw.OutcomeNotApplied).WithContext(ended), cgw.OutcomeNotApplied, true},
		"wrapped":                  {fmt.Errorf("it: %w", of(cgw.OpDelete, cgw.ErrConflict, cgw.OutcomeNotApplied)), cgw.OutcomeNotApplied, true},
		"wrapped, create unknown":  {fmt.Errorf("it: %w", of(cgw.OpCreate, cgw.ErrUnavailable, 0)), cgw.OutcomeUnknown, false},
		"joined to another's":      {errors.Join(io.EOF, of(cgw.OpGet, cgw.ErrThrottled, cgw.OutcomeNotApplied)), cgw.OutcomeNotApplied, true},
		"joined, one unknown":      {errors.Join(of(cgw.OpGet, cgw.ErrThrottled, 1), of(cgw.OpCreate, cgw.ErrThrottled, 0)), cgw.OutcomeUnknown, false},
		"joined, unknown first":    {errors.Join(of(cgw.OpCreate, cgw.ErrThrottled, 0), of(cgw.OpGet, cgw.ErrThrottled, 1)), cgw.OutcomeUnknown, false},
		"joined, both kinds":       {errors.Join(of(cgw.OpUpdate, cgw.ErrThrottled, 1), of(cgw.OpUpdate, cgw.ErrThrottled, 2)), cgw.OutcomeUnknown, true},
		"joined, all applied":      {errors.Join(of(cgw.OpUpdate, cgw.ErrThrottled, 2), of(cgw.OpUpdate, cgw.ErrConflict, 2)), cgw.OutcomeApplied, true},
		"joined, one to be fixed":  {errors.Join(of(cgw.OpGet, cgw.ErrThrottled, 1), of(cgw.OpGet, cgw.ErrNotFound, 1)), cgw.OutcomeNotApplied, false},
		"joined below a wrapper":   {fmt.Errorf("all: %w", errors.Join(of(cgw.OpGet, cgw.ErrThrottled, 1), fmt.Errorf("b: %w", of(cgw.OpCreate, nil, 0)))), cgw.OutcomeUnknown, false},
		"an Error speaks for its own": {
			&cgw.Error{Op: cgw.OpUpdate, Kind: cgw.ErrConflict, Outcome: 1, Err: of(cgw.OpCreate, cgw.ErrNotFound, 0)}, cgw.OutcomeNotApplied, true,
		},
		"found by As": {asError{of(cgw.OpCreate, cgw.ErrThrottled, 1)}, cgw.OutcomeNotApplied, true},
		"sites": {
			siteErrors(of(cgw.OpCreate, cgw.ErrThrottled, 1), of(cgw.OpCreate, nil, 0)), cgw.OutcomeUnknown, false,
		},
		"sites, none applied":           {siteErrors(of(cgw.OpCreate, cgw.ErrThrottled, 1), of(cgw.OpGet, cgw.ErrConflict, 1)), cgw.OutcomeNotApplied, true},
		"sites, one by another's error": {siteErrors(of(cgw.OpCreate, cgw.ErrThrottled, 1), io.EOF), cgw.OutcomeUnknown, false},
	} {
		require.Equal(t, tt.outcome, cgw.OutcomeOf(tt.err), name)
		require.Equal(t, tt.retryable, cgw.IsRetryable(tt.err), name)
	}
}
