package tencent_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
)

// What the requests of these tests carry that no error and no log may show.
const (
	testID    = "AKIDEXAMPLEEXAMPLEEXAMPLE"
	testKey   = "keyEXAMPLE/with+marks=&more"
	testToken = "tokenEXAMPLE/with+marks=&more"
)

// once sends every request once.
func once() cgw.RetryPolicy { return cgw.RetryPolicy{MaxAttempts: 1, MinBackoff: 1, MaxBackoff: 1} }

// testConfig is complete but for where to send requests. It sends them once, as fast as it can.
func testConfig() tencent.Config {
	return tencent.Config{
		Region:      "ap-guangzhou",
		Credentials: tencent.StaticCredentials(testID, testKey, testToken),
		Limiter:     tencent.NewLimiter(1e6),
		Retry:       once(),
	}
}

func open(t testing.TB, cfg tencent.Config) *tencent.Provisioner {
	t.Helper()
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// serve returns a Provisioner whose service is the handler.
func serve(t testing.TB, h http.HandlerFunc) *tencent.Provisioner {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	cfg := testConfig()
	cfg.Endpoint = srv.URL
	return open(t, cfg)
}

// tripper is a service in memory. It does not trace, so that nothing is known of what it sent.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply is a whole reply with the status 200.
func reply(r *http.Request, body string) *http.Response {
	rec := httptest.NewRecorder()
	_, _ = rec.WriteString(body)
	resp := rec.Result()
	resp.Request = r
	return resp
}

func testRequest() cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "test-cgw"}
}

// operation is one of the five, with arguments that are in order.
type operation struct {
	name  string
	write bool
	do    func(context.Context, cgw.Provisioner) (id string, err error)
}

func operations() []operation {
	name := "renamed"
	return []operation{
		{cgw.OpCreate, true, func(ctx context.Context, p cgw.Provisioner) (string, error) {
			g, err := p.Create(ctx, testRequest())
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

// everything returns all that an error says, by any verb, on any level of its tree.
func everything(err error) string {
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

// lent is credentials of another type than the package's own, which may change.
type lent struct {
	id, key, token string
	asked          int
}

func (l *lent) GetSecretId() string                     { return l.id }
func (l *lent) GetSecretKey() string                    { return l.key }
func (l *lent) GetToken() string                        { return l.token }
func (l *lent) GetCredential() (string, string, string) { l.asked++; return l.id, l.key, l.token }
