package alibabatest

import (
	"strconv"

	"github.com/cgw-go/cgw"
)

// The replies have the fields of the vendor's Go SDK v7.0.0. Of a connection only its gateways,
// group, tags and times can be chosen; the rest are the defaults of the SDK's comments on
// CreateVpnConnection, and addresses of RFC 5737.

type connectionsBody struct {
	requestID
	PageNumber, PageSize, TotalCount int
	VpnConnections                   struct{ VpnConnection []listedConnection }
}

// listedConnection is a connection in a list, which calls its tags Tag.
type listedConnection struct {
	connectionDetail
	Tag tagList
}

// connectionBody is the reply of DescribeVpnConnection, which calls them Tags.
type connectionBody struct {
	requestID
	connectionDetail
	Tags   tagList
	ZoneNo string
}

// connectionDetail is what both have. By the SDK's comments, the fields of a transit router and the
// tunnels are returned only for such connections.
type connectionDetail struct {
	VpnConnectionID            string `json:"VpnConnectionId" xml:"VpnConnectionId"`
	Name                       string `json:",omitempty" xml:",omitempty"`
	CustomerGatewayID          string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	VpnGatewayID               string `json:"VpnGatewayId,omitempty" xml:"VpnGatewayId,omitempty"`
	CreateTime                 int64  // in milliseconds
	Status                     string
	State                      string
	AttachType                 string
	AttachInstanceID           string `json:"AttachInstanceId,omitempty" xml:"AttachInstanceId,omitempty"`
	TransitRouterID            string `json:"TransitRouterId,omitempty" xml:"TransitRouterId,omitempty"`
	TransitRouterName          string `json:",omitempty" xml:",omitempty"`
	InternetIP                 string `json:"InternetIp,omitempty" xml:"InternetIp,omitempty"`
	NetworkType                string
	Spec, TunnelBandwidth      string
	LocalSubnet, RemoteSubnet  string
	CrossAccountAuthorized     bool
	EffectImmediately          bool
	EnableDpd                  bool
	EnableNatTraversal         bool
	EnableTunnelsBgp           bool
	RemoteCaCertificate        string
	ResourceGroupID            string `json:"ResourceGroupId" xml:"ResourceGroupId"`
	IkeConfig                  ikeConfig[int64]
	IpsecConfig                ipsecConfig[int64]
	VcoHealthCheck             healthCheck
	VpnBgpConfig               bgpConfig
	TunnelOptionsSpecification *tunnelList `json:",omitempty" xml:",omitempty"`
}

// ikeConfig has its lifetime as a number in a connection, and as a text in a tunnel.
type ikeConfig[Lifetime int64 | string] struct {
	IkeAuthAlg, IkeEncAlg       string
	IkeLifetime                 Lifetime // in seconds
	IkeMode, IkePfs, IkeVersion string
	LocalID                     string `json:"LocalId" xml:"LocalId"`
	Psk                         string
	RemoteID                    string `json:"RemoteId" xml:"RemoteId"`
}

type ipsecConfig[Lifetime int64 | string] struct {
	IpsecAuthAlg, IpsecEncAlg string
	IpsecLifetime             Lifetime // in seconds
	IpsecPfs                  string
}

type healthCheck struct {
	Dip, Enable     string
	Interval, Retry int
	Policy          string
	Sip, Status     string
}

type bgpConfig struct {
	EnableBgp  string `json:",omitempty" xml:",omitempty"` // not in a list
	AuthKey    string
	LocalAsn   uint32
	LocalBgpIP string `json:"LocalBgpIp" xml:"LocalBgpIp"`
	PeerAsn    uint32
	PeerBgpIP  string `json:"PeerBgpIp" xml:"PeerBgpIp"`
	Status     string
	TunnelCidr string
}

type tunnelList struct{ TunnelOptions []tunnelOptions }

type tunnelOptions struct {
	TunnelID            string `json:"TunnelId" xml:"TunnelId"`
	CustomerGatewayID   string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	EnableDpd           string
	EnableNatTraversal  string
	InternetIP          string `json:"InternetIp" xml:"InternetIp"`
	RemoteCaCertificate string `json:",omitempty" xml:",omitempty"` // only of a ShangMi gateway
	Role, State, Status string
	TunnelIndex         int `json:",omitempty" xml:",omitempty"` // only of a transit router
	ZoneNo              string
	TunnelBgpConfig     tunnelBGP
	TunnelIkeConfig     ikeConfig[string]
	TunnelIpsecConfig   ipsecConfig[string]
}

type tunnelBGP struct {
	BgpStatus  string
	LocalAsn   string
	LocalBgpIP string `json:"LocalBgpIp" xml:"LocalBgpIp"`
	PeerAsn    string
	PeerBgpIP  string `json:"PeerBgpIp" xml:"PeerBgpIp"`
	TunnelCidr string
}

const (
	lifetime    = 86400 // of both phases, in seconds
	established = "ipsec_sa_established"
	localIP     = "192.0.2.1" // of the vendor's side
)

// zones and roles are those of the first and of the second tunnel.
var (
	zones = [...]string{"-h", "-i"}
	roles = [...]string{"master", "slave"}
)

func newIkeConfig[Lifetime int64 | string](l Lifetime, peer Gateway) ikeConfig[Lifetime] {
	return ikeConfig[Lifetime]{
		IkeAuthAlg: "md5", IkeEncAlg: "aes", IkeLifetime: l, IkeMode: "main", IkePfs: "group2", IkeVersion: "ikev1",
		LocalID: localIP, Psk: "made-up", RemoteID: peer.IPAddress,
	}
}

func newIpsecConfig[Lifetime int64 | string](l Lifetime) ipsecConfig[Lifetime] {
	return ipsecConfig[Lifetime]{IpsecAuthAlg: "md5", IpsecEncAlg: "aes", IpsecLifetime: l, IpsecPfs: "group2"}
}

// newConnectionDetail shows a connection. The caller holds the lock of the state.
func (h *handler) newConnectionDetail(c *Connection) connectionDetail {
	peer := h.state.peer(c.CustomerGatewayID)
	d := connectionDetail{
		VpnConnectionID: c.ID, Name: c.Name, CustomerGatewayID: c.CustomerGatewayID, VpnGatewayID: c.VPNGatewayID,
		CreateTime: c.CreatedAt.UnixMilli(), Status: established, State: "init", AttachType: "NO_ASSOCIATED",
		NetworkType: "public", Spec: "1000M", TunnelBandwidth: "Standard",
		LocalSubnet: "0.0.0.0/0", RemoteSubnet: "0.0.0.0/0",
		EnableDpd: true, EnableNatTraversal: true,
		RemoteCaCertificate: c.RemoteCACertificate, ResourceGroupID: c.ResourceGroupID,
		IkeConfig: newIkeConfig[int64](lifetime, peer), IpsecConfig: newIpsecConfig[int64](lifetime),
		VcoHealthCheck: healthCheck{Enable: "false", Interval: 3, Retry: 3, Policy: "revoke_route", Status: "failed"},
		VpnBgpConfig:   bgpConfig{LocalAsn: aliyunASN, PeerAsn: peer.ASN, Status: "false"},
	}
	switch {
	case c.TransitRouterID != "":
		d.State, d.AttachType, d.AttachInstanceID = "attached", "CEN", "cen-made-up"
		d.TransitRouterID, d.TransitRouterName, d.InternetIP = c.TransitRouterID, "made-up", localIP
	case c.VPNGatewayID != "":
		d.State, d.AttachType = "active", "VPNGW"
	}
	if len(c.Tunnels) > 0 {
		d.TunnelOptionsSpecification = &tunnelList{}
	}
	for i, t := range c.Tunnels {
		o := h.newTunnelOptions(i, t)
		o.RemoteCaCertificate = c.RemoteCACertificate
		if c.TransitRouterID != "" {
			o.TunnelIndex = i + 1
		}
		d.TunnelOptionsSpecification.TunnelOptions = append(d.TunnelOptionsSpecification.TunnelOptions, o)
	}
	return d
}

func (h *handler) newTunnelOptions(i int, t Tunnel) tunnelOptions {
	peer, seconds, place := h.state.peer(t.CustomerGatewayID), strconv.Itoa(lifetime), min(i, len(roles)-1)
	return tunnelOptions{
		TunnelID: t.ID, CustomerGatewayID: t.CustomerGatewayID,
		EnableDpd: "true", EnableNatTraversal: "true", InternetIP: localIP,
		Role: roles[place], State: "active", Status: established, ZoneNo: h.Region + zones[place],
		TunnelBgpConfig:   tunnelBGP{BgpStatus: "false", LocalAsn: strconv.Itoa(aliyunASN), PeerAsn: cgw.ASN(peer.ASN).String()},
		TunnelIkeConfig:   newIkeConfig(seconds, peer),
		TunnelIpsecConfig: newIpsecConfig(seconds),
	}
}

// peer returns the gateway at the other end, or the zero Gateway if it does not exist. The
// caller holds the lock.
func (s *State) peer(gatewayID string) Gateway {
	if r := s.existing(gatewayID); r != nil {
		return r.last().gateway
	}
	return Gateway{}
}
