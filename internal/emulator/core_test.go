package emulator_test

import (
	"bytes"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
)

var codes = emulator.Codes{
	wire.Throttled: {Code: "Slow"},
	wire.NotFound:  {Code: "Gone", Actions: map[string]string{"Delete": "GoneAlready"}},
}

func ok() emulator.Reply { return emulator.Reply{Status: http.StatusOK, Body: []byte("done")} }

func refusal(code string) emulator.Reply {
	return emulator.Reply{Status: http.StatusBadRequest, Body: []byte(code), Code: code}
}

// run has the core answer a request.
func run(t *testing.T, c *emulator.Core, action string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	c.Run(w, r, action, ok, refusal)
	return w.Result()
}

func TestZeroCore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c emulator.Core
		require.Equal(t, time.Now(), c.Now())
		resp := run(t, &c, "Create")
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, time.Now().UTC().Format(http.TimeFormat), resp.Header.Get("Date"))
		require.True(t, c.Allow("Create"))
		require.Equal(t, []wire.Request{{Time: time.Now(), Action: "Create"}}, c.Requests())
	})
}

func TestFaultsByMeaning(t *testing.T) {
	var c emulator.Core
	require.NoError(t, c.Inject(codes,
		wire.Fault{Meaning: wire.Throttled, Action: "Create", Times: 2, Header: http.Header{"Retry-After": {"7"}}},
		wire.Fault{Meaning: wire.NotFound, Skip: 1, Times: -1},
	))
	var answered []string
	for _, action := range []string{"Create", "Delete", "Create", "Create", "Delete"} {
		resp := run(t, &c, action)
		if resp.Header.Get("Retry-After") == "7" {
			action += " later"
		}
		answered = append(answered, action)
	}
	for i, r := range c.Requests() {
		answered[i] += " " + r.Code
	}
	require.Equal(t, []string{
		"Create later Slow", "Delete GoneAlready", "Create later Slow", "Create Gone", "Delete GoneAlready",
	}, answered)
	var counts [][2]int
	for _, f := range c.Faults() {
		counts = append(counts, [2]int{f.Seen, f.Struck})
	}
	require.Equal(t, [][2]int{{3, 2}, {5, 3}}, counts)
}

func TestAMeaningAfterTheCommit(t *testing.T) {
	var c emulator.Core
	require.NoError(t, c.Inject(codes, wire.Fault{Meaning: wire.Throttled, When: wire.AfterCommit}))
	done := false
	w := httptest.NewRecorder()
	c.Run(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), "Create", func() emulator.Reply {
		done = true
		return ok()
	}, refusal)
	require.True(t, done)
	require.Equal(t, "Slow", w.Body.String())
}

func TestWrongFaults(t *testing.T) {
	good := wire.Fault{Meaning: wire.Throttled}
	for want, f := range map[string]wire.Fault{
		`faults[1].meaning: "slow" is none of throttled, notFound`:   {Meaning: "slow"},
		`faults[1].meaning: "inUse" is none of throttled, notFound`:  {Meaning: wire.InUse},
		`faults[1].code: must be empty beside a meaning`:             {Meaning: wire.Throttled, Code: "Slow"},
		`faults[1].effect: must be empty or refuse beside a meaning`: {Meaning: wire.Throttled, Effect: wire.Abort},
		`faults[1].when: must not be onConnect beside a meaning`:     {Meaning: wire.Throttled, When: wire.OnConnect},
		`faults[1].code: is missing`:                                 {Effect: wire.Refuse},
		`faults[1].when: is none of the points`:                      {When: 3},
		`faults[1].effect: is none of the effects`:                   {Effect: 6},
		`faults[1].skip: must not be negative`:                       {Skip: -1},
		`faults[1].delay: must not be negative`:                      {Delay: -1},
		`faults[1].status: must be from 200 to 999`:                  {Effect: wire.Replace, Status: 99},
	} {
		var c emulator.Core
		err := c.Inject(codes, good, f)
		var field *emulator.FieldError
		require.ErrorAs(t, err, &field)
		require.ErrorContains(t, err, want)
		require.Empty(t, c.Faults(), "none is injected")
	}
}

func TestSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c emulator.Core
		start := emulator.Settings{
			Region: "r", Latency: time.Second, Rate: 2, Rates: map[string]int{"Delete": 1},
			Credentials: emulator.Credentials{ID: "id", Secret: "secret"},
		}
		c.Configure(start)
		allowed := func(action string) (n int) {
			for n < 100 && c.Allow(action) {
				n++
			}
			return n
		}
		check := func() {
			require.Equal(t, 2, allowed("Create"))
			require.Equal(t, 1, allowed("Delete"))
			require.Equal(t, "r", c.Region())
			require.Equal(t, start.Credentials, c.Credentials())
			require.Equal(t, time.Now(), c.Now())
			require.Equal(t, time.Second, c.Latency())
		}
		check()
		time.Sleep(time.Second)
		require.Equal(t, 2, allowed("Create"), "a second's requests, and no more")

		c.SetRate("", 5)
		c.SetRate("Delete", 3)
		require.Equal(t, 5, allowed("Create"))
		require.Equal(t, 3, allowed("Delete"))
		c.SetRates(0, map[string]int{"Create": 4})
		require.Equal(t, 4, allowed("Create"))
		require.Equal(t, 100, allowed("Delete"))

		c.SetCredentials("id2", "secret2", "token")
		require.Equal(t, emulator.Credentials{ID: "id2", Secret: "secret2", Token: "token"}, c.Credentials())
		c.SetClock(emulator.Offset(-time.Hour))
		require.Equal(t, time.Now().Add(-time.Hour), c.Now())
		require.Equal(t, 0, allowed("Create"), "a clock that is set back makes no room")
		time.Sleep(time.Second)
		require.Equal(t, 4, allowed("Create"), "but its next second does")
		c.SetLatency(0)
		require.Zero(t, c.Latency())
		require.NoError(t, c.Inject(codes, wire.Fault{}))
		run(t, &c, "Create")

		c.Reset()
		require.Empty(t, c.Requests())
		require.Empty(t, c.Faults())
		check()
	})
}

func TestPanicsAreReported(t *testing.T) {
	var text bytes.Buffer
	var c emulator.Core
	c.Configure(emulator.Settings{ErrorLog: log.New(&text, "", 0)})
	serve := func(p any) (body string, again any) {
		w := httptest.NewRecorder()
		defer func() { body, again = w.Body.String(), recover() }()
		h := c.Handler(emulator.Front{
			Name: "cloudtest", Service: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(p) }),
			Action: func(*http.Request) string { return "Create" },
			Broken: func(message string) emulator.Reply { return refusal("Broken: " + message) },
		})
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?Signature=s3cret", nil))
		return body, nil
	}
	body, again := serve("out of order")
	require.Equal(t, "Broken: the emulator panicked: out of order", body)
	require.Nil(t, again)
	require.Contains(t, text.String(), "cloudtest: panic in Create: out of order\n")
	require.Contains(t, text.String(), "core_test.go", "where it was")
	require.NotContains(t, text.String(), "s3cret")
	require.Equal(t, "Create", c.Requests()[0].Action)

	text.Reset()
	for _, cut := range []error{http.ErrAbortHandler, fmt.Errorf("gone: %w", http.ErrAbortHandler)} {
		_, again = serve(cut)
		require.Equal(t, http.ErrAbortHandler, again)
	}
	require.Empty(t, text.String(), "a connection that is cut on purpose is no fault")
}

func TestAServerThatCannotListen(t *testing.T) {
	var c emulator.Core
	s := c.Listen(http.NotFoundHandler(), emulator.ServerOptions{PlainHTTP: true})
	defer s.Close()
	defer func() {
		err, isError := recover().(error)
		require.True(t, isError)
		require.ErrorContains(t, err, "emulator: listen tcp")
	}()
	c.Listen(http.NotFoundHandler(), emulator.ServerOptions{Addr: s.Listener.Addr().String()})
}
