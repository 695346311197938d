package reliability_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"

	"github.com/cgw-go/cgw/internal/newprovider/windtest"
)

// seen records the requests and replies of a server that serve started.
type seen struct {
	mu     sync.Mutex
	tokens map[string][]string // the ClientTokens of the creates of each address, in their order
	sizes  map[string]int      // the last reply of each action, in bytes
}

func (s *seen) note(r *http.Request, size int) {
	action := cmp.Or(r.Header.Get("X-TC-Action"), r.Header.Get("x-acs-action"), windtest.Action(r))
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := r.URL.Query(); action == "CreateCustomerGateway" && q.Has("IpAddress") {
		s.tokens[q.Get("IpAddress")] = append(s.tokens[q.Get("IpAddress")], q.Get("ClientToken"))
	}
	s.sizes[action] = size
}

// tokensOf returns the tokens that came with the creates of an address.
func (s *seen) tokensOf(addr string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tokens[addr])
}

func (s *seen) replySizes() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.sizes)
}

// serve starts a server around the emulator's handler, for options that the emulator's own
// server does not have.
func (s *service) serve(o options, next http.Handler, loose func(*http.Request, []byte) []byte) {
	s.seen = &seen{tokens: map[string][]string{}, sizes: map[string]int{}}
	var running sync.WaitGroup
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		if o.arrived != nil {
			o.arrived <- struct{}{}
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		ctx := r.Context()
		if o.late {
			ctx = context.WithoutCancel(ctx)
		}
		r = r.WithContext(ctx)
		r.Body = io.NopCloser(bytes.NewReader(body))
		reply := httptest.NewRecorder()
		cut := aborts(next, reply, r)
		r.Body = io.NopCloser(bytes.NewReader(body))
		text := reply.Body.Bytes()
		if o.loose && !cut {
			if further := loose(r, text); further != nil {
				reply.Code, text = http.StatusOK, further
			}
		}
		s.seen.note(r, len(text))
		maps.Copy(w.Header(), reply.Header())
		switch {
		case o.noDate:
			w.Header()["Date"] = nil
		case !cut:
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		case reply.Header().Get("Content-Length") == "":
			panic(http.ErrAbortHandler) // there is no reply at all
		}
		w.WriteHeader(reply.Code)
		_, _ = w.Write(text)
		if cut {
			_ = http.NewResponseController(w).Flush() // a recorder cannot fail
			panic(http.ErrAbortHandler)
		}
	})
	if o.transport == memory {
		s.url = "https://127.0.0.1:1"
		s.base = func() http.RoundTripper { return direct{h} }
		s.close = running.Wait
		return
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.EnableHTTP2 = o.transport == http2
	if o.transport == plain {
		srv.Start()
	} else {
		srv.StartTLS()
	}
	s.url = srv.URL
	s.base = func() http.RoundTripper { return srv.Client().Transport.(*http.Transport).Clone() }
	s.close = func() {
		srv.Close()
		running.Wait()
	}
}

// aborts runs the handler, and reports whether it broke the connection.
func aborts(h http.Handler, w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		if e := recover(); e != nil && e != http.ErrAbortHandler { //nolint:errorlint // it is compared by identity
			panic(e)
		} else if e != nil {
			cut = true
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// direct is an http.RoundTripper that calls a handler. It waits only for timers, as
// testing/synctest requires.
type direct struct{ handler http.Handler }

var errCut = errors.New("connection reset by the service")

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	r := req.Clone(req.Context())
	r.RequestURI = req.URL.RequestURI()
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.Header = http.Header{} // with the names as a server reads them
	for name, values := range req.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	reply := httptest.NewRecorder()
	done := make(chan bool, 1)
	go func() { done <- aborts(d.handler, reply, r) }()
	select {
	case cut := <-done:
		if cut {
			return nil, errCut
		}
		return reply.Result(), nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}
