package recorded

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
)

// match reports whether a request is the recorded one: the same action with the same
// parameters. Signatures, dates, nonces and tokens are others on each run.
func match(r *http.Request, recorded cassette.Request) bool {
	body, err := takeBody(r)
	if err != nil {
		return false
	}
	at, err := url.Parse(recorded.URL)
	if err != nil {
		return false
	}
	return call(r.Method, r.URL, r.Header, body) == call(recorded.Method, at, recorded.Headers, recorded.Body)
}

// call is what a request asks for, as one text.
func call(method string, at *url.URL, h http.Header, body string) string {
	kept := keptHeaders(h)
	parts := []string{method, at.Hostname()}
	for _, name := range []string{"X-Tc-Action", "X-Tc-Version", "X-Tc-Region", "X-Acs-Action", "X-Acs-Version"} {
		parts = append(parts, kept.Get(name))
	}
	return strings.Join(append(parts, scrubQuery(at.Query()).Encode(), scrubBody(body, 0)), "\n")
}

// takeBody reads the body and puts it back: the matcher is asked once for each exchange.
func takeBody(r *http.Request) (string, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return "", nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body), err
}
