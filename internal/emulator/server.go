package emulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Server is an emulator on a loopback port. Its Close and Certificate are those of httptest.
type Server struct {
	*httptest.Server
}

// ServerOptions say how to serve. The zero value is TLS with HTTP/2 on a free port.
type ServerOptions struct {
	PlainHTTP bool   // no TLS, and so HTTP/1.1
	HTTP1     bool   // TLS without HTTP/2
	Addr      string // host:port to listen on; "": a free port of 127.0.0.1
}

// Listen starts a server. Like httptest.NewServer it panics if it cannot listen. The value of the
// panic is the error.
func (c *Core) Listen(h http.Handler, o ServerOptions) *Server {
	s := httptest.NewUnstartedServer(h)
	if o.Addr != "" {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", o.Addr)
		if err != nil {
			panic(fmt.Errorf("emulator: %w", err))
		}
		_ = s.Listener.Close() // the free port that httptest took; nothing has used it
		s.Listener = l
	}
	s.Listener = &listener{Listener: s.Listener, core: c}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that clients or faults cut
	if o.PlainHTTP {
		s.Start()
	} else {
		s.EnableHTTP2 = !o.HTTP1
		s.StartTLS()
	}
	return &Server{s}
}

// Client returns a new client that trusts the server and pools as many connections as a
// concurrent test wants.
func (s *Server) Client() *http.Client {
	t := &http.Transport{
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
		ForceAttemptHTTP2:   s.EnableHTTP2,
	}
	if cert := s.Certificate(); cert != nil {
		roots := x509.NewCertPool()
		roots.AddCert(cert)
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: t}
}

// listener applies the OnConnect faults to the connections that it accepts.
type listener struct {
	net.Listener
	core *Core
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		f, ok := l.core.take("", true)
		if !ok {
			return conn, nil
		}
		if f.Effect == wire.Proceed {
			return &slowConn{Conn: conn, delay: f.Delay}, nil
		}
		go strikeConn(conn, f)
	}
}

func strikeConn(conn net.Conn, f wire.Fault) {
	defer conn.Close()
	time.Sleep(f.Delay)
	if f.Effect == wire.Garbage {
		_, _ = conn.Read(make([]byte, 1))
		_, _ = conn.Write([]byte("this is neither TLS nor HTTP\r\n\r\n"))
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close with a reset
	}
}

// slowConn waits before its first read.
type slowConn struct {
	net.Conn
	delay time.Duration
}

func (c *slowConn) Read(b []byte) (int, error) {
	time.Sleep(c.delay)
	c.delay = 0
	return c.Conn.Read(b)
}
