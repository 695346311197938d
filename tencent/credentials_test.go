package tencent_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

// signer returns what a request is signed with.
func signer(r *http.Request) providertest.Keys {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, "/")
	return providertest.Keys{ID: id, Token: r.Header.Get("X-TC-Token")}
}

func keysOf(cred any) (providertest.Keys, error) {
	c := cred.(common.CredentialIface)
	return providertest.Keys{ID: c.GetSecretId(), Secret: c.GetSecretKey(), Token: c.GetToken()}, nil
}

func defaultCredentials(ctx context.Context) (any, error) { return tencent.DefaultCredentials(ctx) }

func TestStaticCredentials(t *testing.T) {
	cred := tencent.StaticCredentials(providertest.ID, providertest.Secret, providertest.Token)
	id, key, token := cred.GetCredential()
	require.Equal(t, []string{providertest.ID, providertest.Secret, providertest.Token}, []string{id, key, token})
	require.Equal(t, []string{providertest.ID, providertest.Secret, providertest.Token}, []string{cred.GetSecretId(), cred.GetSecretKey(), cred.GetToken()})
}

// noMetadata keeps tests from the network: the SDK asks the metadata service with net/http's
// default client. It returns how often that happened.
func noMetadata(t *testing.T, answer func(*http.Request) (*http.Response, error)) *int {
	t.Helper()
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	asked := 0
	http.DefaultTransport = providertest.Tripper(func(r *http.Request) (*http.Response, error) {
		asked++
		return answer(r)
	})
	return &asked
}

// cleanEnvironment unsets what the default chain reads.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	providertest.Unset(t,
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN",
		"TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN", "TENCENTCLOUD_CREDENTIALS_FILE", "TCCLI_PROFILE",
		"TKE_REGION", "TKE_PROVIDER_ID", "TKE_ROLE_ARN", "TKE_WEB_IDENTITY_TOKEN_FILE",
		"TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN",
	)
}

// foundSources are set up, well or not. The first source that is set up decides: the metadata
// service is not asked.
func foundSources() []providertest.FoundSource {
	const file = "[default]\nsecret_id = from-file\nsecret_key = " + providertest.Secret + "\n"
	all := []providertest.FoundSource{
		{Name: "empty environment", Failed: "environment", Set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_SECRET_ID", "")
			t.Setenv("TENCENTCLOUD_SECRET_KEY", providertest.Secret)
		}},
		{Name: "file", ID: "from-file", Set: func(t *testing.T) {
			providertest.InHome(t, ".tencentcloud/credentials", file)
		}},
		{Name: "file, and an empty token", ID: "from-file", Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_TOKEN", "", "TKE_REGION", "ap-guangzhou")
			providertest.InHome(t, ".tencentcloud/credentials", file)
		}},
		{Name: "named file", ID: "from-file", Set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"), file))
		}},
		{Name: "named file that is not there", Failed: "credentials file", Set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
		}},
		{Name: "malformed file", Failed: "credentials file", Set: func(t *testing.T) {
			t.Setenv("TENCENTCLOUD_CREDENTIALS_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"), "[default\nsecret_key = "+providertest.Secret))
		}},
	}
	for i, src := range all {
		all[i].Set = func(t *testing.T) {
			t.Helper()
			asked := noMetadata(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("no network") })
			t.Cleanup(func() { require.Zero(t, *asked) })
			src.Set(t)
		}
	}
	return all
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
	require.NotContains(t, providertest.Everything(err), "://")
}

// TestRole has the credentials of a CVM role: they are read anew once a minute, and a read that
// fails is an error.
func TestRole(t *testing.T) {
	cleanEnvironment(t)
	n, down := 0, false
	asked := noMetadata(t, func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/my-role") {
			return providertest.Reply(r, 200, "my-role"), nil
		}
		if n++; down {
			return providertest.Reply(r, 200, `{"Code":"Failed","TmpSecretKey":"`+providertest.Secret+`"}`), nil
		}
		return providertest.Reply(r, 200, fmt.Sprintf(`{"Code":"Success","TmpSecretId":"role-%d","TmpSecretKey":%q,"Token":%q,"ExpiredTime":%d}`,
			n, providertest.Secret, providertest.Token, time.Now().Add(time.Hour).Unix())), nil
	})
	synctest.Test(t, func(t *testing.T) {
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		s := harness().Signers()
		for range 3 {
			_ = harness().Ask(t, cred, s, 1)
			time.Sleep(40 * time.Second)
		}
		require.Equal(t, []string{"role-1", "role-1", "role-2"}, s.IDs)
		require.Equal(t, providertest.Token, s.Tokens[2])
		require.NotContains(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), providertest.Secret)
		require.Equal(t, "role-2", cred.GetSecretId())

		down = true
		time.Sleep(time.Minute)
		err = harness().Ask(t, cred, s, 2)
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		require.Len(t, s.IDs, 3, "stale keys were used")
		require.NotContains(t, providertest.Everything(err), providertest.Secret)
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
			return providertest.Reply(r, 200, roleReply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token})), nil
		}
		return providertest.Reply(r, 200, "my-role"), nil
	})
	synctest.Test(t, func(t *testing.T) {
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		down = true
		time.Sleep(time.Minute)
		err = harness().Ask(t, cred, harness().Signers(), 2)
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
