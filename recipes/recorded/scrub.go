package recorded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
)

// redacted stands for what is not kept.
const redacted = "redacted"

// What stands for the times of a reply: CreatedTime of Tencent, CreateTime of Alibaba in
// milliseconds.
const (
	createdTime = "2026-01-02 03:04:05"
	createTime  = int64(1767323045000) // an int has 32 bits on some systems
)

// keptHeader reports whether a header is kept. All others are dropped: among them are the
// signature and the credential's ID, the nonce and the date, and whatever a later SDK adds.
func keptHeader(name string) bool {
	switch strings.ToLower(name) {
	case "content-type", "retry-after",
		"x-tc-action", "x-tc-version", "x-tc-region",
		"x-acs-action", "x-acs-version", "x-acs-retry-after":
		return true
	default:
		return false
	}
}

// scrubber makes an exchange fit to be saved.
type scrubber struct{ secrets []string }

func (s scrubber) scrub(i *cassette.Interaction) error {
	q, a := &i.Request, &i.Response
	at, err := url.Parse(q.URL)
	if err != nil {
		return fmt.Errorf("exchange %d: its URL cannot be parsed", i.ID) // the error would quote it
	}
	at.RawQuery = scrubQuery(at.Query()).Encode()
	q.URL, q.Form, q.RemoteAddr = at.String(), nil, ""
	q.Headers, a.Headers = keptHeaders(q.Headers), keptHeaders(a.Headers)
	q.Body = scrubBody(q.Body, i.ID)
	q.ContentLength = int64(len(q.Body))
	a.Body = scrubBody(a.Body, i.ID)
	a.ContentLength, a.Duration = int64(len(a.Body)), 0
	return s.check(i)
}

// check is the last line: what was not foreseen above must not be saved.
func (s scrubber) check(i *cassette.Interaction) error {
	all := strings.Join([]string{i.Request.URL, i.Request.Body, i.Response.Body, fmt.Sprint(i.Request.Headers, i.Response.Headers)}, "\n")
	for n, secret := range s.secrets {
		if secret != "" && (strings.Contains(all, secret) || strings.Contains(all, url.QueryEscape(secret))) {
			return fmt.Errorf("exchange %d holds secret number %d: it is not saved", i.ID, n)
		}
	}
	return nil
}

func keptHeaders(h http.Header) http.Header {
	kept := http.Header{}
	for name, values := range h { // the SDKs write some names in lower case
		if keptHeader(name) {
			kept[http.CanonicalHeaderKey(name)] = values
		}
	}
	return kept
}

// scrubQuery drops what a signature in the query adds.
func scrubQuery(values url.Values) url.Values {
	for name := range values {
		switch name {
		case "AuthKey", "ClientToken":
			values.Set(name, redacted)
		case "AccessKeyId", "SecretId", "Signature", "SignatureNonce", "SecurityToken", "Token", "Nonce", "Timestamp":
			values.Del(name)
		}
	}
	return values
}

// scrubBody replaces in JSON what is secret, or other on each run. It leaves the rest as it is,
// so that replies that are no JSON can be recorded too.
func scrubBody(body string, id int) string {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return body
	}
	request := requestID(v)
	scrubValue(v, id)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return body
	}
	text := strings.TrimSuffix(b.String(), "\n")
	if request != "" { // Alibaba repeats it in a link for troubleshooting
		text = strings.ReplaceAll(text, request, fmt.Sprintf("request-%d", id))
	}
	return text
}

// requestID returns the ID of the request that a reply tells, or "".
func requestID(v any) string {
	reply, _ := v.(map[string]any)
	if inner, ok := reply["Response"].(map[string]any); ok { // Tencent
		reply = inner
	}
	id, _ := reply["RequestId"].(string)
	return id
}

func scrubValue(v any, id int) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			scrubValue(item, id)
		}
	case map[string]any:
		code, _ := v["Code"].(string)
		for name, item := range v {
			switch {
			case name == "AuthKey", name == "ClientToken":
				v[name] = redacted
			case name == "RequestId":
				v[name] = fmt.Sprintf("request-%d", id)
			case name == "CreatedTime":
				v[name] = createdTime
			case name == "CreateTime":
				v[name] = createTime
			case name == "Message" && strings.Contains(code, "Signature"):
				v[name] = redacted // it quotes what was signed
			default:
				scrubValue(item, id)
			}
		}
	}
}
