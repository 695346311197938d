package attempt

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/oneline"
)

// observe fills in the other fields of a, and reports it to the logger and the callback.
func (c *Call) observe(ctx context.Context, a cgw.Attempt, rec *exchange.Record, e *cgw.Error, wait time.Duration) {
	log := c.loop.Logger != nil && c.loop.Logger.Enabled(ctx, slog.LevelDebug)
	if !log && c.loop.Observe == nil {
		return
	}
	a.Op, a.Provider, a.Region = c.op, c.loop.Provider, c.loop.Region
	a.HTTPStatus, a.RequestID, a.Outcome, a.Wait = rec.Reply.Status, rec.Reply.RequestID, cgw.OutcomeApplied, wait
	if e != nil {
		a.Code, a.Outcome, a.Err = e.Code, e.Outcome, e.WithContext(ctx)
	}
	if log {
		attrs := []slog.Attr{
			text("op", a.Op), text("provider", string(a.Provider)), text("region", a.Region),
			text("action", a.Action), slog.Int("attempt", a.Number), slog.Duration("duration", a.Duration),
			slog.Int("httpStatus", a.HTTPStatus), text("requestId", a.RequestID), text("outcome", a.Outcome.String()),
		}
		if a.Err != nil {
			attrs = append(attrs, text("code", a.Code), text("error", a.Err.Error()), slog.Duration("wait", wait))
		}
		c.loop.Logger.LogAttrs(ctx, slog.LevelDebug, "cgw: attempt", attrs...)
	}
	if c.loop.Observe != nil {
		c.loop.Observe(ctx, a)
	}
}

// Fail logs the final error of a call and returns it. If ctx has ended, the result has the error of ctx
// too.
func (c *Call) Fail(ctx context.Context, err error) error {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return err
	}
	e = e.WithContext(ctx)
	if c.loop.Logger != nil && c.loop.Logger.Enabled(ctx, slog.LevelWarn) {
		c.loop.Logger.LogAttrs(ctx, slog.LevelWarn, "cgw: call failed", slog.Any("error", e))
	}
	return e
}

// Warn logs a problem with a gateway after a call that succeeded. Every attribute is logged as a text.
func (c *Call) Warn(ctx context.Context, msg, id string, attrs ...slog.Attr) {
	if c.loop.Logger == nil {
		return
	}
	all := make([]slog.Attr, 0, len(attrs)+3)
	for _, a := range attrs {
		all = append(all, text(a.Key, a.Value.String()))
	}
	all = append(all, text("op", c.op), text("provider", string(c.loop.Provider)), text("id", id))
	c.loop.Logger.LogAttrs(ctx, slog.LevelWarn, msg, all...)
}

// text returns an attribute. It shortens value to one line of at most 1 KiB, because services may send
// any text.
func text(key, value string) slog.Attr { return slog.String(key, oneline.Text(value)) }
