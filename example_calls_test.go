package cgw_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/middleware"
)

// One switch says what to do about any error.
func Example_errors() {
	act := func(err error) string {
		var e *cgw.Error
		switch {
		case err == nil:
			return "done"
		case errors.Is(err, cgw.ErrOutcomeUnknown):
			return "look first"
		case cgw.IsRetryable(err):
			return "try later"
		case errors.As(err, &e) && len(e.ConflictingIDs) > 0:
			return fmt.Sprint("in the way: ", e.ConflictingIDs)
		default:
			return "fix it"
		}
	}
	cloud := cgwtest.Fake{Faults: []cgwtest.Fault{
		{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrThrottled},
		{Op: cgw.OpCreate, Call: 2, Err: cgw.ErrUnavailable, Applied: true}, // the reply is lost
	}}
	ctx, req := context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")}
	for range 3 {
		_, err := cloud.Create(ctx, req)
		fmt.Println(act(err))
	}
	_, err := cloud.Create(ctx, cgw.CreateRequest{})
	fmt.Println(act(err))
	// Output:
	// try later
	// look first
	// in the way: [cgw-fake0001]
	// fix it
}

func ExampleIsRetryable() {
	throttled := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied}
	lost := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrUnavailable, Outcome: cgw.OutcomeUnknown}
	fmt.Println(cgw.IsRetryable(throttled), cgw.IsRetryable(lost))
	// Output: true false
}

func ExampleUpdater() {
	cloud := cgwtest.Fake{}
	ctx := context.Background()
	g, _ := cloud.Create(ctx, cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", Tags: map[string]string{"env": "test", "team": "net"},
	})
	name := "headquarters"
	g, err := cloud.Update(ctx, g.ID, cgw.UpdateRequest{
		Name: &name,                            // nil would leave it
		Tags: map[string]string{"team": "net"}, // the complete set: env goes
	})
	fmt.Println(g.Name, g.Tags, err)
	// Output: headquarters map[team:net] <nil>
}

func ExampleCollect() {
	cloud := cgwtest.Fake{}
	cloud.Seed(
		cgw.Gateway{Name: "office", IPAddress: netip.MustParseAddr("203.0.113.7"), Tags: map[string]string{"env": "prod"}},
		cgw.Gateway{Name: "lab", IPAddress: netip.MustParseAddr("203.0.113.8")},
	)
	all, err := cgw.Collect(cloud.List(context.Background(), cgw.Filter{Tags: map[string]string{"env": "prod"}}))
	fmt.Println(len(all), all[0].Name, err)
	// Output: 1 office <nil>
}

func ExampleDeleteIfExists() {
	cloud := cgwtest.Fake{}
	ctx := context.Background()
	g, _ := cloud.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")})
	fmt.Println(cgw.DeleteIfExists(ctx, &cloud, g.ID))
	fmt.Println(cgw.DeleteIfExists(ctx, &cloud, g.ID))
	// Output:
	// <nil>
	// <nil>
}

// A gateway may be shown later than it was created, and for a while after it was deleted.
func ExampleWaitVisible() {
	cloud := cgwtest.Fake{ReadLag: 1} // one read misses what was written before it
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	g, _ := cloud.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")})
	fmt.Println(cgw.WaitVisible(ctx, &cloud, g.ID))
	fmt.Println(cloud.Delete(ctx, g.ID))
	fmt.Println(cgw.WaitGone(ctx, &cloud, g.ID))
	// Output:
	// <nil>
	// <nil>
	// <nil>
}

func ExampleWaitGone() {
	cloud := cgwtest.Fake{ReadLag: 1}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cloud.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: netip.MustParseAddr("203.0.113.7")})
	fmt.Println(cloud.Delete(ctx, "cgw-1"), cgw.WaitGone(ctx, &cloud, "cgw-1"))
	// Output: <nil> <nil>
}

// An ability beyond the roles is found below middleware.
func ExampleAs() {
	p := middleware.ReadOnly(&cgwtest.Fake{Region: "ap-guangzhou"})
	located, ok := cgw.As[cgw.Located](p)
	fmt.Println(ok, located.Location().Region)
	// Output: true ap-guangzhou
}

func ExampleRulesOf() {
	p := middleware.ReadOnly(&cgwtest.Fake{Like: cgw.Rules{Name: cgw.TextRule{Required: true}}})
	fmt.Println(cgw.RulesOf(p).Validate(cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")}))
	// Output: Name: is required
}
