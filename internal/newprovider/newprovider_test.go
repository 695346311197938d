package newprovider_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/internal/newprovider/northwind"
	"github.com/cgw-go/cgw/internal/newprovider/southwind"
	"github.com/cgw-go/cgw/internal/newprovider/windtest"
)

// key returns the key that both services accept.
func key() (string, error) { return windtest.Key, nil }

// settings are what the tests set in a Config.
type settings struct {
	retry   cgw.RetryPolicy
	logger  *slog.Logger
	observe func(context.Context, cgw.Attempt)
}

// cloud is one of the two.
type cloud struct {
	rules   cgw.Rules
	start   func() *windtest.Service
	connect func(url string, set settings) (cgw.Provisioner, error)
	refuse  func(region, endpoint string) error // the error of a wrong Config
	create  string                              // the action
	source  string                              // the file
}

func clouds() map[string]cloud {
	return map[string]cloud{
		"northwind": {
			rules: northwind.Rules(), start: windtest.Northwind, create: "CreateGateway", source: "northwind/northwind.go",
			connect: func(url string, set settings) (cgw.Provisioner, error) {
				return northwind.New(northwind.Config{
					Region: windtest.Region, Endpoint: url, Credentials: key, Limiter: attempt.NewLimiter(1e6, nil),
					Retry: set.retry, Logger: set.logger, Observe: set.observe,
				})
			},
			refuse: func(region, endpoint string) error {
				_, err := northwind.New(northwind.Config{Region: region, Endpoint: endpoint})
				return err
			},
		},
		"southwind": {
			rules: southwind.Rules(), start: windtest.Southwind, create: "POST gateways", source: "southwind/southwind.go",
			connect: func(url string, set settings) (cgw.Provisioner, error) {
				return southwind.New(southwind.Config{
					Region: windtest.Region, Endpoint: url, Credentials: key, Limiter: attempt.NewLimiter(1e6, nil),
					Retry: set.retry, Logger: set.logger, Observe: set.observe,
				})
			},
			refuse: func(region, endpoint string) error {
				_, err := southwind.New(southwind.Config{Region: region, Endpoint: endpoint})
				return err
			},
		},
	}
}

// serve starts a service and a Provisioner of it.
func (c cloud) serve(t testing.TB, set settings) (*windtest.Service, cgw.Provisioner) {
	t.Helper()
	s := c.start()
	srv := s.Listen(s, emulator.ServerOptions{PlainHTTP: true})
	t.Cleanup(srv.Close)
	p, err := c.connect(srv.URL, set)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.(interface{ Close() error }).Close()) })
	return s, p
}

func TestConformance(t *testing.T) {
	for name, c := range clouds() {
		t.Run(name, func(t *testing.T) {
			var s *windtest.Service
			cgwtest.TestProvisioner(t, cgwtest.Harness{
				New: func(t testing.TB) (p cgw.Provisioner) {
					t.Helper()
					s, p = c.serve(t, settings{})
					return p
				},
				Rules:    c.rules,
				PageCap:  windtest.PageCap,
				Requests: func() int { return len(s.Requests()) },
				Connect:  func(_ testing.TB, id string) []string { return []string{s.AddConnection(id)} },
				Stalled: func(t testing.TB) (p cgw.Provisioner) {
					t.Helper()
					s, p = c.serve(t, settings{})
					s.Inject(wire.Fault{Times: -1, Delay: time.Hour})
					return p
				},
			})
		})
	}
}

// TestLostReply cuts the reply to a create before and after the commit: there is exactly one
// gateway in the end, and it is the one that Create returns.
func TestLostReply(t *testing.T) {
	for name, c := range clouds() {
		for fault, f := range map[string]wire.Fault{
			"cut at the first byte":        {When: wire.AfterCommit, Effect: wire.Cut},
			"cut in the middle":            {When: wire.AfterCommit, Effect: wire.Cut, Bytes: 20},
			"reset":                        {When: wire.AfterCommit, Effect: wire.Abort},
			"reset twice":                  {When: wire.AfterCommit, Effect: wire.Abort, Times: 2},
			"reset before the commit":      {When: wire.BeforeCommit, Effect: wire.Abort},
			"bad gateway":                  {When: wire.AfterCommit, Effect: wire.Replace, Status: http.StatusBadGateway, Body: "<html>"},
			"success without content":      {When: wire.AfterCommit, Effect: wire.Replace, Status: http.StatusOK},
			"success without an ID":        {When: wire.AfterCommit, Effect: wire.Replace, Status: http.StatusOK, Body: `{"RequestID":"r"}`, Header: http.Header{"X-Request-Id": {"r"}}},
			"internal error":               {When: wire.AfterCommit, Meaning: wire.Unavailable},
			"internal error, and no write": {When: wire.BeforeCommit, Meaning: wire.Unavailable},
		} {
			t.Run(name+"/"+fault, func(t *testing.T) {
				s, p := c.serve(t, settings{retry: cgw.RetryPolicy{MinBackoff: time.Millisecond, MaxBackoff: 2 * time.Millisecond}})
				f.Action = c.create
				s.Inject(f)
				req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office", ASN: 64512, Tags: map[string]string{"env": "test"}}
				g, err := p.Create(t.Context(), req)
				require.NoError(t, err)
				all := s.Gateways()
				require.Len(t, all, 1)
				require.Equal(t, all[0].ID, g.ID)
				require.Equal(t, req.Tags, all[0].Tags)
				require.Positive(t, s.Faults()[0].Struck)
			})
		}
	}
}

// TestKeyIsSecret uses services that repeat the key in their replies: no error, log record or Attempt
// has it.
func TestKeyIsSecret(t *testing.T) {
	const both = `{"Code":"New","Error":"New","Message":%[1]q,"Detail":%[1]q,"RequestID":"r"}`
	header := http.Header{"X-Request-Id": {"r"}}
	for name, c := range clouds() {
		for answer, f := range map[string]wire.Fault{
			"in a refusal of its own":     {Meaning: wire.Throttled},
			"in a message":                {Effect: wire.Replace, Status: http.StatusBadRequest, Header: header, Body: fmt.Sprintf(both, "of "+windtest.Key)},
			"in a message, escaped":       {Effect: wire.Replace, Status: http.StatusBadRequest, Header: header, Body: fmt.Sprintf(both, "of "+url.QueryEscape(windtest.Key))},
			"in what is not of the API":   {Effect: wire.Replace, Status: http.StatusBadGateway, Body: "<html>" + windtest.Key},
			"in a result of another form": {Effect: wire.Replace, Status: http.StatusOK, Header: header, Body: `["` + windtest.Key + `"]`},
		} {
			t.Run(name+"/"+answer, func(t *testing.T) {
				var said bytes.Buffer
				log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
				s, p := c.serve(t, settings{retry: cgw.RetryPolicy{MaxAttempts: 1}, logger: log, observe: func(_ context.Context, a cgw.Attempt) {
					fmt.Fprintf(&said, "%+v\n", a)
					say(&said, a.Err)
				}})
				f.Times = -1
				s.Inject(f)
				_, err := p.Get(t.Context(), "cgw-1")
				require.Error(t, err)
				say(&said, err)
				for _, form := range []string{windtest.Key, url.QueryEscape(windtest.Key), windtest.Key[:len(windtest.Key)*2/3]} {
					require.NotContains(t, said.String(), form)
				}
			})
		}
	}
}

// say writes an error and all errors that it wraps.
func say(w io.Writer, err error) {
	fmt.Fprintf(w, "%v\n%+v\n%#v\n", err, err, err)
	switch e := err.(type) { //nolint:errorlint // this is the walk
	case interface{ Unwrap() error }:
		say(w, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			say(w, below)
		}
	}
}

// TestConfig checks that New names all wrong fields at once.
func TestConfig(t *testing.T) {
	for name, c := range clouds() {
		t.Run(name, func(t *testing.T) {
			err := c.refuse("Not A Region", "ftp://x")
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			var v *cgw.ValidationError
			require.ErrorAs(t, err, &v)
			var fields []string
			for _, f := range v.Fields {
				fields = append(fields, f.Field)
			}
			require.Equal(t, []string{"Region", "Credentials", "Endpoint"}, fields)
		})
	}
}

// TestNull checks replies without content: they are errors, and do not mean that a gateway does not
// exist.
func TestNull(t *testing.T) {
	for name, c := range clouds() {
		t.Run(name, func(t *testing.T) {
			s, p := c.serve(t, settings{retry: cgw.RetryPolicy{MaxAttempts: 1}})
			s.Inject(wire.Fault{Times: -1, Effect: wire.Replace, Status: http.StatusOK, Header: http.Header{"X-Request-Id": {"r"}}, Body: "null"})
			_, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			require.ErrorIs(t, err, cgw.ErrUnavailable)
			_, err = p.Get(t.Context(), "cgw-1")
			require.ErrorIs(t, err, cgw.ErrUnavailable)
		})
	}
}

// TestSmall: docs/new-provider.md promises that a provider takes less than 200 lines.
func TestSmall(t *testing.T) {
	for name, c := range clouds() {
		text, err := os.ReadFile(c.source)
		require.NoError(t, err)
		require.Less(t, strings.Count(string(text), "\n"), 200, name)
	}
}
