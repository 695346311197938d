package alibabatest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/emulator"
)

// settings are the options that can change while the service runs.
func (o Options) settings() emulator.Settings {
	return emulator.Settings{
		Region: o.Region, Clock: o.Now, Latency: o.Latency, Rate: o.Rate, ErrorLog: o.ErrorLog,
		Credentials: emulator.Credentials{ID: o.AccessKeyID, Secret: o.AccessKeySecret, Token: o.SecurityToken},
	}
}

// front returns the handler with the control interface, if asked for, and with replies to panics.
func (h *handler) front() http.Handler {
	f := emulator.Front{
		Name: "alibabatest", Service: h,
		Action: func(r *http.Request) string {
			return cmp.Or(r.Header.Get("X-Acs-Action"), r.URL.Query().Get("Action"))
		},
		Broken: func(message string) emulator.Reply {
			return (&request{}).refuse(refusef("InternalError", "%s", message))
		},
	}
	if h.Control {
		control := emulator.Control{
			Core: &h.state.core, Service: h.state, Codes: meanings(),
			Actions: slices.Sorted(maps.Keys(h.operations)),
		}
		f.Control = control.Handler()
	}
	return h.state.core.Handler(f)
}

// SetCredentials changes the credentials that requests must be signed with from now on; token
// is "" for permanent ones. Requests that were signed with the old ones are refused.
func (s *State) SetCredentials(accessKeyID, accessKeySecret, token string) {
	s.core.SetCredentials(accessKeyID, accessKeySecret, token)
}

// SetClock changes the clock of the service; nil: time.Now.
func (s *State) SetClock(now func() time.Time) { s.core.SetClock(now) }

// SetLatency changes Options.Latency.
func (s *State) SetLatency(d time.Duration) { s.core.SetLatency(d) }

// SetRate changes how many requests a second of the action are answered; 0: any number. With the
// action "" it sets the rate of every action that has none of its own.
func (s *State) SetRate(action string, perSecond int) { s.core.SetRate(action, perSecond) }

// Reset empties the state with the used tokens, the faults and the record of requests, and sets
// credentials, clock, latency and rates to those of the Options. IDs start again with the first
// one.
func (s *State) Reset() {
	s.core.Reset()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order, s.byID, s.byIP, s.live = nil, nil, nil, 0
	s.connections, s.tokens, s.sequence = nil, map[string]*token{}, 0
}

// Location returns cgw.Alibaba and the region of the service.
func (s *State) Location() cgw.Location {
	return cgw.Location{Provider: cgw.Alibaba, Region: cmp.Or(s.core.Region(), DefaultRegion)}
}

// ListGateways is Gateways, with values of cgw.Gateway, which has no AuthKey.
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
// another gateway holds, or is of another provider or region. A RequestID is ignored.
func (s *State) SeedGateways(gateways ...cgw.Gateway) ([]cgw.Gateway, error) {
	if err := emulator.CheckSeed(s.Location(), s.ListGateways(), gateways); err != nil {
		return nil, fmt.Errorf("alibabatest: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]cgw.Gateway, len(gateways))
	for i, n := range gateways {
		g := Gateway{
			ID: n.ID, Name: n.Name, Description: n.Description, IPAddress: n.IPAddress.Unmap().String(),
			ASN: uint32(n.ASN), ResourceGroupID: n.ResourceGroupID, CreatedAt: n.CreatedAt, Tags: n.Tags,
		}
		if g.ID == "" {
			g.ID = s.newID("cgw-bp1")
		}
		if g.CreatedAt.IsZero() {
			g.CreatedAt = s.now()
		}
		all[i] = s.neutral(s.insert(g.clone(), time.Time{}))
	}
	return all, nil
}

// neutral returns a gateway as a cgw.Gateway.
func (s *State) neutral(g Gateway) cgw.Gateway {
	return emulator.Neutral(s.Location(), cgw.Gateway{
		ID: g.ID, Name: g.Name, Description: g.Description,
		ASN: cgw.ASN(g.ASN), ResourceGroupID: g.ResourceGroupID, CreatedAt: g.CreatedAt, Tags: g.Tags,
	}, g.IPAddress)
}

// ConnectionIDs returns the IDs of the IPsec connections that use the gateway.
func (s *State) ConnectionIDs(gatewayID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, c := range s.connections {
		if c.uses(gatewayID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Endpoint returns the URL.
func (s *Server) Endpoint() string { return s.URL }

// Provisioner returns a new Provisioner made with Config.
func (s *Server) Provisioner() (cgw.Provisioner, error) { return alibaba.New(s.Config()) }
