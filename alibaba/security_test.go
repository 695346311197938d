package alibaba_test

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

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// echoes are services that answer with all that they were sent, in some form.
func echoes() map[string]http.HandlerFunc {
	sent := func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body) // of what has come
		all := []string{r.Method + " " + r.RequestURI, r.URL.Query().Get("AuthKey"), string(body)}
		for k, v := range r.Header {
			all = append(all, k+": "+strings.Join(v, " "))
		}
		return strings.Join(all, " ")
	}
	raw := func(answer func(*http.Request) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, answer(r))
			_ = conn.Close()
		}
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
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"Code":"InvalidAuthKey","Message":%q}`, "not a key: "+form(r.URL.Query().Get("AuthKey")))
		}
		for _, place := range []string{"code", "message", "request ID"} {
			answers["error with the "+place+" "+name] = func(w http.ResponseWriter, r *http.Request) {
				text := form(sent(r))
				code, message, id := "Brand.New", "it went wrong", "id"
				switch place {
				case "code":
					code = text
				case "message":
					message = text
				default:
					id = text
				}
				w.WriteHeader(400)
				fmt.Fprintf(w, `{"Code":%q,"Message":%q,"RequestId":%q}`, code, message, id)
			}
		}
	}
	return answers
}

// TestNothingTellsSecrets greps all that a Provisioner says, of services that repeat what they
// were sent, for the keys that the requests were signed with, the signature, and the AuthKey.
func TestNothingTellsSecrets(t *testing.T) {
	const authKey = "auth-key/with+marks=&more"
	for name, h := range echoes() {
		for _, trouble := range []string{"", "refused", "own transport"} {
			t.Run(name+"/"+trouble, func(t *testing.T) {
				var said bytes.Buffer
				var signature string
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, signature, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
					h(w, r)
				}))
				defer srv.Close()
				cfg := testConfig()
				cfg.Endpoint = srv.URL
				cfg.Logger = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
				cfg.Observe = func(_ context.Context, a cgw.Attempt) { fmt.Fprintf(&said, "%v %+v %#v\n", a, a, a) }
				switch trouble {
				case "refused":
					srv.Close()
				case "own transport":
					cfg.HTTPClient = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
						_, signature, _ = strings.Cut(strings.Join(append(r.Header["Authorization"], r.Header["authorization"]...), ""), "Signature=")
						return nil, fmt.Errorf("%s %s %v", r.Method, r.URL.RequestURI(), r.Header)
					})}
				}
				p := open(t, cfg)
				req := testRequest()
				req.AuthKey = authKey
				_, err := p.Create(t.Context(), req)
				said.WriteString(everything(err))
				for _, op := range operations() {
					_, err := op.do(t.Context(), p)
					said.WriteString(everything(err))
				}
				secrets := []string{testKey, testToken, authKey}
				if trouble != "refused" {
					require.NotEmpty(t, signature)
					secrets = append(secrets, signature)
				}
				for _, s := range secrets {
					once := url.QueryEscape(s)
					for _, form := range []string{s, once, url.QueryEscape(once), url.PathEscape(s)} {
						require.NotContains(t, said.String(), form)
					}
				}
				require.NotContains(t, said.String(), "://")
				require.NotContains(t, fmt.Sprintf("%v %+v", p, p), testKey)
			})
		}
	}
}
