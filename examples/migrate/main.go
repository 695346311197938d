// Migrate creates gateways with each SDK. Then cgw finds, adopts, renames and deletes them. It runs
// on emulators of the two APIs. docs/migrating.md refers to it.
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

// createByTencentSDK is the code before the migration. If a reply is lost here, a gateway remains
// that nobody knows of.
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

// takeOver is the code after the migration, for both clouds. The gateway that the SDK made has no
// owner, so ensure adopts it.
func takeOver(ctx context.Context, out io.Writer, p cgw.Provisioner, id string) error {
	found, err := p.Get(ctx, id)
	if err != nil {
		return err
	}
	spec := found.Spec()
	// Reads may not show the tags of a new gateway yet, so by default ensure reads for 5 s before
	// it adopts one without an owner. The gateways here have no tags.
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
