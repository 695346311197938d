package tencent_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// newProvisioner returns one on the server, without the limiter's delays.
func newProvisioner(t testing.TB, srv *tencenttest.Server) *tencent.Provisioner {
	t.Helper()
	cfg := srv.Config()
	cfg.Limiter = tencent.NewLimiter(1e6)
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// TestConformance runs the contract's suite through the SDK and HTTPS on the emulator.
func TestConformance(t *testing.T) {
	var srv *tencenttest.Server
	fresh := func(t testing.TB, o tencenttest.Options) cgw.Provisioner {
		t.Helper()
		srv = tencenttest.NewServer(o)
		t.Cleanup(srv.Close)
		return newProvisioner(t, srv)
	}
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New:      func(t testing.TB) cgw.Provisioner { return fresh(t, tencenttest.Options{}) },
		Rules:    tencent.Rules(),
		PageCap:  100,
		Requests: func() int { return len(srv.Requests()) },
		Connect: func(_ testing.TB, gatewayID string) []string {
			return []string{srv.AddConnection(gatewayID)}
		},
		Stalled: func(t testing.TB) cgw.Provisioner {
			return fresh(t, tencenttest.Options{Faults: []wire.Fault{{Times: -1, Delay: time.Hour}}})
		},
	})
}

// TestLive runs the suite on the cloud itself, in the region CGW_LIVE_TENCENT_REGION and at the
// addresses CGW_LIVE_ADDRESSES (separated by commas), with the SDK's default credentials. It
// creates and deletes gateways whose names start with "cgwtest-".
func TestLive(t *testing.T) {
	region := os.Getenv("CGW_LIVE_TENCENT_REGION")
	if region == "" {
		t.Log("not asked for: CGW_LIVE_TENCENT_REGION is not set")
		return
	}
	var addresses []netip.Addr
	for a := range strings.SplitSeq(os.Getenv("CGW_LIVE_ADDRESSES"), ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(a))
		require.NoError(t, err, "CGW_LIVE_ADDRESSES")
		addresses = append(addresses, addr)
	}
	cred, err := tencent.DefaultCredentials(t.Context())
	require.NoError(t, err)
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(t testing.TB) cgw.Provisioner {
			t.Helper()
			p, err := tencent.New(tencent.Config{Region: region, Credentials: cred})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			return p
		},
		Rules: tencent.Rules(), Addresses: addresses, Live: true,
	})
}
