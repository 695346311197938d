// Package emulator has the code that both emulators share: faults, latency, request rate, the
// record of requests, the control interface, and the server around a handler. The package of
// each emulator decides what its cloud answers. Package emulator imports only the standard
// library, cgw and wire.
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

// Core runs requests: it injects faults around their execution and records them. The zero Core
// has the machine's clock and no limits. It is safe for concurrent use.
type Core struct {
	mu       sync.Mutex
	start    Settings // as configured
	settings Settings // as they are now
	faults   []*armed
	requests []wire.Request
	buckets  map[string]*bucket
}

// Reset removes all faults, empties the record of requests, and restores the settings of
// Configure.
func (c *Core) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings = c.start.clone()
	c.faults, c.requests, c.buckets = nil, nil, nil
}

// Requests returns the record of the requests so far.
func (c *Core) Requests() []wire.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.requests)
}

// Count returns how many requests of the action are on record.
func (c *Core) Count(action string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, r := range c.requests {
		if r.Action == action {
			n++
		}
	}
	return n
}

// ResetRequests empties the record.
func (c *Core) ResetRequests() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = nil
}

func (c *Core) record(action, code string, struck bool) {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, wire.Request{Time: now, Action: action, Code: code, Fault: struck})
}

// Run answers one authenticated request. It waits for the latency, and calls do, which executes
// the request. Before or after that, it injects the fault that is due. refuse returns the
// service's reply for an error code.
func (c *Core) Run(w http.ResponseWriter, r *http.Request, action string, do func() Reply, refuse func(code string) Reply) {
	f, struck := c.take(action, false)
	latency := c.Latency()
	var reply Reply
	if struck && f.When == wire.BeforeCommit {
		if !wait(r.Context(), latency+f.Delay) {
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
		if !wait(r.Context(), latency) {
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
		reply = refuse(f.Code)
		header := reply.Header.Clone()
		for k, v := range f.Header {
			if header == nil {
				header = http.Header{}
			}
			header[k] = v
		}
		reply.Header = header
		return reply
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

// write sends the reply. If cut is not negative, it sends only the first cut bytes of the body,
// and then closes the connection.
func (c *Core) write(w http.ResponseWriter, reply Reply, cut int) {
	h := w.Header()
	// Date is set here, because the emulated clock may differ from the machine's. net/http adds
	// no charset to a Content-Type that is set.
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
		_, _ = w.Write(reply.Body) // the client may be gone
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
