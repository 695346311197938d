package cgwtest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

func TestFaultStrikes(t *testing.T) {
	life := func(f *cgwtest.Fake) (failed []string) {
		for i, call := range []func() error{
			func() error { _, err := f.Create(t.Context(), request(1)); return err },
			func() error { _, err := f.Create(t.Context(), request(2)); return err },
			func() error { _, err := f.Get(t.Context(), "cgw-fake0001"); return err },
			func() error { _, err := f.Create(t.Context(), cgw.CreateRequest{}); return err }, // counts, though refused
			func() error { _, err := f.Create(t.Context(), request(3)); return err },
		} {
			if err := call(); errors.Is(err, cgw.ErrThrottled) {
				failed = append(failed, fmt.Sprint(i+1))
			}
		}
		return failed
	}
	for _, tt := range []struct {
		name  string
		fault cgwtest.Fault
		want  []string
	}{
		{"one call", cgwtest.Fault{Op: cgw.OpCreate, Call: 2}, []string{"2"}},
		{"after one refused", cgwtest.Fault{Op: cgw.OpCreate, Call: 4}, []string{"5"}},
		{"spent on one refused", cgwtest.Fault{Op: cgw.OpCreate, Call: 3}, nil},
		{"every call of an operation", cgwtest.Fault{Op: cgw.OpCreate}, []string{"1", "2", "5"}},
		{"one call of any operation", cgwtest.Fault{Call: 2}, []string{"2"}},
		{"another operation", cgwtest.Fault{Op: cgw.OpDelete}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.fault.Err = cgw.ErrThrottled
			require.Equal(t, tt.want, life(&cgwtest.Fake{Faults: []cgwtest.Fault{tt.fault}}))
		})
	}
	t.Run("the first that matches", func(t *testing.T) {
		require.Empty(t, life(&cgwtest.Fake{Faults: []cgwtest.Fault{{}, {Err: cgw.ErrThrottled}}}))
	})
}

func TestFaultErrors(t *testing.T) {
	reset := errors.New("connection reset")
	for _, tt := range []struct {
		name    string
		fault   cgwtest.Fault
		kind    error
		outcome cgw.Outcome
		cause   error
	}{
		{"a refusal", cgwtest.Fault{Err: cgw.ErrPermissionDenied}, cgw.ErrPermissionDenied, cgw.OutcomeNotApplied, nil},
		{"a child", cgwtest.Fault{Err: cgw.ErrInvalidName}, cgw.ErrInvalidName, cgw.OutcomeNotApplied, nil},
		{"unavailable", cgwtest.Fault{Err: cgw.ErrUnavailable}, cgw.ErrUnavailable, cgw.OutcomeUnknown, nil},
		{"unknown", cgwtest.Fault{Err: cgw.ErrOutcomeUnknown}, nil, cgw.OutcomeUnknown, nil},
		{"another error", cgwtest.Fault{Err: reset}, nil, cgw.OutcomeUnknown, reset},
		{"wrapped", cgwtest.Fault{Err: fmt.Errorf("%w: %w", cgw.ErrConflict, reset)}, cgw.ErrConflict, cgw.OutcomeNotApplied, reset},
		{"applied", cgwtest.Fault{Err: cgw.ErrThrottled, Applied: true}, cgw.ErrThrottled, cgw.OutcomeUnknown, nil},
		{"applied, without an error", cgwtest.Fault{Applied: true}, cgw.ErrUnavailable, cgw.OutcomeUnknown, nil},
		{"a refusal said to be unknown", cgwtest.Fault{Err: fmt.Errorf("%w: %w", cgw.ErrConflict, cgw.ErrOutcomeUnknown)}, cgw.ErrConflict, cgw.OutcomeUnknown, cgw.ErrConflict},
		{"with RetryAfter", cgwtest.Fault{Err: cgw.ErrThrottled, RetryAfter: time.Minute}, cgw.ErrThrottled, cgw.OutcomeNotApplied, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := cgwtest.Fake{Faults: []cgwtest.Fault{tt.fault}}
			g, err := f.Create(t.Context(), request(1))
			require.Zero(t, g)
			e := asError(t, err)
			require.Equal(t, cgw.OpCreate, e.Op)
			require.Equal(t, cgw.Provider("fake"), e.Provider)
			require.Equal(t, "fake-token-0001", e.ClientToken)
			require.Equal(t, tt.kind, e.Kind)
			require.Equal(t, tt.outcome, e.Outcome)
			require.Equal(t, tt.fault.RetryAfter, e.RetryAfter)
			require.Equal(t, tt.outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
			if tt.cause == nil {
				require.NoError(t, e.Err)
			} else {
				require.ErrorIs(t, e.Err, tt.cause)
			}
			_, err = f.Get(t.Context(), "cgw-1")
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err), "a read")
		})
	}
}

// TestFaultGivenAnError checks which fields of a *cgw.Error are filled in, and which are kept.
func TestFaultGivenAnError(t *testing.T) {
	unknownInFull := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrThrottled}
	for _, tt := range []struct {
		name  string
		fault cgwtest.Fault
		want  cgw.Error // without Op, Provider, Region and ClientToken where given is empty
		text  string
	}{
		{
			"a refusal", cgwtest.Fault{Err: &cgw.Error{Kind: cgw.ErrThrottled, Code: "Slow"}},
			cgw.Error{Kind: cgw.ErrThrottled, Code: "Slow", Outcome: cgw.OutcomeNotApplied},
			"cgw: fake Create: throttled: Slow",
		},
		{
			"a refusal, applied", cgwtest.Fault{Err: &cgw.Error{Kind: cgw.ErrThrottled}, Applied: true},
			cgw.Error{Kind: cgw.ErrThrottled},
			"cgw: fake Create: throttled: outcome unknown",
		},
		{
			"an unknown outcome in full", cgwtest.Fault{Err: unknownInFull},
			cgw.Error{Kind: cgw.ErrThrottled},
			"cgw: fake Create: throttled: outcome unknown",
		},
		{
			"only a code", cgwtest.Fault{Err: &cgw.Error{Code: "New"}},
			cgw.Error{Code: "New"},
			"cgw: fake Create: outcome unknown: New",
		},
		{
			"the Kind in Err", cgwtest.Fault{Err: &cgw.Error{Err: cgw.ErrQuotaExceeded}},
			cgw.Error{Kind: cgw.ErrQuotaExceeded, Err: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
			"cgw: fake Create: quota exceeded: quota exceeded",
		},
		{
			"RetryAfter of the fault", cgwtest.Fault{Err: &cgw.Error{Kind: cgw.ErrConflict}, RetryAfter: time.Second},
			cgw.Error{Kind: cgw.ErrConflict, Outcome: cgw.OutcomeNotApplied, RetryAfter: time.Second},
			"cgw: fake Create: conflict with another operation",
		},
		{
			"every field",
			cgwtest.Fault{RetryAfter: time.Second, Err: &cgw.Error{
				Op: "X", Provider: "p", Region: "r", ID: "cgw-1", ClientToken: "t", Code: "C", Outcome: cgw.OutcomeApplied, RetryAfter: time.Minute,
			}},
			cgw.Error{
				Op: "X", Provider: "p", Region: "r", ID: "cgw-1", ClientToken: "t", Code: "C", Outcome: cgw.OutcomeApplied, RetryAfter: time.Minute,
			},
			"cgw: p X cgw-1: C",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			given := tt.fault.Err.(*cgw.Error) //nolint:errorlint // given bare
			was := *given
			f := cgwtest.Fake{Faults: []cgwtest.Fault{tt.fault}}
			_, err := f.Create(t.Context(), request(1))
			want := tt.want
			for _, e := range []struct {
				to    *string
				value string
			}{{&want.Op, cgw.OpCreate}, {&want.Region, "fake-region"}, {&want.ClientToken, "fake-token-0001"}} {
				if *e.to == "" {
					*e.to = e.value
				}
			}
			if want.Provider == "" {
				want.Provider = "fake"
			}
			require.Equal(t, &want, err)
			require.Equal(t, tt.text, err.Error())
			require.Equal(t, was, *given, "the error given is not changed")
			require.Same(t, err, f.Calls()[0].Err)
		})
	}
	t.Run("of a read", func(t *testing.T) {
		f := cgwtest.Fake{Faults: []cgwtest.Fault{{Err: &cgw.Error{Kind: cgw.ErrUnavailable}}}}
		_, err := f.Get(t.Context(), "cgw-1")
		require.Equal(t, &cgw.Error{
			Op: cgw.OpGet, Provider: "fake", Region: "fake-region", ID: "cgw-1", Kind: cgw.ErrUnavailable, Outcome: cgw.OutcomeNotApplied,
		}, err)
	})
	t.Run("errors share no memory", func(t *testing.T) {
		given := &cgw.Error{Kind: cgw.ErrAlreadyExists, ConflictingIDs: []string{"cgw-9"}}
		f := cgwtest.Fake{Faults: []cgwtest.Fault{{Err: given}}}
		for range 2 {
			_, err := f.Create(t.Context(), request(1))
			require.Equal(t, []string{"cgw-9"}, asError(t, err).ConflictingIDs)
			asError(t, err).ConflictingIDs[0] = "changed"
		}
	})
}

func TestFaultApplied(t *testing.T) {
	lost := func(op string) *cgwtest.Fake {
		f := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: op, Call: 1, Err: cgw.ErrUnavailable, Applied: true}}}
		f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: addr("203.0.113.9")})
		return f
	}
	t.Run("create", func(t *testing.T) {
		f := lost(cgw.OpCreate)
		req := request(1)
		_, err := f.Create(t.Context(), req)
		require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
		req.ClientToken = asError(t, err).ClientToken
		g, err := f.Create(t.Context(), req)
		require.NoError(t, err, "resumed with the token of the error")
		require.Equal(t, "cgw-fake0001", g.ID)
	})
	t.Run("update", func(t *testing.T) {
		f, name := lost(cgw.OpUpdate), "renamed"
		_, err := f.Update(t.Context(), "cgw-1", cgw.UpdateRequest{Name: &name})
		require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
		g, err := f.Get(t.Context(), "cgw-1")
		require.NoError(t, err)
		require.Equal(t, name, g.Name)
	})
	t.Run("delete", func(t *testing.T) {
		f := lost(cgw.OpDelete)
		require.ErrorIs(t, f.Delete(t.Context(), "cgw-1"), cgw.ErrOutcomeUnknown)
		require.ErrorIs(t, f.Delete(t.Context(), "cgw-1"), cgw.ErrNotFound)
	})
	t.Run("a write that is refused stays so", func(t *testing.T) {
		require.ErrorIs(t, lost(cgw.OpDelete).Delete(t.Context(), "cgw-none"), cgw.ErrNotFound)
	})
	t.Run("not applied", func(t *testing.T) {
		f := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable}}}
		_, err := f.Create(t.Context(), request(1))
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		_, err = f.Create(t.Context(), request(1))
		require.NoError(t, err)
	})
}

// errStop is the cause of contexts that end here.
var errStop = errors.New("the program is asked to stop")

func TestFaultDelayAndHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := cgwtest.Fake{Faults: []cgwtest.Fault{
			{Op: cgw.OpCreate, Call: 1, Delay: time.Minute},
			{Op: cgw.OpCreate, Call: 2, Delay: time.Minute},
			{Op: cgw.OpCreate, Call: 3, Hang: true, Applied: true},
			{Op: cgw.OpGet, Hang: true},
		}}
		start := time.Now()
		_, err := f.Create(t.Context(), request(1))
		require.NoError(t, err)
		require.Equal(t, time.Minute, time.Since(start))

		short := func() context.Context {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
			t.Cleanup(cancel)
			return ctx
		}
		start = time.Now()
		_, err = f.Create(short(), request(2))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err), "it ended before it took effect")
		_, err = f.Create(short(), request(3))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
		require.ErrorIs(t, err, errStop)
		_, err = f.Get(short(), "cgw-fake0001")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errStop)
		require.Equal(t, 3*time.Second, time.Since(start))

		all, err := cgw.Collect(f.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Len(t, all, 2)
	})
}

func TestFaultInList(t *testing.T) {
	for after := range 4 {
		f := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpList, Err: cgw.ErrUnavailable, After: after}}}
		f.Seed(cgw.Gateway{ID: "cgw-1"}, cgw.Gateway{ID: "cgw-2"})
		list := f.List(t.Context(), cgw.Filter{})
		some, err := cgw.Collect(list)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Len(t, some, min(after, 2))
		for range list { // a loop that stops does not meet the fault
			break
		}
		require.Equal(t, err, f.Calls()[0].Err)
	}
	f := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpList, Call: 1, Err: cgw.ErrUnavailable}}}
	list := f.List(t.Context(), cgw.Filter{})
	_, err := cgw.Collect(list)
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	_, err = cgw.Collect(list)
	require.NoError(t, err, "ranged over again, it is another call")
}
