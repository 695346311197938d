package attempt

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// judge returns the error of one attempt, and says whether the request may be repeated. The outcome in
// the error is the outcome of this attempt alone.
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
		// The SDK failed before it sent the request. The fault is in its environment, such as a file.
		e.Err = exchange.Detach(ctx, exchange.Clean(err))
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
		// Limit the retries if a person may have to fix something first.
		var n *exchange.NetworkError
		switch {
		case !errors.As(rec.Err, &n):
		case n.Permanence == exchange.MaybePermanent && rec.Sent:
			repeat = errcode.LookOnce
		case n.Permanence == exchange.MaybePermanent:
			repeat = errcode.Once
		case n.Permanence == exchange.Permanent && !rec.Sent:
			e.Kind, repeat = nil, errcode.Never
		}
	case rec.Reply.Code != "":
		e.Code, e.Message = rec.Reply.Code, rec.Reply.Message
		if e.Err == nil { // the driver returned no error
			e.Err = &exchange.ReplyError{Reason: "an error of the API"}
		}
		repeat = c.classify(r, e)
		if off := rec.ClockOff(); off != "" && errors.Is(e.Kind, cgw.ErrUnauthenticated) {
			e.Message = strings.TrimSpace(e.Message + " (" + off + ")")
		}
		if rec.Err != nil {
			e.Err = rec.Err
		}
		if errors.Is(e.Kind, cgw.ErrPermissionDenied) {
			e.Err = &denied{r.Action, e.Err}
		}
	default:
		var bad *exchange.ReplyError
		switch {
		case rec.Err != nil:
			e.Err = rec.Err
		case !errors.As(err, &bad):
			// The SDK could not decode a reply that Inspect had accepted. The text of its error may
			// quote the whole reply.
			e.Err = &exchange.ReplyError{Reason: "the SDK could not read the reply"}
		}
		switch {
		case isContext(e.Err):
			repeat = errcode.Look
		case errors.As(e.Err, &bad):
			repeat, e.Kind = byStatus(&rec.Reply)
		default: // the reply ended too early, and its status alone does not show the outcome
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

// denied is the error of a request for which the caller has no permission. It tells cgw.Error the
// name of the action, because permissions for tags and for gateways are granted separately. The
// service's message is not changed.
type denied struct {
	action string
	err    error
}

func (d *denied) Error() string         { return d.err.Error() }
func (d *denied) Unwrap() error         { return d.err }
func (d *denied) RefusedAction() string { return d.action }

// classify fills in Kind and Outcome from the code. If the code is not known, it uses the status.
func (c *Call) classify(r *Request, e *cgw.Error) errcode.Repeat {
	row, known := c.loop.Codes.Lookup(e.Code, e.Message)
	if !known && !refused(e.HTTPStatus) {
		row = errcode.Row{Repeat: errcode.LookOnce}
	}
	if e.HTTPStatus == http.StatusTooManyRequests || !known && e.RetryAfter > 0 {
		row = throttled(row.Repeat)
	}
	e.Kind, e.Outcome = row.Kind, row.Repeat.Outcome()
	if !c.answers(r, row.Kind) {
		e.Kind = cgw.ErrInvalidArgument
	}
	return row.Repeat
}

// refused reports whether a status means that the request was not executed. 408 and 425 do not mean it:
// a proxy that answers with one of them may have sent the request to the service before.
func refused(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooEarly
}

// throttled returns the row for a reply that asks to slow down. r is the class that its code has without
// that. If r says that the request may have been executed, so does the row.
func throttled(r errcode.Repeat) errcode.Row {
	if r.Outcome() == cgw.OutcomeUnknown {
		return errcode.Row{Kind: cgw.ErrThrottled, Repeat: errcode.Look}
	}
	return errcode.Row{Kind: cgw.ErrThrottled, Repeat: errcode.Wait}
}

// answers reports whether this kind of error makes sense for this request. If it does not, the code is
// about something other than the gateway, or about a field that the request does not have. The error is
// then ErrInvalidArgument.
func (c *Call) answers(r *Request, kind error) bool {
	create := c.op == cgw.OpCreate && r.Write
	switch kind {
	case cgw.ErrAlreadyExists: //nolint:errorlint // a Kind is a bare sentinel
		return create
	case cgw.ErrNotFound:
		return !create
	case cgw.ErrInUse:
		return r.Write && !create
	case cgw.ErrTokenMismatch:
		return r.Write
	case cgw.ErrInvalidName, cgw.ErrInvalidDescription, cgw.ErrInvalidASN, cgw.ErrInvalidIPAddress:
		return c.op != cgw.OpGet && c.op != cgw.OpDelete
	default:
		return true
	}
}

// byStatus classifies a reply without an error code: something between cgw and the service, such as a
// proxy, sent it.
func byStatus(r *exchange.Reply) (errcode.Repeat, error) {
	switch {
	case r.Status == http.StatusTooManyRequests,
		refused(r.Status) && r.RetryAfter > 0 && r.Status != http.StatusProxyAuthRequired: // a wrong password stays wrong
		return errcode.Wait, cgw.ErrThrottled
	case refused(r.Status):
		return errcode.Never, nil
	case r.Status >= 300 && r.Status < 400: // the endpoint is wrong, or a server behind the service redirects
		return errcode.LookOnly, nil
	default:
		return errcode.Look, cgw.ErrUnavailable
	}
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
