package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

func serviceTests() []test {
	return []test{
		{"Conformance", conformance},
		{"Concurrency", concurrency},
		{"OneAddress", oneAddress},
		{"RateLimiter", rateLimiter},
		{"UpdateThatCannotBeRead", updateThatCannotBeRead},
		{"MappedAddress", mappedAddress},
		{"RoundTrip", roundTrip},
	}
}

// conformance runs the conformance suite through the SDK and HTTPS on the emulator.
func conformance(t *testing.T, h Harness) {
	var srv cgwtest.Emulator
	fresh := func(t testing.TB, o Options) cgw.Provisioner {
		t.Helper()
		srv = h.start(t, o)
		return h.Open(t, h.connect(srv))
	}
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New:             func(t testing.TB) cgw.Provisioner { return fresh(t, Options{}) },
		Rules:           h.Rules(),
		PageCap:         h.PageCap,
		ResourceGroupID: h.ResourceGroupID,
		Requests:        func() int { return len(srv.Requests()) },
		Connect: func(_ testing.TB, gatewayID string) []string {
			return []string{srv.AddConnection(gatewayID)}
		},
		Stalled: func(t testing.TB) cgw.Provisioner {
			return fresh(t, Options{Faults: []wire.Fault{{Times: -1, Delay: time.Hour}}})
		},
	})
}

// Live runs the conformance suite on the cloud itself, in the region CGW_LIVE_<PROVIDER>_REGION and
// at the addresses CGW_LIVE_ADDRESSES (separated by commas), with the SDK's default credentials. It
// creates and deletes gateways whose names start with "cgwtest-". Without the region it does
// nothing.
func Live(t *testing.T, h Harness) {
	t.Helper()
	variable := "CGW_LIVE_" + strings.ToUpper(string(h.Provider)) + "_REGION"
	region := os.Getenv(variable)
	if region == "" {
		t.Logf("not asked for: %s is not set", variable)
		return
	}
	var addresses []netip.Addr
	for a := range strings.SplitSeq(os.Getenv("CGW_LIVE_ADDRESSES"), ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(a))
		noError(t, err, "CGW_LIVE_ADDRESSES")
		addresses = append(addresses, addr)
	}
	cred, err := h.DefaultCredentials(t.Context())
	noError(t, err)
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New:   func(t testing.TB) cgw.Provisioner { return h.Open(t, Config{Region: region, Credentials: cred}) },
		Rules: h.Rules(), Addresses: addresses, Live: true,
	})
}

// life creates, reads, lists, changes and deletes a gateway of its own.
func life(ctx context.Context, p Provisioner, n int) error {
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

// concurrency is for the race detector: one Provisioner, and several of one program, which share
// their limiter and their HTTP client.
func concurrency(t *testing.T, h Harness) {
	for _, several := range []bool{false, true} {
		t.Run(fmt.Sprint("several=", several), func(t *testing.T) {
			srv := h.start(t, Options{})
			c := h.connect(srv)
			c.Credentials = &Source{Keys: h.Keys} // which is asked by one goroutine at a time
			shared := h.Open(t, c)
			const goroutines = 32
			errs := make([]error, goroutines)
			var wg sync.WaitGroup
			for n := range goroutines {
				p := shared
				if several {
					own := c
					own.Credentials = h.Keys
					p = h.Open(t, own)
				}
				wg.Go(func() {
					for i := range 2 {
						if errs[n] = life(t.Context(), p, 2*n+i); errs[n] != nil {
							return
						}
					}
				})
			}
			wg.Wait()
			noError(t, errors.Join(errs...))
			equal(t, 0, len(srv.ListGateways()))
		})
	}
}

// oneAddress checks 32 concurrent creates at one address: exactly one succeeds.
func oneAddress(t *testing.T, h Harness) {
	srv := h.start(t, Options{})
	p := h.Open(t, h.connect(srv))
	errs := make([]error, 32)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() { _, errs[n] = p.Create(t.Context(), Request()) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		isError(t, err, cgw.ErrAlreadyExists)
		equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		contains(t, err.Error(), srv.ListGateways()[0].ID)
	}
	equal(t, 1, made)
	equal(t, 1, len(srv.ListGateways()))
}

// oneOnly has the same method as *rate.Limiter of golang.org/x/time/rate. It allows one request,
// and refuses the others with the error text of that package.
type oneOnly struct{ used atomic.Bool }

func (l *oneOnly) Wait(context.Context) error {
	if l.used.Swap(true) {
		return errors.New("rate: Wait(n=1) would exceed context deadline")
	}
	return nil
}

// rateLimiter checks that a request that the limiter refuses is not sent.
func rateLimiter(t *testing.T, h Harness) {
	srv := h.start(t, Options{})
	c := h.connect(srv)
	c.Limiter = new(oneOnly)
	p := h.Open(t, c)
	req := Request()
	_, err := p.Create(t.Context(), req)
	noError(t, err)

	req.IPAddress = req.IPAddress.Next()
	_, err = p.Create(t.Context(), req)
	isError(t, err, cgw.ErrThrottled)
	equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	equal(t, 1, srv.Count("CreateCustomerGateway"))
}

// updateThatCannotBeRead checks that the outcome is OutcomeApplied if the read after the
// acknowledged write fails.
func updateThatCannotBeRead(t *testing.T, h Harness) {
	srv := h.start(t, Options{})
	seeded, err := srv.SeedGateways(cgw.Gateway{Name: "aa", IPAddress: Request().IPAddress})
	noError(t, err)
	srv.Inject(wire.Fault{Action: h.GetAction, Times: -1, Effect: wire.Refuse, Code: h.Invalid})
	name := "bb"
	_, err = h.Open(t, h.connect(srv)).Update(t.Context(), seeded[0].ID, cgw.UpdateRequest{Name: &name})
	isError(t, err, cgw.ErrInvalidArgument)
	equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(err))
	equal(t, "bb", srv.ListGateways()[0].Name)
}

// mappedAddress checks that an IPv4-mapped IPv6 address is unmapped before it is sent.
func mappedAddress(t *testing.T, h Harness) {
	srv := h.start(t, Options{})
	req := Request()
	req.IPAddress = netip.MustParseAddr("::ffff:" + req.IPAddress.String())
	g, err := h.Open(t, h.connect(srv)).Create(t.Context(), req)
	noError(t, err)
	check(t, g.IPAddress.Is4(), "%v is an IPv4 address", g.IPAddress)
	equal(t, Request().IPAddress, srv.ListGateways()[0].IPAddress)
}

// roundTrip sends texts that are hard to encode and to sign, and reads them back.
func roundTrip(t *testing.T, h Harness) {
	p := h.Open(t, h.connect(h.start(t, Options{})))
	for i, text := range []string{"plain", "网关 é ü", `quotes " ' \ back`, "a&b=c?d#e%20+f/~*", "o\u0308\u200c\u3000x", "<html>&amp;", "a\U0001f600"} {
		req := h.Hard(text)
		req.IPAddress = netip.AddrFrom4([4]byte{58, 211, 1, byte(i + 1)})
		req.ASN = 4294967295
		g, err := p.Create(t.Context(), req)
		noError(t, err, "%q", text)
		equal(t, req.Name, g.Name)
		equal(t, req.Description, g.Description)
		equal(t, req.Tags, g.Tags)
		check(t, time.Since(g.CreatedAt).Abs() < 5*time.Second, "created at %v", g.CreatedAt)
		got, err := p.Get(t.Context(), g.ID)
		noError(t, err)
		if g.ResourceGroupID == "" {
			g.ResourceGroupID = got.ResourceGroupID // the account's default, which the reply to a create does not show
		}
		check(t, g.Equal(got), "%v is\n%v", g, got)

		g.Tags["mine"], req.Tags["yours"] = "x", "x"
		again, err := p.Get(t.Context(), g.ID)
		noError(t, err)
		check(t, got.Equal(again), "results share no memory")
	}
}
