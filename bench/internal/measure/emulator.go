// Package measure runs the same work through cgw and through the vendors' own SDKs, against
// emulators in a process of their own, and says what each of them took. The benchmarks, the
// figures and their runner share it.
package measure

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// childEnv tells a process that it is to be an emulator, and which.
const childEnv = "CGW_BENCH_EMULATOR"

// Options say what emulator to start. The zero Latency and Rate are none.
type Options struct {
	Provider cgw.Provider
	HTTP1    bool          // no HTTP/2
	Rate     int           // requests a second that are answered for each action
	Latency  time.Duration // added to every request
	Seed     int           // how many gateways there are at the start, with one tag each
}

// Stats are what an emulator has seen and holds.
type Stats struct {
	Connections int            // that were opened to it
	Gateways    int            // that it holds
	Actions     map[string]int // requests by action
	Codes       map[string]int // refused requests by error code
}

// hello is what the child says first.
type hello struct {
	URL         string
	Certificate []byte
}

// Serve makes the process an emulator, and exits, if it was started by [Start]. Every program
// that calls Start calls Serve first.
func Serve() {
	text, ok := os.LookupEnv(childEnv)
	if !ok {
		return
	}
	var o Options
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		log.Fatal(err)
	}
	if err := serve(o, os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
	os.Exit(0)
}

// serve answers requests, and each line of in with a line of Stats, until in ends.
func serve(o Options, in io.Reader, out io.Writer) error {
	handler, stats := service(o)
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = !o.HTTP1
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()

	to := json.NewEncoder(out)
	if err := to.Encode(hello{URL: server.URL, Certificate: server.Certificate().Raw}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		s := stats()
		s.Connections = int(opened.Load())
		if err := to.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// service returns the emulator's handler, and how to ask for its state.
func service(o Options) (http.Handler, func() Stats) {
	count := func(gateways int, requests []wire.Request) Stats {
		s := Stats{Gateways: gateways, Actions: map[string]int{}, Codes: map[string]int{}}
		for _, r := range requests {
			s.Actions[r.Action]++
			if r.Code != "" {
				s.Codes[r.Code]++
			}
		}
		return s
	}
	if o.Provider == cgw.Tencent {
		state := new(tencenttest.State)
		for n := range o.Seed {
			state.Seed(tencenttest.Gateway{Name: name(n), IPAddress: Address(n).String(), Tags: map[string]string{"n": name(n)}})
		}
		return tencenttest.NewHandler(tencenttest.Options{Rate: o.Rate, Latency: o.Latency, State: state}),
			func() Stats { return count(len(state.Gateways()), state.Requests()) }
	}
	state := new(alibabatest.State)
	for n := range o.Seed {
		state.Seed(alibabatest.Gateway{Name: name(n), IPAddress: Address(n).String(), Tags: map[string]string{"n": name(n)}})
	}
	return alibabatest.NewHandler(alibabatest.Options{Rate: o.Rate, Latency: o.Latency, Quota: -1, State: state}),
		func() Stats { return count(len(state.Gateways()), state.Requests()) }
}

// Emulator is an emulator in a process of its own, so that what it takes is not counted as the
// client's. Its methods are not safe for concurrent use.
type Emulator struct {
	URL  string
	next int // the number of the next gateway

	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// Start starts an emulator, which the caller closes. The first emulator of a process becomes
// the only authority that the process trusts where no other is named.
func Start(o Options) (*Emulator, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	e := &Emulator{command: exec.Command(self), next: o.Seed}
	e.command.Env = append(os.Environ(), childEnv+"="+string(text))
	e.command.Stderr = os.Stderr
	if e.in, err = e.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := e.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.command.Start(); err != nil {
		return nil, err
	}
	e.out = json.NewDecoder(out)
	var h hello
	if err := e.out.Decode(&h); err != nil {
		e.Close()
		return nil, fmt.Errorf("the emulator did not start: %w", err)
	}
	e.URL = h.URL
	return e, trust(h.Certificate)
}

// Stats asks the emulator what it has seen.
func (e *Emulator) Stats() (Stats, error) {
	var s Stats
	if _, err := io.WriteString(e.in, "\n"); err != nil {
		return s, err
	}
	return s, e.out.Decode(&s)
}

// Close ends the emulator's process.
func (e *Emulator) Close() {
	_ = e.in.Close() // the child ends when its input does
	_ = e.command.Wait()
}

// trusted is set once: a process can have only one set of fallback roots.
var trusted sync.Once

// trust makes clients that name no authority of their own, as the SDKs' default ones, trust the
// certificate. All emulators have the same one, that of net/http/httptest.
func trust(der []byte) error {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	trusted.Do(func() {
		_ = os.Setenv("GODEBUG", "x509usefallbackroots=1,"+os.Getenv("GODEBUG"))
		pool := x509.NewCertPool()
		pool.AddCert(cert)
		x509.SetFallbackRoots(pool)
	})
	return nil
}
