package alibabatest_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// raw is a client of the API that shares no code with the emulator or with any SDK.
type raw struct {
	id, secret, token string
	now               func() time.Time
	action, version   string
	method            string
	nonce             string
	params            map[string]string
	form              bool   // send the parameters in a form; with RPC, all but the business ones stay in the query
	body              string // sent as it is, when there is no form
	headers           map[string]string
}

var nonces atomic.Int64

func newRaw(action string, params ...string) raw {
	c := raw{
		id: "testid", secret: "testsecret", now: time.Now, action: action, version: "2016-04-28", method: http.MethodPost,
		nonce:  "nonce-" + strconv.FormatInt(nonces.Add(1), 10),
		params: map[string]string{"RegionId": region}, headers: map[string]string{},
	}
	for i := 0; i < len(params); i += 2 {
		c.params[params[i]] = params[i+1]
	}
	return c
}

func percent(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

func sorted(params map[string]string) string {
	pairs := slices.Sorted(maps.Keys(params)) // not the pairs: a.1= is before a.10=
	for i, k := range pairs {
		pairs[i] = percent(k) + "=" + percent(params[k])
	}
	return strings.Join(pairs, "&")
}

func values(params map[string]string) string {
	v := url.Values{}
	for name, value := range params {
		v.Set(name, value)
	}
	return v.Encode()
}

const host = "vpc.example.test:4443"

// acs3 makes a request with the newer signature.
func (c raw) acs3() *http.Request {
	target, body := "https://"+host+"/", c.body
	query := ""
	if c.form {
		body = values(c.params)
		c.headers["content-type"] = "application/x-www-form-urlencoded"
	} else {
		query = sorted(c.params)
		target += "?" + values(c.params)
	}
	hash := sha256.Sum256([]byte(body))
	h := map[string]string{
		"host": host, "x-acs-action": c.action, "x-acs-version": c.version,
		"x-acs-date": c.now().UTC().Format("2006-01-02T15:04:05Z"), "x-acs-signature-nonce": c.nonce,
		"x-acs-content-sha256": hex.EncodeToString(hash[:]),
	}
	if c.token != "" {
		h["x-acs-security-token"] = c.token
	}
	for k, v := range c.headers {
		h[k] = v
	}
	names := slices.Sorted(maps.Keys(h))
	text := c.method + "\n/\n" + query + "\n"
	for _, k := range names {
		text += k + ":" + h[k] + "\n"
	}
	list := strings.Join(names, ";")
	text += "\n" + list + "\n" + h["x-acs-content-sha256"]
	digest := sha256.Sum256([]byte(text))
	mac := hmac.New(sha256.New, []byte(c.secret))
	fmt.Fprintf(mac, "ACS3-HMAC-SHA256\n%x", digest)

	r := httptest.NewRequest(c.method, target, strings.NewReader(body))
	for k, v := range h {
		if k != "host" {
			r.Header.Set(k, v)
		}
	}
	r.Header.Set("Authorization", fmt.Sprintf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%x", c.id, list, mac.Sum(nil)))
	return r
}

// rpc makes a request with the older signature.
func (c raw) rpc() *http.Request {
	query := map[string]string{
		"Action": c.action, "Version": c.version, "AccessKeyId": c.id,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": c.nonce,
		"Timestamp": c.now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	if c.token != "" {
		query["SecurityToken"] = c.token
	}
	form, all := map[string]string{}, map[string]string{}
	for k, v := range c.params {
		if c.form {
			form[k] = v
		} else {
			query[k] = v
		}
		all[k] = v
	}
	for k, v := range query {
		all[k] = v
	}
	mac := hmac.New(sha1.New, []byte(c.secret+"&"))
	io.WriteString(mac, c.method+"&%2F&"+percent(sorted(all)))
	query["Signature"] = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	r := httptest.NewRequest(c.method, "https://"+host+"/?"+values(query), strings.NewReader(values(form)))
	if c.form {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	return r
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	text   string
	json   map[string]any // nil when it is not JSON
}

func send(t *testing.T, h http.Handler, r *http.Request) reply {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{status: w.Code, header: w.Header(), text: w.Body.String()}
	if strings.HasPrefix(got.text, "{") {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got.json))
	}
	return got
}

// code is the error code of the reply, "" for a success.
func (r reply) code() string {
	s, _ := r.json["Code"].(string)
	return s
}

// call sends an action in the newer signature to a handler.
func call(t *testing.T, h http.Handler, action string, params ...string) reply {
	t.Helper()
	return send(t, h, newRaw(action, params...).acs3())
}

// handler returns a handler and its state.
func handler(o alibabatest.Options) (http.Handler, *alibabatest.State) {
	o.State = &alibabatest.State{}
	return alibabatest.NewHandler(o), o.State
}

// fakeClock is a clock that stands still until it is moved.
type fakeClock struct{ nanos atomic.Int64 }

func newFakeClock() *fakeClock {
	c := &fakeClock{}
	c.nanos.Store(clock().UnixNano())
	return c
}

func (c *fakeClock) now() time.Time      { return time.Unix(0, c.nanos.Load()) }
func (c *fakeClock) add(d time.Duration) { c.nanos.Add(int64(d)) }
func (c *fakeClock) raw(r raw) raw       { r.now = c.now; return r }
