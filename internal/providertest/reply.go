package providertest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Replies describe the replies of a service. Fields are JSON, each followed by a comma.
type Replies struct {
	// Success returns a success that has these fields beside the request ID RequestID.
	Success   func(fields string) string
	RequestID string
	// Failure returns the status and the body of an error.
	Failure func(code, message, requestID string) (status int, body string)
	// Found are the fields of a success of every operation, with the ID "cgw-1".
	Found string
	// SDKCode returns the code of the SDK's own error in the tree of err, if there is one.
	SDKCode func(err error) (code string, ok bool)
	// PageHead and PageTail are a page of gateways, before the first and after the last.
	PageHead, PageTail string
	// Bad are further replies that are no success, and Odd are successes of a create, with the ID
	// "cgw-1", that are not as documented. Hostile are bodies of about 1 MiB that need as much
	// memory as possible when they are decoded.
	Bad     []BadReply
	Odd     map[string]OddReply
	Hostile map[string]string
	// Largest returns a service of the largest page of gateways that the documents allow. LargestTags counts the gateways by the number of their tags.
	Largest     func() http.HandlerFunc
	LargestTags map[int]int
	// Asked has the fields of a create, besides address, name and tags, that the result takes from
	// the request if the reply lacks them. CreateReply returns the reply, with these fields and the
	// ID "cgw-mgp33pll". Created are cases of it.
	Asked       cgw.CreateRequest
	CreateReply func(fields string) string
	Created     []CreatedCase
}

// CreatedCase is a reply to a create, and how the resulting gateway differs from the request.
type CreatedCase struct {
	Name, Fields string
	Change       func(*cgw.Gateway) // nil: it does not
}

// BadReply is a reply that is no success, and the error that an operation then returns.
type BadReply struct {
	Name   string
	Status int
	Header http.Header
	Body   string
	Reads  bool // bad only for Create, Get and List, whose successes must have content

	Code       string
	Kind       error
	Outcome    cgw.Outcome // of a write; zero: unknown
	RetryAfter time.Duration
}

// OddReply is a success that is not as documented.
type OddReply struct {
	ContentType, Body string
	RequestID         string // empty: that of all replies
}

// SDKCode returns a Replies.SDKCode for errors of the SDK's type E.
func SDKCode[E error](code func(E) string) func(error) (string, bool) {
	return func(err error) (string, bool) {
		var sdk E
		if !errors.As(err, &sdk) {
			return "", false
		}
		return code(sdk), true
	}
}

func replyTests() []test {
	return []test{
		{"BadReplies", badReplies},
		{"OddReplies", oddReplies},
		{"CreatedGateway", createdGateway},
		{"RedirectsAreRefused", redirectsAreRefused},
		{"ClientCertificateRequired", clientCertificateRequired},
		{"RepliesCutOff", repliesCutOff},
		{"CreateCutOff", createCutOff},
		{"LargestPage", largestPage},
		{"MemoryOfHostileReplies", memoryOfHostileReplies},
		{"NothingTellsSecrets", nothingTellsSecrets},
	}
}

// HTML is the page that a proxy answers in place of the service.
const HTML = "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"

// Unavailable returns a BadReply that does not tell the outcome.
func Unavailable(name string, status int, body string) BadReply {
	return BadReply{Name: name, Status: status, Body: body, Kind: cgw.ErrUnavailable, Outcome: cgw.OutcomeUnknown}
}

// WithoutContent returns a success without content, which is bad for the operations that need
// content.
func WithoutContent(name, body string) BadReply {
	r := Unavailable(name, http.StatusOK, body)
	r.Reads = true
	return r
}

// bad returns the bad replies of any service that speaks JSON, and the provider's own.
func (h Harness) bad() []BadReply {
	header := func(key, value string) http.Header { return http.Header{key: {value}} }
	failure := func(code string) string {
		_, body := h.Failure(code, "it went wrong", h.RequestID)
		return body
	}
	unavailable, refused := cgw.ErrUnavailable, cgw.OutcomeNotApplied
	return append([]BadReply{
		Unavailable("HTML 500", 500, HTML),
		Unavailable("HTML 502", 502, HTML),
		Unavailable("HTML 503", 503, HTML),
		{Name: "503 with Retry-After", Status: 503, Header: header("Retry-After", "1"), Kind: unavailable, RetryAfter: time.Second},
		Unavailable("HTML 200", 200, HTML),
		Unavailable("empty 200", 200, ""),
		Unavailable("empty 500", 500, ""),
		Unavailable("blank", 200, " \r\n\t"),
		Unavailable("{}", 200, "{}"),
		Unavailable("{} 500", 500, "{}"),
		Unavailable("[]", 200, "[]"),
		Unavailable("[] 500", 500, "[]"),
		Unavailable("null", 200, "null"),
		Unavailable("null 500", 500, "null"),
		Unavailable("text", 200, `"ok"`),
		Unavailable("number", 200, "12"),
		Unavailable("error with a text for a code", 200, failure("see http://example.com/?AuthKey=x")),
		Unavailable("success at 500", 500, h.Success(h.Found)),
		Unavailable("over the cap", 200, strings.Repeat(" ", exchange.MaxReply+1)),
		{Name: "gzip that is none", Status: 200, Header: header("Content-Encoding", "gzip"), Body: h.Success(""), Kind: unavailable},
		WithoutContent("no gateway", h.Success("")),

		{Name: "HTML 400", Status: 400, Body: HTML, Outcome: refused},
		{Name: "HTML 404", Status: 404, Body: HTML, Outcome: refused},
		{Name: "empty 400", Status: 400, Outcome: refused},
		{Name: "{} 400", Status: 400, Body: "{}", Outcome: refused},
		{Name: "HTML 429", Status: 429, Body: HTML, Kind: cgw.ErrThrottled, Outcome: refused},
		{Name: "429 with Retry-After", Status: 429, Header: header("Retry-After", "3"), Kind: cgw.ErrThrottled, Outcome: refused, RetryAfter: 3 * time.Second},
		{Name: "HTML 400 with Retry-After", Status: 400, Header: header("Retry-After", "3"), Body: HTML, Kind: cgw.ErrThrottled, Outcome: refused, RetryAfter: 3 * time.Second},
		{Name: "HTML 403 with Retry-After", Status: 403, Header: header("Retry-After", "3"), Body: HTML, Kind: cgw.ErrThrottled, Outcome: refused, RetryAfter: 3 * time.Second},
		Unavailable("HTML 408", 408, HTML),
		Unavailable("HTML 425", 425, HTML),
		{Name: "JSON 429", Status: 429, Body: failure("InternalError"), Code: "InternalError", Kind: cgw.ErrThrottled},
		{Name: "unknown code with Retry-After", Status: 200, Header: header("Retry-After", "3"), Body: failure("Brand.New"), Code: "Brand.New", Kind: cgw.ErrThrottled, RetryAfter: 3 * time.Second},
		{Name: "unknown code 400 with Retry-After", Status: 400, Header: header("Retry-After", "3"), Body: failure("Brand.New"), Code: "Brand.New", Kind: cgw.ErrThrottled, Outcome: refused, RetryAfter: 3 * time.Second},
		{Name: "JSON 500", Status: 500, Body: failure("InternalError"), Code: "InternalError", Kind: unavailable},
		{Name: "unknown code", Status: 200, Body: failure("Brand.New"), Code: "Brand.New"},
		{Name: "unknown code 400", Status: 400, Body: failure("Brand.New"), Code: "Brand.New", Outcome: refused},
		{Name: "unknown code 500", Status: 500, Body: failure("Brand.New"), Code: "Brand.New"},
	}, h.Bad...)
}

func badReplies(t *testing.T, h Harness) {
	for _, tc := range h.bad() {
		p := h.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range tc.Header {
				w.Header()[k] = v
			}
			w.WriteHeader(tc.Status)
			_, _ = io.WriteString(w, tc.Body)
		})
		for _, op := range operations() {
			if tc.Reads && !slices.Contains([]string{cgw.OpCreate, cgw.OpGet, cgw.OpList}, op.name) {
				continue
			}
			t.Run(tc.Name+"/"+op.name, func(t *testing.T) {
				_, err := op.do(t.Context(), p)
				h.isBadReply(t, op, tc, err)
			})
		}
	}
}

// isBadReply checks the error of an operation that got the reply.
func (h Harness) isBadReply(t *testing.T, op operation, want BadReply, err error) {
	t.Helper()
	e := asError[*cgw.Error](t, err)
	equal(t, op.name, e.Op)
	equal(t, want.Status, e.HTTPStatus)
	equal(t, want.Code, e.Code)
	equal(t, want.Kind, e.Kind, "kind of %v", err)
	equal(t, want.RetryAfter, e.RetryAfter)
	outcome := cgw.OutcomeNotApplied
	if op.write {
		outcome = want.Outcome
	}
	equal(t, outcome, e.Outcome, "outcome of %v", err)
	equal(t, op.write && outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown), "unknown outcome")
	lacks(t, Everything(err), "://")
	lacks(t, Everything(err), "nginx", "an error does not repeat the page")
	code, ok := h.SDKCode(err)
	equal(t, want.Code != "", ok, "the SDK's own error is in the tree if the reply is an error of the service")
	equal(t, want.Code, code)
}

func oddReplies(t *testing.T, h Harness) {
	gateway := h.Success(h.Found)
	odd := map[string]OddReply{
		"no type":        {ContentType: "", Body: gateway},
		"charset":        {ContentType: "application/json; charset=utf-8", Body: gateway},
		"HTML by type":   {ContentType: "text/html", Body: gateway},
		"XML by type":    {ContentType: "application/xml", Body: gateway},
		"XML as text":    {ContentType: "text/xml;charset=utf-8", Body: gateway},
		"spaced out":     {ContentType: "application/json", Body: " { " + gateway[1:] + "\n"},
		"further fields": {ContentType: "application/json", Body: `{"More":1,` + gateway[1:]},
	}
	for name, tc := range h.Odd {
		odd[name] = tc
	}
	for name, tc := range odd {
		t.Run(name, func(t *testing.T) {
			g, err := h.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{tc.ContentType}
				_, _ = io.WriteString(w, tc.Body)
			}).Create(t.Context(), Request())
			noError(t, err)
			equal(t, "cgw-1", g.ID)
			equal(t, cmp.Or(tc.RequestID, h.RequestID), g.RequestID)
		})
	}
}

// Create sends a create to a service with this reply. It returns the gateway and the log.
func (h Harness) Create(t *testing.T, reply string, req cgw.CreateRequest) (g cgw.Gateway, logged string) {
	t.Helper()
	var log bytes.Buffer
	c := h.Config()
	c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	c.HTTPClient = Tripper(func(r *http.Request) (*http.Response, error) { return Reply(r, 200, reply), nil }).Client()
	g, err := h.Open(t, c).Create(t.Context(), req)
	noError(t, err)
	return g, log.String()
}

// createdGateway checks that the result of Create takes the fields that the reply lacks from the
// request.
func createdGateway(t *testing.T, h Harness) {
	asked := h.Asked
	asked.IPAddress, asked.Name, asked.Tags = Request().IPAddress, Request().Name, map[string]string{"city": "上海"}
	for _, tc := range append(h.Created,
		CreatedCase{Name: "nothing but an ID"},
		CreatedCase{Name: "an address that is none", Fields: `"IpAddress":"58.211.xx.12",`},
		CreatedCase{"a mapped address", `"IpAddress":"::ffff:1.2.3.4",`, func(g *cgw.Gateway) { g.IPAddress = netip.MustParseAddr("1.2.3.4") }},
	) {
		t.Run(tc.Name, func(t *testing.T) {
			want := cgw.Gateway{
				Provider: h.Provider, Region: h.Region, ID: "cgw-mgp33pll", Name: asked.Name, Description: asked.Description,
				IPAddress: asked.IPAddress, ASN: asked.ASN, ResourceGroupID: asked.ResourceGroupID, Tags: asked.Tags, RequestID: h.RequestID,
			}
			if tc.Change != nil {
				tc.Change(&want)
			}
			g, _ := h.Create(t, h.CreateReply(tc.Fields), asked)
			equal(t, want, g)
		})
	}
}

// FuzzReply gives any reply to every operation.
func FuzzReply(f *testing.F, h Harness) {
	for _, r := range h.bad() {
		if len(r.Body) < 1000 {
			f.Add(uint(r.Status-200), r.Header.Get("Content-Type"), []byte(r.Body))
		}
	}
	f.Add(uint(0), "application/json", []byte(h.Success(h.Found)))
	status, body := h.Failure(h.Throttled, Token+" at https://example.com", h.RequestID)
	f.Add(uint(status-200), "", []byte(body))
	f.Fuzz(func(t *testing.T, status uint, contentType string, body []byte) {
		c := h.Config()
		c.HTTPClient = Tripper(func(r *http.Request) (*http.Response, error) {
			resp := Reply(r, 200+int(status%400), string(body))
			resp.Header.Set("Content-Type", contentType)
			return resp, nil
		}).Client()
		p := h.Open(t, c)
		for _, op := range operations() {
			id, err := op.do(t.Context(), p)
			if err == nil {
				check(t, id != "", "a success of %s has an ID", op.name)
				continue
			}
			_ = asError[*cgw.Error](t, err)
			check(t, len(err.Error()) <= 1024, "%d bytes of %v", len(err.Error()), err)
			lacks(t, err.Error(), "\n")
			for _, secret := range []string{"://", Secret, Token} {
				lacks(t, Everything(err), secret, fmt.Sprintf("of %s", op.name))
			}
		}
	})
}
