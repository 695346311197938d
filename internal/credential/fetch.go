package credential

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// maxReply bounds the reply of a source of credentials, in bytes.
const maxReply = 64 << 10

// Fetch sends a GET to a source of credentials, with the default transport of net/http, as the SDKs do.
// It returns the body of a reply with status 200; any other reply is an Error. status is 0 if there was
// no reply.
func Fetch(address string, timeout time.Duration) (reply []byte, status int, failed *Error) {
	return ask(new(http.Client), http.MethodGet, address, nil, timeout)
}

// Metadata is like Fetch, for a metadata service: it follows no redirect, and uses no proxy of the
// environment. Such a service is on the machine's own network. A proxy would see the keys, and could
// answer with the keys of its own role. If a program has replaced http.DefaultTransport, or its Proxy, that
// decides.
func Metadata(method, address string, header http.Header, timeout time.Duration) (reply []byte, status int, failed *Error) {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t, ok := http.DefaultTransport.(*http.Transport)
	if ok && t.Proxy != nil && reflect.ValueOf(t.Proxy).Pointer() == reflect.ValueOf(http.ProxyFromEnvironment).Pointer() {
		t = t.Clone()
		t.Proxy, t.DisableKeepAlives = nil, true
		c.Transport = t
	}
	return ask(c, method, address, header, timeout)
}

func ask(c *http.Client, method, address string, header http.Header, timeout time.Duration) (reply []byte, status int, failed *Error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, 0, Refused("the address is not an http:// or https:// URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return nil, 0, Wrap(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := c.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, &Error{Kind: cgw.ErrUnavailable, Err: errSlow}
		}
		return nil, 0, Wrap(err)
	}
	defer func() { _ = resp.Body.Close() }()
	reply, err = io.ReadAll(io.LimitReader(resp.Body, maxReply))
	switch {
	case resp.StatusCode != http.StatusOK:
		text := "HTTP " + strconv.Itoa(resp.StatusCode)
		if code := Code(string(reply)); code != "" {
			text += " " + code
		}
		if OutageStatus(resp.StatusCode) {
			return nil, resp.StatusCode, Outage(text)
		}
		return nil, resp.StatusCode, Refused(text)
	case err != nil:
		return nil, resp.StatusCode, &Error{Kind: cgw.ErrUnavailable, Err: exchange.Reword(err, "the reply ended too early")}
	}
	return reply, resp.StatusCode, nil
}

// Lacking returns the error for a reply with status 200 that has no usable credentials.
//
//   - If the reply is not a JSON object, it is an outage: something between cgw and the source, such as
//     a proxy, sent the reply.
//   - If it has an error code, the error names the code. passes reports whether the cloud documents
//     the code as temporary: then it is an outage. So is an HTTP status of an outage in place of a code.
//   - If it has no code, or the code "Success", it is a refusal with this text.
func Lacking(reply []byte, passes func(code string) bool, text string) *Error {
	var object map[string]json.RawMessage
	if json.Unmarshal(reply, &object) != nil || object == nil {
		return Outage("the source did not answer in JSON")
	}
	code := Code(string(reply))
	if code == "" || code == "Success" {
		return Refused(text)
	}
	text = "the source answered with the code " + strconv.Quote(code)
	if n, err := strconv.Atoi(code); passes(code) || err == nil && OutageStatus(n) {
		return Outage(text)
	}
	return Refused(text)
}

// Fail returns the error of DefaultCredentials if no credentials were found.
func Fail(ctx context.Context, provider cgw.Provider, err error) error {
	e := Wrap(err)
	return (&cgw.Error{
		Op: cgw.OpDefaultCredentials, Provider: provider, Outcome: cgw.OutcomeNotApplied, Kind: e.Kind, Err: e.Err,
	}).WithContext(ctx)
}
