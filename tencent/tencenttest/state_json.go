package tencenttest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// storedVersion is the version of the JSON form of a State. JSON without a version is of
// version 1, too.
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

// UnmarshalJSON implements json.Unmarshaler: it puts what MarshalJSON wrote in place of the
// gateways and the VPN connections that there are. It refuses JSON of another version, unknown
// fields, an ID that is missing or occurs twice, and two gateways at one address, which Seed
// does not. The error names the field, also where the JSON breaks off if UnmarshalJSON is
// called directly: json.Unmarshal does not call it then. After an error nothing has changed.
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
	in := stored{Version: storedVersion}
	if !json.Valid(data) {
		return in, fmt.Errorf("%s: the JSON breaks off or is malformed", brokenAt(data))
	}
	// The version first: what else there is may be unknown for that reason.
	var version struct{ Version *int }
	// A wrong type is found below.
	if json.Unmarshal(data, &version) == nil && version.Version != nil && *version.Version != storedVersion {
		return in, fmt.Errorf("version: is %d, not %d", *version.Version, storedVersion)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			return in, fmt.Errorf("%s: is a JSON %s", cmp.Or(mistyped.Field, "the whole"), mistyped.Value)
		}
		return in, err // names the unknown field, or the time that is none
	}
	return in, checkStored(in)
}

// checkStored refuses a value that occurs twice, or is missing where it must not be.
func checkStored(in stored) error {
	first := map[string]string{} // kind and value to the field that has it
	unique := func(kind, value, field string) error {
		if other, twice := first[kind+value]; twice {
			return fmt.Errorf("%s: %q is also %s", field, value, other)
		}
		first[kind+value] = field
		return nil
	}
	for i, g := range in.Gateways {
		field := fmt.Sprintf("gateways[%d].", i)
		if g.ID == "" {
			return errors.New(field + "id: is missing")
		}
		if err := unique("id ", g.ID, field+"id"); err != nil {
			return err
		}
		if g.IPAddress == "" {
			continue // Seed allows it
		}
		if err := unique("address ", g.IPAddress, field+"ipAddress"); err != nil {
			return err
		}
	}
	for i, c := range in.Connections {
		field := fmt.Sprintf("connections[%d].id", i)
		if c.ID == "" {
			return errors.New(field + ": is missing")
		}
		if err := unique("id ", c.ID, field); err != nil {
			return err
		}
	}
	return nil
}

// brokenAt returns the path of the field, such as gateways[1].name, behind which malformed JSON
// cannot be read.
func brokenAt(data []byte) string {
	type level struct {
		list bool
		at   int    // in a list
		name string // in an object
		key  bool   // the next token is a name
	}
	var path []level
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		top := len(path) - 1
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				path = append(path, level{list: t == '[', key: t == '{'})
				continue
			}
			path = path[:top]
			top--
		case string:
			if top >= 0 && path[top].key {
				path[top].name, path[top].key = t, false
				continue
			}
		}
		if top >= 0 { // a value has ended
			path[top].at++
			path[top].key = !path[top].list
		}
	}
	var b strings.Builder
	for i, l := range path {
		switch {
		case l.list:
			b.WriteString("[" + strconv.Itoa(l.at) + "]")
		case l.name != "" && i > 0:
			b.WriteString("." + l.name)
		default:
			b.WriteString(l.name)
		}
	}
	if b.Len() == 0 {
		return "the whole"
	}
	return b.String()
}
