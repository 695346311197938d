package middleware_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"regexp"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/middleware"
)

// say prints when a call enters and leaves.
func say(who string) middleware.Hooks {
	return middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			fmt.Println(who, "before", op.Op)
			return ctx, nil
		},
		After: func(_ context.Context, op middleware.Operation, _ middleware.Done) { fmt.Println(who, "after", op.Op) },
	}
}

// The outermost middleware sees a call first, and its end last. What the policy refuses gets no
// further in.
func Example() {
	var p cgw.Provisioner = &cgwtest.Fake{}
	p = middleware.WithHooks(p, say("inner"))
	p = middleware.WithPolicy(p, middleware.Policy{RequiredTags: []string{"team"}})
	p = middleware.WithHooks(p, say("outer"))
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Tags: map[string]string{"team": "net"}}
	_, err := p.Create(context.Background(), req)
	fmt.Println(err)
	req.Tags = nil
	_, err = p.Create(context.Background(), req)
	fmt.Println(err)
	// Output:
	// outer before Create
	// inner before Create
	// inner after Create
	// outer after Create
	// <nil>
	// outer before Create
	// outer after Create
	// cgw: fake Create: invalid argument: Tags "team": is required (policy)
}

// An error of Before ends the call before anything is sent.
func ExampleWithHooks() {
	p := middleware.WithHooks(&cgwtest.Fake{}, middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			if op.Op == cgw.OpDelete {
				return ctx, fmt.Errorf("it is Friday")
			}
			return ctx, nil
		},
	})
	fmt.Println(p.Delete(context.Background(), "cgw-1"))
	// Output: cgw: fake Delete cgw-1: permission denied: it is Friday
}

func ExampleWithLogging() {
	plain := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{}
		}
		return a
	}}
	p := middleware.WithLogging(&cgwtest.Fake{}, slog.New(slog.NewTextHandler(os.Stdout, plain)))
	_, _ = p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", AuthKey: "s3cret"})
	// Output: level=INFO msg="cgw: create" provider=fake region=fake-region id=cgw-fake0001 name=office requestId=fake-request-0001 ipAddress=203.0.113.7
}

func ExampleWithPolicy() {
	p := middleware.WithPolicy(&cgwtest.Fake{}, middleware.Policy{Name: regexp.MustCompile(`^site-[0-9]+$`)})
	_, err := p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
	fmt.Println(err)
	// Output: cgw: fake Create: invalid argument: Name "office": must match "^site-[0-9]+$" (policy)
}

func ExampleReadOnly() {
	p := middleware.ReadOnly(&cgwtest.Fake{})
	fmt.Println(p.Delete(context.Background(), "cgw-1"))
	// Output: cgw: fake Delete cgw-1: permission denied: the Provisioner is read-only
}
