package tencenttest

import (
	"slices"
	"time"
)

// Connection is a VPN connection as the service holds it. As long as it exists, its customer
// gateway cannot be deleted.
type Connection struct {
	ID                string    `json:"id"`                     // vpnx- and eight lower-case letters or digits
	Name              string    `json:"name,omitempty"`         // empty: none
	CustomerGatewayID string    `json:"customerGatewayId"`      // the gateway that it uses; it need not exist
	VPCID             string    `json:"vpcId,omitempty"`        // shown and filtered by; empty: none
	VPNGatewayID      string    `json:"vpnGatewayId,omitempty"` // shown and filtered by; empty: none
	CreatedAt         time.Time `json:"createdAt,omitzero"`     // the service shows whole seconds
}

// AddConnection adds a VPN connection to the gateway and returns its ID. The gateway need not
// exist.
func (s *State) AddConnection(gatewayID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connect(Connection{CustomerGatewayID: gatewayID})
}

// SeedConnections adds VPN connections. A missing ID is made up, a missing CreatedAt is the
// current second.
func (s *State) SeedConnections(connections ...Connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range connections {
		s.connect(c)
	}
}

// connect adds a VPN connection and returns its ID. The caller holds the lock.
func (s *State) connect(c Connection) string {
	if c.ID == "" {
		c.ID = s.newID("vpnx-")
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.clock().UTC().Truncate(time.Second)
	}
	s.connections = append(s.connections, c)
	return c.ID
}

// RemoveConnection removes a VPN connection, and returns whether there was one.
func (s *State) RemoveConnection(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.connections)
	s.connections = slices.DeleteFunc(s.connections, func(c Connection) bool { return c.ID == id })
	return len(s.connections) < before
}

// Connections returns the VPN connections in the order in which they were added.
func (s *State) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.connections)
}

// connectionsOf returns the IDs of the gateway's connections. The caller holds the lock.
func (s *State) connectionsOf(gatewayID string) []string {
	var ids []string
	for _, c := range s.connections {
		if c.CustomerGatewayID == gatewayID {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

type describeConnectionsParams struct {
	IDs     []string `param:"VpnConnectionIds"`
	Filters []filter `param:"Filters"`
	Offset  uint64   `param:"Offset"`
	Limit   *uint64  `param:"Limit"`
}

func connectionFilters() map[string]func(Connection) string {
	return map[string]func(Connection) string{
		"vpc-id":              func(c Connection) string { return c.VPCID },
		"vpn-gateway-id":      func(c Connection) string { return c.VPNGatewayID },
		"customer-gateway-id": func(c Connection) string { return c.CustomerGatewayID },
		"vpn-connection-name": func(c Connection) string { return c.Name },
		"vpn-connection-id":   func(c Connection) string { return c.ID },
	}
}

func (h *handler) describeConnections(p describeConnectionsParams) (any, *serviceError) {
	limit, e := checkSelection("VpnConnectionIds", "vpnx-", p.IDs, p.Filters, p.Limit)
	if e != nil {
		return nil, e
	}
	keep, e := filters(connectionFilters(), p.Filters)
	if e != nil {
		return nil, e
	}
	found := []Connection{}
	known := map[string]bool{}
	for _, c := range h.state.Connections() {
		known[c.ID] = true
		if keep(c) && (len(p.IDs) == 0 || slices.Contains(p.IDs, c.ID)) {
			found = append(found, c)
		}
	}
	for _, id := range p.IDs {
		if !known[id] && !h.o.EmptyOnUnknownIDs {
			return nil, refuse(codeResourceNotFound, "the VPN connection %s does not exist", id)
		}
	}
	views := []connectionView{}
	h.reading(func(t *table) {
		for _, c := range page(found, p.Offset, limit) {
			address := ""
			if r, ok := t.byID[c.CustomerGatewayID]; ok {
				address = r.IPAddress
			}
			views = append(views, viewConnection(c, address))
		}
	})
	return struct {
		VpnConnectionSet []connectionView
		TotalCount       int
	}{views, len(found)}, nil
}
