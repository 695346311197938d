package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

func TestReplyIsRecorded(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})
	for name, c := range clients() {
		t.Run(name, func(t *testing.T) {
			rec, body, err := post(t.Context(), t, newExchange(t, c, time.Minute), srv.URL, nil)
			require.NoError(t, err)
			require.Equal(t, "short and stout", body)
			require.Equal(t, body, string(rec.Reply.Body))
			require.Equal(t, http.StatusTeapot, rec.Reply.Status)
			require.Equal(t, 3*time.Second, rec.Reply.RetryAfter)
			require.Equal(t, time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC), rec.Reply.ServerTime())
			require.True(t, rec.Sent)
		})
	}
	require.True(t, (&exchange.Reply{}).ServerTime().IsZero())
}

// TestWithoutRecord sends a request that has no record, as a client of SDKClient does.
func TestWithoutRecord(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, http.NoBody)
	require.NoError(t, err)
	x := exchange.New(exchange.Config{Timeout: time.Minute, Inspect: func(r *exchange.Reply) error {
		r.SDKBody = []byte("{}")
		return nil
	}})
	defer x.Close()
	resp, err := x.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, "200 OK", resp.Status)
	require.Equal(t, req, resp.Request)
	require.NotEmpty(t, resp.Header.Get("Date"), "no record has the headers")
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(body), "or the body")

	x = exchange.New(exchange.Config{Timeout: time.Minute, Inspect: func(*exchange.Reply) error { return exchange.Incomplete("an ID") }})
	defer x.Close()
	resp, err = x.RoundTrip(req) //nolint:bodyclose // there is none
	require.Nil(t, resp)
	require.EqualError(t, err, "HTTP 200: the reply lacks an ID", "no cgw.Error says the status")
	require.ErrorAs(t, err, new(*exchange.ReplyError))
}

// TestStatusForTheSDK: the SDK gets another status and body than the service sent.
func TestStatusForTheSDK(t *testing.T) {
	srv := serve(t, func(http.ResponseWriter, *http.Request) {})
	x := exchange.New(exchange.Config{Timeout: time.Minute, Inspect: func(r *exchange.Reply) error {
		r.SDKStatus, r.Body = http.StatusBadRequest, []byte("rewritten")
		return nil
	}})
	defer x.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, http.NoBody)
	require.NoError(t, err)
	resp, err := x.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, "400 Bad Request", resp.Status)
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.EqualValues(t, len("rewritten"), resp.ContentLength)
}

// TestReplyOfACaller: the transport of the caller returns the same Response to several requests at the same
// time, so it must not be changed.
func TestReplyOfACaller(t *testing.T) {
	kept := &http.Response{
		StatusCode: http.StatusServiceUnavailable, Body: http.NoBody,
		Header: http.Header{"Retry-After": {"7"}, "Content-Type": {"text/xml"}, "Location": {"/elsewhere"}},
	}
	client := &http.Client{Transport: untraced(func(*http.Request) (*http.Response, error) { return kept, nil })}
	x := exchange.New(exchange.Config{Client: client, Timeout: time.Minute, Inspect: func(r *exchange.Reply) error {
		r.Header.Del("Content-Type") // as the provider of Alibaba does
		r.SDKStatus = http.StatusOK
		return nil
	}})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			rec, _, err := post(t.Context(), t, x, "http://example.com", nil)
			assert.NoError(t, err)
			assert.Equal(t, 7*time.Second, rec.Reply.RetryAfter)
			assert.Equal(t, http.StatusServiceUnavailable, rec.Reply.Status)
		})
	}
	all.Wait()
	require.Len(t, kept.Header, 3)
	require.Equal(t, http.StatusServiceUnavailable, kept.StatusCode)
}

// TestLengthsOfACaller has RoundTrippers that do not set ContentLength as net/http does: the body counts.
func TestLengthsOfACaller(t *testing.T) {
	for length, want := range map[int64]string{0: "hello", -1: "hello", 3: "hello", 5: "hello", 9: "unexpected EOF"} {
		client := &http.Client{Transport: untraced(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, ContentLength: length, Body: io.NopCloser(strings.NewReader("hello"))}, nil
		})}
		_, body, err := post(t.Context(), t, newExchange(t, client, time.Minute), "http://example.com", nil)
		if want == "hello" {
			require.NoError(t, err, "%d", length)
			require.Equal(t, want, body, "%d", length)
		} else {
			require.ErrorContains(t, err, want, "%d", length)
		}
	}
}

// TestLongerThanItSays has a body that goes on after its ContentLength, beyond what cgw reads.
func TestLongerThanItSays(t *testing.T) {
	for length, more := range map[int64]int64{exchange.MaxReply: 1, 5: exchange.MaxReply, exchange.MaxReply - 1: 2} {
		client := &http.Client{Transport: untraced(func(*http.Request) (*http.Response, error) {
			body := io.NopCloser(io.LimitReader(zeros{}, length+more))
			return &http.Response{StatusCode: http.StatusOK, ContentLength: length, Body: body}, nil
		})}
		_, _, err := post(t.Context(), t, newExchange(t, client, time.Minute), "http://example.com", nil)
		require.ErrorContains(t, err, "reply is larger than 3 MiB", "%d", length)
	}
}

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestInspect(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	x := exchange.New(exchange.Config{Timeout: time.Minute, Inspect: func(r *exchange.Reply) error {
		if r.Request.URL.Path == "/refuse" {
			return &exchange.ReplyError{Reason: "refused"}
		}
		if r.Request.URL.Path == "/read" {
			r.SDKBody = []byte("{}")
			return nil
		}
		r.Body, r.SDKStatus, r.Code = []byte("rewritten"), http.StatusBadRequest, "Code"
		return nil
	}})
	defer x.Close()
	rec, body, err := post(t.Context(), t, x, srv.URL+"/take", nil)
	require.NoError(t, err)
	require.Equal(t, "rewritten", body)
	require.Equal(t, http.StatusOK, rec.Reply.Status, "as it came")
	require.Equal(t, "Code", rec.Reply.Code)
	rec, body, err = post(t.Context(), t, x, srv.URL+"/read", nil)
	require.NoError(t, err)
	require.Equal(t, "{}", body)
	require.Equal(t, "/read", string(rec.Reply.Body))
	_, _, err = post(t.Context(), t, x, srv.URL+"/refuse", nil)
	var bad *exchange.ReplyError
	require.ErrorAs(t, err, &bad)
	require.EqualError(t, bad, "refused")
}

// TestReplyCap has replies of MaxReply and larger ones, with and without a length, plain and compressed.
func TestReplyCap(t *testing.T) {
	squeezed := gzipped(t, 64<<20)
	for _, tc := range []struct {
		name   string
		answer func(http.ResponseWriter)
		ok     bool
	}{
		{"at the cap", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(exchange.MaxReply))
			_, _ = w.Write(make([]byte, exchange.MaxReply))
		}, true},
		{"at the cap, in chunks", func(w http.ResponseWriter) { chunks(w, exchange.MaxReply) }, true},
		{"over it", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(exchange.MaxReply+1))
			_, _ = w.Write(make([]byte, exchange.MaxReply+1))
		}, false},
		{"over it, in chunks", func(w http.ResponseWriter) { chunks(w, exchange.MaxReply+1) }, false},
		{"without end", func(w http.ResponseWriter) { chunks(w, 1<<40) }, false},
		{"claimed", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.FormatInt(1<<40, 10))
			_, _ = w.Write([]byte("x"))
		}, false},
		{"squeezed", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(squeezed)
		}, false},
	} {
		srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { tc.answer(w) })
		for name, c := range clients() {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				x := newExchange(t, c, time.Minute)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				rec, body, err := post(t.Context(), t, x, srv.URL, nil)
				runtime.ReadMemStats(&after)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16*exchange.MaxReply))
				require.Equal(t, http.StatusOK, rec.Reply.Status)
				if tc.ok {
					require.NoError(t, err)
					require.Len(t, body, exchange.MaxReply)
					return
				}
				var bad *exchange.ReplyError
				require.ErrorAs(t, err, &bad)
				require.Empty(t, rec.Reply.Body)
			})
		}
	}
}

func chunks(w http.ResponseWriter, n int64) {
	part := make([]byte, 4096)
	for n > 0 {
		m, err := w.Write(part[:min(n, int64(len(part)))])
		if err != nil {
			return
		}
		n -= int64(m)
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	var followed atomic.Bool
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			followed.Store(true)
		}
		status, err := strconv.Atoi(r.URL.Query().Get("status"))
		if err != nil {
			status = 500
		}
		if l := r.URL.Query().Get("location"); l != "" {
			w.Header().Set("Location", l)
		}
		w.WriteHeader(status)
	})
	for name, c := range clients() {
		x := newExchange(t, c, time.Minute)
		for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
			for _, location := range []string{"", "/elsewhere", "http%3A%2F%2Fexample.com", "http%3A%2F%2F%5Bsecret"} {
				rec, _, err := post(t.Context(), t, x, fmt.Sprintf("%s/?status=%d&location=%s", srv.URL, status, location), nil)
				var bad *exchange.ReplyError
				require.ErrorAs(t, err, &bad, "%s %d %s", name, status, location)
				require.Equal(t, status, rec.Reply.Status)
				require.NotContains(t, err.Error(), "secret")
			}
		}
		require.True(t, c == nil || c.CheckRedirect == nil && c.Transport == nil, "the caller's client was changed")
	}
	require.False(t, followed.Load())
}

func TestRetryAfter(t *testing.T) {
	now := time.Now()
	in := func(d time.Duration) string { return now.Add(d).UTC().Format(http.TimeFormat) }
	for _, tc := range []struct {
		name, value string
		min, max    time.Duration
		date        string // of the reply; empty: by the clock of this machine
	}{
		{"Retry-After", "", 0, 0, ""},
		{"Retry-After", "0", 0, 0, ""},
		{"Retry-After", "7", 7 * time.Second, 7 * time.Second, ""},
		{"Retry-After", "-7", 0, 0, ""},
		{"Retry-After", "1.5", 0, 0, ""},
		{"Retry-After", "soon", 0, 0, ""},
		{"Retry-After", "999999999", time.Hour, time.Hour, ""},
		{"Retry-After", in(90 * time.Second), 80 * time.Second, 90 * time.Second, ""},
		{"Retry-After", in(-90 * time.Second), 0, 0, ""},
		{"Retry-After", in(48 * time.Hour), time.Hour, time.Hour, ""},
		// A date counts from the service's own clock.
		{"Retry-After", in(-time.Hour + 90*time.Second), 90 * time.Second, 90 * time.Second, in(-time.Hour)},
		{"Retry-After", in(time.Hour + 90*time.Second), 90 * time.Second, 90 * time.Second, in(time.Hour)},
		{"Retry-After", in(time.Hour - 90*time.Second), 0, 0, in(time.Hour)},
		{"Retry-After", in(90 * time.Second), 80 * time.Second, 90 * time.Second, "none"},
		{"Retry-After", "7", 7 * time.Second, 7 * time.Second, in(time.Hour)},
		{"X-Wait-Millis", "1500", 1500 * time.Millisecond, 1500 * time.Millisecond, ""},
		{"x-wait-millis", "1500", 1500 * time.Millisecond, 1500 * time.Millisecond, ""},
		{"X-Wait-Millis", "-1", 0, 0, ""},
		{"X-Wait-Millis", "9999999999999", time.Hour, time.Hour, ""},
		{"X-Other-Millis", "1500", 0, 0, ""},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(tc.name, tc.value)
			if tc.date != "" {
				w.Header().Set("Date", tc.date)
			}
		}))
		rec, _, err := post(t.Context(), t, newExchange(t, nil, time.Minute), srv.URL, nil)
		srv.Close()
		require.NoError(t, err)
		require.GreaterOrEqual(t, rec.Reply.RetryAfter, tc.min, "%s: %s", tc.name, tc.value)
		require.LessOrEqual(t, rec.Reply.RetryAfter, tc.max, "%s: %s", tc.name, tc.value)
	}
}

// TestConnectionsAreReused runs many requests, some of which fail, on few connections.
func TestConnectionsAreReused(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		t.Run("HTTP/2="+strconv.FormatBool(h2), func(t *testing.T) {
			var conns sync.Map
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conns.Store(r.RemoteAddr, true)
				if h2 != (r.ProtoMajor == 2) {
					panic("HTTP version")
				}
				switch r.URL.Path {
				case "/redirect":
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(http.StatusFound)
				case "/error":
					http.Error(w, strings.Repeat("x", 100_000), http.StatusBadGateway)
				case "/empty":
				default:
					_, _ = io.WriteString(w, "hello")
				}
			}))
			srv.EnableHTTP2 = h2
			srv.StartTLS()
			defer srv.Close()
			x := exchange.New(exchange.Config{Client: srv.Client(), Timeout: time.Minute, Inspect: func(r *exchange.Reply) error {
				if r.Status != http.StatusOK {
					return &exchange.ReplyError{Reason: "refused"}
				}
				return nil
			}})
			for i := range 40 {
				path := []string{"/", "/redirect", "/error", "/empty"}[i%4]
				_, _, err := post(t.Context(), t, x, srv.URL+path, nil)
				require.Equal(t, path == "/" || path == "/empty", err == nil, "%s: %v", path, err)
			}
			n := 0
			conns.Range(func(any, any) bool { n++; return true })
			require.Equal(t, 1, n, "connections")
		})
	}
}

func TestProxyKeyIsForTheProxy(t *testing.T) {
	var got http.Header
	srv := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	header := http.Header{"Proxy-Authorization": {"Basic c2VjcmV0"}, "X-Kept": {"1"}}
	_, _, err := post(t.Context(), t, newExchange(t, nil, time.Minute), srv.URL, header)
	require.NoError(t, err)
	require.Equal(t, "1", got.Get("X-Kept"))
	require.Empty(t, got.Get("Proxy-Authorization"))
	require.Len(t, header, 2, "the SDK's request was changed")
}

// TestConcurrentUse is meant for the race detector.
func TestConcurrentUse(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("n") == "7" {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.Copy(w, bytes.NewReader([]byte(r.URL.RawQuery)))
	})
	for _, c := range clients() {
		x := newExchange(t, c, time.Minute)
		var wg sync.WaitGroup
		for n := range 32 {
			wg.Go(func() {
				for range 5 {
					rec, body, err := post(t.Context(), t, x, fmt.Sprintf("%s/?n=%d", srv.URL, n), nil)
					switch {
					case n == 7 && err == nil, n != 7 && (err != nil || body != fmt.Sprintf("n=%d", n)):
						t.Errorf("%d: %q, %v", n, body, err)
					case n == 7 && (!rec.Sent || !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset")):
						t.Errorf("%d: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
	}
}
