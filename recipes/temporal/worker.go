package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/tencent"
)

// workflowQueue is what every worker serves.
const workflowQueue = "cgw"

// startWorkers serves the workflows, and each target at its own queue. rate is how many
// activities a second all workers together begin for one target: the limiter in a Provisioner
// knows only those of its own process. The function returned stops them, when what they are
// doing has ended.
func startWorkers(c client.Client, a *Activities, rate float64) (stop func(), err error) {
	var started []worker.Worker
	stop = func() {
		for _, w := range started {
			w.Stop()
		}
	}
	workflows := worker.New(c, workflowQueue, worker.Options{LocalActivityWorkerOnly: true})
	workflows.RegisterWorkflow(EnsureFleet)
	workflows.RegisterWorkflow(EnsureTarget)
	all := []worker.Worker{workflows}
	for target := range a.Targets {
		w := worker.New(c, queueOf(target), worker.Options{
			DisableWorkflowWorker:              true,
			MaxConcurrentActivityExecutionSize: 8,
			TaskQueueActivitiesPerSecond:       rate,
			WorkerStopTimeout:                  30 * time.Second,
		})
		w.RegisterActivity(a)
		all = append(all, w)
	}
	for _, w := range all {
		if err := w.Start(); err != nil {
			stop()
			return nil, err
		}
		started = append(started, w)
	}
	return stop, nil
}

// targetFlag is one region of one cloud.
type targetFlag struct {
	cloud            cgw.Provider
	region, endpoint string
}

func parseTarget(s string) (targetFlag, error) {
	name, endpoint, _ := strings.Cut(s, "@")
	cloud, region, ok := strings.Cut(name, ":")
	t := targetFlag{cgw.Provider(cloud), region, endpoint}
	if !ok || region == "" || t.cloud != cgw.Tencent && t.cloud != cgw.Alibaba {
		return t, fmt.Errorf("want %s:REGION or %s:REGION", cgw.Tencent, cgw.Alibaba)
	}
	return t, nil
}

// name is what sites call the target.
func (t targetFlag) name() string { return string(t.cloud) + ":" + t.region }

// provisioner returns the Provisioner of a target. An outage of the source of its credentials is
// waited for: a worker that ended would be started again, and find the same.
func (t targetFlag) provisioner(ctx context.Context) (cgw.Provisioner, error) {
	return patiently(ctx, func() (cgw.Provisioner, error) { return t.open(ctx) })
}

// patiently calls open until it succeeds, fails with an error that no wait helps against, or ctx
// ends. It waits one second, then twice as long each time, up to a minute.
func patiently(ctx context.Context, open func() (cgw.Provisioner, error)) (cgw.Provisioner, error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		p, err := open()
		if err == nil || !cgw.IsRetryable(err) {
			return p, err
		}
		slog.Warn("waiting for credentials", "error", err, "wait", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

func (t targetFlag) open(ctx context.Context) (cgw.Provisioner, error) {
	if t.cloud == cgw.Tencent {
		credentials, err := tencent.DefaultCredentials(ctx)
		if err != nil {
			return nil, err
		}
		return tencent.New(tencent.Config{Region: t.region, Endpoint: t.endpoint, Credentials: credentials})
	}
	credentials, err := alibaba.DefaultCredentials(ctx)
	if err != nil {
		return nil, err
	}
	return alibaba.New(alibaba.Config{Region: t.region, Endpoint: t.endpoint, Credentials: credentials})
}
