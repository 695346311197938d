package tencenttest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// The signature of this vector was computed with another program, in another language.
func TestKnownSignature(t *testing.T) {
	h := tencenttest.NewHandler(tencenttest.Options{
		SecretID:  "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
		SecretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
		Now:       func() time.Time { return time.Unix(1551113065, 0) },
	})
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "https://vpc.tencentcloudapi.com/",
		strings.NewReader(`{"CustomerGatewayName":"test-cgw","IpAddress":"58.211.1.12"}`))
	for name, value := range map[string]string{
		"Content-Type":   "application/json",
		"X-TC-Action":    "CreateCustomerGateway",
		"X-TC-Version":   "2017-03-12",
		"X-TC-Region":    "ap-guangzhou",
		"X-TC-Timestamp": "1551113065",
		"Authorization": "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/vpc/tc3_request, " +
			"SignedHeaders=content-type;host, Signature=e88c7e4a797142925ec8454765c8d0268212467c6c328432fd9943036ba5bcae",
	} {
		r.Header.Set(name, value)
	}
	got := answerOf(t, h, r)
	require.Empty(t, got.code, "%v", got.result)
	require.Equal(t, "2019-02-26 00:44:25", got.result["CustomerGateway"].(map[string]any)["CreatedTime"],
		"UTC+8, of the service's clock")
}

// What clients may do in different ways.
func TestSignatureFormsAccepted(t *testing.T) {
	const describe = "DescribeCustomerGateways"
	for name, c := range map[string]wireCall{
		"plain":                 {action: describe, params: `{}`},
		"international host":    {action: describe, params: `{}`, host: "vpc.intl.tencentcloudapi.com"},
		"host with port":        {action: describe, params: `{}`, host: "127.0.0.1:8080"},
		"host signed portless":  {action: describe, params: `{}`, host: "127.0.0.1:8080", signedHost: "127.0.0.1", service: "127"},
		"path not signed":       {action: describe, params: `{}`, target: "/base"},
		"path signed":           {action: describe, params: `{}`, target: "/base", signedPath: "/base"},
		"charset":               {action: describe, params: `{}`, contentType: "application/json; charset=utf-8"},
		"action signed":         {action: describe, params: `{}`, alsoSigned: []string{"x-tc-action"}},
		"values in lower case":  {action: describe, params: `{}`, alsoSigned: []string{"x-tc-action"}, lower: true},
		"unsigned payload":      {action: describe, params: `{}`, header: map[string]string{"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}, body: func(s string) string { return s + " " }},
		"get":                   {action: describe, method: "GET"},
		"get, plus for a space": {action: describe, method: "GET", params: "Filters.0.Name=customer-gateway-name&Filters.0.Values.0=a+b&Limit=5"},
		"get, %20 for a space":  {action: describe, method: "GET", params: "Limit=5&Filters.0.Name=customer-gateway-name&Filters.0.Values.0=a%20b"},
		"language":              {action: describe, params: `{}`, header: map[string]string{"X-TC-Language": "en-US", "X-TC-TraceId": "x"}},
		"tag by scope":          {action: "DescribeResourceTags", params: `{}`, service: "tag", version: tagVersion, region: "-"},
		"tag by version":        {action: "DescribeResourceTags", params: `{}`, service: "localhost", version: tagVersion},
		"tag of another region": {action: "DescribeResourceTags", params: `{}`, service: "tag", version: tagVersion, region: "eu-frankfurt"},
		"spaces after json":     {action: describe, params: "{} \n"},
		"session token":         {action: describe, params: `{}`, token: "session"},
		"four minutes fast":     {action: describe, params: `{}`, at: time.Now().Add(4 * time.Minute)},
		"four minutes slow":     {action: describe, params: `{}`, at: time.Now().Add(-4 * time.Minute)},
		"authorization unspaced": {action: describe, params: `{}`, after: func(r *http.Request) {
			r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), ", ", ","))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.do(t, tencenttest.NewHandler(tencenttest.Options{Token: c.token}))
			require.Empty(t, got.code, "%v", got.result)
		})
	}
}

func TestSignatureRefused(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	authorization := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
		}
	}
	const (
		failure = "AuthFailure.SignatureFailure"
		invalid = "AuthFailure.InvalidAuthorization"
	)
	for name, c := range map[string]struct {
		call wireCall
		code string
	}{
		"method":               {wireCall{params: "Limit=5", method: "GET", after: func(r *http.Request) { r.Method = "POST" }}, failure},
		"path":                 {wireCall{target: "/a", signedPath: "/b"}, failure},
		"query":                {wireCall{params: "Limit=5", method: "GET", after: func(r *http.Request) { r.URL.RawQuery = "Limit=6" }}, failure},
		"query in other words": {wireCall{params: "Filters.0.Name=a+b", method: "GET", after: func(r *http.Request) { r.URL.RawQuery = "Filters.0.Name=a%20b" }}, failure},
		"query on a post":      {wireCall{after: func(r *http.Request) { r.URL.RawQuery = "a=b" }}, failure},
		"host":                 {wireCall{after: func(r *http.Request) { r.Host = "vpc.example.com" }}, failure},
		"port":                 {wireCall{host: "127.0.0.1:1", after: func(r *http.Request) { r.Host = "127.0.0.1:2" }}, failure},
		"content type":         {wireCall{after: header("Content-Type", "application/json; charset=utf-8")}, failure},
		"body":                 {wireCall{body: func(s string) string { return s + " " }}, failure},
		"body made unsigned":   {wireCall{after: header("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")}, failure},
		"timestamp":            {wireCall{after: header("X-TC-Timestamp", strconv.FormatInt(time.Now().Unix()+7, 10))}, failure},
		"signed action":        {wireCall{alsoSigned: []string{"x-tc-action"}, after: header("X-TC-Action", "DeleteCustomerGateway")}, failure},
		"key":                  {wireCall{key: "another"}, failure},
		"service":              {wireCall{after: authorization("/vpc/", "/cvm/")}, failure},
		"date":                 {wireCall{after: authorization("/20", "/19")}, failure},
		"date of another day":  {wireCall{scopeDate: time.Now().Add(-48 * time.Hour)}, failure},
		"signature": {wireCall{after: func(r *http.Request) {
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-64]+strings.Repeat("0", 64))
		}}, failure},
		"signature in capitals": {wireCall{after: func(r *http.Request) {
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-64]+strings.ToUpper(a[len(a)-64:]))
		}}, failure},
		"secret id":              {wireCall{id: "AKIDother"}, "AuthFailure.SecretIdNotFound"},
		"token not asked for":    {wireCall{token: "session"}, "AuthFailure.TokenFailure"},
		"algorithm":              {wireCall{after: authorization("TC3-HMAC-SHA256", "TC3-HMAC-SHA512")}, invalid},
		"skip":                   {wireCall{after: header("Authorization", "SKIP")}, invalid},
		"no signed headers":      {wireCall{after: authorization("SignedHeaders=content-type;host, ", "")}, invalid},
		"host not signed":        {wireCall{after: authorization("content-type;host", "content-type")}, invalid},
		"type not signed":        {wireCall{after: authorization("content-type;host", "host")}, invalid},
		"short signature":        {wireCall{after: func(r *http.Request) { a := r.Header.Get("Authorization"); r.Header.Set("Authorization", a[:len(a)-1]) }}, invalid},
		"short scope":            {wireCall{after: authorization("/vpc/tc3_request", "/tc3_request")}, invalid},
		"other terminator":       {wireCall{after: authorization("tc3_request", "tc4_request")}, invalid},
		"a field twice":          {wireCall{after: authorization("SignedHeaders=", "Credential=a, SignedHeaders=")}, invalid},
		"no authorization":       {wireCall{after: func(r *http.Request) { r.Header.Del("Authorization") }}, invalid},
		"no action":              {wireCall{after: func(r *http.Request) { r.Header.Del("X-TC-Action") }}, "MissingParameter"},
		"no version":             {wireCall{after: func(r *http.Request) { r.Header.Del("X-TC-Version") }}, "MissingParameter"},
		"no timestamp":           {wireCall{after: func(r *http.Request) { r.Header.Del("X-TC-Timestamp") }}, "MissingParameter"},
		"timestamp is no number": {wireCall{after: header("X-TC-Timestamp", "today")}, "InvalidParameter"},
		"form under version 3":   {wireCall{contentType: "application/x-www-form-urlencoded"}, "InvalidRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			c.call.action = "CreateCustomerGateway"
			if c.call.params == "" {
				c.call.params = `{"CustomerGatewayName":"a","IpAddress":"58.211.1.12"}`
			}
			s := new(tencenttest.State)
			require.Equal(t, c.code, c.call.do(t, tencenttest.NewHandler(tencenttest.Options{State: s})).code)
			require.Empty(t, s.Gateways())
			require.Equal(t, c.code, s.Requests()[0].Code)
		})
	}
}

func TestTokenIsRequired(t *testing.T) {
	h := tencenttest.NewHandler(tencenttest.Options{Token: "session"})
	for _, token := range []string{"", "another"} {
		c := wireCall{action: "DescribeCustomerGateways", params: `{}`, token: token}
		require.Equal(t, "AuthFailure.TokenFailure", c.do(t, h).code)
	}
}

// formV1 makes the parameters of a request with a signature of version 1.
func formV1(at time.Time, nonce string, further map[string]string) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"Action": "DescribeCustomerGateways", "Version": vpcVersion, "Region": tencenttest.DefaultRegion,
		"Timestamp": strconv.FormatInt(at.Unix(), 10), "Nonce": nonce, "SecretId": tencenttest.DefaultSecretID,
	} {
		v.Set(name, value)
	}
	for name, value := range further {
		if value == "" {
			v.Del(name)
		} else {
			v.Set(name, value)
		}
	}
	return v
}

// getV1 signs parameters for a GET; url.Values.Encode sorts them by name.
func getV1(v url.Values) *http.Request {
	text, _ := url.QueryUnescape(v.Encode())
	h := hmac.New(sha1.New, []byte(tencenttest.DefaultSecretKey))
	h.Write([]byte("GETvpc.tencentcloudapi.com/?" + text))
	v.Set("Signature", base64.StdEncoding.EncodeToString(h.Sum(nil)))
	return httptest.NewRequestWithContext(context.Background(), http.MethodGet, "https://vpc.tencentcloudapi.com/?"+v.Encode(), nil)
}

func TestSignatureOfVersion1Refused(t *testing.T) {
	for name, c := range map[string]struct {
		further map[string]string
		after   func(q url.Values)
		code    string
	}{
		"nothing wrong":    {code: ""},
		"parameter":        {after: func(q url.Values) { q.Set("Limit", "1") }, code: "AuthFailure.SignatureFailure"},
		"token":            {after: func(q url.Values) { q.Set("Token", "x") }, code: "AuthFailure.SignatureFailure"},
		"method":           {further: map[string]string{"SignatureMethod": "HmacMD5"}, code: "AuthFailure.SignatureFailure"},
		"other method":     {further: map[string]string{"SignatureMethod": "HmacSHA256"}, code: "AuthFailure.SignatureFailure"},
		"signed token":     {further: map[string]string{"Token": "x"}, code: "AuthFailure.TokenFailure"},
		"secret id":        {further: map[string]string{"SecretId": "x"}, code: "AuthFailure.SecretIdNotFound"},
		"no nonce":         {further: map[string]string{"Nonce": ""}, code: "MissingParameter"},
		"no action":        {further: map[string]string{"Action": ""}, code: "MissingParameter"},
		"no region":        {further: map[string]string{"Region": ""}, code: "MissingParameter"},
		"no signature":     {after: func(q url.Values) { q.Del("Signature") }, code: "MissingParameter"},
		"a name twice":     {after: func(q url.Values) { q.Add("Action", "x") }, code: "InvalidParameter"},
		"unknown":          {further: map[string]string{"Colour": "x"}, code: "UnknownParameter"},
		"six minutes fast": {further: map[string]string{"Timestamp": strconv.FormatInt(time.Now().Add(6*time.Minute).Unix(), 10)}, code: "AuthFailure.SignatureExpire"},
	} {
		t.Run(name, func(t *testing.T) {
			r := getV1(formV1(time.Now(), "7", c.further))
			if c.after != nil {
				q := r.URL.Query()
				c.after(q)
				r.URL.RawQuery = q.Encode()
			}
			require.Equal(t, c.code, answerOf(t, tencenttest.NewHandler(tencenttest.Options{}), r).code)
		})
	}
}

// The official SDK for Node.js draws 16 bits for a Nonce, so parallel calls often have the same.
func TestParallelCallsOfOneNonce(t *testing.T) {
	const calls = 1000
	now := time.Unix(1700000000, 0)
	h := tencenttest.NewHandler(tencenttest.Options{Now: func() time.Time { return now }})
	random := rand.New(rand.NewPCG(1, 2))
	requests, nonces := make([]*http.Request, calls), map[string]bool{}
	for i := range requests {
		nonce := strconv.Itoa(random.IntN(1 << 16))
		nonces[nonce] = true
		requests[i] = getV1(formV1(now, nonce, map[string]string{
			"Action": create, "CustomerGatewayName": "a", "IpAddress": fmt.Sprintf("20.0.%d.%d", i/250, i%250+1),
		}))
	}
	require.Less(t, len(nonces), calls, "nonces that occur twice")
	codes := make([]string, calls)
	var wg sync.WaitGroup
	for i := range requests {
		wg.Go(func() { codes[i] = answerOf(t, h, requests[i]).code })
	}
	wg.Wait()
	require.Equal(t, make([]string, calls), codes, "none is refused")
	t.Logf("%d calls in one second, %d nonces: 0 refused", calls, len(nonces))
}

func TestSignatureOfVersion1IsForOneUse(t *testing.T) {
	now := time.Unix(1700000000, 0)
	h := tencenttest.NewHandler(tencenttest.Options{Now: func() time.Time { return now }})
	send := func(at time.Time, nonce string) string { return answerOf(t, h, getV1(formV1(at, nonce, nil))).code }
	require.Empty(t, send(now, "1"))
	require.Equal(t, "AuthFailure.SignatureFailure", send(now, "1"))
	require.Empty(t, send(now, "2"))
	require.Empty(t, send(now.Add(-time.Second), "1"), "a nonce goes with its timestamp")
	require.Empty(t, answerOf(t, h, getV1(formV1(now, "1", map[string]string{"Limit": "7"}))).code, "another signature")
	first := now
	now = now.Add(5*time.Minute + time.Second)
	require.Equal(t, "AuthFailure.SignatureExpire", send(first, "1"))
	require.Empty(t, send(now, "1"))
	require.Equal(t, "AuthFailure.SignatureFailure", send(now, "1"))
}

func TestClockWindow(t *testing.T) {
	now := time.Unix(1700000000, 0)
	h := tencenttest.NewHandler(tencenttest.Options{Now: func() time.Time { return now }})
	for offset, code := range map[time.Duration]string{
		0: "", 5 * time.Minute: "", -5 * time.Minute: "",
		5*time.Minute + time.Second:  "AuthFailure.SignatureExpire",
		-5*time.Minute - time.Second: "AuthFailure.SignatureExpire",
		24 * time.Hour:               "AuthFailure.SignatureExpire",
	} {
		c := wireCall{action: "DescribeCustomerGateways", params: `{}`, at: now.Add(offset)}
		require.Equal(t, code, c.do(t, h).code, "%s", offset)
		require.Equal(t, code, answerOf(t, h, getV1(formV1(now.Add(offset), "1", nil))).code, "%s, version 1", offset)
	}
}
