package alibaba_test

import (
	"strings"
	"testing"

	"github.com/cgw-go/cgw/internal/providertest"
)

// halfSources are set up in part, or under names that nothing reads, or fail. The instance has a
// role, which is not taken.
func halfSources() []providertest.HalfSource {
	broken := func(name string) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			providertest.InHome(t, name, "access_key_secret = "+providertest.Secret)
		}
	}
	all := []providertest.HalfSource{
		{Name: "ID alone", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", providertest.ID}, Says: "environment: incomplete: ALIBABA_CLOUD_ACCESS_KEY_SECRET not set"},
		{Name: "secret alone", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", providertest.Secret}, Says: "ALIBABA_CLOUD_ACCESS_KEY_ID not set"},
		{Name: "token alone", Set: []string{"ALIBABA_CLOUD_SECURITY_TOKEN", providertest.Token}, Says: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET not set"},
		{Name: "keys of an absent secret", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""}, Says: "environment: incomplete: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET not set, or empty"},
		{Name: "empty secret alone", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""}, Says: "environment: incomplete: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET not set, or empty"},
		{Name: "line break", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", providertest.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", providertest.Secret + "\n"}, Says: "environment: the access key secret ends with a line break"},
		{Name: "OIDC without a role", Set: []string{"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"}, Says: "OIDC: incomplete: ALIBABA_CLOUD_ROLE_ARN not set"},
		{Name: "OIDC without a token", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"}, Says: "ALIBABA_CLOUD_OIDC_TOKEN_FILE not set"},
		{Name: "role alone", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn}, Says: "OIDC: incomplete: ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE not set, or empty"},
		{Name: "role, the rest empty", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", ""}, Says: "OIDC: incomplete: ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE not set, or empty"},
		{Name: "OIDC, all empty", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", "", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", ""}, Says: "OIDC: incomplete: ALIBABA_CLOUD_ROLE_ARN and "},
		{Name: "empty OIDC token alone", Set: []string{"ALIBABA_CLOUD_OIDC_TOKEN", ""}, Says: "OIDC: incomplete: "},
		{Name: "role before a URI", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_CREDENTIALS_URI", "http://uri.test/keys"}, Says: "OIDC: incomplete: "},
		{Name: "keys and a role", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", providertest.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k", "ALIBABA_CLOUD_ROLE_ARN", arn}, Says: "environment: ALIBABA_CLOUD_ROLE_ARN is set, which is not read: assume the role in your program, or unset the variable"},
		{Name: "keys and Terraform's role", Set: []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", providertest.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k", "ALICLOUD_ASSUME_ROLE_ARN", arn}, Says: "environment: ALICLOUD_ASSUME_ROLE_ARN is set, which is not read: assume the role in your program, or unset the variable"},
		{Name: "Terraform's role", Set: []string{"ALICLOUD_ASSUME_ROLE_ARN", arn}, Says: "ALICLOUD_ASSUME_ROLE_ARN is set, which is not read"},
		{Name: "empty config", Set: []string{"ALIBABA_CLOUD_CONFIG_FILE", ""}, Says: "environment: ALIBABA_CLOUD_CONFIG_FILE is set, but empty"},
		{Name: "empty file", Set: []string{"ALIBABA_CLOUD_CREDENTIALS_FILE", ""}, Says: "environment: ALIBABA_CLOUD_CREDENTIALS_FILE is set, but empty"},
		{Name: "empty role", Set: []string{"ALIBABA_CLOUD_ECS_METADATA", ""}, Says: "environment: ALIBABA_CLOUD_ECS_METADATA is set, but empty"},
		{Name: "empty URI", Set: []string{"ALIBABA_CLOUD_CREDENTIALS_URI", ""}, Says: "environment: ALIBABA_CLOUD_CREDENTIALS_URI is set, but empty"},
		{Name: "role that is disabled", Set: []string{"ALIBABA_CLOUD_ECS_METADATA", "r", "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"}, Files: ini("type = access_key", "access_key_id = other", "access_key_secret = k"),
			Says: "environment: ALIBABA_CLOUD_ECS_METADATA names a source that ALIBABA_CLOUD_ECS_METADATA_DISABLED=true disables: unset one of them"},
		{Name: "config that is disabled", Set: []string{"ALIBABA_CLOUD_CONFIG_FILE", "x", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "True", "ALIBABA_CLOUD_CREDENTIALS_URI", "http://uri.test/keys"},
			Says: "environment: ALIBABA_CLOUD_CONFIG_FILE names a source that ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true disables: unset one of them"},
		{Name: "OIDC without its file", Set: []string{"ALIBABA_CLOUD_ROLE_ARN", arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token"}, Says: "OIDC: open /nowhere/token: no such file or directory"},
		{Name: "config that is not there", Set: []string{"ALIBABA_CLOUD_CONFIG_FILE", "/nowhere/c"}, Says: "reading aliyun cli config from '/nowhere/c' failed open /nowhere/c: no such file or directory"},
		{Name: "file that is not there", Set: []string{"ALIBABA_CLOUD_CREDENTIALS_FILE", "/nowhere/c"}, Says: "ALIBABA_CLOUD_CREDENTIALS_FILE: ERROR: Can not open fileopen /nowhere/c: no such file or directory"},
		{Name: "URI that is none", Set: []string{"ALIBABA_CLOUD_CREDENTIALS_URI", "file:///x"}, Says: "the address is not an http:// or https:// URL"},
		{Name: "profile without files", Set: []string{"ALIBABA_CLOUD_PROFILE", "shop"}, Says: "ALIBABA_CLOUD_PROFILE is set, but there is no file with profiles"},
		{Name: "Terraform's name", Set: []string{"ALICLOUD_ACCESS_KEY", providertest.ID}, Says: "ALICLOUD_ACCESS_KEY is set, which is not read"},
		{Name: "the tool's name", Set: []string{"ALIBABACLOUD_ACCESS_KEY_ID", providertest.ID}, Says: "ALIBABACLOUD_ACCESS_KEY_ID is set, which is not read"},
		{Name: "an old name", Set: []string{"ALIYUN_ACCESS_KEY_ID", providertest.ID}, Says: "ALIYUN_ACCESS_KEY_ID is set, which is not read"},
		{Name: "an old name of the secret", Set: []string{"ALIYUN_ACCESS_KEY_SECRET", providertest.Secret}, Says: "ALIYUN_ACCESS_KEY_SECRET is set, which is not read"},
		{Name: "malformed config", Files: broken(".aliyun/config.json"), Says: "unmarshal aliyun cli config from '"},
		{Name: "malformed file", Files: broken(".alibabacloud/credentials"), Says: "~/.alibabacloud/credentials: ERROR: Can not load section"},
		{Name: "malformed line", Files: ini(strings.ReplaceAll(providertest.Secret, "=", "")), Says: "Can not open filekey-value delimiter not found: [withheld]"},
		{Name: "profile that is not there", Set: []string{"ALIBABA_CLOUD_PROFILE", "shop"}, Files: profile("mode", "AK", "access_key_id", providertest.ID, "access_key_secret", providertest.Secret), Says: "unable to get profile with 'shop'"},
		{Name: "empty profile", Files: profile("mode", "AK"), Says: "~/.aliyun/config.json: the access key id is empty"},
		{Name: "mode that nobody knows", Files: profile("mode", "New"), Says: "unsupported profile mode 'New'"},
		{Name: "CloudSSO, expired", Files: profile("mode", "CloudSSO", "access_token", ""), Says: "CloudSSO access token is empty or expired, please re-login with cli"},
		{Name: "External, fails", Files: profile("mode", "External", "process_command", "cat /nowhere/"+providertest.Secret), Says: "failed to execute external command: exit status 1 [withheld]"},
		{Name: "file without a type", Files: ini("access_key_id = " + providertest.ID), Says: "ERROR: Can not find credential type"},
	}
	for i := range all {
		all[i].Set = append([]string{"ALIBABA_CLOUD_ECS_METADATA_DISABLED", ""}, all[i].Set...)
	}
	return all
}
