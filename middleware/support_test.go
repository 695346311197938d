package middleware_test

import (
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

const owner = "netops"

func ptr[T any](v T) *T { return &v }

// withTokens and withoutTokens are Fakes of a cloud that differs as Alibaba's and Tencent's do.
func withTokens() *cgwtest.Fake {
	return &cgwtest.Fake{Like: cgw.Rules{
		Provider: cgw.Alibaba, ASN: cgw.ASNRule{Immutable: true}, Tags: cgw.TagRule{MaxCount: 4},
		ClientToken: cgw.TextRule{Max: 64, ASCII: true},
	}}
}

func withoutTokens() *cgwtest.Fake {
	no := cgw.TextRule{Unsupported: true}
	return &cgwtest.Fake{Like: cgw.Rules{
		Provider: cgw.Tencent, Name: cgw.TextRule{Required: true}, Description: no, ResourceGroupID: no, AuthKey: no, ClientToken: no,
	}}
}

func siteSpec() cgw.CreateRequest {
	return cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "paris-1", ASN: 64512, Tags: map[string]string{"env": "prod"},
	}
}

// seeded returns siteSpec as a gateway of an owner.
func seeded(by string) cgw.Gateway {
	g := cgw.Gateway{ID: "cgw-1", IPAddress: siteSpec().IPAddress, Name: siteSpec().Name, ASN: siteSpec().ASN, Tags: siteSpec().Tags}
	g.Tags[ensure.DefaultOwnerKey] = by
	return g
}

// rolesOnly hides all that is not a role.
type rolesOnly struct{ cgw.Provisioner }
