//go:debug x509usefallbackroots=1

package bench

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
	"github.com/cgw-go/cgw/tencent"
)

// childEnv tells a process that it is an emulator, and which.
const childEnv = "CGW_BENCH_EMULATOR"

func TestMain(m *testing.M) {
	if text, ok := os.LookupEnv(childEnv); ok {
		if err := serve(text); err != nil {
			log.Fatal(err)
		}
		return
	}
	// All servers of httptest have the same certificate. The SDKs' default clients trust what the
	// process trusts.
	server := httptest.NewTLSServer(nil)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	server.Close()
	x509.SetFallbackRoots(roots)
	os.Exit(m.Run())
}

// options say what emulator to start.
type options struct {
	Cloud   int           // index in peer.Clouds
	HTTP1   bool          // no HTTP/2
	Rate    int           // requests a second that are answered for each action; 0: any number
	Latency time.Duration // of every request
	Seed    int           // gateways that there are, with one tag each
}

// stats are what an emulator has seen and holds.
type stats struct {
	Connections, Gateways int
	Actions, Codes        map[string]int // requests by action, and refused ones by code
}

// serve prints the emulator's URL, then its stats for each line of the input, until that ends.
func serve(text string) error {
	var o options
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	emulator := peer.Clouds()[o.Cloud].Serve(o.Rate, o.Latency)
	for n := range o.Seed {
		emulator.Seed(name(n), address(n))
	}
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(emulator)
	server.EnableHTTP2 = !o.HTTP1
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	to := json.NewEncoder(os.Stdout)
	if err := to.Encode(server.URL); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		gateways, err := emulator.Gateways()
		if err != nil {
			return err
		}
		s := stats{int(opened.Load()), len(gateways), map[string]int{}, map[string]int{}}
		for _, r := range emulator.State.Requests() {
			s.Actions[r.Action]++
			if r.Code != "" {
				s.Codes[r.Code]++
			}
		}
		if err := to.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// emulator runs in a process of its own, so that what it takes is not counted as the client's.
type emulator struct {
	cloud peer.Cloud
	url   string
	next  int // number of the next gateway
	stats func() stats
}

// start starts an emulator for the time of a test.
func start(tb testing.TB, o options) *emulator {
	tb.Helper()
	text, err := json.Marshal(o)
	require.NoError(tb, err)
	child := exec.Command(os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), childEnv+"="+string(text)), os.Stderr
	in, err := child.StdinPipe()
	require.NoError(tb, err)
	out, err := child.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, child.Start())
	tb.Cleanup(func() {
		_ = in.Close() // which ends the child
		_ = child.Wait()
	})
	from := json.NewDecoder(out)
	e := &emulator{cloud: peer.Clouds()[o.Cloud], next: o.Seed, stats: func() (s stats) {
		_, err := io.WriteString(in, "\n")
		require.NoError(tb, err)
		require.NoError(tb, from.Decode(&s))
		return s
	}}
	require.NoError(tb, from.Decode(&e.url))
	return e
}

// unlimited is a rate above any load.
const unlimited = 1e6

// cgw returns cgw with its defaults, but for the rate of its limiter if that is not 0.
func (e *emulator) cgw(tb testing.TB, rate float64) peer.Provisioner {
	p, err := e.cloud.CGW(peer.Options{URL: e.url, Rate: rate})
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = p.Close() })
	return p
}

// sdk returns the vendor's SDK: as its documents make it, or over a pool of 64 connections that is
// as good as net/http can make it.
func (e *emulator) sdk(tb testing.TB, ideal bool) peer.Client {
	o := peer.Options{URL: e.url, Copies: true}
	if ideal {
		o.Pool = http.DefaultTransport.(*http.Transport).Clone()
		o.Pool.MaxIdleConns, o.Pool.MaxIdleConnsPerHost = 0, creators
	}
	c, err := e.cloud.SDK(o)
	require.NoError(tb, err)
	return c
}

// address returns the nth of millions of public addresses.
func address(n int) netip.Addr {
	const first = 20 // of the first byte: nothing up to 99 is reserved
	return netip.AddrFrom4([4]byte{byte(first + n/(254*256*256)), byte(n / (254 * 256)), byte(n / 254), byte(1 + n%254)})
}

func name(n int) string { return "site-" + strconv.Itoa(n) }

func TestAddressesAreValidAndDistinct(t *testing.T) {
	seen := map[netip.Addr]bool{}
	for n := range 100_000 {
		require.False(t, seen[address(n)])
		seen[address(n)] = true
	}
	for _, n := range []int{0, 253, 254, 65_023, 65_024, 16_000_000} {
		require.NoError(t, tencent.Rules().Validate(cgw.CreateRequest{Name: "a", IPAddress: address(n)}), n)
	}
}
