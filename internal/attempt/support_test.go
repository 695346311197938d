package attempt_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// answer is what becomes of one attempt.
type answer struct {
	status     int    // 0: 200, unless err is set
	code       string // of the service
	retryAfter string
	err        error         // of the connection
	unsent     bool          // err came before a connection was had
	reused     bool          // the connection had another request before
	takes      time.Duration // until then
	incomplete bool          // the SDK finds that a part of the reply is missing
	cred       error         // there were no credentials to send with
}

// service answers one attempt after the other, the last answer again and again.
type service struct {
	answers []answer
	sent    int
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	a := s.answers[min(s.sent, len(s.answers))-1]
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn("api.test:443")
	if !a.unsent {
		trace.GotConn(httptrace.GotConnInfo{Reused: a.reused})
	}
	if !attempt.Sleep(r.Context(), a.takes) && a.takes > 0 {
		return nil, r.Context().Err()
	}
	if a.err != nil {
		return nil, a.err
	}
	rec := httptest.NewRecorder()
	rec.Header().Set("Code", a.code)
	rec.Header().Set("Retry-After", a.retryAfter)
	if a.status != 0 {
		rec.WriteHeader(a.status)
	}
	return rec.Result(), nil
}

// send returns what sends a request to the service.
func (s *service) send(t *testing.T) func(context.Context) error {
	t.Helper()
	x := exchange.New(exchange.Config{Client: &http.Client{Transport: s}, Timeout: 10 * time.Second, Inspect: func(r *exchange.Reply) error {
		r.RequestID = "request-1"
		if r.Code = r.Header.Get("Code"); r.Code != "" {
			r.Message = "it went wrong"
			return nil
		}
		if r.Status != http.StatusOK {
			return &exchange.ReplyError{Reason: "an HTML page"}
		}
		return nil
	}})
	return func(ctx context.Context) error {
		s.sent++
		a := s.answers[min(s.sent, len(s.answers))-1]
		if a.cred != nil {
			return credential.Wrap(a.cred)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://api.test", http.NoBody)
		require.NoError(t, err)
		resp, err := x.RoundTrip(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		switch {
		case a.code != "":
			return &sdkError{a.code}
		case a.incomplete:
			return exchange.Incomplete("an ID")
		}
		return nil
	}
}

// do sends a request of a call to the service.
func (s *service) do(t *testing.T, ctx context.Context, call *attempt.Call, r attempt.Request) (exchange.Record, error) { //nolint:revive // as t.Run
	t.Helper()
	r.Try = s.send(t)
	return call.Send(ctx, &r)
}

// sdkError is an error of an SDK.
type sdkError struct{ code string }

func (e *sdkError) Error() string { return "sdk: " + e.code }

func codes() *errcode.Table {
	return errcode.New([]errcode.Row{
		{Code: "Bad", Kind: cgw.ErrInvalidArgument, Note: "refused"},
		{Code: "Busy", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "throttled"},
		{Code: "Busy.Open", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "another operation is going on"},
		{Code: "Keys", Kind: cgw.ErrUnauthenticated, Note: "the keys"},
		{Code: "Clock", Kind: cgw.ErrUnauthenticated, Repeat: errcode.Once, Note: "clock"},
		{Code: "Odd.*", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "a family"},
		{Code: "Broken", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "broken"},
	})
}

// newLoop returns a loop with the default policy, but MaxAttempts counts every attempt. change may change it.
func newLoop(change func(*attempt.Loop)) *attempt.Loop {
	l := &attempt.Loop{Provider: cgw.Tencent, Region: "ap-guangzhou", Codes: codes()}
	if change != nil {
		change(l)
	}
	l.Retry = l.Retry.WithDefaults()
	return l
}
