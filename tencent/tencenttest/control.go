package tencenttest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/tencent"
)

// settings are the options that can change while the service runs.
func (o Options) settings() emulator.Settings {
	s := emulator.Settings{
		Region: o.Region, Clock: o.Now, Latency: o.Latency, Rate: o.Rate, Rates: map[string]int{}, ErrorLog: o.ErrorLog,
		Credentials: emulator.Credentials{ID: o.SecretID, Secret: o.SecretKey, Token: o.Token},
	}
	if o.TagRate != o.Rate {
		for _, action := range slowTagActions() {
			s.Rates[action] = o.TagRate
		}
	}
	return s
}

// front returns the handler with the control interface, if asked for, and with replies to panics.
func (h *handler) front() http.Handler {
	f := emulator.Front{
		Name: "tencenttest", Service: h,
		Action: func(r *http.Request) string { return r.Header.Get("X-TC-Action") },
		Broken: func(message string) emulator.Reply { return errorReply(refuse(codeInternalError, "%s", message)) },
	}
	if h.o.Control {
		actions := slices.Concat(slices.Collect(maps.Keys(h.vpc)), slices.Collect(maps.Keys(h.tag)))
		slices.Sort(actions)
		control := emulator.Control{Core: &h.state.core, Service: h.state, Codes: meanings(), Actions: actions}
		f.Control = control.Handler()
	}
	return h.state.core.Handler(f)
}

// SetCredentials changes the credentials that requests must be signed with from now on; token
// is "" for permanent ones. Requests that were signed with the old ones are refused.
func (s *State) SetCredentials(secretID, secretKey, token string) {
	s.core.SetCredentials(secretID, secretKey, token)
}

// SetClock changes the clock of the service; nil: time.Now.
func (s *State) SetClock(now func() time.Time) { s.core.SetClock(now) }

// SetLatency changes Options.Latency.
func (s *State) SetLatency(d time.Duration) { s.core.SetLatency(d) }

// SetRate changes how many requests a second of the action are answered; 0: any number. With the
// action "" it sets the rate of every action that has none of its own.
func (s *State) SetRate(action string, perSecond int) { s.core.SetRate(action, perSecond) }

// Reset empties the state, the faults and the record of requests, and sets credentials, clock,
// latency and rates to those of the Options. IDs start again with the first one.
func (s *State) Reset() {
	s.core.Reset()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written, s.shown, s.pending = table{}, table{}, nil
	s.connections, s.made = nil, 0
}

// Location returns cgw.Tencent and the region of the service.
func (s *State) Location() cgw.Location {
	return cgw.Location{Provider: cgw.Tencent, Region: cmp.Or(s.core.Region(), DefaultRegion)}
}

// ListGateways is Gateways, with values of cgw.Gateway.
func (s *State) ListGateways() []cgw.Gateway {
	held := s.Gateways()
	all := make([]cgw.Gateway, len(held))
	for i, g := range held {
		all[i] = s.neutral(g)
	}
	return all
}

// SeedGateways is Seed, with values of cgw.Gateway. It returns the gateways with the fields that
// were filled in. It refuses, and adds nothing, if a gateway has no IPv4 address or one that
// another gateway holds, is of another provider or region, or has a field that Tencent Cloud does
// not have. A RequestID is ignored.
func (s *State) SeedGateways(gateways ...cgw.Gateway) ([]cgw.Gateway, error) {
	if err := emulator.CheckSeed(s.Location(), s.ListGateways(), gateways, "description", "resourceGroupId"); err != nil {
		return nil, fmt.Errorf("tencenttest: %w", err)
	}
	seed, all := make([]Gateway, len(gateways)), make([]cgw.Gateway, len(gateways))
	for i, g := range gateways {
		seed[i] = Gateway{
			ID: g.ID, Name: g.Name, IPAddress: g.IPAddress.Unmap().String(), ASN: uint32(g.ASN),
			CreatedAt: g.CreatedAt.UTC(), Tags: g.Tags,
		}
		if g.CreatedAt.IsZero() {
			seed[i].CreatedAt = s.clock().UTC().Truncate(time.Second)
		}
		if g.ID == "" {
			seed[i].ID = s.freshID()
		}
		all[i] = s.neutral(seed[i].clone())
	}
	s.Seed(seed...)
	return all, nil
}

func (s *State) freshID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newID("cgw-")
}

// neutral returns a gateway as a cgw.Gateway.
func (s *State) neutral(g Gateway) cgw.Gateway {
	return emulator.Neutral(s.Location(), cgw.Gateway{
		ID: g.ID, Name: g.Name, ASN: cgw.ASN(g.ASN),
		CreatedAt: g.CreatedAt.UTC(), Tags: g.Tags,
	}, g.IPAddress)
}

// ConnectionIDs returns the IDs of the VPN connections that use the gateway.
func (s *State) ConnectionIDs(gatewayID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connectionsOf(gatewayID)
}

// Endpoint returns the URL.
func (s *Server) Endpoint() string { return s.URL }

// Provisioner returns a new Provisioner made with Config.
func (s *Server) Provisioner() (cgw.Provisioner, error) { return tencent.New(s.Config()) }
