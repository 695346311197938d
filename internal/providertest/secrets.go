package providertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
)

// sent returns the whole content of a request.
func sent(r *http.Request) string {
	body, _ := io.ReadAll(r.Body) // the part that has arrived
	all := []string{r.Method + " " + r.RequestURI, r.URL.Query().Get("AuthKey"), string(body)}
	for k, v := range r.Header {
		all = append(all, k+": "+strings.Join(v, " "))
	}
	return strings.Join(all, " ")
}

// raw answers with a text that need not be valid HTTP.
func raw(answer func(*http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, answer(r))
		_ = conn.Close()
	}
}

// echoes returns services that answer with the content of the request, in various forms.
func (h Harness) echoes() map[string]http.HandlerFunc {
	fail := func(w http.ResponseWriter, code, message, requestID string) {
		status, body := h.Failure(code, message, requestID)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	answers := map[string]http.HandlerFunc{
		"page": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(502); _, _ = io.WriteString(w, sent(r)) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.RequestURI)
			w.WriteHeader(302)
		},
		"not HTTP": raw(sent),
		"header":   raw(func(r *http.Request) string { return "HTTP/1.1 200 OK\r\n" + r.RequestURI + "\r\n\r\n" }),
		"status":   raw(func(r *http.Request) string { return "HTTP/1.1 abc " + r.RequestURI + "\r\n\r\n" }),
		"length":   raw(func(r *http.Request) string { return "HTTP/1.1 200 OK\r\nContent-Length: " + r.RequestURI + "\r\n\r\n" }),
		"encoding": raw(func(r *http.Request) string {
			return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + r.RequestURI + "\r\n\r\n"
		}),
		"in a text": func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%q", sent(r)) },
	}
	for name, form := range map[string]func(string) string{
		"raw":           func(s string) string { return s },
		"escaped":       url.QueryEscape,
		"escaped twice": func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	} {
		answers["error with the AuthKey "+name] = func(w http.ResponseWriter, r *http.Request) {
			fail(w, "InvalidAuthKey", "not a key: "+form(r.URL.Query().Get("AuthKey")), "id")
		}
		answers["error with the token "+name] = func(w http.ResponseWriter, _ *http.Request) {
			fail(w, "InvalidToken", "not a token: "+form(Token), "id")
		}
		answers["error with the signature "+name] = func(w http.ResponseWriter, r *http.Request) {
			fail(w, "InvalidSignature", "not that of the request: "+form(signature(r.Header)), "id")
		}
		answers["error with the code "+name] = func(w http.ResponseWriter, r *http.Request) {
			fail(w, form(sent(r)), "it went wrong", "id")
		}
		answers["error with the message "+name] = func(w http.ResponseWriter, r *http.Request) {
			fail(w, "Brand.New", form(sent(r)), "id")
		}
		answers["error with the request ID "+name] = func(w http.ResponseWriter, r *http.Request) {
			fail(w, "Brand.New", "it went wrong", form(sent(r)))
		}
	}
	return answers
}

// signature returns the signature in the headers of a request of either cloud.
func signature(header http.Header) string {
	both := append(header["Authorization"], header["authorization"]...) // a SDK's own spelling
	_, signature, _ := strings.Cut(strings.Join(both, ""), "Signature=")
	return signature
}

// nothingTellsSecrets uses services that repeat the request. It searches errors, logs and Attempts
// for the keys that the requests were signed with, the signature and the AuthKey.
func nothingTellsSecrets(t *testing.T, h Harness) {
	for name, echo := range h.echoes() {
		for _, trouble := range []string{"", "refused", "own transport"} {
			t.Run(name+"/"+trouble, func(t *testing.T) { h.tellsNoSecrets(t, echo, trouble) })
		}
	}
}

func (h Harness) tellsNoSecrets(t *testing.T, echo http.HandlerFunc, trouble string) {
	t.Helper()
	var said bytes.Buffer
	var signed string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed = signature(r.Header)
		echo(w, r)
	}))
	defer srv.Close()
	c := h.Config()
	c.Endpoint = srv.URL
	c.Logger = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.Observe = func(_ context.Context, a cgw.Attempt) { fmt.Fprintf(&said, "%v %+v %#v\n", a, a, a) }
	switch trouble {
	case "refused":
		srv.Close()
	case "own transport":
		c.HTTPClient = Tripper(func(r *http.Request) (*http.Response, error) {
			signed = signature(r.Header)
			return nil, fmt.Errorf("%s %s %v", r.Method, r.URL.RequestURI(), r.Header)
		}).Client()
	}
	p := h.Open(t, c)
	secrets := []string{Secret, Token}
	req := Request()
	if !h.Rules().AuthKey.Unsupported {
		req.AuthKey = "auth-key/with+marks=&more"
		secrets = append(secrets, string(req.AuthKey))
	}
	_, err := p.Create(t.Context(), req)
	said.WriteString(Everything(err))
	for _, op := range operations() {
		_, err := op.do(t.Context(), p)
		said.WriteString(Everything(err))
	}
	if trouble != "refused" {
		check(t, signed != "", "the requests are signed")
		secrets = append(secrets, signed)
	}
	for _, s := range secrets {
		once := url.QueryEscape(s)
		for _, form := range []string{s, once, url.QueryEscape(once), url.PathEscape(s)} {
			lacks(t, said.String(), form)
		}
	}
	lacks(t, said.String(), "://")
	lacks(t, fmt.Sprintf("%v %+v", p, p), Secret)
}
