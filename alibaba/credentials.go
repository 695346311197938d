package alibaba

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw/internal/credential"
)

// StaticCredentials returns credentials that never change. securityToken is the token of temporary
// (STS) credentials; leave it empty for others. [New] refuses the credentials if the ID or the
// secret is empty, or if one of the three values has white space or another character that no key
// has.
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

// static is one set of credentials. fmt never shows the keys.
type static struct{ model credentials.CredentialModel }

// complete reports whether s has everything that a signature needs.
func (s *static) complete() bool {
	m := &s.model
	return value(m.BearerToken) != "" || (value(m.AccessKeyId) != "" && value(m.AccessKeySecret) != "")
}

// Flaw returns the reason why s cannot be used to sign, or "".
func (s *static) Flaw() string {
	if !s.complete() {
		return "lack the access key ID or the access key secret"
	}
	return s.unusable()
}

func (s *static) unusable() string {
	return credential.Flaw(
		credential.Part{Name: "access key ID", Value: value(s.model.AccessKeyId)},
		credential.Part{Name: "access key secret", Value: value(s.model.AccessKeySecret)},
		credential.Part{Name: "security token", Value: value(s.model.SecurityToken)},
		credential.Part{Name: "bearer token", Value: value(s.model.BearerToken)})
}

// usable returns s, or the reason why it cannot be used, as an error.
func (s *static) usable() (*static, error) {
	if !s.complete() {
		return nil, credential.Refused("the source gave no access key ID or no access key secret")
	}
	if flaw := s.unusable(); flaw != "" {
		return nil, credential.Refused(flaw)
	}
	return s, nil
}

// same reports whether both have the same keys.
func (s *static) same(o *static) bool {
	a, b := &s.model, &o.model
	return value(a.AccessKeyId) == value(b.AccessKeyId) && value(a.AccessKeySecret) == value(b.AccessKeySecret) &&
		value(a.SecurityToken) == value(b.SecurityToken) && value(a.BearerToken) == value(b.BearerToken)
}

// secrets returns the values that no error may show.
func (s *static) secrets() []string {
	if s == nil {
		return nil
	}
	m := &s.model
	return []string{value(m.AccessKeyId), value(m.AccessKeySecret), value(m.SecurityToken), value(m.BearerToken)}
}

// GetCredential returns a copy, because the SDK's clients keep pointers to the result.
func (s *static) GetCredential() (*credentials.CredentialModel, error) {
	m := s.model
	return &m, nil
}

func (s *static) GetAccessKeyId() (*string, error)     { return s.model.AccessKeyId, nil }
func (s *static) GetAccessKeySecret() (*string, error) { return s.model.AccessKeySecret, nil }
func (s *static) GetSecurityToken() (*string, error)   { return s.model.SecurityToken, nil }
func (s *static) GetBearerToken() *string              { return s.model.BearerToken }
func (s *static) GetType() *string                     { return s.model.Type }
func (s *static) String() string                       { return "alibaba static credentials" }

// Format hides the keys from every verb of fmt.
func (s *static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// source returns a function that gets the credentials for one attempt. timeout limits the time of each
// call. The SDK's providers take no context, and some of them are not safe for concurrent use.
func source(cred credentials.Credential, timeout time.Duration) func(context.Context) (credentials.Credential, error) {
	if s, ok := cred.(*static); ok {
		return func(context.Context) (credentials.Credential, error) { return s, nil }
	}
	var last *static // the last usable keys; used by one goroutine at a time
	get := func() (*static, error) {
		m, err := cred.GetCredential()
		if err != nil {
			return nil, readSDK(err, last.secrets()...)
		}
		if m == nil {
			m = &credentials.CredentialModel{}
		}
		next, err := (&static{*m}).usable()
		if err == nil {
			last = next
		}
		return next, err
	}
	s := credential.NewSource(timeout, get, (*static).same)
	if c, ok := cred.(*chain); ok {
		s = credential.NewCachedSource(timeout, func(fresh bool) (*static, error) {
			if fresh {
				c.forget()
			}
			return get()
		}, (*static).same)
	}
	return func(ctx context.Context) (credentials.Credential, error) {
		keys, err := s.Get(ctx)
		if err != nil {
			return nil, err // keys is a nil *static: as an interface it would not be nil
		}
		return keys, nil
	}
}
