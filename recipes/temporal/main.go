// Temporal ensures a fleet of customer gateways with Temporal: workers on any number of
// machines, any of which may die at any time.
//
//	temporal worker -target tencent:ap-guangzhou -target alibaba:cn-hangzhou
//	temporal start -owner netops -sites sites.json
//	temporal dev -sites sites.json
//
// The first serves the workflows and the targets that it names, with credentials from where the
// SDK of the cloud finds them. The second starts a workflow, waits for it and prints its report;
// it fails if any site did. The third does both twice, with a Temporal server and emulated
// clouds in memory.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "temporal:", err)
		os.Exit(1)
	}
}

// options are the flags; each command uses some.
type options struct {
	server, namespace string
	owner, sites, id  string
	rate              float64
	targets           []targetFlag
}

func run(ctx context.Context, args []string, out io.Writer) error {
	commands := map[string]func(context.Context, options, io.Writer) error{"worker": runWorker, "start": runStart, "dev": runDev}
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("say worker, start or dev; each knows -help")
	}
	var o options
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&o.server, "server", client.DefaultHostPort, "`host:port` of the Temporal server")
	flags.StringVar(&o.namespace, "namespace", client.DefaultNamespace, "Temporal `namespace`")
	flags.StringVar(&o.owner, "owner", "cgw-temporal", "start: value of the owner `tag`")
	flags.StringVar(&o.sites, "sites", "sites.json", "start: `file` of sites")
	flags.StringVar(&o.id, "id", "", "start: `ID` of the workflow; by default that of the owner, so that one runs at a time")
	flags.Float64Var(&o.rate, "rate", 20, "worker: activities a second for each target, on all workers together; 0: no limit")
	flags.Func("target", "worker: `cloud:region[@endpoint]` to serve; may be repeated", func(s string) error {
		t, err := parseTarget(s)
		o.targets = append(o.targets, t)
		return err
	})
	switch err := flags.Parse(args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	return commands[args[0]](ctx, o, out)
}

func (o options) dial() (client.Client, error) {
	logger := log.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	return client.Dial(client.Options{HostPort: o.server, Namespace: o.namespace, Logger: logger})
}

// runWorker serves until ctx ends.
func runWorker(ctx context.Context, o options, _ io.Writer) error {
	if len(o.targets) == 0 {
		return errors.New("-target is required")
	}
	a := Activities{Targets: map[string]cgw.Provisioner{}}
	for _, t := range o.targets {
		p, err := t.provisioner(ctx)
		if err != nil {
			return err
		}
		a.Targets[t.name()] = p
	}
	c, err := o.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	stop, err := startWorkers(c, &a, o.rate)
	if err != nil {
		return err
	}
	defer stop()
	<-ctx.Done()
	return nil
}

// runStart starts the workflow, or joins the one that runs, and prints its report.
func runStart(ctx context.Context, o options, out io.Writer) error {
	sites, err := readSites(o.sites)
	if err != nil {
		return err
	}
	f := Fleet{Options: ensure.Options{Owner: o.owner}, Sites: sites}
	if err := f.check(); err != nil {
		return err
	}
	c, err := o.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	if o.id == "" {
		o.id = "cgw-" + o.owner
	}
	started, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: o.id, TaskQueue: workflowQueue}, EnsureFleet, f)
	if err != nil {
		return err
	}
	var report Report
	if err := started.Get(ctx, &report); err != nil {
		return errors.New(message(err))
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(report); err != nil {
		return err
	}
	if report.Failed > 0 {
		return fmt.Errorf("sites failed: %d", report.Failed)
	}
	return nil
}

// readSites reads a file strictly: unknown keys are errors.
func readSites(name string) ([]Site, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	d := json.NewDecoder(file)
	d.DisallowUnknownFields()
	var sites []Site
	if err := d.Decode(&sites); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one value", name)
	}
	return sites, nil
}
