package tencent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/standin"
	"github.com/cgw-go/cgw/tencent"
)

// credentialSource is one place that credentials come from.
type credentialSource struct {
	name  string
	set   func(t *testing.T)                                    // up
	open  func(context.Context) (common.CredentialIface, error) // nil: tencent.DefaultCredentials
	asks  string                                                // a service: the host and path
	reply func(id, key, token string) string                    // of the service
	token string                                                // that local credentials have
	// found is a source that nothing names: if nobody answers there, there are none.
	found bool
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func inHome(t *testing.T, name, text string) string {
	t.Helper()
	return writeFile(t, filepath.Join(os.Getenv("HOME"), name), text)
}

// setenv sets pairs of names and values.
func setenv(t *testing.T, pairs ...string) {
	t.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		t.Setenv(pair[0], pair[1])
	}
}

const credentialsFile = "[default]\nsecret_id = " + testID + "\nsecret_key = " + testKey + "\n"

// quote returns s as JSON.
func quote(s string) string {
	text, _ := json.Marshal(s) // a string is always JSON
	return string(text)
}

// roleReply is of the metadata service: the name of the role, or its credentials.
func roleReply(id, key, token string) string {
	return fmt.Sprintf(`{"Code":"Success","TmpSecretId":%s,"TmpSecretKey":%s,"Token":%s,"ExpiredTime":4102444800}`, quote(id), quote(key), quote(token))
}

// stsReply is of the token service.
func stsReply(id, key, token string) string {
	return fmt.Sprintf(`{"Response":{"Credentials":{"TmpSecretId":%s,"TmpSecretKey":%s,"Token":%s},"ExpiredTime":4102444800,"RequestId":"r"}}`, quote(id), quote(key), quote(token))
}

func credentialSources() []credentialSource {
	const sts = "sts.tencentcloudapi.com/"
	keys := func(t *testing.T) { setenv(t, "TENCENTCLOUD_SECRET_ID", testID, "TENCENTCLOUD_SECRET_KEY", testKey) }
	return []credentialSource{
		{name: "environment", set: keys},
		{name: "environment, TENCENTCLOUD_TOKEN", token: testToken, set: func(t *testing.T) { keys(t); setenv(t, "TENCENTCLOUD_TOKEN", testToken) }},
		{name: "environment, TENCENTCLOUD_SECURITY_TOKEN", token: testToken, set: func(t *testing.T) { keys(t); setenv(t, "TENCENTCLOUD_SECURITY_TOKEN", testToken) }},
		{name: "environment, TENCENTCLOUD_SESSION_TOKEN", token: testToken, set: func(t *testing.T) { keys(t); setenv(t, "TENCENTCLOUD_SESSION_TOKEN", testToken) }},
		{name: "environment of a function", token: testToken, set: func(t *testing.T) {
			setenv(t, "TENCENTCLOUD_SECRETID", testID, "TENCENTCLOUD_SECRETKEY", testKey, "TENCENTCLOUD_SESSIONTOKEN", testToken)
		}},
		{name: "named file", set: func(t *testing.T) {
			setenv(t, "TENCENTCLOUD_CREDENTIALS_FILE", writeFile(t, filepath.Join(t.TempDir(), "c"), credentialsFile))
		}},
		{name: "TCCLI profile", token: testToken, set: func(t *testing.T) {
			setenv(t, "TCCLI_PROFILE", "office")
			inHome(t, ".tccli/office.credential", fmt.Sprintf(`{"secretId":%q,"secretKey":%q,"token":%q}`, testID, testKey, testToken))
		}},
		{name: "default file", set: func(t *testing.T) { inHome(t, ".tencentcloud/credentials", credentialsFile) }},
		{name: "TKE", asks: sts, reply: stsReply, set: setPod},
		{name: "CVM role", asks: "metadata.tencentyun.com/latest/meta-data/cam/security-credentials/my-role", reply: roleReply, found: true, set: func(*testing.T) {}},
		{name: "assumed role", asks: sts, reply: stsReply, set: func(*testing.T) {}, open: func(context.Context) (common.CredentialIface, error) {
			return tencent.ProviderCredentials(common.DefaultRoleArnProvider("AKIDbase", "base-key", "qcs::cam::uin/1:roleName/r")), nil
		}},
	}
}

func setPod(t *testing.T) {
	t.Helper()
	setenv(t, "TKE_REGION", "ap-guangzhou", "TKE_PROVIDER_ID", "cls-1", "TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/r",
		"TKE_WEB_IDENTITY_TOKEN_FILE", writeFile(t, filepath.Join(t.TempDir(), "token"), testToken))
}

// answer is what the services do: they name the role first, where that is asked.
func (s credentialSource) answer(body http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/security-credentials/") && strings.HasPrefix(s.asks, r.Host) {
			_, _ = io.WriteString(w, "my-role\n")
			return
		}
		body(w, r)
	}
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// TestEverySource has each source of credentials give what the requests are then signed with,
// and fail in every way that it can.
func TestEverySource(t *testing.T) {
	sources, tried := credentialSources(), 0
	for _, src := range sources {
		find := src.open
		if find == nil {
			find = tencent.DefaultCredentials
		}
		t.Run(src.name, func(t *testing.T) {
			services := standin.Start(t)
			cleanEnvironment(t)
			src.set(t)
			token := src.token
			if src.asks != "" {
				token = testToken
				services.Answer(src.answer(text(http.StatusOK, src.reply(testID, testKey, testToken))))
			}
			cred, err := find(t.Context())
			require.NoError(t, err)
			s := &signers{}
			_ = ask(t, cred, s, 1)
			require.Equal(t, []string{testID}, s.ids)
			require.Equal(t, []string{token}, s.tokens)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), testKey)
			require.Equal(t, []string{testID, testKey, token}, []string{cred.GetSecretId(), cred.GetSecretKey(), cred.GetToken()})
			tried++
			if src.asks == "" {
				require.Empty(t, services.Asked())
				return
			}
			require.Equal(t, src.asks, services.Asked()[len(services.Asked())-1])

			quoted, withheld := "", ""
			if src.open == nil { // it knows the token of the pod
				quoted, withheld = testToken, "[withheld]"
			}
			refusal := `{"Response":{"Error":{"Code":"AuthFailure.UnauthorizedOperation","Message":"role r: ` + quoted + `."},"RequestId":"req-1"}}`
			for _, fail := range []struct {
				name   string
				answer http.HandlerFunc
				kind   error
				says   string
			}{
				{"503", text(http.StatusServiceUnavailable, "<html>"+testKey), cgw.ErrUnavailable, "HTTP 503"},
				{"503 without a body", text(http.StatusServiceUnavailable, ""), cgw.ErrUnavailable, "HTTP 503"},
				{"429", text(http.StatusTooManyRequests, ""), cgw.ErrUnavailable, "HTTP 429"},
				{"nobody listens", nil, cgw.ErrUnavailable, "connect: connection refused"},
				{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, cgw.ErrUnavailable, "EOF"},
				{"a page of another server", text(http.StatusOK, "<html>"+testKey), cgw.ErrUnavailable, "did not answer in JSON"},
				{"an outage with a code", text(http.StatusOK, `{"Response":{"Error":{"Code":"InternalError.X","Message":"m"},"RequestId":"r"}}`), cgw.ErrUnavailable, "InternalError.X"},
				{"403", text(http.StatusForbidden, testKey), cgw.ErrUnauthenticated, "HTTP 403"},
				{"404", text(http.StatusNotFound, testKey), cgw.ErrUnauthenticated, "HTTP 404"},
				{"refused", text(http.StatusOK, refusal), cgw.ErrUnauthenticated, "AuthFailure.UnauthorizedOperation: role r: " + withheld + ". (request req-1)"},
				{"no key", text(http.StatusOK, src.reply(testID, "", testToken)), cgw.ErrUnauthenticated, "the source gave no secret ID or no secret key"},
				{"a line break in the key", text(http.StatusOK, src.reply(testID, testKey+"\n", testToken)), cgw.ErrUnauthenticated, "the secret key ends with a line break"},
				{"a space in the ID", text(http.StatusOK, src.reply(" "+testID, testKey, testToken)), cgw.ErrUnauthenticated, "the secret ID begins with white space"},
				{"a NUL in the token", text(http.StatusOK, src.reply(testID, testKey, testToken+"\x00")), cgw.ErrUnauthenticated, "the token ends with a control character"},
			} {
				t.Run(fail.name, func(t *testing.T) {
					if !strings.Contains(src.asks, "metadata") && strings.HasPrefix(fail.says, "HTTP ") {
						// The SDK tells no status: the token service's own errors have the status 200.
						fail.kind, fail.says = cgw.ErrUnavailable, "did not answer in JSON"
					}
					if strings.Contains(src.asks, "metadata") {
						switch fail.name {
						case "an outage with a code":
							return // the metadata service has no such form
						case "refused":
							fail.answer, fail.says = text(http.StatusOK, `{"Code":"NoRole","TmpSecretKey":"`+testKey+`"}`), `the code "NoRole"`
						}
					}
					if fail.answer == nil && src.found {
						fail.kind = cgw.ErrUnauthenticated
					}
					answer := fail.answer
					if answer != nil {
						answer = src.answer(answer)
					}
					services.Answer(answer)
					cred, err := find(t.Context())
					if src.open != nil { // it is asked by the call
						require.NoError(t, err)
						services.Answer(answer)
						err = ask(t, cred, &signers{}, 3)
						attempts := 1
						if errors.Is(fail.kind, cgw.ErrUnavailable) {
							attempts = 3
						}
						if answer != nil && fail.name != "no key" { // that the SDK asks for twice
							require.Len(t, services.Asked(), attempts)
						}
					}
					require.ErrorIs(t, err, fail.kind)
					require.Equal(t, errors.Is(fail.kind, cgw.ErrUnavailable), cgw.IsRetryable(err))
					require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
					require.ErrorContains(t, err, fail.says)
					for _, secret := range []string{testKey, testToken, "://", "<html>"} {
						require.NotContains(t, everything(err), secret)
					}
					tried++
				})
			}
		})
	}
	t.Logf("%d sources of credentials, %d cases", len(sources), tried)
	require.Greater(t, tried, 45)
}

// TestHalfASource has a source that is set up in part, or under names that nothing reads: no
// other identity is taken, though the instance has one.
func TestHalfASource(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  []string
		says string
	}{
		{"ID alone", []string{"TENCENTCLOUD_SECRET_ID", testID}, "TENCENTCLOUD_SECRET_KEY not set"},
		{"key alone", []string{"TENCENTCLOUD_SECRET_KEY", testKey}, "TENCENTCLOUD_SECRET_ID not set"},
		{"empty key", []string{"TENCENTCLOUD_SECRET_ID", testID, "TENCENTCLOUD_SECRET_KEY", ""}, "TENCENTCLOUD_SECRET_KEY not set, or empty"},
		{"both empty", []string{"TENCENTCLOUD_SECRET_ID", "", "TENCENTCLOUD_SECRET_KEY", ""}, "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY not set, or empty"},
		{"token alone", []string{"TENCENTCLOUD_TOKEN", testToken}, "TENCENTCLOUD_TOKEN is set, but TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not"},
		{"two tokens", []string{"TENCENTCLOUD_SECRET_ID", testID, "TENCENTCLOUD_SECRET_KEY", testKey, "TENCENTCLOUD_TOKEN", testToken, "TENCENTCLOUD_SESSION_TOKEN", "other"},
			"TENCENTCLOUD_TOKEN and TENCENTCLOUD_SESSION_TOKEN hold different tokens"},
		{"line break", []string{"TENCENTCLOUD_SECRET_ID", testID, "TENCENTCLOUD_SECRET_KEY", testKey + "\n"}, "environment: the secret key ends with a line break"},
		{"function, in part", []string{"TENCENTCLOUD_SECRETID", testID}, "TENCENTCLOUD_SECRETKEY not set"},
		{"function's token alone", []string{"TENCENTCLOUD_SESSIONTOKEN", testToken}, "TENCENTCLOUD_SESSIONTOKEN is set"},
		{"pod, in part", []string{"TKE_ROLE_ARN", "r", "TKE_REGION", "ap-guangzhou"}, "TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE not set"},
		{"pod without its token", []string{"TKE_ROLE_ARN", "r", "TKE_REGION", "g", "TKE_PROVIDER_ID", "p", "TKE_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"}, "TKE: open /nowhere/token: no such file or directory"},
		{"empty name of a file", []string{"TENCENTCLOUD_CREDENTIALS_FILE", ""}, "credentials file: ClientError.CredentialError: Environment variable 'TENCENTCLOUD_CREDENTIALS_FILE' cannot be empty"},
		{"file that is not there", []string{"TENCENTCLOUD_CREDENTIALS_FILE", "/nowhere/c"}, "credentials file: ClientError.INIError: open /nowhere/c: no such file or directory"},
		{"profile that is not there", []string{"TCCLI_PROFILE", "office"}, "TCCLI profile: ClientError.CredentialError: could not find config file"},
		{"Terraform's profile", []string{"TENCENTCLOUD_PROFILE", "office"}, "TENCENTCLOUD_PROFILE is set, which is not read"},
		{"Terraform's role", []string{"TENCENTCLOUD_ASSUME_ROLE_ARN", "r"}, "TENCENTCLOUD_ASSUME_ROLE_ARN is set, which is not read"},
		{"another name", []string{"TENCENT_SECRET_ID", testID}, "TENCENT_SECRET_ID is set, which is not read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			services := standin.Start(t)
			cleanEnvironment(t)
			setenv(t, tc.set...)
			services.Answer(func(w http.ResponseWriter, r *http.Request) {
				t.Errorf("asked %s for another identity", r.URL)
				http.Error(w, "", http.StatusInternalServerError)
			})
			_, err := tencent.DefaultCredentials(t.Context())
			require.ErrorIs(t, err, cgw.ErrUnauthenticated)
			require.False(t, cgw.IsRetryable(err))
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, everything(err), testKey)
			require.NotContains(t, everything(err), testToken)
		})
	}
	t.Run("the region of a pod alone", func(t *testing.T) {
		services := standin.Start(t)
		cleanEnvironment(t)
		setenv(t, "TKE_REGION", "ap-guangzhou")
		services.Answer(credentialSources()[9].answer(text(http.StatusOK, roleReply(testID, testKey, testToken))))
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		require.Equal(t, testID, cred.GetSecretId())
	})
}

// TestOrder has everything set up: the environment is taken first, and so on.
func TestOrder(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	services.Answer(func(w http.ResponseWriter, r *http.Request) {
		body := stsReply("TKE", testKey, testToken)
		switch {
		case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			body = "my-role"
		case strings.HasPrefix(r.Host, "metadata"):
			body = roleReply("role", testKey, testToken)
		}
		_, _ = io.WriteString(w, body)
	})
	file := func(id string) string { return strings.ReplaceAll(credentialsFile, testID, id) }
	want := []string{"role", "default-file", "TCCLI", "named-file", "TKE", "function", "environment"}
	for i, set := range []func(){
		func() {},
		func() { inHome(t, ".tencentcloud/credentials", file("default-file")) },
		func() {
			inHome(t, ".tccli/office.credential", `{"secretId":"TCCLI","secretKey":"k"}`)
			setenv(t, "TCCLI_PROFILE", "office")
		},
		func() {
			setenv(t, "TENCENTCLOUD_CREDENTIALS_FILE", writeFile(t, filepath.Join(t.TempDir(), "c"), file("named-file")))
		},
		func() { setPod(t) },
		func() { setenv(t, "TENCENTCLOUD_SECRETID", "function", "TENCENTCLOUD_SECRETKEY", "k") },
		func() { setenv(t, "TENCENTCLOUD_SECRET_ID", "environment", "TENCENTCLOUD_SECRET_KEY", "k") },
	} {
		set()
		cred, err := tencent.DefaultCredentials(t.Context())
		require.NoError(t, err)
		require.Equal(t, want[i], cred.GetSecretId())
	}
}
