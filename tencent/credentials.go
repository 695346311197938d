package tencent

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw/internal/credential"
)

// StaticCredentials returns credentials that never change. token is that of temporary
// credentials, and empty otherwise. [New] refuses them if the ID or the key is empty, or one of
// the three holds white space or another character that no key has.
func StaticCredentials(secretID, secretKey, token string) common.CredentialIface {
	return newStatic(secretID, secretKey, token)
}

// static is one set of credentials. fmt never shows the keys: Format hides them. Inside the SDK's
// clients fmt cannot call Format, but it does not follow the pointer.
type static struct{ keys *keys }

type keys struct{ id, key, token string }

func newStatic(id, key, token string) *static { return &static{&keys{id, key, token}} }

// complete reports whether there is something to sign with.
func (s *static) complete() bool { return s.keys.id != "" && s.keys.key != "" }

// Flaw returns why nothing can be signed with s, or "".
func (s *static) Flaw() string {
	if !s.complete() {
		return "lack the secret ID or the secret key"
	}
	return s.unusable()
}

func (s *static) unusable() string {
	return credential.Flaw(
		credential.Part{Name: "secret ID", Value: s.keys.id},
		credential.Part{Name: "secret key", Value: s.keys.key},
		credential.Part{Name: "token", Value: s.keys.token})
}

// usable returns s, or why it cannot be used.
func (s *static) usable() (*static, error) {
	if !s.complete() {
		return nil, credential.Refused("the source gave no secret ID or no secret key")
	}
	if flaw := s.unusable(); flaw != "" {
		return nil, credential.Refused(flaw)
	}
	return s, nil
}

// secrets are what no error may show.
func (s *static) secrets() []string {
	if s == nil {
		return nil
	}
	return []string{s.keys.id, s.keys.key, s.keys.token}
}

func (s *static) GetSecretId() string  { return s.keys.id }
func (s *static) GetSecretKey() string { return s.keys.key }
func (s *static) GetToken() string     { return s.keys.token }
func (s *static) GetCredential() (string, string, string) {
	return s.keys.id, s.keys.key, s.keys.token
}
func (s *static) String() string { return "tencent static credentials" }

// Format keeps every verb of fmt from showing the keys.
func (s *static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// source returns a function that gets the credentials for one attempt. The SDK itself would sign
// with empty keys.
func source(cred common.CredentialIface, timeout time.Duration) func(context.Context) (common.CredentialIface, error) {
	same := func(a, b *static) bool { return *a.keys == *b.keys }
	var s *credential.Source[*static]
	switch c := cred.(type) {
	case *static:
		return func(context.Context) (common.CredentialIface, error) { return c, nil }
	case *provided:
		s = credential.NewCachedSource(timeout, c.current, same)
	default:
		s = credential.NewSource(timeout, func() (*static, error) { return newStatic(cred.GetCredential()).usable() }, same)
	}
	return func(ctx context.Context) (common.CredentialIface, error) {
		keys, err := s.Get(ctx)
		if err != nil {
			return nil, err // a nil *static would not be a nil interface
		}
		return keys, nil
	}
}

// ProviderCredentials returns the credentials of a provider of the SDK, such as those of an
// assumed role, or of one of your own. p is asked at most once a minute, once more when the
// service refuses its keys, and by one goroutine at a time.
//
// Use it in place of the result of p.GetCredential: the SDK's credentials go on with stale keys if
// they cannot get new ones, and only log why. With ProviderCredentials the call fails with the
// error of p. It satisfies cgw.ErrUnavailable if p could not reach its service, or if p's own error
// does, and otherwise cgw.ErrUnauthenticated.
func ProviderCredentials(p common.Provider) common.CredentialIface {
	return &provided{name: "tencent credentials of a provider", maxAge: providedAge, get: func(last *static) (*static, error) {
		cred, err := p.GetCredential()
		if err != nil {
			return nil, readSDK(err, last.secrets()...)
		}
		if cred == nil {
			return nil, credential.Refused("the provider gave nothing")
		}
		return newStatic(cred.GetCredential()), nil
	}}
}

// providedAge is how long keys are used before the provider is asked again. Roles are renewed
// long before they expire.
const providedAge = time.Minute

// provided are credentials that change.
type provided struct {
	name   string
	maxAge time.Duration // 0: until the service refuses them
	get    func(last *static) (*static, error)

	mu   sync.Mutex
	keys *static
	read time.Time
}

func (p *provided) current(fresh bool) (*static, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys != nil && !fresh && (p.maxAge == 0 || time.Since(p.read) < p.maxAge) {
		return p.keys, nil
	}
	s, err := p.get(p.keys)
	if err == nil {
		s, err = s.usable()
	}
	if err != nil {
		return nil, err
	}
	p.keys, p.read = s, time.Now()
	return s, nil
}

// The methods of common.CredentialIface serve other users of the SDK; a Provisioner uses current,
// which returns an error.

func (p *provided) GetCredential() (string, string, string) {
	keys, err := p.current(false)
	if err != nil {
		return "", "", ""
	}
	return keys.GetCredential()
}

func (p *provided) GetSecretId() string  { id, _, _ := p.GetCredential(); return id }
func (p *provided) GetSecretKey() string { _, key, _ := p.GetCredential(); return key }
func (p *provided) GetToken() string     { _, _, token := p.GetCredential(); return token }
func (p *provided) String() string       { return p.name }

// Format hides the keys, as that of static does.
func (p *provided) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }
