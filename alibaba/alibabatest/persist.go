package alibabatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/emulator"
)

// savedVersion is the version of a saved State. It changes if the meaning of a field changes.
const savedVersion = 1

// saved is the persistent part of a State.
type saved struct {
	Version     int                   `json:"version"`
	Gateways    []savedGateway        `json:"gateways"`
	Connections []Connection          `json:"connections,omitempty"`
	Tokens      map[string]savedToken `json:"tokens,omitempty"`
	Sequence    uint64                `json:"sequence"`
}

// savedGateway is a Gateway whose AuthKey is written in plain text.
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
// requests, or a token whose request still runs. AuthKeys are written in plain text, unlike
// everywhere else in cgw, because the emulated service must show them again after loading. Give an
// emulator only made-up keys.
func (s *State) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := saved{
		Version: savedVersion, Gateways: []savedGateway{}, Connections: s.connections,
		Tokens: map[string]savedToken{}, Sequence: s.sequence,
	}
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

// UnmarshalJSON replaces the persistent part with what MarshalJSON wrote. Reads show all of it at
// once. A version may be left out. If the text is cut short, has another version or an unknown
// field, or has two gateways with one ID or address, the error names the field and the state stays
// as it was.
func (s *State) UnmarshalJSON(data []byte) error {
	in, err := readSaved(data)
	if err != nil {
		return fmt.Errorf("alibabatest: state: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order, s.byID, s.byIP, s.live = nil, nil, nil, 0
	for _, g := range in.Gateways {
		g.Gateway.AuthKey = cgw.Secret(g.AuthKey)
		s.insert(g.Gateway.clone(), time.Time{})
	}
	s.connections, s.sequence = nil, in.Sequence
	for _, c := range in.Connections {
		s.addConnection(c)
	}
	s.tokens = map[string]*token{}
	for key, t := range in.Tokens {
		s.tokens[key] = &token{hash: t.Hash, at: t.At, gateway: t.Gateway}
	}
	return nil
}

func readSaved(data []byte) (saved, error) {
	var in saved
	if err := emulator.DecodeState(data, savedVersion, &in); err != nil {
		return in, err
	}
	gatewayID := func(g savedGateway) string { return g.ID }
	address := func(g savedGateway) string { return g.IPAddress } // may be empty: Seed allows that
	connectionID := func(c Connection) string { return c.ID }
	return in, cmp.Or(
		emulator.Distinct(in.Gateways, "gateways[%d].id", true, gatewayID),
		emulator.Distinct(in.Gateways, "gateways[%d].ipAddress", false, address),
		emulator.Distinct(in.Connections, "connections[%d].id", true, connectionID),
	)
}
