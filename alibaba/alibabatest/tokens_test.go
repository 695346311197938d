package alibabatest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// same compares two replies but for their request IDs.
func same(t *testing.T, a, b reply) {
	t.Helper()
	require.Empty(t, a.code(), a.text)
	require.NotEqual(t, a.json["RequestId"], b.json["RequestId"])
	delete(a.json, "RequestId")
	delete(b.json, "RequestId")
	require.Equal(t, a.json, b.json)
}

func TestTokenReplay(t *testing.T) {
	h, s := handler(alibabatest.Options{Quota: 1})
	params := []string{"IpAddress", "203.0.113.1", "Name", "name", "Tags.1.Key", "k", "ClientToken", "t-1"}
	first := call(t, h, createAction, params...)
	same(t, first, call(t, h, createAction, params...)) // neither a duplicate nor past the quota
	id := first.json["CustomerGatewayId"].(string)
	require.Len(t, s.Gateways(), 1)

	same(t, call(t, h, createAction, params...), send(t, h, newRaw(createAction, params...).rpc()))
	require.Equal(t, "InvalidIpAddress.AlreadyExist",
		call(t, h, createAction, "IpAddress", "203.0.113.1", "ClientToken", "T-1").code(), "tokens are case-sensitive")

	del := []string{"CustomerGatewayId", id, "ClientToken", "t-1"} // another action, so another token
	same(t, call(t, h, deleteAction, del...), call(t, h, deleteAction, del...))
	require.Empty(t, s.Gateways())
	got := call(t, h, createAction, params...)
	require.Equal(t, id, got.json["CustomerGatewayId"], "the original result, though the gateway is gone")
	require.Empty(t, s.Gateways())
}

func TestTokenOfModify(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1"})
	once := []string{"CustomerGatewayId", "cgw-1", "Name", "one", "ClientToken", "t"}
	first := call(t, h, modifyAction, once...)
	require.Empty(t, call(t, h, modifyAction, "CustomerGatewayId", "cgw-1", "Name", "two").code())
	same(t, first, call(t, h, modifyAction, once...))
	require.Equal(t, "two", s.Gateways()[0].Name)
}

func TestTokenMismatch(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	require.Empty(t, call(t, h, createAction, "IpAddress", "203.0.113.1", "AuthKey", "one", "ClientToken", "t").code())
	for _, other := range [][]string{
		{"IpAddress", "203.0.113.2", "AuthKey", "one"},
		{"IpAddress", "203.0.113.1", "AuthKey", "two"},
		{"IpAddress", "203.0.113.1", "AuthKey", "one", "Name", ""},
		{"IpAddress", "203.0.113.1", "AuthKey", "one", "Tags.1.Key", "k"},
		{"IpAddress", "203.0.113.1"},
	} {
		got := call(t, h, createAction, append(other, "ClientToken", "t")...)
		require.Equal(t, "IdempotentParameterMismatch", got.code(), other)
		require.Equal(t, http.StatusBadRequest, got.status)
	}
	require.Len(t, s.Gateways(), 1)
}

func TestTokenIsNotConsumed(t *testing.T) {
	taken := []string{"IpAddress", "203.0.113.1", "ClientToken", "t"}
	t.Run("by a refusal", func(t *testing.T) {
		h, s := handler(alibabatest.Options{})
		s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1"})
		require.Equal(t, "InvalidIpAddress.AlreadyExist", call(t, h, createAction, taken...).code())
		require.Empty(t, call(t, h, deleteAction, "CustomerGatewayId", "cgw-1").code())
		require.Empty(t, call(t, h, createAction, taken...).code())
		require.Len(t, s.Gateways(), 1)
	})
	t.Run("by a refusal that is injected", func(t *testing.T) {
		h, s := handler(alibabatest.Options{Faults: []wire.Fault{{Effect: wire.Refuse, Code: "ServiceUnavailable"}}})
		require.Equal(t, "ServiceUnavailable", call(t, h, createAction, taken...).code())
		require.Empty(t, call(t, h, createAction, "IpAddress", "203.0.113.2", "ClientToken", "t").code())
		require.Len(t, s.Gateways(), 1)
	})
}

func TestTokenLife(t *testing.T) {
	now := newFakeClock()
	h, _ := handler(alibabatest.Options{Now: now.now, TokenLife: time.Hour})
	try := func() string {
		return send(t, h, now.raw(newRaw(createAction, "IpAddress", "203.0.113.1", "ClientToken", "t")).acs3()).code()
	}
	require.Empty(t, try())
	now.add(time.Hour)
	require.Empty(t, try(), "a replay")
	now.add(time.Nanosecond)
	require.Equal(t, "InvalidIpAddress.AlreadyExist", try(), "forgotten")
}

// aborted sends a request that is expected to end without a reply.
func aborted(h http.Handler, r *http.Request) (panicked any) {
	defer func() { panicked = recover() }()
	h.ServeHTTP(httptest.NewRecorder(), r)
	return nil
}

func TestTokenInUse(t *testing.T) {
	stalls := map[string]alibabatest.Options{
		"latency": {Latency: time.Minute},
		"fault":   {Faults: []wire.Fault{{When: wire.BeforeCommit, Delay: time.Minute}}},
	}
	for name, o := range stalls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, s := handler(o)
				request := func(ip string) *http.Request {
					return newRaw(createAction, "IpAddress", ip, "ClientToken", "t").acs3()
				}
				done := make(chan reply, 1)
				go func() { done <- send(t, h, request("203.0.113.1")) }()
				synctest.Wait() // it has the token, and waits
				second := send(t, h, request("203.0.113.1"))
				require.Equal(t, "LastTokenProcessing", second.code())
				require.Equal(t, http.StatusForbidden, second.status)
				require.Equal(t, "IdempotentParameterMismatch", send(t, h, request("203.0.113.2")).code())
				first := <-done
				require.Empty(t, first.code())
				require.Len(t, s.Gateways(), 1)
			})
		})
	}
}

// A client that leaves before its request took effect frees the token; one that leaves after
// does not.
func TestTokenOfClientThatLeft(t *testing.T) {
	for when, there := range map[wire.When]int{wire.BeforeCommit: 0, wire.AfterCommit: 1} {
		synctest.Test(t, func(t *testing.T) {
			h, s := handler(alibabatest.Options{Faults: []wire.Fault{{When: when, Delay: time.Hour, Effect: wire.Abort}}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			params := []string{"IpAddress", "203.0.113.1", "ClientToken", "t"}
			require.Equal(t, http.ErrAbortHandler, aborted(h, newRaw(createAction, params...).acs3().WithContext(ctx)))
			require.Len(t, s.Gateways(), there)
			require.Empty(t, call(t, h, createAction, params...).code())
			require.Len(t, s.Gateways(), 1)
		})
	}
}

// Of many requests with one token that run at once, one takes effect. The others are told to
// wait, or get its result.
func TestTokenConcurrency(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	var wg sync.WaitGroup
	replies := make([]reply, 32)
	for i := range replies {
		wg.Go(func() {
			replies[i] = call(t, h, createAction, "IpAddress", "203.0.113.1", "ClientToken", "t")
		})
	}
	wg.Wait()
	require.Len(t, s.Gateways(), 1)
	created := 0
	for _, r := range replies {
		switch r.code() {
		case "":
			created++
			require.Equal(t, s.Gateways()[0].ID, r.json["CustomerGatewayId"])
		default:
			require.Equal(t, "LastTokenProcessing", r.code())
			require.Equal(t, http.StatusForbidden, r.status)
		}
	}
	require.NotZero(t, created)
}
