package cgwtest_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

var ctx = context.Background()

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestFakeZeroValueServesALife(t *testing.T) {
	var f cgwtest.Fake
	g, err := f.Create(ctx, cgw.CreateRequest{IPAddress: addr("::ffff:203.0.113.7"), Name: "hq", Tags: map[string]string{"env": "test"}})
	require.NoError(t, err)
	require.Equal(t, "cgw-fake0001", g.ID)
	require.Equal(t, addr("203.0.113.7"), g.IPAddress)
	require.Equal(t, cgw.Provider("fake"), g.Provider)
	require.Equal(t, "fake-region", g.Region)

	_, err = f.Create(ctx, cgw.CreateRequest{IPAddress: addr("203.0.113.7"), Name: "hq"})
	require.ErrorIs(t, err, cgw.ErrAlreadyExists)
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []string{g.ID}, e.ConflictingIDs)
	require.Equal(t, "fake-token-0002", e.ClientToken)

	conn := f.Connect(g.ID)
	require.ErrorIs(t, f.Delete(ctx, g.ID), cgw.ErrInUse)
	f.Disconnect(conn)
	require.NoError(t, f.Delete(ctx, g.ID))
	all, err := cgw.Collect(f.List(ctx, cgw.Filter{}))
	require.NoError(t, err)
	require.Empty(t, all)
	require.Len(t, f.Calls(), 5)
}
