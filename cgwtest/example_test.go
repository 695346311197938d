package cgwtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// The zero Fake is a Provisioner to pass to the code under test.
func ExampleFake() {
	var cloud cgwtest.Fake
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	for range 2 {
		g, err := cloud.Create(context.Background(), req) // in place of the code under test
		fmt.Printf("%q %v\n", g.ID, err)
	}
	for _, c := range cloud.Calls() {
		fmt.Println(c.Op, c.Create.IPAddress, c.Create.Name, errors.Is(c.Err, cgw.ErrAlreadyExists))
	}
	// Output:
	// "cgw-fake0001" <nil>
	// "" cgw: fake Create: already exists (request fake-request-0002) [cgw-fake0001]
	// Create 203.0.113.7 office false
	// Create 203.0.113.7 office true
}

// With the Rules of a cloud the Fake is as strict as that cloud: see tencent.Rules and
// alibaba.Rules.
func ExampleFake_rules() {
	cloud := cgwtest.Fake{Like: cgw.Rules{
		Provider: "example",
		Name:     cgw.TextRule{Required: true, Max: 8},
		AuthKey:  cgw.TextRule{Unsupported: true},
	}}
	_, err := cloud.Create(context.Background(), cgw.CreateRequest{Name: "head office", AuthKey: "s3cr3t"})
	var invalid *cgw.ValidationError
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			fmt.Println(f.Field, "-", f.Reason)
		}
	}
	fmt.Println(errors.Is(err, cgw.ErrUnsupported), cgw.OutcomeOf(err))
	// Output:
	// IPAddress - is required
	// Name - must have at most 8 characters, has 11
	// AuthKey - Example has no such field: leave it empty
	// true not applied
}

// Seed adds the gateways that exist before the test begins.
func ExampleFake_Seed() {
	var cloud cgwtest.Fake
	cloud.Seed(cgw.Gateway{ID: "cgw-1", Name: "office", IPAddress: netip.MustParseAddr("203.0.113.7")})
	g, err := cloud.Get(context.Background(), "cgw-1")
	fmt.Println(g.Provider, g.Region, g.Name, g.IPAddress, err)
	// Output: fake fake-region office 203.0.113.7 <nil>
}

// A VPN connection uses the gateway, so it cannot be deleted.
func ExampleFake_Connect() {
	var cloud cgwtest.Fake
	cloud.Seed(cgw.Gateway{ID: "cgw-1"})
	connection := cloud.Connect("cgw-1")
	ctx := context.Background()
	fmt.Println(cloud.Delete(ctx, "cgw-1"))
	cloud.Disconnect(connection)
	fmt.Println(cloud.Delete(ctx, "cgw-1"))
	// Output:
	// cgw: fake Delete cgw-1: in use (request fake-request-0001) [vpnx-fake0001]
	// <nil>
}

// What the caller of a write sees of each kind of fault.
func ExampleFault_errors() {
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	for _, fault := range []cgwtest.Fault{
		{Err: cgw.ErrThrottled, RetryAfter: time.Minute},
		{Err: cgw.ErrThrottled, Applied: true},
		{Err: cgw.ErrUnavailable},
		{Err: cgw.ErrOutcomeUnknown},
		{Err: errors.New("connection reset")},
		{Err: fmt.Errorf("%w: maintenance", cgw.ErrConflict)},
		{Err: &cgw.Error{Kind: cgw.ErrQuotaExceeded, Code: "LimitExceeded", RequestID: "R-1"}},
		{Applied: true},
	} {
		cloud := cgwtest.Fake{Faults: []cgwtest.Fault{fault}}
		_, err := cloud.Create(context.Background(), req)
		var e *cgw.Error
		errors.As(err, &e)
		fmt.Printf("%v; %v; %v\n", e, e.Outcome, e.RetryAfter)
	}
	// Output:
	// cgw: fake Create: throttled; not applied; 1m0s
	// cgw: fake Create: throttled: outcome unknown; unknown; 0s
	// cgw: fake Create: service unavailable: outcome unknown; unknown; 0s
	// cgw: fake Create: outcome unknown; unknown; 0s
	// cgw: fake Create: outcome unknown: connection reset; unknown; 0s
	// cgw: fake Create: conflict with another operation: conflict with another operation: maintenance; not applied; 0s
	// cgw: fake Create: quota exceeded: LimitExceeded (request R-1); not applied; 0s
	// cgw: fake Create: service unavailable: outcome unknown; unknown; 0s
}

// A service that never replies: the call ends with its context.
func ExampleFault_hang() {
	cloud := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpDelete, Hang: true}}}
	cloud.Seed(cgw.Gateway{ID: "cgw-1"})
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err := cloud.Delete(ctx, "cgw-1")
	fmt.Println(errors.Is(err, context.DeadlineExceeded), cgw.OutcomeOf(err))
	// Output: true unknown
}
