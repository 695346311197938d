package alibabatest

import (
	"maps"
	"slices"
	"time"
)

// Connection is an IPsec connection as the service holds it. As long as it exists, its customer
// gateways cannot be deleted.
type Connection struct {
	ID   string `json:"id"`             // vco-bp1 and 18 lower-case letters or digits
	Name string `json:"name,omitempty"` // empty: none
	// CustomerGatewayID is the gateway of a connection with one tunnel. It may be empty when
	// there are Tunnels.
	CustomerGatewayID string `json:"customerGatewayId,omitempty"`
	// Tunnels are the two tunnels of a connection in dual-tunnel mode. Nil: one tunnel.
	Tunnels []Tunnel `json:"tunnels,omitempty"`
	// VPNGatewayID is the VPN gateway that the connection is attached to. Empty: none.
	VPNGatewayID string `json:"vpnGatewayId,omitempty"`
	// TransitRouterID is the transit router that the connection is attached to. Empty: none. At
	// most one of it and VPNGatewayID is set.
	TransitRouterID string `json:"transitRouterId,omitempty"`
	// RemoteCACertificate is the certificate of the peer of a VPN gateway of the ShangMi type.
	// Empty: none.
	RemoteCACertificate string `json:"remoteCaCertificate,omitempty"`
	// ResourceGroupID is the group. Empty, in a Seed: the account's default group.
	ResourceGroupID string            `json:"resourceGroupId,omitempty"`
	Tags            map[string]string `json:"tags,omitempty"` // nil when there are none
	CreatedAt       time.Time         `json:"createdAt"`      // UTC, to the millisecond; zero, in a Seed: now
}

// Tunnel is one tunnel of a connection in dual-tunnel mode.
type Tunnel struct {
	ID                string `json:"id"`                // tun- and 18 lower-case letters or digits
	CustomerGatewayID string `json:"customerGatewayId"` // the gateway that it ends at; it need not exist
}

func (c Connection) clone() Connection {
	c.Tunnels, c.Tags = slices.Clone(c.Tunnels), maps.Clone(c.Tags)
	return c
}

// uses reports whether the connection, or one of its tunnels, ends at the gateway.
func (c *Connection) uses(gatewayID string) bool {
	return c.CustomerGatewayID == gatewayID ||
		slices.ContainsFunc(c.Tunnels, func(t Tunnel) bool { return t.CustomerGatewayID == gatewayID })
}

// AddConnection adds an IPsec connection with one tunnel to the gateway and returns its ID. The
// gateway need not exist.
func (s *State) AddConnection(gatewayID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addConnection(Connection{CustomerGatewayID: gatewayID})
}

// SeedConnections adds IPsec connections. Missing IDs, times of creation and resource groups
// are filled in. The gateways need not exist.
func (s *State) SeedConnections(connections ...Connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range connections {
		s.addConnection(c.clone())
	}
}

// addConnection returns the connection's ID. The caller holds the lock.
func (s *State) addConnection(c Connection) string {
	if c.ID == "" {
		c.ID = s.newID("vco-bp1")
	}
	for i := range c.Tunnels {
		if c.Tunnels[i].ID == "" {
			c.Tunnels[i].ID = s.newID("tun-")
		}
	}
	if c.ResourceGroupID == "" {
		c.ResourceGroupID = defaultGroup
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
	all := make([]Connection, len(s.connections))
	for i, c := range s.connections {
		all[i] = c.clone()
	}
	return all
}

// connected reports whether a connection uses the gateway. The caller holds the lock.
func (s *State) connected(gatewayID string) bool {
	return slices.ContainsFunc(s.connections, func(c Connection) bool { return c.uses(gatewayID) })
}

func (h *handler) describeConnections(p params) (body, *refusal) {
	pg, ref := p.page()
	if ref != nil {
		return nil, ref
	}
	tags, ref := p.tagFilters(h.rules.Tags)
	if ref != nil {
		return nil, ref
	}
	b := &connectionsBody{PageNumber: pg.number, PageSize: pg.size}
	b.VpnConnections.VpnConnection = []listedConnection{}
	if !h.groupShown(p) {
		return b, nil
	}
	asked := func(name, value string) bool { return p[name] == "" || p[name] == value }
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.connections {
		if h.ofGateway(&c, p["CustomerGatewayId"]) && asked("VpnGatewayId", c.VPNGatewayID) && asked("VpnConnectionId", c.ID) &&
			asked("ResourceGroupId", c.ResourceGroupID) && matchTags(tags, c.Tags) && pg.next() {
			b.VpnConnections.VpnConnection = append(b.VpnConnections.VpnConnection,
				listedConnection{connectionDetail: h.newConnectionDetail(&c), Tag: newTagList(c.Tags)})
		}
	}
	b.TotalCount = pg.total
	return b, nil
}

// ofGateway reports whether a list that asks for the gateway has the connection.
func (h *handler) ofGateway(c *Connection, gatewayID string) bool {
	if h.TunnelsUnlisted {
		return gatewayID == "" || c.CustomerGatewayID == gatewayID
	}
	return gatewayID == "" || c.uses(gatewayID)
}

func (h *handler) describeConnection(p params) (body, *refusal) {
	id := p["VpnConnectionId"]
	if id == "" {
		return nil, missing("VpnConnectionId")
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.connections {
		if c.ID != id {
			continue
		}
		b := &connectionBody{connectionDetail: h.newConnectionDetail(&c), Tags: newTagList(c.Tags), ZoneNo: h.Region + zones[0]}
		b.VpnBgpConfig.EnableBgp = "false"
		return b, nil
	}
	return nil, refuse("InvalidVpnConnectionInstanceId.NotFound")
}
