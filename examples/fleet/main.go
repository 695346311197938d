// Fleet makes the customer gateways of many sites, in many regions of both clouds, be as a YAML
// file says.
//
//	go run ./examples/fleet examples/fleet/sites.yaml
//
// It shows the plan, asks, and applies it. Without an account it works on emulators of the two
// APIs that run in this process; -live works on the clouds. See README.md beside it.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/cgw-go/cgw/ensure"
)

// The exit codes.
const (
	exitDone     = 0 // everything is as the file says
	exitFailed   = 1 // a target could not be read, or a site could not be made so
	exitInput    = 2 // flags, file or credentials are wrong; nothing was written
	exitChanges  = 3 // -dry-run: there are changes to make
	exitDeclined = 4 // the answer was no, or there was none
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct {
	file, state                   string
	dryRun, prune, adopt, replace bool
	yes, json, live               bool
	perTarget, total              int
	stdin                         io.Reader
	stdout, stderr                io.Writer
}

// inputError is a fault of what the user gave.
type inputError struct{ err error }

func (e inputError) Error() string { return e.err.Error() }
func (e inputError) Unwrap() error { return e.err }

// usageError is a fault of the flags, which the flag package has shown already.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// run is the program without its process. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o := options{stdin: stdin, stdout: stdout, stderr: stderr}
	code, err := o.main(ctx, args)
	switch {
	case err == nil:
		return code
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, new(usageError)):
		return exitInput
	}
	fmt.Fprintln(stderr, "fleet:", err)
	if errors.As(err, new(inputError)) {
		return exitInput
	}
	return exitFailed
}

func (o *options) main(ctx context.Context, args []string) (code int, err error) {
	if err := o.parse(args); err != nil {
		return 0, err
	}
	data, err := os.ReadFile(o.file)
	if err != nil {
		return 0, inputError{err}
	}
	fleet, err := parse(o.file, data, os.LookupEnv)
	if err != nil {
		return 0, inputError{err}
	}
	clouds, err := o.open(ctx, fleet.targets)
	if err != nil {
		return 0, inputError{err}
	}
	defer func() { err = errors.Join(err, clouds.close()) }()

	report := o.plan(ctx, fleet, clouds)
	if !o.json {
		report.print(o.stdout)
	}
	switch {
	case o.dryRun:
		return report.finish(o, report.dryRunCode())
	case !report.work():
		return report.finish(o, report.code())
	case !o.yes && !o.confirm(report.summary()):
		fmt.Fprintln(o.stderr, "fleet: nothing was changed")
		return exitDeclined, nil
	}
	if err := o.apply(ctx, report); err != nil {
		return 0, err
	}
	return report.finish(o, report.code())
}

func (o *options) parse(args []string) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(o.stderr)
	flags.Usage = func() {
		fmt.Fprintln(o.stderr, "usage: fleet [flags] FILE")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.dryRun, "dry-run", false, "show the plan and end: exit code 3 when there are changes to make")
	flags.BoolVar(&o.prune, "prune", false, "delete the owner's gateways that the file does not have")
	flags.BoolVar(&o.adopt, "adopt", false, "take over gateways at the sites' addresses that have no owner")
	flags.BoolVar(&o.replace, "replace", false, "delete and create anew where a field cannot be changed otherwise")
	flags.BoolVar(&o.yes, "yes", false, "do not ask")
	flags.BoolVar(&o.json, "json", false, "write JSON; wants -yes or -dry-run")
	flags.BoolVar(&o.live, "live", false, "work on the clouds, with the credentials of the environment")
	flags.StringVar(&o.state, "state", "", "JSON `file` that keeps the emulators' state from run to run")
	flags.IntVar(&o.perTarget, "per-target", 0, "operations in flight in one region; 0: 8")
	flags.IntVar(&o.total, "total", 0, "operations in flight in all; 0: 64")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	switch {
	case flags.NArg() != 1:
		return inputError{errors.New("give one FILE of sites, after the flags")}
	case o.json && !o.yes && !o.dryRun:
		return inputError{errors.New("-json asks nothing: it wants -yes or -dry-run")}
	case o.live && o.state != "":
		return inputError{errors.New("-state is for the emulators, not for -live")}
	case o.perTarget < 0 || o.total < 0:
		return inputError{errors.New("-per-target and -total must not be negative")}
	}
	o.file = flags.Arg(0)
	return nil
}

// confirm asks, and takes nothing but yes for a yes.
func (o *options) confirm(summary string) bool {
	fmt.Fprintf(o.stdout, "\n%s. Apply? [yes/no] ", summary)
	line, _ := bufio.NewReader(o.stdin).ReadString('\n') // no answer is a no
	fmt.Fprintln(o.stdout)
	return strings.TrimSpace(line) == "yes"
}

// ensureOptions are what the file and the flags say together.
func (o *options) ensureOptions(f fleet) ensure.Options {
	return ensure.Options{Owner: f.owner, OwnerKey: f.ownerKey, AdoptUnowned: o.adopt, Replace: o.replace}
}
