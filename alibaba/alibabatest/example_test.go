package alibabatest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// The reply to a create is lost after it took effect. The caller gets the gateway all the same, and
// there is one.
func ExampleNewServer() {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	srv.Inject(wire.Fault{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Abort})
	p, err := alibaba.New(srv.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	g, err := p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
	fmt.Println(g.Name, err)
	fmt.Println(len(srv.Gateways()), "gateway")
	// Output:
	// office <nil>
	// 1 gateway
}

// NewHandler is for a server of your own.
func ExampleNewHandler() {
	srv := httptest.NewServer(alibabatest.NewHandler(alibabatest.Options{PlainHTTP: true}))
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, "to a request without a signature")
	// Output: 400 to a request without a signature
}
