package cgwtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// createTwice is a test that is written once for every cloud: the first reply is an error, the
// provider repeats the request, and a second create at the address is refused.
func createTwice(cloud cgwtest.Emulator) error {
	cloud.Inject(wire.Fault{Meaning: wire.Throttled, Action: "CreateCustomerGateway"})
	p, err := cloud.Provisioner()
	if err != nil {
		return err
	}
	ctx := context.Background()
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	g, err := p.Create(ctx, req)
	if err != nil {
		return err
	}
	_, err = p.Create(ctx, req)
	fmt.Println(g.Provider, cloud.Count("CreateCustomerGateway"), len(cloud.ListGateways()), errors.Is(err, cgw.ErrAlreadyExists))
	return nil
}

// A test that takes an Emulator runs on both clouds.
func ExampleEmulator() {
	for _, cloud := range []cgwtest.Emulator{
		tencenttest.NewServer(tencenttest.Options{}), alibabatest.NewServer(alibabatest.Options{}),
	} {
		if err := createTwice(cloud); err != nil {
			fmt.Println(err)
		}
		cloud.Close()
	}
	// Output:
	// tencent 3 1 true
	// alibaba 3 1 true
}
