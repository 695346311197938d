package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

func alibabaKeys() credentials.Credential {
	return alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret, "")
}

func alibabaCGW(s *service, trusting bool) (client, error) {
	cfg := alibaba.Config{Region: alibabatest.DefaultRegion, Credentials: alibabaKeys(), Endpoint: s.URL, Retry: s.retry}
	if trusting {
		cfg.HTTPClient = &http.Client{Transport: transport(s, true)}
	}
	p, err := alibaba.New(cfg)
	if err != nil {
		return client{}, err
	}
	return ofCGW(p), nil
}

// alibabaClient returns the SDK's client, and the options for each call, with both of its kinds
// of retries switched on: the older one of the options, and the newer one of the client, a
// second apart.
func alibabaClient(s *service, trusting bool) (*vpc.Client, *dara.RuntimeOptions, error) {
	options := &dara.RuntimeOptions{
		Autoretry: dara.Bool(true), MaxAttempts: dara.Int(3), BackoffPolicy: dara.String("fixed"), BackoffPeriod: dara.Int(1),
	}
	if trusting {
		options.Ca = dara.String(s.authority())
	}
	c, err := vpc.NewClient(&openapi.Config{
		Credential: alibabaKeys(), RegionId: dara.String(alibabatest.DefaultRegion),
		Endpoint: dara.String(strings.TrimPrefix(s.URL, "https://")), Protocol: dara.String("HTTPS"),
		RetryOptions: &dara.RetryOptions{Retryable: true, RetryCondition: []*dara.RetryCondition{{
			MaxAttempts: 3, MaxDelay: 4000, Backoff: &dara.FixedBackoffPolicy{Period: 1000},
			ErrorCode: []string{"Throttling", "Throttling.User", "Throttling.Api", "ServiceUnavailable"},
		}}},
	})
	return c, options, err
}

func alibabaSDK(s *service, trusting bool) (client, error) {
	c, options, err := alibabaClient(s, trusting)
	return client{
		create: func(ctx context.Context, o order) answer { return alibabaCreate(ctx, c, options, o) },
		read: func(ctx context.Context) error {
			_, err := c.DescribeCustomerGatewaysWithContext(ctx,
				&vpc.DescribeCustomerGatewaysRequest{RegionId: dara.String(alibabatest.DefaultRegion)}, options)
			return err
		},
	}, err
}

// alibabaCreate makes one call of the SDK, with a token of its own.
func alibabaCreate(ctx context.Context, c *vpc.Client, options *dara.RuntimeOptions, o order) answer {
	resp, err := c.CreateCustomerGatewayWithContext(ctx, &vpc.CreateCustomerGatewayRequest{
		RegionId: dara.String(alibabatest.DefaultRegion), IpAddress: dara.String(o.ip.String()), Name: &o.name,
		ClientToken: dara.String(rand.Text()),
	}, options)
	if err != nil || resp.Body == nil || resp.Body.CustomerGatewayId == nil {
		return answer{err: err}
	}
	return answer{id: *resp.Body.CustomerGatewayId}
}

// alibabaLoop repeats the create, with a new token each time, when the network failed or the
// service asked for it.
func alibabaLoop(s *service, trusting bool) (client, error) {
	c, options, err := alibabaClient(s, trusting)
	again := func(a answer) bool {
		var e *tea.SDKError
		if errors.As(a.err, &e) {
			code := tea.StringValue(e.Code)
			return strings.HasPrefix(code, "Throttling") || code == "ServiceUnavailable"
		}
		var syntax *json.SyntaxError
		return a.err != nil && !errors.As(a.err, &syntax) // of the network
	}
	l, newErr := alibabaSDK(s, trusting)
	l.create = func(ctx context.Context, o order) answer {
		return repeat(func() answer { return alibabaCreate(ctx, c, options, o) }, again)
	}
	return l, errors.Join(err, newErr)
}
