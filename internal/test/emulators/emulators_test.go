// Package emulators tests what both emulators have in common, with tests that are written once.
package emulators

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

var (
	_ cgwtest.Emulator = (*tencenttest.Server)(nil)
	_ cgwtest.Emulator = (*alibabatest.Server)(nil)
)

// The actions that both services have under one name.
const (
	create      = "CreateCustomerGateway"
	list        = "DescribeCustomerGateways"
	modify      = "ModifyCustomerGatewayAttribute"
	remove      = "DeleteCustomerGateway"
	connections = "DescribeVpnConnections"
)

// options are those that a test asks both emulators for.
type options struct {
	control bool
	faults  []wire.Fault
}

// each runs a test on a server of each cloud.
func each(t *testing.T, o options, test func(t *testing.T, cloud cgwtest.Emulator)) {
	t.Helper()
	for provider, start := range map[cgw.Provider]func() cgwtest.Emulator{
		cgw.Tencent: func() cgwtest.Emulator {
			return tencenttest.NewServer(tencenttest.Options{PlainHTTP: true, Control: o.control, Faults: o.faults})
		},
		cgw.Alibaba: func() cgwtest.Emulator {
			return alibabatest.NewServer(alibabatest.Options{PlainHTTP: true, Control: o.control, Faults: o.faults})
		},
	} {
		t.Run(string(provider), func(t *testing.T) {
			cloud := start()
			t.Cleanup(cloud.Close)
			test(t, cloud)
		})
	}
}

func provisioner(t *testing.T, cloud cgwtest.Emulator) cgw.Provisioner {
	t.Helper()
	p, err := cloud.Provisioner()
	require.NoError(t, err)
	return p
}

func branch(name, ip string) cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: netip.MustParseAddr(ip), Name: name, Tags: map[string]string{"env": "prod"}}
}

func TestSeedListCount(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		at := cloud.Location()
		seeded, err := cloud.SeedGateways(
			cgw.Gateway{Name: "office", IPAddress: netip.MustParseAddr("203.0.113.7"), ASN: 64512, Tags: map[string]string{"a": "b"}, RequestID: "of no gateway"},
			cgw.Gateway{Provider: at.Provider, Region: at.Region, Name: "shop", IPAddress: netip.MustParseAddr("::ffff:203.0.113.8"), CreatedAt: time.Unix(1e9, 0)},
		)
		require.NoError(t, err)
		require.Equal(t, seeded, cloud.ListGateways())

		p := provisioner(t, cloud)
		read, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Len(t, read, 2)
		for i, want := range seeded {
			require.True(t, want.Equal(read[i]), "%+v is not %+v", read[i], want)
		}
		require.Equal(t, 1, cloud.Count(list))
		require.Equal(t, int64(1e9), seeded[1].CreatedAt.Unix())

		renamed := seeded[0]
		renamed.Name, renamed.Tags = "head office", nil
		again, err := cloud.SeedGateways(renamed)
		require.NoError(t, err)
		require.Equal(t, []cgw.Gateway{renamed}, again)
		require.Equal(t, []cgw.Gateway{renamed, seeded[1]}, cloud.ListGateways(), "the gateway of the same ID is replaced")

		cloud.ResetRequests()
		require.Empty(t, cloud.Requests())
	})
}

func TestSeedErrors(t *testing.T) {
	ip := netip.MustParseAddr("203.0.113.7")
	for want, g := range map[string]cgw.Gateway{
		"gateways[1].ipAddress: is missing":                         {},
		"gateways[1].ipAddress: must be an IPv4 address":            {IPAddress: netip.MustParseAddr("2001:db8::1")},
		"gateways[1].ipAddress: 203.0.113.9 is held by":             {IPAddress: netip.MustParseAddr("203.0.113.9")},
		"gateways[1].ipAddress: 203.0.113.8 is held by gateways[0]": {IPAddress: netip.MustParseAddr("203.0.113.8")},
		"gateways[1].id: cgw-1 is there twice":                      {ID: "cgw-1", IPAddress: ip},
		"gateways[1].provider: must be":                             {Provider: "aws", IPAddress: ip},
		"gateways[1].region: must be":                               {Region: "mars", IPAddress: ip},
	} {
		each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
			held, err := cloud.SeedGateways(cgw.Gateway{IPAddress: netip.MustParseAddr("203.0.113.9")})
			require.NoError(t, err)
			_, err = cloud.SeedGateways(cgw.Gateway{ID: "cgw-1", IPAddress: netip.MustParseAddr("203.0.113.8")}, g)
			require.ErrorContains(t, err, want)
			require.Equal(t, held, cloud.ListGateways())
		})
	}
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		_, err := cloud.SeedGateways(cgw.Gateway{IPAddress: ip, Description: "uplink"})
		if cloud.Location().Provider == cgw.Tencent {
			require.ErrorContains(t, err, "gateways[0].description: tencent has no such field")
		} else {
			require.NoError(t, err)
		}
	})
}

func TestConnections(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		p := provisioner(t, cloud)
		g, err := p.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		first, second := cloud.AddConnection(g.ID), cloud.AddConnection(g.ID)
		require.Equal(t, []string{first, second}, cloud.ConnectionIDs(g.ID))

		err = p.Delete(t.Context(), g.ID)
		require.ErrorIs(t, err, cgw.ErrInUse)
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.ElementsMatch(t, []string{first, second}, e.ConflictingIDs)

		require.True(t, cloud.RemoveConnection(first))
		require.False(t, cloud.RemoveConnection(first))
		require.True(t, cloud.RemoveConnection(second))
		require.Empty(t, cloud.ConnectionIDs(g.ID))
		require.NoError(t, p.Delete(t.Context(), g.ID))
		require.Empty(t, cloud.ListGateways())

		cloud.AddConnection(g.ID)
		cloud.Reset()
		require.Empty(t, cloud.ConnectionIDs(g.ID))
		again, err := p.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		require.Equal(t, g.ID, again.ID, "IDs are made from the first again")
	})
}

// A gateway is in use by a connection that has it in one tunnel only.
func TestConnectionsOfTwoTunnels(t *testing.T) {
	cloud := alibabatest.NewServer(alibabatest.Options{PlainHTTP: true})
	defer cloud.Close()
	cloud.SeedConnections(alibabatest.Connection{ID: "vco-1", Tunnels: []alibabatest.Tunnel{{CustomerGatewayID: "cgw-1"}, {CustomerGatewayID: "cgw-2"}}})
	require.Equal(t, []string{"vco-1"}, cloud.ConnectionIDs("cgw-2"))
	require.Empty(t, cloud.ConnectionIDs("cgw-3"))
}

func TestCredentialsChange(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		old := provisioner(t, cloud)
		_, err := old.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)

		cloud.SetCredentials("NEWKEYID", "newkeysecret", "newtoken")
		_, err = old.Create(t.Context(), branch("shop", "203.0.113.8"))
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		_, err = provisioner(t, cloud).Create(t.Context(), branch("shop", "203.0.113.8"))
		require.NoError(t, err, "a new Provisioner has the credentials of now")

		cloud.Reset()
		require.Empty(t, cloud.ListGateways())
		_, err = old.Create(t.Context(), branch("shop", "203.0.113.8"))
		require.NoError(t, err, "a reset brings the first credentials back")
	})
}

func TestClockAndRate(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		p := provisioner(t, cloud)
		cloud.SetClock(func() time.Time { return time.Now().Add(-time.Hour) })
		_, err := p.Get(t.Context(), "cgw-12345678")
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		cloud.SetClock(nil)

		noon := time.Now().UTC().Truncate(time.Second)
		cloud.SetClock(func() time.Time { return noon })
		g, err := p.Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		require.Equal(t, noon, g.CreatedAt)

		cloud.SetRate(remove, 1) // of a clock that stands still: one request and no other
		require.NoError(t, p.Delete(t.Context(), g.ID))
		require.ErrorIs(t, oneAttempt(t, cloud).Delete(t.Context(), g.ID), cgw.ErrThrottled)
		cloud.SetLatency(time.Nanosecond)
		cloud.Reset()
		require.ErrorIs(t, oneAttempt(t, cloud).Delete(t.Context(), g.ID), cgw.ErrNotFound)
	})
}

// TestFaultsByMeaning shows that each meaning is on both clouds what its comment says.
func TestFaultsByMeaning(t *testing.T) {
	kinds := map[wire.Meaning]error{
		wire.Throttled: cgw.ErrThrottled, wire.InProgress: cgw.ErrConflict, wire.QuotaExceeded: cgw.ErrQuotaExceeded,
		wire.Denied: cgw.ErrPermissionDenied, wire.Unavailable: cgw.ErrUnavailable, wire.NotFound: cgw.ErrNotFound,
		wire.AlreadyExists: cgw.ErrAlreadyExists, wire.InUse: cgw.ErrInUse, wire.Unauthenticated: cgw.ErrUnauthenticated,
		wire.ClockOff: cgw.ErrUnauthenticated, wire.Unsupported: cgw.ErrUnsupported, wire.Invalid: cgw.ErrInvalidArgument,
	}
	// Where a meaning may strike what; the others may strike any.
	only := map[wire.Meaning][]string{
		wire.AlreadyExists: {create}, wire.QuotaExceeded: {create}, wire.InUse: {remove}, wire.NotFound: {modify, remove},
	}
	for _, m := range wire.Meanings() {
		t.Run(string(m), func(t *testing.T) {
			require.Contains(t, kinds, m)
			each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
				actions := only[m]
				if actions == nil {
					actions = []string{create, modify, remove}
				}
				for _, action := range actions {
					cloud.Reset()
					p := oneAttempt(t, cloud)
					g, err := p.Create(t.Context(), branch("office", "203.0.113.7"))
					require.NoError(t, err)
					cloud.Inject(wire.Fault{Meaning: m, Action: action, Times: -1})
					calls := map[string]func() error{
						create: func() error { _, err := p.Create(t.Context(), branch("shop", "203.0.113.8")); return err },
						modify: func() error {
							name := "head-office"
							_, err := p.Update(t.Context(), g.ID, cgw.UpdateRequest{Name: &name})
							return err
						},
						remove: func() error { return p.Delete(t.Context(), g.ID) },
					}
					require.ErrorIs(t, calls[action](), kinds[m], action)
					faults := cloud.Faults()
					require.Len(t, faults, 1)
					require.Equal(t, m, faults[0].Meaning)
					require.Positive(t, faults[0].Struck)
					requests := cloud.Requests()
					i := slices.IndexFunc(requests, func(r wire.Request) bool { return r.Fault })
					require.Contains(t, documentedMeaning(t, m), requests[i].Code)
				}
			})
		})
	}
}

func TestThrottledThenFine(t *testing.T) {
	each(t, options{faults: []wire.Fault{{Meaning: wire.Throttled, Action: create, Times: 2}}}, func(t *testing.T, cloud cgwtest.Emulator) {
		_, err := provisioner(t, cloud).Create(t.Context(), branch("office", "203.0.113.7"))
		require.NoError(t, err)
		require.Equal(t, 3, cloud.Count(create))
		require.Equal(t, 2, cloud.Faults()[0].Struck)
		cloud.ClearFaults()
		require.Empty(t, cloud.Faults())
	})
}

func TestAWrongFaultPanics(t *testing.T) {
	each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
		defer func() {
			err, _ := recover().(error)
			require.ErrorContains(t, err, `test: faults[0].meaning: "slow" is none of throttled, inProgress, quotaExceeded`)
			require.Empty(t, cloud.Faults())
		}()
		cloud.Inject(wire.Fault{Meaning: "slow"})
	})
}

// oneAttempt returns a Provisioner of the cloud that does not repeat.
func oneAttempt(t *testing.T, cloud cgwtest.Emulator) cgw.Provisioner {
	t.Helper()
	var p cgw.Provisioner
	var err error
	switch s := cloud.(type) {
	case *tencenttest.Server:
		cfg := s.Config()
		cfg.Retry.MaxAttempts = 1
		p, err = tencent.New(cfg)
	case *alibabatest.Server:
		cfg := s.Config()
		cfg.Retry.MaxAttempts = 1
		p, err = alibaba.New(cfg)
	}
	require.NoError(t, err)
	return p
}
