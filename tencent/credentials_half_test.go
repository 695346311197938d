package tencent_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/internal/test/standin"
	"github.com/cgw-go/cgw/tencent"
)

// halfSources are set up in part, or under names that nothing reads.
func halfSources() []providertest.HalfSource {
	return []providertest.HalfSource{
		{Name: "ID alone", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID}, Says: "TENCENTCLOUD_SECRET_KEY not set"},
		{Name: "key alone", Set: []string{"TENCENTCLOUD_SECRET_KEY", providertest.Secret}, Says: "TENCENTCLOUD_SECRET_ID not set"},
		{Name: "empty key", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", ""}, Says: "TENCENTCLOUD_SECRET_KEY not set, or empty"},
		{Name: "both empty", Set: []string{"TENCENTCLOUD_SECRET_ID", "", "TENCENTCLOUD_SECRET_KEY", ""}, Says: "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY not set, or empty"},
		{Name: "token alone", Set: []string{"TENCENTCLOUD_TOKEN", providertest.Token}, Says: "TENCENTCLOUD_TOKEN is set, but TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not"},
		{Name: "two tokens", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", providertest.Secret, "TENCENTCLOUD_TOKEN", providertest.Token, "TENCENTCLOUD_SESSION_TOKEN", "other"},
			Says: "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SESSION_TOKEN hold different tokens"},
		{Name: "line break", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", providertest.Secret + "\n"}, Says: "environment: the secret key ends with a line break"},
		{Name: "function, in part", Set: []string{"TENCENTCLOUD_SECRETID", providertest.ID}, Says: "TENCENTCLOUD_SECRETKEY not set"},
		{Name: "function's token alone", Set: []string{"TENCENTCLOUD_SESSIONTOKEN", providertest.Token}, Says: "TENCENTCLOUD_SESSIONTOKEN is set"},
		{Name: "pod, in part", Set: []string{"TKE_ROLE_ARN", "r", "TKE_REGION", "ap-guangzhou"}, Says: "TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE not set"},
		{Name: "pod, all empty", Set: []string{"TKE_ROLE_ARN", "", "TKE_REGION", "", "TKE_PROVIDER_ID", "", "TKE_WEB_IDENTITY_TOKEN_FILE", ""}, Says: "the identity of a pod is incomplete: TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN not set, or empty"},
		{Name: "pod, a region and the rest empty", Set: []string{"TKE_ROLE_ARN", "", "TKE_REGION", "ap-guangzhou", "TKE_PROVIDER_ID", "", "TKE_WEB_IDENTITY_TOKEN_FILE", ""}, Says: "TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN not set, or empty"},
		{Name: "pod without its token", Set: []string{"TKE_ROLE_ARN", "r", "TKE_REGION", "g", "TKE_PROVIDER_ID", "p", "TKE_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"}, Says: "TKE: open /nowhere/token: no such file or directory"},
		{Name: "empty name of a file", Set: []string{"TENCENTCLOUD_CREDENTIALS_FILE", ""}, Says: "credentials file: ClientError.CredentialError: Environment variable 'TENCENTCLOUD_CREDENTIALS_FILE' cannot be empty"},
		{Name: "file that is not there", Set: []string{"TENCENTCLOUD_CREDENTIALS_FILE", "/nowhere/c"}, Says: "credentials file: ClientError.INIError: open /nowhere/c: no such file or directory"},
		{Name: "profile that is not there", Set: []string{"TCCLI_PROFILE", "office"}, Says: "TCCLI profile: ClientError.CredentialError: could not find config file"},
		{Name: "empty name of a profile", Set: []string{"TCCLI_PROFILE", ""}, Says: "environment: TCCLI_PROFILE is set, but empty"},
		{Name: "Terraform's profile", Set: []string{"TENCENTCLOUD_PROFILE", "office"}, Says: "TENCENTCLOUD_PROFILE is set, which is not read"},
		{Name: "Terraform's role", Set: []string{"TENCENTCLOUD_ASSUME_ROLE_ARN", "r"}, Says: "TENCENTCLOUD_ASSUME_ROLE_ARN is set, which is not read"},
		{Name: "TCCLI's role", Set: []string{"TENCENTCLOUD_ROLE_ARN", "r"}, Says: "TENCENTCLOUD_ROLE_ARN is set, which is not read"},
		{Name: "keys and Terraform's role", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", "k", "TENCENTCLOUD_ASSUME_ROLE_ARN", "r"},
			Says: "environment: TENCENTCLOUD_ASSUME_ROLE_ARN is set, which is not read: assume the role in your program, or unset the variable to sign without the role"},
		{Name: "keys and TCCLI's role", Set: []string{"TENCENTCLOUD_SECRET_ID", providertest.ID, "TENCENTCLOUD_SECRET_KEY", "k", "TENCENTCLOUD_ROLE_ARN", "r"}, Says: "TENCENTCLOUD_ROLE_ARN is set, which is not read: assume the role in your program"},
		{Name: "Terraform's role of the instance", Set: []string{"TENCENTCLOUD_CAM_ROLE_NAME", "r"}, Says: "TENCENTCLOUD_CAM_ROLE_NAME is set, which is not read"},
		{Name: "Terraform's token", Set: []string{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", providertest.Token}, Says: "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN is set, which is not read"},
		{Name: "Terraform's token in a file", Set: []string{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE", "f"}, Says: "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE is set, which is not read"},
		{Name: "Terraform's SAML", Set: []string{"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", providertest.Token}, Says: "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION is set, which is not read"},
		{Name: "another name", Set: []string{"TENCENT_SECRET_ID", providertest.ID}, Says: "TENCENT_SECRET_ID is set, which is not read"},
	}
}

// TestRegionOfAPod: the region of a pod alone names no source.
func TestRegionOfAPod(t *testing.T) {
	services := standin.Start(t)
	cleanEnvironment(t)
	providertest.Setenv(t, "TKE_REGION", "ap-guangzhou")
	role := providertest.Text(http.StatusOK, roleReply(providertest.Keys{ID: providertest.ID, Secret: providertest.Secret, Token: providertest.Token}))
	services.Answer(nameRole("metadata.tencentyun.com/")(role))
	cred, err := tencent.DefaultCredentials(t.Context())
	require.NoError(t, err)
	require.Equal(t, providertest.ID, cred.GetSecretId())
}
