package tencenttest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	vpcVersion = "2017-03-12"
	tagVersion = "2018-08-13"
)

// wireCall is a request as any client could make it, signed by hand. Zero fields are those of
// a correct POST to the vpc service.
type wireCall struct {
	action, params           string // params is the JSON body, or the raw query of a GET
	method, target           string
	service, version, region string
	host, signedHost         string
	signedPath, contentType  string
	id, key, token           string
	at, scopeDate            time.Time                // scopeDate is at unless it is set
	alsoSigned               []string                 // header names besides content-type and host, in order
	lower                    bool                     // sign header values in lower case, as the document says
	header                   map[string]string        // further headers, signed or not
	after                    func(r *http.Request)    // changes the request once it is signed
	body                     func(body string) string // changes the body once it is signed
}

func or(s, zero string) string {
	if s == "" {
		return zero
	}
	return s
}

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func mac(key, s string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(s))
	return string(h.Sum(nil))
}

// request signs the call by the document of the signature, version 3.
func (c wireCall) request() *http.Request {
	method := or(c.method, http.MethodPost)
	body, query := c.params, ""
	contentType := or(c.contentType, "application/json")
	target := or(c.target, "/")
	if method == http.MethodGet {
		body, query = "", c.params
		contentType = or(c.contentType, "application/x-www-form-urlencoded")
		if query != "" {
			target += "?" + query
		}
	}
	at := c.at
	if at.IsZero() {
		at = time.Now()
	}
	sent := body
	if c.body != nil {
		sent = c.body(body)
	}
	host := or(c.host, "vpc.tencentcloudapi.com")
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(sent))
	r.Host = host
	timestamp := strconv.FormatInt(at.Unix(), 10)
	for name, value := range map[string]string{
		"Content-Type": contentType, "X-TC-Action": c.action, "X-TC-Version": or(c.version, vpcVersion),
		"X-TC-Timestamp": timestamp, "X-TC-Region": or(c.region, tencenttest.DefaultRegion), "X-TC-Token": c.token,
	} {
		if value != "" && value != "-" {
			r.Header.Set(name, value)
		}
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	names := append([]string{"content-type", "host"}, c.alsoSigned...)
	headers := ""
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = or(c.signedHost, host)
		}
		if c.lower {
			value = strings.ToLower(value)
		}
		headers += name + ":" + value + "\n"
	}
	payload := body
	if r.Header.Get("X-TC-Content-SHA256") == "UNSIGNED-PAYLOAD" {
		payload = "UNSIGNED-PAYLOAD"
	}
	canonical := strings.Join([]string{method, or(c.signedPath, "/"), query, headers, strings.Join(names, ";"), sha(payload)}, "\n")
	date := at.UTC().Format("2006-01-02")
	if !c.scopeDate.IsZero() {
		date = c.scopeDate.UTC().Format("2006-01-02")
	}
	scope := date + "/" + or(c.service, "vpc") + "/tc3_request"
	key := mac(mac(mac("TC3"+or(c.key, tencenttest.DefaultSecretKey), date), or(c.service, "vpc")), "tc3_request")
	signature := hex.EncodeToString([]byte(mac(key, "TC3-HMAC-SHA256\n"+timestamp+"\n"+scope+"\n"+sha(canonical))))
	r.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential="+or(c.id, tencenttest.DefaultSecretID)+"/"+scope+
		", SignedHeaders="+strings.Join(names, ";")+", Signature="+signature)
	if c.after != nil {
		c.after(r)
	}
	return r
}

// answer is what came back.
type answer struct {
	code   string // "" for a success
	result map[string]any
}

// do sends the call to the handler and checks the form of what comes back.
func (c wireCall) do(t *testing.T, h http.Handler) answer {
	t.Helper()
	return answerOf(t, h, c.request())
}

func answerOf(t *testing.T, h http.Handler, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, []string{"application/json"}, w.Header()["Content-Type"])
	var reply map[string]map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &reply))
	require.Len(t, reply, 1)
	result := reply["Response"]
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, result["RequestId"])
	a := answer{result: result}
	if e, failed := result["Error"].(map[string]any); failed {
		require.Len(t, result, 2)
		require.Len(t, e, 2)
		require.NotEmpty(t, e["Message"])
		a.code = e["Code"].(string)
		require.NotEmpty(t, a.code)
	}
	return a
}

// list returns a list in the result.
func (a answer) list(t *testing.T, name string) []map[string]any {
	t.Helper()
	require.Empty(t, a.code, "%v", a.result)
	items, ok := a.result[name].([]any)
	require.True(t, ok, "%s is not a list in %v", name, a.result)
	all := make([]map[string]any, len(items))
	for i, item := range items {
		all[i] = item.(map[string]any)
	}
	return all
}
