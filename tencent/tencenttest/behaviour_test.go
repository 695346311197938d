package tencenttest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// clock is a service clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1700000000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func names(items []map[string]any) []string {
	all := []string{}
	for _, item := range items {
		all = append(all, item["CustomerGatewayName"].(string))
	}
	return all
}

func TestReplies(t *testing.T) {
	at := newClock()
	h, _ := seeded(tencenttest.Options{Now: at.Now})
	params := `{"CustomerGatewayName":"<a&b> 名","IpAddress":"58.211.1.12","BgpAsn":4294967295,"Tags":[{"Key":"k"}]}`
	w := httptest.NewRecorder()
	h.ServeHTTP(w, wireCall{action: create, params: params, at: at.now}.request())
	require.Equal(t, "Tue, 14 Nov 2023 22:13:20 GMT", w.Header().Get("Date"))
	require.Equal(t, strconv.Itoa(w.Body.Len()), w.Header().Get("Content-Length"))
	var reply struct {
		Response struct {
			CustomerGateway map[string]any
			RequestID       string `json:"RequestId"`
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &reply))
	gw := reply.Response.CustomerGateway
	require.Regexp(t, `^cgw-[0-9a-z]{8}$`, gw["CustomerGatewayId"])
	delete(gw, "CustomerGatewayId")
	require.Equal(t, map[string]any{
		"CustomerGatewayName": "<a&b> 名", "IpAddress": "58.211.1.12",
		"CreatedTime": "2023-11-15 06:13:20", "BgpAsn": float64(4294967295),
	}, gw, "no tags, no region, the time in UTC+8")

	again := wireCall{action: describe, params: `{}`, at: at.now}.do(t, h)
	require.NotEqual(t, reply.Response.RequestID, again.result["RequestId"])
	require.Equal(t, []string{"known", "<a&b> 名"}, names(again.list(t, "CustomerGatewaySet")))

	none := wireCall{action: describe, params: `{"Filters":[{"Name":"ip-address","Values":["9.9.9.9"]}]}`, at: at.now}.do(t, h)
	require.Empty(t, none.list(t, "CustomerGatewaySet"), "a list, not null")
	require.InDelta(t, 0, none.result["TotalCount"], 0)
}

func TestWithoutBGP(t *testing.T) {
	h, _ := seeded(tencenttest.Options{NoBGP: true})
	for _, item := range (wireCall{action: describe, params: `{}`}).do(t, h).list(t, "CustomerGatewaySet") {
		require.NotContains(t, item, "BgpAsn")
	}
	h, s := seeded(tencenttest.Options{})
	s.Seed(tencenttest.Gateway{Name: "no number", IPAddress: "8.8.4.4"})
	items := wireCall{action: describe, params: `{}`}.do(t, h).list(t, "CustomerGatewaySet")
	require.InDelta(t, 65001, items[0]["BgpAsn"], 0)
	require.InDelta(t, 0, items[1]["BgpAsn"], 0)
}

func TestFilters(t *testing.T) {
	s := new(tencenttest.State)
	for i := range 4 {
		s.Seed(tencenttest.Gateway{ID: fmt.Sprintf("cgw-0000000%d", i), Name: strconv.Itoa(i / 2), IPAddress: fmt.Sprintf("8.8.8.%d", i+1)})
	}
	h := tencenttest.NewHandler(tencenttest.Options{State: s})
	filter := func(name string, values ...string) string {
		text, _ := json.Marshal(map[string]any{"Name": name, "Values": values})
		return string(text)
	}
	for _, c := range []struct {
		params string
		want   string // the last digits of the IDs
	}{
		{`{}`, "0123"},
		{`{"CustomerGatewayIds":["cgw-00000003","cgw-00000001","cgw-00000003"]}`, "13"},
		{`{"CustomerGatewayIds":[]}`, "0123"},
		{`{"Filters":[]}`, "0123"},
		{`{"Filters":[` + filter("customer-gateway-id", "cgw-00000002", "cgw-00000000", "nonsense") + `]}`, "02"},
		{`{"Filters":[` + filter("customer-gateway-name", "1", "nobody") + `]}`, "23"},
		{`{"Filters":[` + filter("ip-address", "8.8.8.4", "8.8.8.1", "8.8.8.4") + `]}`, "03"},
		{`{"Filters":[` + filter("customer-gateway-name", "1") + `,` + filter("ip-address", "8.8.8.1", "8.8.8.3") + `]}`, "2"},
		{`{"Filters":[` + filter("ip-address", "8.8.8.1") + `,` + filter("ip-address", "8.8.8.2") + `]}`, ""},
		{`{"Offset":1,"Limit":2}`, "12"},
		{`{"Offset":4}`, ""},
		{`{"Offset":18446744073709551615,"Limit":100}`, ""},
	} {
		got := ""
		for _, item := range (wireCall{action: describe, params: c.params}).do(t, h).list(t, "CustomerGatewaySet") {
			id := item["CustomerGatewayId"].(string)
			got += id[len(id)-1:]
		}
		require.Equal(t, c.want, got, c.params)
	}
}

func TestPagesOfTenThousand(t *testing.T) {
	const n = 10000
	s := new(tencenttest.State)
	for i := range n {
		s.Seed(tencenttest.Gateway{Name: strconv.Itoa(i), IPAddress: fmt.Sprintf("20.%d.%d.1", i/250, i%250)})
	}
	h := tencenttest.NewHandler(tencenttest.Options{State: s})
	first := wireCall{action: describe, params: `{}`}.do(t, h).list(t, "CustomerGatewaySet")
	require.Len(t, first, 20, "the documented default")
	seen := 0
	for offset := 0; offset < n; offset += 100 {
		got := wireCall{action: describe, params: fmt.Sprintf(`{"Offset":%d,"Limit":100}`, offset)}.do(t, h)
		require.InDelta(t, n, got.result["TotalCount"], 0)
		for _, name := range names(got.list(t, "CustomerGatewaySet")) {
			require.Equal(t, strconv.Itoa(seen), name, "in the order of creation")
			seen++
		}
	}
	require.Equal(t, n, seen)
	ids := map[string]bool{}
	for _, g := range s.Gateways() {
		ids[g.ID] = true
	}
	require.Len(t, ids, n)
}

func TestReadLag(t *testing.T) {
	at := newClock()
	h, s := seeded(tencenttest.Options{Now: at.Now, ReadLag: 3 * time.Second})
	do := func(action, params string) answer {
		return wireCall{action: action, params: params, at: at.Now()}.do(t, h)
	}
	shown := func() []string { return names(do(describe, `{}`).list(t, "CustomerGatewaySet")) }
	require.Equal(t, []string{"known"}, shown(), "a seed is shown at once")

	require.Empty(t, do(create, `{"CustomerGatewayName":"new","IpAddress":"58.211.1.12"}`).code)
	id := s.Gateways()[1].ID
	require.Equal(t, "InvalidParameterValue.Duplicate", do(create, `{"CustomerGatewayName":"new","IpAddress":"58.211.1.12"}`).code)
	require.Equal(t, []string{"known"}, shown())
	require.Equal(t, "ResourceNotFound", do(describe, `{"CustomerGatewayIds":["`+id+`"]}`).code)
	at.add(2 * time.Second)
	require.Empty(t, do(modify, `{"CustomerGatewayId":"`+id+`","CustomerGatewayName":"newer"}`).code)
	require.Equal(t, []string{"known"}, shown())
	at.add(time.Second)
	require.Equal(t, []string{"known", "new"}, shown())
	at.add(2 * time.Second)
	require.Equal(t, []string{"known", "newer"}, shown())

	require.Empty(t, do(remove, `{"CustomerGatewayId":"`+id+`"}`).code)
	require.Equal(t, "UnsupportedOperation.RecordNotExists", do(remove, `{"CustomerGatewayId":"`+id+`"}`).code)
	require.Equal(t, []string{"known", "newer"}, shown())
	require.Len(t, s.Gateways(), 1)
	at.add(3 * time.Second)
	require.Equal(t, []string{"known"}, shown())
}

func TestRate(t *testing.T) {
	at := newClock()
	h, _ := seeded(tencenttest.Options{Now: at.Now, Rate: tencenttest.DocumentedRate, TagRate: tencenttest.DocumentedTagRate})
	passed := func(c wireCall) int {
		c.params, c.at = `{}`, at.Now()
		n := 0
		for range 300 {
			code := c.do(t, h).code
			if code == "" {
				n++
			} else {
				require.Equal(t, "RequestLimitExceeded", code)
			}
		}
		return n
	}
	require.Equal(t, 100, passed(wireCall{action: describe}))
	require.Equal(t, 100, passed(wireCall{action: conns}), "actions do not share the rate")
	require.Equal(t, 20, passed(wireCall{action: "GetResources", service: "tag", version: tagVersion}))
	at.add(500 * time.Millisecond)
	require.Equal(t, 50, passed(wireCall{action: describe}))
	at.add(time.Minute)
	require.Equal(t, 100, passed(wireCall{action: describe}))
}

func TestConcurrentUse(t *testing.T) {
	h, s := seeded(tencenttest.Options{Quota: 21})
	var wg sync.WaitGroup
	codes := make([]string, 40)
	for i := range codes {
		wg.Go(func() {
			// Two for each address.
			params := fmt.Sprintf(`{"CustomerGatewayName":"a","IpAddress":"20.0.0.%d","Tags":[{"Key":"a","Value":"b"}]}`, i/2+1)
			codes[i] = wireCall{action: create, params: params}.do(t, h).code
			wireCall{action: describe, params: `{}`}.do(t, h)
			wireCall{action: "GetResources", params: `{}`, service: "tag", version: tagVersion}.do(t, h)
			_ = s.Gateways()
			_ = s.Count(create)
			c := s.AddConnection(knownID)
			require.True(t, s.RemoveConnection(c))
		})
	}
	wg.Wait()
	created := 0
	for _, code := range codes {
		if code == "" {
			created++
		} else {
			require.Equal(t, "InvalidParameterValue.Duplicate", code)
		}
	}
	require.Equal(t, 20, created)
	require.Len(t, s.Gateways(), 21)
	require.Equal(t, 40, s.Count(create))
	require.Len(t, s.Requests(), 120)
	s.ResetRequests()
	require.Empty(t, s.Requests())
}

func TestSeedAndGatewaysShareNoMemory(t *testing.T) {
	h, s := seeded(tencenttest.Options{})
	tags := map[string]string{"a": "b"}
	s.Seed(tencenttest.Gateway{ID: knownID, Name: "replaced", IPAddress: "8.8.4.4", Tags: tags})
	tags["a"] = "c"
	got := s.Gateways()
	require.Len(t, got, 1)
	require.Equal(t, "replaced", got[0].Name)
	require.Equal(t, map[string]string{"a": "b"}, got[0].Tags)
	got[0].Tags["a"] = "d"
	require.Equal(t, "b", s.Gateways()[0].Tags["a"])
	require.Empty(t, wireCall{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"8.8.8.8"}`}.do(t, h).code,
		"the address that was replaced is free")
}

func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			first, _, _ := strings.Cut(path, "/")
			require.True(t, !strings.Contains(first, ".") || strings.HasPrefix(path+"/", "github.com/cgw-go/cgw/"), "%s imports %s", file, path)
		}
	}
}

func TestListenFailurePanics(t *testing.T) {
	s := newServer(t, tencenttest.Options{PlainHTTP: true})
	require.Panics(t, func() { tencenttest.NewServer(tencenttest.Options{Addr: strings.TrimPrefix(s.URL, "http://")}) })
}

func TestServersOfEachKind(t *testing.T) {
	for name, c := range map[string]struct {
		o       tencenttest.Options
		url     string
		version int
	}{
		"TLS, HTTP/2":   {tencenttest.Options{}, "https://127.0.0.1:", 2},
		"TLS, HTTP/1.1": {tencenttest.Options{HTTP1: true}, "https://127.0.0.1:", 1},
		"plain":         {tencenttest.Options{PlainHTTP: true}, "http://127.0.0.1:", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.SecretID, c.o.SecretKey, c.o.Token, c.o.Region = "id", "key", "token", "ap-shanghai"
			s := newServer(t, c.o)
			require.Contains(t, s.URL, c.url)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
			require.NoError(t, err)
			reply, err := s.Client().Do(r)
			require.NoError(t, err)
			require.NoError(t, reply.Body.Close())
			require.Equal(t, c.version, reply.ProtoMajor)
			cfg := s.Config()
			require.Equal(t, "ap-shanghai", cfg.Region)
			require.Equal(t, s.URL, cfg.Endpoint)
			id, key, token := cfg.Credentials.GetCredential()
			require.Equal(t, []string{"id", "key", "token"}, []string{id, key, token})
			require.NotSame(t, cfg.HTTPClient, s.Config().HTTPClient)
			require.Nil(t, cfg.Limiter)
		})
	}
}

func TestZeroOptions(t *testing.T) {
	w := httptest.NewRecorder()
	tencenttest.NewHandler(tencenttest.Options{}).ServeHTTP(w, wireCall{action: describe, params: `{}`}.request())
	date, err := http.ParseTime(w.Header().Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, time.Minute, "the machine's clock")

	var s tencenttest.State // without a handler
	s.Inject(wire.Fault{Effect: wire.Abort})
	s.ClearFaults()
	s.Seed(tencenttest.Gateway{IPAddress: "8.8.8.8"})
	require.WithinDuration(t, time.Now(), s.Gateways()[0].CreatedAt, time.Minute)
	require.NotEmpty(t, s.AddConnection(s.Gateways()[0].ID))
	require.WithinDuration(t, time.Now(), s.Connections()[0].CreatedAt, time.Minute)
	require.Empty(t, s.Requests())
}

// panicsOnce is a clock that panics when it is first asked.
func panicsOnce(what string) func() time.Time {
	asked := 0
	return func() time.Time {
		if asked++; asked == 1 {
			panic(what)
		}
		return time.Now()
	}
}

func TestPanicsAreReported(t *testing.T) {
	var text bytes.Buffer
	s := new(tencenttest.State)
	h := tencenttest.NewHandler(tencenttest.Options{State: s, ErrorLog: log.New(&text, "", 0), Now: panicsOnce("no clock today")})
	got := wireCall{action: describe, params: `{}`}.do(t, h)
	require.Equal(t, "InternalError", got.code)
	require.Contains(t, got.result["Error"].(map[string]any)["Message"], "no clock today")
	require.Contains(t, text.String(), "tencenttest: panic in DescribeCustomerGateways: no clock today\n")
	require.Contains(t, text.String(), "behaviour_test.go", "where it was")
	require.NotContains(t, text.String(), tencenttest.DefaultSecretKey)
	require.Equal(t, "InternalError", s.Requests()[0].Code)

	text.Reset()
	s.Inject(wire.Fault{Effect: wire.Abort})
	require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
		wireCall{action: describe, params: `{}`}.do(t, h)
	}, "a connection that is cut is no panic of the emulator")
	require.Empty(t, text.String())

	before := log.Writer()
	log.SetOutput(&text)
	t.Cleanup(func() { log.SetOutput(before) })
	got = wireCall{action: describe, params: `{}`}.do(t, tencenttest.NewHandler(tencenttest.Options{Now: panicsOnce("again")}))
	require.Equal(t, "InternalError", got.code)
	require.Contains(t, text.String(), "again", "without ErrorLog, on the standard logger")
}
