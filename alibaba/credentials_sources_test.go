package alibaba_test

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

	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/test/standin"
)

// credentialSource is one place that credentials come from.
type credentialSource struct {
	name  string
	set   func(t *testing.T)                                    // up
	open  func(context.Context) (credentials.Credential, error) // nil: alibaba.DefaultCredentials
	asks  string                                                // a service: the host and path
	reply func(id, key, token string) string                    // of the service
	token string                                                // that local credentials have
	// found is a source that nothing names: if nobody answers there, there are none.
	found bool
	// exact says that the status of a reply is told. The SDK's other providers tell the body alone.
	exact bool
	v1    bool // the metadata service gives no tokens
	bare  bool // a reply that is not JSON is a wrong address
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

const expiration = "2100-01-01T00:00:00Z"

// quote returns s as JSON.
func quote(s string) string {
	text, _ := json.Marshal(s) // a string is always JSON
	return string(text)
}

// keysReply is of the metadata service, and of a credentials URI.
func keysReply(id, key, token string) string {
	return fmt.Sprintf(`{"Code":"Success","AccessKeyId":%s,"AccessKeySecret":%s,"SecurityToken":%s,"Expiration":%q}`, quote(id), quote(key), quote(token), expiration)
}

// stsReply is of the token service.
func stsReply(id, key, token string) string {
	return `{"RequestId":"r","Credentials":` + keysReply(id, key, token) + `}`
}

func ssoReply(id, key, token string) string {
	return `{"RequestId":"r","CloudCredential":` + keysReply(id, key, token) + `}`
}

func oauthReply(id, key, token string) string {
	return fmt.Sprintf(`{"accessKeyId":%s,"accessKeySecret":%s,"securityToken":%s,"expiration":%q}`, quote(id), quote(key), quote(token), expiration)
}

// profile sets up the command line tool with one more profile than is used.
func profile(fields ...string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		p := map[string]any{"name": "office"}
		for pair := range slices.Chunk(fields, 2) {
			p[pair[0]] = pair[1]
		}
		if p["mode"] == "CloudSSO" {
			p["cloud_sso_access_token_expire"] = int64(4102444800)
		}
		if p["mode"] == "OAuth" {
			p["oauth_access_token_expire"] = int64(4102444800)
		}
		base := map[string]any{"name": "base", "mode": "AK", "access_key_id": "LTAIbase", "access_key_secret": "base-key"}
		text, err := json.Marshal(map[string]any{"current": "office", "profiles": []any{base, p}})
		require.NoError(t, err)
		inHome(t, ".aliyun/config.json", string(text))
	}
}

func ini(lines ...string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		inHome(t, ".alibabacloud/credentials", "[default]\n"+strings.Join(lines, "\n")+"\n")
	}
}

const (
	arn = "acs:ram::1:role/r"
	sts = "sts.aliyuncs.com/"
	ecs = "100.100.100.200/latest/meta-data/ram/security-credentials/my-role"
)

func setPod(t *testing.T) {
	t.Helper()
	setenv(t, "ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p",
		"ALIBABA_CLOUD_OIDC_TOKEN_FILE", writeFile(t, filepath.Join(t.TempDir(), "token"), testToken))
}

func credentialSources() []credentialSource {
	keys := func(t *testing.T) {
		t.Helper()
		setenv(t, "ALIBABA_CLOUD_ACCESS_KEY_ID", testID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey)
	}
	metadata := func(t *testing.T) { t.Helper(); setenv(t, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "") }
	config := func(c credentials.Config) func(context.Context) (credentials.Credential, error) {
		return func(context.Context) (credentials.Credential, error) { return credentials.NewCredential(&c) }
	}
	base, baseKey, role, kind := "LTAIbase", "base-key", arn, "ram_role_arn"
	uri, address := "credentials_uri", "http://uri.test/keys"
	none := func(*testing.T) {}
	return []credentialSource{
		{name: "environment", set: keys},
		{name: "environment with a token", token: testToken, set: func(t *testing.T) { keys(t); setenv(t, "ALIBABA_CLOUD_SECURITY_TOKEN", testToken) }},
		{name: "OIDC, file", asks: sts, reply: stsReply, set: setPod},
		{name: "OIDC, variable", asks: sts, reply: stsReply, set: func(t *testing.T) {
			setenv(t, "ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p", "ALIBABA_CLOUD_OIDC_TOKEN", testToken)
		}},
		{name: "named config", set: func(t *testing.T) {
			setenv(t, "ALIBABA_CLOUD_CONFIG_FILE", writeFile(t, filepath.Join(t.TempDir(), "c.json"),
				`{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"`+testID+`","access_key_secret":"`+testKey+`"}]}`))
		}},
		{name: "named file", set: func(t *testing.T) {
			setenv(t, "ALIBABA_CLOUD_CREDENTIALS_FILE", writeFile(t, filepath.Join(t.TempDir(), "c"),
				"[default]\ntype = access_key\naccess_key_id = "+testID+"\naccess_key_secret = "+testKey+"\n"))
		}},
		{name: "named role", asks: ecs, reply: keysReply, exact: true, set: func(t *testing.T) { metadata(t); setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "my-role") }},
		{name: "URI", asks: "uri.test/keys", reply: keysReply, exact: true, bare: true, set: func(t *testing.T) { setenv(t, "ALIBABA_CLOUD_CREDENTIALS_URI", address) }},
		{name: "config, AK", set: profile("mode", "AK", "access_key_id", testID, "access_key_secret", testKey)},
		{name: "config, StsToken", token: testToken, set: profile("mode", "StsToken", "access_key_id", testID, "access_key_secret", testKey, "sts_token", testToken)},
		{name: "config, RamRoleArn", asks: sts, reply: stsReply, set: profile("mode", "RamRoleArn", "access_key_id", base, "access_key_secret", baseKey, "ram_role_arn", arn)},
		{name: "config, ChainableRamRoleArn", asks: "sts.cn-hangzhou.aliyuncs.com/", reply: stsReply,
			set: profile("mode", "ChainableRamRoleArn", "source_profile", "base", "ram_role_arn", arn, "sts_region", "cn-hangzhou")},
		{name: "config, OIDC", asks: sts, reply: stsReply, set: profile("mode", "OIDC", "oidc_token", testToken, "oidc_provider_arn", "p", "ram_role_arn", arn)},
		{name: "config, EcsRamRole", asks: ecs, reply: keysReply, exact: true, set: func(t *testing.T) { metadata(t); profile("mode", "EcsRamRole", "ram_role_name", "my-role")(t) }},
		{name: "config, CloudSSO", asks: "signin.test/cloud-credentials", reply: ssoReply,
			set: profile("mode", "CloudSSO", "cloud_sso_sign_in_url", "https://signin.test/x", "cloud_sso_account_id", "1", "cloud_sso_access_config", "c", "access_token", testToken)},
		{name: "config, OAuth", asks: "oauth.alibabacloud.com/v1/exchange", reply: oauthReply, set: profile("mode", "OAuth", "oauth_site_type", "INTL", "oauth_access_token", testToken)},
		{name: "config, External", token: testToken, set: func(t *testing.T) {
			out := writeFile(t, filepath.Join(t.TempDir(), "out"), fmt.Sprintf(`{"mode":"StsToken","access_key_id":%q,"access_key_secret":%q,"sts_token":%q}`, testID, testKey, testToken))
			profile("mode", "External", "process_command", "cat "+out)(t)
		}},
		{name: "file, access_key", set: ini("type = access_key", "access_key_id = "+testID, "access_key_secret = "+testKey)},
		{name: "file, ram_role_arn", asks: sts, reply: stsReply,
			set: ini("type = ram_role_arn", "access_key_id = LTAIbase", "access_key_secret = base-key", "role_arn = "+arn, "role_session_name = s")},
		{name: "file, ecs_ram_role", asks: ecs, reply: keysReply, exact: true, set: func(t *testing.T) { metadata(t); ini("type = ecs_ram_role", "role_name = my-role")(t) }},
		{name: "ECS role", asks: ecs, reply: keysReply, exact: true, found: true, set: metadata},
		{name: "ECS role, IMDSv2 alone", asks: ecs, reply: keysReply, exact: true, found: true, set: func(t *testing.T) { metadata(t); setenv(t, "ALIBABA_CLOUD_IMDSV1_DISABLED", "true") }},
		{name: "ECS role, IMDSv1", asks: ecs, reply: keysReply, exact: true, found: true, v1: true, set: metadata},
		{name: "SDK's ram_role_arn", asks: sts, reply: stsReply, set: none,
			open: config(credentials.Config{Type: &kind, AccessKeyId: &base, AccessKeySecret: &baseKey, RoleArn: &role})},
		{name: "SDK's credentials_uri", asks: "uri.test/keys", reply: keysReply, bare: true, set: none, open: config(credentials.Config{Type: &uri, Url: &address})},
	}
}

// answer is what the services do: the metadata service first gives a token, and the name of
// the role.
func (s credentialSource) answer(body http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/latest/api/token" && s.v1:
			w.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/latest/api/token" && r.Method == http.MethodPut:
			_, _ = io.WriteString(w, "imds-token")
		case strings.HasSuffix(r.URL.Path, "/security-credentials/") && strings.HasPrefix(s.asks, r.Host):
			_, _ = io.WriteString(w, "my-role")
		default:
			body(w, r)
		}
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
			find = alibaba.DefaultCredentials
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
			if src.open == nil {
				require.NotContains(t, fmt.Sprintf("%v %+v %#v %d", cred, cred, cred, cred), testKey)
			}
			tried++
			if src.asks == "" {
				require.Empty(t, services.Asked())
				return
			}
			require.Equal(t, src.asks, services.Asked()[len(services.Asked())-1])

			for _, fail := range []struct {
				name   string
				answer http.HandlerFunc
				kind   error
				says   string
				status bool // without one, what is not JSON is taken for an outage
			}{
				{"503", text(http.StatusServiceUnavailable, "<html>"+testKey), cgw.ErrUnavailable, "503", true},
				{"503 without a body", text(http.StatusServiceUnavailable, ""), cgw.ErrUnavailable, "503", true},
				{"429", text(http.StatusTooManyRequests, ""), cgw.ErrUnavailable, "429", true},
				{"an outage with a code", text(http.StatusServiceUnavailable, `{"Code":"ServiceUnavailable","Message":"`+testKey+`"}`), cgw.ErrUnavailable, "", false},
				{"throttled with a code", text(http.StatusTooManyRequests, `{"Code":"Throttling.User","Message":"m"}`), cgw.ErrUnavailable, "", false},
				{"nobody listens", nil, cgw.ErrUnavailable, "connect: connection refused", false},
				{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, cgw.ErrUnavailable, "EOF", false},
				{"a page of another server", text(http.StatusOK, "<html>"+testKey), cgw.ErrUnavailable, "", false},
				{"403", text(http.StatusForbidden, "no: "+testKey), cgw.ErrUnauthenticated, "403", true},
				{"404", text(http.StatusNotFound, testKey), cgw.ErrUnauthenticated, "404", true},
				{"refused", text(http.StatusForbidden, `{"Code":"NoPermission","ErrorCode":"NoPermission","Message":"`+testToken+`"}`), cgw.ErrUnauthenticated, "NoPermission", false},
				{"too little", text(http.StatusOK, `{"AccessKeySecret":"`+testKey+`"}`), cgw.ErrUnauthenticated, "", false},
				{"a line break in the key", text(http.StatusOK, src.reply(testID, testKey+"\n", testToken)), cgw.ErrUnauthenticated, "the access key secret ends with a line break", false},
				{"a space in the ID", text(http.StatusOK, src.reply(" "+testID, testKey, testToken)), cgw.ErrUnauthenticated, "the access key ID begins with white space", false},
				{"a NUL in the token", text(http.StatusOK, src.reply(testID, testKey, testToken+"\x00")), cgw.ErrUnauthenticated, "the security token ends with a control character", false},
			} {
				t.Run(fail.name, func(t *testing.T) {
					switch {
					case fail.status && !src.exact:
						fail.kind, fail.says = cgw.ErrUnavailable, ""
					case fail.name == "a page of another server" && src.bare:
						fail.kind = cgw.ErrUnauthenticated
					case fail.answer == nil && src.found:
						fail.kind = cgw.ErrUnauthenticated
					case fail.name == "refused" && src.exact:
						fail.says = "403"
					}
					answer := fail.answer
					if answer != nil {
						answer = src.answer(answer)
					}
					services.Answer(answer)
					cred, err := find(t.Context())
					if src.open != nil { // it is asked by the call
						require.NoError(t, err)
						err = ask(t, cred, &signers{}, 3)
						attempts := 1
						if errors.Is(fail.kind, cgw.ErrUnavailable) {
							attempts = 3
						}
						if answer != nil {
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
	require.Greater(t, tried, 240)
}

// TestHalfASource has a source that is set up in part, or under names that nothing reads, or one
// that fails: no other identity is taken, though the instance has one.
func TestHalfASource(t *testing.T) {
	broken := func(name string) func(t *testing.T) {
		return func(t *testing.T) { t.Helper(); inHome(t, name, "access_key_secret = "+testKey) }
	}
	for _, tc := range []struct {
		name  string
		set   []string
		files func(t *testing.T)
		says  string
	}{
		{name: "ID alone", set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", testID}, says: "environment: incomplete: ALIBABA_CLOUD_ACCESS_KEY_SECRET not set"},
		{name: "secret alone", set: []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey}, says: "ALIBABA_CLOUD_ACCESS_KEY_ID not set"},
		{name: "token alone", set: []string{"ALIBABA_CLOUD_SECURITY_TOKEN", testToken}, says: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET not set"},
		{name: "line break", set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", testID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", testKey + "\n"}, says: "the access key secret ends with a line break"},
		{name: "OIDC without a role", set: []string{"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"}, says: "OIDC: incomplete: ALIBABA_CLOUD_ROLE_ARN not set"},
		{name: "OIDC without a token", set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"}, says: "ALIBABA_CLOUD_OIDC_TOKEN_FILE not set"},
		{name: "OIDC without its file", set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token"}, says: "OIDC: open /nowhere/token: no such file or directory"},
		{name: "config that is not there", set: []string{"ALIBABA_CLOUD_CONFIG_FILE", "/nowhere/c"}, says: "reading aliyun cli config from '/nowhere/c' failed open /nowhere/c: no such file or directory"},
		{name: "file that is not there", set: []string{"ALIBABA_CLOUD_CREDENTIALS_FILE", "/nowhere/c"}, says: "ALIBABA_CLOUD_CREDENTIALS_FILE: ERROR: Can not open fileopen /nowhere/c: no such file or directory"},
		{name: "URI that is none", set: []string{"ALIBABA_CLOUD_CREDENTIALS_URI", "file:///x"}, says: "the address is not an http:// or https:// URL"},
		{name: "profile without files", set: []string{"ALIBABA_CLOUD_PROFILE", "shop"}, says: "ALIBABA_CLOUD_PROFILE is set, but there is no file with profiles"},
		{name: "Terraform's name", set: []string{"ALICLOUD_ACCESS_KEY", testID}, says: "ALICLOUD_ACCESS_KEY is set, which is not read"},
		{name: "the tool's name", set: []string{"ALIBABACLOUD_ACCESS_KEY_ID", testID}, says: "ALIBABACLOUD_ACCESS_KEY_ID is set, which is not read"},
		{name: "malformed config", files: broken(".aliyun/config.json"), says: "unmarshal aliyun cli config from '"},
		{name: "malformed file", files: broken(".alibabacloud/credentials"), says: "~/.alibabacloud/credentials: ERROR: Can not load section"},
		{name: "malformed line", files: ini(strings.ReplaceAll(testKey, "=", "")), says: "Can not open filekey-value delimiter not found: [withheld]"},
		{name: "profile that is not there", set: []string{"ALIBABA_CLOUD_PROFILE", "shop"}, files: profile("mode", "AK", "access_key_id", testID, "access_key_secret", testKey), says: "unable to get profile with 'shop'"},
		{name: "empty profile", files: profile("mode", "AK"), says: "~/.aliyun/config.json: the access key id is empty"},
		{name: "mode that nobody knows", files: profile("mode", "New"), says: "unsupported profile mode 'New'"},
		{name: "CloudSSO, expired", files: profile("mode", "CloudSSO", "access_token", ""), says: "CloudSSO access token is empty or expired, please re-login with cli"},
		{name: "External, fails", files: profile("mode", "External", "process_command", "cat /nowhere/"+testKey), says: "failed to execute external command: exit status 1 [withheld]"},
		{name: "file without a type", files: ini("access_key_id = " + testID), says: "ERROR: Can not find credential type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			services := standin.Start(t)
			cleanEnvironment(t)
			t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
			setenv(t, tc.set...)
			if tc.files != nil {
				tc.files(t)
			}
			services.Answer(func(w http.ResponseWriter, r *http.Request) {
				t.Errorf("asked %s for another identity", r.URL)
				http.Error(w, "", http.StatusInternalServerError)
			})
			_, err := alibaba.DefaultCredentials(t.Context())
			require.ErrorIs(t, err, cgw.ErrUnauthenticated)
			require.False(t, cgw.IsRetryable(err))
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, everything(err), testKey)
			require.NotContains(t, everything(err), testToken)
		})
	}
}

// TestOrder has everything set up: what the environment names is taken first, and so on.
func TestOrder(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
	services.Answer(func(w http.ResponseWriter, r *http.Request) {
		body := keysReply("role", testKey, testToken)
		switch {
		case strings.HasPrefix(r.Host, "sts."):
			body = stsReply("OIDC", testKey, testToken)
		case strings.HasPrefix(r.Host, "uri."):
			body = keysReply("URI", testKey, testToken)
		case strings.HasSuffix(r.URL.Path, "/named"):
			body = keysReply("named-role", testKey, testToken)
		case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			body = "my-role"
		}
		_, _ = io.WriteString(w, body)
	})
	tool := func(id string) string {
		return `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"` + id + `","access_key_secret":"k"}]}`
	}
	file := func(section, id string) string {
		return "[" + section + "]\ntype = access_key\naccess_key_id = " + id + "\naccess_key_secret = k\n"
	}
	temp := func(text string) string { return writeFile(t, filepath.Join(t.TempDir(), "c"), text) }
	for _, step := range []struct {
		want string
		set  func()
	}{
		{"role", func() {}},
		{"default-file", func() { inHome(t, ".alibabacloud/credentials", file("default", "default-file")+file("b", "profile-b")) }},
		{"default-config", func() { inHome(t, ".aliyun/config.json", tool("default-config")) }},
		{"profile-b", func() { setenv(t, "ALIBABA_CLOUD_PROFILE", "b") }},
		{"default-file", func() { setenv(t, "ALIBABA_CLOUD_PROFILE", "", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true") }},
		{"URI", func() {
			setenv(t, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "", "ALIBABA_CLOUD_CREDENTIALS_URI", "http://uri.test/keys")
		}},
		{"named-role", func() { setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "named") }},
		{"named-file", func() { setenv(t, "ALIBABA_CLOUD_CREDENTIALS_FILE", temp(file("default", "named-file"))) }},
		{"named-config", func() { setenv(t, "ALIBABA_CLOUD_CONFIG_FILE", temp(tool("named-config"))) }},
		{"OIDC", func() { setPod(t) }},
		{"environment", func() {
			setenv(t, "ALIBABA_CLOUD_ACCESS_KEY_ID", "environment", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k")
		}},
	} {
		step.set()
		cred, err := alibaba.DefaultCredentials(t.Context())
		require.NoError(t, err)
		m, err := cred.GetCredential()
		require.NoError(t, err)
		require.Equal(t, step.want, *m.AccessKeyId)
	}
}
