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

// What the tests name gateways.
const (
	addr1   = "203.0.113.1"
	name1   = "office-1"
	renamed = "office-renamed"
)

// cloud is what the tests need of one, whichever it is.
type cloud struct {
	name      string
	start     func(options) *service
	usual     transport // on which every fault strikes in every mode; "": http1
	connect   func(url string, s settings) (provisioner, error)
	actions   map[string][]string // what each operation may send; first the one that matters most
	throttled string              // a code
	conflict  string              // a code of something that is busy, before it does anything
	internal  string              // a code after which anything may have happened
	denied    string              // a code of a permission that is missing
	fields    cgw.CreateRequest   // what a create asks for besides name and address
	update    cgw.UpdateRequest
}

// clouds returns both.
func clouds() []*cloud { return []*cloud{tencentCloud(), alibabaCloud()} }

// matrixClouds returns both, and those that do not exist.
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
	noDate    bool            // the service does not tell its clock
	late      bool            // it goes on with a request when the client is gone
	loose     bool            // it makes several gateways at one address
	arrived   chan<- struct{} // told of every request; nil: not
}

// own reports whether the emulator's own server cannot do it.
func (o options) own() bool {
	return o.transport == memory || o.late || o.loose || o.noDate || o.arrived != nil
}

// emulator is what both emulators have in common.
type emulator interface {
	Inject(faults ...wire.Fault)
	ClearFaults()
	Requests() []wire.Request
	ResetRequests()
	Count(action string) int
	AddConnection(gatewayID string) string
}

// held is a gateway as an emulator has it.
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

// settings are what the Configs of both providers have in common.
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

// free lets all requests through: the waits of the limiter are not what is tested.
type free struct{}

func (free) Wait(ctx context.Context) error { return ctx.Err() }
