package cgwtest

import (
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Emulator is an emulated cloud on a loopback port. A test that takes an Emulator is written once
// for all clouds. The servers of packages tencenttest and alibabatest implement it, and have more
// methods for what only their cloud has. Do not implement it elsewhere: methods may be added. All
// methods are safe for concurrent use.
//
//	func TestRetries(t *testing.T) {
//		for _, cloud := range []cgwtest.Emulator{
//			tencenttest.NewServer(tencenttest.Options{}), alibabatest.NewServer(alibabatest.Options{}),
//		} {
//			defer cloud.Close()
//			cloud.Inject(wire.Fault{Meaning: wire.Throttled, Action: "CreateCustomerGateway", Times: 2})
//			p, err := cloud.Provisioner()
//			…
//		}
//	}
//
// Names of actions are the service's own. CreateCustomerGateway, DescribeCustomerGateways,
// ModifyCustomerGatewayAttribute, DeleteCustomerGateway and DescribeVpnConnections are the same
// for both clouds.
type Emulator interface {
	// Endpoint returns the base URL, such as "https://127.0.0.1:41234". It is the field URL of
	// the servers.
	Endpoint() string
	// Client returns a new HTTP client that trusts the server's certificate.
	Client() *http.Client
	// Provisioner returns a new Provisioner of the server, with the current credentials and the
	// defaults of the provider.
	Provisioner() (cgw.Provisioner, error)
	// Location returns the Provider and the Region of every gateway there.
	Location() cgw.Location
	// Close shuts the server down when the requests that it is answering have ended.
	Close()

	// SeedGateways adds gateways, or replaces those that have the same ID, without a request.
	// It returns them as they were added: a missing ID, CreatedAt, Provider or Region is filled
	// in. It adds nothing, and returns an error that names the field, when a gateway has no
	// IPv4 address or one that another gateway holds, is of another Provider or Region, or has
	// a field that the cloud does not have. A RequestID is ignored. Reads show them at once.
	SeedGateways(gateways ...cgw.Gateway) ([]cgw.Gateway, error)
	// ListGateways returns the gateways that exist, oldest first, without a request. Their
	// RequestID is empty.
	ListGateways() []cgw.Gateway

	// AddConnection adds a VPN connection that uses the gateway, and returns the connection's ID.
	AddConnection(gatewayID string) (connectionID string)
	// RemoveConnection removes a VPN connection, and returns whether there was one.
	RemoveConnection(connectionID string) bool
	// ConnectionIDs returns the IDs of the VPN connections that use a gateway.
	ConnectionIDs(gatewayID string) []string

	// Inject adds faults after the existing ones. If one of them is invalid, such as one with an
	// unknown Meaning, it panics and adds none.
	Inject(faults ...wire.Fault)
	// Faults returns the faults that were injected, with how often each struck.
	Faults() []wire.Injected
	// ClearFaults removes all faults.
	ClearFaults()

	// Requests returns the record of the requests so far, in the order in which they ended.
	Requests() []wire.Request
	// Count returns how many requests of an action are on record, failed ones included.
	Count(action string) int
	// ResetRequests empties the record.
	ResetRequests()

	// SetCredentials changes the credentials that requests must be signed with from now on:
	// the ID and the secret of a key, and the token of temporary ones, or "".
	SetCredentials(id, secret, token string)
	// SetClock changes the clock of the service; nil: time.Now.
	SetClock(now func() time.Time)
	// SetLatency changes the delay that is added to every request, in real time.
	SetLatency(d time.Duration)
	// SetRate changes how many requests a second of an action are answered; 0: any number. With
	// the action "" it sets the rate of every action that has none of its own.
	SetRate(action string, perSecond int)
	// Reset empties the state, the faults and the record of requests, and sets credentials,
	// clock, latency and rates back to their values at the start of the server.
	Reset()
}
