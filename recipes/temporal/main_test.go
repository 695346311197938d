package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/server/temporaltest"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// asWorker makes the test binary be the program.
const asWorker = "CGW_TEMPORAL_TEST_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		go func() { // end with the test, however that ends
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(3)
		}()
		main()
		return
	}
	os.Exit(m.Run())
}

// quiet logs nothing: failures to order would fill pages.
func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

// newServer starts a Temporal server on loopback, with its store in memory.
func newServer(t *testing.T) *temporaltest.TestServer {
	s := temporaltest.NewServer(temporaltest.WithBaseClientOptions(client.Options{Logger: quiet()}))
	t.Cleanup(s.Stop)
	return s
}

// A cancelled workflow ends when its activities have been told so, by their heartbeats.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := newServer(t)
	c := server.GetDefaultClient()
	fake := &hanging{Provisioner: &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Hang: true}}}, creating: make(chan struct{}, 1)}
	stop, err := startWorkers(c, &Activities{Targets: map[string]cgw.Provisioner{"cloud": fake}}, 100)
	require.NoError(t, err)
	defer stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: workflowQueue}, EnsureFleet, fleetOf(1, "cloud"))
	require.NoError(t, err)
	<-fake.creating
	require.NoError(t, c.CancelWorkflow(ctx, run.GetID(), run.GetRunID()))
	err = run.Get(ctx, nil)
	require.True(t, temporal.IsCanceledError(err), err)
}

// hanging says when a create has begun.
type hanging struct {
	cgw.Provisioner
	creating chan struct{}
}

func (h *hanging) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	h.creating <- struct{}{}
	return h.Provisioner.Create(ctx, req)
}

// What the README says to run.
func TestDev(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"dev"}, &out))
	d := json.NewDecoder(&out)
	var first, second Report
	require.NoError(t, d.Decode(&first))
	require.Equal(t, Report{Actions: map[ensure.Action]int{ensure.Created: 5}}, first)
	rest, err := io.ReadAll(d.Buffered())
	require.NoError(t, err)
	_, again, ok := bytes.Cut(rest, []byte("gateways now: 2 on Tencent Cloud, 3 on Alibaba Cloud\n"))
	require.True(t, ok, string(rest))
	require.NoError(t, json.NewDecoder(bytes.NewReader(again)).Decode(&second))
	require.Equal(t, Report{Actions: map[ensure.Action]int{ensure.Unchanged: 5}}, second)
}

func TestRefusedCommands(t *testing.T) {
	write := func(text string) string {
		name := filepath.Join(t.TempDir(), "sites.json")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"none", nil, "say worker, start or dev"},
		{"unknown", []string{"stop"}, "say worker, start or dev"},
		{"argument", []string{"start", "x"}, `unknown argument "x"`},
		{"no target", []string{"worker"}, "-target is required"},
		{"no region", []string{"worker", "-target", "tencent"}, "want tencent:REGION or alibaba:REGION"},
		{"other cloud", []string{"worker", "-target", "azure:west"}, "want tencent:REGION or alibaba:REGION"},
		{"no file", []string{"start", "-sites", filepath.Join(t.TempDir(), "none")}, "no such file"},
		{"unknown key", []string{"start", "-sites", write(`[{"nam": "x"}]`)}, `unknown field "nam"`},
		{"bad address", []string{"start", "-sites", write(`[{"ipAddress": "203.0.113"}]`)}, "203.0.113"},
		{"two values", []string{"start", "-sites", write(`[] []`)}, "more than one value"},
		{"no sites", []string{"start", "-sites", write(`[]`)}, "sites are required"},
		{"no owner", []string{"start", "-owner", ""}, "options.owner is required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorContains(t, run(t.Context(), c.args, io.Discard), c.want)
		})
	}
}

func TestStartFailsWhenASiteDoes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := newServer(t)
	stop, err := startWorkers(server.GetDefaultClient(), &Activities{Targets: map[string]cgw.Provisioner{
		"tencent:ap-guangzhou": &cgwtest.Fake{Quota: 1}, "alibaba:cn-hangzhou": &cgwtest.Fake{},
	}}, 100)
	require.NoError(t, err)
	defer stop()
	var out bytes.Buffer
	args := []string{"start", "-server", server.GetFrontendHostPort(), "-namespace", server.GetDefaultNamespace()}
	require.EqualError(t, run(ctx, args, &out), "sites failed: 1")
	require.Contains(t, out.String(), `"type": "QuotaExceeded"`)
}
