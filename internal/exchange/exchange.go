// Package exchange sends the HTTP requests that an SDK has built and signed. It records facts that the
// SDKs do not report: whether the request was sent, the HTTP status, and how long the service asks to
// wait. It limits time and memory, refuses redirects, and screens each reply before the SDK decodes it.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"
)

// Config configures an Exchange.
type Config struct {
	// Client sends the requests. The Exchange uses a shallow copy of it. Nil: the Exchange has its own
	// pool of connections.
	Client *http.Client
	// Timeout bounds each attempt, from the dial to the last byte of the reply.
	Timeout time.Duration
	// Inspect gets each complete reply before the SDK does. An error that it returns takes the place
	// of the reply.
	Inspect func(*Reply) error
	// Secrets names the headers and query parameters whose values no error may show. Case does not
	// matter. Authorization and Proxy-Authorization need not be named.
	Secrets []string
	// RetryAfterMillis names a header that says how many milliseconds to wait before the next
	// request. Empty: the service has none. If the header is missing, Retry-After is read.
	RetryAfterMillis string
}

// Exchange is an http.RoundTripper to put below an SDK. It is safe for concurrent use.
type Exchange struct {
	cfg    Config
	own    *pool                                 // nil when the caller gave a client
	client *http.Client                          // a copy of the caller's; nil when own is used
	traces bool                                  // the transport is of net/http, which calls GetConn before it sends
	proxy  func(*http.Request) (*url.URL, error) // finds the proxy of a request; nil: not known
}

// Record is what an exchange saw of one attempt.
type Record struct {
	Reached bool  // the SDK called RoundTrip
	Sent    bool  // the other end may have read a byte of the request
	Reply   Reply // the last reply; its Status is 0 if there was none
	// Began is when the request began to look for a connection. Ended is when its reply was read, or
	// when it failed.
	Began, Ended time.Time
	Err          error // what RoundTrip returned to the SDK; nil if it returned a reply

	traced bool // the transport called GetConn, so it traces
	reused bool // the connection had another request before
}

type recordKey struct{}

// WithRecord returns a context for one request, which is recorded in r.
func WithRecord(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

// RecordOf returns the record that WithRecord put into ctx, or nil.
func RecordOf(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// New returns an Exchange for a Config whose Timeout and Inspect are set.
func New(cfg Config) *Exchange {
	x := &Exchange{cfg: cfg}
	if cfg.Client == nil {
		x.traces = true
		x.own, x.proxy = newPool(newTransport, cfg.Timeout), http.ProxyFromEnvironment
		return x
	}
	c := *cfg.Client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	if t, ok := next.(*http.Transport); ok {
		x.traces, x.proxy = true, t.Proxy
	}
	c.Transport = noLocation{next}
	x.client = &c
	return x
}

// Close closes the idle connections of the Exchange's own pool.
func (x *Exchange) Close() {
	if x.own != nil {
		x.own.current.Load().CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (x *Exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := RecordOf(req.Context())
	recorded := rec != nil
	if !recorded {
		rec = new(Record)
	}
	rec.Reached = true
	var resp *http.Response
	if resp, rec.Err = x.exchange(req, rec); rec.Err != nil {
		var bad *ReplyError
		if !recorded && errors.As(rec.Err, &bad) { // no cgw.Error will show the status
			return nil, fmt.Errorf("HTTP %d: %w", rec.Reply.Status, rec.Err)
		}
		return nil, rec.Err
	}
	r := &rec.Reply
	if r.SDKStatus != 0 {
		resp.StatusCode = r.SDKStatus
		resp.Status = strconv.Itoa(r.SDKStatus) + " " + http.StatusText(r.SDKStatus)
	}
	body := r.Body
	if recorded {
		// The SDK gets no headers: cgw reads them from the record. One SDK would copy them through
		// JSON. With some headers both SDKs would also read the body in another way, which Inspect
		// has not screened.
		resp.Header = http.Header{}
		if r.SDKBody != nil {
			body = r.SDKBody
		}
	}
	read := new(bufferedBody)
	read.Reset(body)
	resp.Body, resp.ContentLength, resp.Request = read, int64(len(body)), req
	return resp, nil
}

// exchange sends the request, reads the whole reply and screens it. It fills in rec, except Reached
// and Err. The body of the reply that it returns has been read.
func (x *Exchange) exchange(req *http.Request, rec *Record) (*http.Response, error) {
	caller := req.Context()
	var ctx context.Context
	var end func()
	var send func(*http.Request) (*http.Response, error)
	if x.own == nil {
		ctx, end = context.WithTimeout(caller, x.cfg.Timeout) // a caller's transport may read ctx.Deadline
		defer end()
		send = x.client.Do
	} else {
		var err error
		// The timeout of the attempt starts after this wait: a full pool does not mean that the service
		// is slow.
		if ctx, end, err = x.own.slots.take(caller); err != nil {
			return nil, err
		}
		defer end()
		t := x.own.current.Load()
		send = t.RoundTrip
		defer func() { x.own.done(t, rec.Sent && late(ctx)) }()
	}
	rec.Began, rec.traced, rec.reused = time.Now(), false, false
	defer func() { rec.Ended = time.Now() }()
	trace := &httptrace.ClientTrace{
		GetConn: func(string) {
			rec.traced = true
			// For a POST, net/http takes another connection only if it wrote nothing to the last one.
			// Other RoundTrippers may behave differently.
			if x.traces && req.Method == http.MethodPost {
				rec.Sent = false
			}
		},
		GotConn: func(info httptrace.GotConnInfo) { rec.Sent, rec.reused = true, info.Reused },
	}
	var dial *dialing
	if x.own == nil { // the Exchange's own transport itself says if a proxy refuses
		dial = new(dialing)
		dial.trace(trace)
	}
	resp, err := send(withoutProxyKey(req.WithContext(httptrace.WithClientTrace(ctx, trace))))
	if err != nil {
		// A RoundTripper that does not trace may have sent the request.
		rec.Sent = rec.Sent || !rec.traced && !x.traces
		return nil, x.failure(caller, ctx, rec, dial, req, err)
	}
	rec.Sent = true
	rec.Reply = Reply{
		Request: req, Status: resp.StatusCode, Header: resp.Header,
		secretNames: x.cfg.Secrets,
	}
	rec.Reply.RetryAfter = rec.Reply.retryAfter(x.cfg.RetryAfterMillis)
	rec.Reply.Body, err = readBody(resp)
	if err != nil {
		rec.Reply.Body = nil
		if errors.Is(err, errTooLarge) {
			return nil, &ReplyError{Reason: err.Error()}
		}
		return nil, x.failure(caller, ctx, rec, dial, req, err)
	}
	if err := refused(&rec.Reply); err != nil {
		return nil, err
	}
	return resp, x.cfg.Inspect(&rec.Reply)
}

// late reports whether an attempt ran out of time: its timeout or the deadline of the caller has passed.
// The connection may then be dead. It returns false if the caller canceled.
func late(attempt context.Context) bool {
	return errors.Is(context.Cause(attempt), TimeoutError{}) || errors.Is(attempt.Err(), context.DeadlineExceeded)
}

// refused returns an error if the reply is refused for every provider: a redirect, a refusal of a proxy,
// or a body that is too complex. It is called before Inspect.
func refused(r *Reply) error {
	reason := ""
	switch {
	case r.Status >= 300 && r.Status < 400:
		reason = "the endpoint redirects: check its scheme and host, and any proxy"
	case r.Status == http.StatusProxyAuthRequired:
		reason = "the proxy refused: " + http.StatusText(r.Status)
	default:
		if reason = tooMuch(r.Body); reason == "" {
			return nil
		}
		reason = "reply holds " + reason
	}
	return &ReplyError{Reason: reason}
}

// withoutProxyKey returns the request without the password of a proxy. An SDK may add the password to the
// request for the service. net/http itself sends it to the proxy.
func withoutProxyKey(req *http.Request) *http.Request {
	const key = "Proxy-Authorization"
	if _, ok := req.Header[key]; ok {
		req.Header = req.Header.Clone()
		delete(req.Header, key)
	}
	return req
}

// noLocation copies the responses of a caller's RoundTripper, without the header Location. An http.Client
// parses that header even if CheckRedirect refuses every redirect, and its error for a malformed one shows
// the URL.
type noLocation struct{ next http.RoundTripper }

func (n noLocation) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(req)
	if resp != nil {
		out := *resp // the RoundTripper may use its response and its headers again, at the same time
		out.Header = resp.Header.Clone()
		out.Header.Del("Location")
		resp = &out
	}
	return resp, err
}
