package alibaba_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
)

// signers records the key IDs and tokens of requests, and answers 503.
type signers struct {
	ids, tokens []string
	then        func()
}

func (s *signers) RoundTrip(r *http.Request) (*http.Response, error) {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, ",")
	s.ids = append(s.ids, id)
	s.tokens = append(s.tokens, strings.Join(r.Header["x-acs-security-token"], " ")) // the SDK's spelling
	if s.then != nil {
		s.then()
	}
	resp := reply(r, "")
	resp.StatusCode = http.StatusServiceUnavailable
	return resp, nil
}

// ask sends one read, which is tried so many times.
func ask(t *testing.T, cred credentials.Credential, s *signers, attempts int) error {
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
	s := &signers{then: func() { cred.id, cred.token = "second", "t2" }}
	_ = ask(t, cred, s, 3)
	require.Equal(t, []string{"first", "second", "second"}, s.ids)
	require.Equal(t, []string{"t1", "t2", "t2"}, s.tokens)
	require.Equal(t, 3, cred.asked, "they are asked for once an attempt")
}

// TestNoKeys has credentials that come to nothing, or fail: no stale keys are used.
func TestNoKeys(t *testing.T) {
	for name, change := range map[string]func(*lent){
		"empty": func(c *lent) { c.key = "" },
		"fails": func(c *lent) { c.err = errors.New(`refresh failed: {"AccessKeySecret":"` + testKey + `"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			cred := &lent{id: "first", key: "k"}
			s := &signers{then: func() { change(cred) }}
			err := ask(t, cred, s, 3)
			require.Equal(t, []string{"first"}, s.ids)
			require.ErrorIs(t, err, cgw.ErrUnauthenticated)
			require.ErrorContains(t, err, "credentials: ")
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			require.NotContains(t, everything(err), testKey)
		})
	}
}

func TestStaticCredentials(t *testing.T) {
	for token, kind := range map[string]string{"": "access_key", testToken: "sts"} {
		cred := alibaba.StaticCredentials(testID, testKey, token)
		m, err := cred.GetCredential()
		require.NoError(t, err)
		require.Equal(t, []string{testID, testKey, token, kind}, []string{*m.AccessKeyId, *m.AccessKeySecret, *m.SecurityToken, *m.Type})
		require.Equal(t, kind, *cred.GetType())
		m.AccessKeyId = nil
		m, err = cred.GetCredential()
		require.NoError(t, err)
		require.Equal(t, testID, *m.AccessKeyId, "a caller changed it")
		s := &signers{}
		_ = ask(t, cred, s, 1)
		require.Equal(t, []string{testID}, s.ids)
		require.Equal(t, []string{token}, s.tokens)
	}
}

// cleanEnvironment unsets what the default chain reads, and keeps it from the metadata service.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	for _, name := range []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_CREDENTIALS_URI",
		"ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
		"ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABA_CLOUD_STS_REGION", "ALIBABA_CLOUD_IMDSV1_DISABLED", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
}

func TestDefaultCredentials(t *testing.T) {
	write := func(t *testing.T, name, text string) {
		t.Helper()
		name = filepath.Join(os.Getenv("HOME"), name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	for _, tc := range []struct {
		name, id, token string
		set             func(t *testing.T)
		failed          string // what the error says; "": none
	}{
		{name: "environment", id: "from-env", set: func(t *testing.T) {
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "from-env")
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey)
		}},
		{name: "environment with a token", id: "from-env", token: testToken, set: func(t *testing.T) {
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "from-env")
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey)
			t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", testToken)
		}},
		{name: "config of the CLI", id: "from-cli", set: func(t *testing.T) {
			write(t, ".aliyun/config.json", `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"from-cli","access_key_secret":"`+testKey+`"}]}`)
		}},
		{name: "malformed config of the CLI", failed: "unmarshal aliyun cli config", set: func(t *testing.T) {
			write(t, ".aliyun/config.json", `access_key_secret=`+testKey+`, token=`+testToken)
		}},
		{name: "credentials file", id: "from-file", set: func(t *testing.T) {
			write(t, ".alibabacloud/credentials", "[default]\ntype = access_key\naccess_key_id = from-file\naccess_key_secret = "+testKey+"\n")
		}},
		{name: "URI that answers too little", failed: "refresh credentials from GET [link]", set: func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"AccessKeySecret":"`+testKey+`"}`)
			}))
			t.Cleanup(srv.Close)
			t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
		}},
		{name: "none", failed: "unable to get credentials from any of the providers in the chain", set: func(*testing.T) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cleanEnvironment(t)
			tc.set(t)
			cred, err := alibaba.DefaultCredentials(t.Context())
			if tc.failed != "" {
				require.ErrorIs(t, err, cgw.ErrUnauthenticated)
				require.ErrorContains(t, err, tc.failed)
				require.NotContains(t, everything(err), testKey)
				require.NotContains(t, everything(err), testToken)
				require.NotContains(t, everything(err), "://")
				return
			}
			require.NoError(t, err)
			s := &signers{}
			_ = ask(t, cred, s, 1)
			require.Equal(t, []string{tc.id}, s.ids)
			require.Equal(t, []string{tc.token}, s.tokens)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), testKey)
		})
	}
}

// TestDefaultCredentialsRefresh has a source that fails for a while: the error says so, and the
// whole chain is asked again, unlike the SDK's, which then knows its last source alone.
func TestDefaultCredentialsRefresh(t *testing.T) {
	cleanEnvironment(t)
	down, n := false, 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; down {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprintf(w, `{"AccessKeyId":"uri-%d","AccessKeySecret":%q,"SecurityToken":%q,"Expiration":%q}`,
			n, testKey, testToken, time.Now().UTC().Add(time.Minute).Format(time.RFC3339)) // which is to be refreshed at once
	}))
	defer srv.Close()
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
	cred, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	s := &signers{}
	_ = ask(t, cred, s, 1)
	require.Equal(t, []string{"uri-2"}, s.ids)

	down = true
	err = ask(t, cred, s, 1)
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.Len(t, s.ids, 1, "stale keys were used")
	require.NotContains(t, everything(err), "://")

	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "from-env")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey)
	_ = ask(t, cred, s, 1)
	require.Equal(t, "from-env", s.ids[1])

	id, err := cred.GetAccessKeyId()
	require.NoError(t, err)
	secret, err := cred.GetAccessKeySecret()
	require.NoError(t, err)
	_, err = cred.GetSecurityToken()
	require.NoError(t, err)
	require.Equal(t, []string{"from-env", testKey}, []string{*id, *secret})
	require.Nil(t, cred.GetBearerToken())
	require.Equal(t, "default", *cred.GetType())
}

// hanging is a source that does not answer.
type hanging struct {
	lent
	until chan struct{}
}

func (h *hanging) GetCredential() (*credentials.CredentialModel, error) {
	<-h.until
	return nil, nil //nolint:nilnil // as a broken source may
}

// TestSourceHangs is bounded by the context, and without one by AttemptTimeout.
func TestSourceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hanging{until: make(chan struct{})}
		cfg := testConfig()
		cfg.Credentials, cfg.AttemptTimeout = h, 7*time.Second
		p, err := alibaba.New(cfg)
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
		_, err = p.Get(t.Context(), "cgw-1")
		require.ErrorContains(t, err, "the source gave no access key ID")
	})
}

// TestDefaultCredentialsAndContext has a source that does not answer.
func TestDefaultCredentialsAndContext(t *testing.T) {
	cleanEnvironment(t)
	asked, hang := make(chan struct{}), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-hang
	}))
	defer srv.Close()
	defer close(hang)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { <-asked; cancel() }()
	_, err := alibaba.DefaultCredentials(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, cgw.ErrUnauthenticated)
}
