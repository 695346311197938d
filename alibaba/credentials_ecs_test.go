package alibaba_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/internal/test/standin"
)

// TestMetadataService asks in the new form, and in the old one if that fails and is not disabled.
func TestMetadataService(t *testing.T) {
	const token = "PUT api/token"
	const list, listV1, keys, keysV1 = "GET security-credentials/ v2", "GET security-credentials/", "GET security-credentials/my-role v2", "GET security-credentials/my-role"
	for _, tc := range []struct {
		name   string
		role   string
		no     map[string]int // what is refused, with which status
		body   string         // in place of the name of the role
		v2     bool           // the old form is disabled
		asked  []string
		kind   error // nil: the keys are found
		reason string
	}{
		{name: "new form", asked: []string{token, list, keys}},
		{name: "named", role: "my-role", asked: []string{token, keys}},
		{name: "no tokens", no: map[string]int{token: 404}, asked: []string{token, listV1, keysV1}},
		{name: "no tokens, none needed", role: "my-role", no: map[string]int{token: 403}, asked: []string{token, keysV1}},
		{name: "no tokens, and they are needed", no: map[string]int{token: 403}, v2: true, asked: []string{token}, kind: cgw.ErrUnauthenticated, reason: "token of the metadata service: HTTP 403"},
		{name: "tokens are down, and they are needed", no: map[string]int{token: 503}, v2: true, asked: []string{token}, kind: cgw.ErrUnavailable, reason: "token of the metadata service: HTTP 503"},
		{name: "tokens are not accepted", no: map[string]int{list: 401, keys: 401}, asked: []string{token, list, listV1, keys, keysV1}},
		{name: "tokens are not accepted, nor is the old form", no: map[string]int{list: 401}, v2: true, asked: []string{token, list}, kind: cgw.ErrUnauthenticated, reason: "HTTP 401"},
		{name: "no role", no: map[string]int{list: 404, listV1: 404}, asked: []string{token, list, listV1}, kind: cgw.ErrUnauthenticated, reason: "the instance has no role"},
		{name: "a page for a name", body: "<html>", asked: []string{token, list}, kind: cgw.ErrUnavailable, reason: "did not answer with the name of a role"},
		{name: "no name", body: "\n", asked: []string{token, list}, kind: cgw.ErrUnavailable, reason: "did not answer with the name of a role"},
		{name: "the role is not there", role: "my-role", no: map[string]int{keys: 404, keysV1: 404}, asked: []string{token, keys, keysV1}, kind: cgw.ErrUnauthenticated, reason: "HTTP 404"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			services := standin.Start(t)
			cleanEnvironment(t)
			providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
			if tc.role != "" {
				providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA", tc.role)
			}
			if tc.v2 {
				providertest.Setenv(t, "ALIBABA_CLOUD_IMDSV1_DISABLED", "true")
			}
			var asked []string
			services.Answer(func(w http.ResponseWriter, r *http.Request) {
				_, path, _ := strings.Cut(r.URL.Path, "/latest/")
				what := r.Method + " " + strings.TrimPrefix(path, "meta-data/ram/")
				if sent := r.Header.Get("X-Aliyun-Ecs-Metadata-Token"); sent != "" {
					require.Equal(t, "imds-token", sent)
					what += " v2"
				}
				asked = append(asked, what)
				switch {
				case tc.no[what] != 0:
					w.WriteHeader(tc.no[what])
				case what == token:
					require.Equal(t, "21600", r.Header.Get("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds"))
					_, _ = io.WriteString(w, "imds-token")
				case !strings.HasPrefix(what, keysV1):
					_, _ = io.WriteString(w, map[bool]string{true: "my-role\n", false: tc.body}[tc.body == ""])
				default:
					_, _ = io.WriteString(w, keysReply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token}))
				}
			})
			cred, err := alibaba.DefaultCredentials(t.Context())
			require.Equal(t, tc.asked, asked)
			if tc.kind != nil {
				require.ErrorIs(t, err, tc.kind)
				require.ErrorContains(t, err, tc.reason)
				return
			}
			require.NoError(t, err)
			id, err := cred.GetAccessKeyId()
			require.NoError(t, err)
			require.Equal(t, providertest.ID, *id)
			require.Equal(t, tc.asked, asked, "the keys are kept")
		})
	}
}

// TestCodeBesideKeys has keys with a code that is not "Success". The metadata service says so that
// it failed. The SDK does not read the code of a URI.
func TestCodeBesideKeys(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	reply := strings.Replace(keysReply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token}), `"Success"`, "200", 1)
	services.Answer(providertest.Text(http.StatusOK, reply))
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", "http://uri.test/keys")
	_, err := alibaba.DefaultCredentials(t.Context())
	require.NoError(t, err)
	providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "my-role", "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
	_, err = alibaba.DefaultCredentials(t.Context())
	require.ErrorIs(t, err, cgw.ErrUnauthenticated)
	require.ErrorContains(t, err, "the reply lacks the code Success")
}
