package alibabatest

import "slices"

// connection is an IPsec connection that uses a gateway.
type connection struct {
	ID           string `json:"id"`
	GatewayID    string `json:"gatewayId"`
	VPNGatewayID string `json:"vpnGatewayId"`
	CreatedAt    int64  `json:"createdAt"` // in milliseconds
}

// vpnGateway is the VPN gateway on the cloud's side of all connections.
const vpnGateway = "vpn-bp1emulator"

// AddConnection adds an IPsec connection that uses the gateway, which keeps it from being
// deleted, and returns the connection's ID. The gateway need not exist.
func (s *State) AddConnection(gatewayID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.newID("vco-bp1")
	s.connections = append(s.connections, connection{ID: id, GatewayID: gatewayID, VPNGatewayID: vpnGateway, CreatedAt: s.now().UnixMilli()})
	return id
}

// connected reports whether a connection uses the gateway. The caller holds the lock.
func (s *State) connected(gatewayID string) bool {
	return slices.ContainsFunc(s.connections, func(c connection) bool { return c.GatewayID == gatewayID })
}

type connectionsBody struct {
	requestID
	PageNumber, PageSize, TotalCount int
	VpnConnections                   struct{ VpnConnection []connectionDetail }
}

// connectionDetail is the part of a connection that concerns its gateways.
type connectionDetail struct {
	VpnConnectionID   string `json:"VpnConnectionId" xml:"VpnConnectionId"`
	CustomerGatewayID string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	VpnGatewayID      string `json:"VpnGatewayId" xml:"VpnGatewayId"`
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
		if asked("CustomerGatewayId", c.GatewayID) && asked("VpnGatewayId", c.VPNGatewayID) && asked("VpnConnectionId", c.ID) && pg.next() {
			b.VpnConnections.VpnConnection = append(b.VpnConnections.VpnConnection, connectionDetail{
				VpnConnectionID: c.ID, CustomerGatewayID: c.GatewayID, VpnGatewayID: c.VPNGatewayID,
				CreateTime: c.CreatedAt, Status: "ipsec_sa_established",
			})
		}
	}
	b.TotalCount = pg.total
	return b, nil
}
