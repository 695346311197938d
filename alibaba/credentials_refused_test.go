package alibaba_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/internal/test/standin"
)

func rotatingKeys() []providertest.Rotating {
	id := ""
	return []providertest.Rotating{
		{
			Name: "URI",
			Set: func(t *testing.T) {
				t.Helper()
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(w, keysReply(providertest.Keys{ID: id, Secret: providertest.Secret, Token: providertest.Token}))
				}))
				t.Cleanup(srv.Close)
				providertest.Setenv(t, "ALIBABA_CLOUD_CREDENTIALS_URI", srv.URL)
			},
			Rotate: func(_ *testing.T, next string) { id = next },
		},
		{
			Name: "config",
			Rotate: func(t *testing.T, next string) {
				t.Helper()
				profile("mode", "StsToken", "access_key_id", next, "access_key_secret", providertest.Secret, "sts_token", providertest.Token)(t)
			},
		},
	}
}

// TestRoleOutage has a metadata service that answered once, and does not any more: that is no
// machine without a role.
func TestRoleOutage(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
	soon := time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05Z") // so that it is read anew each time
	services.Answer(credentialSource{asks: ecs}.answer(providertest.Text(http.StatusOK, strings.ReplaceAll(keysReply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token}), expiration, soon))))
	cred, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	services.Answer(nil)
	err = harness().Ask(t, cred, harness().Signers(), 2)
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.True(t, cgw.IsRetryable(err))
	require.ErrorContains(t, err, "connection refused")
}
