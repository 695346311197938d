// Quickstart creates a customer gateway on each cloud, without an account: the SDKs send signed
// HTTPS requests to emulators of the two APIs in this process.
//
//	go run ./examples/quickstart
//
// With -live it does the same job on a real cloud, and deletes what it created:
//
//	go run ./examples/quickstart -live tencent -region ap-guangzhou -ip ADDRESS -name branch-office
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, dial)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer, connect dialer) error {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(out)
	cloud := flags.String("live", "", "work on this real `cloud`, tencent or alibaba; without it, on emulators of both")
	region := flags.String("region", "", "with -live: the `region`, such as ap-guangzhou or cn-hangzhou")
	ip := flags.String("ip", "", "with -live: the public IPv4 `address` of your device")
	name := flags.String("name", "", "with -live: the `name` of the gateway")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is no flag", flags.Arg(0))
	case *cloud == "" && flags.NFlag() > 0:
		return errors.New("-region, -ip and -name go with -live tencent or -live alibaba")
	case *cloud == "":
		return emulated(ctx, out)
	}
	return live(ctx, out, connect, cgw.Provider(*cloud), *region, *ip, *name)
}

// emulated does the job on emulators of both clouds, which it starts and stops.
func emulated(ctx context.Context, out io.Writer) error {
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

	return tour(ctx, out, []cgw.Provisioner{onTencent, onAlibaba}, cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"),
		Name:      "branch-office",
		ASN:       65010,
	})
}

// tour does the whole job, on any cloud. It deletes what it created, also after an error.
func tour(ctx context.Context, out io.Writer, clouds []cgw.Provisioner, req cgw.CreateRequest) (err error) {
	var gateways []cgw.Gateway
	for _, p := range clouds {
		g, failed := register(ctx, p, req)
		if g.ID != "" {
			defer func() { err = errors.Join(err, remove(ctx, out, p, g)) }()
		}
		if failed != nil {
			return failed
		}
		gateways = append(gateways, g)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLOUD\tREGION\tID\tNAME\tADDRESS\tASN")
	for _, g := range gateways {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", g.Provider, g.Region, g.ID, g.Name, g.IPAddress, g.ASN)
	}
	if err := table.Flush(); err != nil {
		return err
	}

	fmt.Fprintln(out, "\nThe same address again:")
	for i, p := range clouds {
		if err := duplicate(ctx, out, p, req, gateways[i]); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "\nA request that cannot be right, refused before anything is sent:")
	for i, p := range clouds {
		if err := invalid(ctx, out, p, gateways[i]); err != nil {
			return err
		}
	}
	fmt.Fprintln(out)
	return nil
}

// register creates the gateway and waits until the cloud shows it. If it returns a gateway with
// an ID, the gateway exists, also if there is an error.
func register(ctx context.Context, p cgw.Provisioner, req cgw.CreateRequest) (cgw.Gateway, error) {
	g, err := p.Create(ctx, req)
	if errors.Is(err, cgw.ErrOutcomeUnknown) {
		return g, fmt.Errorf("look whether there is a gateway at %s before you repeat this: %w", req.IPAddress, err)
	}
	if err != nil {
		return g, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return g, cgw.WaitVisible(ctx, p, g.ID)
}

// duplicate asks for the address of g again. The error is typed, and names the gateway that has
// the address.
func duplicate(ctx context.Context, out io.Writer, p cgw.Provisioner, req cgw.CreateRequest, g cgw.Gateway) error {
	second, err := p.Create(ctx, req)
	var e *cgw.Error
	switch {
	case err == nil:
		return errors.Join(errors.New("the cloud took a second gateway at the address"), remove(ctx, out, p, second))
	case !errors.Is(err, cgw.ErrAlreadyExists) || !errors.As(err, &e):
		return err
	}
	fmt.Fprintf(out, "  %s: %v, says %s; the first gateway has it: %t\n", e.Provider, e.Kind, e.Code, slices.Contains(e.ConflictingIDs, g.ID))
	return nil
}

// invalid sends a request that no cloud accepts. The error has all faults at once.
func invalid(ctx context.Context, out io.Writer, p cgw.Provisioner, g cgw.Gateway) error {
	_, err := p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("127.0.0.1"), Name: "https://x"})
	var faults *cgw.ValidationError
	if !errors.Is(err, cgw.ErrInvalidArgument) || !errors.As(err, &faults) {
		return fmt.Errorf("a wrong request was not refused: %w", err)
	}
	for _, f := range faults.Fields {
		fmt.Fprintf(out, "  %s: %v: %s %s %s\n", g.Provider, f.Kind, f.Field, f.Value, f.Reason)
	}
	return nil
}

// remove deletes the gateway, also when the program was interrupted.
func remove(ctx context.Context, out io.Writer, p cgw.Deleter, g cgw.Gateway) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := cgw.DeleteIfExists(ctx, p, g.ID); err != nil {
		return fmt.Errorf("%s is left behind, delete it yourself: %w", g.ID, err)
	}
	fmt.Fprintf(out, "Deleted %s on %s.\n", g.ID, g.Provider)
	return nil
}
