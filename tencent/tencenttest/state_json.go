package tencenttest

import (
	"encoding/json"
	"fmt"
	"time"
)

// stored is the part of a State that outlives a process.
type stored struct {
	Gateways    []Gateway    `json:"gateways"`
	Connections []Connection `json:"connections,omitempty"`
	Made        uint64       `json:"made"` // how many IDs were made, so that none is made again
}

// MarshalJSON implements json.Marshaler: it writes the gateways and the VPN connections. Faults
// and the record of requests are left out.
func (s *State) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := stored{Gateways: make([]Gateway, len(s.written.rows)), Connections: s.connections, Made: s.made}
	for i, r := range s.written.rows {
		out.Gateways[i] = r.Gateway
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler: it puts what MarshalJSON wrote in place of the
// gateways and the VPN connections that there are. After an error nothing has changed.
func (s *State) UnmarshalJSON(data []byte) error {
	var in stored
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, g := range in.Gateways {
		if g.ID == "" || seen[g.ID] {
			return fmt.Errorf("tencenttest: the gateway ID %q is missing or occurs twice", g.ID)
		}
		seen[g.ID] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written, s.shown, s.pending = table{}, table{}, nil
	s.connections, s.made = in.Connections, in.Made
	for _, g := range in.Gateways {
		s.put(g, time.Time{})
	}
	s.settle(time.Time{}, true)
	return nil
}
