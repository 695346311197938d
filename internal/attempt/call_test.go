package attempt_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

func TestPatience(t *testing.T) {
	broken := errors.New("broken")
	policy := cgw.RetryPolicy{MaxAttempts: 4, MinBackoff: time.Second, MaxBackoff: 3 * time.Second, MaxElapsed: time.Minute}
	for _, tc := range []struct {
		name    string
		patient bool
		foundAt int // 0: never
		failAt  int
		within  time.Duration // of the policy
		looks   int
		took    time.Duration
		err     bool
	}{
		{"at once", true, 1, 0, time.Minute, 1, 0, false},
		{"late", true, 3, 0, time.Minute, 3, 3 * time.Second, false},
		{"never", true, 0, 0, time.Minute, 5, 9 * time.Second, false}, // 1 + 2 + 3 + 3
		{"impatient", false, 0, 0, time.Minute, 1, 0, false},
		{"fails", true, 0, 2, time.Minute, 2, time.Second, true},
		{"no time", true, 0, 0, 2 * time.Second, 2, time.Second, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := policy
				p.MaxElapsed = tc.within
				looks, begin := 0, time.Now()
				call := newLoop(func(l *attempt.Loop) { l.Retry = p }).Start(cgw.OpCreate, "")
				err := call.Patience(t.Context(), tc.patient, func() (bool, error) {
					looks++
					if looks == tc.failAt {
						return false, broken
					}
					return looks == tc.foundAt, nil
				})
				require.Equal(t, tc.err, err != nil, "%v", err)
				require.Equal(t, tc.looks, looks)
				require.Equal(t, tc.took, time.Since(begin))
			})
		})
	}
}

func TestPatienceEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		call := newLoop(nil).Start(cgw.OpCreate, "")
		err := call.Patience(ctx, true, func() (bool, error) { return false, nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 500*time.Millisecond, time.Since(begin))
	})
}

// TestAgain has a repeat wait for as long as the service asked, and no longer than there is time.
func TestAgain(t *testing.T) {
	for hint, want := range map[string]bool{"": true, "40": true, "61": false} {
		synctest.Test(t, func(t *testing.T) {
			s, r := &service{answers: []answer{{code: "Broken", retryAfter: hint}}}, unsafe
			call := newLoop(nil).Start(cgw.OpCreate, "")
			begin := time.Now()
			_, err := call.Send(t.Context(), &r, s.send(t))
			require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
			require.True(t, call.Unknown && call.Lost)
			require.Equal(t, want, call.Again(t.Context(), &r), hint)
			if hint == "40" {
				require.Equal(t, 40*time.Second, time.Since(begin))
			}
		})
	}
}

func TestAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call := newLoop(nil).Start(cgw.OpCreate, "cgw-1")
		call.ClientToken = "token"
		s, r := &service{answers: []answer{{code: "Bad"}}}, read
		look := call.Aside()
		_, err := look.Send(t.Context(), &r, s.send(t))
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "cgw-1", e.ID)
		require.Equal(t, "token", e.ClientToken)
		require.Equal(t, call.Started(), look.Started())
	})
}

func TestChecks(t *testing.T) {
	name := ""
	rules := cgw.Rules{Name: cgw.TextRule{Min: 1}}
	for _, tc := range []struct {
		name   string
		err    error
		fields []string
	}{
		{"an ID", attempt.CheckID("x"), nil},
		{"no ID", attempt.CheckID(""), []string{"ID"}},
		{"an update", attempt.CheckUpdate("x", rules, cgw.UpdateRequest{}), nil},
		{"an update of nothing", attempt.CheckUpdate("", rules, cgw.UpdateRequest{}), []string{"ID"}},
		{"a bad update", attempt.CheckUpdate("x", rules, cgw.UpdateRequest{Name: &name}), []string{"Name"}},
		{"a bad update of nothing", attempt.CheckUpdate("", rules, cgw.UpdateRequest{Name: &name}), []string{"ID", "Name"}},
		{"a filter", attempt.CheckFilter(cgw.Filter{IDs: []string{"x"}}), nil},
		{"a filter by no ID", attempt.CheckFilter(cgw.Filter{IDs: []string{"x", ""}}), []string{"IDs"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.fields == nil {
				require.NoError(t, tc.err)
				return
			}
			var v *cgw.ValidationError
			require.ErrorAs(t, tc.err, &v)
			for i, f := range v.Fields {
				require.Equal(t, tc.fields[i], f.Field)
			}
			require.Len(t, v.Fields, len(tc.fields))
			err := newLoop(nil).Start(cgw.OpUpdate, "").Refuse(t.Context(), tc.err)
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		})
	}
}

func TestErrorsAreCopied(t *testing.T) {
	call := newLoop(nil).Start(cgw.OpDelete, "cgw-1")
	e := call.Error(cgw.ErrInUse, cgw.OutcomeUnknown, nil)
	other := errors.New("other")

	used := attempt.InUse(e, []string{"vpnx-1"})
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(used))
	require.ErrorContains(t, used, "vpnx-1")
	taken := attempt.Taken(e, "cgw-2", false)
	require.ErrorIs(t, taken, cgw.ErrAlreadyExists)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(taken))
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(attempt.Taken(e, "cgw-2", true)))
	require.Empty(t, e.ConflictingIDs)
	require.Equal(t, cgw.ErrInUse, e.Kind)

	refused := call.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, nil)
	require.Equal(t, error(refused), call.AfterWrite(refused), "there was none")
	call.Wrote = true
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(call.AfterWrite(refused)))
	require.Equal(t, cgw.OutcomeNotApplied, refused.Outcome)
	for _, f := range []func(error) error{
		func(err error) error { return attempt.InUse(err, nil) },
		func(err error) error { return attempt.Taken(err, "", true) },
		func(err error) error { return attempt.Ended(t.Context(), err) },
		call.AfterWrite,
	} {
		require.Equal(t, other, f(other))
	}
}

func TestProof(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	req := cgw.CreateRequest{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg"}
	mine := cgw.Gateway{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg", CreatedAt: now}
	for _, tc := range []struct {
		name   string
		change func(*cgw.Gateway)
		now    time.Time
		since  time.Duration
		want   attempt.Whose
	}{
		{"as asked", func(*cgw.Gateway) {}, now, 0, attempt.Ours},
		{"made in the call", func(*cgw.Gateway) {}, now.Add(4 * time.Second), 4 * time.Second, attempt.Ours},
		{"made in its first second", func(g *cgw.Gateway) { g.CreatedAt = now.Add(-5 * time.Second) }, now, 4500 * time.Millisecond, attempt.Ours},
		{"made before it", func(*cgw.Gateway) {}, now.Add(5 * time.Second), 4 * time.Second, attempt.Foreign},
		{"other name", func(g *cgw.Gateway) { g.Name = "b" }, now, 0, attempt.Foreign},
		{"other description", func(g *cgw.Gateway) { g.Description = "" }, now, 0, attempt.Foreign},
		{"other ASN", func(g *cgw.Gateway) { g.ASN = 1 }, now, 0, attempt.Foreign},
		{"no ASN", func(g *cgw.Gateway) { g.ASN = 0 }, now, 0, attempt.Unproven},
		{"other group", func(g *cgw.Gateway) { g.ResourceGroupID = "x" }, now, 0, attempt.Foreign},
		{"no clock", func(*cgw.Gateway) {}, time.Time{}, 0, attempt.Unproven},
		{"no time", func(g *cgw.Gateway) { g.CreatedAt = time.Time{} }, now, 0, attempt.Unproven},
		{"no clock, other name", func(g *cgw.Gateway) { g.Name = "b" }, time.Time{}, 0, attempt.Foreign},
	} {
		g := mine
		tc.change(&g)
		require.Equal(t, tc.want, attempt.Proof(g, req, tc.now, tc.since), tc.name)
	}
}

func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var claims attempt.Claims
		addr, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
		first, err := claims.Enter(t.Context(), addr)
		require.NoError(t, err)
		free, err := claims.Enter(t.Context(), other)
		require.NoError(t, err, "another address is not kept waiting")
		claims.Leave(free)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = claims.Enter(ctx, addr)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		require.True(t, first.Take("cgw-1"))
		require.False(t, first.Take("cgw-1"))
		claims.Leave(first)
		time.Sleep(2 * time.Second)
		second, err := claims.Enter(t.Context(), addr)
		require.NoError(t, err)
		require.False(t, second.Take("cgw-1"), "it was returned to another call")
		require.True(t, second.Take("cgw-2"))
		claims.Leave(second)
		time.Sleep(time.Minute)
		third, err := claims.Enter(t.Context(), addr)
		require.NoError(t, err)
		require.True(t, third.Take("cgw-1"), "nothing is remembered for long")
		claims.Leave(third)
	})
}

// TestClaimsInTurn has many creates of a few addresses.
func TestClaimsInTurn(t *testing.T) {
	var claims attempt.Claims
	var inside [4]int // the race detector finds two at a time
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			n := i % len(inside)
			cl, err := claims.Enter(t.Context(), netip.AddrFrom4([4]byte{203, 0, 113, byte(n)}))
			require.NoError(t, err)
			inside[n]++
			claims.Leave(cl)
		})
	}
	wg.Wait()
	require.Equal(t, [4]int{16, 16, 16, 16}, inside)
}
