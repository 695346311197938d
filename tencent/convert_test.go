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
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// create sends a request to a service that answers with the gateway of these fields.
func create(t *testing.T, fields string, req cgw.CreateRequest) (cgw.Gateway, string) {
	t.Helper()
	var log bytes.Buffer
	cfg := testConfig()
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	cfg.HTTPClient = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
		return reply(r, withID(`"CustomerGateway":{`+fields+`"CustomerGatewayId":"cgw-mgp33pll"},`)), nil
	})}
	g, err := open(t, cfg).Create(t.Context(), req)
	require.NoError(t, err)
	return g, log.String()
}

func TestCreatedGateway(t *testing.T) {
	asked := testRequest()
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
	asked := testRequest()
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

// TestMappedAddress is unmapped before it is sent.
func TestMappedAddress(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	req := testRequest()
	req.IPAddress = netip.MustParseAddr("::ffff:58.211.1.12")
	g, err := open(t, srv.Config()).Create(t.Context(), req)
	require.NoError(t, err)
	require.True(t, g.IPAddress.Is4())
	require.Equal(t, "58.211.1.12", srv.Gateways()[0].IPAddress)
}

// TestRoundTrip sends what is hard to write and to sign, and reads it back.
func TestRoundTrip(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	p := open(t, srv.Config())
	for i, name := range []string{"plain", "网关 é ü", `quotes " ' \ back`, "a&b=c?d#e%20+f/~*", "o\u0308\u200c\u3000x", "<html>&amp;", "\U0001f600"} {
		req := testRequest()
		req.Name = name
		req.IPAddress = netip.AddrFrom4([4]byte{58, 211, 1, byte(i + 1)})
		req.ASN = 4294967295
		req.Tags = map[string]string{"城市": "上海", "a +-=._:/@()": "空 =+", "empty": ""}
		g, err := p.Create(t.Context(), req)
		require.NoError(t, err, name)
		require.Equal(t, name, g.Name)
		require.Equal(t, req.Tags, g.Tags)
		require.WithinDuration(t, time.Now(), g.CreatedAt, 5*time.Second)
		got, err := p.Get(t.Context(), g.ID)
		require.NoError(t, err)
		require.True(t, g.Equal(got), "%v\n%v", g, got)

		g.Tags["mine"], req.Tags["yours"] = "x", "x"
		again, err := p.Get(t.Context(), g.ID)
		require.NoError(t, err)
		require.True(t, got.Equal(again), "results share memory")
	}
}
