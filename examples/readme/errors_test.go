package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// action says what to do about an error of any operation.
func action(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, cgw.ErrOutcomeUnknown):
		return "look first" // the write may have taken effect
	case cgw.IsRetryable(err):
		return "try later"
	default:
		return "fix" // the request, the rights, or the conflicting resource
	}
}

func Example_errors() {
	cloud := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 3, Err: cgw.ErrUnavailable, Applied: true}}}
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-office"}
	for range 2 {
		_, err := cloud.Create(context.Background(), req)
		fmt.Println(action(err))
	}
	req.IPAddress = req.IPAddress.Next()
	_, err := cloud.Create(context.Background(), req)
	fmt.Println(action(err))

	// Output:
	// ok
	// fix
	// look first
}
