package attempt

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// CredentialError is what a send function returns when there are no credentials to sign with.
type CredentialError struct{ Err error }

func (e *CredentialError) Error() string { return "credentials: " + e.Err.Error() }
func (e *CredentialError) Unwrap() error { return e.Err }

// NoCredentials is the error of a search for credentials that found none.
func NoCredentials(ctx context.Context, provider cgw.Provider, err error) error {
	e := &cgw.Error{Op: cgw.OpDefaultCredentials, Provider: provider, Outcome: cgw.OutcomeNotApplied}
	var cred *CredentialError
	if errors.As(err, &cred) {
		err = cred.Err
	}
	if e.Err = exchange.Foreign(ctx, exchange.CleanSource(err)); !isContext(e.Err) {
		e.Kind = cgw.ErrUnauthenticated
	}
	return e.WithContext(ctx)
}

// judge makes the error of one attempt, and says how it may be repeated. Its outcome is that of
// this attempt alone.
func (c *Call) judge(ctx context.Context, r *Request, rec *exchange.Record, err error) (*cgw.Error, errcode.Repeat) {
	e := c.Error(nil, cgw.OutcomeNotApplied, err)
	e.HTTPStatus, e.RequestID, e.RetryAfter = rec.Reply.Status, rec.Reply.RequestID, rec.Reply.RetryAfter
	var repeat errcode.Repeat
	var cred *CredentialError
	switch {
	case !rec.Reached && errors.As(err, &cred):
		// Nothing was sent, and a source that fails may recover.
		e.Err, repeat = exchange.Foreign(ctx, exchange.CleanSource(cred.Err)), errcode.Wait
		if !isContext(e.Err) {
			e.Kind, e.Message = cgw.ErrUnauthenticated, "credentials: "+e.Err.Error()
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
	case rec.Reply.Code != "":
		e.Code, e.Message = rec.Reply.Code, rec.Reply.Message
		repeat = c.classify(e)
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
