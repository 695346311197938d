package alibabatest_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"testing"

	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

func TestXML(t *testing.T) {
	h, s := handler(alibabatest.Options{Now: clock})
	s.Seed(
		alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1", Name: "a<b&c", ASN: 65530, AuthKey: "k", Tags: map[string]string{"x": "1", "y": ""}},
		alibabatest.Gateway{ID: "cgw-2", IPAddress: "203.0.113.2"},
	)
	ids := regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|cgw-bp1[a-z0-9]{18}`)
	const one = `<CustomerGatewayId>cgw-1</CustomerGatewayId><IpAddress>203.0.113.1</IpAddress><Name>a&lt;b&amp;c</Name>` +
		`<CreateTime>1795302206123</CreateTime><Asn>65530</Asn><AuthKey>k</AuthKey><ResourceGroupId>rg-acfmdefault</ResourceGroupId>` +
		`<Tags><Tag><Key>x</Key><Value>1</Value></Tag><Tag><Key>y</Key><Value></Value></Tag></Tags>`
	tests := []struct {
		name, action string
		params       []string
		status       int
		want         string
	}{
		{"create", createAction, []string{"IpAddress", "203.0.113.9"}, 200, `<CreateCustomerGatewayResponse><RequestId>ID</RequestId>` +
			`<CustomerGatewayId>ID</CustomerGatewayId><IpAddress>203.0.113.9</IpAddress><CreateTime>1795302206123</CreateTime></CreateCustomerGatewayResponse>`},
		{"get", getAction, []string{"CustomerGatewayId", "cgw-1"}, 200,
			`<DescribeCustomerGatewayResponse><RequestId>ID</RequestId>` + one + `</DescribeCustomerGatewayResponse>`},
		{"list", listAction, []string{"PageSize", "2"}, 200, `<DescribeCustomerGatewaysResponse><RequestId>ID</RequestId>` +
			`<PageNumber>1</PageNumber><PageSize>2</PageSize><TotalCount>3</TotalCount><CustomerGateways><CustomerGateway>` + one +
			`</CustomerGateway><CustomerGateway><CustomerGatewayId>cgw-2</CustomerGatewayId><IpAddress>203.0.113.2</IpAddress>` +
			`<CreateTime>1795302206123</CreateTime><ResourceGroupId>rg-acfmdefault</ResourceGroupId><Tags></Tags></CustomerGateway></CustomerGateways></DescribeCustomerGatewaysResponse>`},
		{"delete", deleteAction, []string{"CustomerGatewayId", "cgw-2"}, 200,
			`<DeleteCustomerGatewayResponse><RequestId>ID</RequestId></DeleteCustomerGatewayResponse>`},
		{"error", deleteAction, []string{"CustomerGatewayId", "cgw-2"}, 404, `<Error><RequestId>ID</RequestId><HostId>vpc.example.test:4443</HostId>` +
			`<Code>InvalidCustomerGatewayInstanceId.NotFound</Code><Message>The specified customer gateway instance id does not exist.</Message>` +
			`<Recommend>https://api.aliyun.com/troubleshoot?q=InvalidCustomerGatewayInstanceId.NotFound&amp;product=Vpc&amp;requestId=ID</Recommend></Error>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newRaw(test.action, append(test.params, "Format", "XML")...)
			c.now, c.method = clock, http.MethodGet
			got := send(t, h, c.rpc())
			require.Equal(t, test.status, got.status, got.text)
			require.Equal(t, "text/xml;charset=utf-8", got.header.Get("Content-Type"))
			require.Equal(t, test.want, ids.ReplaceAllString(got.text, "ID"))
			require.Contains(t, got.text, got.header.Get("x-acs-request-id"))
		})
	}
	t.Run("not authenticated", func(t *testing.T) {
		c := newRaw(listAction, "Format", "xml")
		c.now, c.secret = clock, "wrong"
		got := send(t, h, c.rpc())
		require.Equal(t, "text/xml;charset=utf-8", got.header.Get("Content-Type"))
		var e struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
		}
		require.NoError(t, xml.Unmarshal([]byte(got.text), &e))
		require.Equal(t, "SignatureDoesNotMatch", e.Code)
	})
}

// XML says of connections what JSON says, read by the vendor's types.
func TestXMLConnections(t *testing.T) {
	h, s := handler(alibabatest.Options{Now: clock})
	richest(s)
	in := func(format string, body any) {
		c := newRaw("DescribeVpnConnections", "Format", format)
		c.now = clock
		got := send(t, h, c.rpc())
		require.Equal(t, http.StatusOK, got.status, got.text)
		if format == "XML" {
			require.NoError(t, xml.Unmarshal([]byte(got.text), body))
		} else {
			require.NoError(t, json.Unmarshal([]byte(got.text), body))
		}
	}
	var fromXML, fromJSON vpc.DescribeVpnConnectionsResponseBody
	in("XML", &fromXML)
	in("JSON", &fromJSON)
	fromXML.RequestId = fromJSON.RequestId
	// A list without elements is absent in XML.
	fromJSON.VpnConnections.VpnConnection[1].Tag.Tag = nil
	require.Equal(t, fromJSON, fromXML)
	require.Len(t, fromXML.VpnConnections.VpnConnection[0].TunnelOptionsSpecification.TunnelOptions, 2)
}

func TestFormats(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	for format, want := range map[string]string{
		"": "application/json;charset=utf-8", "json": "application/json;charset=utf-8", "JSON": "application/json;charset=utf-8",
		"XML": "text/xml;charset=utf-8", "xml": "text/xml;charset=utf-8",
	} {
		require.Equal(t, want, call(t, h, listAction, "Format", format).header.Get("Content-Type"), format)
	}
}

// The sample of the document of CreateCustomerGateway (2021), with digits for the masked ones.
func TestDocumentedSample(t *testing.T) {
	h, s := handler(alibabatest.Options{Region: "cn-shanghai", Now: clock})
	c := newRaw(createAction, "IpAddress", "116.23.45.12", "RegionId", "cn-shanghai")
	c.now, c.method = clock, http.MethodGet
	got := send(t, h, c.rpc())
	require.Equal(t, http.StatusOK, got.status)
	var sample map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{
		"CustomerGatewayId": "cgw-bp1jrawp82av6bws91234",
		"CreateTime": 1493363599000,
		"RequestId": "D32B3C26-6C6C-4988-93E9-D2A6444CE6AE",
		"IpAddress": "116.23.45.12"
	}`), &sample))
	require.Len(t, got.json["CustomerGatewayId"], len(sample["CustomerGatewayId"].(string)))
	for _, name := range []string{"CustomerGatewayId", "RequestId", "CreateTime"} {
		require.IsType(t, sample[name], got.json[name])
		sample[name] = got.json[name]
	}
	require.Equal(t, sample, got.json)
	require.EqualValues(t, clock().UnixMilli(), got.json["CreateTime"])
	require.Len(t, s.Gateways(), 1)
}
