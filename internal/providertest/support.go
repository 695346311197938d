package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
)

// The keys that the requests of the tests are signed with. No error and no log may show them.
const (
	ID     = "AKIDEXAMPLEEXAMPLEEXAMPLE"
	Secret = "keyEXAMPLE/with+marks=&more"
	Token  = "tokenEXAMPLE/with+marks=&more"
)

// Once returns a policy that sends every request once.
func Once() cgw.RetryPolicy { return cgw.RetryPolicy{MaxAttempts: 1, MinBackoff: 1, MaxBackoff: 1} }

// Request is a create that every cloud accepts.
func Request() cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "test-cgw"}
}

// Tripper is a service in memory. It does not trace, so cgw does not know whether it sent the
// request.
type Tripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f Tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Client returns a client of the service.
func (f Tripper) Client() *http.Client { return &http.Client{Transport: f} }

// Reply returns a whole reply.
func Reply(r *http.Request, status int, body string) *http.Response {
	rec := httptest.NewRecorder()
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	resp := rec.Result()
	resp.Request = r
	return resp
}

// At returns the Config of a service that answers with h on a loopback port.
func (h Harness) At(t testing.TB, service http.HandlerFunc) Config {
	t.Helper()
	srv := httptest.NewServer(service)
	t.Cleanup(srv.Close)
	c := h.Config()
	c.Endpoint = srv.URL
	return c
}

// operation is one of the five operations, with valid arguments.
type operation struct {
	name  string
	write bool
	do    func(context.Context, cgw.Provisioner) (id string, err error)
}

func operations() []operation {
	name := "renamed"
	return []operation{
		{cgw.OpCreate, true, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			g, err := p.Create(ctx, Request())
			return g.ID, err
		}},
		{cgw.OpGet, false, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			g, err := p.Get(ctx, "cgw-1")
			return g.ID, err
		}},
		{cgw.OpList, false, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			id := "none"
			for g, err := range p.List(ctx, cgw.Filter{}) {
				if err != nil {
					return "", err
				}
				id = g.ID
			}
			return id, nil
		}},
		{cgw.OpUpdate, true, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			g, err := p.Update(ctx, "cgw-1", cgw.UpdateRequest{Name: &name})
			return g.ID, err
		}},
		{cgw.OpDelete, true, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			return "cgw-1", p.Delete(ctx, "cgw-1")
		}},
	}
}

// Everything returns the texts of all errors in the tree of err, printed with several verbs.
func Everything(err error) string {
	var b strings.Builder
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		fmt.Fprintf(&b, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
		var inner []error
		switch u := err.(type) { //nolint:errorlint // the tree is walked here
		case interface{ Unwrap() []error }:
			inner = u.Unwrap()
		case interface{ Unwrap() error }:
			inner = []error{u.Unwrap()}
		}
		for _, e := range inner {
			walk(e)
		}
	}
	walk(err)
	var e *cgw.Error
	if errors.As(err, &e) {
		fmt.Fprintf(&b, "%v", e.LogValue())
	}
	return b.String()
}
