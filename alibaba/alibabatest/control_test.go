package alibabatest_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

var _ cgwtest.Emulator = (*alibabatest.Server)(nil)

// A panic of the emulator, or of a function in its Options, is logged and answered.
func TestPanicsAreReported(t *testing.T) {
	var text bytes.Buffer
	calls := 0
	h := alibabatest.NewHandler(alibabatest.Options{ErrorLog: log.New(&text, "", 0), Now: func() time.Time {
		if calls++; calls == 1 {
			panic("no clock today")
		}
		return time.Now()
	}})
	got := call(t, h, createAction, "IpAddress", "203.0.113.1")
	require.Equal(t, http.StatusInternalServerError, got.status)
	require.Equal(t, "InternalError", got.json["Code"])
	require.Contains(t, text.String(), "alibabatest: panic in CreateCustomerGateway: no clock today\n")
}

// TestEmulator goes once through what this server has in common with the other cloud's;
// internal/test/emulators tests it for both.
func TestEmulator(t *testing.T) {
	s := start(t, alibabatest.Options{Control: true, Region: "here"})
	require.Equal(t, s.URL, s.Endpoint())
	require.NoError(t, s.Certificate().VerifyHostname("127.0.0.1"))
	require.Equal(t, cgw.Location{Provider: cgw.Alibaba, Region: "here"}, s.Location())
	require.Equal(t, alibabatest.DefaultRegion, new(alibabatest.State).Location().Region)

	s.SetCredentials("NEWKEYID", "newkeysecret", "newtoken")
	s.SetClock(func() time.Time { return time.Now().Add(time.Minute) })
	s.SetLatency(time.Microsecond)
	p, err := s.Provisioner()
	require.NoError(t, err)
	seeded, err := s.SeedGateways(cgw.Gateway{Name: "office", IPAddress: netip.MustParseAddr("203.0.113.7")})
	require.NoError(t, err)
	require.Equal(t, seeded, s.ListGateways())
	_, err = s.SeedGateways(cgw.Gateway{Name: "again", IPAddress: netip.MustParseAddr("203.0.113.7")})
	require.ErrorContains(t, err, "alibabatest: gateways[0].ipAddress: 203.0.113.7 is held by "+seeded[0].ID)
	g, err := p.Get(t.Context(), seeded[0].ID)
	require.NoError(t, err)
	require.True(t, seeded[0].Equal(g))

	require.Equal(t, []string{s.AddConnection(g.ID)}, s.ConnectionIDs(g.ID))
	require.ErrorIs(t, p.Delete(t.Context(), g.ID), cgw.ErrInUse)
	s.Inject(wire.Fault{Meaning: wire.Denied})
	_, err = p.Get(t.Context(), g.ID)
	require.ErrorIs(t, err, cgw.ErrPermissionDenied)
	require.Equal(t, 1, s.Faults()[0].Struck)
	require.Panics(t, func() { s.Inject(wire.Fault{Meaning: "slow"}) })
	s.SetRate("", 1)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/_cgw/reset", nil)
	require.NoError(t, err)
	resp, err := s.Client().Do(r)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Empty(t, s.ListGateways())
	require.Empty(t, s.Faults())
	_, err = p.Get(t.Context(), g.ID)
	require.ErrorIs(t, err, cgw.ErrUnauthenticated, "the first credentials are back")
}
