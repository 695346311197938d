package alibabatest

import (
	"slices"
	"time"
)

// Connection is an IPsec connection as the service holds it. As long as there is one, its
// customer gateway cannot be deleted.
type Connection struct {
	ID                string    `json:"id"` // vco-bp1 and 18 lower-case letters or digits
	Name              string    `json:"name,omitempty"`
	CustomerGatewayID string    `json:"customerGatewayId"`
	VPNGatewayID      string    `json:"vpnGatewayId,omitempty"`
	CreatedAt         time.Time `json:"createdAt"`
}

// AddConnection adds an IPsec connection to the gateway and returns its ID. The gateway need
// not exist.
func (s *State) AddConnection(gatewayID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addConnection(Connection{CustomerGatewayID: gatewayID})
}

// SeedConnections adds IPsec connections. A missing ID or time of creation is made up.
func (s *State) SeedConnections(connections ...Connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range connections {
		s.addConnection(c)
	}
}

// addConnection returns the connection's ID. The caller holds the lock.
func (s *State) addConnection(c Connection) string {
	if c.ID == "" {
		c.ID = s.newID("vco-bp1")
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	c.CreatedAt = c.CreatedAt.UTC().Truncate(time.Millisecond)
	s.connections = append(s.connections, c)
	return c.ID
}

// RemoveConnection removes an IPsec connection, and returns whether there was one.
func (s *State) RemoveConnection(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.connections)
	s.connections = slices.DeleteFunc(s.connections, func(c Connection) bool { return c.ID == id })
	return len(s.connections) < before
}

// Connections returns the IPsec connections in the order in which they were added.
func (s *State) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.connections)
}

// connected reports whether a connection uses the gateway. The caller holds the lock.
func (s *State) connected(gatewayID string) bool {
	return slices.ContainsFunc(s.connections, func(c Connection) bool { return c.CustomerGatewayID == gatewayID })
}

type connectionsBody struct {
	requestID
	PageNumber, PageSize, TotalCount int
	VpnConnections                   struct{ VpnConnection []connectionDetail }
}

// connectionDetail is the part of a connection that concerns its gateways.
type connectionDetail struct {
	VpnConnectionID   string `json:"VpnConnectionId" xml:"VpnConnectionId"`
	Name              string `json:",omitempty" xml:",omitempty"`
	CustomerGatewayID string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	VpnGatewayID      string `json:"VpnGatewayId,omitempty" xml:"VpnGatewayId,omitempty"`
	CreateTime        int64
	Status            string
}

func (h *handler) describeConnections(p params) (body, *refusal) {
	pg, ref := p.page()
	if ref != nil {
		return nil, ref
	}
	b := &connectionsBody{PageNumber: pg.number, PageSize: pg.size}
	b.VpnConnections.VpnConnection = []connectionDetail{}
	asked := func(name, value string) bool { return p[name] == "" || p[name] == value }
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.connections {
		if asked("CustomerGatewayId", c.CustomerGatewayID) && asked("VpnGatewayId", c.VPNGatewayID) && asked("VpnConnectionId", c.ID) && pg.next() {
			b.VpnConnections.VpnConnection = append(b.VpnConnections.VpnConnection, connectionDetail{
				VpnConnectionID: c.ID, Name: c.Name, CustomerGatewayID: c.CustomerGatewayID, VpnGatewayID: c.VPNGatewayID,
				CreateTime: c.CreatedAt.UnixMilli(), Status: "ipsec_sa_established",
			})
		}
	}
	b.TotalCount = pg.total
	return b, nil
}
