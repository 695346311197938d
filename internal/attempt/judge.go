package attempt

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// judge makes the error of one attempt, and says how it may be repeated. Its outcome is that of
// this attempt alone.
func (c *Call) judge(ctx context.Context, r *Request, rec *exchange.Record, err error) (*cgw.Error, errcode.Repeat) {
	e := c.Error(nil, cgw.OutcomeNotApplied, err)
	e.HTTPStatus, e.RequestID, e.RetryAfter = rec.Reply.Status, rec.Reply.RequestID, rec.Reply.RetryAfter
	var repeat errcode.Repeat
	var cred *credential.Error
	switch {
	case !rec.Reached && errors.As(err, &cred):
		e.Kind, e.Err = cred.Kind, cred.Err // nothing was sent
		if e.Kind != nil {
			e.Message = cred.Error()
		}
		if errors.Is(e.Kind, cgw.ErrUnavailable) {
			repeat = errcode.Wait
		}
	case !rec.Reached:
		// The SDK failed before it sent: its own environment is at fault.
		e.Err = exchange.Foreign(ctx, exchange.Clean(err))
		if !isContext(e.Err) {
			e.Kind = cgw.ErrUnavailable
		}
	case rec.Err != nil && rec.Reply.Status == 0:
		e.Err = rec.Err
		repeat = errcode.Wait
		if rec.Sent {
			e.Outcome, repeat = cgw.OutcomeUnknown, errcode.Look
		}
		if !isContext(rec.Err) {
			e.Kind = cgw.ErrUnavailable
		}
		// What failed before it was sent may be for people to fix.
		var n *exchange.NetworkError
		if !rec.Sent && errors.As(rec.Err, &n) && n.Repeat == exchange.Never {
			e.Kind, repeat = nil, errcode.Never
		} else if !rec.Sent && n != nil && n.Repeat == exchange.Once {
			repeat = errcode.Once
		}
	case rec.Reply.Code != "":
		e.Code, e.Message = rec.Reply.Code, rec.Reply.Message
		repeat = c.classify(e)
		if off := rec.ClockOff(); off != "" && errors.Is(e.Kind, cgw.ErrUnauthenticated) {
			e.Message = strings.TrimSpace(e.Message + " (" + off + ")")
		}
		if rec.Err != nil {
			e.Err = rec.Err
		}
	default:
		var bad *exchange.ReplyError
		switch {
		case rec.Err != nil:
			e.Err = rec.Err
		case !errors.As(err, &bad):
			// The SDK could not decode what was taken for a good reply. Its own text may hold
			// the whole of it.
			e.Err = &exchange.ReplyError{Status: rec.Reply.Status, Reason: "the SDK could not read the reply"}
		}
		switch {
		case isContext(e.Err):
			repeat = errcode.Look
		case errors.As(e.Err, &bad):
			repeat, e.Kind = byStatus(rec.Reply.Status)
		default: // the reply broke off, so that what its status comes with is not known
			e.Kind, repeat = cgw.ErrUnavailable, errcode.Look
		}
		e.Outcome = repeat.Outcome()
	}
	if !r.Write {
		e.Outcome = cgw.OutcomeNotApplied
	}
	if l, ok := c.loop.Limiter.(cgw.ActionLimiter); ok && errors.Is(e.Kind, cgw.ErrThrottled) {
		l.Throttled(r.Action)
	}
	return e, repeat
}

// classify fills in Kind and Outcome from the code and, where that is not known, the status.
func (c *Call) classify(e *cgw.Error) errcode.Repeat {
	if row, ok := c.loop.Codes.Lookup(e.Code); ok {
		e.Kind, e.Outcome = row.Kind, row.Repeat.Outcome()
		return row.Repeat
	}
	if e.HTTPStatus >= 400 && e.HTTPStatus < 500 {
		return errcode.Never
	}
	e.Outcome = cgw.OutcomeUnknown
	return errcode.Look
}

// byStatus classifies a reply without a code of the service: it comes from something between.
func byStatus(status int) (errcode.Repeat, error) {
	switch {
	case status == http.StatusTooManyRequests:
		return errcode.Wait, cgw.ErrThrottled
	case status >= 400 && status < 500:
		return errcode.Never, nil
	default:
		return errcode.Look, cgw.ErrUnavailable
	}
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// observe reports an attempt to the logger and the callback.
func (c *Call) observe(ctx context.Context, r *Request, begin time.Time, rec *exchange.Record, e *cgw.Error, wait time.Duration) {
	log := c.loop.Logger != nil && c.loop.Logger.Enabled(ctx, slog.LevelDebug)
	if !log && c.loop.Observe == nil {
		return
	}
	a := cgw.Attempt{
		Op: c.op, Provider: c.loop.Provider, Region: c.loop.Region, Action: r.Action, Number: r.attempts,
		Start: begin, Duration: time.Since(begin), HTTPStatus: rec.Reply.Status, RequestID: rec.Reply.RequestID,
		Outcome: cgw.OutcomeApplied, Wait: wait,
	}
	if e != nil {
		a.Code, a.Outcome, a.Err = e.Code, e.Outcome, e.WithContext(ctx)
	}
	if log {
		attrs := []slog.Attr{
			slog.String("op", a.Op), slog.String("provider", string(a.Provider)), slog.String("region", a.Region),
			slog.String("action", a.Action), slog.Int("attempt", a.Number), slog.Duration("duration", a.Duration),
			slog.Int("httpStatus", a.HTTPStatus), slog.String("requestId", a.RequestID), slog.String("outcome", a.Outcome.String()),
		}
		if a.Err != nil {
			attrs = append(attrs, slog.String("code", a.Code), slog.String("error", a.Err.Error()), slog.Duration("wait", wait))
		}
		c.loop.Logger.LogAttrs(ctx, slog.LevelDebug, "cgw: attempt", attrs...)
	}
	if c.loop.Observe != nil {
		c.loop.Observe(ctx, a)
	}
}
