package alibaba_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// refusedConfigs are changes to a good Config, and the fields that New then names.
func refusedConfigs() map[string]struct {
	change func(*alibaba.Config)
	fields []string
} {
	type refused = struct {
		change func(*alibaba.Config)
		fields []string
	}
	endpoint := func(s string) refused {
		return refused{func(c *alibaba.Config) { c.Endpoint = s }, []string{"Endpoint"}}
	}
	region := func(s string) refused {
		return refused{func(c *alibaba.Config) { c.Region = s }, []string{"Region"}}
	}
	client := func(cl *http.Client) refused {
		return refused{func(c *alibaba.Config) { c.HTTPClient = cl }, []string{"HTTPClient"}}
	}
	return map[string]refused{
		"zero":               {func(c *alibaba.Config) { *c = alibaba.Config{} }, []string{"Region", "Credentials"}},
		"no region":          region(""),
		"region in capitals": region("AP-Guangzhou"),
		"region with a dot":  region("ap.guangzhou"),
		"region with a path": region("ap/../x"),
		"region of a host":   region("evil.example.com#"),
		"region with space":  region("ap guangzhou"),
		"region with hyphen": region("-ap"),
		"region too long":    region(strings.Repeat("a", 64)),

		"no credentials":      {func(c *alibaba.Config) { c.Credentials = nil }, []string{"Credentials"}},
		"nil pointer":         {func(c *alibaba.Config) { c.Credentials = (*lent)(nil) }, []string{"Credentials"}},
		"credentials no ID":   {func(c *alibaba.Config) { c.Credentials = alibaba.StaticCredentials("", testKey, "") }, []string{"Credentials"}},
		"credentials no key":  {func(c *alibaba.Config) { c.Credentials = alibaba.StaticCredentials(testID, "", testToken) }, []string{"Credentials"}},
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

		"timeout below zero":  {func(c *alibaba.Config) { c.AttemptTimeout = -1 }, []string{"AttemptTimeout"}},
		"attempts below zero": {func(c *alibaba.Config) { c.Retry.MaxAttempts = -1 }, []string{"Retry.MaxAttempts"}},
		"elapsed below zero":  {func(c *alibaba.Config) { c.Retry.MaxElapsed = -1 }, []string{"Retry.MaxElapsed"}},
		"backoff below zero":  {func(c *alibaba.Config) { c.Retry.MinBackoff = -1 }, []string{"Retry.MinBackoff"}},
		"backoff contradicts": {func(c *alibaba.Config) { c.Retry.MinBackoff, c.Retry.MaxBackoff = 2, 1 }, []string{"Retry.MinBackoff"}},
		"unknown validation":  {func(c *alibaba.Config) { c.Validation = 7 }, []string{"Validation"}},
		"client timeout":      client(&http.Client{Timeout: -1}),
		"client TLS 1.1":      client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"client TLS to 1.1":   client(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS11}}}), //nolint:gosec // that is the fault
		"all at once": {func(c *alibaba.Config) {
			*c = alibaba.Config{Region: "!", Endpoint: "!", AttemptTimeout: -1, Retry: cgw.RetryPolicy{MaxElapsed: -1}, Validation: 7}
		}, []string{"Region", "Credentials", "Endpoint", "AttemptTimeout", "Retry.MaxElapsed", "Validation"}},
	}
}

func TestNewRefuses(t *testing.T) {
	for name, tc := range refusedConfigs() {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig()
			tc.change(&cfg)
			p, err := alibaba.New(cfg)
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
	require.Equal(t, cgw.Alibaba, e.Provider)
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
		_, err := alibaba.New(cfg)
		require.NoError(t, err, endpoint)
	}
	for name, change := range map[string]func(*alibaba.Config){
		"minimal":        func(c *alibaba.Config) { c.Validation = cgw.Minimal },
		"no repeats":     func(c *alibaba.Config) { c.Retry = cgw.RetryPolicy{MaxAttempts: 1} },
		"little backoff": func(c *alibaba.Config) { c.Retry = cgw.RetryPolicy{MaxBackoff: time.Millisecond} },
		"much backoff":   func(c *alibaba.Config) { c.Retry = cgw.RetryPolicy{MinBackoff: time.Minute} },
		"a day":          func(c *alibaba.Config) { c.AttemptTimeout = 24 * time.Hour },
		"zero client":    func(c *alibaba.Config) { c.HTTPClient = &http.Client{} },
		"TLS 1.3": func(c *alibaba.Config) {
			c.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}}
		},
	} {
		cfg := testConfig()
		change(&cfg)
		_, err := alibaba.New(cfg)
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
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_USER_AGENT",
		"ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_CREDENTIALS_URI", "HOME",
	} {
		t.Setenv(name, "from-the-environment")
	}
	srv := alibabatest.NewServer(alibabatest.Options{})
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

// TestHosts has where the requests go.
func TestHosts(t *testing.T) {
	for _, tc := range []struct{ region, endpoint, want string }{
		{"cn-hangzhou", "", "https://vpc.aliyuncs.com"},
		{"cn-shanghai", "", "https://vpc.cn-shanghai.aliyuncs.com"},
		{"nowhere-1", "", "https://vpc.nowhere-1.aliyuncs.com"},
		{"cn-hangzhou", "vpc.example.com", "https://vpc.example.com"},
		{"cn-hangzhou", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"cn-hangzhou", "https://[::1]:8443/", "https://[::1]:8443"},
	} {
		var h hosts
		cfg := testConfig()
		cfg.Region, cfg.Endpoint, cfg.HTTPClient = tc.region, tc.endpoint, &http.Client{Transport: &h}
		_, err := open(t, cfg).Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, []string{tc.want}, h.seen)
	}
}

func TestSDKClient(t *testing.T) {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	p := open(t, srv.Config())
	g, err := p.Create(t.Context(), testRequest())
	require.NoError(t, err)

	first, second := p.SDKClient(), p.SDKClient()
	require.NotSame(t, first, second)
	first.Endpoint, first.Credential, first.HttpClient = tea.String("other"), nil, nil
	r := &vpc.DescribeCustomerGatewaysRequest{RegionId: tea.String(alibabatest.DefaultRegion)}
	resp, err := second.DescribeCustomerGatewaysWithContext(t.Context(), r, &dara.RuntimeOptions{})
	require.NoError(t, err, "what is done to one client has nothing to do with another")
	require.Equal(t, g.ID, *resp.Body.CustomerGateways.CustomerGateway[0].CustomerGatewayId)
	got, err := p.Get(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, g.ID, got.ID)

	bad := &vpc.DescribeCustomerGatewayRequest{RegionId: r.RegionId, CustomerGatewayId: tea.String("cgw-none")}
	_, err = second.DescribeCustomerGatewayWithContext(t.Context(), bad, &dara.RuntimeOptions{})
	var sdk *tea.SDKError
	require.ErrorAs(t, err, &sdk, "its errors are the SDK's")
	require.Equal(t, "InvalidCustomerGatewayInstanceId.NotFound", *sdk.Code)
}

// TestSDKReadsProxies has what the SDK makes of the environment on every call, whatever client
// it is given: a proxy whose password it would send to the service.
func TestSDKReadsProxies(t *testing.T) {
	var got http.Header
	p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		_, _ = io.WriteString(w, withID(`"CustomerGatewayId":"cgw-1",`))
	})
	t.Setenv("HTTP_PROXY", "http://user:"+"pass-word"+"@127.0.0.1:1")
	_, err := p.Get(t.Context(), "cgw-1")
	require.NoError(t, err)
	require.NotEmpty(t, got.Get("Authorization"))
	require.Empty(t, got.Get("Proxy-Authorization"), "the password of the proxy is for the proxy")

	for _, malformed := range []string{"http://user:pass-word", "http://user:pass-word%zz@host", "http://user:pass-word@ho st:1", "http://u@host:pass-word"} {
		t.Setenv("HTTP_PROXY", malformed)
		_, err = p.Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable, malformed)
		require.NotContains(t, everything(err), "pass-word")
		require.NotContains(t, everything(err), "://")
	}
}

// TestSDKDebug shows what the documentation of the package warns of: it runs itself again with
// DEBUG=dara, which the SDK looks at when the program starts.
func TestSDKDebug(t *testing.T) {
	if os.Getenv("DEBUG") == "dara" {
		cfg := testConfig()
		cfg.HTTPClient = &http.Client{Transport: &hosts{}}
		_, err := open(t, cfg).Get(t.Context(), "cgw-1")
		require.Error(t, err)
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestSDKDebug$", "-test.v") //nolint:gosec // this program
	cmd.Env = append(os.Environ(), "DEBUG=dara")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "> POST https://vpc.aliyuncs.com/?CustomerGatewayId=cgw-1", "the SDK changed: so must the documentation")
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
	require.Equal(t, alibaba.Rules(), strict.Rules())
	require.Equal(t, alibaba.Rules().Minimal(), loose.Rules())
}
