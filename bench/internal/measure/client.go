package measure

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/tencent"
)

// Client is one way to do the work. It is safe for concurrent use.
type Client struct {
	Create func(ctx context.Context, name string, ip netip.Addr) (id string, err error)
	Get    func(ctx context.Context, id string) error
	Rename func(ctx context.Context, id, name string) error
	Close  func()
}

// CGW returns the client that cgw is: all its defaults but a limiter above any load.
func CGW(p cgw.Provider, url string) (Client, error) {
	provisioner, done, err := Provisioner(p, url, unlimited)
	if err != nil {
		return Client{}, err
	}
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			g, err := provisioner.Create(ctx, cgw.CreateRequest{Name: name, IPAddress: ip})
			return g.ID, err
		},
		Get: func(ctx context.Context, id string) error {
			_, err := provisioner.Get(ctx, id)
			return err
		},
		Rename: func(ctx context.Context, id, name string) error {
			_, err := provisioner.Update(ctx, id, cgw.UpdateRequest{Name: &name})
			return err
		},
		Close: done,
	}, nil
}

// unlimited is a rate above any load.
const unlimited = 1e6

// Provisioner returns a Provisioner of the emulator and how to close it. A rate of 0 leaves
// the limiter to cgw.
func Provisioner(p cgw.Provider, url string, rate float64) (cgw.Provisioner, func(), error) {
	if p == cgw.Tencent {
		cfg := tencent.Config{Region: tencentRegion, Credentials: tencentKeys(), Endpoint: url}
		if rate > 0 {
			cfg.Limiter = tencent.NewLimiter(rate)
		}
		made, err := tencent.New(cfg)
		if err != nil {
			return nil, nil, err
		}
		return made, func() { _ = made.Close() }, nil
	}
	cfg := alibaba.Config{Region: alibabaRegion, Credentials: alibabaKeys(), Endpoint: url}
	if rate > 0 {
		cfg.Limiter = alibaba.NewLimiter(rate)
	}
	made, err := alibaba.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	return made, func() { _ = made.Close() }, nil
}

// Ideal returns the SDK itself over a pool of 64 connections that is as good as net/http makes
// it.
func Ideal(p cgw.Provider, url string) (Client, error) {
	pool := http.DefaultTransport.(*http.Transport).Clone()
	pool.MaxIdleConns, pool.MaxIdleConnsPerHost = 0, creators
	return raw(p, url, pool)
}

// Default returns the SDK itself as its documents have it made.
func Default(p cgw.Provider, url string) (Client, error) { return raw(p, url, nil) }

func raw(p cgw.Provider, url string, pool *http.Transport) (Client, error) {
	if p == cgw.Tencent {
		return rawTencent(url, pool)
	}
	return rawAlibaba(url, pool)
}

// Address returns the nth of millions of public addresses.
func Address(n int) netip.Addr {
	const first = 20 // of the first byte: nothing up to 99 is reserved
	return netip.AddrFrom4([4]byte{byte(first + n/(254*256*256)), byte(n / (254 * 256)), byte(n / 254), byte(1 + n%254)})
}

func name(n int) string { return "site-" + strconv.Itoa(n) }
