// Demo prints the traces and metrics of a few calls on both clouds, which are emulators in this
// process. One request is throttled, and one reply is lost.
//
//	go run ./demo
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	otelcgw "github.com/cgw-go/cgw/recipes/otel"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// In a program these are the exporters of its choice.
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	telemetry, err := otelcgw.New(otelcgw.Options{TracerProvider: tracers, MeterProvider: meters})
	if err != nil {
		return err
	}

	onTencent := tencenttest.NewServer(tencenttest.Options{Faults: []wire.Fault{
		{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Abort},
	}})
	defer onTencent.Close()
	tencentConfig := onTencent.Config()
	tencentConfig.Observe = telemetry.Observe
	t, err := tencent.New(tencentConfig)
	if err != nil {
		return err
	}
	defer t.Close()

	onAlibaba := alibabatest.NewServer(alibabatest.Options{Faults: []wire.Fault{
		{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: "Throttling.User"},
	}})
	defer onAlibaba.Close()
	alibabaConfig := onAlibaba.Config()
	alibabaConfig.Observe = telemetry.Observe
	a, err := alibaba.New(alibabaConfig)
	if err != nil {
		return err
	}
	defer a.Close()

	for _, p := range []cgw.Provisioner{telemetry.Wrap(t), telemetry.Wrap(a)} {
		req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-berlin"}
		g, err := p.Create(ctx, req)
		if err != nil {
			return err
		}
		if err := p.Delete(ctx, g.ID); err != nil {
			return err
		}
	}
	printSpans(out, spans.GetSpans())
	var metrics metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &metrics); err != nil {
		return err
	}
	printCounts(out, metrics)
	return nil
}

// printSpans writes the spans as trees.
func printSpans(out io.Writer, spans tracetest.SpanStubs) {
	slices.SortStableFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	below := map[oteltrace.SpanID]tracetest.SpanStubs{}
	for _, s := range spans {
		below[s.Parent.SpanID()] = append(below[s.Parent.SpanID()], s)
	}
	var tree func(parent oteltrace.SpanID, indent string)
	tree = func(parent oteltrace.SpanID, indent string) {
		for _, s := range below[parent] {
			fmt.Fprintf(out, "%s%s", indent, s.Name)
			for _, a := range s.Attributes {
				switch a.Key {
				case "cgw.provider", "cgw.attempt", "error.type", "cgw.outcome":
					fmt.Fprintf(out, " %s=%s", a.Key, a.Value.String())
				}
			}
			if s.Status.Code == codes.Error {
				fmt.Fprint(out, " ERROR")
			}
			fmt.Fprintln(out)
			tree(s.SpanContext.SpanID(), indent+"  ")
		}
	}
	tree(oteltrace.SpanID{}, "")
}

// printCounts writes the counters and how many values each histogram has.
func printCounts(out io.Writer, all metricdata.ResourceMetrics) {
	var lines []string
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			var n uint64
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					n += uint64(p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					n += p.Count
				}
			}
			lines = append(lines, fmt.Sprintf("%s: %d", m.Name, n))
		}
	}
	slices.SortFunc(lines, cmp.Compare[string])
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
}
