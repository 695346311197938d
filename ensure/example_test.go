package ensure_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

func ExampleGateway() {
	p := &cgwtest.Fake{} // or tencent.New, alibaba.New
	ctx := context.Background()
	spec := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	for _, name := range []string{"office", "office", "headquarters"} {
		spec.Name = name
		res, err := ensure.Gateway(ctx, p, spec, ensure.Options{Owner: "netops"})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(res.Action, res.Gateway.ID, res.Gateway.Name)
	}

	// Another owner does not get it.
	_, err := ensure.Gateway(ctx, p, spec, ensure.Options{Owner: "someone else"})
	fmt.Println(err)
	// Output:
	// created cgw-fake0001 office
	// unchanged cgw-fake0001 office
	// updated cgw-fake0001 headquarters
	// cgw: fake Ensure cgw-fake0001: already exists [cgw-fake0001]: the gateway is owned by "netops": cgw:owner is not "someone else", and adoption is not allowed
}

func ExamplePlan() {
	p := &cgwtest.Fake{}
	p.Seed(cgw.Gateway{ID: "cgw-old", IPAddress: netip.MustParseAddr("203.0.113.9"), Tags: map[string]string{"cgw:owner": "netops"}})
	ctx := context.Background()
	plan, err := ensure.NewPlan(ctx, ensure.Target{
		Provisioner: p, Prune: true, MaxDeletes: 5,
		Specs: []cgw.CreateRequest{{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", ASN: 65010}},
	}, ensure.Options{Owner: "netops"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)

	results, err := plan.Apply(ctx, p, ensure.ApplyOptions{})
	for _, r := range results {
		fmt.Println(r.Action, r.Gateway.ID, err)
	}
	// Output:
	// + create 203.0.113.7 "office"
	//     Name: office
	//     ASN: 65010
	//     Tags[cgw:owner]: netops
	// - delete 203.0.113.9 (cgw-old)
	// 1 to create, 1 to delete
	// created cgw-fake0001 <nil>
	// deleted cgw-old <nil>
}

func ExampleAll() {
	one, two := &cgwtest.Fake{}, &cgwtest.Fake{}
	spec := func(ip, name string) cgw.CreateRequest {
		return cgw.CreateRequest{IPAddress: netip.MustParseAddr(ip), Name: name}
	}
	results, err := ensure.All(context.Background(), []ensure.Target{
		{Name: "guangzhou", Provisioner: one, Specs: []cgw.CreateRequest{spec("203.0.113.7", "office")}},
		{Name: "shanghai", Provisioner: two, Specs: []cgw.CreateRequest{spec("198.51.100.1", "lab"), spec("198.51.100.2", "shop")}},
	}, ensure.AllOptions{Options: ensure.Options{Owner: "netops"}, Total: 1})
	if err != nil {
		fmt.Println(err) // names every target, site and field that is wrong
		return
	}
	var lines []string
	for r := range results { // as they finish
		line := fmt.Sprintf("%s %d: %s", r.Target, r.Index, r.Action)
		if r.Err != nil {
			line += "failed"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	for _, l := range lines {
		fmt.Println(l)
	}
	// Output:
	// guangzhou 0: created
	// shanghai 0: created
	// shanghai 1: created
}
