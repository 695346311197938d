package providertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/standin"
)

// CredentialSource is one source of credentials.
type CredentialSource struct {
	Name string
	Set  func(*testing.T) // sets it up
	// Open returns credentials of the source, without asking it; nil:
	// Credentials.DefaultCredentials, which asks it.
	Open func(context.Context) (any, error)
	// Printable says that programs may print the credentials: they are cgw's own and show no keys.
	Printable bool
	// Token is the token of keys that are set up locally.
	Token string

	// Asks is the host and path of the service that is asked; "": none, and the fields below are
	// not used. Reply returns its reply. Front answers the requests that come before.
	Asks     string
	Reply    func(Keys) string
	Front    func(http.HandlerFunc) http.HandlerFunc
	Failures []SourceFailure
}

// SourceFailure is a way in which the service of a source fails.
type SourceFailure struct {
	Name   string
	Answer http.HandlerFunc // nil: nobody listens
	Kind   error
	Says   string
	Twice  bool // the SDK asks twice
}

// HalfSource is a source that is set up in part, or under names that nothing reads.
type HalfSource struct {
	Name  string
	Set   []string         // variables: names and values in turn
	Files func(*testing.T) // writes files; nil: none
	Says  string
}

// FoundSource is a source that is set up, and the credentials that are found there.
type FoundSource struct {
	Name, ID, Token string
	Set             func(*testing.T)
	Failed          string // what the error says; "": none
}

// OrderStep sets up one more source, and names the ID that is then found.
type OrderStep struct {
	ID  string
	Set func(*testing.T)
}

// foundSources checks that DefaultCredentials finds the credentials, or fails, and shows no
// secret.
func foundSources(t *testing.T, h Harness) {
	for _, tc := range h.FoundSources {
		t.Run(tc.Name, func(t *testing.T) {
			h.CleanEnvironment(t)
			tc.Set(t)
			cred, err := h.DefaultCredentials(t.Context())
			if tc.Failed != "" {
				isError(t, err, cgw.ErrUnauthenticated)
				contains(t, err.Error(), tc.Failed)
				for _, secret := range []string{Secret, Token, "://"} {
					lacks(t, Everything(err), secret)
				}
				return
			}
			noError(t, err)
			s := h.Signers()
			_ = h.Ask(t, cred, s, 1)
			equal(t, []string{tc.ID}, s.IDs)
			equal(t, []string{tc.Token}, s.Tokens)
			lacks(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), Secret)
		})
	}
}

// everySource checks each source of credentials: requests are signed with its keys, and it fails
// in every way that it can.
func everySource(t *testing.T, h Harness) {
	tried := 0
	for _, src := range h.Sources {
		find := src.Open
		if find == nil {
			find = h.DefaultCredentials
		}
		t.Run(src.Name, func(t *testing.T) {
			services := standin.Start(t)
			h.CleanEnvironment(t)
			src.Set(t)
			want := Keys{ID, Secret, src.Token}
			if src.Asks != "" {
				want.Token = Token
				services.Answer(src.Front(Text(http.StatusOK, src.Reply(want))))
			}
			cred, err := find(t.Context())
			noError(t, err)
			s := h.Signers()
			_ = h.Ask(t, cred, s, 1)
			equal(t, []string{want.ID}, s.IDs)
			equal(t, []string{want.Token}, s.Tokens)
			if src.Printable {
				lacks(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), Secret)
			}
			got, err := h.KeysOf(cred)
			noError(t, err)
			equal(t, want, got)
			tried++
			if src.Asks == "" {
				equal(t, 0, len(services.Asked()), "services that were asked")
				return
			}
			equal(t, src.Asks, services.Asked()[len(services.Asked())-1])
			for _, fail := range src.Failures {
				t.Run(fail.Name, func(t *testing.T) { h.sourceFails(t, services, src, fail) })
				tried++
			}
		})
	}
	t.Logf("%d sources of credentials, %d cases", len(h.Sources), tried)
	check(t, tried >= h.SourceCases, "there are %d cases at least", h.SourceCases)
}

func (h Harness) sourceFails(t *testing.T, services *standin.Services, src CredentialSource, fail SourceFailure) {
	t.Helper()
	answer := fail.Answer
	if answer != nil {
		answer = src.Front(answer)
	}
	services.Answer(answer)
	retryable := errors.Is(fail.Kind, cgw.ErrUnavailable)
	var err error
	if src.Open == nil {
		_, err = h.DefaultCredentials(t.Context())
	} else {
		cred, opened := src.Open(t.Context())
		noError(t, opened)
		services.Answer(answer)
		err = h.Ask(t, cred, h.Signers(), 3) // which asks for the keys
		attempts := 1
		if retryable {
			attempts = 3
		}
		if answer != nil && !fail.Twice {
			equal(t, attempts, len(services.Asked()), "attempts")
		}
	}
	isError(t, err, fail.Kind)
	equal(t, retryable, cgw.IsRetryable(err), "retryable")
	equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	contains(t, err.Error(), fail.Says)
	for _, secret := range []string{Secret, Token, "://", "<html>"} {
		lacks(t, Everything(err), secret)
	}
}

// halfASource checks that a source that is set up only in part is an error, and that cgw takes no
// other identity, even if the instance has one.
func halfASource(t *testing.T, h Harness) {
	for _, tc := range h.Half {
		t.Run(tc.Name, func(t *testing.T) {
			services := standin.Start(t)
			h.CleanEnvironment(t)
			Setenv(t, tc.Set...)
			if tc.Files != nil {
				tc.Files(t)
			}
			services.Answer(func(w http.ResponseWriter, r *http.Request) {
				t.Errorf("asked %s for another identity", r.URL)
				http.Error(w, "", http.StatusInternalServerError)
			})
			_, err := h.DefaultCredentials(t.Context())
			isError(t, err, cgw.ErrUnauthenticated)
			check(t, !cgw.IsRetryable(err), "not retryable")
			contains(t, err.Error(), tc.Says)
			lacks(t, Everything(err), Secret)
			lacks(t, Everything(err), Token)
		})
	}
}

// order sets up all sources, from the lowest precedence to the highest, and checks which one is
// used.
func order(t *testing.T, h Harness) {
	services := standin.Start(t)
	h.CleanEnvironment(t)
	services.Answer(h.OrderAnswer)
	for _, step := range h.Credentials.Order {
		step.Set(t)
		cred, err := h.DefaultCredentials(t.Context())
		noError(t, err)
		keys, err := h.KeysOf(cred)
		noError(t, err)
		equal(t, step.ID, keys.ID)
	}
}

// Unset unsets variables for one test, and makes HOME an empty folder.
func Unset(t *testing.T, names ...string) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	for _, name := range names {
		t.Setenv(name, "") // so that the test restores it
		noError(t, os.Unsetenv(name))
	}
}

// Setenv sets pairs of names and values for one test.
func Setenv(t *testing.T, pairs ...string) {
	t.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		t.Setenv(pair[0], pair[1])
	}
}

// WriteFile writes a file and its folders, and returns its name.
func WriteFile(t *testing.T, name, text string) string {
	t.Helper()
	noError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	noError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// InHome writes a file below the home folder.
func InHome(t *testing.T, name, text string) {
	t.Helper()
	WriteFile(t, filepath.Join(os.Getenv("HOME"), name), text)
}

// Text is a service that answers with the text.
func Text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
