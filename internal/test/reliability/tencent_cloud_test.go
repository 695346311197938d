package reliability_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func tencentCloud() *cloud {
	name := renamed
	return &cloud{
		name:  "tencent",
		start: startTencent, connect: connectTencent,
		actions: map[string][]string{
			cgw.OpCreate: {"CreateCustomerGateway", "DescribeCustomerGateways"},
			cgw.OpGet:    {"DescribeCustomerGateways", "DescribeResourceTagsByResourceIds"},
			cgw.OpList:   {"DescribeCustomerGateways", "DescribeResourceTagsByResourceIds"},
			cgw.OpUpdate: {"ModifyCustomerGatewayAttribute", "ModifyResourceTags", "DescribeCustomerGateways", "DescribeResourceTagsByResourceIds"},
			cgw.OpDelete: {"DeleteCustomerGateway", "DescribeVpnConnections"},
		},
		throttled: "RequestLimitExceeded", conflict: "ResourceBusy", internal: "InternalError", denied: "UnauthorizedOperation",
		fields: cgw.CreateRequest{ASN: 64512, Tags: map[string]string{"env": "test"}},
		update: cgw.UpdateRequest{Name: &name, Tags: map[string]string{"env": "new"}},
	}
}

func startTencent(o options) *service {
	state := &tencenttest.State{}
	opts := tencenttest.Options{
		SecretKey: secretKey, Token: stsToken, Quota: o.quota, ReadLag: o.lag, Now: o.now, State: state,
		PlainHTTP: o.transport == plain, HTTP1: o.transport == http1,
	}
	s := &service{
		emulator: state,
		held: func() []held {
			var all []held
			for _, g := range state.Gateways() {
				all = append(all, held{g.ID, g.Name, g.IPAddress, g.ASN, g.Tags, g.CreatedAt})
			}
			return all
		},
		seed: func(gateways ...held) {
			for _, g := range gateways {
				state.Seed(tencenttest.Gateway{ID: g.id, Name: g.name, IPAddress: g.addr, ASN: g.asn, Tags: g.tags, CreatedAt: g.created})
			}
		},
	}
	s.open = func(set settings) (provisioner, error) { return connectTencent(s.url, set) }
	if o.own() {
		s.serve(o, tencenttest.NewHandler(opts), s.looseTencent)
		return s
	}
	srv := tencenttest.NewServer(opts)
	s.url, s.close = srv.URL, srv.Close
	s.base = func() http.RoundTripper { return srv.Client().Transport }
	return s
}

func connectTencent(url string, set settings) (provisioner, error) {
	return tencent.New(tencent.Config{
		Region: tencenttest.DefaultRegion, Endpoint: url,
		Credentials: tencent.StaticCredentials(tencenttest.DefaultSecretID, secretKey, stsToken),
		HTTPClient:  set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
		Logger: set.logger, Observe: set.observe,
	})
}

// looseTencent creates a second gateway if the emulator refused a create because the address is
// taken, and returns the new reply. Otherwise it returns nil.
func (s *service) looseTencent(r *http.Request, reply []byte) []byte {
	var e struct {
		Response struct{ Error struct{ Code string } }
	}
	if json.Unmarshal(reply, &e) != nil || e.Response.Error.Code != "InvalidParameterValue.Duplicate" {
		return nil
	}
	var p struct {
		CustomerGatewayName, IpAddress string //nolint:revive // the service's spelling
		BgpAsn                         uint32
	}
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &p)
	g := held{id: fmt.Sprintf("cgw-z%07d", len(s.held())), name: p.CustomerGatewayName, addr: p.IpAddress, asn: p.BgpAsn}
	s.seed(g)
	return fmt.Appendf(nil, `{"Response":{"CustomerGateway":{"CustomerGatewayId":%q,"CustomerGatewayName":%q,"IpAddress":%q,"CreatedTime":%q,"BgpAsn":%d},"RequestId":"loose"}}`,
		g.id, g.name, g.addr, time.Now().UTC().Add(8*time.Hour).Format(time.DateTime), g.asn)
}
