package recorded

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
)

func TestScrub(t *testing.T) {
	signed := http.Header{
		"Authorization": {"ACS3-HMAC-SHA256 Credential=AKID,Signature=SIGN"}, "x-acs-date": {"2026-02-03T04:05:06Z"},
		"x-acs-signature-nonce": {"NONCE"}, "x-acs-security-token": {"TOKEN"}, "X-Tc-Token": {"TOKEN"}, "X-Tc-Timestamp": {"1770000000"},
		"x-acs-action": {"CreateCustomerGateway"}, "X-Tc-Region": {"ap-guangzhou"}, "X-Of-A-Later-Sdk": {"SIGN"},
	}
	kept := http.Header{"X-Acs-Action": {"CreateCustomerGateway"}, "X-Tc-Region": {"ap-guangzhou"}}
	tests := []struct {
		name      string
		url, body string // of the request
		reply     string
		wantURL   string
		wantBody  string
		wantReply string
	}{
		{
			name: "a query", url: "https://h/?AuthKey=KEY&ClientToken=TOKEN&Name=n&Asn=1", wantURL: "https://h/?Asn=1&AuthKey=redacted&ClientToken=redacted&Name=n",
		},
		{
			name: "a signature in the query", wantURL: "https://h/?Action=a",
			url: "https://h/?AccessKeyId=AKID&Action=a&Nonce=NONCE&SecretId=AKID&SecurityToken=TOKEN&Signature=SIGN&SignatureNonce=NONCE&Timestamp=2026-02-03T04:05:06Z&Token=TOKEN",
		},
		{
			name: "a body", url: "https://h/", wantURL: "https://h/",
			body: `{"IpAddress":"1.2.3.4","AuthKey":"KEY","Big":4294967295,"Html":"a<b"}`, wantBody: `{"AuthKey":"redacted","Big":4294967295,"Html":"a<b","IpAddress":"1.2.3.4"}`,
			reply:     `{"Set":[{"CreatedTime":"2026-02-03 04:05:06","AuthKey":"KEY"},{"CreateTime":1770000000000}],"RequestId":"3c427d7b"}`,
			wantReply: `{"RequestId":"request-3","Set":[{"AuthKey":"redacted","CreatedTime":"2026-01-02 03:04:05"},{"CreateTime":1767323045000}]}`,
		},
		{
			name: "a message about a signature", url: "https://h/", wantURL: "https://h/",
			reply: `{"Code":"SignatureDoesNotMatch","Message":"expected SIGN for KEY"}`, wantReply: `{"Code":"SignatureDoesNotMatch","Message":"redacted"}`,
		},
		{name: "no JSON", url: "https://h/", wantURL: "https://h/", reply: "<html>", wantReply: "<html>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			headers := signed.Clone()
			i := &cassette.Interaction{
				ID:       3,
				Request:  cassette.Request{URL: test.url, Body: test.body, Headers: headers, Form: url.Values{"AuthKey": {"KEY"}}},
				Response: cassette.Response{Body: test.reply, Headers: http.Header{"Date": {"today"}, "Content-Type": {"t"}}, Duration: 5},
			}
			require.NoError(t, scrubber{[]string{"KEY", "AKID", "SIGN", "TOKEN", "NONCE"}}.scrub(i))
			require.Equal(t, test.wantURL, i.Request.URL)
			require.Equal(t, test.wantBody, i.Request.Body)
			require.Equal(t, test.wantReply, i.Response.Body)
			require.Equal(t, kept, i.Request.Headers)
			require.Equal(t, http.Header{"Content-Type": {"t"}}, i.Response.Headers)
			require.Empty(t, i.Request.Form)
			require.Zero(t, i.Response.Duration)
			require.EqualValues(t, len(test.wantBody), i.Request.ContentLength)
			require.EqualValues(t, len(test.wantReply), i.Response.ContentLength)
			require.Equal(t, signed, headers, "they are the client's")
		})
	}
}

// TestSecretIsNotSaved: where a secret is in a place that nobody thought of, there is no file.
func TestSecretIsNotSaved(t *testing.T) {
	secret := "the key/of berlin"
	for name, do := range map[string]func(*http.Request, http.ResponseWriter){
		"in the query":          func(r *http.Request, _ http.ResponseWriter) { r.URL.RawQuery = "Other=" + url.QueryEscape(secret) },
		"in the request's body": func(r *http.Request, _ http.ResponseWriter) { r.Body = io.NopCloser(strings.NewReader(secret)) },
		"in a kept header":      func(r *http.Request, _ http.ResponseWriter) { r.Header.Set("X-Tc-Region", secret) },
		"in the reply":          func(_ *http.Request, w http.ResponseWriter) { _, _ = io.WriteString(w, "<"+secret+">") },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { do(r, w) }))
			defer server.Close()
			record, err := Towards(server.URL, http.DefaultTransport)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "c")
			client, stop, err := Open(path, Options{Record: record, Secrets: []string{"", secret}})
			require.NoError(t, err)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://cloud.example/", nil)
			require.NoError(t, err)
			do(r, httptest.NewRecorder())
			r.ContentLength = -1
			resp, err := client.Do(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())

			err = stop()
			require.ErrorContains(t, err, "holds secret number 1")
			require.NotContains(t, err.Error(), secret)
			require.NoFileExists(t, path+".yaml")
		})
	}
}

func TestMatch(t *testing.T) {
	request := func(method, at, body string, header ...string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(body))
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			r.Header[header[i]] = []string{header[i+1]} // as it is: the SDKs write lower case
		}
		return r
	}
	i := &cassette.Interaction{Request: cassette.Request{
		Method: "POST", URL: "https://vpc.example/?AuthKey=A&ClientToken=T&Name=n", Body: `{"a":1,"b":2}`,
		Headers: http.Header{"x-acs-action": {"Create"}, "X-Tc-Version": {"1"}, "Authorization": {"s"}},
	}}
	require.NoError(t, scrubber{}.scrub(i))
	good := []string{"x-acs-action", "Create", "X-Tc-Version", "1", "Authorization", "another", "x-acs-date", "later"}
	for _, test := range []struct {
		name string
		r    *http.Request
		want bool
	}{
		{"signed anew", request("POST", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"b":2, "a":1}`, good...), true},
		{"canonical names", request("POST", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, "X-Acs-Action", "Create", "X-Tc-Version", "1"), true},
		{"another action", request("POST", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, "x-acs-action", "Delete", "X-Tc-Version", "1"), false},
		{"another version", request("POST", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, "x-acs-action", "Create"), false},
		{"another parameter", request("POST", "https://vpc.example/?Name=m&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, good...), false},
		{"without a secret", request("POST", "https://vpc.example/?Name=n&ClientToken=U", `{"a":1,"b":2}`, good...), false},
		{"another body", request("POST", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":3}`, good...), false},
		{"another method", request("GET", "https://vpc.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, good...), false},
		{"another host", request("POST", "https://tag.example/?Name=n&ClientToken=U&AuthKey=A", `{"a":1,"b":2}`, good...), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // the body is there for the second exchange, too
				require.Equal(t, test.want, match(test.r, i.Request))
			}
		})
	}
}

func TestOpen(t *testing.T) {
	_, _, err := Open(filepath.Join(t.TempDir(), "none"), Options{})
	require.ErrorIs(t, err, cassette.ErrCassetteNotFound)
	_, err = Towards("://", nil)
	require.Error(t, err)
}

// TestTowards: the server is told the host that was meant, since that is what was signed.
func TestTowards(t *testing.T) {
	hosts := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host }))
	defer server.Close()
	to, err := Towards(server.URL, http.DefaultTransport)
	require.NoError(t, err)
	for _, host := range []string{"", "cloud.example"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://cloud.example/?a=b", nil)
		require.NoError(t, err)
		r.Host = host
		resp, err := to.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, "cloud.example", <-hosts)
		require.Equal(t, "https://cloud.example/?a=b", r.URL.String(), "it is the caller's")
	}
}
