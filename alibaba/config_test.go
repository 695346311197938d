package alibaba_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

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
		var h providertest.Hosts
		cfg := harness().Config()
		cfg.Region, cfg.Endpoint, cfg.HTTPClient = tc.region, tc.endpoint, &http.Client{Transport: &h}
		_, err := harness().Open(t, cfg).Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, []string{tc.want}, h.Seen)
	}
}

// TestSDKReadsProxies has what the SDK makes of the environment on every call, whatever client
// it is given: a proxy whose password it would send to the service.
func TestSDKReadsProxies(t *testing.T) {
	var got http.Header
	p := harness().Serve(t, func(w http.ResponseWriter, r *http.Request) {
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
		require.NotContains(t, providertest.Everything(err), "pass-word")
		require.NotContains(t, providertest.Everything(err), "://")
	}
}

// TestSDKDebug shows what the documentation of the package warns of: it runs itself again with
// DEBUG=dara, which the SDK looks at when the program starts.
func TestSDKDebug(t *testing.T) {
	if os.Getenv("DEBUG") == "dara" {
		cfg := harness().Config()
		cfg.HTTPClient = &http.Client{Transport: new(providertest.Hosts)}
		_, err := harness().Open(t, cfg).Get(t.Context(), "cgw-1")
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
