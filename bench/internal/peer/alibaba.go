package peer

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

func alibabaCloud() Cloud {
	return Cloud{
		Name: "Alibaba", CGW: alibabaCGW, SDK: alibabaSDK, Repeats: alibabaRepeats, Serve: alibabaServe,
		Busy: wire.Fault{
			Effect: wire.Replace, Status: http.StatusBadRequest, Header: http.Header{"X-Acs-Retry-After": {"2000"}},
			Body: `{"Code":"Throttling.User","Message":"Too many requests.","RequestId":"C0FFEE00-0000-4000-8000-000000000000","HostId":"vpc"}`,
		},
		PerList: 50,
	}
}

func alibabaServe(rate int, latency time.Duration) Emulator {
	state := new(alibabatest.State)
	return Emulator{
		Handler: alibabatest.NewHandler(alibabatest.Options{Rate: rate, Latency: latency, Quota: -1, State: state}), State: state,
		Seed: func(name string, ip netip.Addr) {
			state.Seed(alibabatest.Gateway{Name: name, IPAddress: ip.String(), Tags: map[string]string{"n": name}})
		},
	}
}

func alibabaKeys() credentials.Credential {
	return alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret, "")
}

func alibabaCGW(o Options) (Provisioner, error) {
	cfg := alibaba.Config{Region: alibabatest.DefaultRegion, Credentials: alibabaKeys(), Endpoint: o.URL, Retry: o.Retry, HTTPClient: o.httpClient()}
	if o.Rate > 0 {
		cfg.Limiter = alibaba.NewLimiter(o.Rate)
	}
	return alibaba.New(cfg)
}

// pooled has the SDK send through its user's pool. The transport that the SDK makes for each
// call is not used: its connections would leak.
type pooled struct{ *http.Client }

// Call implements the SDK's dara.HttpClient.
func (p pooled) Call(r *http.Request, _ *http.Transport) (*http.Response, error) { return p.Do(r) }

func alibabaSDK(o Options) (Client, error) {
	region := dara.String(alibabatest.DefaultRegion)
	cfg := &openapi.Config{
		Credential: alibabaKeys(), RegionId: region,
		Endpoint: dara.String(strings.TrimPrefix(o.URL, "https://")), Protocol: dara.String("HTTPS"),
	}
	runtime := &dara.RuntimeOptions{}
	if o.Trust != nil {
		runtime.Ca = dara.String(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Trust.Raw})))
	}
	if o.Pool != nil {
		// The SDK has no time limit of its own; this is the one that Tencent's SDK has.
		cfg.HttpClient = pooled{&http.Client{Transport: o.Pool, Timeout: time.Minute}}
	}
	if o.Retries { // both kinds: the older one of the call, and the newer one of the client, a second apart
		runtime.Autoretry, runtime.MaxAttempts = dara.Bool(true), dara.Int(3)
		runtime.BackoffPolicy, runtime.BackoffPeriod = dara.String("fixed"), dara.Int(1)
		cfg.RetryOptions = &dara.RetryOptions{Retryable: true, RetryCondition: []*dara.RetryCondition{{
			MaxAttempts: 3, MaxDelay: 4000, Backoff: &dara.FixedBackoffPolicy{Period: 1000},
			ErrorCode: []string{"Throttling", "Throttling.User", "Throttling.Api", "ServiceUnavailable"},
		}}}
	}
	made, err := vpc.NewClient(cfg)
	if err != nil {
		return Client{}, err
	}
	// The SDK's clients write to themselves on every call.
	client := func() *vpc.Client {
		if !o.Copies {
			return made
		}
		c := *made
		return &c
	}
	get := func(ctx context.Context, id string) error {
		_, err := client().DescribeCustomerGatewayWithContext(ctx, &vpc.DescribeCustomerGatewayRequest{RegionId: region, CustomerGatewayId: &id}, runtime)
		return err
	}
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			resp, err := client().CreateCustomerGatewayWithContext(ctx, &vpc.CreateCustomerGatewayRequest{
				RegionId: region, IpAddress: dara.String(ip.String()), Name: &name, ClientToken: dara.String(rand.Text()),
			}, runtime)
			if err != nil || resp.Body == nil || resp.Body.CustomerGatewayId == nil {
				return "", err
			}
			return *resp.Body.CustomerGatewayId, nil
		},
		Get: get,
		Rename: func(ctx context.Context, id, name string) error {
			_, err := client().ModifyCustomerGatewayAttributeWithContext(ctx, &vpc.ModifyCustomerGatewayAttributeRequest{
				RegionId: region, CustomerGatewayId: &id, Name: &name, ClientToken: dara.String(rand.Text()),
			}, runtime)
			if err != nil {
				return err
			}
			return get(ctx, id)
		},
	}, nil
}

// alibabaRepeats repeats if the network failed, or the service asks for it.
func alibabaRepeats(_ string, err error) bool {
	var e *tea.SDKError
	if errors.As(err, &e) {
		code := tea.StringValue(e.Code)
		return strings.HasPrefix(code, "Throttling") || code == "ServiceUnavailable"
	}
	var syntax *json.SyntaxError
	return err != nil && !errors.As(err, &syntax)
}
