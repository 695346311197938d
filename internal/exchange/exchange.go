// Package exchange sends the HTTP requests that an SDK has built and signed. It keeps what the
// SDKs lose (whether the request was sent, the status, the hint to wait), bounds time and
// memory, refuses redirects, and lets no reply through that an SDK would misread.
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

// Config is what a provider tells its Exchange.
type Config struct {
	// Client sends the requests. A shallow copy of it is used. Nil: a pool of the Exchange's own.
	Client *http.Client
	// Timeout bounds each attempt, from the dial to the last byte of the reply.
	Timeout time.Duration
	// Inspect gets each complete reply before the SDK does. An error that it returns takes the place
	// of the reply.
	Inspect func(*Reply) error
	// Secrets names the headers and query parameters whose values no error may show, in capital or
	// small letters. Authorization and Proxy-Authorization need not be named.
	Secrets []string
	// RetryAfterMillis names a header that says how many milliseconds to wait before the next
	// request. Empty: the service has none. Retry-After is read in any case.
	RetryAfterMillis string
}

// Exchange is an http.RoundTripper to put below an SDK. It is safe for concurrent use.
type Exchange struct {
	cfg    Config
	own    *pool                                 // nil when the caller gave a client
	client *http.Client                          // a copy of the caller's; nil when own is used
	traces bool                                  // whether the transport is net/http's, which calls GetConn before it sends
	proxy  func(*http.Request) (*url.URL, error) // of the transport; nil: none is known
}

// Record is what an exchange saw of one attempt.
type Record struct {
	Reached bool  // the SDK got as far as sending
	Sent    bool  // a byte of the request may have left
	Reply   Reply // the last reply
	// Began and Ended are when the request set out and when its reply was read, or it failed.
	Began, Ended time.Time
	Err          error // why there is no reply that the SDK could read; nil when there is one

	traced bool // the transport told that it looked for a connection
}

type recordKey struct{}

// WithRecord returns a context whose next request is recorded in r.
func WithRecord(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

// RecordOf returns the record of the request that ctx is for, or nil.
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
		if !recorded && errors.As(rec.Err, &bad) { // there is no cgw.Error to say the status
			return nil, fmt.Errorf("HTTP %d: %w", rec.Reply.Status, rec.Err)
		}
		return nil, rec.Err
	}
	out, r := *resp, &rec.Reply // a copy: a caller's transport may have further use for its own
	if r.SDKStatus != 0 {
		out.StatusCode = r.SDKStatus
		out.Status = strconv.Itoa(r.SDKStatus) + " " + http.StatusText(r.SDKStatus)
	}
	body := r.Body
	if recorded {
		// The record has the headers. What an SDK is given it copies, in one case through JSON,
		// and it goes by some of it where the body has been judged already.
		out.Header = http.Header{}
		if r.SDKBody != nil {
			body = r.SDKBody
		}
	}
	read := new(bufferedBody)
	read.Reset(body)
	out.Body, out.ContentLength, out.Request = read, int64(len(body)), req
	return &out, nil
}

// exchange fills in rec.Sent and rec.Reply, and returns the reply, whose body it has read, or
// why it is of no use.
func (x *Exchange) exchange(req *http.Request, rec *Record) (*http.Response, error) {
	caller := req.Context()
	var ctx context.Context
	var end func()
	var send func(*http.Request) (*http.Response, error)
	if x.own == nil {
		ctx, end = context.WithTimeout(caller, x.cfg.Timeout)
		defer end()
		send = x.client.Do
	} else {
		var err error
		// Waiting for a connection is not the service's slowness, so it is not of the attempt's time.
		if ctx, end, err = x.own.slots.take(caller); err != nil {
			return nil, err
		}
		defer end()
		t := x.own.current.Load()
		send = t.RoundTrip
		defer func() { x.own.done(t, rec.Sent && late(ctx)) }()
	}
	rec.Began, rec.traced = time.Now(), false
	defer func() { rec.Ended = time.Now() }()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			rec.traced = true
			// net/http looks for another connection for a POST only if it wrote nothing to the
			// last one. Of another RoundTripper that is not known.
			if x.traces && req.Method == http.MethodPost {
				rec.Sent = false
			}
		},
		GotConn: func(httptrace.GotConnInfo) { rec.Sent = true },
	})
	resp, err := send(withoutProxyKey(req.WithContext(ctx)))
	if err != nil {
		// A RoundTripper that does not trace tells nothing: take it that it sent.
		rec.Sent = rec.Sent || !rec.traced && !x.traces
		return nil, x.failure(caller, ctx, rec, req, err)
	}
	rec.Sent = true
	rec.Reply = Reply{
		Request: req, Status: resp.StatusCode, Header: resp.Header,
		RetryAfter: retryAfter(resp.Header, x.cfg.RetryAfterMillis), secretNames: x.cfg.Secrets,
	}
	rec.Reply.Body, err = readBody(resp)
	if err != nil {
		rec.Reply.Body = nil
		if errors.Is(err, errTooLarge) {
			return nil, &ReplyError{Reason: err.Error()}
		}
		return nil, x.failure(caller, ctx, rec, req, err)
	}
	if err := refused(&rec.Reply); err != nil {
		return nil, err
	}
	return resp, x.cfg.Inspect(&rec.Reply)
}

// late reports whether the time of an attempt, or that of its caller, is over. The connection may
// be dead then. A caller that cancels says nothing of it.
func late(attempt context.Context) bool {
	return context.Cause(attempt) == TimeoutError{} || errors.Is(attempt.Err(), context.DeadlineExceeded)
}

// refused returns an error for a reply that no provider need look at.
func refused(r *Reply) error {
	reason := ""
	switch {
	case r.Status >= 300 && r.Status < 400:
		reason = "redirect refused"
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

// failure returns the error of an attempt that brought no whole reply.
func (x *Exchange) failure(caller, attempt context.Context, rec *Record, req *http.Request, err error) error {
	if err := ended(caller); err != nil {
		return err
	}
	if timedOut(attempt, err) {
		reason := "no connection came about in time"
		if rec.Sent {
			reason = "no reply came in time"
		}
		if rec.Reply.Status != 0 {
			reason = "the reply broke off"
		}
		return &NetworkError{Reason: reason, Err: TimeoutError{}}
	}
	secrets, proxied := appendSecrets(nil, req, x.cfg.Secrets), false
	if x.proxy != nil {
		via, _ := x.proxy(req) // an error of it is err
		secrets, proxied = append(secrets, proxySecrets(via)...), via != nil
	}
	err = Detach(caller, Clean(err, secrets...))
	if e, ok := proxyStatus(err); ok && proxied && !rec.Sent {
		err = e
	}
	return network(err)
}

// withoutProxyKey returns the request without the password of a proxy. An SDK may add it to what it
// sends to the service. net/http sends it to the proxy by itself.
func withoutProxyKey(req *http.Request) *http.Request {
	const key = "Proxy-Authorization"
	if _, ok := req.Header[key]; ok {
		req.Header = req.Header.Clone()
		delete(req.Header, key)
	}
	return req
}

// noLocation takes the Location from replies: an http.Client whose CheckRedirect refuses to
// follow it still parses it, and shows it in an error when it cannot.
type noLocation struct{ next http.RoundTripper }

func (n noLocation) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(req)
	if resp != nil {
		resp.Header.Del("Location")
	}
	return resp, err
}

// CloseIdleConnections lets that of an http.Client through.
func (n noLocation) CloseIdleConnections() {
	if c, ok := n.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
