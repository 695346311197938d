package main

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// result is how a workflow ended.
type result struct {
	Report
	err  error
	took time.Duration // by the clock of the test environment, which skips what is waited for
}

func ensureFleet(t *testing.T, f Fleet, targets map[string]cgw.Provisioner) result {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.RegisterWorkflow(EnsureTarget)
	env.RegisterActivity(&Activities{Targets: targets})
	began := env.Now()
	env.ExecuteWorkflow(EnsureFleet, f)
	require.True(t, env.IsWorkflowCompleted())
	r := result{err: env.GetWorkflowError(), took: env.Now().Sub(began)}
	if r.err == nil {
		require.NoError(t, env.GetWorkflowResult(&r.Report))
	}
	return r
}

// fleetOf returns a fleet of n sites, each wanted on every target.
func fleetOf(n int, targets ...string) Fleet {
	f := Fleet{Options: ensure.Options{Owner: "netops"}}
	for i := range n {
		f.Sites = append(f.Sites, Site{Targets: targets, CreateRequest: cgw.CreateRequest{
			Name: fmt.Sprintf("site-%03d", i), IPAddress: netip.AddrFrom4([4]byte{203, 0, 113, byte(i + 1)}),
		}})
	}
	return f
}

func TestFleetOnBothClouds(t *testing.T) {
	tc := tencenttest.NewServer(tencenttest.Options{})
	defer tc.Close()
	ali := alibabatest.NewServer(alibabatest.Options{})
	defer ali.Close()
	tp, err := tencent.New(tc.Config())
	require.NoError(t, err)
	ap, err := alibaba.New(ali.Config())
	require.NoError(t, err)
	targets := map[string]cgw.Provisioner{"t": tp, "a": ap}
	fleet := fleetOf(5, "t", "a")

	r := ensureFleet(t, fleet, targets)
	require.NoError(t, r.err)
	require.Equal(t, Report{Actions: map[ensure.Action]int{ensure.Created: 10}}, r.Report)
	require.Len(t, tc.Gateways(), 5)
	require.Len(t, ali.Gateways(), 5)

	tc.ResetRequests()
	ali.ResetRequests()
	r = ensureFleet(t, fleet, targets)
	require.NoError(t, r.err)
	require.Equal(t, Report{Actions: map[ensure.Action]int{ensure.Unchanged: 10}}, r.Report)
	require.Len(t, ali.Requests(), 1, "one list")
	require.Len(t, tc.Requests(), 2, "one list, one of tags")
}

func TestWhatBecomesOfFailures(t *testing.T) {
	create := func(call int, e cgw.Error) cgwtest.Fault {
		e.Op = cgw.OpCreate
		return cgwtest.Fault{Op: cgw.OpCreate, Call: call, Err: &e}
	}
	for _, c := range []struct {
		name    string
		fake    *cgwtest.Fake
		actions map[ensure.Action]int
		failed  string // type of the failure of one site
		creates int
		took    time.Duration // at least
	}{
		{
			name:    "throttled: repeated when the cloud says",
			fake:    &cgwtest.Fake{Faults: []cgwtest.Fault{create(1, cgw.Error{Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied, RetryAfter: 7 * time.Minute})}},
			actions: map[ensure.Action]int{ensure.Created: 3}, creates: 4, took: 7 * time.Minute,
		},
		{
			name:    "conflict: repeated by the policy",
			fake:    &cgwtest.Fake{Faults: []cgwtest.Fault{create(1, cgw.Error{Kind: cgw.ErrConflict, Outcome: cgw.OutcomeNotApplied})}},
			actions: map[ensure.Action]int{ensure.Created: 3}, creates: 4, took: time.Second,
		},
		{
			name:    "the reply is lost: found, not created again",
			fake:    &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 2, Applied: true, Err: cgw.ErrUnavailable}}},
			actions: map[ensure.Action]int{ensure.Created: 2, ensure.Unchanged: 1}, creates: 3, took: time.Second,
		},
		{
			name:    "permission denied: not repeated, and stops no other",
			fake:    &cgwtest.Fake{Faults: []cgwtest.Fault{create(2, cgw.Error{Kind: cgw.ErrPermissionDenied, Outcome: cgw.OutcomeNotApplied, RetryAfter: time.Hour})}},
			actions: map[ensure.Action]int{ensure.Created: 2}, failed: "PermissionDenied", creates: 3,
		},
		{
			name:    "quota: not repeated",
			fake:    &cgwtest.Fake{Quota: 2},
			actions: map[ensure.Action]int{ensure.Created: 2}, failed: "QuotaExceeded", creates: 3,
		},
		{
			name: "foreign: not touched",
			fake: func() *cgwtest.Fake {
				f := &cgwtest.Fake{}
				f.Seed(cgw.Gateway{Name: "theirs", IPAddress: netip.MustParseAddr("203.0.113.2")})
				return f
			}(),
			actions: map[ensure.Action]int{ensure.Created: 2}, failed: "Foreign", creates: 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ensureFleet(t, fleetOf(3, "cloud"), map[string]cgw.Provisioner{"cloud": c.fake})
			require.NoError(t, r.err)
			require.Equal(t, c.actions, r.Actions)
			require.GreaterOrEqual(t, r.took, c.took)
			require.Less(t, r.took, c.took+time.Minute)
			require.Equal(t, c.creates, count(c.fake, cgw.OpCreate))
			if c.failed == "" {
				require.Zero(t, r.Failed)
				require.Empty(t, r.Failures)
				return
			}
			require.Equal(t, 1, r.Failed)
			require.Len(t, r.Failures, 1)
			require.Equal(t, c.failed, r.Failures[0].Type)
			require.NotEmpty(t, r.Failures[0].IPAddress)
			require.NotContains(t, r.Failures[0].Error, "\n")
		})
	}
}

// maxAttempts is what the test environment makes of a RetryPolicy without a number. A server goes
// on until ScheduleToCloseTimeout.
const maxAttempts = 10

func TestOneTargetDownStopsNoOther(t *testing.T) {
	down := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpList, Err: cgw.ErrUnavailable}}}
	up := &cgwtest.Fake{}
	r := ensureFleet(t, fleetOf(2, "down", "up"), map[string]cgw.Provisioner{"down": down, "up": up})
	require.NoError(t, r.err)
	require.Equal(t, map[ensure.Action]int{ensure.Created: 2}, r.Actions)
	require.Equal(t, 1, r.Failed)
	require.Equal(t, "down", r.Failures[0].Target)
	require.Equal(t, "Unavailable", r.Failures[0].Type)
	require.Equal(t, maxAttempts, count(down, cgw.OpList))
}

func TestASiteIsGivenUpInTheEnd(t *testing.T) {
	fake := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrThrottled}}}
	r := ensureFleet(t, fleetOf(1, "cloud"), map[string]cgw.Provisioner{"cloud": fake})
	require.NoError(t, r.err)
	require.Equal(t, 1, r.Failed)
	require.Equal(t, "Throttled", r.Failures[0].Type)
	require.Equal(t, maxAttempts, count(fake, cgw.OpCreate))
}

func TestBadFleetsWriteNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		bend func(*Fleet)
		typ  string
		want []string // in the error
	}{
		{"no owner", func(f *Fleet) { f.Options.Owner = "" }, typeInvalid, []string{"owner is required"}},
		{"no sites", func(f *Fleet) { f.Sites = nil }, typeInvalid, []string{"sites are required"}},
		{"no targets", func(f *Fleet) { f.Sites[1].Targets = nil }, typeInvalid, []string{"site 1", "site-001", "targets are required"}},
		{"too many", func(f *Fleet) { *f = fleetOf(maxSites+1, "strict") }, typeInvalid, []string{"target strict: 2001 sites"}},
		{
			"what one cloud does not have", func(f *Fleet) { f.Sites[2].Description = "x" },
			typeRefused, []string{"strict: ", "site 2", "203.0.113.3", "Description"},
		},
		{
			"two of one address, and a description", func(f *Fleet) { f.Sites[1].IPAddress, f.Sites[0].Description = f.Sites[0].IPAddress, "x" },
			typeRefused, []string{"lax: ", "strict: ", "site 0", "Description", "site 1", "is that of site 0"},
		},
		{"unknown target", func(f *Fleet) { f.Sites[0].Targets = []string{"lax", "moon"} }, typeRefused, []string{"moon: no target moon"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lax, strict := &cgwtest.Fake{}, &cgwtest.Fake{Like: tencent.Rules()}
			f := fleetOf(3, "lax", "strict")
			c.bend(&f)
			r := ensureFleet(t, f, map[string]cgw.Provisioner{"lax": lax, "strict": strict})
			var e *temporal.ApplicationError
			require.ErrorAs(t, r.err, &e)
			require.Equal(t, c.typ, e.Type())
			for _, want := range c.want {
				require.Contains(t, e.Message(), want)
			}
			require.NotContains(t, e.Message(), "\n")
			require.Zero(t, count(lax, cgw.OpCreate)+count(strict, cgw.OpCreate))
		})
	}
	f := fleetOf(1, "lax")
	f.Sites[0].AuthKey = "hunter2"
	require.ErrorContains(t, f.check(), "authKey would be readable")
}

func TestReportsStaySmall(t *testing.T) {
	fake := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrPermissionDenied}}}
	r := ensureFleet(t, fleetOf(maxFailures+20, "cloud"), map[string]cgw.Provisioner{"cloud": fake})
	require.NoError(t, r.err)
	require.Equal(t, maxFailures+20, r.Failed)
	require.Len(t, r.Failures, maxFailures)
}

func count(f *cgwtest.Fake, op string) int {
	n := 0
	for _, c := range f.Calls() {
		if c.Op == op {
			n++
		}
	}
	return n
}
