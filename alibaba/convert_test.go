package alibaba_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// create sends a request to a service that answers with the gateway of these fields.
func create(t *testing.T, fields string, req cgw.CreateRequest) (cgw.Gateway, string) {
	t.Helper()
	var log bytes.Buffer
	cfg := testConfig()
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
		return providertest.Reply(r, 200, withID(fields+`"CustomerGatewayId":"cgw-mgp33pll",`)), nil
	})}
	g, err := open(t, cfg).Create(t.Context(), req)
	require.NoError(t, err)
	return g, log.String()
}

func TestCreatedGateway(t *testing.T) {
	asked := providertest.Request()
	asked.Description, asked.ASN, asked.ResourceGroupID = "about it", 65001, "rg-1"
	asked.Tags = map[string]string{"city": "上海"}
	filled := cgw.Gateway{
		Provider: cgw.Alibaba, Region: "cn-hangzhou", ID: "cgw-mgp33pll", Name: asked.Name, Description: asked.Description,
		IPAddress: asked.IPAddress, ASN: asked.ASN, ResourceGroupID: asked.ResourceGroupID,
		Tags: asked.Tags, RequestID: "D32B3C26-6C6C",
	}
	for _, tc := range []struct {
		name, fields string
		change       func(*cgw.Gateway)
	}{
		{"nothing but an ID", ``, func(*cgw.Gateway) {}},
		{"nulls", `"Name":null,"Description":null,"IpAddress":null,"CreateTime":null,`, func(*cgw.Gateway) {}},
		{"as asked", `"Name":"test-cgw","IpAddress":"58.211.1.12",`, func(*cgw.Gateway) {}},
		{"other than asked", `"Name":"网关-1","Description":"other","IpAddress":"1.2.3.4",`, func(g *cgw.Gateway) {
			g.Name, g.Description, g.IPAddress = "网关-1", "other", netip.MustParseAddr("1.2.3.4")
		}},
		{"milliseconds", `"CreateTime":1493363486001,`, func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2017, 4, 28, 7, 11, 26, 1e6, time.UTC)
		}},
		{"milliseconds as a text", `"CreateTime":"1493363486000",`, func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2017, 4, 28, 7, 11, 26, 0, time.UTC)
		}},
		{"no time", `"CreateTime":0,`, func(*cgw.Gateway) {}},
		{"a time before 1970", `"CreateTime":-1,`, func(*cgw.Gateway) {}},
		{"an address that is none", `"IpAddress":"58.211.xx.12",`, func(*cgw.Gateway) {}},
		{"a mapped address", `"IpAddress":"::ffff:1.2.3.4",`, func(g *cgw.Gateway) { g.IPAddress = netip.MustParseAddr("1.2.3.4") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := filled
			tc.change(&want)
			g, _ := create(t, tc.fields, asked)
			require.Equal(t, want, g)
		})
	}
}

// TestReadGateway has what only the replies of reads have: the ASN as a number, the AuthKey.
func TestReadGateway(t *testing.T) {
	for fields, want := range map[string]cgw.ASN{`"Asn":65001,`: 65001, `"Asn":null,`: 0, ``: 0, `"Asn":0,`: 0, `"Asn":-1,`: 0, `"Asn":4294967296,`: 0} {
		one := `"CustomerGatewayId":"cgw-1",` + fields + `"AuthKey":"` + providertest.Secret + `","ResourceGroupId":"rg-1","Tags":{"Tag":[{"Key":"k","Value":"v"},null,{"Key":"empty"}]}`
		cfg := testConfig()
		cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
			return providertest.Reply(r, 200, withID(one+`,"TotalCount":1,"CustomerGateways":{"CustomerGateway":[{`+one+`}]},`)), nil
		})}
		p := open(t, cfg)
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
