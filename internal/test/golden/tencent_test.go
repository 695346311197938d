package golden

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	secretID  = "AKIDgoldenEXAMPLE"
	secretKey = "goldenSecretKeyEXAMPLE"
)

// tencentOn returns a provider as the document has it, that sends through w.
func tencentOn(t *testing.T, w *wired) *tencent.Provisioner {
	t.Helper()
	p, err := tencent.New(tencent.Config{
		Region: "ap-guangzhou", Credentials: tencent.StaticCredentials(secretID, secretKey, ""),
		HTTPClient: w.client(), Limiter: unlimited{}, Retry: cgw.RetryPolicy{MaxAttempts: 1},
	})
	require.NoError(t, err)
	return p
}

// tencentService is the emulated service of the document: the international site, at the time of
// the sample if at is set.
func tencentService(at time.Time) http.Handler {
	o := tencenttest.Options{Region: "ap-guangzhou", SecretID: secretID, SecretKey: secretKey, NoBGP: true}
	if !at.IsZero() {
		o.Now = func() time.Time { return at }
	}
	return tencenttest.NewHandler(o)
}

func tencentSample() cgw.CreateRequest {
	return cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "test-cgw", Tags: map[string]string{"city": "shanghai"},
	}
}

// The provider sends the document's request, signed as documented, and reads its reply.
func TestTencentSample(t *testing.T) {
	w := &wired{handler: stub(http.StatusOK, "application/json", read(t, "tencent/create.json"))}
	g, err := tencentOn(t, w).Create(t.Context(), tencentSample())
	require.NoError(t, err)
	require.Equal(t, cgw.Gateway{
		Provider: cgw.Tencent, Region: "ap-guangzhou", ID: "cgw-mgp33pll", Name: "test-cgw",
		IPAddress: netip.MustParseAddr("58.211.1.12"), Tags: map[string]string{"city": "shanghai"},
		CreatedAt: time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC), RequestID: "5bd98433-263a-47b6-9a1c-84aa613a8ff6",
	}, g)

	sent := w.only(t)
	want, body := readRequest(t, "tencent/create.http")
	require.Equal(t, "https", sent.scheme)
	require.Equal(t, want.Method, sent.request.Method)
	require.Equal(t, want.URL, sent.request.URL)
	require.Equal(t, want.Host, sent.request.Host)
	for name, values := range want.Header {
		require.Len(t, sent.request.Header[name], 1, name)
		if values[0] != "*" {
			require.Equal(t, values, sent.request.Header[name], name)
		}
	}
	require.Equal(t, parse(t, body), parse(t, sent.body))
	requireTC3(t, sent)
}

// requireTC3 asks that the signature of a request be that of the documented texts, with the time
// that the request itself states.
func requireTC3(t *testing.T, sent call) {
	t.Helper()
	timestamp := sent.request.Header.Get("X-TC-Timestamp")
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	require.NoError(t, err)
	require.InDelta(t, time.Now().Unix(), unix, 60)
	s := tc3{
		id: secretID, key: secretKey, service: "vpc", unix: unix,
		host: "vpc.intl.tencentcloudapi.com", contentType: "application/json", body: sent.body,
	}.sign()
	date := time.Unix(unix, 0).UTC().Format(time.DateOnly)
	require.Equal(t, strings.Join([]string{
		"POST", "/", "", "content-type:application/json", "host:vpc.intl.tencentcloudapi.com", "", "content-type;host", sha(sent.body),
	}, "\n"), s.canonical)
	require.Equal(t, strings.Join([]string{
		"TC3-HMAC-SHA256", timestamp, date + "/vpc/tc3_request", sha(s.canonical),
	}, "\n"), s.toSign)
	require.Equal(t, []string{s.value}, sent.request.Header["Authorization"])
}

// The emulator takes the document's request as it stands, and answers its reply.
func TestTencentSampleAtTheEmulator(t *testing.T) {
	at := time.Date(2018, 4, 18, 2, 0, 0, 0, time.UTC)
	r, body := readRequest(t, "tencent/create.http")
	got := ask(tencentService(at), signTC3(r, body, tc3{
		id: secretID, key: secretKey, service: "vpc", unix: at.Unix(), host: r.Host, contentType: "application/json", body: body,
	}))
	require.Equal(t, http.StatusOK, got.Code)
	require.Equal(t, "application/json", got.Header().Get("Content-Type"))
	requireTencentReply(t, got.Body.String())
}

// The provider and the emulator meet: the reply to the provider is the document's too.
func TestTencentSampleOnTheWire(t *testing.T) {
	w := &wired{handler: tencentService(time.Time{})}
	g, err := tencentOn(t, w).Create(t.Context(), tencentSample())
	require.NoError(t, err)
	require.Equal(t, tencentSample().Tags, g.Tags)
	require.Equal(t, shape(parse(t, read(t, "tencent/create.json"))), shape(parse(t, w.only(t).reply)))
}

// requireTencentReply asks for the sample's reply, in all but the IDs that are made up.
func requireTencentReply(t *testing.T, text string) {
	t.Helper()
	got, want := parse(t, text), parse(t, read(t, "tencent/create.json"))
	require.Equal(t, shape(want), shape(got))
	response := got["Response"].(map[string]any)
	gateway := response["CustomerGateway"].(map[string]any)
	require.Regexp(t, `^cgw-[0-9a-z]{8}$`, gateway["CustomerGatewayId"])
	require.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, response["RequestId"])
	wanted := want["Response"].(map[string]any)
	gateway["CustomerGatewayId"] = wanted["CustomerGateway"].(map[string]any)["CustomerGatewayId"]
	response["RequestId"] = wanted["RequestId"]
	require.Equal(t, want, got)
}

// The known signature passes the emulator's check; with one digit changed it does not.
func TestKnownSignatureAtTheEmulator(t *testing.T) {
	v := knownVector()
	h := tencenttest.NewHandler(tencenttest.Options{
		SecretID: v.id, SecretKey: v.key, Now: func() time.Time { return time.Unix(v.unix, 0) },
	})
	for digit, code := range map[string]string{"e": "", "f": "AuthFailure.SignatureFailure"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+v.host+"/", nil)
		r.Header.Set("X-TC-Action", "CreateCustomerGateway")
		r.Header.Set("X-TC-Version", "2017-03-12")
		r.Header.Set("X-TC-Region", tencenttest.DefaultRegion)
		r.Header.Set("Content-Type", v.contentType)
		signed := signTC3(r, v.body, v)
		signed.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential="+v.id+"/2019-02-25/vpc/tc3_request, SignedHeaders=content-type;host, "+
			"Signature="+digit+"88c7e4a797142925ec8454765c8d0268212467c6c328432fd9943036ba5bcae")
		response := parse(t, ask(h, signed).Body.String())["Response"].(map[string]any)
		if code == "" {
			require.NotContains(t, response, "Error")
			require.Equal(t, "58.211.1.12", response["CustomerGateway"].(map[string]any)["IpAddress"])
			continue
		}
		require.Equal(t, code, response["Error"].(map[string]any)["Code"])
	}
}

// signTC3 gives a request its body, time and signature.
func signTC3(r *http.Request, body string, s tc3) *http.Request {
	signed := httptest.NewRequestWithContext(r.Context(), r.Method, "https://"+s.host+"/", strings.NewReader(body))
	signed.Header = r.Header.Clone()
	signed.Header.Set("X-TC-Timestamp", strconv.FormatInt(s.unix, 10))
	signed.Header.Set("Authorization", s.sign().value)
	return signed
}
