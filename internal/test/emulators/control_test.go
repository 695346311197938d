package emulators

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// call sends a control request and returns the status and body of its reply.
func call(t *testing.T, cloud cgwtest.Emulator, request, body string) (int, string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, cloud.Endpoint()+path, strings.NewReader(body))
	require.NoError(t, err)
	resp, err := cloud.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	if len(b) > 0 {
		require.Equal(t, "application/json", resp.Header.Get("Content-Type"), request)
	}
	return resp.StatusCode, strings.TrimSpace(string(b))
}

// fine sends a control request that must succeed, and returns its reply.
func fine(t *testing.T, cloud cgwtest.Emulator, request, body string) string {
	t.Helper()
	status, reply := call(t, cloud, request, body)
	require.Less(t, status, 300, "%s: %s", request, reply)
	require.Equal(t, reply == "", status == http.StatusNoContent, request)
	return reply
}

// read sends a control request whose reply is JSON.
func read[T any](t *testing.T, cloud cgwtest.Emulator, request, body string) T {
	t.Helper()
	var to T
	require.NoError(t, json.Unmarshal([]byte(fine(t, cloud, request, body)), &to))
	return to
}

func TestControlOfState(t *testing.T) {
	type gateways struct {
		Gateways []cgw.Gateway `json:"gateways"`
	}
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		seeded := read[gateways](t, cloud, "POST /_cgw/gateways",
			`{"gateways":[{"name":"office","ipAddress":"203.0.113.7","asn":64512,"tags":{"a":"b"}},{"name":"shop","ipAddress":"203.0.113.8"}]}`)
		require.Len(t, seeded.Gateways, 2)
		require.Equal(t, cloud.ListGateways(), seeded.Gateways)
		require.Equal(t, seeded, read[gateways](t, cloud, "GET /_cgw/gateways", ""))

		p := provisioner(t, cloud)
		g, err := p.Get(t.Context(), seeded.Gateways[0].ID)
		require.NoError(t, err)
		require.True(t, seeded.Gateways[0].Equal(g))

		saved := fine(t, cloud, "GET /_cgw/state", "")
		fine(t, cloud, "POST /_cgw/reset", "")
		require.Empty(t, cloud.ListGateways())
		require.Equal(t, `{"gateways":[]}`, fine(t, cloud, "GET /_cgw/gateways", ""))
		fine(t, cloud, "PUT /_cgw/state", saved)
		require.Equal(t, seeded.Gateways, cloud.ListGateways())
		require.Equal(t, saved, fine(t, cloud, "GET /_cgw/state", ""))
		both, err := json.Marshal(seeded)
		require.NoError(t, err)
		require.Equal(t, seeded, read[gateways](t, cloud, "POST /_cgw/gateways", string(both)), "what is read can be written")
	})
}

func TestControlOfConnections(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		seeded, err := cloud.SeedGateways(branchGateway("203.0.113.7"), branchGateway("203.0.113.8"))
		require.NoError(t, err)
		used := seeded[0].ID
		type connection struct{ ID, GatewayID string }
		c := read[connection](t, cloud, "POST /_cgw/connections", `{"gatewayId":"`+used+`"}`)
		require.Equal(t, []string{c.ID}, cloud.ConnectionIDs(used))
		require.Equal(t, used, c.GatewayID)
		for query, want := range map[string][]connection{"": {c}, "?gatewayId=" + used: {c}, "?gatewayId=" + seeded[1].ID: {}} {
			got := read[struct{ Connections []connection }](t, cloud, "GET /_cgw/connections"+query, "")
			require.Equal(t, want, got.Connections)
		}
		p := provisioner(t, cloud)
		require.ErrorIs(t, p.Delete(t.Context(), used), cgw.ErrInUse)
		fine(t, cloud, "DELETE /_cgw/connections/"+c.ID, "")
		require.NoError(t, p.Delete(t.Context(), used))
	})
}

func TestControlOfFaults(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		fine(t, cloud, "POST /_cgw/faults", `{"faults":[
			{"meaning":"throttled","action":"CreateCustomerGateway","times":2},
			{"action":"DeleteCustomerGateway","skip":1,"times":-1,"when":"afterCommit","delay":"1ms","effect":"replace","status":503,"header":{"retry-after":["1"]},"body":"busy"},
			{"effect":"cut","bytes":3,"times":0,"code":""}]}`)
		var faults []wire.Fault
		for _, f := range cloud.Faults() {
			faults = append(faults, f.Fault)
		}
		require.Equal(t, []wire.Fault{
			{Meaning: wire.Throttled, Action: create, Times: 2},
			{
				Action: remove, Skip: 1, Times: -1, When: wire.AfterCommit, Delay: time.Millisecond, Effect: wire.Replace,
				Status: 503, Header: http.Header{"Retry-After": {"1"}}, Body: "busy",
			},
			{Effect: wire.Cut, Bytes: 3},
		}, faults)

		_, err := provisioner(t, cloud).Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		list := fine(t, cloud, "GET /_cgw/faults", "")
		require.Contains(t, list, `{"faults":[{"action":"CreateCustomerGateway","meaning":"throttled","times":2,"seen":`)
		require.Contains(t, list, `{"action":"DeleteCustomerGateway","skip":1,"times":-1,"when":"afterCommit","delay":"1ms","effect":"replace","status":503,"header":{"Retry-After":["1"]},"body":"busy","seen":0,"struck":0}`)

		fine(t, cloud, "DELETE /_cgw/faults", "")
		require.Equal(t, `{"faults":[]}`, fine(t, cloud, "GET /_cgw/faults", ""))
	})
}

func TestControlOfRequests(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		p := provisioner(t, cloud)
		_, err := p.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		_, err = p.Create(t.Context(), branch("office", "203.0.113.7"))
		require.ErrorIs(t, err, cgw.ErrAlreadyExists)
		got := read[struct{ Requests []wire.Request }](t, cloud, "GET /_cgw/requests?action="+create, "").Requests
		require.Len(t, got, 2)
		require.Empty(t, got[0].Code)
		require.NotEmpty(t, got[1].Code)
		require.WithinDuration(t, time.Now(), got[0].Time, time.Minute)
		all := read[struct{ Requests []wire.Request }](t, cloud, "GET /_cgw/requests", "").Requests
		require.Len(t, all, len(cloud.Requests()), "control requests are not recorded")
		require.Greater(t, len(all), 2, "the second Create looks for the gateway")
		fine(t, cloud, "DELETE /_cgw/requests", "")
		require.Empty(t, cloud.Requests())
	})
}

func TestControlOfSettings(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		old := provisioner(t, cloud)
		fine(t, cloud, "PUT /_cgw/credentials", `{"id":"NEWKEYID","secret":"newkeysecret"}`)
		_, err := old.Create(t.Context(), branch("office", "203.0.113.7"))
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		_, err = provisioner(t, cloud).Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)

		fine(t, cloud, "PUT /_cgw/clock", `{"time":"2025-01-02T03:04:05+08:00"}`)
		require.Equal(t, `{"time":"2025-01-01T19:04:05Z"}`, fine(t, cloud, "GET /_cgw/clock", ""))
		fine(t, cloud, "PUT /_cgw/clock", `{"offset":"-1h"}`)
		clock := read[struct{ Time time.Time }](t, cloud, "GET /_cgw/clock", "")
		require.WithinDuration(t, time.Now().Add(-time.Hour), clock.Time, time.Minute)

		fine(t, cloud, "PUT /_cgw/rates", `{"default":3,"actions":{"CreateCustomerGateway":1}}`)
		require.Equal(t, `{"default":3,"actions":{"CreateCustomerGateway":1}}`, fine(t, cloud, "GET /_cgw/rates", ""))
		fine(t, cloud, "PUT /_cgw/rates", `{}`)
		require.Equal(t, `{"default":0}`, fine(t, cloud, "GET /_cgw/rates", ""))

		fine(t, cloud, "PUT /_cgw/latency", `{"latency":"5ms"}`)
		require.Equal(t, `{"latency":"5ms"}`, fine(t, cloud, "GET /_cgw/latency", ""))

		fine(t, cloud, "POST /_cgw/reset", `{}`)
		require.Equal(t, `{"latency":"0s"}`, fine(t, cloud, "GET /_cgw/latency", ""))
		_, err = old.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
	})
}

func TestControlIndex(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		index := read[struct {
			cgw.Location
			Actions []string
			Paths   []string
		}](t, cloud, "GET /_cgw/", "")
		require.Equal(t, cloud.Location(), index.Location)
		for _, action := range []string{create, list, modify, remove, connections} {
			require.Contains(t, index.Actions, action)
		}
		require.Equal(t, []string{
			"GET /_cgw/", "GET /_cgw/clock", "PUT /_cgw/clock", "GET /_cgw/connections",
			"POST /_cgw/connections", "DELETE /_cgw/connections/{id}", "PUT /_cgw/credentials", "DELETE /_cgw/faults", "GET /_cgw/faults",
			"POST /_cgw/faults", "GET /_cgw/gateways", "POST /_cgw/gateways", "GET /_cgw/latency", "PUT /_cgw/latency",
			"GET /_cgw/rates", "PUT /_cgw/rates", "DELETE /_cgw/requests", "GET /_cgw/requests", "POST /_cgw/reset",
			"GET /_cgw/state", "PUT /_cgw/state",
		}, index.Paths)
	})
}

// TestNoControl shows that without the option the paths are the service's, which has none.
func TestNoControl(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		_, err := cloud.SeedGateways(branchGateway("203.0.113.7"))
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, cloud.Endpoint()+"/_cgw/reset", nil)
		require.NoError(t, err)
		resp, err := cloud.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Len(t, cloud.ListGateways(), 1)
		require.Len(t, cloud.Requests(), 1, "it is a request to the service")
	})
}
