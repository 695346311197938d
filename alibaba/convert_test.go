package alibaba_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// createReply is the reply to a create, with further fields.
func createReply(fields string) string {
	return withID(fields + `"CustomerGatewayId":"cgw-mgp33pll",`)
}

func createdCases() []providertest.CreatedCase {
	return []providertest.CreatedCase{
		{Name: "nulls", Fields: `"Name":null,"Description":null,"IpAddress":null,"CreateTime":null,`},
		{Name: "as asked", Fields: `"Name":"test-cgw","IpAddress":"58.211.1.12",`},
		{Name: "other than asked", Fields: `"Name":"网关-1","Description":"other","IpAddress":"1.2.3.4",`, Change: func(g *cgw.Gateway) {
			g.Name, g.Description, g.IPAddress = "网关-1", "other", netip.MustParseAddr("1.2.3.4")
		}},
		{Name: "milliseconds", Fields: `"CreateTime":1493363486001,`, Change: func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2017, 4, 28, 7, 11, 26, 1e6, time.UTC)
		}},
		{Name: "milliseconds as a text", Fields: `"CreateTime":"1493363486000",`, Change: func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2017, 4, 28, 7, 11, 26, 0, time.UTC)
		}},
		{Name: "no time", Fields: `"CreateTime":0,`},
		{Name: "a time before 1970", Fields: `"CreateTime":-1,`},
	}
}

// TestReadGateway has what only the replies of reads have: the ASN as a number, the AuthKey.
func TestReadGateway(t *testing.T) {
	for fields, want := range map[string]cgw.ASN{`"Asn":65001,`: 65001, `"Asn":null,`: 0, ``: 0, `"Asn":0,`: 0, `"Asn":-1,`: 0, `"Asn":4294967296,`: 0} {
		one := `"CustomerGatewayId":"cgw-1",` + fields + `"AuthKey":"` + providertest.Secret + `","ResourceGroupId":"rg-1","Tags":{"Tag":[{"Key":"k","Value":"v"},null,{"Key":"empty"}]}`
		cfg := harness().Config()
		cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
			return providertest.Reply(r, 200, withID(one+`,"TotalCount":1,"CustomerGateways":{"CustomerGateway":[{`+one+`}]},`)), nil
		})}
		p := harness().Open(t, cfg)
		got, err := p.Get(t.Context(), "cgw-1")
		require.NoError(t, err)
		require.Equal(t, want, got.ASN, fields)
		require.Equal(t, "rg-1", got.ResourceGroupID)
		require.Equal(t, map[string]string{"k": "v", "empty": ""}, got.Tags)
		require.NotContains(t, fmt.Sprintf("%+v", got), providertest.Secret)
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.True(t, got.Equal(all[0]))
	}
}

// hard returns a create with the text in its description and in a tag: names take letters, digits
// and three marks alone.
func hard(text string) cgw.CreateRequest {
	return cgw.CreateRequest{
		Name: "网关.b_c-d", Description: "d" + text, AuthKey: `!"#$%&'()*+,-./:;<=>@[\]^_{|}~`,
		Tags: map[string]string{"城市": "上海", text: text, "empty": ""},
	}
}
