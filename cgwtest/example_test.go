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

// ensure is the program under test: it creates a gateway, and accepts one that is there.
func ensure(ctx context.Context, c cgw.Creator, addr netip.Addr) (id string, err error) {
	g, err := c.Create(ctx, cgw.CreateRequest{IPAddress: addr, Name: "branch-7"})
	var e *cgw.Error
	if errors.As(err, &e) && errors.Is(err, cgw.ErrAlreadyExists) && len(e.ConflictingIDs) == 1 {
		return e.ConflictingIDs[0], nil
	}
	return g.ID, err
}

// The zero Fake is a Provisioner to hand to the code under test.
func ExampleFake() {
	var fake cgwtest.Fake
	addr := netip.MustParseAddr("203.0.113.7")
	for range 2 {
		id, err := ensure(context.Background(), &fake, addr)
		fmt.Println(id, err)
	}
	for _, c := range fake.Calls() {
		fmt.Println(c.Op, c.Create.IPAddress, c.Create.Name, errors.Is(c.Err, cgw.ErrAlreadyExists))
	}
	// Output:
	// cgw-fake0001 <nil>
	// cgw-fake0001 <nil>
	// Create 203.0.113.7 branch-7 false
	// Create 203.0.113.7 branch-7 true
}

// A Fake is as strict as a cloud when it has the cloud's Rules: see tencent.Rules and
// alibaba.Rules.
func ExampleFake_rules() {
	fake := cgwtest.Fake{Like: cgw.Rules{
		Provider: "example",
		Name:     cgw.TextRule{Required: true, Max: 8},
		AuthKey:  cgw.TextRule{Unsupported: true},
	}}
	_, err := fake.Create(context.Background(), cgw.CreateRequest{Name: "head office", AuthKey: "s3cr3t"})
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

// A reply that is lost: the gateway is there, and the caller cannot know.
func ExampleFault() {
	fake := cgwtest.Fake{Faults: []cgwtest.Fault{
		{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: true},
	}}
	ctx := context.Background()
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")}
	_, err := fake.Create(ctx, req)
	fmt.Println(errors.Is(err, cgw.ErrOutcomeUnknown), cgw.IsRetryable(err))

	found, err := cgw.Collect(fake.List(ctx, cgw.Filter{IPAddress: req.IPAddress}))
	fmt.Println(len(found), err)
	// Output:
	// true false
	// 1 <nil>
}

// A service that is slow, or never answers.
func ExampleFault_hang() {
	fake := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpDelete, Hang: true}}}
	fake.Seed(cgw.Gateway{ID: "cgw-1"})
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err := fake.Delete(ctx, "cgw-1")
	fmt.Println(errors.Is(err, context.DeadlineExceeded), cgw.OutcomeOf(err))
	// Output: true unknown
}

// A gateway that a VPN connection uses cannot be deleted.
func ExampleFake_Connect() {
	var fake cgwtest.Fake
	fake.Seed(cgw.Gateway{ID: "cgw-1"})
	connection := fake.Connect("cgw-1")
	ctx := context.Background()
	fmt.Println(fake.Delete(ctx, "cgw-1"))
	fake.Disconnect(connection)
	fmt.Println(fake.Delete(ctx, "cgw-1"))
	// Output:
	// cgw: fake Delete cgw-1: in use (request fake-request-0001) [vpnx-fake0001]
	// <nil>
}
