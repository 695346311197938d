package main

import (
	"context"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/tencent"
)

var berlin = Site{Name: "berlin", IP: netip.MustParseAddr("203.0.113.7")}

func TestReconcile(t *testing.T) {
	tests := []struct {
		name   string
		have   []cgw.Gateway
		faults []cgwtest.Fault
		want   Result
		is     error // of Reconcile
		left   int   // gateways after it
	}{
		{name: "absent", want: Created, left: 1},
		{name: "present", have: []cgw.Gateway{{Name: "berlin", IPAddress: berlin.IP}}, want: Present, left: 1},
		{name: "throttled", faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrThrottled}}, want: Later, is: cgw.ErrThrottled},
		{name: "list fails", faults: []cgwtest.Fault{{Op: cgw.OpList, Call: 1, Err: cgw.ErrUnavailable}}, want: Later, is: cgw.ErrUnavailable},
		{name: "no rights", faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrPermissionDenied}}, want: Broken, is: cgw.ErrPermissionDenied},
		{name: "reply lost", faults: []cgwtest.Fault{{Op: cgw.OpCreate, Err: cgw.ErrUnavailable, Applied: true}}, want: Later, is: cgw.ErrOutcomeUnknown, left: 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cloud := &cgwtest.Fake{Like: tencent.Rules(), Faults: test.faults}
			cloud.Seed(test.have...)

			got, err := Controller{Cloud: cloud}.Reconcile(t.Context(), berlin)

			require.Equal(t, test.want, got)
			require.ErrorIs(t, err, test.is)
			left, err := cgw.Collect(cloud.List(context.Background(), cgw.Filter{}))
			require.NoError(t, err)
			require.Len(t, left, test.left)
		})
	}
}

func TestForeignGatewayIsLeftAlone(t *testing.T) {
	cloud := &cgwtest.Fake{}
	cloud.Seed(cgw.Gateway{Name: "munich", IPAddress: berlin.IP})
	got, err := Controller{Cloud: cloud}.Reconcile(t.Context(), berlin)
	require.Equal(t, Broken, got)
	require.ErrorContains(t, err, "munich")
	for _, call := range cloud.Calls() {
		require.Equal(t, cgw.OpList, call.Op, "it only looks")
	}
}

// TestLostReply tests the case in which careless programs make duplicates: the create takes
// effect, its reply is lost, and the program tries again.
func TestLostReply(t *testing.T) {
	cloud := &cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: true}}}
	c := Controller{Cloud: cloud}

	got, err := c.Reconcile(t.Context(), berlin)
	require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
	require.Equal(t, Later, got)

	got, err = c.Reconcile(t.Context(), berlin)
	require.NoError(t, err)
	require.Equal(t, Present, got)
}

func TestRemove(t *testing.T) {
	cloud := &cgwtest.Fake{}
	c := Controller{Cloud: cloud}
	_, err := c.Reconcile(t.Context(), berlin)
	require.NoError(t, err)
	require.NoError(t, c.Remove(t.Context(), berlin))
	require.NoError(t, c.Remove(t.Context(), berlin), "a second time")
	left, err := cgw.Collect(cloud.List(t.Context(), cgw.Filter{}))
	require.NoError(t, err)
	require.Empty(t, left)
}
