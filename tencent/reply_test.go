package tencent_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// badReply is a reply that is no success of an operation, and what its error says.
type badReply struct {
	name   string
	status int
	header http.Header
	body   string
	ops    []string // of which it is no success; nil: all

	code       string
	kind       error
	outcome    cgw.Outcome // of a write
	retryAfter time.Duration
}

const htmlPage = "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"

func withID(response string) string {
	return `{"Response":{` + response + `"RequestId":"5bd98433-263a"}}`
}

func withError(code string) string {
	return withID(`"Error":{"Code":"` + code + `","Message":"it went wrong"},`)
}

// withoutEnd returns an object that further keys can be added to.
func withoutEnd(object string) string { return strings.TrimSuffix(object, "}") }

func badReplies() []badReply {
	header := func(kv ...string) http.Header { return http.Header{kv[0]: kv[1:]} }
	reads := []string{cgw.OpCreate, cgw.OpGet, cgw.OpList} // whose success has content
	unavailable := func(name string, status int, body string) badReply {
		return badReply{name: name, status: status, body: body, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown}
	}
	contentless := func(name, body string) badReply {
		r := unavailable(name, 200, body)
		r.ops = reads
		return r
	}
	return []badReply{
		unavailable("HTML 500", 500, htmlPage),
		unavailable("HTML 502", 502, htmlPage),
		unavailable("HTML 503", 503, htmlPage),
		{name: "503 with Retry-After", status: 503, header: header("Retry-After", "1"), kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, retryAfter: 1 * time.Second},
		unavailable("HTML 200", 200, htmlPage),
		unavailable("empty 200", 200, ""),
		unavailable("empty 500", 500, ""),
		unavailable("blank", 200, " \r\n\t"),
		unavailable("{}", 200, "{}"),
		unavailable("[]", 200, "[]"),
		unavailable("null", 200, "null"),
		unavailable("null 500", 500, "null"),
		unavailable("text", 200, `"ok"`),
		unavailable("number", 200, "12"),
		unavailable("null response", 200, `{"Response":null}`),
		unavailable("list of responses", 200, `{"Response":[]}`),
		unavailable("empty response", 200, `{"Response":{}}`),
		unavailable("null fields", 200, `{"Response":{"CustomerGateway":null,"CustomerGatewaySet":null,"TotalCount":null,"RequestId":null}}`),
		unavailable("error that is a text", 200, withID(`"Error":"it went wrong",`)),
		unavailable("error without a code", 200, withID(`"Error":{"Message":"it went wrong"},`)),
		unavailable("error with a text for a code", 200, withError("see http://example.com/?AuthKey=x")),
		unavailable("success at 500", 500, withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1"},`)),
		unavailable("old form without a name", 200, `{"code":4000,"message":"it went wrong"}`),
		unavailable("ID that is a number", 200, `{"Response":{"CustomerGateway":{"CustomerGatewayId":1},"CustomerGatewaySet":[{"CustomerGatewayId":1}],"RequestId":7}}`),
		unavailable("cut off", 200, `{"Response":{"CustomerGateway":{"CustomerGatewayId":"cgw-1"`),
		unavailable("two replies", 200, withID("")+withID("")),
		unavailable("over the cap", 200, strings.Repeat(" ", exchange.MaxReply+1)),
		{name: "event stream", status: 200, header: header("Content-Type", "text/event-stream"), body: withID(""), kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		{name: "gzip that is none", status: 200, header: header("Content-Encoding", "gzip"), body: withID(""), kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		unavailable("second response", 200, `{"Response":{"RequestId":"5bd98433-263a"},"Response":null}`),
		unavailable("text for an error, its key with an escape", 200, withID(`"\u0045rror":"it went wrong",`)),
		unavailable("old form beside a response, and a text for a number", 200, withoutEnd(withID(""))+`,"code":"4000"}`),
		contentless("no gateway", withID("")),
		contentless("text for an error beside a gateway", withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1"},"error":"it went wrong",`)),
		contentless("page without a request ID", `{"Response":{"CustomerGateway":null,"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,"RequestId":""}}`),
		contentless("null gateway", withID(`"CustomerGateway":null,"CustomerGatewaySet":[null],"TotalCount":1,`)),
		contentless("gateway without an ID", withID(`"CustomerGateway":{"IpAddress":"58.211.1.12"},"CustomerGatewaySet":[{"CustomerGatewayName":"test-cgw"}],"TotalCount":1,`)),
		contentless("null ID", withID(`"CustomerGateway":{"CustomerGatewayId":null},"CustomerGatewaySet":[{"CustomerGatewayId":null}],"TotalCount":1,`)),
		contentless("empty ID", withID(`"CustomerGateway":{"CustomerGatewayId":""},"CustomerGatewaySet":[{"CustomerGatewayId":""}],"TotalCount":1,`)),
		contentless("fewer than it counts", withID(`"CustomerGatewaySet":[],"TotalCount":3,`)),

		{name: "HTML 400", status: 400, body: htmlPage, outcome: cgw.OutcomeNotApplied},
		{name: "HTML 404", status: 404, body: htmlPage, outcome: cgw.OutcomeNotApplied},
		{name: "HTML 429", status: 429, body: htmlPage, kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "429 with Retry-After", status: 429, header: header("Retry-After", "3"), kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied, retryAfter: 3 * time.Second},
		{name: "JSON 500", status: 500, body: withError("InternalError"), code: "InternalError", kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		{name: "JSON 502", status: 502, body: withError("RequestLimitExceeded"), code: "RequestLimitExceeded", kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "unknown code", status: 200, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeUnknown},
		{name: "unknown code 400", status: 400, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeNotApplied},
		{name: "unknown code 500", status: 500, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeUnknown},
		{name: "error as HTML by its type", status: 200, header: header("Content-Type", "text/html"), body: withError("LimitExceeded"), code: "LimitExceeded", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "error as bytes by its type", status: 200, header: header("Content-Type", "application/octet-stream"), body: withError("LimitExceeded"), code: "LimitExceeded", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "error in small letters", status: 200, body: strings.ToLower(withError("LimitExceeded")), code: "limitexceeded", outcome: cgw.OutcomeUnknown},
		{name: "key of an error in large letters", status: 200, body: strings.Replace(withError("LimitExceeded"), "Error", "ERROR", 1), code: "LimitExceeded", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "key of an error with an escape", status: 200, body: strings.Replace(withError("LimitExceeded"), "Error", `\u0045rror`, 1), code: "LimitExceeded", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "error in a second response", status: 200, body: withoutEnd(withID("")) + `,"response":{"error":{"Code":"LimitExceeded"}}}`, code: "LimitExceeded", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "old form beside a response", status: 200, body: withoutEnd(withID("")) + `,"code":4000,"message":"it went wrong","codeDesc":"InvalidParameter"}`, code: "InvalidParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "spaced out", status: 200, body: "\n{ \"Response\" : { \"Error\" : { \"Code\" : \"MissingParameter\" } , \"RequestId\" : \"5bd98433-263a\" } }\n", code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "old form", status: 200, body: `{"code":4000,"message":"it went wrong","codeDesc":"InvalidParameter"}`, code: "InvalidParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
	}
}

func TestBadReplies(t *testing.T) {
	for _, tc := range badReplies() {
		p := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range tc.header {
				w.Header()[k] = v
			}
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		})
		for _, op := range operations() {
			if tc.ops != nil && !slices.Contains(tc.ops, op.name) {
				continue
			}
			t.Run(tc.name+"/"+op.name, func(t *testing.T) {
				_, err := op.do(t.Context(), p)
				checkBadReply(t, op, tc, err)
			})
		}
	}
}

func checkBadReply(t *testing.T, op operation, want badReply, err error) {
	t.Helper()
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, op.name, e.Op)
	require.Equal(t, want.status, e.HTTPStatus)
	require.Equal(t, want.code, e.Code)
	require.Equal(t, want.kind, e.Kind, "%v", err)
	require.Equal(t, want.retryAfter, e.RetryAfter)
	outcome := cgw.OutcomeNotApplied
	if op.write {
		outcome = want.outcome
	}
	require.Equal(t, outcome, e.Outcome, "%v", err)
	require.Equal(t, op.write && outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
	require.NotContains(t, everything(err), "://")
	require.NotContains(t, everything(err), "nginx", "an error repeats the page")
	var sdk *sdkerrors.TencentCloudSDKError
	require.Equal(t, want.code != "", errors.As(err, &sdk), "the SDK's own error is within reach where it is one of the service")
	if want.code != "" {
		require.Equal(t, want.code, sdk.Code)
	}
}

// TestRepliesWithoutRequestID has successes without what every reply of the service has.
func TestRepliesWithoutRequestID(t *testing.T) {
	id := regexp.MustCompile(`,?"RequestId":"[^"]*"`)
	name, tags := "renamed", map[string]string{"site": "north"}
	for action, call := range map[string]func(context.Context, cgw.Provisioner, string) error{
		"DescribeCustomerGateways": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Get(ctx, id)
			return err
		},
		"DescribeResourceTagsByResourceIds": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Get(ctx, id)
			return err
		},
		"ModifyCustomerGatewayAttribute": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Update(ctx, id, cgw.UpdateRequest{Name: &name})
			return err
		},
		"ModifyResourceTags": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Update(ctx, id, cgw.UpdateRequest{Tags: tags})
			return err
		},
		"DeleteCustomerGateway": func(ctx context.Context, p cgw.Provisioner, id string) error {
			return p.Delete(ctx, id)
		},
	} {
		t.Run(action, func(t *testing.T) {
			service := tencenttest.NewServer(tencenttest.Options{})
			defer service.Close()
			g, err := open(t, service.Config()).Create(t.Context(), testRequest())
			require.NoError(t, err)
			cfg := service.Config()
			cfg.Retry = once()
			cfg.HTTPClient = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
				resp, err := service.Client().Transport.RoundTrip(r)
				if err != nil || r.Header.Get("X-TC-Action") != action {
					return resp, err
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				return reply(r, string(id.ReplaceAll(body, nil))), err
			})}
			require.ErrorIs(t, call(t.Context(), open(t, cfg), g.ID), cgw.ErrUnavailable)
		})
	}
}

// TestOddReplies has replies that are not what the documents show, and successes all the same.
func TestOddReplies(t *testing.T) {
	const gateway = `"CustomerGateway":{"CustomerGatewayId":"cgw-1","Unknown":{"a":[1]}},`
	for name, tc := range map[string]struct{ contentType, body string }{
		"no type":         {"", withID(gateway)},
		"charset":         {"application/json; charset=utf-8", withID(gateway)},
		"HTML by type":    {"text/html", withID(gateway)},
		"XML by type":     {"application/xml", withID(gateway)},
		"spaced out":      {"application/json", " { \"Response\" : " + strings.TrimPrefix(withID(gateway), `{"Response":`) + "\n"},
		"further fields":  {"application/json", `{"More":1,` + withID(gateway)[1:]},
		"null error":      {"application/json", withID(`"Error":null,` + gateway)},
		"a name of Error": {"application/json", withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"Error"},`)},
	} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{tc.contentType}
				_, _ = io.WriteString(w, tc.body)
			})
			g, err := p.Create(t.Context(), testRequest())
			require.NoError(t, err)
			require.Equal(t, "cgw-1", g.ID)
			require.Equal(t, "5bd98433-263a", g.RequestID)
		})
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{"", other.URL, "/elsewhere", "http://[bad?AuthKey=" + testKey} {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/" {
					elsewhere.Add(1)
				}
				if location != "" {
					w.Header().Set("Location", location)
				}
				w.WriteHeader(status)
			})
			srv := httptest.NewServer(h)
			for _, client := range []*http.Client{nil, {}, srv.Client()} {
				cfg := testConfig()
				cfg.Endpoint, cfg.HTTPClient = srv.URL, client
				p := open(t, cfg)
				for _, op := range operations() {
					_, err := op.do(t.Context(), p)
					want := badReply{status: status, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown}
					checkBadReply(t, op, want, err)
					require.NotContains(t, everything(err), testKey)
				}
				require.True(t, client == nil || client.CheckRedirect == nil, "the caller's client was changed")
			}
			srv.Close()
		}
	}
	require.Zero(t, elsewhere.Load(), "a redirect was followed")
}

// TestRepliesCutOff cuts the replies of the service after every byte.
func TestRepliesCutOff(t *testing.T) {
	for _, plain := range []bool{true, false} {
		t.Run("plain="+strconv.FormatBool(plain), func(t *testing.T) {
			srv := tencenttest.NewServer(tencenttest.Options{PlainHTTP: plain})
			defer srv.Close()
			cfg := srv.Config()
			cfg.Limiter, cfg.Retry = tencent.NewLimiter(1e6), once()
			p := open(t, cfg)
			g, err := p.Create(t.Context(), testRequest())
			require.NoError(t, err)
			for n := 0; ; n++ {
				srv.Inject(wire.Fault{Action: "DescribeCustomerGateways", Effect: wire.Cut, Bytes: n})
				_, err := p.Get(t.Context(), g.ID)
				var e *cgw.Error
				if !errors.As(err, &e) || e.HTTPStatus == 0 {
					// The reply was whole; the tags may be asked for on the cut connection.
					require.Greater(t, n, len(withID(g.ID)), "a part of a reply was taken for the whole")
					break
				}
				require.Equal(t, 200, e.HTTPStatus, "cut after %d bytes", n)
				require.Equal(t, cgw.ErrUnavailable, e.Kind)
				if plain {
					require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				}
			}
		})
	}
}

// TestCreateCutOff loses the reply of a create after every byte of it: the gateway is found.
func TestCreateCutOff(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	cfg.Limiter, cfg.Retry = tencent.NewLimiter(1e6), once()
	p := open(t, cfg)
	for n := range 120 {
		srv.Inject(wire.Fault{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Cut, Bytes: n})
		req := testRequest()
		req.Name = fmt.Sprint("gateway-", n)
		g, err := p.Create(t.Context(), req)
		require.NoError(t, err, "cut after %d bytes", n)
		require.Len(t, srv.Gateways(), 1)
		require.Equal(t, srv.Gateways()[0].ID, g.ID)
		require.NoError(t, p.Delete(t.Context(), g.ID))
	}
}

// FuzzReply puts any reply before every operation.
func FuzzReply(f *testing.F) {
	for _, r := range badReplies() {
		if len(r.body) < 1000 {
			f.Add(uint(r.status-200), r.header.Get("Content-Type"), []byte(r.body))
		}
	}
	f.Add(uint(0), "application/json", []byte(withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1"},"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,`)))
	f.Add(uint(0), "", []byte(withID(`"Error":{"Code":"AuthFailure","Message":"`+testToken+` at https://example.com"},`)))
	f.Fuzz(func(t *testing.T, status uint, contentType string, body []byte) {
		cfg := testConfig()
		cfg.HTTPClient = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
			rec := httptest.NewRecorder()
			rec.Header().Set("Content-Type", contentType)
			rec.WriteHeader(200 + int(status%400))
			_, _ = rec.Write(body)
			resp := rec.Result()
			resp.Request = r
			return resp, nil
		})}
		p := open(t, cfg)
		for _, op := range operations() {
			id, err := op.do(t.Context(), p)
			if err == nil {
				require.NotEmpty(t, id, "a success of %s without an ID", op.name)
				continue
			}
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.LessOrEqual(t, len(err.Error()), 1024)
			require.NotContains(t, err.Error(), "\n")
			text := everything(err)
			require.NotContains(t, text, "://")
			for _, secret := range []string{testKey, testToken} {
				require.NotContains(t, text, secret)
			}
		}
	})
}
