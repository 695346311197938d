package providertest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

func redirectsAreRefused(t *testing.T, h Harness) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{"", other.URL, "/elsewhere", "http://[bad?AuthKey=" + Secret} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/" {
					elsewhere.Add(1)
				}
				if location != "" {
					w.Header().Set("Location", location)
				}
				w.WriteHeader(status)
			}))
			for _, client := range []*http.Client{nil, {}, srv.Client()} {
				c := h.Config()
				c.Endpoint, c.HTTPClient, c.Retry = srv.URL, client, cgw.RetryPolicy{}
				c.Observe = func(_ context.Context, a cgw.Attempt) { equal(t, 1, a.Number, "%s is not retried", a.Action) }
				p := h.Open(t, c)
				for _, op := range operations() {
					_, err := op.do(t.Context(), p)
					h.isBadReply(t, op, BadReply{Status: status}, err)
					check(t, !cgw.IsRetryable(err), "%v is not retryable", err)
					contains(t, err.Error(), "the endpoint redirects")
					lacks(t, Everything(err), Secret)
				}
				check(t, client == nil || client.CheckRedirect == nil, "the caller's client is as it was")
			}
			srv.Close()
		}
	}
	equal(t, int32(0), elsewhere.Load(), "redirects that were followed")
}

// clientCertificateRequired checks a service that requires a client certificate. With TLS 1.3 it refuses
// after the client has sent the request, and before it reads the request. Over HTTP/2, net/http may then
// hide the reason.
func clientCertificateRequired(t *testing.T, h Harness) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, h2 := range []bool{false, version == tls.VersionTLS12} {
			srv := httptest.NewUnstartedServer(nil)
			srv.EnableHTTP2 = h2
			srv.StartTLS()
			defer srv.Close()
			cfg := srv.TLS.Clone()
			cfg.ClientAuth, cfg.MinVersion, cfg.MaxVersion = tls.RequireAnyClientCert, version, version
			addr := refuseHandshakes(t, cfg)
			asked := 0
			c := h.Config()
			c.Endpoint, c.HTTPClient, c.Retry = "https://"+addr, srv.Client(), cgw.RetryPolicy{MinBackoff: 1, MaxBackoff: 1}
			c.Observe = func(context.Context, cgw.Attempt) { asked++ }
			p := h.Open(t, c)
			for _, op := range operations() {
				asked = 0
				_, err := op.do(t.Context(), p)
				equal(t, 2, asked, "attempts of %s", op.name)
				isError(t, err, cgw.ErrUnavailable)
				equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err), "%v", err)
				contains(t, err.Error(), "remote error: tls: ")
			}
		}
	}
}

// refuseHandshakes listens until the test ends, and makes every handshake fail. It continues to read
// after that: otherwise a reset could arrive before the alert.
func refuseHandshakes(t *testing.T, cfg *tls.Config) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	noError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if tls.Server(conn, cfg).Handshake() == nil { //nolint:noctx // the client closes
					t.Error("the handshake went well")
				}
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	return l.Addr().String()
}

// repliesCutOff cuts the replies of the service after every byte.
func repliesCutOff(t *testing.T, h Harness) {
	for _, plain := range []bool{true, false} {
		t.Run("plain="+strconv.FormatBool(plain), func(t *testing.T) {
			srv := h.start(t, Options{PlainHTTP: plain})
			c := h.connect(srv)
			c.Retry = Once()
			p := h.Open(t, c)
			g, err := p.Create(t.Context(), Request())
			noError(t, err)
			for n := 0; ; n++ {
				srv.Inject(wire.Fault{Action: h.GetAction, Effect: wire.Cut, Bytes: n})
				_, err := p.Get(t.Context(), g.ID)
				var e *cgw.Error
				if !errors.As(err, &e) || e.HTTPStatus == 0 {
					// The reply was whole. A further request may have met the closed connection.
					check(t, n > len(h.Success(g.ID)), "a part of a reply, %d bytes, was taken for the whole", n)
					break
				}
				equal(t, 200, e.HTTPStatus, "cut after %d bytes", n)
				equal(t, cgw.ErrUnavailable, e.Kind)
				if plain {
					isError(t, err, io.ErrUnexpectedEOF)
				}
			}
		})
	}
}

// createCutOff cuts the reply to a create after every byte. The gateway is found, by its token or by a
// look-up.
func createCutOff(t *testing.T, h Harness) {
	srv := h.start(t, Options{})
	c := h.connect(srv)
	c.Retry = Once()
	if h.Tokens {
		c.Retry.MaxAttempts = 2
	}
	p := h.Open(t, c)
	for n := range 160 {
		srv.Inject(wire.Fault{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Cut, Bytes: n})
		req := Request()
		req.Name = fmt.Sprint("gateway-", n)
		g, err := p.Create(t.Context(), req)
		noError(t, err, "cut after %d bytes", n)
		all := srv.ListGateways()
		equal(t, 1, len(all))
		equal(t, all[0].ID, g.ID)
		noError(t, p.Delete(t.Context(), g.ID))
	}
}

// Fill returns about 1 MiB of units that are separated by commas, between head and tail.
func Fill(head, unit, tail string) string {
	return head + strings.TrimSuffix(strings.Repeat(unit, (1<<20)/len(unit)), ",") + tail
}

// hostile returns bodies of about 1 MiB that need as much memory as possible when they are decoded.
func (h Harness) hostile() map[string]string {
	list, end := h.PageHead, h.PageTail
	thick := `{"CustomerGatewayId":"` + strings.Repeat("x", (1<<20)/h.PageCap) + `"},`
	all := map[string]string{
		"empty gateways":    Fill(list, `{},`, end),
		"null gateways":     Fill(list, `null,`, end),
		"objects":           Fill(``, `{}`, ``),
		"nested":            Fill(list, `[`, end),
		"as many as a page": list + strings.Repeat(thick, h.PageCap-1) + `{}` + end,
		"many short texts":  Fill(list, `{"CustomerGatewayId":"`+strings.Repeat("x", 1000)+`"},`, end),
		"HTML":              Fill(`<html>`, `<p>, {`, `</html>`),
	}
	maps.Copy(all, h.Hostile)
	return all
}

// Escaped returns n characters as JSON, each written as two escapes of six bytes.
func Escaped(n int) string { return strings.Repeat(`\ud83d\ude00`, n) }

// largestPage reads the largest page.
func largestPage(t *testing.T, h Harness) {
	tags := map[int]int{}
	for g, err := range h.Serve(t, h.Largest()).List(t.Context(), cgw.Filter{}) {
		noError(t, err)
		tags[len(g.Tags)]++
	}
	equal(t, h.LargestTags, tags, "gateways by the number of their tags")
}

// memoryOfHostileReplies limits the memory that cgw holds for hostile replies of 1 MiB: for one, and for
// sixteen at the same time.
func memoryOfHostileReplies(t *testing.T, h Harness) {
	const mib = 1 << 20
	for name, body := range h.hostile() {
		t.Run(name, func(t *testing.T) {
			p := h.Serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			ask := func() {
				for range p.List(t.Context(), cgw.Filter{}) {
					return // the first page is enough
				}
			}
			all, one := allocated(ask)
			_, sixteen := allocated(func() {
				var wg sync.WaitGroup
				for range 16 {
					wg.Go(ask)
				}
				wg.Wait()
			})
			t.Logf("one: %.1f MiB (%.1f in all), sixteen: %.1f MiB", float64(one)/mib, float64(all)/mib, float64(sixteen)/mib)
			check(t, one < 24*mib, "one reply holds %d bytes", one)
			check(t, sixteen < 160*mib, "sixteen replies hold %d bytes", sixteen)
		})
	}
}

// allocated returns how many bytes f allocates in total, and the peak.
func allocated(f func()) (all, peak uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() { f(); close(done) }()
	sample := time.NewTicker(time.Millisecond)
	defer sample.Stop()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		case <-sample.C:
		}
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
	}
	return now.TotalAlloc - before.TotalAlloc, peak
}
