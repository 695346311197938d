// Package otelcgw turns what cgw does into OpenTelemetry traces and metrics: a span for each
// operation, one for each request that it took, and what a dashboard wants to count. No
// attribute holds a secret.
package otelcgw

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/middleware"
)

const scope = "github.com/cgw-go/cgw/recipes/otel"

// Options say where to send it. Nil: the process's own providers, as otel.SetTracerProvider and
// otel.SetMeterProvider set them.
type Options struct {
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
}

func (o Options) withDefaults() Options {
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	return o
}

// Telemetry records attempts and operations. It is safe for concurrent use, by any number of
// Provisioners.
type Telemetry struct {
	tracer     trace.Tracer
	operations metric.Float64Histogram
	durations  metric.Float64Histogram
	attempts   metric.Int64Counter
	throttles  metric.Int64Counter
}

// New makes the instruments:
//
//	cgw.operation.duration  histogram, seconds: calls, with waits and repeats
//	cgw.attempt.duration    histogram, seconds: single requests
//	cgw.attempts            requests
//	cgw.throttles           requests that the service refused because there were too many
func New(o Options) (*Telemetry, error) {
	o = o.withDefaults()
	m := o.MeterProvider.Meter(scope)
	seconds := metric.WithExplicitBucketBoundaries(.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60)
	t := &Telemetry{tracer: o.TracerProvider.Tracer(scope)}
	var errs [4]error
	t.operations, errs[0] = m.Float64Histogram("cgw.operation.duration", metric.WithUnit("s"), metric.WithDescription("Duration of calls, with waits and repeats."), seconds)
	t.durations, errs[1] = m.Float64Histogram("cgw.attempt.duration", metric.WithUnit("s"), metric.WithDescription("Duration of single requests."), seconds)
	t.attempts, errs[2] = m.Int64Counter("cgw.attempts", metric.WithUnit("{attempt}"), metric.WithDescription("Requests to the clouds."))
	t.throttles, errs[3] = m.Int64Counter("cgw.throttles", metric.WithUnit("{attempt}"), metric.WithDescription("Requests refused because there were too many."))
	return t, errors.Join(errs[:]...)
}

// Observe is for Config.Observe: it records an attempt as a span of its own, below that of the
// context, and in the metrics.
func (t *Telemetry) Observe(ctx context.Context, a cgw.Attempt) {
	labels := append(common(a.Provider, a.Op, a.Err),
		attribute.String("cloud.region", a.Region),
		attribute.String("cgw.action", a.Action),
	)
	set := metric.WithAttributes(labels...)
	t.attempts.Add(ctx, 1, set)
	t.durations.Record(ctx, a.Duration.Seconds(), set)
	if errors.Is(a.Err, cgw.ErrThrottled) {
		t.throttles.Add(ctx, 1, set)
	}

	details := []attribute.KeyValue{attribute.Int("cgw.attempt", a.Number), attribute.String("cgw.outcome", a.Outcome.String())}
	if a.HTTPStatus != 0 {
		details = append(details, attribute.Int("http.response.status_code", a.HTTPStatus))
	}
	if a.RequestID != "" {
		details = append(details, attribute.String("cgw.request_id", a.RequestID))
	}
	if a.Wait > 0 {
		details = append(details, attribute.Float64("cgw.wait", a.Wait.Seconds()))
	}
	_, span := t.tracer.Start(ctx, a.Action, trace.WithTimestamp(a.Start), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(labels...), trace.WithAttributes(details...))
	failed(span, a.Err)
	span.End(trace.WithTimestamp(a.Start.Add(a.Duration)))
}

// started is when an operation began, in its context.
type started struct{}

// Wrap returns a Provisioner that does what p does, within a span for each operation. It wears
// cgw's own hooks, so that what p can do beyond the roles stays reachable with cgw.As.
func (t *Telemetry) Wrap(p cgw.Provisioner) cgw.Provisioner {
	return middleware.WithHooks(p, middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			ctx, span := t.tracer.Start(ctx, "cgw."+op.Op, trace.WithAttributes(common(op.Provider, op.Op, nil)...))
			if op.ID != "" {
				span.SetAttributes(attribute.String("cgw.gateway.id", op.ID))
			}
			return context.WithValue(ctx, started{}, time.Now()), nil
		},
		After: func(ctx context.Context, op middleware.Operation, done middleware.Done) {
			span := trace.SpanFromContext(ctx)
			if done.Gateway.ID != "" {
				span.SetAttributes(attribute.String("cgw.gateway.id", done.Gateway.ID), attribute.String("cloud.region", done.Gateway.Region))
			}
			if op.Op == cgw.OpList {
				span.SetAttributes(attribute.Int("cgw.count", done.Count))
			}
			labels := common(op.Provider, op.Op, done.Err)
			if done.Err != nil {
				span.SetAttributes(labels...)
				span.SetAttributes(attribute.String("cgw.outcome", cgw.OutcomeOf(done.Err).String()))
			}
			failed(span, done.Err)
			span.End()
			if begin, ok := ctx.Value(started{}).(time.Time); ok {
				t.operations.Record(ctx, time.Since(begin).Seconds(), metric.WithAttributes(labels...))
			}
		},
	})
}

// common returns the attributes that spans and metrics share. Each has few values: IDs, names
// and addresses of gateways are not among them, or each gateway would be a series of its own.
func common(provider cgw.Provider, op string, err error) []attribute.KeyValue {
	labels := []attribute.KeyValue{attribute.String("cgw.provider", string(provider)), attribute.String("cgw.operation", op)}
	if err != nil {
		labels = append(labels, attribute.String("error.type", errorType(err)))
	}
	return labels
}

// errorType returns the service's code, or else the kind of the error.
func errorType(err error) string {
	var e *cgw.Error
	switch {
	case errors.As(err, &e) && e.Code != "":
		return e.Code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "context ended"
	case e != nil && e.Kind != nil:
		return e.Kind.Error()
	default:
		return "_OTHER" // as OpenTelemetry's conventions have it
	}
}

func failed(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error()) // cgw's texts hold no secret
	}
}
