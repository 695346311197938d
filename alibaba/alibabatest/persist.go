package alibabatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
)

// savedVersion is the form of a saved State. It changes with the meaning of a field.
const savedVersion = 1

// saved is the persistent part of a State.
type saved struct {
	Version     int                   `json:"version"`
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

// UnmarshalJSON replaces the persistent part with what MarshalJSON wrote. Reads show all of it
// at once. A version may be left out. When the text is cut short, of another version, has a
// field that is not known, or has two gateways of one ID or address, the error names the field
// and the state stays as it was.
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
	in := saved{Version: savedVersion}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return in, fmt.Errorf("%s: is cut short or not JSON: %w", lastField(data), err)
	}
	dec := json.NewDecoder(bytes.NewReader(whole))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return in, err // which names the field
	}
	if in.Version != savedVersion {
		return in, fmt.Errorf("version: is %d, must be %d", in.Version, savedVersion)
	}
	return in, in.check()
}

// check refuses what would make two things one.
func (in *saved) check() error {
	ids, addresses := unique{}, unique{}
	for i, g := range in.Gateways {
		field := fmt.Sprintf("gateways[%d].", i)
		if err := ids.add(field+"id", g.ID); err != nil {
			return err
		}
		if g.IPAddress == "" { // a Seed may have none
			continue
		}
		if err := addresses.add(field+"ipAddress", g.IPAddress); err != nil {
			return err
		}
	}
	ids = unique{}
	for i, c := range in.Connections {
		if err := ids.add(fmt.Sprintf("connections[%d].id", i), c.ID); err != nil {
			return err
		}
	}
	return nil
}

// unique is the fields by their value.
type unique map[string]string

func (u unique) add(field, value string) error {
	if value == "" {
		return fmt.Errorf("%s: is empty", field)
	}
	if other, ok := u[value]; ok {
		return fmt.Errorf("%s: %q is that of %s too", field, value, other)
	}
	u[value] = field
	return nil
}

// lastField returns the field that data ends in, such as "gateways[3].name".
func lastField(data []byte) string {
	type level struct {
		array bool
		key   string
		index int
		value bool // a value comes next, in an object
	}
	var path []level
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err != nil {
			break
		}
		top := len(path) - 1
		switch {
		case token == json.Delim('}') || token == json.Delim(']'):
			path = path[:top]
			top--
		case top >= 0 && !path[top].array && !path[top].value:
			path[top].key, path[top].value = token.(string), true
			continue
		case token == json.Delim('{') || token == json.Delim('['):
			path = append(path, level{array: token == json.Delim('[')})
			continue
		}
		if top >= 0 { // a value ended
			path[top].index++
			path[top].value = false
		}
	}
	var b strings.Builder
	for _, l := range path {
		switch {
		case l.array:
			fmt.Fprintf(&b, "[%d]", l.index)
		case l.key != "":
			b.WriteString("." + l.key)
		}
	}
	if b.Len() == 0 {
		return "the top level"
	}
	return strings.TrimPrefix(b.String(), ".")
}
