package tencent_test

import (
	"context"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// oneOnly has the method of *rate.Limiter of golang.org/x/time/rate, which therefore fits as it
// is: after one request it refuses all, in that package's words.
type oneOnly struct{ used atomic.Bool }

func (l *oneOnly) Wait(context.Context) error {
	if l.used.Swap(true) {
		return errors.New("rate: Wait(n=1) would exceed context deadline")
	}
	return nil
}

// TestRateLimiter: what a limiter refuses is not sent.
func TestRateLimiter(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	cfg.Limiter = new(oneOnly)
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "a"}

	_, err = p.Create(t.Context(), req)
	require.NoError(t, err)

	req.IPAddress = req.IPAddress.Next()
	_, err = p.Create(t.Context(), req)
	require.ErrorIs(t, err, cgw.ErrThrottled)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.Equal(t, 1, srv.Count("CreateCustomerGateway"))
}
