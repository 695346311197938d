package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func tencentKeys() common.CredentialIface {
	return tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, "")
}

// transport trusts the service, or only whom the machine trusts.
func transport(s *service, trusting bool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if trusting {
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return t
}

func tencentCGW(s *service, trusting bool) (client, error) {
	cfg := tencent.Config{Region: tencenttest.DefaultRegion, Credentials: tencentKeys(), Endpoint: s.URL, Retry: s.retry}
	if trusting {
		cfg.HTTPClient = &http.Client{Transport: transport(s, true)}
	}
	p, err := tencent.New(cfg)
	if err != nil {
		return client{}, err
	}
	return ofCGW(p), nil
}

// tencentClient returns the SDK's client with both of its kinds of retries switched on, and
// their own waits: a second, then two, then four.
func tencentClient(s *service, trusting bool) (*vpc.Client, error) {
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint = strings.TrimPrefix(s.URL, "https://")
	p.NetworkFailureMaxRetries, p.RateLimitExceededMaxRetries = 3, 3
	c, err := vpc.NewClient(tencentKeys(), tencenttest.DefaultRegion, p)
	if err != nil {
		return nil, err
	}
	c.WithHttpTransport(transport(s, trusting))
	return c, nil
}

func tencentSDK(s *service, trusting bool) (client, error) {
	c, err := tencentClient(s, trusting)
	if err != nil {
		return client{}, err
	}
	return client{
		create: func(ctx context.Context, o order) answer { return tencentCreate(ctx, c, o) },
		read: func(ctx context.Context) error {
			_, err := c.DescribeCustomerGatewaysWithContext(ctx, vpc.NewDescribeCustomerGatewaysRequest())
			return err
		},
	}, nil
}

func tencentCreate(ctx context.Context, c *vpc.Client, o order) answer {
	r := vpc.NewCreateCustomerGatewayRequest()
	r.CustomerGatewayName, r.IpAddress = &o.name, common.StringPtr(o.ip.String())
	resp, err := c.CreateCustomerGatewayWithContext(ctx, r)
	if err != nil || resp.Response == nil || resp.Response.CustomerGateway == nil || resp.Response.CustomerGateway.CustomerGatewayId == nil {
		return answer{err: err}
	}
	return answer{id: *resp.Response.CustomerGateway.CustomerGatewayId}
}

// tencentLoop repeats the create when the network failed or the reply held no gateway, as
// tools do that have no other way.
func tencentLoop(s *service, trusting bool) (client, error) {
	c, err := tencentClient(s, trusting)
	if err != nil {
		return client{}, err
	}
	again := func(a answer) bool {
		var e *sdkerrors.TencentCloudSDKError
		if errors.As(a.err, &e) {
			return e.Code == "ClientError.NetworkError" || e.Code == "RequestLimitExceeded"
		}
		return a.err == nil && a.id == ""
	}
	l, err := tencentSDK(s, trusting)
	l.create = func(ctx context.Context, o order) answer {
		return repeat(func() answer { return tencentCreate(ctx, c, o) }, again)
	}
	return l, err
}

// repeat is the loop of a tool: five times at the most, with a wait that takes no notice of the
// context.
func repeat(create func() answer, again func(answer) bool) answer {
	const times, wait = 5, 100 * time.Millisecond
	for n := 1; ; n++ {
		a := create()
		if n == times || !again(a) {
			return a
		}
		time.Sleep(wait)
	}
}
