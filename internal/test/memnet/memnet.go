// Package memnet is a network in memory for tests. Its connections are net.Pipes, which work
// with the clock of testing/synctest.
package memnet

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// Server serves a handler on connections in memory.
type Server struct {
	http     *http.Server
	listener *listener
	done     chan struct{}
}

// Serve starts a server of HTTP/1.1. Close it after use.
func Serve(h http.Handler) *Server {
	s := &Server{
		http:     &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}, //nolint:gosec // no network
		listener: &listener{conns: make(chan net.Conn), closed: make(chan struct{})},
		done:     make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(s.listener) // the error says only that it was closed
	}()
	return s
}

// Transport returns a transport whose every connection is to the server, whatever the host.
func (s *Server) Transport() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return s.listener.dial(ctx)
	}}
}

// Close ends the server and its connections.
func (s *Server) Close() {
	_ = s.http.Close()
	<-s.done
}

// Nowhere returns a transport whose dials fail when done is closed. net/http does not cancel a
// dial when its request ends.
func Nowhere(done <-chan struct{}) *http.Transport {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		<-done
		return nil, net.ErrClosed
	}}
}

// listener hands the one end of each pipe to the server.
type listener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return addr{} }

type addr struct{}

func (addr) Network() string { return "memory" }
func (addr) String() string  { return "memory" }
