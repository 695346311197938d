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

// StaticCredentials returns credentials that never change. token is the token of temporary
// credentials; leave it empty for others. [New] refuses the credentials if the ID or the key is
// empty, or if one of the three values has white space or another character that no key has.
func StaticCredentials(secretID, secretKey, token string) common.CredentialIface {
	return newStatic(secretID, secretKey, token)
}

// static is one set of credentials. fmt never shows the keys, because Format hides them. If a static
// is in an unexported field of the SDK's client, fmt cannot call Format. It then does not follow the
// pointer to the keys.
type static struct{ keys *keys }

type keys struct{ id, key, token string }

func newStatic(id, key, token string) *static { return &static{&keys{id, key, token}} }

// complete reports whether s has everything that a signature needs.
func (s *static) complete() bool { return s.keys.id != "" && s.keys.key != "" }

// Flaw returns the reason why s cannot be used to sign, or "".
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

// usable returns s, or the reason why it cannot be used, as an error.
func (s *static) usable() (*static, error) {
	if !s.complete() {
		return nil, credential.Refused("the source gave no secret ID or no secret key")
	}
	if flaw := s.unusable(); flaw != "" {
		return nil, credential.Refused(flaw)
	}
	return s, nil
}

// secrets returns the values that no error may show.
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

// Format hides the keys from every verb of fmt.
func (s *static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// source returns a function that gets the credentials for one attempt. timeout limits the time of each
// call. The function returns an error if the keys are empty; the SDK would sign with them.
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
			return nil, err // keys is a nil *static: as an interface it would not be nil
		}
		return keys, nil
	}
}

// ProviderCredentials returns the credentials of a provider, for example one of the SDK for an assumed
// role, or one of your own. cgw asks p at most once a minute, and once more if the service refuses
// the keys. It calls p from one goroutine at a time.
//
// Use it in place of the result of p.GetCredential. If the SDK's credentials cannot get new keys, they
// continue with stale ones and only log the reason. With ProviderCredentials the call fails with
// the error of p. The error satisfies cgw.ErrUnavailable if p could not reach its service, or if
// p's own error satisfies it. Otherwise it satisfies cgw.ErrUnauthenticated.
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

// providedAge is how long keys are used before the provider is asked again. It is far shorter than the
// life of a role's keys, so they are renewed long before they expire.
const providedAge = time.Minute

// provided is credentials that can change.
type provided struct {
	name   string
	maxAge time.Duration // 0: until the service refuses them
	get    func(last *static) (*static, error)

	mu   sync.Mutex
	keys *static
	read time.Time
}

// current returns the keys to use now. It asks the provider if fresh is set, or if the keys are too old.
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

// The methods of common.CredentialIface are for other users of the SDK. A Provisioner calls current,
// because it returns an error.

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

// Format hides the keys, as static.Format does.
func (p *provided) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }
