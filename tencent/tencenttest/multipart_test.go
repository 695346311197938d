package tencenttest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const formBoundary = "0123456789abcdef"

// multipartCall makes a form as the official SDK for Python does: text as it is, lists and
// objects as parts of JSON, and no body without parameters.
func multipartCall(t *testing.T, params map[string]any) wireCall {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		kind, text := "", fmt.Sprint(params[name])
		if _, isList := params[name].([]any); isList {
			j, err := json.Marshal(params[name])
			require.NoError(t, err)
			kind, text = "Content-Type: application/json\r\n", string(j)
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q\r\n%s\r\n%s\r\n", formBoundary, name, kind, text)
	}
	if b.Len() > 0 {
		b.WriteString("--" + formBoundary + "--\r\n")
	}
	return wireCall{contentType: "multipart/form-data; boundary=" + formBoundary, params: b.String()}
}

func TestMultipart(t *testing.T) {
	part := func(headers, body string) string {
		return "--" + formBoundary + "\r\nContent-Disposition: form-data; " + headers + "\r\n\r\n" + body + "\r\n"
	}
	const end = "--" + formBoundary + "--\r\n"
	gateway := part(`name="CustomerGatewayName"`, "名 a+b%20&=") + part(`name="IpAddress"`, "58.211.1.12")
	for name, c := range map[string]struct {
		call wireCall
		code string
		tags map[string]string
	}{
		"text":                   {call: wireCall{params: gateway + end}},
		"number":                 {call: wireCall{params: gateway + part(`name="BgpAsn"`, "65001") + end}},
		"number that is none":    {call: wireCall{params: gateway + part(`name="BgpAsn"`, "many") + end}, code: "InvalidParameter"},
		"flat list":              {call: wireCall{params: gateway + part(`name="Tags.0.Key"`, "a") + part(`name="Tags.0.Value"`, "b") + end}, tags: map[string]string{"a": "b"}},
		"list of JSON":           {call: wireCall{params: gateway + part("name=\"Tags\"\r\nContent-Type: application/json", `[{"Key":"a","Value":"b"}]`) + end}, tags: map[string]string{"a": "b"}},
		"JSON that is none":      {call: wireCall{params: gateway + part("name=\"Tags\"\r\nContent-Type: application/json", `[{"Key":"a"`) + end}, code: "InvalidParameter"},
		"list as text":           {call: wireCall{params: gateway + part(`name="Tags"`, `[{"Key":"a"}]`) + end}, code: "InvalidParameter"},
		"unsigned payload":       {call: wireCall{params: gateway + end, header: map[string]string{"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}}},
		"signed as Node.js does": {call: wireCall{params: gateway + end, host: "127.0.0.1:8080", signedHost: "127.0.0.1", service: "127"}},
		"another body":           {call: wireCall{params: gateway + end, body: func(s string) string { return strings.Replace(s, "58.", "59.", 1) }}, code: "AuthFailure.SignatureFailure"},
		"unknown":                {call: wireCall{params: gateway + part(`name="Colour"`, "red") + end}, code: "UnknownParameter"},
		"missing":                {call: wireCall{params: part(`name="IpAddress"`, "58.211.1.12") + end}, code: "MissingParameter"},
		"no parts":               {call: wireCall{params: " "}, code: "InvalidParameter"},
		"no body":                {call: wireCall{}, code: "MissingParameter"},
		"a name twice":           {call: wireCall{params: gateway + part(`name="IpAddress"`, "58.211.1.13") + end}, code: "InvalidParameter"},
		"a part without a name":  {call: wireCall{params: gateway + part(`filename="a"`, "b") + end}, code: "InvalidParameter"},
		"not UTF-8":              {call: wireCall{params: gateway + part(`name="BgpAsn"`, "\xff") + end}, code: "InvalidParameter"},
		"cut behind a part":      {call: wireCall{params: gateway}, code: "InvalidParameter"},
		"cut in a part":          {call: wireCall{params: gateway[:len(gateway)-5]}, code: "InvalidParameter"},
		"another boundary":       {call: wireCall{params: gateway + end, contentType: "multipart/form-data; boundary=other"}, code: "InvalidParameter"},
		"no boundary":            {call: wireCall{params: gateway + end, contentType: "multipart/form-data"}, code: "InvalidParameter"},
		"too long":               {call: wireCall{params: part(`name="CustomerGatewayName"`, strings.Repeat("a", 10<<20)) + end}, code: "RequestSizeLimitExceeded"},
		"another kind of form":   {call: wireCall{params: gateway + end, contentType: "multipart/mixed; boundary=" + formBoundary}, code: "InvalidRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			s := new(tencenttest.State)
			c.call.action = create
			if c.call.contentType == "" {
				c.call.contentType = "multipart/form-data; boundary=" + formBoundary
			}
			got := c.call.do(t, tencenttest.NewHandler(tencenttest.Options{State: s}))
			require.Equal(t, c.code, got.code, "%v", got.result)
			if c.code != "" {
				require.Empty(t, s.Gateways())
				return
			}
			require.Equal(t, "名 a+b%20&=", s.Gateways()[0].Name)
			require.Equal(t, c.tags, s.Gateways()[0].Tags)
		})
	}
}
