package providertest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
)

func configTests() []test {
	return []test{
		{"NewRefuses", newRefuses},
		{"NewTakes", newTakes},
		{"HTTPClientIsNotModified", clientIsNotModified},
		{"HTTPClientTimeoutHolds", clientTimeoutHolds},
		{"NothingShowsSecrets", nothingShowsSecrets},
		{"EnvironmentIsNotRead", environmentIsNotRead},
		{"SDKClient", sdkClient},
		{"MinimalValidation", minimalValidation},
	}
}

func newTakes(t *testing.T, h Harness) {
	changes := map[string]func(*Config){
		"minimal":        func(c *Config) { c.Validation = cgw.Minimal },
		"no repeats":     func(c *Config) { c.Retry = cgw.RetryPolicy{MaxAttempts: 1} },
		"little backoff": func(c *Config) { c.Retry = cgw.RetryPolicy{MaxBackoff: time.Millisecond} },
		"much backoff":   func(c *Config) { c.Retry = cgw.RetryPolicy{MinBackoff: time.Minute} },
		"a day":          func(c *Config) { c.AttemptTimeout = 24 * time.Hour },
		"zero client":    func(c *Config) { c.HTTPClient = &http.Client{} },
		"TLS 1.3": func(c *Config) {
			c.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}}
		},
	}
	for _, endpoint := range []string{
		"", "example.com", "example.com:443", "https://example.com", "https://example.com/", "http://example.com:8080",
		"HTTPS://EXAMPLE.com", "127.0.0.1", "127.0.0.1:8443", "[::1]:443", "http://[::1]", "my_host", "a-b.example",
	} {
		changes[endpoint] = func(c *Config) { c.Endpoint = endpoint }
	}
	for name, change := range changes {
		c := h.Config()
		change(&c)
		_, err := h.New(c)
		noError(t, err, "%s", name)
	}
}

// Hosts is a service that records the hosts of requests, and fails every request.
type Hosts struct{ Seen []string }

// RoundTrip implements http.RoundTripper.
func (h *Hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h.Seen = append(h.Seen, r.URL.Scheme+"://"+r.URL.Host)
	return nil, errors.New("no network")
}

// clientIsNotModified checks that New copies the caller's client and does not change it.
func clientIsNotModified(t *testing.T, h Harness) {
	var hosts Hosts
	client := &http.Client{Transport: &hosts, Timeout: time.Minute}
	before := *client
	c := h.Config()
	c.HTTPClient = client
	p := h.Open(t, c)
	client.Transport = Tripper(func(*http.Request) (*http.Response, error) {
		panic("the Provisioner has a copy of its own")
	})
	_, err := p.Get(t.Context(), "cgw-1")
	isError(t, err, cgw.ErrUnavailable)
	equal(t, 1, len(hosts.Seen))
	check(t, client.CheckRedirect == nil, "CheckRedirect is as it was")
	check(t, client.Jar == nil, "Jar is as it was")
	equal(t, before.Timeout, client.Timeout)
}

func clientTimeoutHolds(t *testing.T, h Harness) {
	blocked := make(chan struct{})
	c := h.At(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-blocked
	})
	defer close(blocked)
	c.HTTPClient = &http.Client{Timeout: time.Millisecond}
	_, err := h.Open(t, c).Get(t.Context(), "cgw-1")
	isError(t, err, cgw.ErrUnavailable)
	lacks(t, Everything(err), "://")
}

// nothingShowsSecrets prints values that a program may print by mistake, and searches the texts
// for secrets.
func nothingShowsSecrets(t *testing.T, h Harness) {
	c := h.Config()
	p := h.Open(t, c)
	native := reflect.New(reflect.TypeOf(h.Native(c)))
	native.Elem().Set(reflect.ValueOf(h.Native(c)))
	sdk := reflect.ValueOf(h.SDK(p).Client)
	for _, v := range []any{
		native.Interface(), native.Elem().Interface(), native.Elem().FieldByName("Credentials").Interface(),
		p, sdk.Interface(), sdk.Elem().Interface(),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{ID, Secret, Token, fmt.Sprintf("%x", Secret), fmt.Sprintf("%X", Secret)} {
				lacks(t, text, secret, "%s of %T", verb, v)
			}
		}
	}
}

// environmentIsNotRead sets the variables that other programs read, and checks that no request
// has their values.
func environmentIsNotRead(t *testing.T, h Harness) {
	for _, name := range append(h.Environment, "HOME") {
		t.Setenv(name, "from-the-environment")
	}
	c := h.connect(h.start(t, Options{}))
	var sent []string
	next := c.HTTPClient.Transport
	c.HTTPClient.Transport = Tripper(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, fmt.Sprint(r.Header, r.URL))
		return next.RoundTrip(r)
	})
	g, err := h.Open(t, c).Create(t.Context(), Request())
	noError(t, err)
	check(t, g.ID != "", "the gateway has an ID")
	lacks(t, strings.Join(sent, " "), "from-the-environment")
}

// sdkClient checks that each client of the SDK is a new one, and that its errors are the SDK's
// own.
func sdkClient(t *testing.T, h Harness) {
	p := h.Open(t, h.connect(h.start(t, Options{})))
	g, err := p.Create(t.Context(), Request())
	noError(t, err)

	first, second := h.SDK(p), h.SDK(p)
	check(t, first.Client != second.Client, "each is a fresh one")
	first.Spoil()
	_, err = first.List(t.Context())
	check(t, err != nil, "the client that was changed is of no use")
	id, err := second.List(t.Context())
	noError(t, err, "what is done to one client has nothing to do with another")
	equal(t, g.ID, id)
	got, err := p.Get(t.Context(), g.ID)
	noError(t, err)
	equal(t, g.ID, got.ID)

	code, ok := h.SDKCode(second.Missing(t.Context()))
	check(t, ok, "the error is the SDK's")
	equal(t, h.Unknown, code)
}

// minimalValidation checks that cgw.Minimal sends a value that only the documents refuse.
func minimalValidation(t *testing.T, h Harness) {
	var hosts Hosts
	c := h.Config()
	c.HTTPClient = &http.Client{Transport: &hosts}
	strict := h.Open(t, c)
	c.Validation = cgw.Minimal
	loose := h.Open(t, c)
	req := Request()
	req.Name = strings.Repeat("x", 200)
	_, err := strict.Create(t.Context(), req)
	isError(t, err, cgw.ErrInvalidName)
	equal(t, 0, len(hosts.Seen), "requests")
	_, err = loose.Create(t.Context(), req)
	isNotError(t, err, cgw.ErrInvalidArgument)
	check(t, len(hosts.Seen) > 0, "a request was sent")
	equal(t, h.Rules(), strict.Rules())
	equal(t, h.Rules().Minimal(), loose.Rules())
}
