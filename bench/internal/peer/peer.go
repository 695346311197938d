// Package peer has the clients that bench compares, and the emulators that answer them: the
// vendors' own SDKs and cgw, for each cloud.
package peer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Client is one way to use a cloud. It is safe for concurrent use, unless the SDK is not.
type Client struct {
	Create func(ctx context.Context, name string, ip netip.Addr) (id string, err error)
	Get    func(ctx context.Context, id string) error       // with the tags
	Rename func(ctx context.Context, id, name string) error // then Get
}

// Options say how a client connects. The zero value of each field but URL leaves the choice to
// the SDK or cgw.
type Options struct {
	URL   string
	Trust *x509.Certificate // the only certificate to trust; nil: what the machine trusts

	// For the SDKs alone.
	Pool    *http.Transport
	Retries bool // the SDK's own retries
	Copies  bool // copy the SDK's client for each call, if it is not safe for concurrent use

	// For cgw alone.
	Rate  float64 // requests a second
	Retry cgw.RetryPolicy
}

// pool returns the transport that o asks for, nil for the client's own.
func (o Options) pool() *http.Transport {
	if o.Trust == nil {
		return o.Pool
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	t.TLSClientConfig.RootCAs.AddCert(o.Trust)
	return t
}

// httpClient returns the client that cgw is to use, nil for its own.
func (o Options) httpClient() *http.Client {
	if pool := o.pool(); pool != nil {
		return &http.Client{Transport: pool}
	}
	return nil
}

// Provisioner is cgw's client of a cloud.
type Provisioner interface {
	cgw.Provisioner
	io.Closer
}

// Of returns cgw's client as a Client.
func Of(p Provisioner) Client {
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			g, err := p.Create(ctx, cgw.CreateRequest{Name: name, IPAddress: ip})
			return g.ID, err
		},
		Get: func(ctx context.Context, id string) error {
			_, err := p.Get(ctx, id)
			return err
		},
		Rename: func(ctx context.Context, id, name string) error {
			_, err := p.Update(ctx, id, cgw.UpdateRequest{Name: &name})
			return err
		},
	}
}

// Emulator is an emulator of a cloud, to be served.
type Emulator struct {
	http.Handler
	State interface {
		json.Marshaler
		Inject(faults ...wire.Fault)
		ClearFaults()
		Requests() []wire.Request
	}
	Seed func(name string, ip netip.Addr) // with one tag
}

// Gateways returns what the emulator holds.
func (e Emulator) Gateways() ([]cgw.Gateway, error) {
	var s struct{ Gateways []cgw.Gateway }
	b, err := e.State.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s.Gateways, err
}

// Cloud is what bench needs to know of a cloud.
type Cloud struct {
	Name    string
	CGW     func(Options) (Provisioner, error)
	SDK     func(Options) (Client, error)
	Repeats func(id string, err error) bool                // whether a tool's loop repeats a create that returned this
	Serve   func(rate int, latency time.Duration) Emulator // 0: any number of requests a second
	Busy    wire.Fault                                     // says to wait two seconds

	PerList, TagCalls int // gateways in one reply of a list, and calls that read their tags
}

// Looped returns the loop of a tool around the SDK's client: five creates at most, and a wait
// that ignores the context.
func (c Cloud) Looped(of Client) Client {
	once := of.Create
	of.Create = func(ctx context.Context, name string, ip netip.Addr) (id string, err error) {
		for n := 0; ; n++ {
			if id, err = once(ctx, name, ip); n == 4 || !c.Repeats(id, err) {
				return id, err
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return of
}

// Clouds returns the clouds.
func Clouds() []Cloud { return []Cloud{tencentCloud(), alibabaCloud()} }

// RaceDetector reports whether this program was built with the race detector.
func RaceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
