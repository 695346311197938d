package alibabatest_test

import (
	"net/http"
	"net/url"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

func TestServerKinds(t *testing.T) {
	protocols := map[string]struct {
		scheme string
		major  int
	}{"HTTP/2": {"https", 2}, "HTTP/1.1": {"https", 1}, "plain": {"http", 1}}
	for kind, o := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := start(t, o)
			u, err := url.Parse(s.URL)
			require.NoError(t, err)
			require.Equal(t, protocols[kind].scheme, u.Scheme)
			require.Equal(t, "127.0.0.1", u.Hostname())
			resp, err := s.Client().Do(live(t, s, newRaw(listAction)))
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Equal(t, http.StatusOK, resp.StatusCode)
			require.Equal(t, protocols[kind].major, resp.ProtoMajor)
			create(t, sdk(t, s, ""), "203.0.113.1")
		})
	}
}

// A Config holds what a client needs.
func TestConfig(t *testing.T) {
	for _, token := range []string{"", "sts"} {
		s := start(t, alibabatest.Options{Region: "eu-central-1", AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: token})
		cfg := s.Config()
		require.Equal(t, "eu-central-1", cfg.Region)
		require.Nil(t, cfg.Limiter)
		u, err := url.Parse(cfg.Endpoint)
		require.NoError(t, err)
		client, err := vpc.NewClient(&openapi.Config{
			Credential: cfg.Credentials, Endpoint: &u.Host, Protocol: &u.Scheme, RegionId: &cfg.Region, HttpClient: caller{cfg.HTTPClient},
		})
		require.NoError(t, err)
		_, err = client.CreateCustomerGateway(&vpc.CreateCustomerGatewayRequest{RegionId: &cfg.Region, IpAddress: dara.String("203.0.113.1")})
		require.NoError(t, err)
	}
}

// A State outlives its server.
func TestStateOfTwoServers(t *testing.T) {
	state := &alibabatest.State{}
	first := alibabatest.NewServer(alibabatest.Options{State: state})
	id := create(t, sdk(t, first, ""), "203.0.113.1")
	first.Close()
	second := start(t, alibabatest.Options{State: state})
	_, err := sdk(t, second, "").CreateCustomerGateway(createRequest("203.0.113.1"))
	refused(t, err, "InvalidIpAddress.AlreadyExist")
	require.Equal(t, id, second.Gateways()[0].ID)
	require.Same(t, state, second.State)
}

func TestAddressTaken(t *testing.T) {
	s := start(t, alibabatest.Options{})
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	require.Panics(t, func() { alibabatest.NewServer(alibabatest.Options{Addr: u.Host}) })
	s.Close()
	again := start(t, alibabatest.Options{Addr: u.Host})
	require.Equal(t, s.URL, again.URL)
}

// The codes that documents list, with their statuses, as the SDK reads them.
func TestCodes(t *testing.T) {
	tests := []struct {
		code   string
		status int
	}{
		// The document of CreateCustomerGateway (2021).
		{"Forbbiden.SubUser", 403}, {"Forbidden", 403}, {"InvalidIpAddress.AlreadyExist", 400},
		{"InvalidIpAddress.WrongFormat", 400}, {"InvalidName", 400}, {"InvalidDescription", 400}, {"Resource.QuotaFull", 400},
		// Its siblings, and the page on idempotence.
		{"InvalidCustomerGatewayInstanceId.NotFound", 404}, {"DependencyViolation.VpnConnection", 400},
		{"VpnGateway.Configuring", 400}, {"VpnGateway.task.conflict", 400}, {"TaskConflict", 400}, {"LastTokenProcessing", 403},
		{"IdempotentParameterMismatch", 400}, {"InvalidIdempotenceParameter.Mismatch", 403},
		// The platform.
		{"Throttling", 400}, {"Throttling.User", 400}, {"ServiceUnavailable", 503}, {"InternalError", 500},
		{"InvalidAccessKeyId.NotFound", 404}, {"SignatureNonceUsed", 400}, {"InvalidTimeStamp.Expired", 400},
		{"Forbidden.RAM", 403}, {"NoPermission", 403}, {"Forbidden.AccessKeyDisabled", 403}, {"RealNameAuthenticationError", 403},
		{"InvalidRegionId.NotFound", 404}, {"InvalidAction.NotFound", 404}, {"QuotaExceeded", 400},
		// One of which nothing is known.
		{"Something.New", 400},
	}
	s := start(t, alibabatest.Options{})
	c := sdk(t, s, "")
	for _, test := range tests {
		s.ClearFaults()
		s.Inject(wire.Fault{Effect: wire.Refuse, Code: test.code})
		_, err := c.CreateCustomerGateway(createRequest("203.0.113.1"))
		got, status := code(t, err)
		require.Equal(t, test.code, got)
		require.Equal(t, test.status, status, test.code)
	}
	require.Empty(t, s.Gateways())
}
