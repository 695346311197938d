package tencent_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// A gateway's life, on an emulator. On the cloud itself, the Config has a Region and Credentials.
func Example() {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	p, err := tencent.New(srv.Config())
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
	_, err := tencent.New(tencent.Config{Region: "ap-guangzhou", Endpoint: "ftp://example.com"})
	fmt.Println(err)
	// Output:
	// cgw: tencent New: invalid argument: Credentials: are required; Endpoint "ftp": must have the scheme http or https
}

// Several Provisioners of one account share the account's rate.
func ExampleNewLimiter() {
	limiter := tencent.NewLimiter(50) // requests a second for each action
	cred := tencent.StaticCredentials("id", "key", "")
	guangzhou := tencent.Config{Region: "ap-guangzhou", Credentials: cred, Limiter: limiter}
	singapore := tencent.Config{Region: "ap-singapore", Credentials: cred, Limiter: limiter}
	fmt.Println(guangzhou.Limiter == singapore.Limiter)
	// Output: true
}

// Observe sees every single request, for metrics.
func ExampleConfig_observe() {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	requests := map[string]int{}
	var slowest time.Duration
	cfg.Observe = func(_ context.Context, a cgw.Attempt) {
		requests[a.Action]++
		slowest = max(slowest, a.Duration)
	}
	p, err := tencent.New(cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, _ = p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
	fmt.Println(requests, slowest > 0)
	// Output: map[CreateCustomerGateway:1] true
}

// A client of your own notices dead HTTP/2 connections only if its transport sends pings.
func ExampleConfig_httpClient() {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.HTTP2 = &http.HTTP2Config{
		SendPingTimeout:  3 * time.Second, // ping a connection on which nothing came for so long
		PingTimeout:      3 * time.Second, // close it if no answer comes
		WriteByteTimeout: 5 * time.Second,
	}
	p, err := tencent.New(tencent.Config{
		Region:      "ap-guangzhou",
		Credentials: tencent.StaticCredentials("id", "key", ""),
		HTTPClient:  &http.Client{Transport: transport},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(p.Location())
	// Output: {tencent ap-guangzhou}
}

// What the cloud refuses, or does not have, is known without a request.
func ExampleRules() {
	err := tencent.Rules().Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("127.0.0.1"), Name: "office", Description: "roof"})
	fmt.Println(err)
	// Output: IPAddress "127.0.0.1": is a loopback address (Tencent Cloud, document 1037/32682 (2025-10)); Description "roof": Tencent has no such field: leave it empty (Tencent Cloud API, CreateCustomerGateway (2024-11-25))
}

// Today's documents say the same as those that cgw was made for.
func ExampleCurrentRules() {
	fmt.Println(tencent.CurrentRules().Name.Max, "characters in a name,", tencent.CurrentRules().Tags.MaxCount, "tags")
	// Output: 60 characters in a name, 50 tags
}
