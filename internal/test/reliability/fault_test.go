package reliability_test

import (
	"cmp"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// fault is one thing that goes wrong.
type fault struct {
	name string
	wire.Fault
	code   func(*cloud) string // for Refuse
	keep   func(size int) int  // for Cut: how much of a reply of this size is sent
	refuse bool                // the connection is refused
	lag    time.Duration       // of reads
	only   string              // the cloud that knows it
	burst  int                 // how often it strikes in a row; 0: once
	final  bool                // it is not retried: somebody has to fix something first
	slow   bool                // only the attempt's timeout notices it
	// clean reports whether nothing reaches the service: an error must then say that nothing
	// was done.
	clean func(transport) bool
}

const (
	slowTimeout   = 250 * time.Millisecond // of an attempt that a fault stalls
	patientLag    = 15 * time.Millisecond  // of reads; less than fastPolicy waits for them
	attemptsInAll = 5
)

// fastPolicy is the default policy with a hundredth of its backoff. It waits up to 62 ms for
// reads.
func fastPolicy() cgw.RetryPolicy {
	return cgw.RetryPolicy{MaxAttempts: attemptsInAll, MaxElapsed: 20 * time.Second, MinBackoff: 2 * time.Millisecond, MaxBackoff: 100 * time.Millisecond}
}

func header(kv ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(kv); i += 2 {
		h.Set(kv[i], kv[i+1])
	}
	return h
}

// faults returns all faults. elsewhere is the target of redirects.
func faults(elsewhere string) []fault {
	always := func(transport) bool { return true }
	overTLS := func(t transport) bool { return t != plain }
	html := wire.Fault{Effect: wire.Replace, Status: http.StatusBadGateway, Header: header("Content-Type", "text/html"), Body: "<html><body>502 Bad Gateway</body></html>"}
	replace := func(status int, body string, kv ...string) wire.Fault {
		return wire.Fault{Effect: wire.Replace, Status: status, Header: header(kv...), Body: body}
	}

	all := []fault{
		{name: "connection refused", refuse: true, clean: always},
		{name: "reset on connect", Fault: wire.Fault{When: wire.OnConnect, Effect: wire.Abort}, clean: overTLS},
		{name: "TLS failure", Fault: wire.Fault{When: wire.OnConnect, Effect: wire.Garbage}, clean: overTLS},
		{name: "stall on connect", Fault: wire.Fault{When: wire.OnConnect, Delay: 5 * slowTimeout}, slow: true}, // a later attempt may use the connection
		{name: "throttled", Fault: wire.Fault{Effect: wire.Refuse}, burst: 3, code: func(c *cloud) string { return c.throttled }, clean: always},
		{name: "busy", Fault: wire.Fault{Effect: wire.Refuse}, burst: 2, code: func(c *cloud) string { return c.conflict }, clean: always},
		{name: "token processing", Fault: wire.Fault{Effect: wire.Refuse, Code: "LastTokenProcessing"}, burst: 3, only: "alibaba"},
		{name: "reset after commit, reads lag", Fault: wire.Fault{When: wire.AfterCommit, Effect: wire.Abort}, lag: patientLag},
		{name: "reset before commit, reads lag", Fault: wire.Fault{Effect: wire.Abort}, lag: patientLag},
	}
	for cut, keep := range map[string]func(int) int{
		"0": func(int) int { return 0 }, "1": func(int) int { return 1 }, "half": func(n int) int { return n / 2 },
		"last-1": func(n int) int { return n - 1 }, "all": func(n int) int { return n },
	} {
		all = append(all, fault{name: "reply cut at " + cut, Fault: wire.Fault{When: wire.AfterCommit, Effect: wire.Cut}, keep: keep})
	}
	// Each of these strikes once before and once after the commit.
	for name, f := range map[string]fault{
		"reset":                  {Fault: wire.Fault{Effect: wire.Abort}},
		"stall":                  {Fault: wire.Fault{Delay: time.Hour}, slow: true},
		"stall, then reset":      {Fault: wire.Fault{Delay: slowTimeout / 10, Effect: wire.Abort}},
		"HTML 502":               {Fault: html},
		"503":                    {Fault: replace(http.StatusServiceUnavailable, "busy")},
		"503 with Retry-After":   {Fault: replace(http.StatusServiceUnavailable, "busy", "Retry-After", "1")},
		"500 with JSON":          {Fault: replace(http.StatusInternalServerError, `{"message":"oops"}`)},
		"empty 200":              {Fault: replace(http.StatusOK, "")},
		"{}":                     {Fault: replace(http.StatusOK, "{}", "Content-Type", "application/json")},
		"null":                   {Fault: replace(http.StatusOK, "null", "Content-Type", "application/json")},
		"half of a JSON":         {Fault: replace(http.StatusOK, `{"Response":{"CustomerGateway":{"CustomerGatewayId":"cgw-`, "Content-Type", "application/json")},
		"success without an ID":  {Fault: replace(http.StatusOK, `{"Response":{"CustomerGateway":{}},"CustomerGatewayId":""}`)},
		"2 MiB":                  {Fault: replace(http.StatusOK, strings.Repeat("x", 2<<20))},
		"internal error":         {Fault: wire.Fault{Effect: wire.Refuse}, code: func(c *cloud) string { return c.internal }},
		"unknown code":           {Fault: wire.Fault{Effect: wire.Replace, Status: http.StatusInternalServerError, Body: `{"Code":"Some.New","Message":"x","RequestId":"r","Response":{"Error":{"Code":"Some.New","Message":"x"},"RequestId":"r"}}`}},
		"redirect 302":           {Fault: replace(http.StatusFound, "", "Location", elsewhere), final: true},
		"redirect 307":           {Fault: replace(http.StatusTemporaryRedirect, "", "Location", elsewhere), final: true},
		"malformed redirect 308": {Fault: replace(http.StatusPermanentRedirect, "", "Location", "https://%zz/?Signature=x&AuthKey="+authKey), final: true},
	} {
		before, after := f, f
		before.name, before.When = name+" before commit", wire.BeforeCommit
		after.name, after.When = name+" after commit", wire.AfterCommit
		all = append(all, before, after)
	}
	return all
}

// mode is how often a fault strikes.
type mode string

const (
	each   mode = "each"   // the first request of each action: cgw must recover, unless the fault is final
	always mode = "always" // every request of the operation's own action
	dead   mode = "dead"   // every request
)

// applies reports whether the matrix has a cell for the fault. If the reply fails, the
// transport makes no difference. So, except in long mode, these faults run in every mode on one
// transport only.
func (f fault) applies(c *cloud, tr transport, m mode) bool {
	if f.only != "" && f.only != c.name {
		return false
	}
	return long() || tr == cmp.Or(c.usual, http1) || m == each || m == dead && (f.refuse || f.slow || f.When == wire.OnConnect)
}

// long reports whether the long mode was asked for.
func long() bool { return os.Getenv("CGW_LONG") != "" }

// of returns the faults to inject for a mode.
func (f fault) of(c *cloud, op string, m mode, sizes map[string]int) []wire.Fault {
	times := max(f.burst, 1)
	if m != each {
		times = -1
	}
	if f.refuse {
		return nil
	}
	w := f.Fault
	w.Times = times
	if f.code != nil {
		w.Code = f.code(c)
	}
	if w.When == wire.OnConnect {
		return []wire.Fault{w}
	}
	actions := c.actions[op]
	if m == always {
		actions = actions[:1]
	}
	var all []wire.Fault
	for _, a := range actions {
		w.Action = a
		if f.keep != nil {
			w.Bytes = f.keep(sizes[a])
		}
		all = append(all, w)
	}
	return all
}
