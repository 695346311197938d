package reliability_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Secrets that look different when they are escaped.
const (
	secretKey = "cgwSecret/Key+of=tests&a%b"
	stsToken  = "cgwSts/Token+of=tests&c%d"
	authKey   = `cgwAuth/Key+of=tests&e%f"<`
)

// The address and the names of the gateways in the tests.
const (
	addr1   = "203.0.113.1"
	name1   = "office-1"
	renamed = "office-renamed"
)

// cloud describes a cloud to the tests.
type cloud struct {
	name      string
	start     func(options) *service
	usual     transport // on which every fault strikes in every mode; "": http1
	connect   func(url string, s settings) (provisioner, error)
	actions   map[string][]string // what each operation may send; first the one that matters most
	throttled string              // a code
	conflict  string              // a code for a busy resource: nothing was done
	internal  string              // a code after which the outcome is unknown
	denied    string              // a code of a permission that is missing
	fields    cgw.CreateRequest   // what a create asks for besides name and address
	update    cgw.UpdateRequest
}

// clouds returns both.
func clouds() []*cloud { return []*cloud{tencentCloud(), alibabaCloud()} }

// matrixClouds returns both, and the clouds of internal/newprovider.
func matrixClouds() []*cloud { return append(clouds(), northwindCloud(), southwindCloud()) }

// transports returns those that the matrix runs on.
func (c *cloud) transports() []transport {
	if c.usual != "" && !long() {
		return []transport{c.usual}
	}
	return []transport{plain, http1, http2}
}

// transport is how a service is reached.
type transport string

const (
	plain  transport = "plain"  // HTTP/1.1 without TLS
	http1  transport = "http1"  // HTTP/1.1 over TLS
	http2  transport = "http2"  // HTTP/2 over TLS
	memory transport = "memory" // no network at all, for synctest
)

// options say what service to start.
type options struct {
	transport transport
	lag       time.Duration // of reads behind writes
	quota     int
	tokenLife time.Duration
	now       func() time.Time
	noDate    bool            // the service sends no Date header
	late      bool            // it continues with a request after the client is gone
	loose     bool            // it allows several gateways at one address
	arrived   chan<- struct{} // gets a value for every request; nil: not used
}

// own reports whether the options need a server of these tests: the emulator's own server does
// not have them.
func (o options) own() bool {
	return o.transport == memory || o.late || o.loose || o.noDate || o.arrived != nil
}

// emulator has the methods that both emulators share.
type emulator interface {
	Inject(faults ...wire.Fault)
	ClearFaults()
	Requests() []wire.Request
	ResetRequests()
	Count(action string) int
	AddConnection(gatewayID string) string
}

// held is a gateway as an emulator stores it.
type held struct {
	id, name, addr string
	asn            uint32
	tags           map[string]string
	created        time.Time
}

// service is a running emulator.
type service struct {
	emulator
	url   string
	seen  *seen
	held  func() []held
	seed  func(...held)
	open  func(settings) (provisioner, error)
	base  func() http.RoundTripper // a new one that reaches the service
	close func()
}

// provisioner is what both providers return.
type provisioner interface {
	cgw.Provisioner
	io.Closer
}

// settings are the fields that the Configs of both providers share.
type settings struct {
	client  *http.Client
	timeout time.Duration
	retry   cgw.RetryPolicy
	limiter cgw.Limiter
	logger  *slog.Logger
	observe func(context.Context, cgw.Attempt)
}

// at returns the gateways at an address.
func (s *service) at(addr string) []held {
	var found []held
	for _, g := range s.held() {
		if g.addr == addr {
			found = append(found, g)
		}
	}
	return found
}

// free is a limiter that never waits: these tests are not about limiters.
type free struct{}

func (free) Wait(ctx context.Context) error { return ctx.Err() }
