package tencent_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
)

// signers records the key IDs and tokens of requests, and answers 503.
type signers struct {
	ids, tokens []string
	then        func()
}

func (s *signers) RoundTrip(r *http.Request) (*http.Response, error) {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, "/")
	s.ids = append(s.ids, id)
	s.tokens = append(s.tokens, r.Header.Get("X-TC-Token"))
	if s.then != nil {
		s.then()
	}
	resp := reply(r, "")
	resp.StatusCode = http.StatusServiceUnavailable
	return resp, nil
}

// ask sends one read, which is tried so many times.
func ask(t *testing.T, cred common.CredentialIface, s *signers, attempts int) error {
	t.Helper()
	cfg := testConfig()
	cfg.Credentials, cfg.HTTPClient = cred, &http.Client{Transport: s}
	cfg.Retry.MaxAttempts = attempts
	_, err := open(t, cfg).Get(t.Context(), "cgw-1")
	require.Error(t, err)
	return err
}

// TestRotation has credentials that change between two attempts.
func TestRotation(t *testing.T) {
	cred := &lent{id: "first", key: "k", token: "t1"}
	s := &signers{then: func() { cred.id, cred.token = "second", "" }}
	_ = ask(t, cred, s, 3)
	require.Equal(t, []string{"first", "second", "second"}, s.ids)
	require.Equal(t, []string{"t1", "", ""}, s.tokens)
	require.Equal(t, 3, cred.asked, "they are asked for once an attempt")
}

// TestNoKeys has credentials that come to nothing: no stale keys are used.
func TestNoKeys(t *testing.T) {
	cred := &lent{id: "first", key: "k"}
	s := &signers{then: func() { cred.key = "" }}
	err := ask(t, cred, s, 3)
	require.Equal(t, []string{"first"}, s.ids)
	require.ErrorIs(t, err, cgw.ErrUnauthenticated)
	require.ErrorContains(t, err, "the source gave no secret ID or no secret key")
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
}

func TestStaticCredentials(t *testing.T) {
	cred := tencent.StaticCredentials(testID, testKey, testToken)
	id, key, token := cred.GetCredential()
	require.Equal(t, []string{testID, testKey, testToken}, []string{id, key, token})
	require.Equal(t, []string{testID, testKey, testToken}, []string{cred.GetSecretId(), cred.GetSecretKey(), cred.GetToken()})
	s := &signers{}
	_ = ask(t, cred, s, 1)
	require.Equal(t, []string{testID}, s.ids)
	require.Equal(t, []string{testToken}, s.tokens)
}

// noMetadata keeps tests from the network: the SDK asks the metadata service with net/http's
// default client. It returns how often that happened.
func noMetadata(t *testing.T, answer func(*http.Request) (*http.Response, error)) *int {
	t.Helper()
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	asked := 0
	http.DefaultTransport = tripper(func(r *http.Request) (*http.Response, error) {
		asked++
		return answer(r)
	})
	return &asked
}

// cleanEnvironment unsets what the default chain reads.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	for _, name := range []string{
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN",
		"TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN", "TENCENTCLOUD_CREDENTIALS_FILE", "TCCLI_PROFILE",
		"TKE_REGION", "TKE_PROVIDER_ID", "TKE_ROLE_ARN", "TKE_WEB_IDENTITY_TOKEN_FILE",
	} {
		t.Setenv(name, "") // so that it is put back
		require.NoError(t, os.Unsetenv(name))
	}
}

func TestDefaultCredentials(t *testing.T) {
	const file = "[default]\nsecret_id = from-file\nsecret_key = " + testKey + "\n"
	write := func(t *testing.T, name, text string) string {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	for _, tc := range []struct {
		name   string
		set    func(t *testing.T)
		id     string
		token  string
		failed string // what the error names; "": none
	}{
		{name: "environment", id: "from-env", set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_SECRET_ID", "from-env")
			t.Setenv("TENCENTCLOUD_SECRET_KEY", testKey)
		}},
		{name: "environment with a token", id: "from-env", token: testToken, set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_SECRET_ID", "from-env")
			t.Setenv("TENCENTCLOUD_SECRET_KEY", testKey)
			t.Setenv("TENCENTCLOUD_SECURITY_TOKEN", testToken)
		}},
		{name: "empty environment", failed: "environment", set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_SECRET_ID", "")
			t.Setenv("TENCENTCLOUD_SECRET_KEY", testKey)
		}},
		{name: "file", id: "from-file", set: func(t *testing.T) {
			write(t, filepath.Join(os.Getenv("HOME"), ".tencentcloud", "credentials"), file)
		}},
		{name: "named file", id: "from-file", set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", write(t, filepath.Join(t.TempDir(), "c"), file))
		}},
		{name: "named file that is not there", failed: "credentials file", set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
		}},
		{name: "malformed file", failed: "credentials file", set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", write(t, filepath.Join(t.TempDir(), "c"), "[default\nsecret_key = "+testKey))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cleanEnvironment(t)
			asked := noMetadata(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("no network") })
			tc.set(t)
			cred, err := tencent.DefaultCredentials(t.Context())
			require.Zero(t, *asked, "the first source that is set up decides")
			if tc.failed != "" {
				require.ErrorIs(t, err, cgw.ErrUnauthenticated)
				require.ErrorContains(t, err, tc.failed)
				require.NotContains(t, everything(err), testKey)
				return
			}
			require.NoError(t, err)
			s := &signers{}
			_ = ask(t, cred, s, 1)
			require.Equal(t, []string{tc.id}, s.ids)
			require.Equal(t, []string{tc.token}, s.tokens)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", cred, cred, cred), testKey)
		})
	}
}

// TestNoCredentialsAnywhere says what every source answered.
func TestNoCredentialsAnywhere(t *testing.T) {
	cleanEnvironment(t)
	noMetadata(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("no network") })
	_, err := tencent.DefaultCredentials(t.Context())
	require.ErrorIs(t, err, cgw.ErrUnauthenticated)
	for _, source := range []string{"environment", "credentials file", "CVM role"} {
		require.ErrorContains(t, err, source)
	}
	require.NotContains(t, everything(err), "://")
}

// TestRole has the credentials of a CVM role: they are read anew once a minute, and a read that
// fails is an error.
func TestRole(t *testing.T) {
	cleanEnvironment(t)
	n, down := 0, false
	asked := noMetadata(t, func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/my-role") {
			return reply(r, "my-role"), nil
		}
		if n++; down {
			return reply(r, `{"Code":"Failed","TmpSecretKey":"`+testKey+`"}`), nil
		}
		return reply(r, fmt.Sprintf(`{"Code":"Success","TmpSecretId":"role-%d","TmpSecretKey":%q,"Token":%q,"ExpiredTime":%d}`,
			n, testKey, testToken, time.Now().Add(time.Hour).Unix())), nil
	})
	synctest.Test(t, func(t *testing.T) {
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		s := &signers{}
		for range 3 {
			_ = ask(t, cred, s, 1)
			time.Sleep(40 * time.Second)
		}
		require.Equal(t, []string{"role-1", "role-1", "role-2"}, s.ids)
		require.Equal(t, testToken, s.tokens[2])
		require.NotContains(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), testKey)
		require.Equal(t, "role-2", cred.GetSecretId())

		down = true
		time.Sleep(time.Minute)
		err = ask(t, cred, s, 2)
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		require.Len(t, s.ids, 3, "stale keys were used")
		require.NotContains(t, everything(err), testKey)
		require.Empty(t, cred.GetSecretId())
	})
	require.NotZero(t, *asked)
}

// TestRoleOutage has a metadata service that answered once, and does not any more.
func TestRoleOutage(t *testing.T) {
	cleanEnvironment(t)
	down := false
	noMetadata(t, func(r *http.Request) (*http.Response, error) {
		switch {
		case down:
			return nil, syscall.ECONNREFUSED
		case strings.HasSuffix(r.URL.Path, "/my-role"):
			return reply(r, roleReply(testID, testKey, testToken)), nil
		}
		return reply(r, "my-role"), nil
	})
	synctest.Test(t, func(t *testing.T) {
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		down = true
		time.Sleep(time.Minute)
		err = ask(t, cred, &signers{}, 2)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.True(t, cgw.IsRetryable(err))
		require.ErrorContains(t, err, "credentials: no metadata service: connection refused")
	})
}

// TestDefaultCredentialsAndContext has a metadata service that does not answer.
func TestDefaultCredentialsAndContext(t *testing.T) {
	cleanEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		defer synctest.Wait()
		defer close(hang)
		noMetadata(t, func(*http.Request) (*http.Response, error) {
			<-hang
			return nil, errors.New("no network")
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := tencent.DefaultCredentials(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(begin))
	})
}

// hanging is a source that does not answer.
type hanging struct {
	lent
	until chan struct{}
}

func (h *hanging) GetCredential() (string, string, string) {
	<-h.until
	return "", "", ""
}

// TestSourceHangs is bounded by the context, and without one by AttemptTimeout.
func TestSourceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hanging{until: make(chan struct{})}
		cfg := testConfig()
		cfg.Credentials, cfg.AttemptTimeout = h, 7*time.Second
		p, err := tencent.New(cfg)
		require.NoError(t, err)
		begin := time.Now()
		_, err = p.Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, 7*time.Second, time.Since(begin))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = p.Create(ctx, testRequest())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		close(h.until)
		synctest.Wait()
	})
}
