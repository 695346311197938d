package tencent_test

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// life creates, reads, lists, changes and deletes a gateway of its own.
func life(t *testing.T, p *tencent.Provisioner, n int) error {
	t.Helper()
	ctx := t.Context()
	req := cgw.CreateRequest{
		IPAddress: netip.AddrFrom4([4]byte{58, 211, byte(n / 200), byte(n%200 + 1)}), Name: fmt.Sprintf("name-%d", n),
		Tags: map[string]string{"n": fmt.Sprint(n)},
	}
	g, err := p.Create(ctx, req)
	if err != nil {
		return err
	}
	got, err := p.Get(ctx, g.ID)
	if err != nil {
		return err
	}
	if got.Name != req.Name || got.IPAddress != req.IPAddress || got.Tags["n"] != fmt.Sprint(n) {
		return fmt.Errorf("%d got the gateway of another: %v", n, got)
	}
	all, err := cgw.Collect(p.List(ctx, cgw.Filter{IPAddress: req.IPAddress}))
	if err != nil || len(all) != 1 {
		return fmt.Errorf("%d: %v, %w", n, all, err)
	}
	name := fmt.Sprintf("renamed-%d", n)
	if got, err = p.Update(ctx, g.ID, cgw.UpdateRequest{Name: &name, Tags: map[string]string{}}); err != nil {
		return err
	}
	if got.Name != name || got.Tags != nil {
		return fmt.Errorf("%d was changed by another: %v", n, got)
	}
	return p.Delete(ctx, g.ID)
}

// TestConcurrency is for the race detector: one Provisioner, and several of one program, which
// share their limiter and their HTTP client.
func TestConcurrency(t *testing.T) {
	for _, several := range []bool{false, true} {
		t.Run(fmt.Sprint("several=", several), func(t *testing.T) {
			srv := tencenttest.NewServer(tencenttest.Options{})
			defer srv.Close()
			cfg := srv.Config()
			cfg.Limiter = tencent.NewLimiter(1e6)
			cfg.Credentials = &lent{id: tencenttest.DefaultSecretID, key: tencenttest.DefaultSecretKey} // which are asked in turn
			shared := open(t, cfg)
			const goroutines = 32
			errs := make([]error, goroutines)
			var wg sync.WaitGroup
			for n := range goroutines {
				p := shared
				if several {
					own := cfg
					own.Credentials = tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, "")
					p = open(t, own)
				}
				wg.Go(func() {
					for i := range 2 {
						if errs[n] = life(t, p, 2*n+i); errs[n] != nil {
							return
						}
					}
				})
			}
			wg.Wait()
			for _, err := range errs {
				require.NoError(t, err)
			}
			require.Empty(t, srv.Gateways())
		})
	}
}

// TestOneAddress has 32 creates of one address: one of them gets the gateway.
func TestOneAddress(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	cfg.Limiter = tencent.NewLimiter(1e6)
	p := open(t, cfg)
	errs := make([]error, 32)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() { _, errs[n] = p.Create(t.Context(), testRequest()) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		require.ErrorIs(t, err, cgw.ErrAlreadyExists)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		require.ErrorContains(t, err, srv.Gateways()[0].ID)
	}
	require.Equal(t, 1, made)
	require.Len(t, srv.Gateways(), 1)
}
