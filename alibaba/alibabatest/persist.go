package alibabatest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cgw-go/cgw"
)

// saved is the persistent part of a State.
type saved struct {
	Gateways    []savedGateway        `json:"gateways"`
	Connections []Connection          `json:"connections,omitempty"`
	Tokens      map[string]savedToken `json:"tokens,omitempty"`
	Sequence    uint64                `json:"sequence"`
}

// savedGateway is a Gateway whose key is written in clear.
type savedGateway struct {
	Gateway
	AuthKey string `json:"authKey,omitempty"`
}

type savedToken struct {
	Hash    string    `json:"hash"` // of the parameters
	At      time.Time `json:"at"`
	Gateway Gateway   `json:"gateway"`
}

// MarshalJSON writes the gateways, connections and used tokens; not the faults, the record of
// requests, or a token whose request still runs. AuthKeys are written in clear, unlike
// everywhere else in cgw, since the emulated service has to show them again when it is
// loaded: give an emulator made-up keys only.
func (s *State) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := saved{Gateways: []savedGateway{}, Connections: s.connections, Tokens: map[string]savedToken{}, Sequence: s.sequence}
	for _, g := range s.existingGateways() {
		out.Gateways = append(out.Gateways, savedGateway{Gateway: g, AuthKey: g.AuthKey.Reveal()})
	}
	for key, t := range s.tokens {
		if !t.running {
			out.Tokens[key] = savedToken{Hash: t.hash, At: t.at, Gateway: t.gateway}
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON replaces the persistent part with what MarshalJSON wrote. Reads show all of it
// at once. It leaves the state as it was when it fails.
func (s *State) UnmarshalJSON(data []byte) error {
	var in saved
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("alibabatest: state: %w", err)
	}
	ids := map[string]bool{}
	for _, g := range in.Gateways {
		if g.ID == "" || ids[g.ID] {
			return fmt.Errorf("alibabatest: state: gateway ID %q is empty or there twice", g.ID)
		}
		ids[g.ID] = true
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.order, s.byID, s.byIP, s.live = nil, nil, nil, 0
	for _, g := range in.Gateways {
		g.Gateway.AuthKey = cgw.Secret(g.AuthKey)
		s.insert(g.Gateway.clone(), time.Time{})
	}
	s.connections, s.sequence = in.Connections, in.Sequence
	s.tokens = map[string]*token{}
	for key, t := range in.Tokens {
		s.tokens[key] = &token{hash: t.Hash, at: t.At, gateway: t.Gateway}
	}
	return nil
}
