package controller

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/recipes/controller/api"
	"github.com/cgw-go/cgw/tencent"
)

// TestRemove has a gateway and a resource that is deleted, and reconciles that once.
func TestRemove(t *testing.T) {
	disown := func(t *testing.T, cloud *cgwtest.Fake, id string) {
		_, err := cloud.Update(t.Context(), id, cgw.UpdateRequest{Tags: map[string]string{ensure.DefaultOwnerKey: "another"}})
		require.NoError(t, err)
	}
	forget := func(b bench) {
		g := b.resource()
		g.Status = api.CustomerGatewayStatus{}
		require.NoError(b.t, b.cluster.Status().Update(b.t.Context(), g))
	}
	tests := []struct {
		name   string
		before func(t *testing.T, b bench, cloud *cgwtest.Fake, id string)
		faults []cgwtest.Fault
		reason string // of the condition; empty: the resource is gone
		after  time.Duration
		is     error
		left   int
	}{
		{name: "deleted"},
		{name: "gone already", before: func(t *testing.T, _ bench, cloud *cgwtest.Fake, id string) {
			require.NoError(t, cloud.Delete(t.Context(), id))
		}},
		{name: "in use", before: func(_ *testing.T, _ bench, cloud *cgwtest.Fake, id string) { cloud.Connect(id) }, reason: "InUse", after: resync, left: 1},
		{name: "another's by now", before: func(t *testing.T, b bench, cloud *cgwtest.Fake, id string) {
			disown(t, cloud, id)
			b.Now = later(time.Minute)
		}, left: 1},
		{name: "never recorded", before: func(_ *testing.T, b bench, _ *cgwtest.Fake, _ string) { forget(b) }},
		{name: "the cloud is not configured any more", before: func(_ *testing.T, b bench, _ *cgwtest.Fake, _ string) {
			clear(b.Clouds)
		}, reason: "UnknownCloud", is: errUnknownCloud, left: 1},
		{name: "throttled", faults: []cgwtest.Fault{{Op: cgw.OpDelete, Err: cgw.ErrThrottled}}, reason: "Throttled", is: cgw.ErrThrottled, left: 1},
		{name: "not to be read", faults: []cgwtest.Fault{{Op: cgw.OpGet, Err: cgw.ErrUnavailable}}, reason: "Unavailable", is: cgw.ErrUnavailable, left: 1},
		{name: "not to be listed", faults: []cgwtest.Fault{{Op: cgw.OpList, Call: 3, Err: cgw.ErrUnavailable}}, reason: "Unavailable", is: cgw.ErrUnavailable, left: 1},
		{name: "reply lost", faults: []cgwtest.Fault{{Op: cgw.OpDelete, Call: 1, Err: cgw.ErrUnavailable, Applied: true}}, reason: "OutcomeUnknown", is: cgw.ErrOutcomeUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules(), Faults: test.faults}
			b := newBench(t, cloud, interceptor.Funcs{})
			b.apply(berlin())
			_, err := b.reconcile()
			require.NoError(t, err)
			if test.before != nil {
				test.before(t, b, cloud, b.resource().Status.ID)
			}
			b.delete()

			result, err := b.reconcile()

			require.ErrorIs(t, err, test.is)
			require.Equal(t, ctrl.Result{RequeueAfter: test.after}, result)
			require.Equal(t, test.reason == "", b.gone())
			if test.reason != "" {
				require.Contains(t, b.resource().Finalizers, api.Finalizer)
				require.Equal(t, test.reason, b.ready().Reason)
				require.Equal(t, metav1.ConditionFalse, b.ready().Status)
			}
			cloud.Faults = nil
			require.Len(t, gateways(t, cloud), test.left)
		})
	}
}

// TestInUseNamesTheConnections and ends when they are gone.
func TestInUseNamesTheConnections(t *testing.T) {
	cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules()}
	b := newBench(t, cloud, interceptor.Funcs{})
	b.apply(berlin())
	_, err := b.reconcile()
	require.NoError(t, err)
	connection := cloud.Connect(b.resource().Status.ID)
	b.delete()
	_, err = b.reconcile()
	require.NoError(t, err)
	require.Contains(t, b.ready().Message, connection)

	cloud.Disconnect(connection)
	_, err = b.reconcile()
	require.NoError(t, err)
	require.True(t, b.gone())
	require.Empty(t, gateways(t, cloud))
}

// TestLostCreateThenDelete: the reply of the create was lost, the resource is deleted before
// anything is seen of the gateway, and reads lag behind. It must not be forgotten.
func TestLostCreateThenDelete(t *testing.T) {
	cloud := &cgwtest.Fake{
		Provider: cgw.Tencent, Like: tencent.Rules(), ReadLag: 1,
		Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: true}},
	}
	b := newBench(t, cloud, interceptor.Funcs{})
	b.apply(berlin())
	_, err := b.reconcile()
	require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
	require.Empty(t, b.resource().Status.ID)
	b.delete()

	result, err := b.reconcile()
	require.NoError(t, err)
	require.False(t, b.gone(), "absence is not believed yet")
	require.Positive(t, result.RequeueAfter)
	require.LessOrEqual(t, result.RequeueAfter, 31*time.Second)

	_, err = b.reconcile()
	require.NoError(t, err)
	require.True(t, b.gone())
	for range 2 { // the fake lags behind the delete, too
		if len(gateways(t, cloud)) == 0 {
			return
		}
	}
	t.Fatal("the gateway is left")
}

// TestTagsAreLate: a gateway that does not show its owner tag yet is not taken for another's while
// reads may lag behind.
func TestTagsAreLate(t *testing.T) {
	cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules()}
	b := newBench(t, cloud, interceptor.Funcs{})
	b.apply(berlin())
	_, err := b.reconcile()
	require.NoError(t, err)
	tag := func(tags map[string]string) {
		_, err := cloud.Update(t.Context(), b.resource().Status.ID, cgw.UpdateRequest{Tags: tags})
		require.NoError(t, err)
	}
	tag(map[string]string{})
	b.delete()
	result, err := b.reconcile()
	require.NoError(t, err)
	require.Positive(t, result.RequeueAfter)
	require.False(t, b.gone())

	tag(map[string]string{ensure.DefaultOwnerKey: owner})
	_, err = b.reconcile()
	require.NoError(t, err)
	require.True(t, b.gone())
	require.Empty(t, gateways(t, cloud))
}

// TestNeverCreated: a resource that never had a gateway goes. If none can have come to be, it goes
// at once, and otherwise when the time to settle is over.
func TestNeverCreated(t *testing.T) {
	fault := func(op string, err error) []cgwtest.Fault { return []cgwtest.Fault{{Op: op, Err: err}} }
	for _, test := range []struct {
		name   string
		edit   func(*api.CustomerGatewaySpec)
		have   []cgw.Gateway
		faults []cgwtest.Fault
		reason string
		waits  bool
	}{
		{name: "a mistyped region", edit: func(s *api.CustomerGatewaySpec) { s.Region = "ap-guangzou" }, reason: "UnknownCloud"},
		{name: "a mistyped region of the manager", faults: fault(cgw.OpList, cgw.ErrUnsupported), reason: "Unsupported"},
		{name: "no address", edit: func(s *api.CustomerGatewaySpec) { s.IPAddress = "nowhere" }, reason: "Invalid"},
		{name: "an address that is refused", edit: func(s *api.CustomerGatewaySpec) { s.IPAddress = "127.0.0.1" }, reason: "Invalid"},
		{name: "no right to read", faults: fault(cgw.OpList, cgw.ErrPermissionDenied), reason: "PermissionDenied"},
		{name: "not to be reached", faults: fault(cgw.OpList, cgw.ErrUnavailable), reason: "Unavailable"},
		{name: "no right to create", faults: fault(cgw.OpCreate, cgw.ErrPermissionDenied), reason: "PermissionDenied", waits: true},
		{name: "another's", have: []cgw.Gateway{{IPAddress: netip.MustParseAddr("203.0.113.7"), Tags: map[string]string{ensure.DefaultOwnerKey: "x"}}}, reason: "AddressTaken", waits: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud := &cgwtest.Fake{Provider: cgw.Tencent, Like: tencent.Rules(), Faults: test.faults}
			cloud.Seed(test.have...)
			b := newBench(t, cloud, interceptor.Funcs{})
			g := berlin()
			if test.edit != nil {
				test.edit(&g.Spec)
			}
			b.apply(g)
			for range 2 {
				_, _ = b.reconcile()
				require.Equal(t, test.reason, b.ready().Reason)
			}
			b.delete()
			require.Equal(t, !test.waits, b.gone())
			if test.waits {
				b.Now = later(-5 * time.Second)
				_, err := b.reconcile()
				require.NoError(t, err)
				require.False(t, b.gone())
				b.Now = later(time.Minute)
				_, err = b.reconcile()
				require.NoError(t, err)
				require.True(t, b.gone())
			}
			cloud.Faults = nil
			require.Len(t, gateways(t, cloud), len(test.have), "what is another's stays")
		})
	}
}
