package providertest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/test/memnet"
)

func contextTests() []test {
	return []test{
		{"ContextEndedBefore", contextEndedBefore},
		{"ContextEndsDuring", contextEndsDuring},
		{"ContextEndsInBody", contextEndsInBody},
		{"ContextEndsBeforeTheRequest", contextEndsBeforeTheRequest},
		{"ContextEndsInBackoff", contextEndsInBackoff},
		{"AttemptTimeout", attemptTimeout},
		{"DefaultRetry", defaultRetry},
	}
}

// inMemory returns a Provisioner of an emulator, over connections in memory, so that the clock of
// synctest applies to both. Call the function before the bubble ends.
func (h Harness) inMemory(t *testing.T, fault wire.Fault, change func(*Config)) (Provisioner, State, func()) {
	t.Helper()
	handler, state := h.Handler(Options{Faults: []wire.Fault{fault}})
	srv := memnet.Serve(handler)
	transport := srv.Transport()
	c := Config{
		Region: h.Region, Credentials: h.Keys, Endpoint: "http://api.test",
		HTTPClient: &http.Client{Transport: transport}, Limiter: h.NewLimiter(1e6),
	}
	if change != nil {
		change(&c)
	}
	p, err := h.New(c)
	noError(t, err)
	return p, state, func() { transport.CloseIdleConnections(); srv.Close() }
}

// errStop is the cause of the contexts that end here. Every error has it in its tree.
var errStop = errors.New("the program is asked to stop")

// isEnded checks that err is that of a context that ended with errStop.
func isEnded(t *testing.T, err, want error) {
	t.Helper()
	isError(t, err, want)
	isError(t, err, errStop, "the cause is kept")
}

func contextEndedBefore(t *testing.T, h Harness) {
	cancelled, cancelCause := context.WithCancelCause(t.Context())
	cancelCause(errStop)
	expired, cancel := context.WithDeadlineCause(t.Context(), time.Now().Add(-time.Second), errStop)
	defer cancel()
	c := h.Config()
	c.HTTPClient = Tripper(func(*http.Request) (*http.Response, error) { panic("something was sent") }).Client()
	p := h.Open(t, c)
	for _, ctx := range []context.Context{cancelled, expired} {
		for _, op := range operations() {
			_, err := op.do(ctx, p)
			isEnded(t, err, ctx.Err())
			isNotError(t, err, cgw.ErrOutcomeUnknown)
			equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err), "%s", op.name)
			equal(t, error(nil), asError[*cgw.Error](t, err).Kind)
		}
	}
}

// contextEndsDuring lets the context end while the service works on the request. The call ends at
// once, with the context's error, and the outcome of a write is unknown.
func contextEndsDuring(t *testing.T, h Harness) {
	const after = 70 * time.Millisecond
	for _, when := range []wire.When{wire.BeforeCommit, wire.AfterCommit} {
		for _, how := range []string{"deadline", "cancel"} {
			for _, op := range operations() {
				t.Run(op.name+"/"+how, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p, state, done := h.inMemory(t, wire.Fault{Times: -1, When: when, Delay: time.Hour}, nil)
						defer done()
						old := cgw.Gateway{ID: "cgw-1", Name: "old", IPAddress: Request().IPAddress.Next()}
						_, err := state.SeedGateways(old)
						noError(t, err)
						ctx, cancel := context.WithTimeoutCause(t.Context(), after, errStop)
						defer cancel()
						want := context.DeadlineExceeded
						if how == "cancel" {
							var cancel context.CancelCauseFunc
							ctx, cancel = context.WithCancelCause(t.Context())
							time.AfterFunc(after, func() { cancel(errStop) })
							want = context.Canceled
						}
						begin := time.Now()
						_, err = op.do(ctx, p)
						equal(t, after, time.Since(begin), "the call ends with the context")
						isEnded(t, err, want)
						equal(t, op.write, errors.Is(err, cgw.ErrOutcomeUnknown), "unknown outcome")
						check(t, !cgw.IsRetryable(err), "not retryable")
					})
				})
			}
		}
	}
}

// contextEndsInBody lets the context end when a part of the reply has come.
func contextEndsInBody(t *testing.T, h Harness) {
	for _, op := range operations() {
		synctest.Test(t, func(t *testing.T) {
			srv := memnet.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "100")
				_, _ = w.Write([]byte("{"))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}))
			defer srv.Close()
			c := h.Config()
			c.Endpoint, c.HTTPClient = "http://api.test", &http.Client{Transport: srv.Transport()}
			p, err := h.New(c)
			noError(t, err)
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
			defer cancel()
			begin := time.Now()
			_, err = op.do(ctx, p)
			equal(t, time.Second, time.Since(begin))
			isEnded(t, err, context.DeadlineExceeded)
			equal(t, op.write, errors.Is(err, cgw.ErrOutcomeUnknown), "unknown outcome")
			equal(t, 200, asError[*cgw.Error](t, err).HTTPStatus)
		})
	}
}

// contextEndsBeforeTheRequest lets the context end when there is no connection yet.
func contextEndsBeforeTheRequest(t *testing.T, h Harness) {
	for _, op := range operations() {
		synctest.Test(t, func(t *testing.T) {
			done := make(chan struct{})
			defer close(done)
			c := h.Config()
			c.Endpoint, c.HTTPClient = "http://api.test", &http.Client{Transport: memnet.Nowhere(done)}
			p, err := h.New(c)
			noError(t, err)
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
			defer cancel()
			_, err = op.do(ctx, p)
			isEnded(t, err, context.DeadlineExceeded)
			equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		})
	}
}

// contextEndsInBackoff lets the context end between two attempts. The error satisfies that of the
// context and that of the service.
func contextEndsInBackoff(t *testing.T, h Harness) {
	synctest.Test(t, func(t *testing.T) {
		p, _, done := h.inMemory(t, wire.Fault{Times: -1, Effect: wire.Refuse, Code: h.Throttled}, func(c *Config) {
			c.Retry = cgw.RetryPolicy{MinBackoff: 30 * time.Second, MaxBackoff: 30 * time.Second, MaxElapsed: time.Hour, MaxAttempts: 1000}
		})
		defer done()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 65*time.Second, errStop)
		defer cancel()
		begin := time.Now()
		_, err := p.Create(ctx, Request())
		equal(t, 65*time.Second, time.Since(begin))
		isEnded(t, err, context.DeadlineExceeded)
		isError(t, err, cgw.ErrThrottled)
		equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		e := asError[*cgw.Error](t, err)
		equal(t, h.Throttled, e.Code)
		check(t, e.RequestID != "", "the request ID is kept")
	})
}

// attemptTimeout checks that the timeout of an attempt does not look like the end of the context.
func attemptTimeout(t *testing.T, h Harness) {
	synctest.Test(t, func(t *testing.T) {
		p, _, done := h.inMemory(t, wire.Fault{Times: -1, Delay: time.Hour}, func(c *Config) { c.Retry = Once() })
		defer done()
		begin := time.Now()
		_, err := p.Get(t.Context(), "cgw-1")
		equal(t, 10*time.Second, time.Since(begin), "the default of AttemptTimeout")
		isError(t, err, cgw.ErrUnavailable)
		isNotError(t, err, context.DeadlineExceeded)
		check(t, cgw.IsRetryable(err), "retryable")
	})
}

// defaultRetry counts the attempts of the default policy, and measures the time that they take.
func defaultRetry(t *testing.T, h Harness) {
	synctest.Test(t, func(t *testing.T) {
		p, state, done := h.inMemory(t, wire.Fault{Times: -1, Effect: wire.Replace, Status: 503}, nil)
		defer done()
		begin := time.Now()
		_, err := p.Get(t.Context(), "cgw-1")
		isError(t, err, cgw.ErrUnavailable)
		equal(t, 5, len(state.Requests()))
		check(t, time.Since(begin) <= 3*time.Second, "at most 0.2 + 0.4 + 0.8 + 1.6 s: %v", time.Since(begin))
	})
}
