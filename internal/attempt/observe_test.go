package attempt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/credential"
)

// logger writes records without their time.
func logger(b *bytes.Buffer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 || a.Key == "wait" {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestRecords has all that is logged and observed of a call with two attempts that fail, and of
// one that succeeds.
func TestRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var seen []string
		loop := newLoop(func(l *attempt.Loop) {
			l.Logger = logger(&log, slog.LevelDebug)
			l.Retry.MaxAttempts = 2
			l.Observe = func(_ context.Context, a cgw.Attempt) {
				require.Equal(t, cgw.Tencent, a.Provider)
				require.Equal(t, "ap-guangzhou", a.Region)
				require.Equal(t, time.Second, a.Duration)
				require.Equal(t, time.Second, time.Since(a.Start))
				seen = append(seen, fmt.Sprint(a.Op, " ", a.Action, " ", a.Number, " ", a.HTTPStatus, " ", a.Code, " ", a.RequestID, " ", a.Outcome, " wait:", a.Wait > 0, " ", a.Err))
			}
		})
		s, r := &service{answers: []answer{{code: "Busy", takes: time.Second}, {code: "Broken", status: 500, takes: time.Second}}}, safe
		call := loop.Start(cgw.OpUpdate, "cgw-1", "")
		_, err := s.do(t, t.Context(), call, r)
		require.Equal(t, err, call.Fail(t.Context(), err))
		s, r = &service{answers: []answer{{takes: time.Second}}}, read
		_, err = s.do(t, t.Context(), loop.Start(cgw.OpGet, "cgw-1", ""), r)
		require.NoError(t, err)

		require.Equal(t, []string{
			"Update Modify 1 200 Busy request-1 not applied wait:true cgw: tencent Update cgw-1: throttled: Busy (request request-1): it went wrong",
			"Update Modify 2 500 Broken request-1 unknown wait:false cgw: tencent Update cgw-1: service unavailable: outcome unknown: Broken (request request-1): it went wrong",
			"Get Describe 1 200  request-1 applied wait:false <nil>",
		}, seen)
		const attempts = `level=DEBUG msg="cgw: attempt" op=%s provider=tencent region=ap-guangzhou action=%s attempt=%d duration=1s httpStatus=%d requestId=request-1 outcome=%s`
		require.Equal(t, []string{
			fmt.Sprintf(attempts, "Update", "Modify", 1, 200, `"not applied"`) + ` code=Busy error="cgw: tencent Update cgw-1: throttled: Busy (request request-1): it went wrong"`,
			fmt.Sprintf(attempts, "Update", "Modify", 2, 500, "unknown") + ` code=Broken error="cgw: tencent Update cgw-1: service unavailable: outcome unknown: Broken (request request-1): it went wrong"`,
			`level=WARN msg="cgw: call failed" error.op=Update error.provider=tencent error.outcome=unknown error.kind="service unavailable" error.region=ap-guangzhou error.code=Broken error.requestId=request-1 error.id=cgw-1 error.message="it went wrong" error.httpStatus=500`,
			fmt.Sprintf(attempts, "Get", "Describe", 1, 200, "applied"),
		}, strings.Split(strings.TrimSpace(log.String()), "\n"))
	})
}

// TestLevels has no record of attempts above debug, and none at all above warn.
func TestLevels(t *testing.T) {
	for level, want := range map[slog.Level]int{slog.LevelInfo: 2, slog.LevelWarn: 2, slog.LevelError: 0} {
		var log bytes.Buffer
		loop := newLoop(func(l *attempt.Loop) { l.Logger = logger(&log, level) })
		call := loop.Start(cgw.OpGet, "", "")
		s, r := &service{answers: []answer{{code: "Bad"}}}, read
		_, err := s.do(t, t.Context(), call, r)
		_ = call.Fail(t.Context(), err)
		call.Warn(t.Context(), "careful", "", slog.Int("n", 1))
		require.Equal(t, want, strings.Count(log.String(), "\n"), log.String())
		require.Equal(t, want > 0, strings.Contains(log.String(), "msg=careful n=1 op=Get provider=tencent"))
	}
}

// TestRecordsAreLines has texts of the service that are long and would break a line.
func TestRecordsAreLines(t *testing.T) {
	evil := "gw-\x1b[31m\n" + strings.Repeat("x", 8000)
	var found []slog.Value
	loop := newLoop(func(l *attempt.Loop) {
		l.Region = evil
		l.Logger = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			found = append(found, a.Value)
			return a
		}}))
	})
	call := loop.Start(cgw.OpUpdate, evil, "")
	call.Warn(t.Context(), "careful", evil, slog.String("shown", evil), slog.Any("asked", []string{evil}))
	s, r := &service{answers: []answer{{code: evil}}}, safe
	_, err := s.do(t, t.Context(), call, r)
	_ = call.Fail(t.Context(), err)
	require.Greater(t, len(found), 20)
	for _, v := range found {
		text := fmt.Sprint(v.Any())
		require.LessOrEqual(t, len(text), 1024)
		require.NotContains(t, text, "\n")
		require.NotContains(t, text, "\x1b")
	}
}

type refusing struct{ err error }

func (r refusing) Wait(context.Context) error { return r.err }

// TestLimiterRefuses has a limiter of the caller's that lets nothing pass.
func TestLimiterRefuses(t *testing.T) {
	for _, tc := range []struct {
		err  error
		says string
	}{
		{errors.New("would exceed context deadline"), "the limiter refused: would exceed context deadline"},
		{fmt.Errorf("own: %w", context.DeadlineExceeded), "the limiter refused: own: context deadline exceeded"},
		{errors.New("redis://user:pass@host is away"), "the limiter refused: [link] is away"},
	} {
		loop := newLoop(func(l *attempt.Loop) { l.Limiter = refusing{tc.err} })
		s, r := &service{answers: []answer{{}}}, unsafe
		_, err := s.do(t, t.Context(), loop.Start(cgw.OpCreate, "", ""), r)
		require.ErrorIs(t, err, cgw.ErrThrottled)
		require.ErrorContains(t, err, tc.says)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.NotContains(t, err.Error(), "pass")
		require.Zero(t, s.sent)
	}
}

// TestLimiterKeepsMaxElapsed has a limiter that lets a retry wait until after MaxElapsed: the retry is not sent, and
// the call ends with the time. The wait before the first attempt does not count.
func TestLimiterKeepsMaxElapsed(t *testing.T) {
	for _, tc := range []struct {
		name        string
		first, next time.Duration // waits
		deaf        bool          // the limiter does not look at its context
		sent        int
		took        time.Duration // at most
	}{
		{"long", 0, 10 * time.Minute, false, 1, time.Minute + 50*time.Millisecond},
		{"long, and deaf", 0, 10 * time.Minute, true, 1, 10*time.Minute + time.Second},
		{"short", 0, 20 * time.Second, false, 3, time.Minute + 50*time.Millisecond},
		{"long at first", 10 * time.Minute, 0, false, 5, 10*time.Minute + 3*time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wait := tc.first
				loop := newLoop(func(l *attempt.Loop) {
					l.Limiter = waiting(func(ctx context.Context) error {
						d := wait
						wait = tc.next
						if tc.deaf {
							time.Sleep(d)
						} else if d > 0 && !attempt.Sleep(ctx, d) {
							return ctx.Err()
						}
						return nil
					})
				})
				begin, s := time.Now(), &service{answers: []answer{{err: errors.New("cut")}}}
				_, err := s.do(t, t.Context(), loop.Start(cgw.OpGet, "", ""), read)
				require.ErrorIs(t, err, cgw.ErrUnavailable, "the last error of the service")
				require.NotErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, tc.sent, s.sent)
				require.LessOrEqual(t, time.Since(begin), tc.took)
			})
		})
	}
}

// waiting is a limiter of a caller's own.
type waiting func(context.Context) error

func (w waiting) Wait(ctx context.Context) error { return w(ctx) }

// TestLimiterAndContext has the context end while the limiter waits: the last error is kept.
func TestLimiterAndContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := newLoop(func(l *attempt.Loop) { l.Limiter = attempt.NewLimiter(0.01, nil) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		s, r := &service{answers: []answer{{code: "Busy"}}}, read
		_, err := s.do(t, ctx, loop.Start(cgw.OpGet, "", ""), r)
		require.Equal(t, time.Minute, time.Since(begin))
		require.Equal(t, 1, s.sent)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cgw.ErrThrottled)
	})
}

// TestNoLimiter sends as fast as it can.
func TestNoLimiter(t *testing.T) {
	s, r := &service{answers: []answer{{}}}, read
	_, err := s.do(t, t.Context(), newLoop(nil).Start(cgw.OpGet, "", ""), r)
	require.NoError(t, err)
}

// TestDuration: the time in which credentials are asked for again is not that of the attempt.
func TestDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := 0
		source := credential.NewSource(0, func() (int, error) {
			if keys++; keys > 1 {
				time.Sleep(3 * time.Second)
			}
			return keys, nil
		}, func(a, b int) bool { return a == b })
		var took []time.Duration
		loop := newLoop(func(l *attempt.Loop) {
			l.Observe = func(_ context.Context, a cgw.Attempt) { took = append(took, a.Duration) }
		})
		s, r := &service{answers: []answer{{code: "Keys", takes: time.Second}, {takes: time.Second}}}, read
		send := s.send(t)
		r.Try = func(ctx context.Context) error {
			if keys == 0 {
				if _, err := source.Get(ctx); err != nil {
					return err
				}
			}
			return send(ctx)
		}
		_, err := loop.Start(cgw.OpGet, "", "").Send(t.Context(), &r)
		require.NoError(t, err)
		require.Equal(t, []time.Duration{time.Second, time.Second}, took)
	})
}
