package ensure_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// A plan is made, kept, reviewed and applied later, perhaps by another program. What has moved in
// between is refused.
func ExampleNewPlan() {
	p := &cgwtest.Fake{}
	ctx := context.Background()
	plan, err := ensure.NewPlan(ctx, ensure.Target{
		Name: "fake", Provisioner: p,
		Specs: []cgw.CreateRequest{{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}},
	}, ensure.Options{Owner: "netops"})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := json.Marshal(plan)
	if err != nil {
		fmt.Println(err)
		return
	}

	var read ensure.Plan
	if err := json.Unmarshal(file, &read); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(read.Summary())
	results, err := read.Apply(ctx, p, ensure.ApplyOptions{})
	fmt.Println(results[0].Action, err)
	// Output:
	// 1 to create
	// created <nil>
}

// The plans of many regions are applied at once.
func ExampleApplyAll() {
	ctx := context.Background()
	var plans []ensure.Planned
	for _, region := range []string{"here", "there"} {
		p := &cgwtest.Fake{Region: region}
		plan, err := ensure.NewPlan(ctx, ensure.Target{
			Name: region, Provisioner: p,
			Specs: []cgw.CreateRequest{{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}},
		}, ensure.Options{Owner: "netops"})
		if err != nil {
			fmt.Println(err)
			return
		}
		plans = append(plans, ensure.Planned{Provisioner: p, Plan: plan})
	}
	results, err := ensure.ApplyAll(ctx, plans, ensure.ApplyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for r := range results {
		fmt.Println(r.Target, r.Action, r.Err)
	}
	// Unordered output:
	// here created <nil>
	// there created <nil>
}

// A create of unknown outcome is not retryable by itself, since a repeat might make a second
// gateway. Gateway looks before it creates, so the same call may be made again.
func ExampleRetryable() {
	p := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: true}}}
	spec := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	options := ensure.Options{Owner: "netops"}
	_, err := ensure.Gateway(context.Background(), p, spec, options)
	fmt.Println(cgw.IsRetryable(err), ensure.Retryable(err))
	result, err := ensure.Gateway(context.Background(), p, spec, options)
	fmt.Println(result.Action, err)
	// Output:
	// false true
	// unchanged <nil>
}
