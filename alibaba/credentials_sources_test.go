package alibaba_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// credentialSource is one place that credentials come from, and what is known of its failures.
type credentialSource struct {
	name, asks, token string
	set               func(*testing.T)
	open              func(context.Context) (any, error)
	reply             func(providertest.Keys) string
	found             bool // nothing names it: if nobody answers there, there are no credentials
	exact             bool // the status of a reply is told; the SDK's other providers tell the body alone
	v1                bool // the metadata service gives no tokens
	coded             bool // the code in a reply of 200 is told; the SDK's other providers drop it
}

const expiration = "2100-01-01T00:00:00Z"

// keysReply is of the metadata service, and of a credentials URI.
func keysReply(k providertest.Keys) string {
	return fmt.Sprintf(`{"Code":"Success","AccessKeyId":%s,"AccessKeySecret":%s,"SecurityToken":%s,"Expiration":%q}`, append(k.JSON(), expiration)...)
}

// stsReply is of the token service.
func stsReply(k providertest.Keys) string {
	return `{"RequestId":"r","Credentials":` + keysReply(k) + `}`
}

func ssoReply(k providertest.Keys) string {
	return `{"RequestId":"r","CloudCredential":` + keysReply(k) + `}`
}

func oauthReply(k providertest.Keys) string {
	return fmt.Sprintf(`{"accessKeyId":%s,"accessKeySecret":%s,"securityToken":%s,"expiration":%q}`, append(k.JSON(), expiration)...)
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
		providertest.InHome(t, ".aliyun/config.json", string(text))
	}
}

func ini(lines ...string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		providertest.InHome(t, ".alibabacloud/credentials", "[default]\n"+strings.Join(lines, "\n")+"\n")
	}
}

const (
	arn = "acs:ram::1:role/r"
	sts = "sts.aliyuncs.com/"
	ecs = "100.100.100.200/latest/meta-data/ram/security-credentials/my-role"
)

func setPod(t *testing.T) {
	t.Helper()
	providertest.Setenv(t, "ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p",
		"ALIBABA_CLOUD_OIDC_TOKEN_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "token"), providertest.Token))
}

func credentialSources() []providertest.CredentialSource {
	keys := func(t *testing.T) {
		t.Helper()
		providertest.Setenv(t, "ALIBABA_CLOUD_ACCESS_KEY_ID", providertest.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", providertest.Secret)
	}
	metadata := func(t *testing.T) { t.Helper(); providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "") }
	config := func(c credentials.Config) func(context.Context) (any, error) {
		return func(context.Context) (any, error) { return credentials.NewCredential(&c) }
	}
	base, baseKey, role, kind := "LTAIbase", "base-key", arn, "ram_role_arn"
	uri, address := "credentials_uri", "http://uri.test/keys"
	none := func(*testing.T) {}
	var described []providertest.CredentialSource
	for _, s := range []credentialSource{
		{name: "environment", set: keys},
		{name: "environment with a token", token: providertest.Token, set: func(t *testing.T) {
			keys(t)
			providertest.Setenv(t, "ALIBABA_CLOUD_SECURITY_TOKEN", providertest.Token)
		}},
		{name: "OIDC, file", asks: sts, reply: stsReply, set: setPod},
		{name: "OIDC, variable", asks: sts, reply: stsReply, set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p", "ALIBABA_CLOUD_OIDC_TOKEN", providertest.Token)
		}},
		{name: "named config", set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_CONFIG_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c.json"),
				`{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"`+providertest.ID+`","access_key_secret":"`+providertest.Secret+`"}]}`))
		}},
		{name: "named file", set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_CREDENTIALS_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"),
				"[default]\ntype = access_key\naccess_key_id = "+providertest.ID+"\naccess_key_secret = "+providertest.Secret+"\n"))
		}},
		{name: "named role", asks: ecs, reply: keysReply, exact: true, coded: true, set: func(t *testing.T) { metadata(t); providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "my-role") }},
		{name: "URI", asks: "uri.test/keys", reply: keysReply, exact: true, coded: true, set: func(t *testing.T) { providertest.Setenv(t, "ALIBABA_CLOUD_CREDENTIALS_URI", address) }},
		{name: "config, AK", set: profile("mode", "AK", "access_key_id", providertest.ID, "access_key_secret", providertest.Secret)},
		{name: "config, StsToken", token: providertest.Token, set: profile("mode", "StsToken", "access_key_id", providertest.ID, "access_key_secret", providertest.Secret, "sts_token", providertest.Token)},
		{name: "config, RamRoleArn", asks: sts, reply: stsReply, set: profile("mode", "RamRoleArn", "access_key_id", base, "access_key_secret", baseKey, "ram_role_arn", arn)},
		{name: "config, ChainableRamRoleArn", asks: "sts.cn-hangzhou.aliyuncs.com/", reply: stsReply,
			set: profile("mode", "ChainableRamRoleArn", "source_profile", "base", "ram_role_arn", arn, "sts_region", "cn-hangzhou")},
		{name: "config, OIDC", asks: sts, reply: stsReply, set: profile("mode", "OIDC", "oidc_token", providertest.Token, "oidc_provider_arn", "p", "ram_role_arn", arn)},
		{name: "config, EcsRamRole", asks: ecs, reply: keysReply, exact: true, set: func(t *testing.T) { metadata(t); profile("mode", "EcsRamRole", "ram_role_name", "my-role")(t) }},
		{name: "config, CloudSSO", asks: "signin.test/cloud-credentials", reply: ssoReply,
			set: profile("mode", "CloudSSO", "cloud_sso_sign_in_url", "https://signin.test/x", "cloud_sso_account_id", "1", "cloud_sso_access_config", "c", "access_token", providertest.Token)},
		{name: "config, OAuth", asks: "oauth.alibabacloud.com/v1/exchange", reply: oauthReply, set: profile("mode", "OAuth", "oauth_site_type", "INTL", "oauth_access_token", providertest.Token)},
		{name: "config, External", token: providertest.Token, set: func(t *testing.T) {
			out := providertest.WriteFile(t, filepath.Join(t.TempDir(), "out"), fmt.Sprintf(`{"mode":"StsToken","access_key_id":%q,"access_key_secret":%q,"sts_token":%q}`, providertest.ID, providertest.Secret, providertest.Token))
			profile("mode", "External", "process_command", "cat "+out)(t)
		}},
		{name: "file, access_key", set: ini("type = access_key", "access_key_id = "+providertest.ID, "access_key_secret = "+providertest.Secret)},
		{name: "file, ram_role_arn", asks: sts, reply: stsReply,
			set: ini("type = ram_role_arn", "access_key_id = LTAIbase", "access_key_secret = base-key", "role_arn = "+arn, "role_session_name = s")},
		{name: "file, ecs_ram_role", asks: ecs, reply: keysReply, exact: true, set: func(t *testing.T) { metadata(t); ini("type = ecs_ram_role", "role_name = my-role")(t) }},
		{name: "ECS role", asks: ecs, reply: keysReply, exact: true, coded: true, found: true, set: metadata},
		{name: "ECS role, IMDSv2 alone", asks: ecs, reply: keysReply, exact: true, coded: true, found: true, set: func(t *testing.T) { metadata(t); providertest.Setenv(t, "ALIBABA_CLOUD_IMDSV1_DISABLED", "true") }},
		{name: "ECS role, IMDSv1", asks: ecs, reply: keysReply, exact: true, coded: true, found: true, v1: true, set: metadata},
		{name: "SDK's ram_role_arn", asks: sts, reply: stsReply, set: none,
			open: config(credentials.Config{Type: &kind, AccessKeyId: &base, AccessKeySecret: &baseKey, RoleArn: &role})},
		{name: "SDK's credentials_uri", asks: "uri.test/keys", reply: keysReply, set: none, open: config(credentials.Config{Type: &uri, Url: &address})},
	} {
		described = append(described, s.described())
	}
	return described
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

// described is the source as the tests of all providers know it.
func (s credentialSource) described() providertest.CredentialSource {
	d := providertest.CredentialSource{
		Name: s.name, Set: s.set, Open: s.open, Printable: s.open == nil, Token: s.token,
		Asks: s.asks, Reply: s.reply, Front: s.answer,
	}
	if s.asks != "" {
		d.Failures = s.failures()
	}
	return d
}

// failures are the ways in which the source's service fails.
func (s credentialSource) failures() []providertest.SourceFailure {
	text := providertest.Text
	status := func(code, body string, kind error) providertest.SourceFailure {
		n, _ := strconv.Atoi(code)
		if s.exact {
			return providertest.SourceFailure{Answer: text(n, body), Kind: kind, Says: code}
		}
		return providertest.SourceFailure{Answer: text(n, body), Kind: cgw.ErrUnavailable} // what is not JSON is an outage
	}
	refused := providertest.SourceFailure{
		Answer: text(403, `{"Code":"NoPermission","ErrorCode":"NoPermission","Message":"`+providertest.Token+`"}`), Kind: cgw.ErrUnauthenticated, Says: "NoPermission",
	}
	if s.exact {
		refused.Says = "403"
	}
	nobody := cgw.ErrUnavailable
	if s.found {
		nobody = cgw.ErrUnauthenticated
	}
	keys := func(id, secret, token string) http.HandlerFunc {
		return text(200, s.reply(providertest.Keys{ID: id, Secret: secret, Token: token}))
	}
	var all []providertest.SourceFailure
	coded := func(code string, kind error) providertest.SourceFailure {
		if !s.coded {
			kind, code = cgw.ErrUnauthenticated, ""
		}
		return providertest.SourceFailure{Answer: text(200, `{"Code":"`+code+`","Message":"`+providertest.Secret+`"}`), Kind: kind, Says: code}
	}
	for name, fail := range map[string]providertest.SourceFailure{
		"503":                      status("503", "<html>"+providertest.Secret, cgw.ErrUnavailable),
		"503 without a body":       status("503", "", cgw.ErrUnavailable),
		"429":                      status("429", "", cgw.ErrUnavailable),
		"403":                      status("403", "no: "+providertest.Secret, cgw.ErrUnauthenticated),
		"404":                      status("404", providertest.Secret, cgw.ErrUnauthenticated),
		"refused":                  refused,
		"an outage with a code":    {Answer: text(503, `{"Code":"ServiceUnavailable","Message":"`+providertest.Secret+`"}`), Kind: cgw.ErrUnavailable},
		"throttled with a code":    {Answer: text(429, `{"Code":"Throttling.User","Message":"m"}`), Kind: cgw.ErrUnavailable},
		"200, an outage's code":    coded("ServiceUnavailable", cgw.ErrUnavailable),
		"200, a refusal's code":    coded("NoPermission", cgw.ErrUnauthenticated),
		"nobody listens":           {Kind: nobody, Says: "connect: connection refused"},
		"cut":                      {Answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Kind: cgw.ErrUnavailable, Says: "EOF"},
		"a page of another server": {Answer: text(200, "<html>"+providertest.Secret), Kind: cgw.ErrUnavailable},
		"an empty page":            {Answer: text(200, ""), Kind: cgw.ErrUnavailable},
		"too little":               {Answer: text(200, `{"AccessKeySecret":"`+providertest.Secret+`"}`), Kind: cgw.ErrUnauthenticated},
		"a line break in the key":  {Answer: keys(providertest.ID, providertest.Secret+"\n", providertest.Token), Kind: cgw.ErrUnauthenticated, Says: "the access key secret ends with a line break"},
		"a space in the ID":        {Answer: keys(" "+providertest.ID, providertest.Secret, providertest.Token), Kind: cgw.ErrUnauthenticated, Says: "the access key ID begins with white space"},
		"a NUL in the token":       {Answer: keys(providertest.ID, providertest.Secret, providertest.Token+"\x00"), Kind: cgw.ErrUnauthenticated, Says: "the security token ends with a control character"},
	} {
		fail.Name = name
		all = append(all, fail)
	}
	return all
}

// orderAnswer is what the services answer while everything is set up.
func orderAnswer(w http.ResponseWriter, r *http.Request) {
	id := "role"
	switch {
	case strings.HasPrefix(r.Host, "sts."):
		_, _ = io.WriteString(w, stsReply(providertest.Keys{ID: "OIDC", Secret: providertest.Secret, Token: providertest.Token}))
		return
	case strings.HasPrefix(r.Host, "uri."):
		id = "URI"
	case strings.HasSuffix(r.URL.Path, "/named"):
		id = "named-role"
	case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
		_, _ = io.WriteString(w, "my-role")
		return
	}
	_, _ = io.WriteString(w, keysReply(providertest.Keys{ID: id, Secret: providertest.Secret, Token: providertest.Token}))
}

// orderSteps set up everything. What the environment names is taken first, and so on.
func orderSteps() []providertest.OrderStep {
	tool := func(id string) string {
		return `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"` + id + `","access_key_secret":"k"}]}`
	}
	file := func(section, id string) string {
		return "[" + section + "]\ntype = access_key\naccess_key_id = " + id + "\naccess_key_secret = k\n"
	}
	temp := func(t *testing.T, text string) string {
		t.Helper()
		return providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"), text)
	}
	return []providertest.OrderStep{
		{ID: "role", Set: func(t *testing.T) { providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "") }},
		{ID: "default-file", Set: func(t *testing.T) {
			providertest.InHome(t, ".alibabacloud/credentials", file("default", "default-file")+file("b", "profile-b"))
		}},
		{ID: "default-config", Set: func(t *testing.T) { providertest.InHome(t, ".aliyun/config.json", tool("default-config")) }},
		{ID: "profile-b", Set: func(t *testing.T) { providertest.Setenv(t, "ALIBABA_CLOUD_PROFILE", "b") }},
		{ID: "default-file", Set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_PROFILE", "", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")
		}},
		{ID: "URI", Set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "", "ALIBABA_CLOUD_CREDENTIALS_URI", "http://uri.test/keys")
		}},
		{ID: "named-role", Set: func(t *testing.T) { providertest.Setenv(t, "ALIBABA_CLOUD_ECS_METADATA", "named") }},
		{ID: "named-file", Set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_CREDENTIALS_FILE", temp(t, file("default", "named-file")))
		}},
		{ID: "named-config", Set: func(t *testing.T) { providertest.Setenv(t, "ALIBABA_CLOUD_CONFIG_FILE", temp(t, tool("named-config"))) }},
		{ID: "OIDC", Set: setPod},
		{ID: "environment", Set: func(t *testing.T) {
			providertest.Setenv(t, "ALIBABA_CLOUD_ACCESS_KEY_ID", "environment", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k")
		}},
	}
}
