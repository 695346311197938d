package alibaba

import (
	"github.com/aliyun/credentials-go/credentials"
)

// StaticCredentials returns credentials that never change. securityToken is that of temporary
// (STS) credentials, and empty otherwise.
func StaticCredentials(accessKeyID, accessKeySecret, securityToken string) credentials.Credential {
	kind, provider := "access_key", "static_ak"
	if securityToken != "" {
		kind, provider = "sts", "static_sts"
	}
	return &static{credentials.CredentialModel{
		AccessKeyId: &accessKeyID, AccessKeySecret: &accessKeySecret, SecurityToken: &securityToken,
		Type: &kind, ProviderName: &provider,
	}}
}

// static is the SDK's static credential without an error to return: what is missing is
// reported by New, by name.
type static struct{ model credentials.CredentialModel }

// GetCredential returns a copy, since the SDK's clients keep pointers.
func (s *static) GetCredential() (*credentials.CredentialModel, error) {
	m := s.model
	return &m, nil
}

func (s *static) GetAccessKeyId() (*string, error)     { return s.model.AccessKeyId, nil }
func (s *static) GetAccessKeySecret() (*string, error) { return s.model.AccessKeySecret, nil }
func (s *static) GetSecurityToken() (*string, error)   { return s.model.SecurityToken, nil }
func (s *static) GetBearerToken() *string              { return new(string) }
func (s *static) GetType() *string                     { return s.model.Type }

// String keeps the secret out of what fmt prints.
func (s *static) String() string   { return "alibaba static credentials" }
func (s *static) GoString() string { return s.String() }
