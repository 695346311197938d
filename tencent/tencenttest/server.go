package tencenttest

import (
	"crypto/x509"
	"net/http"

	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/tencent"
)

// Server is the emulated service on a loopback port. Use its State to add gateways, to inspect
// them and to inject faults.
type Server struct {
	// State is Options.State, or a new State.
	*State
	// URL is the endpoint, such as "https://127.0.0.1:41234".
	URL string

	options Options
	server  *emulator.Server
}

// NewServer starts a server, which the caller should Close. It panics when it cannot listen,
// as net/http/httptest does.
func NewServer(o Options) *Server {
	h := newHandler(o)
	s := h.state.core.Listen(h.front(), emulator.ServerOptions{PlainHTTP: o.PlainHTTP, HTTP1: o.HTTP1, Addr: o.Addr})
	return &Server{State: h.state, URL: s.URL, options: h.o, server: s}
}

// Close shuts the server down when the requests that it is answering have ended.
func (s *Server) Close() { s.server.Close() }

// Client returns a new client that trusts the server's certificate.
func (s *Server) Client() *http.Client { return s.server.Client() }

// Certificate returns the certificate that a client in another program must trust; nil over
// plain HTTP. It is for the addresses 127.0.0.1 and ::1.
func (s *Server) Certificate() *x509.Certificate { return s.server.Certificate() }

// Config returns what tencent.New needs to reach the server: the region, the current
// credentials, the endpoint and a new HTTP client.
func (s *Server) Config() tencent.Config {
	c := s.core.Credentials()
	return tencent.Config{
		Region:      s.options.Region,
		Credentials: tencent.StaticCredentials(c.ID, c.Secret, c.Token),
		Endpoint:    s.URL,
		HTTPClient:  s.Client(),
	}
}
