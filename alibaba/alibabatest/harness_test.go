package alibabatest_test

import (
	"net/http"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

const region = "cn-hangzhou"

// algorithms are the two ways in which the SDK signs.
var algorithms = map[string]string{"ACS3": "", "RPC": "v2"}

// caller gives the SDK a client that trusts the server: its own pool ignores CA settings.
type caller struct{ *http.Client }

func (c caller) Call(r *http.Request, _ *http.Transport) (*http.Response, error) { return c.Do(r) }

func start(t *testing.T, o alibabatest.Options) *alibabatest.Server {
	t.Helper()
	s := alibabatest.NewServer(o)
	t.Cleanup(s.Close)
	return s
}

// sdk returns the vendor's own client of the server.
func sdk(t *testing.T, s *alibabatest.Server, algorithm string) *vpc.Client {
	t.Helper()
	return sdkWith(t, s, &openapi.Config{
		AccessKeyId: dara.String("testid"), AccessKeySecret: dara.String("testsecret"),
		SignatureAlgorithm: &algorithm,
	})
}

func sdkWith(t *testing.T, s *alibabatest.Server, c *openapi.Config) *vpc.Client {
	t.Helper()
	scheme, host, _ := strings.Cut(s.URL, "://")
	c.Endpoint, c.Protocol, c.RegionId = &host, dara.String(strings.ToUpper(scheme)), dara.String(region)
	c.HttpClient = caller{s.Client()}
	if dara.StringValue(c.SignatureAlgorithm) == "" {
		c.SignatureAlgorithm = nil
	}
	client, err := vpc.NewClient(c)
	require.NoError(t, err)
	return client
}

// code returns the service's code and HTTP status of an SDK's error.
func code(t *testing.T, err error) (string, int) {
	t.Helper()
	var e *tea.SDKError
	require.ErrorAs(t, err, &e)
	return tea.StringValue(e.Code), tea.IntValue(e.StatusCode)
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	got, _ := code(t, err)
	require.Equal(t, want, got, "%v", err)
}

func createRequest(ip string) *vpc.CreateCustomerGatewayRequest {
	return &vpc.CreateCustomerGatewayRequest{RegionId: dara.String(region), IpAddress: &ip}
}

func create(t *testing.T, c *vpc.Client, ip string) string {
	t.Helper()
	r, err := c.CreateCustomerGateway(createRequest(ip))
	require.NoError(t, err)
	return dara.StringValue(r.Body.CustomerGatewayId)
}
