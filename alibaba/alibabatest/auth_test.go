package alibabatest_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// schemes make a signed request of a call in either signature.
var schemes = map[string]func(raw) *http.Request{"ACS3": raw.acs3, "RPC": raw.rpc}

func TestSignatureAccepted(t *testing.T) {
	calls := map[string]func(*raw){
		"POST":              func(*raw) {},
		"GET":               func(c *raw) { c.method = http.MethodGet },
		"form":              func(c *raw) { c.form = true },
		"odd characters":    func(c *raw) { c.params["Description"] = "x &=+%~*'()/?\t中é" },
		"empty value":       func(c *raw) { c.params["Tags.1.Key"], c.params["Tags.1.Value"] = "k", "" },
		"common parameters": func(c *raw) { c.params["OwnerId"], c.params["SignatureType"] = "1", "" },
	}
	for scheme, request := range schemes {
		for name, change := range calls {
			t.Run(scheme+" "+name, func(t *testing.T) {
				h, s := handler(alibabatest.Options{})
				c := newRaw("CreateCustomerGateway", "IpAddress", "203.0.113.1")
				change(&c)
				got := send(t, h, request(c))
				require.Equal(t, http.StatusOK, got.status, got.text)
				require.Equal(t, c.params["Description"], s.Gateways()[0].Description)
			})
		}
	}
}

// A signature must not fit any request but the one that was signed.
func TestSignatureMutants(t *testing.T) {
	requery := func(f func(url.Values)) func(*http.Request) {
		return func(r *http.Request) {
			q := r.URL.Query()
			f(q)
			r.URL.RawQuery = q.Encode()
		}
	}
	tests := []struct {
		scheme, name string
		mutate       func(*http.Request)
		code         string
	}{
		{"ACS3", "method", func(r *http.Request) { r.Method = http.MethodGet }, "SignatureDoesNotMatch"},
		{"ACS3", "query value", requery(func(q url.Values) { q.Set("IpAddress", "203.0.113.2") }), "SignatureDoesNotMatch"},
		{"ACS3", "query added", requery(func(q url.Values) { q.Set("Name", "other") }), "SignatureDoesNotMatch"},
		{"ACS3", "query removed", requery(func(q url.Values) { q.Del("IpAddress") }), "SignatureDoesNotMatch"},
		{"ACS3", "action", func(r *http.Request) { r.Header.Set("x-acs-action", "DeleteCustomerGateway") }, "SignatureDoesNotMatch"},
		{"ACS3", "host", func(r *http.Request) { r.Host = "other.test" }, "SignatureDoesNotMatch"},
		{"ACS3", "port", func(r *http.Request) { r.Host = strings.TrimSuffix(host, ":4443") }, "SignatureDoesNotMatch"},
		{"ACS3", "date", func(r *http.Request) {
			r.Header.Set("x-acs-date", time.Now().Add(time.Minute).UTC().Format("2006-01-02T15:04:05Z"))
		}, "SignatureDoesNotMatch"},
		{"ACS3", "nonce", func(r *http.Request) { r.Header.Set("x-acs-signature-nonce", "other") }, "SignatureDoesNotMatch"},
		{"ACS3", "unsigned vendor header", func(r *http.Request) { r.Header.Set("x-acs-other", "1") }, "IncompleteSignature"},
		{"ACS3", "body", func(r *http.Request) { r.Body = body("Name=other") }, "SignatureDoesNotMatch"},
		{"ACS3", "unsigned form", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Body = body("Name=other")
		}, "IncompleteSignature"},
		{"ACS3", "body and its hash", func(r *http.Request) {
			r.Body = body("Name=other")
			r.Header.Set("x-acs-content-sha256", fmt.Sprintf("%x", sha256.Sum256([]byte("Name=other"))))
		}, "SignatureDoesNotMatch"},
		{"ACS3", "key", func(r *http.Request) { edit(r, "Credential=testid", "Credential=otherid") }, "InvalidAccessKeyId.NotFound"},
		{"ACS3", "algorithm", func(r *http.Request) { edit(r, "ACS3-HMAC-SHA256", "ACS3-HMAC-SM3") }, "IncompleteSignature"},
		{"ACS3", "no signature", func(r *http.Request) { edit(r, ",Signature=", ",Sig=") }, "IncompleteSignature"},
		{"ACS3", "no list", func(r *http.Request) { edit(r, "SignedHeaders=", "Headers=") }, "IncompleteSignature"},
		{"ACS3", "no credential", func(r *http.Request) { edit(r, "Credential=", "Cred=") }, "IncompleteSignature"},
		{"ACS3", "list without host", func(r *http.Request) { edit(r, "=host;", "=") }, "IncompleteSignature"},
		{"ACS3", "list without date", func(r *http.Request) { edit(r, ";x-acs-date", "") }, "IncompleteSignature"},
		{"ACS3", "list with another", func(r *http.Request) { edit(r, "=host;", "=accept;host;") }, "SignatureDoesNotMatch"},
		{"ACS3", "no nonce", func(r *http.Request) { r.Header.Del("x-acs-signature-nonce") }, "MissingParameter"},
		{"ACS3", "no hash", func(r *http.Request) { r.Header.Del("x-acs-content-sha256") }, "MissingParameter"},
		{"ACS3", "no date", func(r *http.Request) { r.Header.Del("x-acs-date") }, "MissingTimestamp"},
		{"ACS3", "malformed date", func(r *http.Request) { r.Header.Set("x-acs-date", "yesterday") }, "IllegalTimestamp"},
		{"ACS3", "not signed", func(r *http.Request) { r.Header.Del("Authorization") }, "MissingAccessKeyId"},
		{"ACS3", "empty credential", func(r *http.Request) { edit(r, "Credential=testid", "Credential=") }, "MissingAccessKeyId"},
		{"ACS3", "empty signature", unsign, "SignatureDoesNotMatch"},
		{"ACS3", "empty signature of another body", func(r *http.Request) {
			r.Body = body("Name=other")
			unsign(r)
		}, "SignatureDoesNotMatch"},

		{"RPC", "method", func(r *http.Request) { r.Method = http.MethodGet }, "SignatureDoesNotMatch"},
		{"RPC", "value", requery(func(q url.Values) { q.Set("IpAddress", "203.0.113.2") }), "SignatureDoesNotMatch"},
		{"RPC", "added", requery(func(q url.Values) { q.Set("Name", "other") }), "SignatureDoesNotMatch"},
		{"RPC", "action", requery(func(q url.Values) { q.Set("Action", "DeleteCustomerGateway") }), "SignatureDoesNotMatch"},
		{"RPC", "form added", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Body = body("Name=other")
		}, "SignatureDoesNotMatch"},
		{"RPC", "twice", func(r *http.Request) { r.URL.RawQuery += "&IpAddress=203.0.113.2" }, "InvalidParameter"},
		{"RPC", "nonce", requery(func(q url.Values) { q.Set("SignatureNonce", "other") }), "SignatureDoesNotMatch"},
		{"RPC", "signature", requery(func(q url.Values) { q.Set("Signature", "AAAA") }), "SignatureDoesNotMatch"},
		{"RPC", "key", requery(func(q url.Values) { q.Set("AccessKeyId", "otherid") }), "InvalidAccessKeyId.NotFound"},
		{"RPC", "signature method", requery(func(q url.Values) { q.Set("SignatureMethod", "HMAC-MD5") }), "InvalidParameter"},
		{"RPC", "signature version", requery(func(q url.Values) { q.Set("SignatureVersion", "2.0") }), "InvalidParameter"},
		{"RPC", "signature type", requery(func(q url.Values) { q.Set("SignatureType", "BEARERTOKEN") }), "InvalidParameter"},
		{"RPC", "no signature", requery(func(q url.Values) { q.Del("Signature") }), "MissingParameter"},
		{"RPC", "no key", requery(func(q url.Values) { q.Del("AccessKeyId") }), "MissingAccessKeyId"},
		{"RPC", "no time", requery(func(q url.Values) { q.Del("Timestamp") }), "MissingTimestamp"},
		{"RPC", "empty time", requery(func(q url.Values) { q.Set("Timestamp", "") }), "MissingTimestamp"},
		{"RPC", "no nonce", requery(func(q url.Values) { q.Del("SignatureNonce") }), "MissingParameter"},
		{"RPC", "malformed time", requery(func(q url.Values) { q.Set("Timestamp", "2026-11-21 23:03:26") }), "IllegalTimestamp"},
		{"RPC", "action in a header alone", func(r *http.Request) {
			requery(func(q url.Values) { q.Del("Action") })(r)
			r.Header.Set("x-acs-action", "CreateCustomerGateway")
		}, "MissingParameter"},
	}
	statuses := map[string]int{"InvalidAccessKeyId.NotFound": http.StatusNotFound}
	for _, test := range tests {
		t.Run(test.scheme+" "+test.name, func(t *testing.T) {
			h, s := handler(alibabatest.Options{})
			r := schemes[test.scheme](newRaw("CreateCustomerGateway", "IpAddress", "203.0.113.1"))
			test.mutate(r)
			got := send(t, h, r)
			require.Equal(t, test.code, got.code(), got.text)
			want := statuses[test.code]
			if want == 0 {
				want = http.StatusBadRequest
			}
			require.Equal(t, want, got.status)
			require.Empty(t, s.Gateways())
		})
	}
}

func body(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// edit changes the Authorization header.
func edit(r *http.Request, old, replacement string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, 1))
}

// unsign empties the signature of the Authorization header, as seen from a client without a secret
// (aliyun/alibabacloud-csharp-sdk#40).
func unsign(r *http.Request) {
	signed, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	r.Header.Set("Authorization", signed+"Signature=")
}

// What the service signed is in the message in the form of each scheme: of the newer one as in
// aliyun/alibabacloud-csharp-sdk#40 (2025), of the older one as in dromara/SMS4J#34 (2025).
func TestMismatchText(t *testing.T) {
	forms := map[string]string{
		"ACS3": `^Specified signature does not match our calculation\. server StringToSign is \[ACS3-HMAC-SHA256\n[0-9a-f]{64}\]` +
			` server CanonicalRequest is \[POST\n/\nRegionId=cn-hangzhou\nhost:`,
		"RPC": `^Specified signature is not matched with our calculation\. server string to sign is:POST&%2F&AccessKeyId%3Dtestid%26Action`,
	}
	for scheme, request := range schemes {
		t.Run(scheme, func(t *testing.T) {
			h, _ := handler(alibabatest.Options{})
			c := newRaw(listAction)
			c.secret = "wrong"
			require.Regexp(t, forms[scheme], send(t, h, request(c)).json["Message"])
		})
	}
}

// The texts are those seen in public (rfancn/aliyun-ddns-client#13; the vendor's PHP SDK's tests).
func TestMissingTexts(t *testing.T) {
	for name, want := range map[string]string{
		"AccessKeyId": "AccessKeyId is mandatory for this action.", "Timestamp": "Timestamp is mandatory for this action.",
	} {
		h, _ := handler(alibabatest.Options{})
		r := newRaw(listAction).rpc()
		q := r.URL.Query()
		q.Del(name)
		r.URL.RawQuery = q.Encode()
		got := send(t, h, r)
		require.Equal(t, http.StatusBadRequest, got.status)
		require.Equal(t, "Missing"+name, got.code())
		require.Equal(t, want, got.json["Message"])
	}
}

func TestWrongSecret(t *testing.T) {
	for scheme, request := range schemes {
		t.Run(scheme, func(t *testing.T) {
			h, _ := handler(alibabatest.Options{})
			c := newRaw("CreateCustomerGateway", "IpAddress", "203.0.113.1", "AuthKey", "hush-hush")
			c.secret = "wrong"
			got := send(t, h, request(c))
			require.Equal(t, "SignatureDoesNotMatch", got.code())
			// As with the real service, the message holds what was signed.
			require.Contains(t, got.json["Message"], "hush-hush")
			require.NotContains(t, got.text, "testsecret")
		})
	}
}

// The hash of the body is signed as it is stated, and then has to be that of the body.
func TestHashOfAnotherBody(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	c := newRaw(listAction)
	c.body = "something"
	require.Empty(t, send(t, h, c.acs3()).code())
	c.nonce += "-2"
	c.headers["x-acs-content-sha256"] = fmt.Sprintf("%x", sha256.Sum256(nil))
	require.Equal(t, "SignatureDoesNotMatch", send(t, h, c.acs3()).code())
}

func TestClockWindow(t *testing.T) {
	tests := []struct {
		off  time.Duration
		code string
	}{
		{14*time.Minute + 59*time.Second, ""},
		{-14*time.Minute - 59*time.Second, ""},
		{15*time.Minute + 2*time.Second, "InvalidTimeStamp.Expired"},
		{-15*time.Minute - 2*time.Second, "InvalidTimeStamp.Expired"},
	}
	for scheme, request := range schemes {
		for _, test := range tests {
			t.Run(scheme+" "+test.off.String(), func(t *testing.T) {
				h, _ := handler(alibabatest.Options{Now: clock})
				c := newRaw("DescribeCustomerGateways")
				c.now = func() time.Time { return clock().Add(test.off) }
				got := send(t, h, request(c))
				require.Equal(t, test.code, got.code(), got.text)

				h, _ = handler(alibabatest.Options{Now: clock, IllegalTimestamp: true})
				want := ""
				if test.code != "" {
					want = "IllegalTimestamp"
				}
				require.Equal(t, want, send(t, h, request(c)).code())
			})
		}
	}
}

func TestNonceReplay(t *testing.T) {
	for scheme, request := range schemes {
		t.Run(scheme, func(t *testing.T) {
			now := newFakeClock()
			h, _ := handler(alibabatest.Options{Now: now.now})
			c := now.raw(newRaw("DescribeCustomerGateways"))
			c.now = func() time.Time { return now.now().Add(10 * time.Minute) } // a clock ahead
			ahead := c
			at := c.now()
			ahead.now = func() time.Time { return at }
			require.Empty(t, send(t, h, request(ahead)).code())
			require.Equal(t, "SignatureNonceUsed", send(t, h, request(ahead)).code())
			now.add(20 * time.Minute) // within the window of its time, and more than 15 minutes later
			require.Equal(t, "SignatureNonceUsed", send(t, h, request(ahead)).code())
			now.add(6 * time.Minute)
			require.Equal(t, "InvalidTimeStamp.Expired", send(t, h, request(ahead)).code())
			require.Empty(t, send(t, h, request(c)).code(), "the nonce is free again")
		})
	}
}

// A nonce is used up by an authentic request only.
func TestNonceOfForgery(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	c := newRaw("DescribeCustomerGateways")
	forged := c
	forged.secret = "wrong"
	require.Equal(t, "SignatureDoesNotMatch", send(t, h, forged.rpc()).code())
	require.Empty(t, send(t, h, c.rpc()).code())
}

func TestManyNonces(t *testing.T) {
	now := newFakeClock()
	h, _ := handler(alibabatest.Options{Now: now.now})
	for range 3000 {
		require.Empty(t, send(t, h, now.raw(newRaw("DescribeCustomerGateways")).rpc()).code())
		now.add(time.Second)
	}
}

func TestSecurityToken(t *testing.T) {
	tests := []struct{ name, required, sent, code string }{
		{"none", "", "", ""},
		{"right", "sts-1", "sts-1", ""},
		{"missing", "sts-1", "", "MissingSecurityToken"},
		{"wrong", "sts-1", "sts-2", "InvalidSecurityToken.MismatchWithAccessKey"},
		{"not asked for", "", "sts-1", "InvalidSecurityToken.MismatchWithAccessKey"},
	}
	for scheme, request := range schemes {
		for _, test := range tests {
			t.Run(scheme+" "+test.name, func(t *testing.T) {
				h, _ := handler(alibabatest.Options{SecurityToken: test.required})
				c := newRaw("DescribeCustomerGateways")
				c.token = test.sent
				require.Equal(t, test.code, send(t, h, request(c)).code())
			})
		}
	}
}

func TestSDKSecurityToken(t *testing.T) {
	for name, algorithm := range algorithms {
		t.Run(name, func(t *testing.T) {
			s := start(t, alibabatest.Options{AccessKeyID: "temporary", AccessKeySecret: "short-lived", SecurityToken: "sts/+=token"})
			create(t, sdkWith(t, s, &openapi.Config{
				AccessKeyId: dara.String("temporary"), AccessKeySecret: dara.String("short-lived"),
				SecurityToken: dara.String("sts/+=token"), SignatureAlgorithm: &algorithm,
			}), "203.0.113.1")
		})
	}
}

// A transport that never touches a socket may leave the header names as an SDK wrote them.
func TestHeaderNamesInAnyCase(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	r := newRaw("DescribeCustomerGateways").acs3()
	lower := http.Header{}
	for k, v := range r.Header {
		lower[strings.ToLower(k)] = v
	}
	r.Header, r.Host, r.URL.Host = lower, "", host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
}

// Action and Version may be parameters in the newer signature too.
func TestActionInParameters(t *testing.T) {
	h, _ := handler(alibabatest.Options{})
	c := newRaw("", "Action", "DescribeCustomerGateways", "Version", "2016-04-28")
	c.version = ""
	got := send(t, h, c.acs3())
	require.Equal(t, http.StatusOK, got.status, got.text)
}
