package emulators

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

func branchGateway(ip string) cgw.Gateway {
	return cgw.Gateway{Name: "branch", IPAddress: netip.MustParseAddr(ip)}
}

// TestControlErrors shows that a request that is wrong is answered with the field, and changes
// nothing.
func TestControlErrors(t *testing.T) {
	tests := []struct {
		request, body, field, message string
		status                        int // 0: 400
	}{
		{"GET /_cgw/nowhere", ``, "", "there is no such path", 404},
		{"POST /_cgw/state", ``, "", "the method must be GET or PUT", 405},
		{"DELETE /_cgw/", ``, "", "the method must be GET", 405},
		{"DELETE /_cgw/connections/vpnx-00000000", ``, "id", "there is no such connection", 404},

		{"POST /_cgw/reset", `{"hard":true}`, "hard", "there is no such field", 0},

		{"PUT /_cgw/state", ``, "", "the JSON breaks off or is malformed: unexpected end", 0},
		{"PUT /_cgw/state", `{"gateways":[{"id":"cgw-1`, "gateways[0].id", "the JSON breaks off or is malformed: unexpected end", 0},
		{"PUT /_cgw/state", `null`, "", "must not be null", 0},
		{"PUT /_cgw/state", `[]`, "", "must be an object", 0},

		{"PUT /_cgw/state", `{"gateways":[{"id":7}]}`, "gateways[0].id", "must be a text", 0},
		{"PUT /_cgw/state", `{"gatways":[]}`, "gatways", "there is no such field", 0},
		{"PUT /_cgw/state", `{"gateways":[{"id":"cgw-1","ipAddress":"203.0.113.1"},{"id":"cgw-1","ipAddress":"203.0.113.2"}]}`, "gateways[1].id", `"cgw-1" is also gateways[0].id`, 0},
		{"PUT /_cgw/state", `{"gateways":[{"id":"cgw-1","ipAddress":"203.0.113.1"},{"id":"cgw-2","ipAddress":"203.0.113.1"}]}`, "gateways[1].ipAddress", `"203.0.113.1" is also gateways[0].ipAddress`, 0},
		{"PUT /_cgw/state", `{"version":9,"sites":[]}`, "version", "is 9, not 1", 0},

		{"POST /_cgw/gateways", `{}`, "gateways", "must have a gateway at least", 0},
		{"POST /_cgw/gateways", `{"gateways":{}}`, "gateways", "must be a list", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.1"},{"ipAddress":"203.0.113"}]}`, "gateways[1].ipAddress", "IPv4 address too short", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.1"},{}]}`, "gateways[1].ipAddress", "is missing", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.77"}]}`, "gateways[0].ipAddress", "203.0.113.77 is held by", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ip":"203.0.113.1"}]}`, "gateways[0].ip", "there is no such field", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.1","asn":1.5}]}`, "gateways[0].asn", "", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.1","tags":{"a":1}}]}`, "gateways[0].tags.a", "must be a text", 0},
		{"POST /_cgw/gateways", `{"gateways":[{"ipAddress":"203.0.113.1","createdAt":"today"}]}`, "gateways[0].createdAt", "", 0},

		{"POST /_cgw/connections", `{}`, "gatewayId", "is missing", 0},
		{"POST /_cgw/connections", `{"gatewayId":"cgw-nowhere0"}`, "gatewayId", "there is no such gateway", 0},

		{"POST /_cgw/faults", `{"faults":[]}`, "faults", "must have a fault at least", 0},
		{"POST /_cgw/faults", `{"faults":[{"meaning":"throttled"},{"meaning":"slow"}]}`, "faults[1].meaning", `"slow" is none of throttled`, 0},
		{"POST /_cgw/faults", `{"faults":[{"meaning":"throttled","action":"CreateCustomerGatway"}]}`, "faults[0].action", `"CreateCustomerGatway" is none of `, 0},
		{"POST /_cgw/faults", `{"faults":[{"when":"never"}]}`, "faults[0].when", `"never" is none of beforeCommit`, 0},
		{"POST /_cgw/faults", `{"faults":[{"effect":"explode"}]}`, "faults[0].effect", `"explode" is none of proceed`, 0},
		{"POST /_cgw/faults", `{"faults":[{"delay":5}]}`, "faults[0].delay", "must be a text", 0},
		{"POST /_cgw/faults", `{"faults":[{"delay":"5 s"}]}`, "faults[0].delay", `"5 s" is not a duration such as`, 0},
		{"POST /_cgw/faults", `{"faults":[{"times":"2"}]}`, "faults[0].times", "must be a whole number", 0},
		{"POST /_cgw/faults", `{"faults":[{"effect":"cut","bytes":-1}]}`, "faults[0].bytes", "must not be negative", 0},
		{"POST /_cgw/faults", `{"faults":[{"effect":"refuse"}]}`, "faults[0].code", "is missing", 0},
		{"POST /_cgw/faults", `{"faults":[{"effect":"replace","header":{"x":"y"}}]}`, "faults[0].header.x", "must be a list", 0},

		{"PUT /_cgw/clock", `{}`, "time", "give either time or offset", 0},
		{"PUT /_cgw/clock", `{"time":"2025-01-02T03:04:05Z","offset":"1s"}`, "time", "give either time or offset", 0},
		{"PUT /_cgw/clock", `{"time":"noon"}`, "time", "", 0},
		{"PUT /_cgw/clock", `{"offset":"late"}`, "offset", `"late" is not a duration`, 0},
		{"PUT /_cgw/credentials", `{"id":"a"}`, "secret", "is missing", 0},
		{"PUT /_cgw/credentials", `{"secret":"a"}`, "id", "is missing", 0},
		{"PUT /_cgw/credentials", `{"id":"a","secret":["b"]}`, "secret", "must be a text", 0},
		{"PUT /_cgw/rates", `{"default":-1}`, "default", "must not be negative", 0},
		{"PUT /_cgw/rates", `{"actions":{"Create":1}}`, "actions.Create", `"Create" is none of `, 0},
		{"PUT /_cgw/rates", `{"actions":{"CreateCustomerGateway":-1}}`, "actions.CreateCustomerGateway", "must not be negative", 0},
		{"PUT /_cgw/latency", `{}`, "latency", "is missing", 0},
		{"PUT /_cgw/latency", `{"latency":"-1s"}`, "latency", "must not be negative", 0},
	}
	each(t, options{control: true, faults: []wire.Fault{{Action: remove}}}, func(t *testing.T, cloud cgwtest.Emulator) {
		seeded, err := cloud.SeedGateways(branchGateway("203.0.113.77"))
		require.NoError(t, err)
		cloud.AddConnection(seeded[0].ID)
		state := func() []string {
			all := []string{}
			for _, path := range []string{"state", "faults", "requests", "rates", "latency"} {
				all = append(all, fine(t, cloud, "GET /_cgw/"+path, ""))
			}
			return all
		}
		before := state()
		for _, tt := range tests {
			status, reply := call(t, cloud, tt.request, tt.body)
			var got struct {
				Error struct{ Field, Message string }
			}
			require.NoError(t, json.Unmarshal([]byte(reply), &got), "%s %s: %s", tt.request, tt.body, reply)
			want := tt.status
			if want == 0 {
				want = http.StatusBadRequest
			}
			require.Equal(t, want, status, "%s %s: %s", tt.request, tt.body, reply)
			require.Equal(t, tt.field, got.Error.Field, "%s %s: %s", tt.request, tt.body, reply)
			require.Contains(t, got.Error.Message, tt.message, "%s %s", tt.request, tt.body)
			require.NotEmpty(t, got.Error.Message)
			require.Equal(t, before, state(), "%s %s", tt.request, tt.body)
		}
		_, err = provisioner(t, cloud).Get(t.Context(), seeded[0].ID)
		require.NoError(t, err, "clock and credentials are as they were")
	})
}
