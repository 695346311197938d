package controller

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/recipes/controller/api"
	"github.com/cgw-go/cgw/tencent"
)

const resync = 10 * time.Minute

// TestReconcile applies a resource and reconciles it once.
func TestReconcile(t *testing.T) {
	address := netip.MustParseAddr("203.0.113.7")
	ours := map[string]string{ensure.DefaultOwnerKey: owner, "site": "berlin"}
	fault := func(op string, err error) []cgwtest.Fault { return []cgwtest.Fault{{Op: op, Err: err}} }
	tests := []struct {
		name     string
		edit     func(*api.CustomerGatewaySpec)
		have     []cgw.Gateway
		faults   []cgwtest.Fault
		quota    int
		reason   string
		after    time.Duration // RequeueAfter
		is       error         // of what is returned
		terminal bool
		left     int  // gateways in the cloud
		free     bool // whether there is no finalizer: no gateway can have come to be
	}{
		{name: "absent", reason: "AsSpecified", after: resync, left: 1},
		{name: "present", have: []cgw.Gateway{{IPAddress: address, Name: "branch-berlin", ASN: 65010, Tags: ours}}, reason: "AsSpecified", after: resync, left: 1},
		{name: "drifted", have: []cgw.Gateway{{IPAddress: address, Name: "renamed", ASN: 65010, Tags: ours}}, reason: "AsSpecified", after: resync, left: 1},
		{name: "nobody's", have: []cgw.Gateway{{IPAddress: address, Name: "branch-berlin"}}, reason: "AddressTaken", after: resync, left: 1},
		{
			name: "another cluster's", have: []cgw.Gateway{{IPAddress: address, Name: "x", Tags: map[string]string{ensure.DefaultOwnerKey: "prod/default/berlin"}}},
			reason: "AddressTaken", after: resync, left: 1,
		},
		{name: "quota", have: []cgw.Gateway{{IPAddress: netip.MustParseAddr("203.0.113.8"), Name: "x"}}, quota: 1, reason: "QuotaExceeded", after: resync, left: 1},
		{name: "no rights", faults: fault(cgw.OpCreate, cgw.ErrPermissionDenied), reason: "PermissionDenied", after: resync},
		{name: "no credentials", faults: fault(cgw.OpList, cgw.ErrUnauthenticated), reason: "Unauthenticated", after: resync, free: true},

		{name: "an address that is none", edit: func(s *api.CustomerGatewaySpec) { s.IPAddress = "berlin" }, reason: "Invalid", is: cgw.ErrInvalidIPAddress, terminal: true, free: true},
		{name: "an address that is refused", edit: func(s *api.CustomerGatewaySpec) { s.IPAddress = "127.0.0.1" }, reason: "Invalid", is: cgw.ErrInvalidIPAddress, terminal: true, free: true},
		{name: "no name", edit: func(s *api.CustomerGatewaySpec) { s.Name = "" }, reason: "Invalid", is: cgw.ErrInvalidName, terminal: true, free: true},
		{name: "a tag of cgw's", edit: func(s *api.CustomerGatewaySpec) { s.Tags = map[string]string{ensure.DefaultOwnerKey: "me"} }, reason: "Invalid", is: cgw.ErrInvalidTag, terminal: true, free: true},
		{name: "unsupported", faults: fault(cgw.OpCreate, cgw.ErrUnsupported), reason: "Unsupported", is: cgw.ErrUnsupported, terminal: true},
		{name: "an unknown cloud", edit: func(s *api.CustomerGatewaySpec) { s.Region = "mars" }, reason: "UnknownCloud", is: errUnknownCloud, terminal: true, free: true},

		{name: "throttled", faults: fault(cgw.OpCreate, cgw.ErrThrottled), reason: "Throttled", is: cgw.ErrThrottled},
		{
			name:   "throttled, with a hint",
			faults: fault(cgw.OpCreate, &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied, RetryAfter: 7 * time.Second}),
			reason: "Throttled", after: 7 * time.Second,
		},
		{name: "taken by what is not shown", faults: fault(cgw.OpCreate, cgw.ErrAlreadyExists), reason: "AddressTaken", is: cgw.ErrAlreadyExists},
		{name: "busy", faults: fault(cgw.OpCreate, cgw.ErrConflict), reason: "Busy", is: cgw.ErrConflict},
		{name: "not to be reached", faults: fault(cgw.OpList, cgw.ErrUnavailable), reason: "Unavailable", is: cgw.ErrUnavailable, free: true},
		{name: "a code that is not known", faults: fault(cgw.OpList, errors.New("odd")), reason: "Failed", is: nil, free: true},
		{
			name: "reply lost", faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrUnavailable, Applied: true}},
			reason: "OutcomeUnknown", is: cgw.ErrOutcomeUnknown, left: 1,
		},
	}
	for _, test := range tests {
		// Ensure waits before it calls a gateway foreign, since tags may be late: here it waits
		// in no time.
		t.Run(test.name, inBubble(func(t *testing.T) {
			cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules(), Faults: test.faults, Quota: test.quota}
			cloud.Seed(test.have...)
			b := newBench(t, cloud, interceptor.Funcs{})
			g := berlin()
			if test.edit != nil {
				test.edit(&g.Spec)
			}
			b.apply(g)

			result, err := b.reconcile()

			require.Equal(t, ctrl.Result{RequeueAfter: test.after}, result)
			if test.after > 0 {
				require.NoError(t, err, "RequeueAfter would be ignored")
			} else {
				require.Error(t, err)
			}
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			require.Equal(t, test.terminal, errors.Is(err, reconcile.TerminalError(nil)))
			ready := b.ready()
			require.Equal(t, test.reason, ready.Reason)
			require.Equal(t, test.reason == "AsSpecified", ready.Status == metav1.ConditionTrue)
			require.Equal(t, test.reason == "AsSpecified", ready.Message == "")
			require.Equal(t, test.reason == "AsSpecified", b.resource().Status.ID != "")
			if test.free {
				require.Empty(t, b.resource().Finalizers)
				for _, call := range cloud.Calls() {
					require.Equal(t, cgw.OpList, call.Op, "nothing was written")
				}
			} else {
				require.Contains(t, b.resource().Finalizers, api.Finalizer, "before anything was written to the cloud")
			}
			cloud.Faults = nil
			require.Len(t, gateways(t, cloud), test.left)
		}))
	}
}

func inBubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

func TestStatusFollowsTheSpec(t *testing.T) {
	cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules()}
	b := newBench(t, cloud, interceptor.Funcs{})
	b.apply(berlin())
	_, err := b.reconcile()
	require.NoError(t, err)
	id := b.resource().Status.ID
	require.Equal(t, int64(1), b.resource().Status.ObservedGeneration)

	b.edit(func(g *api.CustomerGateway) { g.Spec.Name, g.Spec.ASN = "renamed", 65020 })
	_, err = b.reconcile()
	require.NoError(t, err)
	have := gateways(t, cloud)
	require.Len(t, have, 1)
	require.Equal(t, "renamed", have[0].Name)
	require.Equal(t, cgw.ASN(65020), have[0].ASN)
	require.Equal(t, id, b.resource().Status.ID)
	require.Equal(t, int64(2), b.resource().Status.ObservedGeneration)
	require.Equal(t, int64(2), b.ready().ObservedGeneration)

	b.edit(func(g *api.CustomerGateway) { g.Spec.ASN = 45090 })
	_, err = b.reconcile()
	require.ErrorIs(t, err, reconcile.TerminalError(nil))
	require.Equal(t, "Invalid", b.ready().Reason)
	require.Equal(t, id, b.resource().Status.ID, "it is still there")
	require.Equal(t, int64(3), b.resource().Status.ObservedGeneration)
}

// TestUnchangedWritesNothing: neither to the cloud nor to the cluster, however often, when all is
// well and when the same thing is wrong each time.
func TestUnchangedWritesNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		have   []cgw.Gateway
		reason string
	}{
		{"as specified", nil, "AsSpecified"},
		{"over the quota", []cgw.Gateway{{IPAddress: netip.MustParseAddr("203.0.113.8")}}, "QuotaExceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules(), Quota: 1}
			cloud.Seed(test.have...)
			writes := 0
			b := newBench(t, cloud, interceptor.Funcs{
				SubResourcePatch: func(ctx context.Context, c client.Client, sub string, obj client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
					writes++
					return c.SubResource(sub).Patch(ctx, obj, patch, opts...)
				},
				Patch: func(ctx context.Context, c client.WithWatch, obj client.Object, patch client.Patch, opts ...client.PatchOption) error {
					writes++
					return c.Patch(ctx, obj, patch, opts...)
				},
			})
			b.apply(berlin())
			for range 4 {
				result, err := b.reconcile()
				require.NoError(t, err)
				require.Equal(t, resync, result.RequeueAfter)
			}
			require.Equal(t, test.reason, b.ready().Reason)
			require.Equal(t, 2, writes, "the finalizer and the status, once")
			require.Len(t, gateways(t, cloud), 1)
			for _, call := range cloud.Calls()[2:] {
				require.NotEqual(t, cgw.OpUpdate, call.Op)
				require.NotEqual(t, cgw.OpDelete, call.Op)
			}
		})
	}
}

// TestCrashes lets a write to the cluster fail, as when the controller dies there. In the end
// there is one gateway.
func TestCrashes(t *testing.T) {
	died := errors.New("the controller died")
	for _, test := range []struct {
		name  string
		funcs func(crash func() bool) interceptor.Funcs
		left  int // gateways after the crash
	}{
		{"before the finalizer", func(crash func() bool) interceptor.Funcs {
			return interceptor.Funcs{Patch: func(ctx context.Context, c client.WithWatch, obj client.Object, patch client.Patch, opts ...client.PatchOption) error {
				if crash() {
					return died
				}
				return c.Patch(ctx, obj, patch, opts...)
			}}
		}, 0},
		{"before the status", func(crash func() bool) interceptor.Funcs {
			return interceptor.Funcs{SubResourcePatch: func(ctx context.Context, c client.Client, sub string, obj client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
				if crash() {
					return died
				}
				return c.SubResource(sub).Patch(ctx, obj, patch, opts...)
			}}
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules()}
			crashed := false
			b := newBench(t, cloud, test.funcs(func() bool {
				first := !crashed
				crashed = true
				return first
			}))
			b.apply(berlin())
			_, err := b.reconcile()
			require.ErrorIs(t, err, died)
			require.Len(t, gateways(t, cloud), test.left)

			_, err = b.reconcile()
			require.NoError(t, err)
			have := gateways(t, cloud)
			require.Len(t, have, 1)
			require.Equal(t, have[0].ID, b.resource().Status.ID)
		})
	}
}

// TestStopping: a manager that stops records nothing, since nothing is known.
func TestStopping(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	b := newBench(t, stopping{&cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules()}, stop}, interceptor.Funcs{})
	b.apply(berlin())
	_, err := b.Reconcile(ctx, ctrl.Request{NamespacedName: key})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, b.resource().Status.Conditions)
}

// stopping is a cloud during whose create the manager is told to stop.
type stopping struct {
	*cgwtest.Fake
	stop context.CancelFunc
}

func (s stopping) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	g, err := s.Fake.Create(ctx, req)
	s.stop()
	return g, err
}

func TestUnknownResource(t *testing.T) {
	result, err := newBench(t, &cgwtest.Fake{}, interceptor.Funcs{}).reconcile()
	require.NoError(t, err)
	require.Zero(t, result)
}
