package middleware

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// WithLogging returns a Provisioner that logs each operation of p when it has ended: reads at debug
// level, writes at info, failures at warn, with the error's fields. Every text in a record is one
// line of at most 1 KiB, and no record holds a secret. A nil logger logs nothing.
func WithLogging(p cgw.Provisioner, logger *slog.Logger) cgw.Provisioner {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return WithHooks(p, Hooks{
		Before: func(ctx context.Context, _ Operation) (context.Context, error) {
			return context.WithValue(ctx, startKey{logger}, time.Now()), nil
		},
		After: func(ctx context.Context, op Operation, done Done) {
			level := slog.LevelInfo
			switch {
			case done.Err != nil:
				level = slog.LevelWarn
			case op.Op == cgw.OpGet, op.Op == cgw.OpList:
				level = slog.LevelDebug
			}
			if logger.Enabled(ctx, level) {
				logger.LogAttrs(ctx, level, "cgw: "+strings.ToLower(op.Op), op.attrs(wrapped{p}.location().Region, ctx.Value(startKey{logger}), done)...)
			}
		},
	})
}

// startKey finds in a context when its operation began. Each logger has its own.
type startKey struct{ logger *slog.Logger }

func (op Operation) attrs(region string, start any, done Done) []slog.Attr {
	var attrs []slog.Attr
	id, provider := op.ID, op.Provider
	if done.Gateway.ID != "" {
		id, provider = done.Gateway.ID, done.Gateway.Provider
	}
	address := op.Create.IPAddress
	if op.Op == cgw.OpList {
		address = op.Filter.IPAddress
	}
	for _, a := range []struct{ key, value string }{
		{"provider", string(provider)}, {"region", cmp.Or(done.Gateway.Region, region)}, {"id", id}, {"name", op.Create.Name},
		{"requestId", done.Gateway.RequestID},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, oneline.Text(a.value)))
		}
	}
	if address.IsValid() {
		attrs = append(attrs, slog.String("ipAddress", address.Unmap().String()))
	}
	if op.Op == cgw.OpList {
		attrs = append(attrs, slog.Int("count", done.Count))
	}
	if t, ok := start.(time.Time); ok {
		attrs = append(attrs, slog.Duration("duration", time.Since(t)))
	}
	if done.Err != nil {
		attrs = append(attrs, slog.Attr{Key: "error", Value: clean(slog.AnyValue(done.Err))})
	}
	return attrs
}

// clean returns v with every text made one line of at most 1 KiB: services may send anything.
func clean(v slog.Value) slog.Value {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.StringValue(oneline.Text(v.String()))
	case slog.KindGroup:
		attrs := slices.Clone(v.Group())
		for i, a := range attrs {
			attrs[i].Value = clean(a.Value)
		}
		return slog.GroupValue(attrs...)
	case slog.KindAny:
		switch any := v.Any().(type) {
		case error:
			return slog.StringValue(oneline.Text(any.Error()))
		case []string:
			return slog.StringValue(oneline.Text(strings.Join(any, " ")))
		}
	}
	return v
}
