package alibaba_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/providertest"
)

// signer returns what a request is signed with.
func signer(r *http.Request) providertest.Keys {
	_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ = strings.Cut(id, ",")
	return providertest.Keys{ID: id, Token: strings.Join(r.Header["x-acs-security-token"], " ")} // the SDK's spelling
}

func keysOf(cred any) (providertest.Keys, error) {
	m, err := cred.(credentials.Credential).GetCredential()
	if err != nil {
		return providertest.Keys{}, err
	}
	return providertest.Keys{ID: tea.StringValue(m.AccessKeyId), Secret: tea.StringValue(m.AccessKeySecret), Token: tea.StringValue(m.SecurityToken)}, nil
}

func defaultCredentials(ctx context.Context) (any, error) { return alibaba.DefaultCredentials(ctx) }

func TestStaticCredentials(t *testing.T) {
	for token, kind := range map[string]string{"": "access_key", providertest.Token: "sts"} {
		cred := alibaba.StaticCredentials(providertest.ID, providertest.Secret, token)
		m, err := cred.GetCredential()
		require.NoError(t, err)
		require.Equal(t, []string{providertest.ID, providertest.Secret, token, kind}, []string{*m.AccessKeyId, *m.AccessKeySecret, *m.SecurityToken, *m.Type})
		require.Equal(t, kind, *cred.GetType())
		m.AccessKeyId = nil
		m, err = cred.GetCredential()
		require.NoError(t, err)
		require.Equal(t, providertest.ID, *m.AccessKeyId, "a caller changed it")
	}
}

// cleanEnvironment unsets what the default chain reads, and keeps it from the metadata service.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	providertest.Unset(t,
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_CREDENTIALS_URI",
		"ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
		"ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABA_CLOUD_STS_REGION", "ALIBABA_CLOUD_IMDSV1_DISABLED", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
		"ALICLOUD_ASSUME_ROLE_ARN",
	)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
}

// foundSources are set up, well or not.
func foundSources() []providertest.FoundSource {
	return []providertest.FoundSource{
		{Name: "config of the CLI", ID: "from-cli", Set: func(t *testing.T) {
			providertest.InHome(t, ".aliyun/config.json", `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"from-cli","access_key_secret":"`+providertest.Secret+`"}]}`)
		}},
		{Name: "malformed config of the CLI", Failed: "unmarshal aliyun cli config", Set: func(t *testing.T) {
			providertest.InHome(t, ".aliyun/config.json", `access_key_secret=`+providertest.Secret+`, token=`+providertest.Token)
		}},
		{Name: "config of the CLI with a line break", Failed: "~/.aliyun/config.json: the access key secret ends with a line break", Set: func(t *testing.T) {
			providertest.InHome(t, ".aliyun/config.json", `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"a","access_key_secret":"`+providertest.Secret+`\n"}]}`)
		}},
		{Name: "credentials file", ID: "from-file", Set: func(t *testing.T) {
			providertest.InHome(t, ".alibabacloud/credentials", "[default]\ntype = access_key\naccess_key_id = from-file\naccess_key_secret = "+providertest.Secret+"\n")
		}},
		{Name: "what is disabled, or says nothing, names no source", ID: "from-file", Set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "", "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true", "ALIBABA_CLOUD_CONFIG_FILE", "", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true",
				"ALIBABA_CLOUD_SECURITY_TOKEN", "", "ALIBABA_CLOUD_PROFILE", "", "ALIBABA_CLOUD_ROLE_SESSION_NAME", "s")
			providertest.InHome(t, ".alibabacloud/credentials", "[default]\ntype = access_key\naccess_key_id = from-file\naccess_key_secret = "+providertest.Secret+"\n")
		}},
		{Name: "keys before a pod", ID: "from-env", Set: func(t *testing.T) {
			setPod(t)
			providertest.Setenv(t, "ALIBABA_CLOUD_ACCESS_KEY_ID", "from-env", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", providertest.Secret)
		}},
		{Name: "URI that answers too little", Failed: "refresh credentials from GET [link]", Set: func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"AccessKeySecret":"`+providertest.Secret+`"}`)
			}))
			t.Cleanup(srv.Close)
			t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
		}},
		{Name: "none", Failed: "unable to get credentials from any of the providers in the chain", Set: func(*testing.T) {}},
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
			n, providertest.Secret, providertest.Token, time.Now().UTC().Add(time.Minute).Format(time.RFC3339)) // which is to be refreshed at once
	}))
	defer srv.Close()
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
	cred, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	s := harness().Signers()
	_ = harness().Ask(t, cred, s, 1)
	require.Equal(t, []string{"uri-2"}, s.IDs)

	down = true
	err = harness().Ask(t, cred, s, 1)
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.Len(t, s.IDs, 1, "stale keys were used")
	require.NotContains(t, providertest.Everything(err), "://")

	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "from-env")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", providertest.Secret)
	_ = harness().Ask(t, cred, s, 1)
	require.Equal(t, "from-env", s.IDs[1])

	id, err := cred.GetAccessKeyId()
	require.NoError(t, err)
	secret, err := cred.GetAccessKeySecret()
	require.NoError(t, err)
	_, err = cred.GetSecurityToken()
	require.NoError(t, err)
	require.Equal(t, []string{"from-env", providertest.Secret}, []string{*id, *secret})
	require.Nil(t, cred.GetBearerToken())
	require.Equal(t, "default", *cred.GetType())
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
