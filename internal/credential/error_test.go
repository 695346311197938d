package credential_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
)

const secret = "keyEXAMPLE/with+marks=&more"

func get(err error) error {
	return &url.Error{Op: "Get", URL: "https://host.test/?token=" + secret, Err: err}
}

// TestWrap: the type of an error decides the Kind, and the text keeps the cause.
func TestWrap(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(100, 100, 100, 200), Port: 80}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	_, missing := os.Open("/nowhere/token")
	_, malformed := url.Parse("http://[" + secret) //nolint:staticcheck // that is the point
	for _, tc := range []struct {
		name string
		err  error
		kind error
		text string
		is   error // besides
	}{
		{"connection refused", get(refused), cgw.ErrUnavailable, "dial tcp 100.100.100.200:80: connect: connection refused", syscall.ECONNREFUSED},
		{"wrapped", fmt.Errorf("vault: %w", get(refused)), cgw.ErrUnavailable, `vault: Get "[link]": dial tcp 100.100.100.200:80: connect: connection refused`, syscall.ECONNREFUSED},
		{"cut", get(io.ErrUnexpectedEOF), cgw.ErrUnavailable, "unexpected EOF", io.ErrUnexpectedEOF},
		{"no such host", get(&net.DNSError{Err: "no such host", Name: "host.test", IsNotFound: true}), cgw.ErrUnavailable, "lookup host.test: no such host", nil},
		{"its own time is up", fmt.Errorf("metadata: %w", context.DeadlineExceeded), cgw.ErrUnavailable, "metadata: context deadline exceeded", nil},
		{"it was cancelled", context.Canceled, cgw.ErrUnavailable, "context canceled", nil},
		{"it was cancelled, wrapped", fmt.Errorf("vault: %w", context.Canceled), cgw.ErrUnavailable, "vault: context canceled", nil},
		{"its request was cancelled", get(context.Canceled), cgw.ErrUnavailable, "context canceled", nil},
		{"certificate", get(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), cgw.ErrUnauthenticated, "tls: failed to verify certificate: x509: certificate signed by unknown authority", nil},
		{"malformed address", malformed, cgw.ErrUnauthenticated, "a malformed URL", nil},
		{"scheme", get(errors.New(`unsupported protocol scheme "ftp"`)), cgw.ErrUnauthenticated, `unsupported protocol scheme "ftp"`, nil},
		{"says so itself", fmt.Errorf("vault is sealed: %w", cgw.ErrUnavailable), cgw.ErrUnavailable, "vault is sealed: service unavailable", nil},
		{"throttled", fmt.Errorf("vault: %w", cgw.ErrThrottled), cgw.ErrUnavailable, "vault: throttled", nil},
		{"file", missing, cgw.ErrUnauthenticated, "open /nowhere/token: no such file or directory", fs.ErrNotExist},
		{"anything else", errors.New("there are none: ask \"ops\": now"), cgw.ErrUnauthenticated, `there are none: ask "ops": now`, nil},
		{"joined", errors.Join(errors.New("env: none"), get(io.EOF)), cgw.ErrUnavailable, "env: none; EOF", io.EOF},
		{"known", fmt.Errorf("x: %w", credential.Outage("HTTP 503")), cgw.ErrUnavailable, "HTTP 503", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := credential.Wrap(tc.err)
			require.Equal(t, tc.kind, e.Kind)
			require.Equal(t, tc.text, e.Err.Error())
			require.ErrorIs(t, e, tc.kind)
			require.NotErrorIs(t, e, context.DeadlineExceeded)
			require.NotErrorIs(t, e, context.Canceled)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e.Err, e.Err), "keyEXAMPLE")
			if tc.is != nil {
				require.ErrorIs(t, e, tc.is)
				require.ErrorIs(t, e.In("env"), tc.is)
			}
			require.EqualError(t, e.In("env"), "credentials: env: "+tc.text)
		})
	}
}

// TestText: what may be a secret is withheld, and the text around it is kept.
func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain: and \"quoted\": words, failed: why":                     "plain: and \"quoted\": words, failed: why",
		`refresh failed: {"AccessKeySecret":"` + secret + `"} again`:    "refresh failed: [withheld] again",
		`failed: {"Code":"NoPermission","Message":"` + secret + `"}`:    "failed: NoPermission",
		`failed: {"ErrorCode":"Forbidden.X","M":["` + secret + `"]}`:    "failed: Forbidden.X",
		`failed: {"Code":"` + strings.Repeat("x", 300) + `"}`:           "failed: [withheld]",
		`failed: {"Code":7,"error":"expired"}, and [1,2]`:               "failed: expired, and [withheld]",
		`half of it: {"AccessKeySecret":"` + secret:                     "half of it: [withheld]",
		`Go: {Key:` + secret + `} of a struct`:                          "Go: [withheld] of a struct",
		`[TencentCloudSDKError] Code=X, Message=y`:                      "[TencentCloudSDKError] Code=X, Message=y",
		"failed: " + strings.Repeat("[", 1<<20) + secret:                "failed: " + strings.Repeat("[", 64) + "[withheld]",
		"failed: " + strings.Repeat("{ ", 1<<16) + secret + "}}":        "failed: [withheld]",
		"failed: " + strings.Repeat("[ {} ", 1<<16) + secret:            "failed: " + strings.Repeat("[ [withheld] ", 32) + "[withheld]",
		"exit status 1\nstderr: " + secret:                              "exit status 1 [withheld]",
		`line 3: access_key_secret = ` + secret + `, see the document`:  "line 3: access_key_secret = [withheld], see the document",
		`bad token="a b c": expired`:                                    `bad token=[withheld]: expired`,
		"token expired: 3 minutes":                                      "token expired: 3 minutes",
		"the key " + secret + " is wrong":                               "the key [withheld] is wrong",
		"the key " + url.QueryEscape(secret) + " is wrong":              "the key [withheld] is wrong",
		"from https://user:pass@host/x?y=z failed: HTTP 404":            "from [link] failed: HTTP 404",
		"InvalidParameter.RoleArn: no such role qcs::cam::uin/1:role/x": "InvalidParameter.RoleArn: no such role qcs::cam::uin/1:role/x",
	} {
		require.Equal(t, want, credential.Text(in, secret, ""), in)
	}
}

func TestFlaw(t *testing.T) {
	for value, want := range map[string]string{
		"":                             "",
		"AKIDEXAMPLE":                  "",
		secret:                         "",
		"AKIDEXAMPLE\n":                "the key ends with a line break",
		"AKIDEXAMPLE \r\n":             "the key ends with white space",
		"\tAKIDEXAMPLE":                "the key begins with white space",
		"AKID EXAMPLE":                 "the key contains white space",
		" \n":                          "the key is nothing but white space",
		"AKID\x00EXAMPLE":              "the key contains a control character",
		"AKIDEXAMPLE\x7f":              "the key ends with a control character",
		"\ufeffAKIDEXAMPLE":            "the key begins with a character outside of ASCII",
		"AKID\u00a0EXAMPLE":            "the key contains a character outside of ASCII",
		strings.Repeat("x", 5000):      "",
		strings.Repeat("x", 50) + "\n": "the key ends with a line break",
	} {
		require.Equal(t, want, credential.Flaw(credential.Part{Name: "ID", Value: "fine"}, credential.Part{Name: "key", Value: value}), "%q", value)
	}
}

func TestFetch(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		want   string
		kind   error
	}{
		{"reply", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }, 200, "", nil},
		{"refused", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"Code":"NoRole","Secret":"`+secret+`"}`)
		}, 403, "credentials: HTTP 403 NoRole", cgw.ErrUnauthenticated},
		{"not found", http.NotFound, 404, "credentials: HTTP 404", cgw.ErrUnauthenticated},
		{"down", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, 503, "credentials: HTTP 503", cgw.ErrUnavailable},
		{"throttled", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, 429, "credentials: HTTP 429", cgw.ErrUnavailable},
		{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "credentials: EOF", cgw.ErrUnavailable},
		{"cut in the reply", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "half")
		}, 200, "credentials: the reply ended too early", cgw.ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := httptest.NewServer(tc.answer)
			defer srv.Close()
			reply, status, failed := credential.Fetch(srv.URL, time.Minute)
			require.Equal(t, tc.status, status)
			if tc.kind == nil {
				require.Nil(t, failed)
				require.Equal(t, "fine", string(reply))
				return
			}
			require.EqualError(t, failed, tc.want)
			require.Equal(t, tc.kind, failed.Kind)
		})
	}
	for _, address := range []string{"", "ftp://host", "host/path", "http://[" + secret} {
		_, _, failed := credential.Fetch(address, time.Minute)
		require.Equal(t, cgw.ErrUnauthenticated, failed.Kind)
		require.NotContains(t, failed.Error(), "keyEXAMPLE")
	}
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer srv.Close()
	defer close(hang)
	_, _, failed := credential.Fetch(srv.URL, time.Millisecond)
	require.EqualError(t, failed, "credentials: the source did not answer in time")
	require.Equal(t, cgw.ErrUnavailable, failed.Kind)
}

// TestMetadataUsesNoProxy runs itself in a process of its own: net/http reads the environment once.
func TestMetadataUsesNoProxy(t *testing.T) {
	const child, address = "CGW_TEST_CHILD", "http://192.0.2.1:1/keys" // nobody has this address
	if os.Getenv(child) != "" {
		_, status, _ := credential.Metadata(http.MethodGet, address, nil, 100*time.Millisecond)
		_, uri, _ := credential.Fetch(address, time.Minute)
		fmt.Printf("metadata %d, URI %d\n", status, uri)
		return
	}
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer proxy.Close()
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), self, "-test.run=^TestMetadataUsesNoProxy$")
	c.Env = append(os.Environ(), child+"=1", "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "metadata 0, URI 200")
	require.Equal(t, 1, asked)
}

// TestMetadataIsNotRedirected: the keys of another address are not those of this machine.
func TestMetadataIsNotRedirected(t *testing.T) {
	srv := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	defer srv.Close()
	_, status, failed := credential.Metadata(http.MethodGet, srv.URL, nil, time.Minute)
	require.Equal(t, http.StatusFound, status)
	require.EqualError(t, failed, "credentials: HTTP 302")
}

// TestLacking has replies of HTTP 200 without credentials.
func TestLacking(t *testing.T) {
	for reply, want := range map[string]*credential.Error{
		"":                                       credential.Outage("the source did not answer in JSON"),
		"<html>" + secret:                        credential.Outage("the source did not answer in JSON"),
		`{"Code":"Busy"`:                         credential.Outage("the source did not answer in JSON"),
		`["Busy"]`:                               credential.Outage("the source did not answer in JSON"),
		`null`:                                   credential.Outage("the source did not answer in JSON"),
		`{"Code":"Busy","Key":"` + secret + `"}`: credential.Outage(`the source answered with the code "Busy"`),
		`{"code":503,"message":"m"}`:             credential.Outage(`the source answered with the code "503"`),
		`{"Code":"503"}`:                         credential.Outage(`the source answered with the code "503"`),
		`{"Code":"NoRole"}`:                      credential.Refused(`the source answered with the code "NoRole"`),
		`{"Code":403}`:                           credential.Refused(`the source answered with the code "403"`),
		`{"Code":"Success"}`:                     credential.Refused("it lacks keys"),
		`{"Code":200}`:                           credential.Refused("it lacks keys"),
		`{"Code":"` + secret + `"}`:              credential.Refused("it lacks keys"),
		`{"Key":7}`:                              credential.Refused("it lacks keys"),
	} {
		got := credential.Lacking([]byte(reply), func(code string) bool { return code == "Busy" }, "it lacks keys")
		require.Equal(t, want, got, reply)
	}
}

func TestFail(t *testing.T) {
	err := credential.Fail(t.Context(), cgw.Alibaba, errors.New(`from http://host/x failed: {"key":"secret"}`))
	require.ErrorIs(t, err, cgw.ErrUnauthenticated)
	require.EqualError(t, err, "cgw: alibaba DefaultCredentials: unauthenticated: from [link] failed: [withheld]")

	err = credential.Fail(t.Context(), cgw.Alibaba, credential.Outage("HTTP 503"))
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.True(t, cgw.IsRetryable(err))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = credential.Fail(ctx, cgw.Alibaba, &credential.Error{Err: ctx.Err()})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, cgw.ErrUnauthenticated)
}
