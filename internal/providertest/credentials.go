package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cgw-go/cgw"
)

// Keys are credentials that never change.
type Keys struct{ ID, Secret, Token string }

// Source is a caller's own source of keys, of another type than the provider's. It may change,
// fail or not answer. It is used by one goroutine at a time.
type Source struct {
	Keys
	Err   error         // the error of Get
	Until chan struct{} // if not nil, Get waits for it, and then returns no keys
	Asked int           // the number of calls of Get
}

// Get returns the current keys.
func (s *Source) Get() (Keys, error) {
	s.Asked++
	if s.Until != nil {
		<-s.Until
		return Keys{}, nil
	}
	return s.Keys, s.Err
}

// Credentials describe a provider's credentials.
type Credentials struct {
	// Names are the provider's words for the fields of Keys, such as "secret ID".
	Names Keys
	// Fallible says that the SDK's interface for credentials lets a source fail.
	Fallible bool
	// Denied and Expired are codes of the service: for a request that is not permitted, and for
	// keys that are no longer accepted.
	Denied, Expired string
	// Signer returns the keys that a request is signed with, without the secret.
	Signer func(*http.Request) Keys
	// Own returns credentials of a source that may fail. Kept is how long a provider uses their
	// keys before it asks again.
	Own  func(*Source) (credentials any)
	Kept time.Duration
	// KeysOf asks credentials of the SDK's type for the current keys.
	KeysOf func(credentials any) (Keys, error)
	// DefaultCredentials is the provider's.
	DefaultCredentials func(context.Context) (any, error)
	// CleanEnvironment unsets, for one test, the variables that DefaultCredentials reads, and
	// makes HOME an empty folder.
	CleanEnvironment func(*testing.T)
	// Rotating are credentials that change.
	Rotating []Rotating

	// Sources are all sources of credentials. At least SourceCases cases must run on them. Half
	// are sources that are set up only in part. Order sets up one source after another: each
	// takes precedence over those before it. OrderAnswer is the answer of the vendor's services
	// meanwhile. FoundSources are sources of DefaultCredentials, set up right or wrong.
	Sources      []CredentialSource
	SourceCases  int
	FoundSources []FoundSource
	Half         []HalfSource
	Order        []OrderStep
	OrderAnswer  http.HandlerFunc
}

// Rotating are credentials whose keys change in the middle of an operation.
type Rotating struct {
	Name   string
	Set    func(*testing.T)              // sets them up; nil: there is nothing to do
	Rotate func(t *testing.T, id string) // changes the ID of the keys
	// Open returns these credentials; nil: Credentials.DefaultCredentials.
	Open func(context.Context) (any, error)
}

func credentialTests() []test {
	return []test{
		{"StaticCredentials", staticCredentials},
		{"Rotation", rotation},
		{"NoKeys", noKeys},
		{"UnusableKeys", unusableKeys},
		{"ExpiredToken", expiredToken},
		{"OwnSourceFails", ownSourceFails},
		{"SourceHangs", sourceHangs},
		{"DefaultCredentials", foundSources},
		{"EverySource", everySource},
		{"HalfASource", halfASource},
		{"Order", order},
	}
}

// Signers is a service that records the key IDs and tokens of requests. It answers 503, or the
// error of the code that answer returns for the ID.
type Signers struct {
	IDs, Tokens []string
	Then        func()                 // called after each request that is answered 503; nil: not called
	answer      func(id string) string // the code

	h Harness
}

// RoundTrip implements http.RoundTripper.
func (s *Signers) RoundTrip(r *http.Request) (*http.Response, error) {
	k := s.h.Signer(r)
	s.IDs, s.Tokens = append(s.IDs, k.ID), append(s.Tokens, k.Token)
	if s.answer == nil {
		if s.Then != nil {
			s.Then()
		}
		return Reply(r, http.StatusServiceUnavailable, ""), nil
	}
	status, body := s.h.Failure(s.answer(k.ID), "m", "r")
	return Reply(r, status, body), nil
}

// Signers returns a service that records the keys of requests.
func (h Harness) Signers() *Signers { return &Signers{h: h} }

// Ask sends one read to s, with attempts as MaxAttempts, and returns its error.
func (h Harness) Ask(t *testing.T, credentials any, s *Signers, attempts int) error {
	t.Helper()
	c := h.Config()
	c.Credentials, c.HTTPClient = credentials, &http.Client{Transport: s}
	c.Retry.MaxAttempts = attempts
	_, err := h.Open(t, c).Get(t.Context(), "cgw-1")
	check(t, err != nil, "the service answers nothing of use")
	return err
}

// staticCredentials checks that static credentials sign with the given keys.
func staticCredentials(t *testing.T, h Harness) {
	for _, token := range []string{"", Token} {
		s := h.Signers()
		_ = h.Ask(t, Keys{ID, Secret, token}, s, 1)
		equal(t, []string{ID}, s.IDs)
		equal(t, []string{token}, s.Tokens)
	}
}

// rotation checks credentials that change between two attempts.
func rotation(t *testing.T, h Harness) {
	for _, token := range []string{"", "t2"} {
		cred, s := &Source{Keys: Keys{"first", "k", "t1"}}, h.Signers()
		s.Then = func() { cred.ID, cred.Token = "second", token }
		_ = h.Ask(t, cred, s, 3)
		equal(t, []string{"first", "second", "second"}, s.IDs)
		equal(t, []string{"t1", token, token}, s.Tokens)
		equal(t, 3, cred.Asked, "they are asked for once an attempt")
	}
}

// noKeys returns the reason for a source that gives no keys.
func (h Harness) noKeys() string {
	return "the source gave no " + h.Names.ID + " or no " + h.Names.Secret
}

// noKeys checks credentials that are empty, or fail, after the first attempt: stale keys are not
// used.
func noKeys(t *testing.T, h Harness) {
	says := map[string]string{"empty": h.noKeys()}
	if h.Fallible {
		says["fails"] = "credentials: "
	}
	for name, want := range says {
		t.Run(name, func(t *testing.T) {
			cred, s := &Source{Keys: Keys{"first", "k", ""}}, h.Signers()
			s.Then = func() {
				if name == "empty" {
					cred.Secret = ""
					return
				}
				cred.Err = fmt.Errorf(`refresh failed: {"AccessKeySecret":%q}`, Secret)
			}
			err := h.Ask(t, cred, s, 3)
			equal(t, []string{"first"}, s.IDs)
			isError(t, err, cgw.ErrUnauthenticated)
			contains(t, err.Error(), want)
			equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			lacks(t, Everything(err), Secret)
		})
	}
}

// unusableKeys checks keys that no request can carry. If they are static, New refuses them. If
// they come from a source, the call fails. Nothing is sent or retried.
func unusableKeys(t *testing.T, h Harness) {
	for _, tc := range []struct {
		keys       Keys
		name, says string
	}{
		{Keys{ID + "\n", Secret, ""}, h.Names.ID, "ends with a line break"},
		{Keys{ID, Secret + "\r\n", ""}, h.Names.Secret, "ends with a line break"},
		{Keys{ID, "\t" + Secret, ""}, h.Names.Secret, "begins with white space"},
		{Keys{ID, Secret, Token[:9] + " " + Token[9:]}, h.Names.Token, "contains white space"},
		{Keys{ID, Secret + "\x00", ""}, h.Names.Secret, "ends with a control character"},
		{Keys{"\ufeff" + ID, Secret, ""}, h.Names.ID, "begins with a character outside of ASCII"},
	} {
		says := "the " + tc.name + " " + tc.says
		t.Run(says, func(t *testing.T) {
			c := h.Config()
			c.Credentials = tc.keys
			_, err := h.New(c)
			e := asError[*cgw.Error](t, err)
			equal(t, []any{cgw.OpNew, cgw.ErrInvalidArgument, cgw.OutcomeNotApplied}, []any{e.Op, e.Kind, e.Outcome})
			field := asError[*cgw.FieldError](t, err)
			equal(t, []string{"Credentials", "", says}, []string{field.Field, field.Value, field.Reason})

			cred, s := &Source{Keys: tc.keys}, h.Signers()
			later := h.Ask(t, cred, s, 5)
			isError(t, later, cgw.ErrUnauthenticated)
			check(t, !cgw.IsRetryable(later), "not retryable")
			contains(t, later.Error(), says)
			equal(t, 1, cred.Asked)
			equal(t, 0, len(s.IDs), "requests")
			for _, secret := range []string{Secret, Token, "AKIDEXAMPLE"} {
				lacks(t, Everything(err)+Everything(later), secret)
			}
		})
	}
}

// ownSourceFails checks a source of the caller that fails, and later works again. It fails during
// a call, or, if the provider keeps keys for a while, after that time.
func ownSourceFails(t *testing.T, h Harness) {
	for name, tc := range map[string]struct {
		err      error
		kind     error
		attempts int
		says     string
	}{
		"outage":           {context.DeadlineExceeded, cgw.ErrUnavailable, 3, "context deadline exceeded"},
		"outage, wrapped":  {fmt.Errorf("vault: %w", context.DeadlineExceeded), cgw.ErrUnavailable, 3, "vault: context deadline exceeded"},
		"cancelled":        {context.Canceled, cgw.ErrUnavailable, 3, "context canceled"},
		"cancelled inside": {fmt.Errorf("vault: %w", context.Canceled), cgw.ErrUnavailable, 3, "vault: context canceled"},
		"says so":          {fmt.Errorf("vault is sealed: %w", cgw.ErrUnavailable), cgw.ErrUnavailable, 3, "vault is sealed: service unavailable"},
		"says so, joined":  {errors.Join(cgw.ErrUnavailable, os.ErrPermission), cgw.ErrUnavailable, 3, "service unavailable; permission denied"},
		"refusal":          {errors.New("sealed: ask for " + Token), cgw.ErrUnauthenticated, 1, "sealed: ask for [withheld]"},
		"refusal, a quote": {errors.New(`policy "ops": denied, was: ` + Token), cgw.ErrUnauthenticated, 1, `policy "ops": denied, was: [withheld]`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				own, s := &Source{Keys: Keys{ID, Secret, Token}}, h.Signers()
				cred, signed, attempts := h.Own(own), []string{ID}, 4 // of which the first is signed
				if h.Kept > 0 {
					_ = h.Ask(t, cred, s, 1)
					own.Err = tc.err
					_ = h.Ask(t, cred, s, 1)
					signed = append(signed, ID)
					equal(t, 1, own.Asked, "keys are kept for a while")
					time.Sleep(h.Kept)
					attempts = 3
				}
				s.Then = func() { own.Err = tc.err }
				err := h.Ask(t, cred, s, attempts)
				equal(t, signed, s.IDs, "no stale keys are used")
				equal(t, 1+tc.attempts, own.Asked)
				isError(t, err, tc.kind)
				contains(t, err.Error(), "credentials: "+tc.says)
				isNotError(t, err, context.DeadlineExceeded)
				isNotError(t, err, context.Canceled)
				equal(t, errors.Is(tc.kind, cgw.ErrUnavailable), cgw.IsRetryable(err), "retryable")
				lacks(t, Everything(err), Token)

				own.ID, own.Err, s.Then = "second", nil, nil
				_ = h.Ask(t, cred, s, 1)
				equal(t, "second", s.IDs[len(signed)])
			})
		})
	}
}

// sourceHangs checks that the context limits the wait for keys, and AttemptTimeout if the context
// has no deadline.
func sourceHangs(t *testing.T, h Harness) {
	synctest.Test(t, func(t *testing.T) {
		hanging := &Source{Until: make(chan struct{})}
		c := h.Config()
		c.Credentials, c.AttemptTimeout = hanging, 7*time.Second
		p, err := h.New(c)
		noError(t, err)
		begin := time.Now()
		_, err = p.Get(t.Context(), "cgw-1")
		isError(t, err, cgw.ErrUnavailable)
		equal(t, 7*time.Second, time.Since(begin))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = p.Create(ctx, Request())
		isError(t, err, context.DeadlineExceeded)
		equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		close(hanging.Until)
		synctest.Wait()
		_, err = p.Get(t.Context(), "cgw-1")
		contains(t, err.Error(), h.noKeys())
	})
}

// JSON returns ID, Secret and Token as JSON, as arguments for a format.
func (k Keys) JSON() []any {
	var texts []any
	for _, s := range []string{k.ID, k.Secret, k.Token} {
		text, _ := json.Marshal(s) // a string is always JSON
		texts = append(texts, text)
	}
	return texts
}
