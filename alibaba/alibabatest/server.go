package alibabatest

import (
	"crypto/x509"
	"net/http"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/emulator"
)

// Server is the emulated service on a loopback port. Use its State to add gateways, to inspect
// them and to inject faults.
type Server struct {
	// State is Options.State, or a new State.
	*State
	// URL is the base URL, such as "https://127.0.0.1:43210", without a path.
	URL string

	opts Options
	srv  *emulator.Server
}

// NewServer starts a server. It panics when it cannot listen, as httptest.NewServer does. The
// caller should call Close when finished.
func NewServer(o Options) *Server {
	o = o.withDefaults()
	srv := o.State.core.Listen(NewHandler(o), emulator.ServerOptions{PlainHTTP: o.PlainHTTP, HTTP1: o.HTTP1, Addr: o.Addr})
	return &Server{State: o.State, URL: srv.URL, opts: o, srv: srv}
}

// Close shuts the server down and waits for its requests to end.
func (s *Server) Close() { s.srv.Close() }

// Client returns a new client that trusts the server's certificate.
func (s *Server) Client() *http.Client { return s.srv.Client() }

// Certificate returns the certificate that a client in another program must trust; nil over
// plain HTTP. It is for the addresses 127.0.0.1 and ::1.
func (s *Server) Certificate() *x509.Certificate { return s.srv.Certificate() }

// Config returns the configuration of a provisioner of this server: the region, the credentials
// that it accepts now, its endpoint and a new Client. The rest is left zero.
func (s *Server) Config() alibaba.Config {
	c := s.core.Credentials()
	return alibaba.Config{
		Region:      s.opts.Region,
		Credentials: alibaba.StaticCredentials(c.ID, c.Secret, c.Token),
		Endpoint:    s.URL,
		HTTPClient:  s.Client(),
	}
}
