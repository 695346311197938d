// Package emulator is the plumbing of the two emulators: faults, latency, request rate, the
// record of requests, and the server around a handler. What a cloud answers is in their own
// packages. It imports the standard library alone.
package emulator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Reply is what an emulator answers to one request.
type Reply struct {
	Status      int
	ContentType string
	Header      http.Header // further headers; may be nil
	Body        []byte
	Code        string // the error code in Body, for the record; "" on success
}

// Core runs requests: it injects faults around their execution and records them. Its exported
// fields are set before use. It is safe for concurrent use.
type Core struct {
	Now     func() time.Time // the emulated service's clock; also the Date header
	Latency time.Duration    // added to every request, before it takes effect
	Rate    int              // requests a second that Allow lets pass for each action; 0: all

	mu       sync.Mutex
	faults   []*armed
	requests []wire.Request
	buckets  map[string]*bucket
}

type armed struct {
	wire.Fault
	seen int
}

// Inject adds faults behind those that are there.
func (c *Core) Inject(faults ...wire.Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range faults {
		c.faults = append(c.faults, &armed{Fault: f})
	}
}

// ClearFaults removes all faults.
func (c *Core) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// take returns the fault that strikes the next request of the action, or of the next
// connection. Every matching fault counts the request, struck or not.
func (c *Core) take(action string, connect bool) (wire.Fault, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var hit *armed
	for _, f := range c.faults {
		if (f.When == wire.OnConnect) != connect || (!connect && f.Action != "" && f.Action != action) {
			continue
		}
		f.seen++
		times := f.Times
		if times == 0 {
			times = 1
		}
		if hit == nil && f.seen > f.Skip && (times < 0 || f.seen <= f.Skip+times) {
			hit = f
		}
	}
	if hit == nil {
		return wire.Fault{}, false
	}
	return hit.Fault, true
}

// Requests returns the record of the requests so far.
func (c *Core) Requests() []wire.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.requests)
}

// ResetRequests empties the record.
func (c *Core) ResetRequests() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = nil
}

func (c *Core) record(action, code string, struck bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, wire.Request{Time: c.Now(), Action: action, Code: code, Fault: struck})
}

// Run answers one authenticated request: it waits the latency, then calls do, which executes
// the request, with the faults that are due around it. refuse makes the service's own reply for
// an error code.
func (c *Core) Run(w http.ResponseWriter, r *http.Request, action string, do func() Reply, refuse func(code string) Reply) {
	f, struck := c.take(action, false)
	var reply Reply
	if struck && f.When == wire.BeforeCommit {
		if !wait(r.Context(), c.Latency+f.Delay) {
			c.record(action, "", true)
			panic(http.ErrAbortHandler)
		}
		switch f.Effect {
		case wire.Proceed, wire.Cut: // a reply can only be cut once it is made
			reply = do()
		default:
			reply = c.strike(action, f, Reply{}, refuse)
		}
	} else {
		if !wait(r.Context(), c.Latency) {
			c.record(action, "", false)
			panic(http.ErrAbortHandler)
		}
		reply = do()
		if struck {
			wait(r.Context(), f.Delay) // a client that is gone does not undo the commit
			reply = c.strike(action, f, reply, refuse)
		}
	}
	c.record(action, reply.Code, struck)
	cut := -1
	if struck && f.Effect == wire.Cut {
		cut = f.Bytes
	}
	c.write(w, reply, cut)
}

// Refuse answers a request that was not authenticated or not understood; no fault strikes it.
func (c *Core) Refuse(w http.ResponseWriter, action string, reply Reply) {
	c.record(action, reply.Code, false)
	c.write(w, reply, -1)
}

func (c *Core) strike(action string, f wire.Fault, reply Reply, refuse func(string) Reply) Reply {
	switch f.Effect {
	case wire.Abort, wire.Garbage:
		c.record(action, reply.Code, true)
		panic(http.ErrAbortHandler)
	case wire.Refuse:
		return refuse(f.Code)
	case wire.Replace:
		status := f.Status
		if status == 0 {
			status = http.StatusOK
		}
		return Reply{Status: status, Header: f.Header, Body: []byte(f.Body)}
	default:
		return reply
	}
}

// write sends the reply, whole if cut is negative, or else the first cut bytes of its body.
func (c *Core) write(w http.ResponseWriter, reply Reply, cut int) {
	h := w.Header()
	// Set by hand: the emulated clock may not be the machine's, and no handler of net/http
	// adds a charset to a type that is set.
	h.Set("Date", c.Now().UTC().Format(http.TimeFormat))
	if reply.ContentType != "" {
		h.Set("Content-Type", reply.ContentType)
	}
	for k, v := range reply.Header {
		h[k] = slices.Clone(v)
	}
	h.Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.WriteHeader(reply.Status)
	if cut < 0 || cut >= len(reply.Body) {
		_, _ = w.Write(reply.Body) // a client that is gone is its own affair
		if cut < 0 {
			return
		}
	} else {
		_, _ = w.Write(reply.Body[:cut])
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// wait returns false when ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// bucket is a token bucket that holds one second's worth of requests.
type bucket struct {
	tokens float64
	last   time.Time
}

// Allow reports whether one more request of the action is within the rate, by the emulated
// clock. The key may be any text.
func (c *Core) Allow(key string) bool { return c.AllowRate(key, c.Rate) }

// AllowRate is Allow with a rate of the action's own; 0: any.
func (c *Core) AllowRate(key string, rate int) bool {
	if rate <= 0 {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now()
	b := c.buckets[key]
	if b == nil {
		b = &bucket{tokens: float64(rate), last: now}
		if c.buckets == nil {
			c.buckets = map[string]*bucket{}
		}
		c.buckets[key] = b
	}
	b.tokens = min(float64(rate), b.tokens+now.Sub(b.last).Seconds()*float64(rate))
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
