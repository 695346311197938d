package tencent_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
)

// unusableKeys are credentials that no request can carry, and why.
var unusableKeys = []struct{ id, key, token, says string }{
	{testID + "\n", testKey, "", "the secret ID ends with a line break"},
	{testID, testKey + "\r\n", "", "the secret key ends with a line break"},
	{testID, "\t" + testKey, "", "the secret key begins with white space"},
	{testID, testKey, testToken[:9] + " " + testToken[9:], "the token contains white space"},
	{testID, testKey + "\x00", "", "the secret key ends with a control character"},
	{"\ufeff" + testID, testKey, "", "the secret ID begins with a character outside of ASCII"},
}

// TestUnusableKeys has New refuse credentials that never change, and a call those of a source:
// nothing is sent, and nothing repeated.
func TestUnusableKeys(t *testing.T) {
	for _, tc := range unusableKeys {
		t.Run(tc.says, func(t *testing.T) {
			cfg := testConfig()
			cfg.Credentials = tencent.StaticCredentials(tc.id, tc.key, tc.token)
			_, err := tencent.New(cfg)
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, []any{cgw.OpNew, cgw.ErrInvalidArgument, cgw.OutcomeNotApplied}, []any{e.Op, e.Kind, e.Outcome})
			var field *cgw.FieldError
			require.ErrorAs(t, err, &field)
			require.Equal(t, []string{"Credentials", "", tc.says}, []string{field.Field, field.Value, field.Reason})

			cred, s := &lent{id: tc.id, key: tc.key, token: tc.token}, &signers{}
			later := ask(t, cred, s, 5)
			require.ErrorIs(t, later, cgw.ErrUnauthenticated)
			require.False(t, cgw.IsRetryable(later))
			require.ErrorContains(t, later, tc.says)
			require.Equal(t, 1, cred.asked)
			require.Empty(t, s.ids)
			for _, secret := range []string{testKey, testToken, "AKIDEXAMPLE"} {
				require.NotContains(t, everything(err)+everything(later), secret)
			}
		})
	}
}

// refusing answers that the keys of old are not accepted, and everything else that the caller
// may not do this.
type refusing struct {
	old  string
	ids  []string
	then func()
}

func (s *refusing) RoundTrip(r *http.Request) (*http.Response, error) {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, "/")
	s.ids = append(s.ids, id)
	code := "UnauthorizedOperation"
	if id == s.old {
		code = "AuthFailure.TokenFailure"
		if s.then != nil {
			s.then()
		}
	}
	return reply(r, `{"Response":{"Error":{"Code":"`+code+`","Message":"m"},"RequestId":"r"}}`), nil
}

// rotating is a provider of keys that change when it is told.
type rotating struct {
	id    string
	err   error
	asked int
}

func (r *rotating) GetCredential() (common.CredentialIface, error) {
	r.asked++
	if r.err != nil {
		return nil, r.err
	}
	return common.NewTokenCredential(r.id, testKey, testToken), nil
}

// TestExpiredToken has keys that the service refuses: the source is asked once more, and the
// request is repeated if it has others.
func TestExpiredToken(t *testing.T) {
	cleanEnvironment(t)
	provider, own := &rotating{}, &lent{key: "k"}
	for _, tc := range []struct {
		name   string
		rotate func(id string)
		cred   func() (common.CredentialIface, error)
	}{
		{"provider", func(id string) { provider.id = id }, func() (common.CredentialIface, error) { return tencent.ProviderCredentials(provider), nil }},
		{"file", func(id string) {
			inHome(t, ".tencentcloud/credentials", strings.ReplaceAll(credentialsFile, testID, id))
		},
			func() (common.CredentialIface, error) { return tencent.DefaultCredentials(t.Context()) }},
		{"own", func(id string) { own.id = id }, func() (common.CredentialIface, error) { return own, nil }},
	} {
		for _, op := range operations() {
			for _, others := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, others: %t", tc.name, op.name, others), func(t *testing.T) {
					tc.rotate("old")
					cred, err := tc.cred()
					require.NoError(t, err)
					s, want, kind := &refusing{old: "old"}, []string{"old"}, cgw.ErrUnauthenticated
					if others {
						s.then, want, kind = func() { tc.rotate("new") }, []string{"old", "new"}, cgw.ErrPermissionDenied
					}
					cfg := testConfig()
					cfg.Credentials, cfg.HTTPClient, cfg.Retry.MaxAttempts = cred, &http.Client{Transport: s}, 3
					_, err = op.do(t.Context(), open(t, cfg))
					require.Equal(t, want, s.ids)
					require.ErrorIs(t, err, kind)
					require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
				})
			}
		}
	}
	t.Run("static", func(t *testing.T) {
		s := &refusing{old: testID}
		cfg := testConfig()
		cfg.HTTPClient, cfg.Retry.MaxAttempts = &http.Client{Transport: s}, 3
		_, err := open(t, cfg).Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		require.Len(t, s.ids, 1)
	})
	t.Run("no repeats", func(t *testing.T) {
		s := &refusing{old: "old", then: func() { own.id = "new" }}
		cfg := testConfig()
		cfg.Credentials, cfg.HTTPClient = own, &http.Client{Transport: s}
		_, err := open(t, cfg).Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		require.Equal(t, []string{"old"}, s.ids)
	})
}

// TestProviderCredentials has a provider fail, and come back.
func TestProviderCredentials(t *testing.T) {
	require.Equal(t, "", tencent.ProviderCredentials(&rotating{err: errors.New("no")}).GetSecretId())
	for name, tc := range map[string]struct {
		err      error
		kind     error
		attempts int
		says     string
	}{
		"outage":  {context.DeadlineExceeded, cgw.ErrUnavailable, 3, "credentials: context deadline exceeded"},
		"says so": {errors.Join(cgw.ErrUnavailable, os.ErrPermission), cgw.ErrUnavailable, 3, "credentials: service unavailable; permission denied"},
		"refusal": {errors.New("sealed: ask for " + testToken), cgw.ErrUnauthenticated, 1, "credentials: sealed: ask for [withheld]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &rotating{id: "first"}
				cred, s := tencent.ProviderCredentials(p), &signers{}
				_ = ask(t, cred, s, 1)
				p.err = tc.err
				_ = ask(t, cred, s, 1)
				require.Equal(t, []string{"first", "first"}, s.ids, "they are kept for a minute")
				require.Equal(t, 1, p.asked)

				time.Sleep(time.Minute)
				err := ask(t, cred, s, 3)
				require.ErrorIs(t, err, tc.kind)
				require.ErrorContains(t, err, tc.says)
				require.NotErrorIs(t, err, context.DeadlineExceeded)
				require.NotContains(t, everything(err), testToken)
				require.Len(t, s.ids, 2, "stale keys were used")
				require.Equal(t, 1+tc.attempts, p.asked)

				p.id, p.err = "second", nil
				_ = ask(t, cred, s, 1)
				require.Equal(t, "second", s.ids[2])
			})
		})
	}
}
