package reliability_test

import (
	"net/http"
	"net/netip"

	"github.com/cgw-go/cgw"
	core "github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/internal/newprovider/northwind"
	"github.com/cgw-go/cgw/internal/newprovider/southwind"
	"github.com/cgw-go/cgw/internal/newprovider/windtest"
)

// The clouds that do not exist, see docs/new-provider.md. They take part in the fault matrix,
// over HTTP without TLS.

func northwindCloud() *cloud {
	name := renamed
	return &cloud{
		name: "northwind", start: startWind(windtest.Northwind, connectNorthwind), connect: connectNorthwind, usual: plain,
		actions: map[string][]string{
			cgw.OpCreate: {"CreateGateway", "ListGateways"},
			cgw.OpGet:    {"GetGateway"},
			cgw.OpList:   {"ListGateways"},
			cgw.OpUpdate: {"ModifyGateway", "TagGateway", "UntagGateway", "GetGateway"},
			cgw.OpDelete: {"DeleteGateway", "ListConnections"},
		},
		throttled: "Throttled", conflict: "GatewayBusy", internal: "InternalError", denied: "AccessDenied",
		fields: cgw.CreateRequest{ASN: 64512, Description: "of a test", Tags: map[string]string{"env": "test"}},
		update: cgw.UpdateRequest{Name: &name, Tags: map[string]string{"stage": "new"}},
	}
}

func southwindCloud() *cloud {
	name := renamed
	return &cloud{
		name: "southwind", start: startWind(windtest.Southwind, connectSouthwind), connect: connectSouthwind, usual: plain,
		actions: map[string][]string{
			cgw.OpCreate: {"POST gateways", "GET gateways"},
			cgw.OpGet:    {"GET gateways/id", "GET tags"},
			cgw.OpList:   {"GET gateways", "GET tags"},
			cgw.OpUpdate: {"PUT gateways/id", "POST tags", "GET gateways/id", "GET tags"},
			cgw.OpDelete: {"DELETE gateways/id", "GET connections"},
		},
		throttled: "slow-down", conflict: "busy", internal: "internal", denied: "denied",
		fields: cgw.CreateRequest{ASN: 64512, Tags: map[string]string{"env": "test"}},
		update: cgw.UpdateRequest{Name: &name, Tags: map[string]string{"env": "new"}},
	}
}

func startWind(start func() *windtest.Service, connect func(string, settings) (provisioner, error)) func(options) *service {
	return func(o options) *service {
		state := start()
		if o.lag > 0 {
			state.Fake.ReadLag = 2 // it counts reads
		}
		s := &service{emulator: state}
		s.held = func() []held {
			var all []held
			for _, g := range state.Gateways() {
				all = append(all, held{g.ID, g.Name, g.IPAddress.String(), uint32(g.ASN), g.Tags, g.CreatedAt})
			}
			return all
		}
		s.seed = func(gateways ...held) {
			for _, g := range gateways {
				state.Fake.Seed(cgw.Gateway{ID: g.id, Name: g.name, IPAddress: netip.MustParseAddr(g.addr), ASN: cgw.ASN(g.asn), Tags: g.tags, CreatedAt: g.created})
			}
		}
		s.open = func(set settings) (provisioner, error) { return connect(s.url, set) }
		if o.own() {
			s.serve(o, state, nil)
			return s
		}
		srv := state.Listen(state, core.ServerOptions{PlainHTTP: o.transport == plain, HTTP1: o.transport == http1})
		s.url, s.close = srv.URL, srv.Close
		s.base = func() http.RoundTripper { return srv.Client().Transport }
		return s
	}
}

// windKey returns the key that both services accept.
func windKey() (string, error) { return windtest.Key, nil }

func connectNorthwind(url string, set settings) (provisioner, error) {
	return northwind.New(northwind.Config{
		Region: windtest.Region, Endpoint: url, Credentials: windKey,
		HTTPClient: set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
		Logger: set.logger, Observe: set.observe,
	})
}

func connectSouthwind(url string, set settings) (provisioner, error) {
	return southwind.New(southwind.Config{
		Region: windtest.Region, Endpoint: url, Credentials: windKey,
		HTTPClient: set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
		Logger: set.logger, Observe: set.observe,
	})
}
