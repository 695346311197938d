package tencent_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// createReply is the reply to a create, with further fields.
func createReply(fields string) string {
	return withID(`"CustomerGateway":{` + fields + `"CustomerGatewayId":"cgw-mgp33pll"},`)
}

func createdCases() []providertest.CreatedCase {
	all := []providertest.CreatedCase{
		{Name: "nulls", Fields: `"CustomerGatewayName":null,"IpAddress":null,"CreatedTime":null,"BgpAsn":null,`},
		{Name: "as asked", Fields: `"CustomerGatewayName":"test-cgw","IpAddress":"58.211.1.12",`},
		{Name: "other than asked", Fields: `"CustomerGatewayName":"网关-1","IpAddress":"1.2.3.4","BgpAsn":141,`, Change: func(g *cgw.Gateway) {
			g.Name, g.IPAddress, g.ASN = "网关-1", netip.MustParseAddr("1.2.3.4"), 141
		}},
		{Name: "time without a zone", Fields: `"CreatedTime":"2018-04-18 10:00:00",`, Change: func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC)
		}},
		{Name: "new year in Shanghai", Fields: `"CreatedTime":"2024-01-01 07:59:59",`, Change: func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC)
		}},
		{Name: "time with a zone", Fields: `"CreatedTime":"2018-04-18T10:00:00Z",`, Change: func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2018, 4, 18, 10, 0, 0, 0, time.UTC)
		}},
		{Name: "no time", Fields: `"CreatedTime":"0000-00-00 00:00:00",`},
		{Name: "an ASN that is none", Fields: `"BgpAsn":4294967296,`},
		{Name: "an ASN of 0", Fields: `"BgpAsn":0,`},
	}
	for form, n := range providertest.Numbers() {
		all = append(all, providertest.CreatedCase{Name: "ASN " + form, Fields: `"BgpAsn":` + form + `,`, Change: func(g *cgw.Gateway) { g.ASN = n }})
	}
	return all
}

// TestUnconfirmedASN leaves the ASN as the service has it, and says so.
func TestUnconfirmedASN(t *testing.T) {
	asked := providertest.Request()
	asked.ASN = 65001
	for fields, want := range map[string]cgw.ASN{`"BgpAsn":65001,`: 65001, ``: 0, `"BgpAsn":0,`: 0, `"BgpAsn":7,`: 7} {
		g, log := harness().Create(t, createReply(fields), asked)
		require.Equal(t, want, g.ASN)
		if want == asked.ASN {
			require.Empty(t, log)
			continue
		}
		require.Contains(t, log, "level=WARN")
		require.Contains(t, log, "asked=65001 confirmed="+want.String())
		require.Contains(t, log, "id=cgw-mgp33pll")
	}
}

// hard returns a create with the text for a name.
func hard(text string) cgw.CreateRequest {
	return cgw.CreateRequest{Name: text, Tags: map[string]string{"城市": "上海", "a +-=._:/@()": "空 =+", "empty": ""}}
}
