package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// register creates a gateway and says what a controller should do about an error.
func register(ctx context.Context, p cgw.Creator, req cgw.CreateRequest) (string, error) {
	_, err := p.Create(ctx, req)
	var e *cgw.Error
	switch {
	case err == nil:
		return "created", nil
	case errors.Is(err, cgw.ErrAlreadyExists) && errors.As(err, &e):
		return fmt.Sprintf("the address is taken by %v", e.ConflictingIDs), nil
	case errors.Is(err, cgw.ErrOutcomeUnknown):
		return "look before you repeat it", err
	case cgw.IsRetryable(err):
		return "try again later", err
	default:
		return "mend it", err
	}
}

func Example_errors() {
	var cloud cgwtest.Fake
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-office"}
	fmt.Println(register(context.Background(), &cloud, req))
	fmt.Println(register(context.Background(), &cloud, req))

	// Output:
	// created <nil>
	// the address is taken by [cgw-fake0001] <nil>
}
