package tencenttest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cgw-go/cgw/internal/emulator"
)

// storedVersion is the version of the JSON form of a State. JSON without a version has version 1,
// too.
const storedVersion = 1

// stored is the part of a State that outlives a process.
type stored struct {
	Version     int          `json:"version"`
	Gateways    []Gateway    `json:"gateways"`
	Connections []Connection `json:"connections,omitempty"`
	Made        uint64       `json:"made"` // how many IDs were made, so that none is made again
}

// MarshalJSON implements json.Marshaler: it writes the gateways and the VPN connections. Faults
// and the record of requests are left out.
func (s *State) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := stored{Version: storedVersion, Gateways: make([]Gateway, len(s.written.rows)), Connections: s.connections, Made: s.made}
	for i, r := range s.written.rows {
		out.Gateways[i] = r.Gateway
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler: it replaces the gateways and the VPN connections with
// those that MarshalJSON wrote. It refuses JSON of another version, unknown fields, an ID that is
// missing or occurs twice, and two gateways at one address. Seed does not refuse the last two. The
// error names the field. For JSON that is cut short it does so only if UnmarshalJSON is called
// directly: json.Unmarshal fails before it calls it. After an error nothing has changed.
func (s *State) UnmarshalJSON(data []byte) error {
	in, err := readStored(data)
	if err != nil {
		return fmt.Errorf("tencenttest: state: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written, s.shown, s.pending = table{}, table{}, nil
	s.connections, s.made = nil, in.Made
	for _, g := range in.Gateways {
		s.put(g, time.Time{})
	}
	for _, c := range in.Connections {
		s.connect(c)
	}
	s.settle(time.Time{}, true)
	return nil
}

func readStored(data []byte) (stored, error) {
	var in stored
	if err := emulator.DecodeState(data, storedVersion, &in); err != nil {
		return in, err
	}
	gatewayID := func(g Gateway) string { return g.ID }
	address := func(g Gateway) string { return g.IPAddress } // may be empty: Seed allows that
	connectionID := func(c Connection) string { return c.ID }
	return in, cmp.Or(
		emulator.Distinct(in.Gateways, "gateways[%d].id", true, gatewayID),
		emulator.Distinct(in.Gateways, "gateways[%d].ipAddress", false, address),
		emulator.Distinct(in.Connections, "connections[%d].id", true, connectionID),
	)
}
