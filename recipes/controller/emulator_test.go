package controller

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// TestOnTheWire goes from apply to gone with the real SDKs over HTTPS, against the emulators.
// The reply of the first create is lost after it took effect, and nothing can be read until the
// call has ended, so that cgw cannot settle it by itself; the next reconciliations are to look.
func TestOnTheWire(t *testing.T) {
	faults := []wire.Fault{
		{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Abort},
		{Action: "DescribeCustomerGateways", Skip: 2, Times: -1, Effect: wire.Refuse, Code: "InternalError"},
	}
	once := cgw.RetryPolicy{MaxAttempts: 1}
	for provider, start := range map[cgw.Provider]func(*testing.T) emulated{
		cgw.Tencent: func(t *testing.T) emulated {
			s := tencenttest.NewServer(tencenttest.Options{Faults: faults})
			t.Cleanup(s.Close)
			cfg := s.Config()
			cfg.Retry = once
			p, err := tencent.New(cfg)
			require.NoError(t, err)
			return emulated{p, cfg.Region, func() int { return len(s.Gateways()) }, s.ClearFaults}
		},
		cgw.Alibaba: func(t *testing.T) emulated {
			s := alibabatest.NewServer(alibabatest.Options{Faults: faults})
			t.Cleanup(s.Close)
			cfg := s.Config()
			cfg.Retry = once
			p, err := alibaba.New(cfg)
			require.NoError(t, err)
			return emulated{p, cfg.Region, func() int { return len(s.Gateways()) }, s.ClearFaults}
		},
	} {
		t.Run(string(provider), func(t *testing.T) {
			e := start(t)
			b := newBench(t, e.p, interceptor.Funcs{})
			b.Clouds = map[Cloud]cgw.Provisioner{{provider, e.region}: e.p}
			g := berlin()
			g.Spec.Provider, g.Spec.Region = provider, e.region
			b.apply(g)

			_, err := b.reconcile()
			require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
			require.Equal(t, "OutcomeUnknown", b.ready().Reason)
			require.Equal(t, 1, e.count())
			e.heal()

			for range 2 {
				result, err := b.reconcile()
				require.NoError(t, err)
				require.Equal(t, 10*time.Minute, result.RequeueAfter)
			}
			require.Equal(t, 1, e.count(), "it was found, not created again")
			require.Equal(t, "AsSpecified", b.ready().Reason)
			have := gateways(t, e.p)
			require.Equal(t, have[0].ID, b.resource().Status.ID)
			require.Equal(t, owner, have[0].Tags[ensure.DefaultOwnerKey])

			b.delete()
			_, err = b.reconcile()
			require.NoError(t, err)
			require.True(t, b.gone())
			require.Zero(t, e.count())
		})
	}
}

// emulated is a cloud on the wire.
type emulated struct {
	p      cgw.Provisioner
	region string
	count  func() int // of its gateways
	heal   func()     // ends its faults
}
