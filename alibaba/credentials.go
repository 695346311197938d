package alibaba

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
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

// static is one set of credentials, as fmt never shows it.
type static struct{ model credentials.CredentialModel }

// complete reports whether there is something to sign with.
func (s *static) complete() bool {
	m := &s.model
	return value(m.BearerToken) != "" || (value(m.AccessKeyId) != "" && value(m.AccessKeySecret) != "")
}

// GetCredential returns a copy, since the SDK's clients keep pointers.
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

// Format keeps every verb of fmt from showing the keys.
func (s *static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// errNoKeys is what a credential is refused with that has no ID or secret when it is asked.
var errNoKeys = errors.New("the source gave no access key ID or no access key secret")

// source returns how to get the credentials for one attempt. Providers of the SDK know no
// context, and some are not safe for concurrent use.
func source(cred credentials.Credential, timeout time.Duration) func(context.Context) (credentials.Credential, error) {
	if s, ok := cred.(*static); ok {
		return func(context.Context) (credentials.Credential, error) { return s, nil }
	}
	return attempt.NewSource(timeout, func() (credentials.Credential, error) {
		m, err := cred.GetCredential()
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, errNoKeys
		}
		s := &static{*m}
		if !s.complete() {
			return nil, errNoKeys
		}
		return s, nil
	}).Get
}

// DefaultCredentials finds credentials where the SDK's default chain does: the environment
// (ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN),
// an OIDC token, ~/.aliyun/config.json, ~/.alibabacloud/credentials, the RAM role of the ECS
// instance, ALIBABA_CLOUD_CREDENTIALS_URI. If none has any, the error satisfies
// cgw.ErrUnauthenticated and says what they answered, up to where that quotes a file or a reply.
//
// They are read anew as the SDK finds that they expire. A read that fails is an error that
// satisfies cgw.ErrUnauthenticated, and the next one asks the whole chain again.
func DefaultCredentials(ctx context.Context) (credentials.Credential, error) {
	d := &chain{}
	_, err := attempt.NewSource(0, d.GetCredential).Get(ctx)
	if err != nil {
		return nil, attempt.NoCredentials(ctx, cgw.Alibaba, err)
	}
	return d, nil
}

// chain is the SDK's default chain. That of the SDK itself, once it failed as a whole, asks
// only its last source ever after; so a fresh one is made then.
type chain struct {
	mu   sync.Mutex
	cred credentials.Credential // nil: to be made
}

func (c *chain) current() (credentials.Credential, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cred == nil {
		cred, err := credentials.NewCredential(nil)
		if err != nil {
			return nil, fmt.Errorf("default credentials: %w", exchange.CleanSource(err))
		}
		c.cred = cred
	}
	return c.cred, nil
}

func (c *chain) GetCredential() (*credentials.CredentialModel, error) {
	cred, err := c.current()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m, err := cred.GetCredential()
	if err != nil {
		c.cred = nil
		return nil, fmt.Errorf("default credentials: %w", exchange.CleanSource(err))
	}
	return m, nil
}

// The further methods of credentials.Credential serve other users of the SDK.

func (c *chain) GetAccessKeyId() (*string, error) {
	m, err := c.GetCredential()
	if err != nil {
		return nil, err
	}
	return m.AccessKeyId, nil
}

func (c *chain) GetAccessKeySecret() (*string, error) {
	m, err := c.GetCredential()
	if err != nil {
		return nil, err
	}
	return m.AccessKeySecret, nil
}

func (c *chain) GetSecurityToken() (*string, error) {
	m, err := c.GetCredential()
	if err != nil {
		return nil, err
	}
	return m.SecurityToken, nil
}

func (c *chain) GetBearerToken() *string {
	m, err := c.GetCredential()
	if err != nil {
		return nil
	}
	return m.BearerToken
}

func (c *chain) GetType() *string {
	kind := "default"
	return &kind
}

func (c *chain) String() string { return "alibaba default credentials" }

// Format is as that of static.
func (c *chain) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
