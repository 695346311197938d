package golden

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

const (
	accessKeyID     = "LTAIgoldenEXAMPLE"
	accessKeySecret = "goldenAccessKeySecretEXAMPLE"
)

// alibabaOn returns a provider as the document has it, that sends through w.
func alibabaOn(t *testing.T, w *wired) *alibaba.Provisioner {
	t.Helper()
	p, err := alibaba.New(alibaba.Config{
		Region: "cn-shanghai", Credentials: alibaba.StaticCredentials(accessKeyID, accessKeySecret, ""),
		Endpoint: "vpc.aliyuncs.com", HTTPClient: w.client(), Limiter: unlimited{}, Retry: cgw.RetryPolicy{MaxAttempts: 1},
	})
	require.NoError(t, err)
	return p
}

// alibabaService is the emulated service of the document, at the time given if it is set.
func alibabaService(at time.Time) http.Handler {
	o := alibabatest.Options{Region: "cn-shanghai", AccessKeyID: accessKeyID, AccessKeySecret: accessKeySecret}
	if !at.IsZero() {
		o.Now = func() time.Time { return at }
	}
	return alibabatest.NewHandler(o)
}

// alibabaSample is one sample request, and the gateway that the provider is to make of the reply.
type alibabaSample struct {
	name, url, reply string
	request          cgw.CreateRequest
	gateway          cgw.Gateway
}

func alibabaSamples() []alibabaSample {
	asked, answered := netip.MustParseAddr("116.23.45.12"), netip.MustParseAddr("101.23.45.12")
	const requestID = "D32B3C26-6C6C-4988-93E9-D2A6444CE6AE"
	return []alibabaSample{{
		"sample", "alibaba/create.url", "alibaba/create.json",
		cgw.CreateRequest{IPAddress: asked},
		cgw.Gateway{
			Provider: cgw.Alibaba, Region: "cn-shanghai", ID: "cgw-bp1jrawp82av6bws90123", IPAddress: answered,
			CreatedAt: time.UnixMilli(1493363599000).UTC(), RequestID: requestID,
		},
	}, {
		// The examples in the tables of parameters. Where the reply has a field it wins.
		"examples of the parameters", "alibaba/create_all.url", "alibaba/create_all.json",
		cgw.CreateRequest{IPAddress: asked, Name: "Gateway", Description: "Gateway", ASN: 10001, ClientToken: "02fb3da4-130e-11e9-8e44-0016e04115b"},
		cgw.Gateway{
			Provider: cgw.Alibaba, Region: "cn-shanghai", ID: "cgw-bp1aw0a5nfff03xp10123", IPAddress: answered,
			Name: "test", Description: "test", ASN: 10001, CreatedAt: time.UnixMilli(1493363486000).UTC(), RequestID: requestID,
		},
	}, {
		"a reply without what was asked", "alibaba/create_all.url", "alibaba/create.json",
		cgw.CreateRequest{IPAddress: asked, Name: "Gateway", Description: "Gateway", ASN: 10001, ClientToken: "02fb3da4-130e-11e9-8e44-0016e04115b"},
		cgw.Gateway{
			Provider: cgw.Alibaba, Region: "cn-shanghai", ID: "cgw-bp1jrawp82av6bws90123", IPAddress: answered,
			Name: "Gateway", Description: "Gateway", ASN: 10001, CreatedAt: time.UnixMilli(1493363599000).UTC(), RequestID: requestID,
		},
	}}
}

// The provider sends the document's requests, signed as documented, and reads its replies.
func TestAlibabaSamples(t *testing.T) {
	for _, s := range alibabaSamples() {
		t.Run(s.name, func(t *testing.T) {
			w := &wired{handler: stub(http.StatusOK, "application/json;charset=utf-8", read(t, s.reply))}
			g, err := alibabaOn(t, w).Create(t.Context(), s.request)
			require.NoError(t, err)
			require.Equal(t, s.gateway, g)

			sent := w.only(t)
			require.Equal(t, "https", sent.scheme)
			require.Equal(t, http.MethodPost, sent.request.Method)
			require.Empty(t, sent.body)
			requireQuery(t, readURL(t, s.url), sent)
			requireACS3(t, sent)
		})
	}
}

// requireQuery asks that the parameters sent be those of the sample. What the sample names in the
// query, the signature in use names in a header; a token of its own is the provider's to add.
func requireQuery(t *testing.T, want *url.URL, sent call) {
	t.Helper()
	require.Equal(t, want.Host, sent.request.Host)
	require.Equal(t, want.Path, sent.request.URL.Path)
	got, query := sent.request.URL.Query(), want.Query()
	require.NotContains(t, got, "Action")
	got["Action"] = sent.request.Header["X-Acs-Action"]
	if !query.Has("ClientToken") {
		require.Regexp(t, `^[ -~]{16,64}$`, got.Get("ClientToken"))
		delete(got, "ClientToken")
	}
	require.Equal(t, query, got)
}

// requireACS3 asks that the signature of a request be that of the documented texts, with the
// time and the nonce that the request itself states.
func requireACS3(t *testing.T, sent call) {
	t.Helper()
	header := sent.request.Header
	date, nonce := header.Get("X-Acs-Date"), header.Get("X-Acs-Signature-Nonce")
	at, err := time.Parse("2006-01-02T15:04:05Z", date)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	require.Len(t, nonce, 32)
	headers := map[string]string{
		"host": "vpc.aliyuncs.com", "x-acs-action": "CreateCustomerGateway", "x-acs-version": "2016-04-28",
		"x-acs-content-sha256":  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"x-acs-date":            date,
		"x-acs-signature-nonce": nonce,
		// The SDK says where it had the credentials from, and signs that too.
		"x-acs-credentials-provider": header.Get("X-Acs-Credentials-Provider"),
	}
	for name := range header {
		if low := strings.ToLower(name); strings.HasPrefix(low, "x-acs-") {
			require.Equal(t, []string{headers[low]}, header[name], name)
		}
	}
	query := sent.request.URL.Query()
	s := acs3{id: accessKeyID, key: accessKeySecret, query: query, headers: headers}.sign()
	require.Equal(t, strings.Join([]string{
		"POST", "/", strict(query),
		"host:vpc.aliyuncs.com", "x-acs-action:CreateCustomerGateway", "x-acs-content-sha256:" + headers["x-acs-content-sha256"],
		"x-acs-credentials-provider:" + headers["x-acs-credentials-provider"], "x-acs-date:" + date,
		"x-acs-signature-nonce:" + nonce, "x-acs-version:2016-04-28", "",
		"host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version",
		headers["x-acs-content-sha256"],
	}, "\n"), s.canonical)
	require.Equal(t, "ACS3-HMAC-SHA256\n"+sha(s.canonical), s.toSign)
	require.Equal(t, []string{s.value}, header["Authorization"])
}

// The emulator takes the document's request as it stands, in both of the vendor's signatures, and
// answers its reply, in JSON and in XML.
func TestAlibabaSamplesAtTheEmulator(t *testing.T) {
	for _, c := range []struct {
		name, url, reply, contentType string
		at                            time.Time
		sign                          func(*testing.T, *url.URL, time.Time) *http.Request
		parse                         func(*testing.T, string) map[string]any
		root                          string
	}{
		{"JSON, RPC", "alibaba/create.url", "alibaba/create.json", "application/json;charset=utf-8", time.UnixMilli(1493363599000), signRPC("JSON"), parse, ""},
		{"JSON by default", "alibaba/create.url", "alibaba/create.json", "application/json;charset=utf-8", time.UnixMilli(1493363599000), signRPC(""), parse, ""},
		{"JSON, ACS3", "alibaba/create.url", "alibaba/create.json", "application/json;charset=utf-8", time.UnixMilli(1493363599000), signACS3, parse, ""},
		{"all parameters, RPC", "alibaba/create_all.url", "alibaba/create_all.json", "application/json;charset=utf-8", time.UnixMilli(1493363486000), signRPC("JSON"), parse, ""},
		{"all parameters, ACS3", "alibaba/create_all.url", "alibaba/create_all.json", "application/json;charset=utf-8", time.UnixMilli(1493363486000), signACS3, parse, ""},
		{"XML, RPC", "alibaba/create.url", "alibaba/create.xml", "text/xml;charset=utf-8", time.UnixMilli(1493363486000), signRPC("XML"), parseXML, "CreateCustomerGatewayResponse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sample := readURL(t, c.url)
			reply := ask(alibabaService(c.at), c.sign(t, sample, c.at))
			require.Equal(t, http.StatusOK, reply.Code, reply.Body.String())
			require.Equal(t, c.contentType, reply.Header().Get("Content-Type"))
			want, got := c.parse(t, read(t, c.reply)), c.parse(t, reply.Body.String())
			require.Equal(t, shape(want), shape(got))
			if c.root != "" {
				want, got = want[c.root].(map[string]any), got[c.root].(map[string]any)
			}
			requireAlibabaReply(t, sample.Query(), want, got)
		})
	}
}

// requireAlibabaReply asks for the sample's reply, in all but the IDs that are made up and what
// its request asks for: the document's samples of the two do not belong together.
func requireAlibabaReply(t *testing.T, asked url.Values, want, got map[string]any) {
	t.Helper()
	require.Regexp(t, `^cgw-bp1[0-9a-z]{18}$`, got["CustomerGatewayId"])
	require.Regexp(t, `^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`, got["RequestId"])
	want["CustomerGatewayId"], want["RequestId"] = got["CustomerGatewayId"], got["RequestId"]
	for _, name := range []string{"IpAddress", "Name", "Description"} {
		if asked.Has(name) {
			want[name] = asked.Get(name)
		}
	}
	require.Equal(t, want, got)
}

// The provider and the emulator meet: the replies to the provider are the document's too.
func TestAlibabaSamplesOnTheWire(t *testing.T) {
	for _, s := range alibabaSamples()[:2] {
		w := &wired{handler: alibabaService(time.Time{})}
		_, err := alibabaOn(t, w).Create(t.Context(), s.request)
		require.NoError(t, err)
		require.Equal(t, shape(parse(t, read(t, s.reply))), shape(parse(t, w.only(t).reply)), s.name)
	}
}

// signRPC signs a sample with the older signature, and asks for a format.
func signRPC(format string) func(*testing.T, *url.URL, time.Time) *http.Request {
	return func(t *testing.T, sample *url.URL, at time.Time) *http.Request {
		query := sample.Query()
		for name, value := range map[string]string{
			"Version": "2016-04-28", "AccessKeyId": accessKeyID, "Timestamp": at.UTC().Format("2006-01-02T15:04:05Z"),
			"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "9e030f6b-03a2-40f0-a6ba-157d44532fd0",
		} {
			query.Set(name, value)
		}
		if format != "" {
			query.Set("Format", format)
		}
		query.Set("Signature", rpc(accessKeySecret, query).value)
		target := *sample
		target.RawQuery = query.Encode()
		return httptest.NewRequestWithContext(t.Context(), http.MethodGet, target.String(), nil)
	}
}

// signACS3 signs a sample with the newer signature.
func signACS3(t *testing.T, sample *url.URL, at time.Time) *http.Request {
	query := sample.Query()
	s := acs3{id: accessKeyID, key: accessKeySecret, query: query, headers: map[string]string{
		"host": sample.Host, "x-acs-action": query.Get("Action"), "x-acs-version": "2016-04-28",
		"x-acs-content-sha256": sha(""), "x-acs-date": at.UTC().Format("2006-01-02T15:04:05Z"),
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
	}}
	delete(query, "Action")
	target := *sample
	target.RawQuery = query.Encode()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target.String(), nil)
	for name, value := range s.headers {
		if name != "host" {
			r.Header.Set(name, value)
		}
	}
	r.Header.Set("Authorization", s.sign().value)
	return r
}
