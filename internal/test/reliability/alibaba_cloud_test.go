package reliability_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

func alibabaCloud() *cloud {
	name, key := renamed, cgw.Secret(authKey)
	return &cloud{
		name:  "alibaba",
		start: startAlibaba, connect: connectAlibaba,
		actions: map[string][]string{
			cgw.OpCreate: {"CreateCustomerGateway", "DescribeCustomerGateways"},
			cgw.OpGet:    {"DescribeCustomerGateway"},
			cgw.OpList:   {"DescribeCustomerGateways"},
			cgw.OpUpdate: {"ModifyCustomerGatewayAttribute", "TagResources", "UnTagResources", "DescribeCustomerGateway"},
			cgw.OpDelete: {"DeleteCustomerGateway", "DescribeVpnConnections"},
		},
		throttled: "Throttling.User", conflict: "VpnGateway.Configuring", internal: "InternalError", denied: "Forbidden.RAM",
		fields: cgw.CreateRequest{ASN: 64512, Description: "of a test", AuthKey: authKey, Tags: map[string]string{"env": "test"}},
		update: cgw.UpdateRequest{Name: &name, AuthKey: &key, Tags: map[string]string{"stage": "new"}},
	}
}

func startAlibaba(o options) *service {
	state := &alibabatest.State{}
	if o.quota == 0 {
		o.quota = -1
	}
	opts := alibabatest.Options{
		AccessKeySecret: secretKey, SecurityToken: stsToken, Quota: o.quota, ReadLag: o.lag, Now: o.now, State: state,
		TokenLife: o.tokenLife, PlainHTTP: o.transport == plain, HTTP1: o.transport == http1,
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
				state.Seed(alibabatest.Gateway{ID: g.id, Name: g.name, IPAddress: g.addr, ASN: g.asn, Tags: g.tags, CreatedAt: g.created})
			}
		},
	}
	s.open = func(set settings) (provisioner, error) { return connectAlibaba(s.url, set) }
	if o.own() {
		s.serve(o, alibabatest.NewHandler(opts), s.looseAlibaba)
		return s
	}
	srv := alibabatest.NewServer(opts)
	s.url, s.close = srv.URL, srv.Close
	s.base = func() http.RoundTripper { return srv.Client().Transport }
	return s
}

func connectAlibaba(url string, set settings) (provisioner, error) {
	return alibaba.New(alibaba.Config{
		Region: alibabatest.DefaultRegion, Endpoint: url,
		Credentials: alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, secretKey, stsToken),
		HTTPClient:  set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
		Logger: set.logger, Observe: set.observe,
	})
}

// looseAlibaba creates a second gateway if the emulator refused a create because the address is
// taken, and returns the new reply. Otherwise it returns nil.
func (s *service) looseAlibaba(r *http.Request, reply []byte) []byte {
	var e struct{ Code string }
	if json.Unmarshal(reply, &e) != nil || e.Code != "InvalidIpAddress.AlreadyExist" {
		return nil
	}
	q := r.URL.Query()
	g := held{id: fmt.Sprintf("cgw-bp1loose%011d", len(s.held())), name: q.Get("Name"), addr: q.Get("IpAddress")}
	s.seed(g)
	return fmt.Appendf(nil, `{"RequestId":"loose","CustomerGatewayId":%q,"IpAddress":%q,"Name":%q,"CreateTime":%d}`,
		g.id, g.addr, g.name, time.Now().UnixMilli())
}
