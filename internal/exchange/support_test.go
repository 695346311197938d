package exchange_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

// secretNames are the headers and parameters of the tests' requests that hold secrets.
var secretNames = []string{"AuthKey", "Signature", "X-Token"}

func accept(*exchange.Reply) error { return nil }

// post sends one POST through the exchange, and returns its record and the body of the reply.
func post(ctx context.Context, t *testing.T, x *exchange.Exchange, url string, header http.Header) (exchange.Record, string, error) {
	t.Helper()
	var rec exchange.Record
	req, err := http.NewRequestWithContext(exchange.WithRecord(ctx, &rec), http.MethodPost, url, http.NoBody)
	require.NoError(t, err)
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := x.RoundTrip(req)
	require.True(t, rec.Reached)
	require.Equal(t, rec.Err, err, "the record has the error that the SDK gets")
	if err != nil {
		require.Nil(t, resp)
		return rec, "", err
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return rec, string(body), nil
}

// clients are the values of Config.Client: none, and a client of the caller.
func clients() map[string]*http.Client {
	return map[string]*http.Client{"own": nil, "caller's": {}}
}

func newExchange(t *testing.T, c *http.Client, timeout time.Duration) *exchange.Exchange {
	t.Helper()
	x := exchange.New(exchange.Config{
		Client: c, Timeout: timeout, Inspect: accept, Secrets: secretNames, RetryAfterMillis: "X-Wait-Millis",
	})
	t.Cleanup(x.Close)
	return x
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}
