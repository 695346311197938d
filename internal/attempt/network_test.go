package attempt_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// TestAlerts has a TLS alert of the other end after the connection was had: one about certificates is
// repeated once. If it is the first on the connection, the request was not read.
func TestAlerts(t *testing.T) {
	certificate := answer{err: &net.OpError{Op: "remote error", Err: tls.AlertError(116)}}
	later := certificate
	later.reused = true
	for _, tc := range []struct {
		name    string
		answer  answer
		request attempt.Request
		sent    int
		outcome cgw.Outcome
	}{
		{"read", certificate, read, 2, cgw.OutcomeNotApplied},
		{"write", certificate, safe, 2, cgw.OutcomeNotApplied},
		{"write, later", later, safe, 2, cgw.OutcomeUnknown},
		{"create", certificate, unsafe, 2, cgw.OutcomeNotApplied},
		{"create, later", later, unsafe, 1, cgw.OutcomeUnknown},
		{"another alert", answer{err: &net.OpError{Op: "remote error", Err: tls.AlertError(80)}}, read, 5, cgw.OutcomeNotApplied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{answers: []answer{tc.answer}}
			loop := newLoop(func(l *attempt.Loop) { l.Retry = cgw.RetryPolicy{MinBackoff: 1, MaxBackoff: 1} })
			_, err := s.do(t, t.Context(), loop.Start(opOf(tc.request), "", ""), tc.request)
			require.Equal(t, tc.sent, s.sent)
			require.Equal(t, tc.outcome, cgw.OutcomeOf(err))
			require.ErrorIs(t, err, cgw.ErrUnavailable)
		})
	}
}

// TestNetworkFailures repeats what failed before it was sent as often as that may help.
func TestNetworkFailures(t *testing.T) {
	for _, tc := range []struct {
		name      string
		err       error
		attempts  int
		retryable bool
	}{
		{"refused", syscall.ECONNREFUSED, 5, true},
		{"no such host", &net.DNSError{Err: "no such host", IsNotFound: true}, 2, true},
		{"certificate", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a.test"}, 1, false},
		{"password of a SOCKS proxy", &net.OpError{Op: "socks connect", Err: errors.New("username/password authentication failed")}, 1, false},
		{"SOCKS proxy cannot reach the host", &net.OpError{Op: "socks connect", Err: errors.New("unknown error network unreachable")}, 5, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dials := 0
			transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				dials++
				return nil, tc.err
			}}
			x := exchange.New(exchange.Config{Client: &http.Client{Transport: transport}, Timeout: time.Minute, Inspect: func(*exchange.Reply) error { return nil }})
			loop := newLoop(func(l *attempt.Loop) { l.Retry = cgw.RetryPolicy{MinBackoff: 1, MaxBackoff: 1} })
			r := unsafe
			r.Try = func(ctx context.Context) error {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://a.test", http.NoBody)
				require.NoError(t, err)
				resp, err := x.RoundTrip(req)
				if err == nil {
					_ = resp.Body.Close()
				}
				return err
			}
			_, err := loop.Start(cgw.OpCreate, "", "").Send(t.Context(), &r)
			require.Equal(t, tc.attempts, dials)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			require.Equal(t, tc.retryable, cgw.IsRetryable(err))
			require.Equal(t, tc.retryable, errors.Is(err, cgw.ErrUnavailable))
			require.ErrorAs(t, err, new(*exchange.NetworkError))
		})
	}
}
