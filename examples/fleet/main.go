// Fleet makes the customer gateways of many sites, in many regions of both clouds, as a YAML
// file specifies.
//
//	go run . sites.yaml
//
// It shows the plan, asks, and applies it. Without an account it works on emulators of the two
// APIs that run in this process; -live uses the real clouds. See README.md in this folder.
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
)

// The exit codes.
const (
	exitDone     = 0 // everything is as the file says
	exitFailed   = 1 // a target could not be read, or a site could not be changed
	exitInput    = 2 // flags, file, plan or credentials are wrong; nothing was written
	exitChanges  = 3 // -dry-run and -plan: there are changes to make
	exitDeclined = 4 // the answer was no, or there was none
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, terminalOf(os.Stdout))
	stop()
	os.Exit(code)
}

// inputError is a fault of the user's input.
type inputError struct{ err error }

func (e inputError) Error() string { return e.err.Error() }
func (e inputError) Unwrap() error { return e.err }

// usageError is a fault of the flags that the flag package has already shown.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// run does all the work of the program, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, t terminal) int {
	o := options{stdin: stdin, stdout: stdout, stderr: stderr, terminal: t}
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
	fleet, err := o.readFleet()
	if err != nil {
		return 0, inputError{err}
	}
	var saved *report
	if o.applyFile != "" {
		if saved, err = readPlan(o.applyFile, fleet); err != nil {
			return 0, inputError{err}
		}
	}
	clouds, err := o.open(ctx, fleet)
	if err != nil {
		return 0, inputError{err}
	}
	defer func() { err = errors.Join(err, clouds.close()) }()
	switch {
	case o.export:
		return exitDone, o.exportTo(ctx, fleet, clouds)
	case saved != nil:
		return o.carryOut(ctx, saved.with(clouds))
	default:
		return o.carryOut(ctx, o.plan(ctx, fleet, clouds))
	}
}

// carryOut shows the plans, asks, and applies them.
func (o *options) carryOut(ctx context.Context, r *report) (int, error) {
	if !o.json {
		r.print(o.stdout, o.terminal)
	}
	if o.planFile != "" {
		if err := r.save(o.planFile); err != nil {
			return 0, err
		}
	}
	switch {
	case o.dryRun || o.planFile != "":
		return r.finish(o, r.dryRunCode())
	case !r.work():
		return r.finish(o, r.code())
	case !o.yes && !o.confirm(r.planned().String()):
		fmt.Fprintln(o.stderr, "fleet: nothing was changed")
		return exitDeclined, nil
	}
	if err := o.apply(ctx, r); err != nil {
		return 0, inputError{err}
	}
	return r.finish(o, r.code())
}

// readFleet reads the file of sites. For an export without a file, it makes a fleet of the
// regions.
func (o *options) readFleet() (fleet, error) {
	allow := o.allow
	allow.pruneAll = allow.pruneAll || o.export // an export deletes nothing, and needs no sites
	if len(o.regions) == 0 {
		data, err := os.ReadFile(o.file)
		if err != nil {
			return fleet{}, err
		}
		return parse(o.file, data, os.LookupEnv, allow)
	}
	form := fileForm{Owner: o.owner}
	for _, r := range o.regions {
		form.Targets = append(form.Targets, targetForm{Name: r.name, Cloud: string(r.cloud), Region: r.region})
	}
	f, err := parse("-region", form.yaml(), os.LookupEnv, allow)
	f.lines = nil // there is no file with lines
	return f, err
}

// confirm asks the user, and returns true only for yes.
func (o *options) confirm(summary string) bool {
	fmt.Fprintf(o.stdout, "\n%s. Apply? [yes/no] ", summary)
	line, _ := bufio.NewReader(o.stdin).ReadString('\n') // no answer is a no
	fmt.Fprintln(o.stdout)
	return strings.TrimSpace(line) == "yes"
}
