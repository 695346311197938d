package providertest

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
)

// refused is a change to a good Config, and the fields that New then names.
type refused struct {
	change func(*Config)
	fields []string
}

func refusedConfigs() map[string]refused {
	field := func(name string, change func(*Config)) refused { return refused{change, []string{name}} }
	endpoint := func(s string) refused { return field("Endpoint", func(c *Config) { c.Endpoint = s }) }
	region := func(s string) refused { return field("Region", func(c *Config) { c.Region = s }) }
	client := func(cl *http.Client) refused { return field("HTTPClient", func(c *Config) { c.HTTPClient = cl }) }
	signed := func(with any) refused { return field("Credentials", func(c *Config) { c.Credentials = with }) }
	return map[string]refused{
		"zero":               {func(c *Config) { *c = Config{} }, []string{"Region", "Credentials"}},
		"no region":          region(""),
		"region in capitals": region("AP-Guangzhou"),
		"region with a dot":  region("ap.guangzhou"),
		"region with a path": region("ap/../x"),
		"region of a host":   region("evil.example.com#"),
		"region with space":  region("ap guangzhou"),
		"region with hyphen": region("-ap"),
		"region too long":    region(strings.Repeat("a", 64)),

		"no credentials":     signed(nil),
		"nil pointer":        signed((*Source)(nil)),
		"credentials no ID":  signed(Keys{"", Secret, ""}),
		"credentials no key": signed(Keys{ID, "", Token}),

		"endpoint with path":  endpoint("https://example.com/base"),
		"endpoint with query": endpoint("https://example.com?a=" + Secret),
		"endpoint with hash":  endpoint("https://example.com#" + Secret),
		"endpoint with user":  endpoint("https://user:" + Secret + "@example.com"),
		"endpoint with login": endpoint("https://user:" + url.QueryEscape(Secret) + "@example.com"),
		"user, no scheme":     endpoint("user:" + Secret + "@example.com"),
		"endpoint scheme":     endpoint("ftp://example.com"),
		"endpoint no host":    endpoint("https://"),
		"endpoint port alone": endpoint(":443"),
		"endpoint bad port":   endpoint("example.com:http"),
		"endpoint port zero":  endpoint("example.com:0"),
		"endpoint big port":   endpoint("example.com:65536"),
		"endpoint no port":    endpoint("example.com:"),
		"endpoint space":      endpoint("example.com "),
		"endpoint line":       endpoint("example.com\nHost: evil"),
		"endpoint underscore": endpoint("_example_.com"),
		"endpoint dots":       endpoint("example..com"),
		"endpoint bare IPv6":  endpoint("::1"),
		"endpoint too long":   endpoint(strings.Repeat("a.", 127) + "com"),

		"timeout below zero":  field("AttemptTimeout", func(c *Config) { c.AttemptTimeout = -1 }),
		"attempts below zero": field("Retry.MaxAttempts", func(c *Config) { c.Retry.MaxAttempts = -1 }),
		"elapsed below zero":  field("Retry.MaxElapsed", func(c *Config) { c.Retry.MaxElapsed = -1 }),
		"backoff below zero":  field("Retry.MinBackoff", func(c *Config) { c.Retry.MinBackoff = -1 }),
		"backoff contradicts": field("Retry.MinBackoff", func(c *Config) { c.Retry.MinBackoff, c.Retry.MaxBackoff = 2, 1 }),
		"unknown validation":  field("Validation", func(c *Config) { c.Validation = 7 }),
		"client timeout":      client(&http.Client{Timeout: -1}),
		"client TLS 1.1":      client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"client TLS to 1.1":   client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"all at once": {func(c *Config) {
			*c = Config{Region: "!", Endpoint: "!", AttemptTimeout: -1, Retry: cgw.RetryPolicy{MaxElapsed: -1}, Validation: 7}
		}, []string{"Region", "Credentials", "Endpoint", "AttemptTimeout", "Retry.MaxElapsed", "Validation"}},
	}
}

func newRefuses(t *testing.T, h Harness) {
	for name, tc := range refusedConfigs() {
		t.Run(name, func(t *testing.T) {
			c := h.Config()
			tc.change(&c)
			p, err := h.New(c)
			check(t, reflect.ValueOf(p).IsNil(), "no Provisioner is returned")
			Refused(t, h.Provider, err, tc.fields...)
		})
	}
}

// Refused checks the error of a New that refuses these fields, and that it shows no secret.
func Refused(t testing.TB, provider cgw.Provider, err error, fields ...string) {
	t.Helper()
	isError(t, err, cgw.ErrInvalidArgument)
	equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	e := asError[*cgw.Error](t, err)
	equal(t, cgw.OpNew, e.Op)
	equal(t, provider, e.Provider)
	var named []string
	for _, f := range asError[*cgw.ValidationError](t, err).Fields {
		named = append(named, f.Field)
	}
	equal(t, fields, named)
	for _, secret := range []string{Secret, Token, "user:"} {
		lacks(t, Everything(err), secret)
	}
}
