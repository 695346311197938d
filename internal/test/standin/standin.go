// Package standin replaces the metadata and token services, whose addresses are fixed in the
// SDKs, by a server of a test.
package standin

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// Services answer for every host that is asked with net/http's default transport, or a clone of
// it, while the test runs. Tests that use them must not run in parallel.
type Services struct {
	mu     sync.Mutex
	answer http.HandlerFunc // nil: nobody listens
	asked  []string
}

// Start replaces http.DefaultTransport until the test ends.
func Start(t *testing.T) *Services {
	t.Helper()
	s := &Services{}
	srv := httptest.NewServer(http.HandlerFunc(s.serve))
	none := httptest.NewServer(nil)
	none.Close() // nobody listens there
	before := http.DefaultTransport
	t.Cleanup(func() {
		http.DefaultTransport = before
		srv.Close()
	})
	at := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.answer == nil {
			return none.Listener.Addr().String()
		}
		return srv.Listener.Addr().String()
	}
	http.DefaultTransport = &http.Transport{
		DisableKeepAlives: true,
		// The SDKs replace the dialer, but neither the proxy nor the dialer for TLS. The
		// connections of that one count as encrypted.
		Proxy: func(r *http.Request) (*url.URL, error) {
			if r.URL.Scheme == "https" {
				return nil, nil //nolint:nilnil // no proxy, as http.Transport has it
			}
			return &url.URL{Scheme: "http", Host: at()}, nil
		},
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", at())
		},
	}
	return s
}

func (s *Services) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Host+r.URL.Path)
	answer := s.answer
	s.mu.Unlock()
	answer(w, r)
}

// Answer sets what the services answer from now on; nil: they do not listen.
func (s *Services) Answer(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.asked = h, nil
}

// Asked returns the hosts and paths that were asked since the last Answer.
func (s *Services) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}
