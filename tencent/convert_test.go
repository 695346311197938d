package tencent_test

import (
	"bytes"
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
		return providertest.Reply(r, 200, withID(`"CustomerGateway":{`+fields+`"CustomerGatewayId":"cgw-mgp33pll"},`)), nil
	})}
	g, err := open(t, cfg).Create(t.Context(), req)
	require.NoError(t, err)
	return g, log.String()
}

func TestCreatedGateway(t *testing.T) {
	asked := providertest.Request()
	asked.Tags = map[string]string{"city": "上海"}
	filled := cgw.Gateway{
		Provider: cgw.Tencent, Region: "ap-guangzhou", ID: "cgw-mgp33pll", Name: asked.Name, IPAddress: asked.IPAddress,
		Tags: asked.Tags, RequestID: "5bd98433-263a",
	}
	for _, tc := range []struct {
		name, fields string
		change       func(*cgw.Gateway)
	}{
		{"nothing but an ID", ``, func(*cgw.Gateway) {}},
		{"nulls", `"CustomerGatewayName":null,"IpAddress":null,"CreatedTime":null,"BgpAsn":null,`, func(*cgw.Gateway) {}},
		{"as asked", `"CustomerGatewayName":"test-cgw","IpAddress":"58.211.1.12",`, func(*cgw.Gateway) {}},
		{"other than asked", `"CustomerGatewayName":"网关-1","IpAddress":"1.2.3.4","BgpAsn":141,`, func(g *cgw.Gateway) {
			g.Name, g.IPAddress, g.ASN = "网关-1", netip.MustParseAddr("1.2.3.4"), 141
		}},
		{"time without a zone", `"CreatedTime":"2018-04-18 10:00:00",`, func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC)
		}},
		{"new year in Shanghai", `"CreatedTime":"2024-01-01 07:59:59",`, func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC)
		}},
		{"time with a zone", `"CreatedTime":"2018-04-18T10:00:00Z",`, func(g *cgw.Gateway) {
			g.CreatedAt = time.Date(2018, 4, 18, 10, 0, 0, 0, time.UTC)
		}},
		{"no time", `"CreatedTime":"0000-00-00 00:00:00",`, func(*cgw.Gateway) {}},
		{"an address that is none", `"IpAddress":"58.211.xx.12",`, func(*cgw.Gateway) {}},
		{"a mapped address", `"IpAddress":"::ffff:1.2.3.4",`, func(g *cgw.Gateway) { g.IPAddress = netip.MustParseAddr("1.2.3.4") }},
		{"an ASN that is none", `"BgpAsn":4294967296,`, func(*cgw.Gateway) {}},
		{"an ASN of 0", `"BgpAsn":0,`, func(*cgw.Gateway) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := filled
			tc.change(&want)
			g, _ := create(t, tc.fields, asked)
			require.Equal(t, want, g)
		})
	}
}

// TestUnconfirmedASN leaves the ASN as the service has it, and says so.
func TestUnconfirmedASN(t *testing.T) {
	asked := providertest.Request()
	asked.ASN = 65001
	for fields, want := range map[string]cgw.ASN{`"BgpAsn":65001,`: 65001, ``: 0, `"BgpAsn":0,`: 0, `"BgpAsn":7,`: 7} {
		g, log := create(t, fields, asked)
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
