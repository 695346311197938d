package alibaba_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// A create that is sent again with the same ClientToken, in another process perhaps, returns the
// gateway of the first. On the cloud itself, the Config has a Region and Credentials.
func Example() {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	p, err := alibaba.New(srv.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()

	office := cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", ASN: 65010, Description: "router on the roof",
		Tags: map[string]string{"team": "net"}, ClientToken: "office-1",
	}
	for range 2 {
		g, err := p.Create(context.Background(), office)
		fmt.Println(g.Name, g.Description, g.Tags, err)
	}
	fmt.Println(len(srv.Gateways()), "gateway")
	// Output:
	// office router on the roof map[team:net] <nil>
	// office router on the roof map[team:net] <nil>
	// 1 gateway
}

// New refuses a Config that cannot work, and names every field.
func ExampleNew() {
	_, err := alibaba.New(alibaba.Config{Region: "cn-hangzhou", Endpoint: "ftp://example.com"})
	fmt.Println(err)
	// Output:
	// cgw: alibaba New: invalid argument: Credentials: are required; Endpoint "ftp": must have the scheme http or https
}

// Several Provisioners of one account share the account's rate.
func ExampleNewLimiter() {
	limiter := alibaba.NewLimiter(50) // requests a second for each action
	cred := alibaba.StaticCredentials("id", "key", "")
	hangzhou := alibaba.Config{Region: "cn-hangzhou", Credentials: cred, Limiter: limiter}
	shanghai := alibaba.Config{Region: "cn-shanghai", Credentials: cred, Limiter: limiter}
	fmt.Println(hangzhou.Limiter == shanghai.Limiter)
	// Output: true
}

// What the cloud refuses is known without a request.
func ExampleRules() {
	err := alibaba.Rules().Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("127.0.0.1"), Name: "office"})
	fmt.Println(err)
	// Output: IPAddress "127.0.0.1": is a loopback address (Alibaba Cloud SDK for Go, vpc-20160428 v7.0.0)
}

// Today's documents may allow more than those that cgw was made for.
func ExampleCurrentRules() {
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "Shanghai (old) branch"}
	fmt.Println(alibaba.Rules().Validate(req) == nil, alibaba.CurrentRules().Validate(req) == nil)
	// Output: false true
}
