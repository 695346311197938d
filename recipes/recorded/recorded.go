// Package recorded records what a cgw Provisioner and its cloud say to each other, and replays
// it in tests, with go-vcr below Config.HTTPClient. A cassette holds no credential, signature,
// token, nonce or date, and so two recordings of the same calls are equal.
package recorded

import (
	"net/http"
	"net/url"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"
)

// Options say whether to record.
type Options struct {
	// Record is what answers while a cassette is recorded; see [Towards]. Nil: the cassette is
	// replayed, and nothing is sent.
	Record http.RoundTripper
	// Secrets are values that must not be in a cassette: credentials, and what else was sent in
	// confidence. If one were, stop fails and the file is left as it was.
	Secrets []string
}

// Open opens the cassette path + ".yaml" and returns the client for Config.HTTPClient. stop
// ends a recording and writes the file; after a replay it does nothing.
//
// A request is answered once, by the first exchange of the same action and parameters that has
// not been used. One that the cassette does not have is an error that satisfies
// errors.Is(err, cassette.ErrInteractionNotFound), in a cgw.Error of kind cgw.ErrUnavailable:
// give the Provisioner a short RetryPolicy, since it will repeat what may be repeated.
func Open(path string, o Options) (client *http.Client, stop func() error, err error) {
	mode := recorder.ModeReplayOnly
	if o.Record != nil {
		mode = recorder.ModeRecordOnly
	}
	r, err := recorder.New(path,
		recorder.WithMode(mode),
		recorder.WithRealTransport(o.Record),
		recorder.WithSkipRequestLatency(true),
		recorder.WithMatcher(match),
		recorder.WithHook(scrubber{o.Secrets}.scrub, recorder.BeforeSaveHook),
	)
	if err != nil {
		return nil, nil, err
	}
	return &http.Client{Transport: apart{r}}, r.Stop, nil
}

// apart gives the client headers of its own: it may change them, and those of a recorded reply
// are written to the file later.
type apart struct{ next http.RoundTripper }

func (a apart) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.next.RoundTrip(r)
	if err == nil {
		resp.Header = resp.Header.Clone()
	}
	return resp, err
}

// Towards returns a transport that sends every request to a server, such as an emulator's,
// whatever host it is for. So a cassette has the hosts of the clouds, whoever it was recorded
// from.
func Towards(server string, next http.RoundTripper) (http.RoundTripper, error) {
	to, err := url.Parse(server)
	return towards{to, next}, err
}

type towards struct {
	server *url.URL
	next   http.RoundTripper
}

func (t towards) RoundTrip(r *http.Request) (*http.Response, error) {
	redirected := r.Clone(r.Context())
	if redirected.Host == "" {
		redirected.Host = r.URL.Host // it was signed
	}
	redirected.URL.Scheme, redirected.URL.Host = t.server.Scheme, t.server.Host
	return t.next.RoundTrip(redirected)
}
