package alibaba_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// A gateway's life, on an emulator. On the cloud itself, the Config has a Region and Credentials.
func Example() {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	p, err := alibaba.New(srv.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	ctx := context.Background()

	g, err := p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", ASN: 65010})
	if err != nil {
		fmt.Println(err)
		return
	}
	name := "headquarters"
	if g, err = p.Update(ctx, g.ID, cgw.UpdateRequest{Name: &name, Tags: map[string]string{"team": "net"}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(g.Name, g.IPAddress, g.ASN, g.Tags)
	for g, err := range p.List(ctx, cgw.Filter{Tags: map[string]string{"team": "net"}}) {
		fmt.Println(g.Name, err)
	}
	fmt.Println(p.Delete(ctx, g.ID))
	// Output:
	// headquarters 203.0.113.7 65010 map[team:net]
	// headquarters <nil>
	// <nil>
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
	for _, region := range []string{"cn-hangzhou", "cn-shanghai"} {
		p, err := alibaba.New(alibaba.Config{Region: region, Credentials: alibaba.StaticCredentials("id", "key", ""), Limiter: limiter})
		if err != nil {
			fmt.Println(err)
			return
		}
		defer p.Close()
		fmt.Println(p.Location().Region)
	}
	// Output:
	// cn-hangzhou
	// cn-shanghai
}

// Observe sees every single request, for metrics.
func ExampleConfig_observe() {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	requests := map[string]int{}
	var slowest time.Duration
	cfg.Observe = func(_ context.Context, a cgw.Attempt) {
		requests[a.Action]++
		slowest = max(slowest, a.Duration)
	}
	p, err := alibaba.New(cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, _ = p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
	fmt.Println(requests, slowest > 0)
	// Output: map[CreateCustomerGateway:1] true
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
