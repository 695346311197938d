package alibabatest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// live makes a signed request to a server.
func live(t *testing.T, s *alibabatest.Server, c raw) *http.Request {
	t.Helper()
	r := c.rpc() // whose signature does not cover the host
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	r.URL.Scheme, r.URL.Host, r.Host, r.RequestURI = u.Scheme, u.Host, "", ""
	return r
}

// exchange sends a call to a server, and returns the body that came, whole or not.
func exchange(t *testing.T, s *alibabatest.Server, c raw) (status int, body []byte, err error) {
	t.Helper()
	resp, err := s.Client().Do(live(t, s, c))
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// kinds are the ways in which a Server serves.
var kinds = map[string]alibabatest.Options{
	"HTTP/2": {}, "HTTP/1.1": {HTTP1: true}, "plain": {PlainHTTP: true},
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name  string
		fault wire.Fault
		there int                                               // gateways afterwards
		check func(t *testing.T, status int, b []byte, e error) // of what the client got
	}{
		{"abort before", wire.Fault{When: wire.BeforeCommit, Effect: wire.Abort}, 0, lost},
		{"abort after", wire.Fault{When: wire.AfterCommit, Effect: wire.Abort}, 1, lost},
		{"cut at the first byte", wire.Fault{When: wire.AfterCommit, Effect: wire.Cut}, 1, cut(0)},
		{"cut", wire.Fault{When: wire.AfterCommit, Effect: wire.Cut, Bytes: 20}, 1, cut(20)},
		{"replace before", wire.Fault{Effect: wire.Replace, Status: 502, Body: "<html>"}, 0, replaced},
		{"replace after", wire.Fault{When: wire.AfterCommit, Effect: wire.Replace, Status: 502, Body: "<html>"}, 1, replaced},
		{"refuse before", wire.Fault{Effect: wire.Refuse, Code: "ServiceUnavailable"}, 0, denied(503, "ServiceUnavailable")},
		{"refuse after", wire.Fault{When: wire.AfterCommit, Effect: wire.Refuse, Code: "InternalError"}, 1, denied(500, "InternalError")},
		{"forbidden", wire.Fault{Effect: wire.Refuse, Code: "Forbbiden.SubUser"}, 0, denied(403, "Forbbiden.SubUser")},
		{"unlisted code", wire.Fault{Effect: wire.Refuse, Code: "Something.New"}, 0, denied(400, "Something.New")},
		{"nothing", wire.Fault{}, 1, func(t *testing.T, status int, _ []byte, err error) {
			require.NoError(t, err)
			require.Equal(t, 200, status)
		}},
	}
	for kind, o := range kinds {
		for _, test := range tests {
			t.Run(kind+" "+test.name, func(t *testing.T) {
				o.State = nil
				o.Faults = []wire.Fault{test.fault}
				s := start(t, o)
				status, body, err := exchange(t, s, newRaw(createAction, "IpAddress", "203.0.113.1"))
				test.check(t, status, body, err)
				require.Len(t, s.Gateways(), test.there)
				require.Len(t, s.Requests(), 1)
				require.True(t, s.Requests()[0].Fault)
			})
		}
	}
}

func lost(t *testing.T, _ int, _ []byte, err error) {
	require.Error(t, err)
	require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
}

func cut(n int) func(*testing.T, int, []byte, error) {
	return func(t *testing.T, status int, body []byte, err error) {
		require.Error(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Len(t, body, n)
	}
}

func replaced(t *testing.T, status int, body []byte, err error) {
	require.NoError(t, err)
	require.Equal(t, 502, status)
	require.Equal(t, "<html>", string(body))
}

func denied(want int, code string) func(*testing.T, int, []byte, error) {
	return func(t *testing.T, status int, body []byte, err error) {
		require.NoError(t, err)
		require.Equal(t, want, status)
		var b struct{ Code, Message, RequestID string }
		require.NoError(t, json.Unmarshal(body, &b))
		require.Equal(t, code, b.Code)
		require.NotEmpty(t, b.Message)
		require.NotEmpty(t, b.RequestID)
	}
}

func TestFaultOnConnect(t *testing.T) {
	s := start(t, alibabatest.Options{Faults: []wire.Fault{
		{When: wire.OnConnect, Effect: wire.Abort}, {When: wire.OnConnect, Skip: 1, Effect: wire.Garbage},
	}})
	_, _, err := exchange(t, s, newRaw(listAction))
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)
	_, _, err = exchange(t, s, newRaw(listAction))
	require.ErrorContains(t, err, "tls:")
	status, _, err := exchange(t, s, newRaw(listAction))
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Equal(t, 1, s.Count(listAction))
}

func TestFaultSelection(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	s.Inject(wire.Fault{Action: listAction, Skip: 1, Times: 2, Effect: wire.Refuse, Code: "SystemBusy"})
	var codes []string
	for range 4 {
		require.Empty(t, call(t, h, "DescribeVpnConnections").code())
		codes = append(codes, call(t, h, listAction).code())
	}
	require.Equal(t, []string{"", "SystemBusy", "SystemBusy", ""}, codes)
	s.Inject(wire.Fault{Times: -1, Effect: wire.Refuse, Code: "SystemBusy"})
	require.Equal(t, "SystemBusy", call(t, h, listAction).code())
	s.ClearFaults()
	require.Empty(t, call(t, h, listAction).code())
	// A request that cannot be authenticated does not use a fault up.
	s.Inject(wire.Fault{Effect: wire.Refuse, Code: "SystemBusy"})
	c := newRaw(listAction)
	c.secret = "wrong"
	require.Equal(t, "SignatureDoesNotMatch", send(t, h, c.rpc()).code())
	require.Equal(t, "SystemBusy", call(t, h, listAction).code())
	s.ResetRequests()
	require.Empty(t, s.Requests())
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := handler(alibabatest.Options{Latency: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		require.Equal(t, http.ErrAbortHandler, aborted(h, newRaw(createAction, "IpAddress", "203.0.113.1").rpc().WithContext(ctx)))
		require.Equal(t, time.Second, time.Since(begin))
		require.Empty(t, s.Gateways())
		require.Empty(t, call(t, h, createAction, "IpAddress", "203.0.113.1").code())
		require.Equal(t, time.Second+time.Hour, time.Since(begin))
	})
}

func TestRate(t *testing.T) {
	now := newFakeClock()
	h, s := handler(alibabatest.Options{Rate: 2, Now: now.now})
	burst := func(action string) (codes []string) {
		for range 4 {
			got := send(t, h, now.raw(newRaw(action)).acs3())
			codes = append(codes, got.code())
		}
		return codes
	}
	limited := []string{"", "", "Throttling.User", "Throttling.User"}
	require.Equal(t, limited, burst(listAction))
	require.Equal(t, limited, burst("DescribeVpnConnections"), "each action has its own rate")
	now.add(500 * time.Millisecond)
	require.Equal(t, []string{"", "Throttling.User", "Throttling.User", "Throttling.User"}, burst(listAction))
	now.add(time.Hour)
	require.Equal(t, limited, burst(listAction))
	require.Equal(t, 12, s.Count(listAction))
}

func TestReadLag(t *testing.T) {
	now := newFakeClock()
	h, s := handler(alibabatest.Options{ReadLag: time.Minute, Now: now.now})
	try := func(action string, params ...string) reply {
		return send(t, h, now.raw(newRaw(action, params...)).rpc())
	}
	var id string
	shown := func() any { // the name that reads show, or nil
		list := try(listAction)
		gateways := list.json["CustomerGateways"].(map[string]any)["CustomerGateway"].([]any)
		require.EqualValues(t, len(gateways), list.json["TotalCount"])
		one := try(getAction, "CustomerGatewayId", id)
		if len(gateways) == 0 {
			require.Equal(t, "InvalidCustomerGatewayInstanceId.NotFound", one.code())
			return nil
		}
		require.Equal(t, one.json["Name"], gateways[0].(map[string]any)["Name"])
		return one.json["Name"]
	}

	created := try(createAction, "IpAddress", "203.0.113.1", "Name", "first")
	require.Empty(t, created.code())
	id = created.json["CustomerGatewayId"].(string)
	require.Nil(t, shown())
	require.Len(t, s.Gateways(), 1)
	require.Equal(t, "InvalidIpAddress.AlreadyExist", try(createAction, "IpAddress", "203.0.113.1").code(), "writes see it")
	now.add(30 * time.Second)
	require.Empty(t, try(modifyAction, "CustomerGatewayId", id, "Name", "second").code())
	require.Nil(t, shown())
	now.add(30 * time.Second)
	require.Equal(t, "first", shown())
	require.Empty(t, try(deleteAction, "CustomerGatewayId", id).code())
	require.Equal(t, "InvalidCustomerGatewayInstanceId.NotFound", try(deleteAction, "CustomerGatewayId", id).code())
	now.add(30 * time.Second)
	require.Equal(t, "second", shown())
	require.Empty(t, try(createAction, "IpAddress", "203.0.113.1").code(), "the address is free")
	now.add(30*time.Second - time.Nanosecond)
	require.Equal(t, "second", shown())
	now.add(time.Nanosecond)
	require.Nil(t, shown())
}
