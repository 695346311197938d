package otelcgw

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// secretive makes calls that send all the secrets there are, with faults of every kind on the
// way.
func secretive(t *testing.T, s sdk, provider cgw.Provider, transport func(http.RoundTripper) http.RoundTripper) {
	telemetry, err := New(s.Options)
	require.NoError(t, err)
	refused := map[cgw.Provider]string{cgw.Tencent: "AuthFailure.SignatureFailure", cgw.Alibaba: "SignatureDoesNotMatch"}
	p := clouds[provider](t, telemetry, transport,
		wire.Fault{Action: "CreateCustomerGateway", When: wire.AfterCommit, Effect: wire.Abort},
		wire.Fault{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: throttle[provider]},
		wire.Fault{Action: "DeleteCustomerGateway", Effect: wire.Refuse, Code: refused[provider]},
	)
	req := berlin
	if !cgw.RulesOf(p).AuthKey.Unsupported {
		req.AuthKey = authKey
	}
	g, err := p.Create(t.Context(), req)
	require.NoError(t, err)
	_, err = p.Create(t.Context(), req)
	require.ErrorIs(t, err, cgw.ErrAlreadyExists)
	_, err = p.Get(t.Context(), g.ID)
	require.NoError(t, err)
	require.Error(t, p.Delete(t.Context(), g.ID))
	require.NoError(t, p.Delete(t.Context(), g.ID))
}

func TestNoSecrets(t *testing.T) {
	for provider := range clouds {
		t.Run(string(provider), func(t *testing.T) {
			s := newSDK()
			secretive(t, s, provider, func(next http.RoundTripper) http.RoundTripper { return Transport(next, s.Options) })
			all := s.everything(t)
			for _, secret := range []string{authKey, keyID, key, token, "Signature=", "Credential=", "AuthKey", "ClientToken"} {
				require.NotContains(t, all, secret)
			}
			for _, want := range []string{"cgw.Create", "CreateCustomerGateway", "url.full https://127.0.0.1", "http.client.request.duration"} {
				require.Contains(t, all, want, "it was looked at")
			}
		})
	}
}

// TestWhyTheQueryIsHidden: without Transport's care the key would be in a span.
func TestWhyTheQueryIsHidden(t *testing.T) {
	s := newSDK()
	secretive(t, s, cgw.Alibaba, func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(s.TracerProvider), otelhttp.WithMeterProvider(s.MeterProvider))
	})
	require.Contains(t, s.everything(t), authKey)
}

// TestTransport: its spans are below the operation's, and the request arrives as it was signed,
// without headers that were not there.
func TestTransport(t *testing.T) {
	for provider, start := range clouds {
		t.Run(string(provider), func(t *testing.T) {
			s := newSDK()
			telemetry, err := New(s.Options)
			require.NoError(t, err)
			var sent, arrived []*http.Request
			p := start(t, telemetry, func(next http.RoundTripper) http.RoundTripper {
				below := Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
					arrived = append(arrived, r)
					return next.RoundTrip(r)
				}), s.Options)
				return roundTrip(func(r *http.Request) (*http.Response, error) {
					sent = append(sent, r.Clone(r.Context()))
					return below.RoundTrip(r)
				})
			})
			_, err = p.Create(t.Context(), berlin)
			require.NoError(t, err)
			require.NotEmpty(t, sent)
			for i := range sent {
				require.Equal(t, sent[i].URL.String(), arrived[i].URL.String())
				require.Equal(t, sent[i].Header, arrived[i].Header)
			}
			parents := map[string]string{}
			for _, span := range s.spans.Ended() {
				parents[span.Name()] = span.Parent().SpanID().String()
			}
			require.Equal(t, parents["CreateCustomerGateway"], parents["HTTP POST"], "both are the operation's")
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestWrapKeepsTheContract runs cgw's conformance suite on a Provisioner that is wrapped.
func TestWrapKeepsTheContract(t *testing.T) {
	telemetry, err := New(newSDK().Options)
	require.NoError(t, err)
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(testing.TB) cgw.Provisioner { return telemetry.Wrap(&cgwtest.Fake{}) },
	})
	fake := &cgwtest.Fake{}
	inner, ok := cgw.As[*cgwtest.Fake](telemetry.Wrap(fake))
	require.True(t, ok)
	require.Same(t, fake, inner)
}

// TestDefaults: without providers it is the process's own that are used, which do nothing here.
func TestDefaults(t *testing.T) {
	telemetry, err := New(Options{})
	require.NoError(t, err)
	_, err = telemetry.Wrap(&cgwtest.Fake{}).Create(t.Context(), berlin)
	require.NoError(t, err)
	telemetry.Observe(t.Context(), cgw.Attempt{})
	require.Equal(t, http.DefaultTransport, Transport(nil, Options{}).(hide).base)
}
