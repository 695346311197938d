package cgwtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// register is the program under test: it creates the gateway of a site. If it cannot know whether
// a Create took effect, it looks before it creates again.
func register(ctx context.Context, p cgw.Provisioner, site cgw.CreateRequest) (id string, err error) {
	g, err := p.Create(ctx, site)
	if !errors.Is(err, cgw.ErrOutcomeUnknown) {
		return g.ID, err
	}
	found, err := cgw.Collect(p.List(ctx, cgw.Filter{IPAddress: site.IPAddress, Name: site.Name}))
	switch {
	case err != nil:
		return "", err
	case len(found) > 0:
		return found[0].ID, nil
	}
	return register(ctx, p, site)
}

// This test forces cgw.ErrOutcomeUnknown. The first time the Create takes effect and its reply is
// lost; the second time the Create does not take effect. There is one gateway each time.
func ExampleFault() {
	site := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
	for _, applied := range []bool{true, false} {
		cloud := cgwtest.Fake{Faults: []cgwtest.Fault{
			{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: applied},
		}}
		id, err := register(context.Background(), &cloud, site)
		fmt.Println(id, err)
		for _, c := range cloud.Calls() {
			fmt.Println("-", c.Op, errors.Is(c.Err, cgw.ErrOutcomeUnknown))
		}
	}
	// Output:
	// cgw-fake0001 <nil>
	// - Create true
	// - List false
	// cgw-fake0001 <nil>
	// - Create true
	// - List false
	// - Create false
}
