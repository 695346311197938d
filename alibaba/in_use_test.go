package alibaba_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/providertest"
)

// TestInUseByTunnels: a gateway that is used only by a tunnel of connections of two is in use, and
// the error names them, whether or not the service lists them when it is asked for the gateway.
func TestInUseByTunnels(t *testing.T) {
	const id = "cgw-bp1aaaaaaaaaaaaaaaaaa"
	for name, tc := range map[string]struct {
		unlisted bool
		others   int // connections of another gateway before
		faults   []wire.Fault
		want     []string // nil: all
		asked    int      // for connections
	}{
		"listed":          {asked: 1},
		"unlisted":        {unlisted: true, asked: 2},
		"on a later page": {unlisted: true, others: 120, asked: 4},
		"on full pages":   {unlisted: true, others: 97, asked: 3},
		"not allowed":     {unlisted: true, faults: []wire.Fault{{Meaning: wire.Denied, Action: "DescribeVpnConnections", Times: -1}}, want: []string{}, asked: 1},
		"all not allowed": {unlisted: true, faults: []wire.Fault{{Meaning: wire.Denied, Action: "DescribeVpnConnections", Skip: 1, Times: -1}}, want: []string{}, asked: 2},
	} {
		t.Run(name, func(t *testing.T) {
			srv := alibabatest.NewServer(alibabatest.Options{TunnelsUnlisted: tc.unlisted})
			defer srv.Close()
			srv.Seed(alibabatest.Gateway{ID: id, Name: "aa", IPAddress: "203.0.113.7"})
			for range tc.others {
				srv.AddConnection("cgw-bp1bbbbbbbbbbbbbbbbbb")
			}
			tunnels := []alibabatest.Tunnel{{CustomerGatewayID: "cgw-bp1bbbbbbbbbbbbbbbbbb"}, {CustomerGatewayID: id}}
			srv.SeedConnections(
				alibabatest.Connection{ID: "vco-bp1aaaaaaaaaaaaaaaaaa", Tunnels: tunnels},
				alibabatest.Connection{ID: "vco-bp1bbbbbbbbbbbbbbbbbb", Tunnels: tunnels[:1]},
				alibabatest.Connection{ID: "vco-bp1cccccccccccccccccc", Tunnels: tunnels},
			)
			srv.Inject(tc.faults...)
			err := providertest.Open(t, alibaba.New, srv.Config()).Delete(t.Context(), id)
			require.ErrorIs(t, err, cgw.ErrInUse)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			var e *cgw.Error
			require.True(t, errors.As(err, &e))
			want := []string{"vco-bp1aaaaaaaaaaaaaaaaaa", "vco-bp1cccccccccccccccccc"}
			if tc.want != nil {
				want = tc.want
			}
			require.ElementsMatch(t, want, e.ConflictingIDs)
			asked := 0
			for _, r := range srv.Requests() {
				if r.Action == "DescribeVpnConnections" {
					asked++
				}
			}
			require.Equal(t, tc.asked, asked)
			require.Len(t, srv.Gateways(), 1)
		})
	}
}

// TestConnectionsRepeatedForEver bounds the looking, and names no connection twice.
func TestConnectionsRepeatedForEver(t *testing.T) {
	asked := 0
	p := harness().Serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("x-acs-action") != "DescribeVpnConnections":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, withError("DependencyViolation.VpnConnection"))
		case r.URL.Query().Get("CustomerGatewayId") != "":
			fmt.Fprint(w, withID(`"VpnConnections":{"VpnConnection":[]},"TotalCount":0,`))
		default:
			asked++
			fmt.Fprint(w, withID(`"VpnConnections":{"VpnConnection":[null,{"VpnConnectionId":"vco-1","TunnelOptionsSpecification":{"TunnelOptions":[{"CustomerGatewayId":"cgw-1"}]}}]},"TotalCount":1000000,`))
		}
	})
	err := p.Delete(t.Context(), "cgw-1")
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, cgw.ErrInUse)
	require.Equal(t, []string{"vco-1"}, e.ConflictingIDs)
	require.LessOrEqual(t, asked, 20)
}
