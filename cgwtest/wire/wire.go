// Package wire holds the types that both emulators share: the faults that they inject and the
// record of a request. It imports the standard library alone.
package wire

import (
	"net/http"
	"time"
)

// When is the point in the handling of a request at which a fault strikes.
type When uint8

// The points, in the order in which a request passes them.
const (
	// BeforeCommit is after the request was read and authenticated, before it takes effect.
	BeforeCommit When = iota
	// AfterCommit is after the request took effect, before the reply is sent.
	AfterCommit
	// OnConnect is when a connection is accepted, before a byte of it is read. Only a Server
	// can strike there, not a bare handler; Fault.Action is ignored, and Skip and Times count
	// connections.
	OnConnect
)

// Effect is what a fault does, after its Delay.
type Effect uint8

// The effects.
const (
	// Proceed does nothing further: the fault is the Delay alone.
	Proceed Effect = iota
	// Abort closes the connection without a reply (in HTTP/2, it resets the stream).
	Abort
	// Cut sends the first Fault.Bytes bytes of the reply's body, then closes the connection.
	Cut
	// Replace sends Fault.Status, Header and Body in place of the reply.
	Replace
	// Refuse answers Fault.Code as the service's own error.
	Refuse
	// Garbage, with OnConnect only, answers the client's first bytes with bytes that are
	// neither TLS nor HTTP, and closes the connection.
	Garbage
)

// Fault is a fault to inject. The zero Fault is a Proceed without delay: it does nothing. At
// most one fault strikes a request: the first in the list that matches.
//
// The usual fault is a [Meaning], which is written once for both clouds:
//
//	s.Inject(wire.Fault{Meaning: wire.Throttled, Action: "CreateCustomerGateway", Times: 2})
type Fault struct {
	Action string        // the service's name of the request, such as "CreateCustomerGateway"; "": any
	Skip   int           // let this many matching requests pass first
	Times  int           // strike this many; 0: one; negative: all
	When   When          // where it strikes
	Delay  time.Duration // wait this long first; ends early when the client goes away
	Effect Effect        // what it does then

	// Meaning is the error to answer. Each emulator answers its vendor's code for it. It
	// implies Effect Refuse and a Code, so leave both zero. "": none.
	Meaning Meaning

	Bytes  int         // for Cut; negative: nothing is cut
	Status int         // for Replace; 0: 200
	Header http.Header // for Replace, and added to the reply of Refuse and of a Meaning
	Body   string      // for Replace
	Code   string      // for Refuse, such as "RequestLimitExceeded"
}

// Injected is a fault that was injected, and how often it struck.
type Injected struct {
	Fault      // as it was injected
	Seen   int // how many requests (or connections) matched, those passed over included
	Struck int // how many it struck
}

// Request is the record of a request that an emulator received. It holds no credential.
type Request struct {
	Time   time.Time // by the emulator's clock
	Action string    // "" if the emulator could not read it
	Code   string    // the error code that was answered, also when the answer was not sent; "" on success
	Fault  bool      // whether a fault struck it
}
