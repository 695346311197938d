package tencent_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

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
		cfg := config(harness().Config())
		cfg.Endpoint, cfg.TagEndpoint = tc.endpoint, tc.tagEndpoint
		cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.URL.Scheme+"://"+r.URL.Host)
			require.Equal(t, "en-US", r.Header.Get("X-TC-Language"))
			require.Equal(t, r.URL.Host, r.Host)
			rec := httptest.NewRecorder()
			_, _ = rec.WriteString(withID(`"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,`))
			return rec.Result(), nil
		})}
		_, err := providertest.Open(t, tencent.New, cfg).Get(t.Context(), "cgw-1")
		if tc.vpc != "" {
			require.Equal(t, []string{tc.vpc, tc.tag}, seen[:2], "%v", err)
		}
	}
}

// TestTagEndpointRefused has what New refuses of the second endpoint.
func TestTagEndpointRefused(t *testing.T) {
	for name, change := range map[string]func(*tencent.Config){
		"tag endpoint": func(c *tencent.Config) { c.TagEndpoint = "user:" + providertest.Secret + "@example.com" },
		"two schemes":  func(c *tencent.Config) { c.Endpoint, c.TagEndpoint = "http://a", "https://b" },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(harness().Config())
			change(&cfg)
			p, err := tencent.New(cfg)
			require.Nil(t, p)
			providertest.Refused(t, cgw.Tencent, err, "TagEndpoint")
		})
	}
}

// TestProcessWideClient has a program that set the SDK's own client: the SDK would change it.
func TestProcessWideClient(t *testing.T) {
	common.DefaultHttpClient = &http.Client{}
	defer func() { common.DefaultHttpClient = nil }()
	_, err := tencent.New(config(harness().Config()))
	providertest.Refused(t, cgw.Tencent, err, "common.DefaultHttpClient")
	require.Zero(t, common.DefaultHttpClient.Timeout)
}
