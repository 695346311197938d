// Migrate does one job with each SDK and then with cgw, on emulators of the two APIs: what was made
// by an SDK is found, adopted, renamed and deleted by cgw. docs/migrating.md refers to it.
//
//	go run ./examples/migrate
package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	alivpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	tcvpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "migrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	tc := tencenttest.NewServer(tencenttest.Options{})
	defer tc.Close()
	t, err := tencent.New(tc.Config())
	if err != nil {
		return err
	}
	defer t.Close()
	id, err := createByTencentSDK(ctx, t.SDKClient(), "203.0.113.7", "office")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Tencent's SDK made", "office")
	if err := takeOver(ctx, out, t, id); err != nil {
		return err
	}

	ali := alibabatest.NewServer(alibabatest.Options{})
	defer ali.Close()
	a, err := alibaba.New(ali.Config())
	if err != nil {
		return err
	}
	defer a.Close()
	if id, err = createByAlibabaSDK(ctx, a.SDKClient(), alibabatest.DefaultRegion, "203.0.113.7", "office"); err != nil {
		return err
	}
	fmt.Fprintln(out, "Alibaba's SDK made", "office")
	return takeOver(ctx, out, a, id)
}

// createByTencentSDK is how it was done before. A reply that is lost here leaves a gateway that
// nobody knows of.
func createByTencentSDK(ctx context.Context, client *tcvpc.Client, address, name string) (string, error) {
	req := tcvpc.NewCreateCustomerGatewayRequest()
	req.IpAddress, req.CustomerGatewayName = &address, &name
	resp, err := client.CreateCustomerGatewayWithContext(ctx, req)
	if err != nil {
		return "", err
	}
	return *resp.Response.CustomerGateway.CustomerGatewayId, nil
}

func createByAlibabaSDK(_ context.Context, client *alivpc.Client, region, address, name string) (string, error) {
	resp, err := client.CreateCustomerGateway(&alivpc.CreateCustomerGatewayRequest{RegionId: &region, IpAddress: &address, Name: &name})
	if err != nil {
		return "", err
	}
	return *resp.Body.CustomerGatewayId, nil
}

// takeOver is how it is done now, on both clouds. What the SDK made has no owner, so it is adopted.
func takeOver(ctx context.Context, out io.Writer, p cgw.Provisioner, id string) error {
	found, err := p.Get(ctx, id)
	if err != nil {
		return err
	}
	spec := found.Spec()
	// A gateway that was made seconds ago may have tags that are not shown yet, so by default
	// ensure waits 5 s before it adopts one. These have none.
	options := ensure.Options{Owner: "netops", AdoptUnowned: true, Patience: time.Millisecond}
	for _, name := range []string{"office", "office", "branch"} {
		spec.Name = name
		result, err := ensure.Gateway(ctx, p, spec, options)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "  cgw:", result.Action, result.Gateway.Name)
	}
	all, err := cgw.Collect(p.List(ctx, cgw.Filter{IPAddress: netip.MustParseAddr("203.0.113.7")}))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "  cgw:", len(all), "gateway at the address, the same:", all[0].ID == id)
	return cgw.DeleteIfExists(ctx, p, id)
}
