// Package ensuretest tests package ensure on both providers over their emulators. It is apart from
// package ensure, whose tests link no SDK.
package ensuretest

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const owner = "netops"

var options = ensure.Options{Owner: owner, Patience: 100 * time.Millisecond}

// conditions are those of an emulated cloud and its client.
type conditions struct {
	latency  time.Duration
	readLag  time.Duration
	attempts int  // 0: the default
	paced    bool // by the documented rate
}

// cloud is an emulated cloud.
type cloud struct {
	provisioner cgw.Provisioner
	inject      func(...wire.Fault)
	clear       func()
	requests    func() []wire.Request
	reset       func()
	gateways    func() map[string]string // names by address; fails on an address with two
}

// actions returns the requests so far, by the service's names.
func (c cloud) actions() []string {
	var all []string
	for _, r := range c.requests() {
		all = append(all, r.Action)
	}
	return all
}

// clouds returns both clouds.
func clouds(t *testing.T, with conditions) map[cgw.Provider]cloud {
	t.Helper()
	return map[cgw.Provider]cloud{cgw.Tencent: one(t, cgw.Tencent, with), cgw.Alibaba: one(t, cgw.Alibaba, with)}
}

func one(t *testing.T, provider cgw.Provider, with conditions) cloud {
	t.Helper()
	if provider == cgw.Tencent {
		return tencentCloud(t, with)
	}
	return alibabaCloud(t, with)
}

func retry(with conditions) cgw.RetryPolicy {
	return cgw.RetryPolicy{MaxAttempts: with.attempts, MinBackoff: time.Millisecond, MaxBackoff: 20 * time.Millisecond}
}

func tencentCloud(t *testing.T, with conditions) cloud {
	t.Helper()
	s := tencenttest.NewServer(tencenttest.Options{Latency: with.latency, ReadLag: with.readLag})
	t.Cleanup(s.Close)
	cfg := s.Config()
	cfg.Retry = retry(with)
	if !with.paced {
		cfg.Limiter = tencent.NewLimiter(100_000)
	}
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return cloud{
		provisioner: p, inject: s.Inject, clear: s.ClearFaults, requests: s.Requests, reset: s.ResetRequests,
		gateways: func() map[string]string {
			all := map[string]string{}
			for _, g := range s.Gateways() {
				require.NotContains(t, all, g.IPAddress)
				all[g.IPAddress] = g.Name
			}
			return all
		},
	}
}

func alibabaCloud(t *testing.T, with conditions) cloud {
	t.Helper()
	s := alibabatest.NewServer(alibabatest.Options{Latency: with.latency, ReadLag: with.readLag, Quota: -1})
	t.Cleanup(s.Close)
	cfg := s.Config()
	cfg.Retry = retry(with)
	if !with.paced {
		cfg.Limiter = alibaba.NewLimiter(100_000)
	}
	p, err := alibaba.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return cloud{
		provisioner: p, inject: s.Inject, clear: s.ClearFaults, requests: s.Requests, reset: s.ResetRequests,
		gateways: func() map[string]string {
			all := map[string]string{}
			for _, g := range s.Gateways() {
				require.NotContains(t, all, g.IPAddress)
				all[g.IPAddress] = g.Name
			}
			return all
		},
	}
}

// sites returns n specifications that both clouds hold.
func sites(n int) []cgw.CreateRequest {
	specs := make([]cgw.CreateRequest, 0, n)
	for ip := netip.MustParseAddr("203.1.0.1"); len(specs) < n; ip = ip.Next() {
		if last := ip.As4()[3]; last == 0 || last == 255 { // Tencent takes no such address
			continue
		}
		specs = append(specs, cgw.CreateRequest{
			IPAddress: ip, Name: fmt.Sprintf("site-%04d", len(specs)), Tags: map[string]string{"env": "prod"},
		})
	}
	return specs
}
