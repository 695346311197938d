package alibaba_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// newProvisioner returns one on the server, without the limiter's delays.
func newProvisioner(t testing.TB, srv *alibabatest.Server) *alibaba.Provisioner {
	t.Helper()
	cfg := srv.Config()
	cfg.Limiter = alibaba.NewLimiter(1e6)
	p, err := alibaba.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// TestConformance runs the contract's suite through the SDK and HTTPS on the emulator.
func TestConformance(t *testing.T) {
	var srv *alibabatest.Server
	fresh := func(t testing.TB, o alibabatest.Options) cgw.Provisioner {
		t.Helper()
		srv = alibabatest.NewServer(o)
		t.Cleanup(srv.Close)
		return newProvisioner(t, srv)
	}
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New:             func(t testing.TB) cgw.Provisioner { return fresh(t, alibabatest.Options{Quota: -1}) },
		Rules:           alibaba.Rules(),
		PageCap:         50,
		ResourceGroupID: "rg-acfmzs372yg",
		Requests:        func() int { return len(srv.Requests()) },
		Connect: func(_ testing.TB, gatewayID string) []string {
			return []string{srv.AddConnection(gatewayID)}
		},
		Stalled: func(t testing.TB) cgw.Provisioner {
			return fresh(t, alibabatest.Options{Faults: []wire.Fault{{Times: -1, Delay: time.Hour}}})
		},
	})
}

// TestLive runs the suite on the cloud itself, in the region CGW_LIVE_ALIBABA_REGION and at the
// addresses CGW_LIVE_ADDRESSES (separated by commas), with the SDK's default credentials. It
// creates and deletes gateways whose names start with "cgwtest-".
func TestLive(t *testing.T) {
	region := os.Getenv("CGW_LIVE_ALIBABA_REGION")
	if region == "" {
		t.Log("not asked for: CGW_LIVE_ALIBABA_REGION is not set")
		return
	}
	var addresses []netip.Addr
	for a := range strings.SplitSeq(os.Getenv("CGW_LIVE_ADDRESSES"), ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(a))
		require.NoError(t, err, "CGW_LIVE_ADDRESSES")
		addresses = append(addresses, addr)
	}
	cred, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(t testing.TB) cgw.Provisioner {
			t.Helper()
			p, err := alibaba.New(alibaba.Config{Region: region, Credentials: cred})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			return p
		},
		Rules: alibaba.Rules(), Addresses: addresses, Live: true,
	})
}
