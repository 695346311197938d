package main

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// office brings the gateway at an address to the desired state, whatever is there now.
func office(ctx context.Context, p cgw.Provisioner) (ensure.Action, error) {
	spec := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-office", ASN: 65010}
	result, err := ensure.Gateway(ctx, p, spec, ensure.Options{Owner: "netops"})
	return result.Action, err
}

func Example_ensure() {
	var cloud cgwtest.Fake
	for range 2 {
		fmt.Println(office(context.Background(), &cloud))
	}
	// Output:
	// created <nil>
	// unchanged <nil>
}
