package tencenttest_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// send sends the call to the server, and returns as much of the reply's body as came.
func send(ctx context.Context, t *testing.T, s *tencenttest.Server, c wireCall) (*http.Response, string, error) {
	t.Helper()
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	c.host = u.Host
	r := c.request().WithContext(ctx)
	r.URL, r.RequestURI = u, ""
	reply, err := s.Client().Do(r)
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(reply.Body)
	require.NoError(t, reply.Body.Close())
	return reply, string(body), err
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault     wire.Fault
		committed bool
		fails     bool   // no whole reply comes
		body      string // part of the reply
		code      string // on record
	}{
		"abort before":   {fault: wire.Fault{Effect: wire.Abort}, fails: true},
		"abort after":    {fault: wire.Fault{Effect: wire.Abort, When: wire.AfterCommit}, committed: true, fails: true},
		"cut":            {fault: wire.Fault{Effect: wire.Cut, Bytes: 13, When: wire.AfterCommit}, committed: true, fails: true, body: `{"Response":{`},
		"cut at 0":       {fault: wire.Fault{Effect: wire.Cut, When: wire.AfterCommit}, committed: true, fails: true},
		"replace before": {fault: wire.Fault{Effect: wire.Replace, Status: 502, Body: "<html>", Header: http.Header{"Retry-After": {"7"}}}, body: "<html>"},
		"replace after":  {fault: wire.Fault{Effect: wire.Replace, When: wire.AfterCommit}, committed: true},
		"refuse before":  {fault: wire.Fault{Effect: wire.Refuse, Code: "RequestLimitExceeded"}, body: `"Code":"RequestLimitExceeded"`, code: "RequestLimitExceeded"},
		"refuse after":   {fault: wire.Fault{Effect: wire.Refuse, Code: "InternalError", When: wire.AfterCommit}, committed: true, body: `"Code":"InternalError"`, code: "InternalError"},
		"proceed":        {fault: wire.Fault{}, committed: true, body: `"CustomerGatewayId":"cgw-`},
	} {
		for _, o := range []tencenttest.Options{{}, {HTTP1: true}, {PlainHTTP: true}} {
			t.Run(name, func(t *testing.T) {
				c.fault.Action = create
				o.Faults = []wire.Fault{c.fault}
				s := newServer(t, o)
				_, _, err := send(t.Context(), t, s, wireCall{action: describe, params: `{}`})
				require.NoError(t, err, "another action is not struck")
				call := wireCall{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"58.211.1.12"}`}
				reply, body, err := send(t.Context(), t, s, call)
				require.Equal(t, c.fails, err != nil, "%v", err)
				require.Contains(t, body, c.body)
				require.Equal(t, c.committed, len(s.Gateways()) == 1)
				if err == nil && c.fault.Status != 0 {
					require.Equal(t, c.fault.Status, reply.StatusCode)
					require.Equal(t, "7", reply.Header.Get("Retry-After"))
				}
				require.Len(t, s.Requests(), 2)
				require.Equal(t, create, s.Requests()[1].Action)
				require.Equal(t, c.code, s.Requests()[1].Code)
				require.True(t, s.Requests()[1].Fault)

				call.params = strings.Replace(call.params, "1.12", "1.13", 1)
				_, body, err = send(t.Context(), t, s, call)
				require.NoError(t, err, "the fault is spent")
				require.Contains(t, body, `"CustomerGatewayId":"cgw-`)
			})
		}
	}
}

func TestClearFaults(t *testing.T) {
	s := newServer(t, tencenttest.Options{})
	s.Inject(wire.Fault{Effect: wire.Abort, Times: -1})
	_, _, err := send(t.Context(), t, s, wireCall{action: describe, params: `{}`})
	require.Error(t, err)
	s.ClearFaults()
	_, _, err = send(t.Context(), t, s, wireCall{action: describe, params: `{}`})
	require.NoError(t, err)
}

// A client that goes away while the service still waits has changed nothing.
func TestLatencyEndsWithTheClient(t *testing.T) {
	// The service looks at its clock when it has the request.
	arrived := make(chan struct{})
	var once sync.Once
	s := newServer(t, tencenttest.Options{HTTP1: true, Latency: time.Hour, Now: func() time.Time {
		once.Do(func() { close(arrived) })
		return time.Now()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, _, err := send(ctx, t, s, wireCall{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"58.211.1.12"}`})
	require.ErrorIs(t, err, context.Canceled)
	s.Close() // in HTTP/1.1 this returns when the handler has
	require.Empty(t, s.Gateways())
	require.Equal(t, 1, s.Count(create))
}

func TestFaultOnConnect(t *testing.T) {
	for _, effect := range []wire.Effect{wire.Abort, wire.Garbage} {
		s := newServer(t, tencenttest.Options{Faults: []wire.Fault{{When: wire.OnConnect, Effect: effect}}})
		_, _, err := send(t.Context(), t, s, wireCall{action: describe, params: `{}`})
		require.Error(t, err)
		_, _, err = send(t.Context(), t, s, wireCall{action: describe, params: `{}`})
		require.NoError(t, err)
	}
}
