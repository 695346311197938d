// Package providertest holds the tests that every provider of this repository must pass, written
// once: configuration, contexts, concurrency, secrets, replies, limits and credentials. A provider
// describes itself in a [Harness] and calls [Test]; its own tests then cover only what is special
// about its cloud. Test also runs the conformance suite of package cgwtest, which checks the
// requirements of every cgw.Provisioner.
package providertest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Provisioner is what the New function of every provider returns.
type Provisioner interface {
	cgw.Provisioner
	cgw.Ruled
	cgw.Located
	io.Closer
}

// Config has the fields that the Configs of all providers share, with the same meaning.
type Config struct {
	Region string
	// Credentials are nil, [Keys] that never change, a [*Source] of the caller's own (which may
	// be a nil pointer), or the SDK's own, as [Harness.DefaultCredentials] returns them.
	Credentials    any
	Endpoint       string
	HTTPClient     *http.Client
	AttemptTimeout time.Duration
	Retry          cgw.RetryPolicy
	Limiter        cgw.Limiter
	Validation     cgw.ValidationMode
	Logger         *slog.Logger
	Observe        func(context.Context, cgw.Attempt)
}

// SDKClient is a client of the vendor's SDK that a provider hands out.
type SDKClient struct {
	Client  any                                               // a pointer
	List    func(context.Context) (firstID string, err error) // lists the gateways
	Missing func(context.Context) error                       // asks for a gateway that does not exist
	Spoil   func()                                            // breaks the client
}

// State is what an emulated cloud holds. The States of both emulators implement it.
type State interface {
	SeedGateways(gateways ...cgw.Gateway) ([]cgw.Gateway, error)
	Requests() []wire.Request
}

// Options say which emulator to start.
type Options struct {
	PlainHTTP bool // without TLS
	Faults    []wire.Fault
}

// Harness describes a provider to the tests. Every field is required unless its comment says
// otherwise.
type Harness struct {
	Provider cgw.Provider
	Region   string // the emulator's
	Keys     Keys   // that the emulator accepts
	Rules    func() cgw.Rules
	// PageCap and ResourceGroupID are those of cgwtest.Harness.
	PageCap         int
	ResourceGroupID string
	// Tokens says that creates carry an idempotency token: a lost reply costs a second attempt.
	Tokens bool

	// New calls the provider's New with a Config of these fields, and returns what it returns.
	New func(Config) (Provisioner, error)
	// NewLimiter is the provider's.
	NewLimiter func(perSecond float64) cgw.ActionLimiter
	// Native returns the provider's own Config of these fields.
	Native func(Config) any
	// SDK returns a fresh client of the SDK.
	SDK func(Provisioner) SDKClient
	// Environment names the variables that the vendor's programs read.
	Environment []string

	// Start starts the cloud's emulator, with room for any number of gateways. Handler returns it
	// as a handler, without a network.
	Start   func(Options) cgwtest.Emulator
	Handler func(Options) (http.Handler, State)

	// Hard returns a create with the text in every field that accepts it, and with tags.
	Hard func(text string) cgw.CreateRequest

	GetAction string // the action that a Get sends first
	Throttled string // a code of the service that means cgw.ErrThrottled
	Invalid   string // one that means cgw.ErrInvalidArgument

	Limits
	Replies
	Lists
	Credentials
}

// Test runs all tests of this package on a provider.
func Test(t *testing.T, h Harness) {
	t.Helper()
	tests := append(configTests(), contextTests()...)
	tests = append(tests, serviceTests()...)
	tests = append(tests, replyTests()...)
	tests = append(tests, listTests()...)
	tests = append(tests, ruleTests()...)
	tests = append(tests, credentialTests()...)
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) { c.run(t, h) })
	}
}

// test is one test of a provider.
type test struct {
	name string
	run  func(*testing.T, Harness)
}

// Config returns a Config that lacks only Endpoint and HTTPClient. Requests are sent once, without
// delay, and signed with ID, Secret and Token.
func (h Harness) Config() Config {
	return Config{
		Region:      h.Region,
		Credentials: Keys{ID, Secret, Token},
		Limiter:     h.NewLimiter(1e6),
		Retry:       Once(),
	}
}

// connect returns the Config of an emulator, without the limiter's delays.
func (h Harness) connect(srv cgwtest.Emulator) Config {
	return Config{
		Region: h.Region, Credentials: h.Keys, Endpoint: srv.Endpoint(), HTTPClient: srv.Client(),
		Limiter: h.NewLimiter(1e6),
	}
}

// start starts an emulator that ends with the test.
func (h Harness) start(t testing.TB, o Options) cgwtest.Emulator {
	t.Helper()
	srv := h.Start(o)
	t.Cleanup(srv.Close)
	return srv
}
