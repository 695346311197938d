package tencent_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

const credentialsFile = "[default]\nsecret_id = " + providertest.ID + "\nsecret_key = " + providertest.Secret + "\n"

// roleReply is of the metadata service: the name of the role, or its credentials.
func roleReply(k providertest.Keys) string {
	return fmt.Sprintf(`{"Code":"Success","TmpSecretId":%s,"TmpSecretKey":%s,"Token":%s,"ExpiredTime":4102444800}`, k.JSON()...)
}

// stsReply is of the token service.
func stsReply(k providertest.Keys) string {
	return fmt.Sprintf(`{"Response":{"Credentials":{"TmpSecretId":%s,"TmpSecretKey":%s,"Token":%s},"ExpiredTime":4102444800,"RequestId":"r"}}`, k.JSON()...)
}

func credentialSources() []providertest.CredentialSource {
	const sts = "sts.tencentcloudapi.com/"
	keys := func(t *testing.T) {
		providertest.Setenv(t, "TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", providertest.Secret)
	}
	all := []providertest.CredentialSource{
		{Name: "environment", Set: keys},
		{Name: "environment, TENCENTCLOUD_TOKEN", Token: providertest.Token, Set: func(t *testing.T) { keys(t); providertest.Setenv(t, "TENCENTCLOUD_TOKEN", providertest.Token) }},
		{Name: "environment, TENCENTCLOUD_SECURITY_TOKEN", Token: providertest.Token, Set: func(t *testing.T) { keys(t); providertest.Setenv(t, "TENCENTCLOUD_SECURITY_TOKEN", providertest.Token) }},
		{Name: "environment, TENCENTCLOUD_SESSION_TOKEN", Token: providertest.Token, Set: func(t *testing.T) { keys(t); providertest.Setenv(t, "TENCENTCLOUD_SESSION_TOKEN", providertest.Token) }},
		{Name: "environment of a function", Token: providertest.Token, Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_SECRETID", providertest.ID, "TENCENTCLOUD_SECRETKEY", providertest.Secret, "TENCENTCLOUD_SESSIONTOKEN", providertest.Token)
		}},
		{Name: "named file", Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_CREDENTIALS_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"), credentialsFile))
		}},
		{Name: "TCCLI profile", Token: providertest.Token, Set: func(t *testing.T) {
			providertest.Setenv(t, "TCCLI_PROFILE", "office")
			providertest.InHome(t, ".tccli/office.credential", fmt.Sprintf(`{"secretId":%q,"secretKey":%q,"token":%q}`, providertest.ID, providertest.Secret, providertest.Token))
		}},
		{Name: "default file", Set: func(t *testing.T) { providertest.InHome(t, ".tencentcloud/credentials", credentialsFile) }},
		{Name: "TKE", Asks: sts, Reply: stsReply, Set: setPod},
		{Name: "CVM role", Asks: "metadata.tencentyun.com/latest/meta-data/cam/security-credentials/my-role", Reply: roleReply, Set: func(*testing.T) {}},
		{Name: "assumed role", Asks: sts, Reply: stsReply, Set: func(*testing.T) {}, Open: func(context.Context) (any, error) {
			return tencent.ProviderCredentials(common.DefaultRoleArnProvider("AKIDbase", "base-key", "qcs::cam::uin/1:roleName/r")), nil
		}},
	}
	for i, src := range all {
		all[i].Printable = true
		if src.Asks != "" {
			all[i].Front, all[i].Failures = nameRole(src.Asks), sourceFailures(src)
		}
	}
	return all
}

func setPod(t *testing.T) {
	t.Helper()
	providertest.Setenv(t, "TKE_REGION", "ap-guangzhou", "TKE_PROVIDER_ID", "cls-1", "TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/r",
		"TKE_WEB_IDENTITY_TOKEN_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "token"), providertest.Token))
}

// nameRole answers first what the metadata service is asked for, the name of the role.
func nameRole(asks string) func(http.HandlerFunc) http.HandlerFunc {
	return func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/security-credentials/") && strings.HasPrefix(asks, r.Host) {
				_, _ = io.WriteString(w, "my-role\n")
				return
			}
			next(w, r)
		}
	}
}

// sourceFailures are the ways in which a source's service fails.
func sourceFailures(src providertest.CredentialSource) []providertest.SourceFailure {
	const outage = `{"Response":{"Error":{"Code":"InternalError.X","Message":"m"},"RequestId":"r"}}`
	metadata := strings.Contains(src.Asks, "metadata")
	text := providertest.Text
	quoted, withheld := "", ""
	if src.Open == nil { // it knows the token of the pod
		quoted, withheld = providertest.Token, "[withheld]"
	}
	refusal := `{"Response":{"Error":{"Code":"AuthFailure.UnauthorizedOperation","Message":"role r: ` + quoted + `."},"RequestId":"req-1"}}`
	refused := providertest.SourceFailure{Name: "refused", Answer: text(200, refusal), Kind: cgw.ErrUnauthenticated, Says: "AuthFailure.UnauthorizedOperation: role r: " + withheld + ". (request req-1)"}
	nobody := cgw.ErrUnavailable
	if metadata { // nothing names it, so there is no role
		refused.Answer, refused.Says = text(200, `{"Code":"NoRole","TmpSecretKey":"`+providertest.Secret+`"}`), `the code "NoRole"`
		nobody = cgw.ErrUnauthenticated
	}
	all := []providertest.SourceFailure{
		refused,
		{Name: "503", Answer: text(503, "<html>"+providertest.Secret), Kind: cgw.ErrUnavailable, Says: "HTTP 503"},
		{Name: "503 without a body", Answer: text(503, ""), Kind: cgw.ErrUnavailable, Says: "HTTP 503"},
		{Name: "429", Answer: text(429, ""), Kind: cgw.ErrUnavailable, Says: "HTTP 429"},
		{Name: "nobody listens", Kind: nobody, Says: "connect: connection refused"},
		{Name: "cut", Answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Kind: cgw.ErrUnavailable, Says: "EOF"},
		{Name: "a page of another server", Answer: text(200, "<html>"+providertest.Secret), Kind: cgw.ErrUnavailable, Says: "did not answer in JSON"},
		{Name: "403", Answer: text(403, providertest.Secret), Kind: cgw.ErrUnauthenticated, Says: "HTTP 403"},
		{Name: "404", Answer: text(404, providertest.Secret), Kind: cgw.ErrUnauthenticated, Says: "HTTP 404"},
		{Name: "no key", Answer: text(200, src.Reply(providertest.Keys{ID: providertest.ID, Token: providertest.Token})), Kind: cgw.ErrUnauthenticated, Says: "the source gave no secret ID or no secret key", Twice: true},
		{Name: "a line break in the key", Answer: text(200, src.Reply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret + "\n", Token: providertest.Token})), Kind: cgw.ErrUnauthenticated, Says: "the secret key ends with a line break"},
		{Name: "a space in the ID", Answer: text(200, src.Reply(providertest.Keys{ID: " " + providertest.ID, Secret: providertest.Secret, Token: providertest.Token})), Kind: cgw.ErrUnauthenticated, Says: "the secret ID begins with white space"},
		{Name: "a NUL in the token", Answer: text(200, src.Reply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token + "\x00"})), Kind: cgw.ErrUnauthenticated, Says: "the token ends with a control character"},
	}
	if metadata {
		return append(all,
			providertest.SourceFailure{Name: "200, an outage's code", Answer: text(200, `{"Code":"InternalError.X","TmpSecretKey":"`+providertest.Secret+`"}`), Kind: cgw.ErrUnavailable, Says: `the code "InternalError.X"`},
			providertest.SourceFailure{Name: "200 without a code", Answer: text(200, `{"TmpSecretKey":"`+providertest.Secret+`"}`), Kind: cgw.ErrUnauthenticated, Says: "lacks the code Success"})
	}
	for i, fail := range all {
		if strings.HasPrefix(fail.Says, "HTTP ") {
			// The SDK tells no status: the token service's own errors have the status 200.
			all[i].Kind, all[i].Says = cgw.ErrUnavailable, "did not answer in JSON"
		}
	}
	return append(all, providertest.SourceFailure{Name: "an outage with a code", Answer: text(200, outage), Kind: cgw.ErrUnavailable, Says: "InternalError.X"})
}

// orderAnswer is what the services answer while everything is set up.
func orderAnswer(w http.ResponseWriter, r *http.Request) {
	body := stsReply(providertest.Keys{ID: "TKE", Secret: providertest.Secret, Token: providertest.Token})
	switch {
	case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
		body = "my-role"
	case strings.HasPrefix(r.Host, "metadata"):
		body = roleReply(providertest.Keys{ID: "role", Secret: providertest.Secret, Token: providertest.Token})
	}
	_, _ = io.WriteString(w, body)
}

// orderSteps set up everything, the environment last: it is taken first.
func orderSteps() []providertest.OrderStep {
	file := func(id string) string { return strings.ReplaceAll(credentialsFile, providertest.ID, id) }
	return []providertest.OrderStep{
		{ID: "role", Set: func(*testing.T) {}},
		{ID: "default-file", Set: func(t *testing.T) { providertest.InHome(t, ".tencentcloud/credentials", file("default-file")) }},
		{ID: "TCCLI", Set: func(t *testing.T) {
			providertest.InHome(t, ".tccli/office.credential", `{"secretId":"TCCLI","secretKey":"k"}`)
			providertest.Setenv(t, "TCCLI_PROFILE", "office")
		}},
		{ID: "named-file", Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_CREDENTIALS_FILE", providertest.WriteFile(t, filepath.Join(t.TempDir(), "c"), file("named-file")))
		}},
		{ID: "TKE", Set: setPod},
		{ID: "function", Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_SECRETID", "function", "TENCENTCLOUD_SECRETKEY", "k")
		}},
		{ID: "environment", Set: func(t *testing.T) {
			providertest.Setenv(t, "TENCENTCLOUD_SECRET_ID", "environment", "TENCENTCLOUD_SECRET_KEY", "k")
		}},
	}
}
