package tencent_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// refusedConfigs are changes to a good Config, and the fields that New then names.
func refusedConfigs() map[string]struct {
	change func(*tencent.Config)
	fields []string
} {
	type refused = struct {
		change func(*tencent.Config)
		fields []string
	}
	endpoint := func(s string) refused {
		return refused{func(c *tencent.Config) { c.Endpoint = s }, []string{"Endpoint"}}
	}
	region := func(s string) refused {
		return refused{func(c *tencent.Config) { c.Region = s }, []string{"Region"}}
	}
	client := func(cl *http.Client) refused {
		return refused{func(c *tencent.Config) { c.HTTPClient = cl }, []string{"HTTPClient"}}
	}
	return map[string]refused{
		"zero":               {func(c *tencent.Config) { *c = tencent.Config{} }, []string{"Region", "Credentials"}},
		"no region":          region(""),
		"region in capitals": region("AP-Guangzhou"),
		"region with a dot":  region("ap.guangzhou"),
		"region with a path": region("ap/../x"),
		"region of a host":   region("evil.example.com#"),
		"region with space":  region("ap guangzhou"),
		"region with hyphen": region("-ap"),
		"region too long":    region(strings.Repeat("a", 64)),

		"no credentials":      {func(c *tencent.Config) { c.Credentials = nil }, []string{"Credentials"}},
		"nil pointer":         {func(c *tencent.Config) { c.Credentials = (*lent)(nil) }, []string{"Credentials"}},
		"credentials no ID":   {func(c *tencent.Config) { c.Credentials = tencent.StaticCredentials("", testKey, "") }, []string{"Credentials"}},
		"credentials no key":  {func(c *tencent.Config) { c.Credentials = tencent.StaticCredentials(testID, "", testToken) }, []string{"Credentials"}},
		"endpoint with path":  endpoint("https://example.com/base"),
		"endpoint with query": endpoint("https://example.com?a=" + testKey),
		"endpoint with hash":  endpoint("https://example.com#" + testKey),
		"endpoint with user":  endpoint("https://user:" + testKey + "@example.com"),
		"user, no scheme":     endpoint("user:" + testKey + "@example.com"),
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

		"timeout below zero":  {func(c *tencent.Config) { c.AttemptTimeout = -1 }, []string{"AttemptTimeout"}},
		"attempts below zero": {func(c *tencent.Config) { c.Retry.MaxAttempts = -1 }, []string{"Retry.MaxAttempts"}},
		"elapsed below zero":  {func(c *tencent.Config) { c.Retry.MaxElapsed = -1 }, []string{"Retry.MaxElapsed"}},
		"backoff below zero":  {func(c *tencent.Config) { c.Retry.MinBackoff = -1 }, []string{"Retry.MinBackoff"}},
		"backoff contradicts": {func(c *tencent.Config) { c.Retry.MinBackoff, c.Retry.MaxBackoff = 2, 1 }, []string{"Retry.MinBackoff"}},
		"unknown validation":  {func(c *tencent.Config) { c.Validation = 7 }, []string{"Validation"}},
		"client timeout":      client(&http.Client{Timeout: -1}),
		"client TLS 1.1":      client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"client TLS to 1.1":   client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"all at once": {func(c *tencent.Config) {
			*c = tencent.Config{Region: "!", Endpoint: "!", AttemptTimeout: -1, Retry: cgw.RetryPolicy{MaxElapsed: -1}, Validation: 7}
		}, []string{"Region", "Credentials", "Endpoint", "AttemptTimeout", "Retry.MaxElapsed", "Validation"}},
		"tag endpoint": {func(c *tencent.Config) { c.TagEndpoint = "user:" + testKey + "@example.com" }, []string{"TagEndpoint"}},
		"two schemes":  {func(c *tencent.Config) { c.Endpoint, c.TagEndpoint = "http://a", "https://b" }, []string{"TagEndpoint"}},
	}
}

func TestNewRefuses(t *testing.T) {
	for name, tc := range refusedConfigs() {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig()
			tc.change(&cfg)
			p, err := tencent.New(cfg)
			require.Nil(t, p)
			checkRefused(t, err, tc.fields)
		})
	}
}

func checkRefused(t *testing.T, err error, fields []string) {
	t.Helper()
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, cgw.OpNew, e.Op)
	require.Equal(t, cgw.Tencent, e.Provider)
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v)
	var named []string
	for _, f := range v.Fields {
		named = append(named, f.Field)
	}
	require.Equal(t, fields, named)
	for _, secret := range []string{testKey, testToken, "user:"} {
		require.NotContains(t, everything(err), secret)
	}
}

func TestNewTakes(t *testing.T) {
	for _, endpoint := range []string{
		"", "example.com", "example.com:443", "https://example.com", "https://example.com/", "http://example.com:8080",
		"HTTPS://EXAMPLE.com", "127.0.0.1", "127.0.0.1:8443", "[::1]:443", "http://[::1]", "my_host", "a-b.example",
	} {
		cfg := testConfig()
		cfg.Endpoint = endpoint
		_, err := tencent.New(cfg)
		require.NoError(t, err, endpoint)
	}
	for name, change := range map[string]func(*tencent.Config){
		"minimal":        func(c *tencent.Config) { c.Validation = cgw.Minimal },
		"no repeats":     func(c *tencent.Config) { c.Retry = cgw.RetryPolicy{MaxAttempts: 1} },
		"little backoff": func(c *tencent.Config) { c.Retry = cgw.RetryPolicy{MaxBackoff: time.Millisecond} },
		"much backoff":   func(c *tencent.Config) { c.Retry = cgw.RetryPolicy{MinBackoff: time.Minute} },
		"a day":          func(c *tencent.Config) { c.AttemptTimeout = 24 * time.Hour },
		"zero client":    func(c *tencent.Config) { c.HTTPClient = &http.Client{} },
		"TLS 1.3": func(c *tencent.Config) {
			c.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}}
		},
	} {
		cfg := testConfig()
		change(&cfg)
		_, err := tencent.New(cfg)
		require.NoError(t, err, name)
	}
}

// hosts records where requests go, and answers nothing of use.
type hosts struct{ seen []string }

func (h *hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h.seen = append(h.seen, r.URL.Scheme+"://"+r.URL.Host)
	return nil, errors.New("no network")
}

// TestHTTPClientIsNotModified has a client that belongs to the caller, and is used as it is.
func TestHTTPClientIsNotModified(t *testing.T) {
	var h hosts
	client := &http.Client{Transport: &h, Timeout: time.Minute}
	before := *client
	cfg := testConfig()
	cfg.HTTPClient = client
	p := open(t, cfg)
	client.Transport = tripper(func(*http.Request) (*http.Response, error) {
		panic("the Provisioner has a copy of its own")
	})
	_, err := p.Get(t.Context(), "cgw-1")
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.Len(t, h.seen, 1)
	require.Nil(t, client.CheckRedirect)
	require.Nil(t, client.Jar)
	require.Equal(t, before.Timeout, client.Timeout)
}

func TestHTTPClientTimeoutHolds(t *testing.T) {
	blocked := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-blocked
	}))
	defer srv.Close()
	defer close(blocked)
	cfg := testConfig()
	cfg.Endpoint, cfg.HTTPClient = srv.URL, &http.Client{Timeout: time.Millisecond}
	_, err := open(t, cfg).Get(t.Context(), "cgw-1")
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.NotContains(t, everything(err), "://")
}

// TestNothingShowsSecrets prints what a program may print by mistake.
func TestNothingShowsSecrets(t *testing.T) {
	cfg := testConfig()
	p := open(t, cfg)
	for _, v := range []any{cfg, &cfg, cfg.Credentials, p, *p.SDKClient(), p.SDKClient()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{testID, testKey, testToken, fmt.Sprintf("%x", testKey), fmt.Sprintf("%X", testKey)} {
				require.NotContains(t, text, secret, "%s of %T", verb, v)
			}
		}
	}
}

// TestEnvironmentIsNotRead sets what other programs take their settings from.
func TestEnvironmentIsNotRead(t *testing.T) {
	for _, name := range []string{
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_CREDENTIALS_FILE",
		"TENCENTCLOUD_REGION", "TKE_REGION", "TKE_ROLE_ARN", "TENCENTCLOUD_PROFILE", "HOME",
	} {
		t.Setenv(name, "from-the-environment")
	}
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	var agents []string
	cfg := srv.Config()
	next := cfg.HTTPClient.Transport
	cfg.HTTPClient.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		agents = append(agents, fmt.Sprint(r.Header, r.URL))
		return next.RoundTrip(r)
	})
	g, err := open(t, cfg).Create(t.Context(), testRequest())
	require.NoError(t, err)
	require.NotEmpty(t, g.ID)
	require.NotContains(t, strings.Join(agents, " "), "from-the-environment")
}

// TestHosts has where the requests for gateways and for tags go.
func TestHosts(t *testing.T) {
	for _, tc := range []struct{ endpoint, tagEndpoint, vpc, tag string }{
		{"", "", "https://vpc.intl.tencentcloudapi.com", "https://tag.intl.tencentcloudapi.com"},
		{tencent.IntlEndpoint, "", "https://vpc.intl.tencentcloudapi.com", "https://tag.intl.tencentcloudapi.com"},
		{tencent.ChinaEndpoint, "", "https://vpc.tencentcloudapi.com", "https://tag.tencentcloudapi.com"},
		{tencent.ChinaEndpoint + ":443", "", "https://vpc.tencentcloudapi.com:443", "https://tag.tencentcloudapi.com:443"},
		{"http://" + tencent.IntlEndpoint, "", "http://vpc.intl.tencentcloudapi.com", "http://tag.intl.tencentcloudapi.com"},
		{"vpc.ap-guangzhou.tencentcloudapi.com", "", "https://vpc.ap-guangzhou.tencentcloudapi.com", "https://tag.tencentcloudapi.com"},
		{"proxy.example.com", "", "https://proxy.example.com", "https://proxy.example.com"},
		{"http://[::1]:8080", "", "http://[::1]:8080", "http://[::1]:8080"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:9090", "http://127.0.0.1:8080", "http://127.0.0.1:9090"},
		{"", "tag.ap-guangzhou.tencentcloudapi.com", "https://vpc.intl.tencentcloudapi.com", "https://tag.ap-guangzhou.tencentcloudapi.com"},
	} {
		var seen []string
		cfg := testConfig()
		cfg.Endpoint, cfg.TagEndpoint = tc.endpoint, tc.tagEndpoint
		cfg.HTTPClient = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.URL.Scheme+"://"+r.URL.Host)
			require.Equal(t, "en-US", r.Header.Get("X-TC-Language"))
			require.Equal(t, r.URL.Host, r.Host)
			rec := httptest.NewRecorder()
			_, _ = rec.WriteString(withID(`"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,`))
			return rec.Result(), nil
		})}
		_, err := open(t, cfg).Get(t.Context(), "cgw-1")
		if tc.vpc != "" {
			require.Equal(t, []string{tc.vpc, tc.tag}, seen[:2], "%v", err)
		}
	}
}

// TestProcessWideClient has a program that set the SDK's own client: the SDK would change it.
func TestProcessWideClient(t *testing.T) {
	common.DefaultHttpClient = &http.Client{}
	defer func() { common.DefaultHttpClient = nil }()
	_, err := tencent.New(testConfig())
	checkRefused(t, err, []string{"common.DefaultHttpClient"})
	require.Zero(t, common.DefaultHttpClient.Timeout)
}

func TestSDKClient(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	p := open(t, srv.Config())
	g, err := p.Create(t.Context(), testRequest())
	require.NoError(t, err)

	first, second := p.SDKClient(), p.SDKClient()
	require.NotSame(t, first, second)
	first.WithHttpTransport(tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("of the caller") }))
	first.WithCredential(common.NewCredential("other", "other"))
	r := vpc.NewDescribeCustomerGatewaysRequest()
	resp, err := second.DescribeCustomerGatewaysWithContext(t.Context(), r)
	require.NoError(t, err, "what is done to one client has nothing to do with another")
	require.Equal(t, g.ID, *resp.Response.CustomerGatewaySet[0].CustomerGatewayId)
	got, err := p.Get(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, g.ID, got.ID)

	bad := vpc.NewDescribeCustomerGatewaysRequest()
	bad.CustomerGatewayIds = common.StringPtrs([]string{"cgw-99999999"})
	_, err = second.DescribeCustomerGatewaysWithContext(t.Context(), bad)
	require.ErrorContains(t, err, "ResourceNotFound", "its errors are the SDK's")
}

// TestMinimalValidation leaves to the service what only its documents refuse.
func TestMinimalValidation(t *testing.T) {
	var h hosts
	cfg := testConfig()
	cfg.HTTPClient = &http.Client{Transport: &h}
	strict := open(t, cfg)
	cfg.Validation = cgw.Minimal
	loose := open(t, cfg)
	req := testRequest()
	req.Name = strings.Repeat("x", 200)
	_, err := strict.Create(t.Context(), req)
	require.ErrorIs(t, err, cgw.ErrInvalidName)
	require.Empty(t, h.seen)
	_, err = loose.Create(t.Context(), req)
	require.NotErrorIs(t, err, cgw.ErrInvalidArgument)
	require.NotEmpty(t, h.seen)
	require.Equal(t, tencent.Rules(), strict.Rules())
	require.Equal(t, tencent.Rules().Minimal(), loose.Rules())
}
