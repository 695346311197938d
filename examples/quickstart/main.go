// Quickstart creates a customer gateway on each cloud, without an account: the SDKs talk HTTPS,
// signed as always, to emulators of the two APIs that run in this process.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	tencentCloud := tencenttest.NewServer(tencenttest.Options{})
	defer tencentCloud.Close()
	onTencent, err := tencent.New(tencentCloud.Config())
	if err != nil {
		return err
	}
	defer onTencent.Close()

	alibabaCloud := alibabatest.NewServer(alibabatest.Options{})
	defer alibabaCloud.Close()
	onAlibaba, err := alibaba.New(alibabaCloud.Config())
	if err != nil {
		return err
	}
	defer onAlibaba.Close()

	for _, p := range []cgw.Provisioner{onTencent, onAlibaba} {
		if err := tour(ctx, out, p); err != nil {
			return err
		}
	}
	return nil
}

// tour is written once, for every cloud.
func tour(ctx context.Context, out io.Writer, p cgw.Provisioner) error {
	req := cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"),
		Name:      "branch-office",
		ASN:       65010,
		Tags:      map[string]string{"site": "branch-office"},
	}
	g, err := p.Create(ctx, req)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: created %s at %s in %s, ASN %s\n", g.Provider, g.Name, g.IPAddress, g.Region, g.ASN)

	// The address is taken now; the error names the gateway that has it.
	_, err = p.Create(ctx, req)
	var e *cgw.Error
	if !errors.Is(err, cgw.ErrAlreadyExists) || !errors.As(err, &e) {
		return fmt.Errorf("a second create returned %w", err)
	}
	fmt.Fprintf(out, "%s: again: %v (%s), held by the first: %t\n", g.Provider, e.Kind, e.Code, e.ConflictingIDs[0] == g.ID)

	// What cannot be right is refused before anything is sent, every fault at once.
	_, err = p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("127.0.0.1"), Name: "https://x"})
	var invalid *cgw.ValidationError
	if !errors.As(err, &invalid) {
		return fmt.Errorf("a wrong create returned %w", err)
	}
	for _, f := range invalid.Fields {
		fmt.Fprintf(out, "%s: refused: %s %s\n", g.Provider, f.Field, f.Reason)
	}

	if err := p.Delete(ctx, g.ID); err != nil {
		return err
	}
	left, err := cgw.Collect(p.List(ctx, cgw.Filter{}))
	fmt.Fprintf(out, "%s: deleted, %d left\n", g.Provider, len(left))
	return err
}
