package tencent_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// TestSiteWithoutBGP: an ASN that the site does not know of is unsupported, not a wrong argument.
func TestSiteWithoutBGP(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{NoBGP: true})
	defer srv.Close()
	p := providertest.Open(t, tencent.New, srv.Config())
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "a", ASN: 65001}
	_, err := p.Create(t.Context(), req)
	require.ErrorIs(t, err, cgw.ErrUnsupported)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.Empty(t, srv.Gateways())

	req.ASN = 0
	g, err := p.Create(t.Context(), req)
	require.NoError(t, err)
	asn := cgw.ASN(65001)
	_, err = p.Update(t.Context(), g.ID, cgw.UpdateRequest{ASN: &asn})
	require.ErrorIs(t, err, cgw.ErrUnsupported)
}

// TestUpdateAndLateReads: of what was acknowledged, the name is kept; an ASN that a read does not
// confirm is left 0.
func TestUpdateAndLateReads(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{ReadLag: time.Hour})
	defer srv.Close()
	srv.Seed(tencenttest.Gateway{ID: "cgw-aaaaaaaa", Name: "a", IPAddress: "203.0.113.7", ASN: 65001})
	p := providertest.Open(t, tencent.New, srv.Config())
	name, asn := "b", cgw.ASN(65002)
	g, err := p.Update(t.Context(), "cgw-aaaaaaaa", cgw.UpdateRequest{Name: &name, ASN: &asn})
	require.NoError(t, err)
	require.Equal(t, "b", g.Name)
	require.Zero(t, g.ASN)
}
