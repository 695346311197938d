package tencent_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/test/memnet"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// inMemory returns a Provisioner of an emulator that is reached in memory, so that the clock of
// synctest rules over both. It is to be closed in the bubble.
func inMemory(t *testing.T, o tencenttest.Options, change func(*tencent.Config)) (*tencent.Provisioner, *tencenttest.State, func()) {
	t.Helper()
	o.State = new(tencenttest.State)
	srv := memnet.Serve(tencenttest.NewHandler(o))
	transport := srv.Transport()
	cfg := tencent.Config{
		Region:      tencenttest.DefaultRegion,
		Credentials: tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, ""),
		Endpoint:    "http://api.test",
		HTTPClient:  &http.Client{Transport: transport},
		Limiter:     tencent.NewLimiter(1e6),
	}
	if change != nil {
		change(&cfg)
	}
	p, err := tencent.New(cfg)
	require.NoError(t, err)
	return p, o.State, func() { transport.CloseIdleConnections(); srv.Close() }
}

func TestContextEndedBefore(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	cfg := testConfig()
	cfg.HTTPClient = &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) { panic("something was sent") })}
	p := open(t, cfg)
	for _, ctx := range []context.Context{cancelled, expired} {
		for _, op := range operations() {
			_, err := op.do(ctx, p)
			require.ErrorIs(t, err, ctx.Err(), op.name)
			require.NotErrorIs(t, err, cgw.ErrOutcomeUnknown)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err), op.name)
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Nil(t, e.Kind)
		}
	}
}

// TestContextEndsDuring lets the context end while the service is at work: at once, with its
// error, and a write whose request was sent says that its outcome is not known.
func TestContextEndsDuring(t *testing.T) {
	const after = 70 * time.Millisecond
	for _, when := range []wire.When{wire.BeforeCommit, wire.AfterCommit} {
		for _, how := range []string{"deadline", "cancel"} {
			for _, op := range operations() {
				t.Run(op.name+"/"+how, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p, state, done := inMemory(t, tencenttest.Options{Faults: []wire.Fault{{Times: -1, When: when, Delay: time.Hour}}}, nil)
						defer done()
						state.Seed(tencenttest.Gateway{ID: "cgw-1", Name: "old", IPAddress: "58.211.1.13"})
						ctx, cancel := context.WithTimeout(t.Context(), after)
						want := context.DeadlineExceeded
						if how == "cancel" {
							ctx, cancel = context.WithCancel(t.Context())
							time.AfterFunc(after, cancel)
							want = context.Canceled
						}
						defer cancel()
						begin := time.Now()
						_, err := op.do(ctx, p)
						require.Equal(t, after, time.Since(begin), "the context ended, and the call went on")
						require.ErrorIs(t, err, want)
						require.Equal(t, op.write, errors.Is(err, cgw.ErrOutcomeUnknown))
						require.False(t, cgw.IsRetryable(err))
					})
				})
			}
		}
	}
}

// TestContextEndsInBody lets it end when a part of the reply has come.
func TestContextEndsInBody(t *testing.T) {
	for _, op := range operations() {
		synctest.Test(t, func(t *testing.T) {
			srv := memnet.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "100")
				_, _ = w.Write([]byte("{"))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}))
			defer srv.Close()
			cfg := testConfig()
			cfg.Endpoint, cfg.HTTPClient = "http://api.test", &http.Client{Transport: srv.Transport()}
			p, err := tencent.New(cfg)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			_, err = op.do(ctx, p)
			require.Equal(t, time.Second, time.Since(begin))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, op.write, errors.Is(err, cgw.ErrOutcomeUnknown))
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, 200, e.HTTPStatus)
		})
	}
}

// TestContextEndsBeforeTheRequest lets it end when there is no connection yet.
func TestContextEndsBeforeTheRequest(t *testing.T) {
	for _, op := range operations() {
		synctest.Test(t, func(t *testing.T) {
			done := make(chan struct{})
			defer close(done)
			cfg := testConfig()
			cfg.Endpoint, cfg.HTTPClient = "http://api.test", &http.Client{Transport: memnet.Nowhere(done)}
			p, err := tencent.New(cfg)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err = op.do(ctx, p)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		})
	}
}

// TestContextEndsInBackoff lets it end between two attempts: the error has both the context's
// and the service's.
func TestContextEndsInBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, done := inMemory(t, tencenttest.Options{Faults: []wire.Fault{{Times: -1, Effect: wire.Refuse, Code: "RequestLimitExceeded"}}}, func(c *tencent.Config) {
			c.Retry = cgw.RetryPolicy{MinBackoff: 30 * time.Second, MaxBackoff: 30 * time.Second, MaxElapsed: time.Hour, MaxAttempts: 1000}
		})
		defer done()
		ctx, cancel := context.WithTimeout(t.Context(), 65*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := p.Create(ctx, testRequest())
		require.Equal(t, 65*time.Second, time.Since(begin))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cgw.ErrThrottled)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "RequestLimitExceeded", e.Code)
		require.NotEmpty(t, e.RequestID)
	})
}

// TestAttemptTimeout is the end of an attempt and not of the context.
func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, done := inMemory(t, tencenttest.Options{Faults: []wire.Fault{{Times: -1, Delay: time.Hour}}}, func(c *tencent.Config) {
			c.Retry = once()
		})
		defer done()
		begin := time.Now()
		_, err := p.Get(t.Context(), "cgw-1")
		require.Equal(t, 10*time.Second, time.Since(begin), "the default of AttemptTimeout")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.True(t, cgw.IsRetryable(err))
	})
}

// TestDefaultRetry counts the attempts of the default policy, and the time that they take.
func TestDefaultRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, state, done := inMemory(t, tencenttest.Options{Faults: []wire.Fault{{Times: -1, Effect: wire.Replace, Status: 503}}}, nil)
		defer done()
		begin := time.Now()
		_, err := p.Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Len(t, state.Requests(), 5)
		require.LessOrEqual(t, time.Since(begin), 3*time.Second) // 0.2 + 0.4 + 0.8 + 1.6 s at the most
	})
}
