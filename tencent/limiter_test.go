package tencent_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// TestRateLimiter: a limiter of golang.org/x/time/rate fits as it is, and what it refuses is not
// sent.
func TestRateLimiter(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	cfg.Limiter = rate.NewLimiter(0, 1)
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "a"}

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // that limiter waits for ever otherwise
	defer cancel()
	_, err = p.Create(ctx, req)
	require.NoError(t, err)

	req.IPAddress = req.IPAddress.Next()
	_, err = p.Create(ctx, req)
	require.ErrorIs(t, err, cgw.ErrThrottled)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.Equal(t, 1, srv.Count("CreateCustomerGateway"))
}
