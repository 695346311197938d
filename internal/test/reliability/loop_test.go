package reliability_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// TestContextEndsInBackoff tests that a call whose context ends during a backoff returns at once,
// with the error of the context and the last error of the API.
func TestContextEndsInBackoff(t *testing.T) {
	ops := []string{cgw.OpCreate, cgw.OpGet, cgw.OpList, cgw.OpUpdate, cgw.OpDelete}
	unhurried := cgw.RetryPolicy{MaxAttempts: 9, MaxElapsed: 9 * time.Hour, MinBackoff: time.Hour, MaxBackoff: time.Hour}
	for _, c := range clouds() {
		for _, op := range ops {
			for _, row := range []struct {
				name   string
				fault  wire.Fault
				code   string
				kind   error
				writes cgw.Outcome
			}{
				{"throttled", wire.Fault{Effect: wire.Refuse, Code: c.throttled}, c.throttled, cgw.ErrThrottled, cgw.OutcomeNotApplied},
				{"service failed", wire.Fault{Effect: wire.Refuse, Code: c.internal}, c.internal, cgw.ErrUnavailable, cgw.OutcomeUnknown},
				{"HTML 502", wire.Fault{Effect: wire.Replace, Status: http.StatusBadGateway, Body: "<html>"}, "", cgw.ErrUnavailable, cgw.OutcomeUnknown},
				{"reset", wire.Fault{Effect: wire.Abort}, "", cgw.ErrUnavailable, cgw.OutcomeUnknown},
			} {
				t.Run(c.name+"/"+op+"/"+row.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s, p := inMemory(t, c, options{}, settings{retry: unhurried})
						id := ready(s, op)
						row.fault.Times = -1
						s.Inject(row.fault)
						// The random wait, of up to an hour, does not end within a nanosecond.
						ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
						defer cancel()
						begin := time.Now()
						_, err := operate(ctx, c, p, op, id)
						require.Equal(t, time.Nanosecond, time.Since(begin))
						require.ErrorIs(t, err, context.DeadlineExceeded)
						require.ErrorIs(t, err, row.kind)
						var e *cgw.Error
						require.ErrorAs(t, err, &e)
						require.Equal(t, row.code, e.Code)
						want := cgw.OutcomeNotApplied
						if op == cgw.OpCreate || op == cgw.OpDelete {
							want = row.writes
						}
						require.Equal(t, want, e.Outcome)
						require.Equal(t, want == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
					})
				})
			}
		}
	}
}

// TestContextEndsInPatience tests the same while a create waits for reads that lag.
func TestContextEndsInPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := inMemory(t, tencentCloud(), options{lag: time.Hour}, settings{})
		s.Inject(lost(wire.AfterCommit))
		ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errors.New("a cause"))
		defer cancel()
		begin := time.Now()
		_, err := p.Create(ctx, create1())
		require.Equal(t, 5*time.Second, time.Since(begin))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cgw.ErrAlreadyExists) // the service's last answer
		require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
		require.Len(t, s.held(), 1)
	})
}

// TestBounds tests that the policy limits attempts and time, and that a wait is as long as the
// service asks.
func TestBounds(t *testing.T) {
	throttle := func(c *cloud, times int) wire.Fault {
		return wire.Fault{Effect: wire.Refuse, Code: c.throttled, Times: times}
	}
	busy := wire.Fault{Effect: wire.Replace, Status: http.StatusServiceUnavailable, Header: header("Retry-After", "7"), Times: 2}
	for _, c := range clouds() {
		for _, row := range []struct {
			name     string
			policy   cgw.RetryPolicy
			fault    wire.Fault
			requests int
			least    time.Duration
			most     time.Duration
			failed   bool
		}{
			{"told to try later, by default", cgw.RetryPolicy{}, throttle(c, -1), 0, 55 * time.Second, time.Minute, true},
			{"attempts", cgw.RetryPolicy{MaxAttempts: 5}, throttle(c, -1), 5, 0, 3 * time.Second, true},
			{"off", cgw.RetryPolicy{MaxAttempts: 1}, throttle(c, -1), 1, 0, 0, true},
			{"many attempts in little time", cgw.RetryPolicy{MaxAttempts: 1000, MaxElapsed: 30 * time.Second}, throttle(c, -1), 0, 25 * time.Second, 30 * time.Second, true},
			{"as long as asked", cgw.RetryPolicy{}, busy, 3, 14 * time.Second, 15 * time.Second, false},
			{"asked for longer than there is", cgw.RetryPolicy{MaxElapsed: 5 * time.Second}, busy, 1, 0, 0, true},
		} {
			t.Run(c.name+"/"+row.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, p := inMemory(t, c, options{}, settings{retry: row.policy})
					id := ready(s, cgw.OpDelete)
					s.Inject(row.fault)
					begin := time.Now()
					err := p.Delete(t.Context(), id)
					require.Equal(t, row.failed, err != nil, "%v", err)
					if row.requests > 0 {
						require.Equal(t, row.requests, s.Count(c.actions[cgw.OpDelete][0]))
					}
					require.GreaterOrEqual(t, time.Since(begin), row.least)
					require.LessOrEqual(t, time.Since(begin), row.most)
				})
			})
		}
	}
}
