package alibaba_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alibabacloud-go/tea/tea"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/exchange"
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

func withID(fields string) string { return `{` + fields + `"RequestId":"D32B3C26-6C6C"}` }

func withError(code string) string {
	return withID(`"HostId":"vpc.aliyuncs.com","Recommend":"https://error-center.aliyun.com","Code":"` + code + `","Message":"it went wrong",`)
}

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
		{name: "503 with Retry-After", status: 503, header: header("Retry-After", "7"), kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, retryAfter: 7 * time.Second},
		unavailable("HTML 200", 200, htmlPage),
		unavailable("empty 200", 200, ""),
		unavailable("empty 500", 500, ""),
		unavailable("blank", 200, " \r\n\t"),
		unavailable("{}", 200, "{}"),
		unavailable("{} 500", 500, "{}"),
		unavailable("[]", 200, "[]"),
		unavailable("[] 500", 500, "[]"),
		unavailable("null", 200, "null"),
		unavailable("null 500", 500, "null"),
		unavailable("text", 200, `"ok"`),
		unavailable("number", 200, "12"),
		unavailable("null fields", 200, `{"CustomerGatewayId":null,"CustomerGateways":null,"TotalCount":null,"RequestId":null,"Code":null}`),
		unavailable("error without a code", 500, withID(`"Message":"it went wrong",`)),
		unavailable("error with a number for a code", 500, withID(`"Code":500,"Message":"it went wrong",`)),
		unavailable("error with a text for a code", 200, withError("see http://example.com/?AuthKey=x")),
		unavailable("success at 500", 500, withID(`"CustomerGatewayId":"cgw-1",`)),
		unavailable("cut off", 200, `{"RequestId":"D32B3C26-6C6C","CustomerGatewayId":"cgw-1"`),
		unavailable("over the cap", 200, strings.Repeat(" ", exchange.MaxReply+1)),
		{name: "gzip that is none", status: 200, header: header("Content-Encoding", "gzip"), body: withID(""), kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		contentless("no gateway", withID("")),
		contentless("null gateway", withID(`"CustomerGateways":{"CustomerGateway":[null]},"TotalCount":1,`)),
		contentless("null list", withID(`"CustomerGateways":{"CustomerGateway":null},"TotalCount":1,`)),
		contentless("gateway without an ID", withID(`"IpAddress":"58.211.1.12","CustomerGateways":{"CustomerGateway":[{"Name":"test-cgw"}]},"TotalCount":1,`)),
		contentless("empty ID", withID(`"CustomerGatewayId":"","CustomerGateways":{"CustomerGateway":[{"CustomerGatewayId":""}]},"TotalCount":1,`)),
		contentless("list that is a text", withID(`"CustomerGatewayId":{"a":1},"CustomerGateways":"none",`)),
		contentless("fewer than it counts", withID(`"CustomerGateways":{"CustomerGateway":[]},"TotalCount":3,`)),

		{name: "HTML 400", status: 400, body: htmlPage, outcome: cgw.OutcomeNotApplied},
		{name: "HTML 404", status: 404, body: htmlPage, outcome: cgw.OutcomeNotApplied},
		{name: "empty 400", status: 400, outcome: cgw.OutcomeNotApplied},
		{name: "{} 400", status: 400, body: "{}", outcome: cgw.OutcomeNotApplied},
		{name: "HTML 429", status: 429, body: htmlPage, kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "429 with Retry-After", status: 429, header: header("Retry-After", "3"), kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied, retryAfter: 3 * time.Second},
		{name: "throttled with a hint", status: 400, header: header("X-Acs-Retry-After", "1500"), body: withError("Throttling.User"), code: "Throttling.User", kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied, retryAfter: 1500 * time.Millisecond},
		{name: "JSON 500", status: 500, body: withError("InternalError"), code: "InternalError", kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		{name: "key of a code in large letters", status: 200, body: strings.Replace(withError("Throttling"), "Code", "CODE", 1), code: "Throttling", kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "key of a code with an escape", status: 200, body: strings.Replace(withError("Throttling"), "Code", `C\u006fde`, 1), code: "Throttling", kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "JSON 503", status: 503, body: withError("Throttling"), code: "Throttling", kind: cgw.ErrThrottled, outcome: cgw.OutcomeNotApplied},
		{name: "200 with a code", status: 200, body: withError("Resource.QuotaFull"), code: "Resource.QuotaFull", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "200 with a code and a gateway", status: 200, body: withID(`"CustomerGatewayId":"cgw-1","Code":"Resource.QuotaFull",`), code: "Resource.QuotaFull", kind: cgw.ErrQuotaExceeded, outcome: cgw.OutcomeNotApplied},
		{name: "unknown code", status: 200, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeUnknown},
		{name: "unknown code 400", status: 400, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeNotApplied},
		{name: "unknown code 500", status: 500, body: withError("Brand.New"), code: "Brand.New", outcome: cgw.OutcomeUnknown},
		{name: "message that is a number", status: 400, body: withID(`"Code":"MissingParameter","Message":12,`), code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "lower case", status: 400, body: `{"code":"MissingParameter","message":"it went wrong","requestId":"D32B3C26-6C6C"}`, code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "error as HTML by its type", status: 400, header: header("Content-Type", "text/html"), body: withError("MissingParameter"), code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "error as XML by its type", status: 400, header: header("Content-Type", "text/xml;charset=utf-8"), body: withError("MissingParameter"), code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "spaced out", status: 400, body: "\n{ \"Code\" : \"MissingParameter\" , \"RequestId\" : \"D32B3C26-6C6C\" }\n", code: "MissingParameter", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
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
	var sdk *tea.SDKError
	require.Equal(t, want.code != "", errors.As(err, &sdk), "the SDK's own error is within reach where it is one of the service")
	if want.code != "" {
		require.Equal(t, want.code, tea.StringValue(sdk.Code))
	}
}

// TestOddReplies has replies that are not what the documents show, and successes all the same.
func TestOddReplies(t *testing.T) {
	const gateway = `"CustomerGatewayId":"cgw-1","Unknown":{"a":[1]},`
	for name, tc := range map[string]struct{ contentType, body string }{
		"no type":          {"", withID(gateway)},
		"charset":          {"application/json; charset=utf-8", withID(gateway)},
		"HTML by type":     {"text/html", withID(gateway)},
		"XML by type":      {"text/xml;charset=utf-8", withID(gateway)},
		"event stream":     {"text/event-stream", withID(gateway)},
		"spaced out":       {"application/json", " { " + withID(gateway)[1:] + "\n"},
		"spaces within":    {"application/json", strings.ReplaceAll(withID(gateway), `":"`, `" : "`)},
		"number as a text": {"application/json", withID(gateway + `"CreateTime":"1493363486000",`)},
		"text as a number": {"application/json", withID(gateway + `"Name":12,`)},
		"null code":        {"application/json", withID(`"Code":null,` + gateway)},
		"empty code":       {"application/json", withID(`"Code":"",` + gateway)},
		"a name of Code":   {"application/json", withID(`"Name":"Code",` + gateway)},
	} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{tc.contentType}
				_, _ = io.WriteString(w, tc.body)
			})
			g, err := p.Create(t.Context(), testRequest())
			require.NoError(t, err)
			require.Equal(t, "cgw-1", g.ID)
			require.Equal(t, "D32B3C26-6C6C", g.RequestID)
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
			srv := alibabatest.NewServer(alibabatest.Options{PlainHTTP: plain})
			defer srv.Close()
			cfg := srv.Config()
			cfg.Limiter, cfg.Retry = alibaba.NewLimiter(1e6), once()
			p := open(t, cfg)
			g, err := p.Create(t.Context(), testRequest())
			require.NoError(t, err)
			for n := 0; ; n++ {
				srv.Inject(wire.Fault{Action: "DescribeCustomerGateway", Effect: wire.Cut, Bytes: n})
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

// TestCreateCutOff loses the reply of a create after every byte of it: the repeat has the same
// token.
func TestCreateCutOff(t *testing.T) {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	cfg := srv.Config()
	cfg.Limiter, cfg.Retry = alibaba.NewLimiter(1e6), once()
	cfg.Retry.MaxAttempts = 2
	p := open(t, cfg)
	for n := range 160 {
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
	f.Add(uint(0), "application/json", []byte(withID(`"CustomerGatewayId":"cgw-1","CustomerGateways":{"CustomerGateway":[{"CustomerGatewayId":"cgw-1"}]},"TotalCount":1,`)))
	f.Add(uint(200), "", []byte(withID(`"Code":"SignatureDoesNotMatch","Message":"`+testToken+` at https://example.com",`)))
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
