package alibabatest

import (
	"cmp"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is far more than any request of this API needs.
const maxBody = 1 << 20

// request is a request as the service reads it.
type request struct {
	method, path, host string
	action             string
	headers            map[string]string // by lower-case name
	query              params
	params             params // of the query and the form together
	body               []byte
	xml                bool // answer in XML
}

// read reads the request. If it is refused, the result has the parts that could be read.
func read(r *http.Request) (*request, *refusal) {
	req := &request{
		method: r.Method, path: r.URL.Path, host: r.Host,
		headers: map[string]string{}, query: params{}, params: params{},
	}
	if req.path == "" {
		req.path = "/"
	}
	if req.host == "" {
		req.host = r.URL.Host // of a request that was never sent over a connection
	}
	// The names may have any case if the request did not pass through net/http's server.
	for name, values := range r.Header {
		trimmed := make([]string, len(values))
		for i, v := range values {
			trimmed[i] = strings.TrimSpace(v)
		}
		req.headers[strings.ToLower(name)] = strings.Join(trimmed, ",")
	}
	req.headers["host"] = req.host

	if ref := req.query.add(r.URL.RawQuery); ref != nil {
		return req, ref
	}
	for name, value := range req.query {
		req.params[name] = value
	}
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil || len(body) > maxBody {
			return req, refusef("InvalidParameter", "The body cannot be read, or is too long.")
		}
		req.body = body
	}
	if kind, _, _ := mime.ParseMediaType(req.headers["content-type"]); kind == "application/x-www-form-urlencoded" {
		if ref := req.params.add(string(req.body)); ref != nil {
			return req, ref
		}
	}
	req.xml = strings.EqualFold(req.params["Format"], "XML")
	return req, req.route()
}

// signed reports whether the request has a part of a signature, of either scheme.
func (r *request) signed() bool {
	return r.acs3() || r.params["AccessKeyId"] != "" || r.params["Signature"] != ""
}

// route finds the action. In the older protocol the headers of the newer one are ignored: they are
// not signed.
func (r *request) route() *refusal {
	action, version := r.params["Action"], r.params["Version"]
	if r.acs3() || !r.signed() {
		action, version = cmp.Or(r.headers["x-acs-action"], action), cmp.Or(r.headers["x-acs-version"], version)
	}
	r.action = action
	switch format := r.params["Format"]; {
	case r.method != http.MethodGet && r.method != http.MethodPost:
		return refuse("UnsupportedHTTPMethod")
	case r.path != "/":
		return refuse("InvalidAction.NotFound")
	case format != "" && !strings.EqualFold(format, "JSON") && !r.xml:
		return invalid("Format")
	case action == "":
		return missing("Action")
	case version == "":
		return missing("Version")
	case version != "2016-04-28":
		return refuse("InvalidVersion")
	}
	return nil
}
