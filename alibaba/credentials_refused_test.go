package alibaba_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/test/standin"
)

// unusableKeys are credentials that no request can carry, and why.
var unusableKeys = []struct{ id, key, token, says string }{
	{testID + "\n", testKey, "", "the access key ID ends with a line break"},
	{testID, testKey + "\r\n", "", "the access key secret ends with a line break"},
	{testID, "\t" + testKey, "", "the access key secret begins with white space"},
	{testID, testKey, testToken[:9] + " " + testToken[9:], "the security token contains white space"},
	{testID, testKey + "\x00", "", "the access key secret ends with a control character"},
	{"\ufeff" + testID, testKey, "", "the access key ID begins with a character outside of ASCII"},
}

// TestUnusableKeys has New refuse credentials that never change, and a call those of a source:
// nothing is sent, and nothing repeated.
func TestUnusableKeys(t *testing.T) {
	for _, tc := range unusableKeys {
		t.Run(tc.says, func(t *testing.T) {
			cfg := testConfig()
			cfg.Credentials = alibaba.StaticCredentials(tc.id, tc.key, tc.token)
			_, err := alibaba.New(cfg)
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

// refusing answers that the keys of old have expired, and everything else that the caller may
// not do this.
type refusing struct {
	old  string
	ids  []string
	then func()
}

func (s *refusing) RoundTrip(r *http.Request) (*http.Response, error) {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, ",")
	s.ids = append(s.ids, id)
	code := "NoPermission"
	if id == s.old {
		code = "InvalidSecurityToken.Expired"
		if s.then != nil {
			s.then()
		}
	}
	resp := reply(r, `{"Code":"`+code+`","Message":"m","RequestId":"r"}`)
	resp.StatusCode = http.StatusForbidden
	return resp, nil
}

// TestExpiredToken has keys that the service refuses: the source is asked once more, and the
// request is repeated if it has others.
func TestExpiredToken(t *testing.T) {
	id := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, keysReply(id, testKey, testToken))
	}))
	defer srv.Close()
	own := &lent{key: "k"}
	found := func() (credentials.Credential, error) { return alibaba.DefaultCredentials(t.Context()) }
	for _, tc := range []struct {
		name   string
		set    func(t *testing.T)
		rotate func(id string)
		cred   func() (credentials.Credential, error)
	}{
		{"URI", func(t *testing.T) { t.Helper(); setenv(t, "ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL) }, func(next string) { id = next }, found},
		{"config", func(*testing.T) {}, func(next string) {
			profile("mode", "StsToken", "access_key_id", next, "access_key_secret", testKey, "sts_token", testToken)(t)
		}, found},
		{"own", func(*testing.T) {}, func(next string) { own.id = next }, func() (credentials.Credential, error) { return own, nil }},
	} {
		for _, op := range operations() {
			for _, others := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, others: %t", tc.name, op.name, others), func(t *testing.T) {
					cleanEnvironment(t)
					tc.set(t)
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
}

// TestOwnSource has a source of the caller's own fail.
func TestOwnSource(t *testing.T) {
	for name, tc := range map[string]struct {
		err      error
		kind     error
		attempts int
		says     string
	}{
		"outage":  {fmt.Errorf("vault: %w", context.DeadlineExceeded), cgw.ErrUnavailable, 3, "credentials: vault: context deadline exceeded"},
		"says so": {fmt.Errorf("vault is sealed: %w", cgw.ErrUnavailable), cgw.ErrUnavailable, 3, "credentials: vault is sealed: service unavailable"},
		"refusal": {errors.New(`policy "ops": denied, was: ` + testToken), cgw.ErrUnauthenticated, 1, `credentials: policy "ops": denied, was: [withheld]`},
	} {
		t.Run(name, func(t *testing.T) {
			cred := &lent{id: testID, key: testKey, token: testToken}
			s := &signers{then: func() { cred.err = tc.err }}
			err := ask(t, cred, s, 1+tc.attempts)
			require.ErrorIs(t, err, tc.kind)
			require.ErrorContains(t, err, tc.says)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, errors.Is(tc.kind, cgw.ErrUnavailable), cgw.IsRetryable(err))
			require.NotContains(t, everything(err), testToken)
			require.Equal(t, []string{testID}, s.ids, "stale keys were used")
			require.Equal(t, 1+tc.attempts, cred.asked)
		})
	}
}

// TestRoleOutage has a metadata service that answered once, and does not any more: that is no
// machine without a role.
func TestRoleOutage(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
	soon := time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05Z") // so that it is read anew each time
	services.Answer(credentialSource{asks: ecs}.answer(text(http.StatusOK, strings.ReplaceAll(keysReply(testID, testKey, testToken), expiration, soon))))
	cred, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	services.Answer(nil)
	err = ask(t, cred, &signers{}, 2)
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.True(t, cgw.IsRetryable(err))
	require.ErrorContains(t, err, "connection refused")
}
