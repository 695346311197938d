package tencenttest

import "time"

// connectionView is a VPN connection in replies. Of its options only the address of the
// customer gateway is emulated: the others are copied from the vendor's example.
type connectionView struct {
	VpnConnectionID           string `json:"VpnConnectionId"`
	VpnConnectionName         string
	VpcID                     string `json:"VpcId"`
	VpnGatewayID              string `json:"VpnGatewayId"`
	CustomerGatewayID         string `json:"CustomerGatewayId"`
	PreShareKey               string
	VpnProto                  string
	EncryptProto              string
	RouteType                 string
	CreatedTime               string
	State                     string
	NetStatus                 string
	SecurityPolicyDatabaseSet []policyView
	IKEOptionsSpecification   ikeView
	IPSECOptionsSpecification ipsecView
	EnableHealthCheck         bool
	HealthCheckLocalIP        string `json:"HealthCheckLocalIp"`
	HealthCheckRemoteIP       string `json:"HealthCheckRemoteIp"`
	HealthCheckStatus         string
	DpdEnable                 int
	DpdTimeout                string
	DpdAction                 string
	TagSet                    []struct{}
	NegotiationType           string
	BgpConfig                 *struct{} // null: the route type is another
	HealthCheckConfig         *struct{} // null: there are no health checks
}

type policyView struct {
	LocalCidrBlock  string
	RemoteCidrBlock []string
}

type ikeView struct {
	PropoEncryAlgorithm  string
	PropoAuthenAlgorithm string
	ExchangeMode         string
	LocalIdentity        string
	RemoteIdentity       string
	LocalAddress         string
	RemoteAddress        string
	LocalFqdnName        string
	RemoteFqdnName       string
	DhGroupName          string
	IKESaLifetimeSeconds int
	IKEVersion           string
}

type ipsecView struct {
	EncryptAlgorithm       string
	IntegrityAlgorithm     string
	IPSECSaLifetimeSeconds int
	IPSECSaLifetimeTraffic int
	PfsDhGroup             string
}

// viewConnection shows a connection to a customer gateway at an address.
func viewConnection(c Connection, address string) connectionView {
	return connectionView{
		VpnConnectionID: c.ID, VpnConnectionName: c.Name, VpcID: c.VPCID,
		VpnGatewayID: c.VPNGatewayID, CustomerGatewayID: c.CustomerGatewayID,
		PreShareKey: "123", VpnProto: "IPSEC", EncryptProto: "IKE", RouteType: "StaticRoute",
		CreatedTime: c.CreatedAt.In(serviceZone).Format(time.DateTime),
		State:       "AVAILABLE", NetStatus: "AVAILABLE",
		SecurityPolicyDatabaseSet: []policyView{{"0.0.0.0/0", []string{"0.0.0.0/0"}}},
		IKEOptionsSpecification: ikeView{
			PropoEncryAlgorithm: "AES-CBC-128", PropoAuthenAlgorithm: "MD5", ExchangeMode: "MAIN",
			LocalIdentity: "ADDRESS", RemoteIdentity: "ADDRESS", LocalAddress: "6.6.6.6", RemoteAddress: address,
			DhGroupName: "GROUP1", IKESaLifetimeSeconds: 86400, IKEVersion: "IKEV1",
		},
		IPSECOptionsSpecification: ipsecView{
			EncryptAlgorithm: "AES-CBC-128", IntegrityAlgorithm: "MD5",
			IPSECSaLifetimeSeconds: 3600, IPSECSaLifetimeTraffic: 1843200, PfsDhGroup: "NULL",
		},
		DpdEnable: 1, DpdTimeout: "30", DpdAction: "clear",
		TagSet: []struct{}{}, NegotiationType: "flowTrigger",
	}
}
