package tencenttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// The sizes of requests that are read.
const (
	maxQuery = 32 << 10 // GET
	maxForm  = 1 << 20  // POST with a signature of version 1
	maxJSON  = 10 << 20 // POST with a signature of version 3
)

// inputTC3 reads the parameters of a request that has a signature of version 3.
func inputTC3(r *http.Request, body []byte) (input, *serviceError) {
	if r.Method == http.MethodGet {
		params, e := parseForm(r.URL.RawQuery)
		return flatInput(params), e
	}
	switch kind, boundary := mediaType(r); kind {
	case contentType:
		value, e := parseJSON(body)
		params, ok := value.(map[string]any)
		if e == nil && !ok {
			e = refuse(codeInvalidParameter, "the body is not a JSON object")
		}
		return input{params: params}, e
	case "multipart/form-data":
		params, e := parseMultipart(body, boundary)
		return flatInput(params), e
	default:
		return input{}, refuse(codeInvalidRequest, "a POST signed with %s must be %s or multipart/form-data", algorithmTC3, contentType)
	}
}

func parseJSON(text []byte) (any, *serviceError) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || !utf8.Valid(text) {
		return nil, refuse(codeInvalidParameter, "there is no JSON in UTF-8")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(codeInvalidParameter, "there is something after the JSON")
	}
	return value, nil
}

// parseMultipart reads a form in which every name occurs once. A part is text, as in a query,
// or JSON if its Content-Type says so: the official SDK for Python sends lists and objects
// that way.
func parseMultipart(body []byte, boundary string) (map[string]any, *serviceError) {
	malformed := refuse(codeInvalidParameter, "the body is not a form of distinct parts with names, in UTF-8")
	params := map[string]any{}
	if len(body) == 0 { // the SDK for Python sends this if there are no parameters
		return params, nil
	}
	if boundary == "" {
		return nil, malformed
	}
	for parts := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // wrapped, it is the end of a body that was cut short
			return params, nil
		}
		if err != nil {
			return nil, malformed
		}
		text, err := io.ReadAll(part)
		name := part.FormName()
		if _, twice := params[name]; err != nil || name == "" || twice || !utf8.Valid(text) {
			return nil, malformed
		}
		params[name] = string(text)
		if part.Header.Get("Content-Type") == contentType {
			value, e := parseJSON(text)
			if e != nil {
				return nil, e
			}
			params[name] = value
		}
	}
}

func readBody(r *http.Request) ([]byte, *serviceError) {
	limit := int64(maxJSON)
	if r.Header.Get("Authorization") == "" {
		limit = maxForm
	}
	if len(r.URL.RawQuery) > maxQuery {
		return nil, refuse(codeRequestSize, "the query is longer than %d bytes", maxQuery)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away
	}
	if int64(len(body)) > limit {
		return nil, refuse(codeRequestSize, "the body is longer than %d bytes", limit)
	}
	return body, nil
}

// parseForm reads a query or a form in which every name occurs once.
func parseForm(text string) (map[string]string, *serviceError) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, refuse(codeInvalidParameter, "the parameters are not URL-encoded")
	}
	params := make(map[string]string, len(values))
	for name, v := range values {
		if len(v) > 1 || !utf8.ValidString(name) || !utf8.ValidString(v[0]) {
			return nil, refuse(codeInvalidParameter, "the parameter %q occurs twice, or is not UTF-8", name)
		}
		params[name] = v[0]
	}
	return params, nil
}

// mediaType returns the type of the body without its parameters, and the boundary of its parts.
func mediaType(r *http.Request) (name, boundary string) {
	name, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", ""
	}
	return name, params["boundary"]
}
