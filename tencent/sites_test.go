package tencent_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

// TestSites has where requests go for each form of host.
func TestSites(t *testing.T) {
	const com, cn = ".tencentcloudapi.com", ".tencentcloudapi.cn"
	for _, tc := range []struct{ region, endpoint, vpc, tag string }{
		{"", "", "vpc.intl" + com, "tag.intl" + com},
		{"", "vpc.intl" + com, "vpc.intl" + com, "tag.intl" + com},
		{"", "vpc" + com, "vpc" + com, "tag" + com},
		{"", "vpc.internal" + com, "vpc.internal" + com, "tag.internal" + com},
		{"", "vpc.internal.ap-guangzhou" + com, "vpc.internal.ap-guangzhou" + com, "tag.internal" + com},
		{"", "vpc.ap-guangzhou" + com, "vpc.ap-guangzhou" + com, "tag" + com},
		{"", "vpc.na-siliconvalley" + com, "vpc.na-siliconvalley" + com, "tag" + com},
		{"", "vpc.intl.ap-singapore" + com, "vpc.intl.ap-singapore" + com, "tag.intl" + com},
		{"", "vpc.ap-singapore.intl" + com, "vpc.ap-singapore.intl" + com, "tag.intl" + com},
		{"", "vpc" + cn, "vpc" + cn, "tag" + cn},
		{"", "vpc.internal" + com + ".cn", "vpc.internal" + com + ".cn", "tag.internal" + com + ".cn"},
		// Case and ports.
		{"", "VPC.TencentCloudAPI.com", "vpc" + com, "tag" + com},
		{"", "https://VPC.Internal.TencentCloudAPI.COM:8443", "vpc.internal" + com + ":8443", "tag.internal" + com + ":8443"},
		{"", "vpc.ap-guangzhou" + com + ":443", "vpc.ap-guangzhou" + com + ":443", "tag" + com + ":443"},
		// Emulators and proxies serve both.
		{"", "proxy.example.com", "proxy.example.com", "proxy.example.com"},
		{"", "vpc.tencentcloudapi.com.example.org", "vpc.tencentcloudapi.com.example.org", "vpc.tencentcloudapi.com.example.org"},
		{"", "tencentcloudapi.com", "tencentcloudapi.com", "tencentcloudapi.com"},
		{"", "[::1]:8080", "[::1]:8080", "[::1]:8080"},
		{"ap-shanghai-fsi", "127.0.0.1:8080", "127.0.0.1:8080", "127.0.0.1:8080"},
	} {
		cfg := config(harness().Config())
		cfg.Endpoint = tc.endpoint
		if tc.region != "" {
			cfg.Region = tc.region
		}
		require.Equal(t, []string{tc.vpc, tc.tag}, hostsOf(t, cfg), tc.endpoint)
	}
}

// TestSitesThatAreNotKnown has hosts of the vendor's whose tag host no document names. They can be
// used by those who know it.
func TestSitesThatAreNotKnown(t *testing.T) {
	const com = ".tencentcloudapi.com"
	for _, tc := range []struct {
		region, endpoint string
		fields           []string
		says             string
	}{
		{"ap-shanghai-fsi", "vpc.ap-shanghai-fsi" + com, []string{"TagEndpoint"}, "is needed"},
		{"ap-shenzhen-fsi", "VPC.ap-shenzhen-fsi.TencentCloudAPI.com:443", []string{"TagEndpoint"}, "is needed"},
		{"ap-shanghai-adc", "vpc.ap-shanghai-adc" + com, []string{"TagEndpoint"}, "is needed"},
		{"ap-guangzhou", "vpc.test" + com, []string{"TagEndpoint"}, "is needed"},
		{"ap-guangzhou", "cvm" + com, []string{"TagEndpoint"}, "is needed"},
		{"ap-shanghai-fsi", "", []string{"Endpoint"}, "must be vpc.ap-shanghai-fsi" + com + ": a finance region has hosts of its own, so set TagEndpoint too"},
		{"ap-shanghai-fsi", "vpc.ap-shanghai" + com, []string{"Endpoint"}, "must be vpc.ap-shanghai-fsi" + com},
		{"ap-shanghai-fsi", "vpc.ap-shenzhen-fsi" + com, []string{"Endpoint", "TagEndpoint"}, "must be vpc.ap-shanghai-fsi" + com},
		{"ap-guangzhou", "vpc.ap-shanghai-fsi" + com, []string{"Endpoint", "TagEndpoint"}, "is that of the finance region ap-shanghai-fsi alone"},
		{"ap-guangzhou", "vpc.internal.ap-shanghai-fsi" + com, []string{"Endpoint", "TagEndpoint"}, "is that of the finance region ap-shanghai-fsi alone"},
		{"ap-guangzhou", "vpc.ap-shanghai-fsi.intl" + com, []string{"Endpoint", "TagEndpoint"}, "is that of the finance region ap-shanghai-fsi alone"},
		{"ap-shanghai-fsi", "vpc.internal.ap-shanghai-fsi" + com, []string{"TagEndpoint"}, "is needed"},
	} {
		cfg := config(harness().Config())
		cfg.Region, cfg.Endpoint = tc.region, tc.endpoint
		_, err := tencent.New(cfg)
		providertest.Refused(t, cgw.Tencent, err, tc.fields...)
		require.ErrorContains(t, err, tc.says)
		if len(tc.fields) == 1 && tc.fields[0] == "TagEndpoint" {
			cfg.TagEndpoint = "tag.known.example"
			require.Equal(t, "tag.known.example", hostsOf(t, cfg)[1])
		}
	}
}

// hostsOf returns the hosts that a Get asks, without the scheme.
func hostsOf(t *testing.T, cfg tencent.Config) []string {
	t.Helper()
	var seen []string
	cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
		require.Equal(t, r.URL.Host, r.Host)
		seen = append(seen, r.URL.Host)
		body := `"Tags":[],"TotalCount":0,`
		if r.Header.Get("X-TC-Action") == "DescribeCustomerGateways" {
			body = `"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,`
		}
		return providertest.Reply(r, 200, withID(body)), nil
	})}
	_, err := providertest.Open(t, tencent.New, cfg).Get(t.Context(), "cgw-1")
	require.NoError(t, err)
	return seen
}

// TestSitesDocument keeps docs/credentials.md as the table is.
func TestSitesDocument(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "credentials.md"))
	require.NoError(t, err)
	for _, row := range tencent.SiteRows() {
		require.True(t, strings.Contains(string(doc), row), "docs/credentials.md lacks the line\n%s", row)
	}
}
