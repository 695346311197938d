package otelcgw

import (
	"context"
	"net/http"
	"net/url"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
)

// Transport returns base with OpenTelemetry's own spans and metrics of HTTP, for the Transport
// of Config.HTTPClient. A nil base is http.DefaultTransport.
//
// otelhttp writes the whole URL into each span, and Alibaba's SDK sends all parameters in the
// URL, an AuthKey among them: so it is shown a URL without its query. Nothing is added to the
// requests, which are signed, and whose readers are not of your trace.
func Transport(base http.RoundTripper, o Options) http.RoundTripper {
	o = o.withDefaults()
	if base == nil {
		base = http.DefaultTransport
	}
	return hide{base, otelhttp.NewTransport(restore{base},
		otelhttp.WithTracerProvider(o.TracerProvider),
		otelhttp.WithMeterProvider(o.MeterProvider),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()),
	)}
}

// trueURL is the URL of a request, in its context.
type trueURL struct{}

// hide takes the query away from what is below it, down to a restore.
type hide struct{ base, next http.RoundTripper }

// CloseIdleConnections is what http.Client looks for, and passes on.
func (h hide) CloseIdleConnections() {
	if c, ok := h.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (h hide) RoundTrip(r *http.Request) (*http.Response, error) {
	bare := *r.URL
	bare.RawQuery = ""
	hidden := r.WithContext(context.WithValue(r.Context(), trueURL{}, r.URL))
	hidden.URL = &bare
	return h.next.RoundTrip(hidden)
}

type restore struct{ next http.RoundTripper }

func (s restore) RoundTrip(r *http.Request) (*http.Response, error) {
	if u, ok := r.Context().Value(trueURL{}).(*url.URL); ok {
		r = r.WithContext(r.Context())
		r.URL = u
	}
	return s.next.RoundTrip(r)
}
