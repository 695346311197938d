package attempt_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestStatusIsSaidOnce has every kind of exchange.ReplyError: the text, the log record and the cause of
// a cgw.Error say the HTTP status once altogether.
func TestStatusIsSaidOnce(t *testing.T) {
	screened := func(*exchange.Reply) error { return &exchange.ReplyError{Reason: "not JSON"} }
	coded := func(r *exchange.Reply) error { r.Code = "Brand.New"; return nil }
	read := func(r *exchange.Reply) error { r.Succeeded(); return nil }
	decode := func(rec *exchange.Record) error { return rec.Decode(new(struct{})) }
	for _, tc := range []struct {
		name    string
		status  int
		body    string
		inspect func(*exchange.Reply) error
		driver  func(*exchange.Record) error // makes an error of a reply that inspect takes
		want    string
	}{
		{"screened", 502, "<html>", screened, nil, "service unavailable: HTTP 502: not JSON"},
		{"screened success", 200, "<html>", screened, nil, "service unavailable: HTTP 200: not JSON"},
		{"screened refusal", 404, "<html>", screened, nil, "HTTP 404: not JSON"},
		{"screened, busy", 429, "<html>", screened, nil, "throttled: HTTP 429: not JSON"},
		{"redirect", 302, "", nil, nil, "HTTP 302: the endpoint redirects: check its scheme and host, and any proxy"},
		{"proxy", 407, "", nil, nil, "HTTP 407: the proxy refused: Proxy Authentication Required"},
		{"too long", 200, strings.Repeat("x", exchange.MaxReply+1), nil, nil, "service unavailable: HTTP 200: reply is larger than 3 MiB"},
		{"too many values", 200, "[" + strings.Repeat("0,", 20_000) + "0]", nil, nil, "service unavailable: HTTP 200: reply holds more than 16000 values"},
		{"incomplete", 200, "{}", read, func(*exchange.Record) error { return exchange.Incomplete("an ID") }, "service unavailable: HTTP 200: the reply lacks an ID"},
		{"incomplete, created", 201, "{}", read, func(*exchange.Record) error { return exchange.Incomplete("an ID") }, "service unavailable: HTTP 201: the reply lacks an ID"},
		{"not acknowledged", 200, "{}", read, func(*exchange.Record) error { return exchange.Acknowledged("") }, "service unavailable: HTTP 200: the reply lacks a request ID"},
		{"half of a JSON", 200, `{"a":`, read, decode, "service unavailable: HTTP 200: not the JSON that the API documents"},
		{"for the SDK alone", 200, "{}", func(*exchange.Reply) error { return nil }, decode, "service unavailable: HTTP 200: an error of the API"},
		{"the SDK fails", 200, "{}", read, func(*exchange.Record) error { return errors.New("HTTP 200: {}") }, "service unavailable: HTTP 200: the SDK could not read the reply"},
		{"a code", 500, "{}", coded, nil, "Brand.New"}, // stands in place of the status
	} {
		t.Run(tc.name, func(t *testing.T) {
			x := exchange.New(exchange.Config{Timeout: time.Minute, Inspect: tc.inspect, Client: &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: tc.status, ContentLength: -1, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(tc.body))}, nil
			})}})
			loop := newLoop(func(l *attempt.Loop) { l.Retry.MaxAttempts = 1 })
			_, err := loop.Start(cgw.OpGet, "", "").Send(t.Context(), &attempt.Request{Action: "Read", Repeatable: true, Try: func(ctx context.Context) error {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://a.test", http.NoBody)
				require.NoError(t, err)
				resp, err := x.RoundTrip(req)
				if err != nil {
					return err
				}
				_ = resp.Body.Close()
				if tc.driver == nil {
					return nil
				}
				return tc.driver(exchange.RecordOf(ctx))
			}})
			require.EqualError(t, err, "cgw: tencent Get: "+tc.want)
			require.ErrorAs(t, err, new(*exchange.ReplyError))
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.status, e.HTTPStatus)
			require.Equal(t, 1, strings.Count(e.LogValue().String(), strconv.Itoa(tc.status)), "%v", e.LogValue())
		})
	}
}
