package attempt_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
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
	taken := call.Taken(e, "cgw-2", attempt.Unproven)
	require.ErrorIs(t, taken, cgw.ErrAlreadyExists)
	require.ErrorContains(t, taken, "found to have the gateway cgw-2")
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(taken), "nothing was sent that could be in doubt")
	call.Unknown = true
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(call.Taken(e, "cgw-2", attempt.Unproven)))
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(call.Taken(e, "cgw-2", attempt.Foreign)))
	require.ErrorContains(t, attempt.Conflicting(e, "cgw-3"), "cgw-3")
	require.Empty(t, e.ConflictingIDs)
	require.Equal(t, cgw.ErrInUse, e.Kind)

	refused := call.Error(cgw.ErrThrottled, cgw.OutcomeNotApplied, nil)
	require.Equal(t, error(refused), call.AfterWrite(refused), "there was none")
	call.Wrote = true
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(call.AfterWrite(refused)))
	call.Done = true
	require.Equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(call.AfterWrite(refused)))
	require.Equal(t, cgw.OutcomeNotApplied, refused.Outcome)
	for _, f := range []func(error) error{
		func(err error) error { return attempt.InUse(err, nil) },
		func(err error) error { return call.Taken(err, "", attempt.Unproven) },
		func(err error) error { return attempt.Conflicting(err) },
		func(err error) error { return attempt.Ended(t.Context(), err) },
		call.AfterWrite,
	} {
		require.Equal(t, other, f(other))
	}
}

func TestProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call := newLoop(nil).Start(cgw.OpCreate, "")
		time.Sleep(time.Hour) // a wait for the limiter is not of the call's time
		s, r := &service{answers: []answer{{}}}, attempt.Request{Action: "Create", Write: true}
		wrote := time.Now() // a whole second, as synctest has it
		_, err := call.Send(t.Context(), &r, s.send(t))
		require.NoError(t, err)

		req := cgw.CreateRequest{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg", Tags: map[string]string{"k": "v"}}
		mine := cgw.Gateway{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg", CreatedAt: wrote, Tags: map[string]string{"k": "v", "more": "x"}}
		old := func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-time.Minute) }
		as := func(changes ...func(*cgw.Gateway)) func(*cgw.Gateway) {
			return func(g *cgw.Gateway) {
				for _, c := range changes {
					c(g)
				}
			}
		}
		name := func(g *cgw.Gateway) { g.Name = "b" }
		for _, tc := range []struct {
			name   string
			change func(*cgw.Gateway)
			look   time.Duration // from the write to the look, and how long that took
			took   time.Duration
			off    time.Duration // of the service's clock
			clock  bool
			want   attempt.Whose
			again  bool
		}{
			{"as asked", as(), time.Second, 0, 0, true, attempt.Ours, false},
			{"the service's clock is ahead", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(time.Hour) }, time.Second, 0, time.Hour, true, attempt.Ours, false},
			{"the service's clock is behind", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-time.Hour) }, time.Second, 0, -time.Hour, true, attempt.Ours, false},
			{"made before", old, time.Second, 0, 0, true, attempt.Unproven, false},
			{"seen by a slow look", as(), time.Second, 4 * time.Second, 0, true, attempt.Unproven, true},
			{"made just before, seen by a slow look", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-2 * time.Second) }, time.Second, 4 * time.Second, 0, true, attempt.Unproven, false},
			{"other name", name, time.Second, 0, 0, true, attempt.Unproven, false},
			{"other name, made before", as(name, old), time.Second, 0, 0, true, attempt.Foreign, false},
			{"other description, made before", as(old, func(g *cgw.Gateway) { g.Description = "" }), time.Second, 0, 0, true, attempt.Foreign, false},
			{"other ASN, made before", as(old, func(g *cgw.Gateway) { g.ASN = 1 }), time.Second, 0, 0, true, attempt.Foreign, false},
			{"other group, made before", as(old, func(g *cgw.Gateway) { g.ResourceGroupID = "x" }), time.Second, 0, 0, true, attempt.Foreign, false},
			{"other tag", func(g *cgw.Gateway) { g.Tags = map[string]string{"k": "w"} }, time.Second, 0, 0, true, attempt.Unproven, false},
			{"other tag, made before", as(old, func(g *cgw.Gateway) { g.Tags = map[string]string{"k": "w"} }), time.Second, 0, 0, true, attempt.Foreign, false},
			{"tags are not shown yet", func(g *cgw.Gateway) { g.Tags = nil }, time.Second, 0, 0, true, attempt.Unproven, true},
			{"no ASN", func(g *cgw.Gateway) { g.ASN = 0 }, time.Second, 0, 0, true, attempt.Unproven, true},
			{"no clock", as(), time.Second, 0, 0, false, attempt.Unproven, true},
			{"no clock, other name", name, time.Second, 0, 0, false, attempt.Unproven, false},
			{"no time", func(g *cgw.Gateway) { g.CreatedAt = time.Time{} }, time.Second, 0, 0, true, attempt.Unproven, true},
		} {
			g := mine
			tc.change(&g)
			rec := exchange.Record{Began: wrote.Add(tc.look), Ended: wrote.Add(tc.look + tc.took), Reply: exchange.Reply{Header: http.Header{}}}
			if tc.clock {
				rec.Reply.Header.Set("Date", rec.Ended.Add(tc.off).UTC().Format(http.TimeFormat))
			}
			is, again := call.Proof(g, req, rec)
			require.Equal(t, tc.want, is, tc.name)
			require.Equal(t, tc.again, again, tc.name)
		}
	})
}
