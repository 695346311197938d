package otelcgw

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	authKey = "madeUpBGPKey"
	keyID   = "madeUpKeyID"
	key     = "madeUpKey"
	token   = "madeUpSessionToken"
)

var berlin = cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-berlin"}

// sdk is OpenTelemetry's SDK, in memory.
type sdk struct {
	Options
	spans  *tracetest.SpanRecorder
	reader *metric.ManualReader
}

func newSDK() sdk {
	s := sdk{spans: tracetest.NewSpanRecorder(), reader: metric.NewManualReader()}
	s.TracerProvider = trace.NewTracerProvider(trace.WithSpanProcessor(s.spans))
	s.MeterProvider = metric.NewMeterProvider(metric.WithReader(s.reader))
	return s
}

// clouds start an emulator that has the faults, and wrap a Provisioner of it. Its requests go
// through transport.
var clouds = map[cgw.Provider]func(*testing.T, *Telemetry, func(http.RoundTripper) http.RoundTripper, ...wire.Fault) cgw.Provisioner{
	cgw.Tencent: func(t *testing.T, telemetry *Telemetry, transport func(http.RoundTripper) http.RoundTripper, faults ...wire.Fault) cgw.Provisioner {
		s := tencenttest.NewServer(tencenttest.Options{Faults: faults, SecretID: keyID, SecretKey: key, Token: token})
		t.Cleanup(s.Close)
		cfg := s.Config()
		cfg.Observe = telemetry.Observe
		cfg.HTTPClient.Transport = transport(cfg.HTTPClient.Transport)
		p, err := tencent.New(cfg)
		require.NoError(t, err)
		return telemetry.Wrap(p)
	},
	cgw.Alibaba: func(t *testing.T, telemetry *Telemetry, transport func(http.RoundTripper) http.RoundTripper, faults ...wire.Fault) cgw.Provisioner {
		s := alibabatest.NewServer(alibabatest.Options{Faults: faults, AccessKeyID: keyID, AccessKeySecret: key, SecurityToken: token})
		t.Cleanup(s.Close)
		cfg := s.Config()
		cfg.Observe = telemetry.Observe
		cfg.HTTPClient.Transport = transport(cfg.HTTPClient.Transport)
		p, err := alibaba.New(cfg)
		require.NoError(t, err)
		return telemetry.Wrap(p)
	},
}

func plain(next http.RoundTripper) http.RoundTripper { return next }

var throttle = map[cgw.Provider]string{cgw.Tencent: "RequestLimitExceeded", cgw.Alibaba: "Throttling.User"}

func attributes(kv []attribute.KeyValue) map[string]any {
	m := map[string]any{}
	for _, a := range kv {
		m[string(a.Key)] = a.Value.AsInterface()
	}
	return m
}

// TestSpans: a create whose first request is throttled is a span with two below it.
func TestSpans(t *testing.T) {
	for provider, start := range clouds {
		t.Run(string(provider), func(t *testing.T) {
			s := newSDK()
			telemetry, err := New(s.Options)
			require.NoError(t, err)
			p := start(t, telemetry, plain, wire.Fault{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: throttle[provider]})
			ctx, root := s.TracerProvider.Tracer("test").Start(t.Context(), "root")
			g, err := p.Create(ctx, berlin)
			require.NoError(t, err)
			root.End()

			ended := s.spans.Ended()
			require.Len(t, ended, 4)
			first, second, operation := ended[0], ended[1], ended[2]
			require.Equal(t, "cgw.Create", operation.Name())
			require.Equal(t, root.SpanContext().SpanID(), operation.Parent().SpanID())
			require.Equal(t, map[string]any{
				"cgw.provider": string(provider), "cgw.operation": "Create", "cgw.gateway.id": g.ID, "cloud.region": g.Region,
			}, attributes(operation.Attributes()))
			require.Equal(t, codes.Unset, operation.Status().Code)
			for n, attempt := range []trace.ReadOnlySpan{first, second} {
				require.Equal(t, "CreateCustomerGateway", attempt.Name())
				require.Equal(t, oteltrace.SpanKindClient, attempt.SpanKind())
				require.Equal(t, operation.SpanContext().SpanID(), attempt.Parent().SpanID())
				require.Equal(t, root.SpanContext().TraceID(), attempt.SpanContext().TraceID())
				require.False(t, attempt.StartTime().Before(operation.StartTime()))
				require.False(t, attempt.EndTime().After(operation.EndTime()))
				have := attributes(attempt.Attributes())
				require.EqualValues(t, n+1, have["cgw.attempt"])
				require.Equal(t, g.Region, have["cloud.region"])
				require.NotEmpty(t, have["cgw.request_id"])
				require.NotZero(t, have["http.response.status_code"])
			}
			require.False(t, second.StartTime().Before(first.EndTime()))
			require.Equal(t, codes.Error, first.Status().Code)
			require.Contains(t, first.Status().Description, "throttled")
			have := attributes(first.Attributes())
			require.Equal(t, throttle[provider], have["error.type"])
			require.Equal(t, "not applied", have["cgw.outcome"])
			require.Positive(t, have["cgw.wait"])
			require.Equal(t, codes.Unset, second.Status().Code)
			require.Equal(t, "applied", attributes(second.Attributes())["cgw.outcome"])
			require.NotContains(t, attributes(second.Attributes()), "error.type")
		})
	}
}

// TestTimes: the span of a request, which is made when it has ended, is as long as that was.
func TestTimes(t *testing.T) {
	s := newSDK()
	telemetry, err := New(s.Options)
	require.NoError(t, err)
	begin := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	telemetry.Observe(t.Context(), cgw.Attempt{Action: "A", Start: begin, Duration: time.Minute})
	require.Equal(t, begin, s.spans.Ended()[0].StartTime())
	require.Equal(t, begin.Add(time.Minute), s.spans.Ended()[0].EndTime())
}

// TestErrors: how an operation that fails is shown.
func TestErrors(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name    string
		ctx     context.Context
		err     error
		errType string
		outcome string
	}{
		{"a code", t.Context(), &cgw.Error{Op: cgw.OpGet, Kind: cgw.ErrThrottled, Code: "Throttling.User", Outcome: cgw.OutcomeNotApplied}, "Throttling.User", "not applied"},
		{"a kind", t.Context(), cgw.ErrInUse, "in use", "not applied"},
		{"a lost reply", t.Context(), cgw.ErrUnavailable, "service unavailable", "unknown"},
		{"neither", t.Context(), fmt.Errorf("odd"), "_OTHER", "unknown"},
		{"an ended context", ended, nil, "context ended", "not applied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSDK()
			telemetry, err := New(s.Options)
			require.NoError(t, err)
			p := telemetry.Wrap(&cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpDelete, Err: test.err}}})
			err = p.Delete(test.ctx, "cgw-1")
			require.Error(t, err)
			span := s.spans.Ended()[0]
			require.Equal(t, "cgw.Delete", span.Name())
			require.Equal(t, codes.Error, span.Status().Code)
			require.Equal(t, err.Error(), span.Status().Description)
			have := attributes(span.Attributes())
			require.Equal(t, test.errType, have["error.type"])
			require.Equal(t, test.outcome, have["cgw.outcome"])
			require.Equal(t, "cgw-1", have["cgw.gateway.id"])
		})
	}
}

// TestList: a list is one span, also when the loop is left early.
func TestList(t *testing.T) {
	s := newSDK()
	telemetry, err := New(s.Options)
	require.NoError(t, err)
	cloud := &cgwtest.Fake{}
	cloud.Seed(cgw.Gateway{}, cgw.Gateway{}, cgw.Gateway{})
	for range telemetry.Wrap(cloud).List(t.Context(), cgw.Filter{}) {
		break
	}
	require.Len(t, s.spans.Ended(), 1)
	require.EqualValues(t, 1, attributes(s.spans.Ended()[0].Attributes())["cgw.count"])
}

// TestMetrics counts a throttled create and a list, by all the labels.
func TestMetrics(t *testing.T) {
	for provider, start := range clouds {
		t.Run(string(provider), func(t *testing.T) {
			s := newSDK()
			telemetry, err := New(s.Options)
			require.NoError(t, err)
			p := start(t, telemetry, plain, wire.Fault{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: throttle[provider]})
			g, err := p.Create(t.Context(), berlin)
			require.NoError(t, err)
			_, err = cgw.Collect(p.List(t.Context(), cgw.Filter{IDs: []string{g.ID}, Name: g.Name}))
			require.NoError(t, err)

			label := func(op, action, failed string) attribute.Set {
				kv := []attribute.KeyValue{attribute.String("cgw.provider", string(provider)), attribute.String("cgw.operation", op)}
				if action != "" {
					kv = append(kv, attribute.String("cgw.action", action), attribute.String("cloud.region", g.Region))
				}
				if failed != "" {
					kv = append(kv, attribute.String("error.type", failed))
				}
				return attribute.NewSet(kv...)
			}
			counts := s.counts(t)
			require.EqualValues(t, 1, counts["cgw.attempts"][label("Create", "CreateCustomerGateway", throttle[provider])])
			require.EqualValues(t, 1, counts["cgw.attempts"][label("Create", "CreateCustomerGateway", "")])
			require.EqualValues(t, 1, counts["cgw.attempts"][label("List", "DescribeCustomerGateways", "")])
			require.Equal(t, counts["cgw.attempts"], counts["cgw.attempt.duration"])
			require.Equal(t, map[attribute.Set]uint64{label("Create", "CreateCustomerGateway", throttle[provider]): 1}, counts["cgw.throttles"])
			require.Equal(t, map[attribute.Set]uint64{label("Create", "", ""): 1, label("List", "", ""): 1}, counts["cgw.operation.duration"])
		})
	}
}

// counts returns what each instrument counted, by attributes.
func (s sdk) counts(t *testing.T) map[string]map[attribute.Set]uint64 {
	all := map[string]map[attribute.Set]uint64{}
	for _, m := range s.collect(t) {
		values := map[attribute.Set]uint64{}
		switch data := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, p := range data.DataPoints {
				values[p.Attributes] = uint64(p.Value)
			}
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				require.Positive(t, p.Sum)
				require.Less(t, p.Sum, time.Minute.Seconds())
				values[p.Attributes] = p.Count
			}
		}
		all[m.Name] = values
	}
	return all
}

func (s sdk) collect(t *testing.T) []metricdata.Metrics {
	var rm metricdata.ResourceMetrics
	require.NoError(t, s.reader.Collect(t.Context(), &rm))
	var all []metricdata.Metrics
	for _, scope := range rm.ScopeMetrics {
		all = append(all, scope.Metrics...)
	}
	return all
}

// everything is all text that leaves the process.
func (s sdk) everything(t *testing.T) string {
	var b strings.Builder
	for _, span := range tracetest.SpanStubsFromReadOnlySpans(s.spans.Ended()) {
		fmt.Fprintf(&b, "%s %v %v %v %v\n", span.Name, span.Status, span.Attributes, span.Events, span.Links)
		for _, a := range span.Attributes {
			fmt.Fprintln(&b, a.Key, a.Value.AsInterface())
		}
	}
	for _, m := range s.collect(t) {
		fmt.Fprintf(&b, "%+v\n", m)
	}
	return b.String()
}
