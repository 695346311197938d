package measure

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"strings"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

const alibabaRegion = alibabatest.DefaultRegion

func alibabaKeys() credentials.Credential {
	return alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret, "")
}

// pooled has the SDK send through a client of its user's. The transport that the SDK makes for
// each call is left alone, as using it would leak connections.
type pooled struct{ *http.Client }

// Call implements the SDK's dara.HttpClient.
func (p pooled) Call(r *http.Request, _ *http.Transport) (*http.Response, error) { return p.Do(r) }

// rawAlibaba returns the SDK's client, on the pool if there is one.
func rawAlibaba(url string, pool *http.Transport) (Client, error) {
	cfg := &openapi.Config{
		Credential: alibabaKeys(), RegionId: dara.String(alibabaRegion),
		Endpoint: dara.String(strings.TrimPrefix(url, "https://")), Protocol: dara.String("HTTPS"),
	}
	done := func() {}
	if pool != nil {
		// The SDK has no time limit of its own; this is the one that Tencent's SDK has.
		cfg.HttpClient = pooled{&http.Client{Transport: pool, Timeout: time.Minute}}
		done = pool.CloseIdleConnections
	}
	shared, err := vpc.NewClient(cfg)
	if err != nil {
		return Client{}, err
	}
	// The SDK's clients write to themselves on every call, so each call has a copy.
	client := func() *vpc.Client {
		c := *shared
		return &c
	}
	get := func(ctx context.Context, id string) error {
		_, err := client().DescribeCustomerGatewayWithContext(ctx, &vpc.DescribeCustomerGatewayRequest{
			RegionId: dara.String(alibabaRegion), CustomerGatewayId: &id,
		}, &dara.RuntimeOptions{})
		return err
	}
	return Client{
		Create: func(ctx context.Context, name string, ip netip.Addr) (string, error) {
			resp, err := client().CreateCustomerGatewayWithContext(ctx, &vpc.CreateCustomerGatewayRequest{
				RegionId: dara.String(alibabaRegion), IpAddress: dara.String(ip.String()), Name: &name,
				ClientToken: dara.String(rand.Text()),
			}, &dara.RuntimeOptions{})
			if err != nil {
				return "", err
			}
			return *resp.Body.CustomerGatewayId, nil
		},
		Get: get,
		Rename: func(ctx context.Context, id, name string) error {
			_, err := client().ModifyCustomerGatewayAttributeWithContext(ctx, &vpc.ModifyCustomerGatewayAttributeRequest{
				RegionId: dara.String(alibabaRegion), CustomerGatewayId: &id, Name: &name,
				ClientToken: dara.String(rand.Text()),
			}, &dara.RuntimeOptions{})
			if err != nil {
				return err
			}
			return get(ctx, id)
		},
		Close: done,
	}, nil
}
