package tencent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// StaticCredentials returns credentials that never change. token is that of temporary
// credentials, and empty otherwise.
func StaticCredentials(secretID, secretKey, token string) common.CredentialIface {
	return newStatic(secretID, secretKey, token)
}

// static is one set of credentials. fmt does not show it: not by itself, and not within the
// SDK's clients, where it cannot call Format but stops at pointers.
type static struct{ keys *keys }

type keys struct{ id, key, token string }

func newStatic(id, key, token string) *static { return &static{&keys{id, key, token}} }

// complete reports whether there is something to sign with.
func (s *static) complete() bool { return s.keys.id != "" && s.keys.key != "" }

func (s *static) GetSecretId() string  { return s.keys.id }
func (s *static) GetSecretKey() string { return s.keys.key }
func (s *static) GetToken() string     { return s.keys.token }
func (s *static) GetCredential() (string, string, string) {
	return s.keys.id, s.keys.key, s.keys.token
}
func (s *static) String() string { return "tencent static credentials" }

// Format keeps every verb of fmt from showing the keys.
func (s *static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// errNoKeys is what a credential is refused with that has no ID or key when it is asked.
var errNoKeys = errors.New("the source gave no secret ID or no secret key")

// source returns how to get the credentials for one attempt. The SDK would sign with whatever
// GetCredential gives, even with nothing.
func source(cred common.CredentialIface, timeout time.Duration) func(context.Context) (common.CredentialIface, error) {
	switch c := cred.(type) {
	case *static:
		return func(context.Context) (common.CredentialIface, error) { return c, nil }
	case *role:
		return attempt.NewSource(timeout, func() (common.CredentialIface, error) { return c.current() }).Get
	default:
		return attempt.NewSource(timeout, func() (common.CredentialIface, error) {
			s := newStatic(cred.GetCredential())
			if !s.complete() {
				return nil, errNoKeys
			}
			return s, nil
		}).Get
	}
}

// DefaultCredentials finds credentials where the SDK's default chain does: the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, and TENCENTCLOUD_SECURITY_TOKEN, which the
// SDK does not read), the file that TENCENTCLOUD_CREDENTIALS_FILE names or
// ~/.tencentcloud/credentials, the role of the CVM instance. The first source that is set up is
// used; if it fails, or none is set up, the error satisfies cgw.ErrUnauthenticated and says
// what each of them answered.
//
// Those of a role are read anew once a minute. Unlike with the SDK, a read that fails is an
// error that satisfies cgw.ErrUnauthenticated; stale keys are never used.
func DefaultCredentials(ctx context.Context) (common.CredentialIface, error) {
	find := attempt.NewSource(0, func() (common.CredentialIface, error) {
		env, envErr := common.DefaultEnvProvider().GetCredential()
		if envErr == nil {
			return newStatic(env.GetSecretId(), env.GetSecretKey(), os.Getenv("TENCENTCLOUD_SECURITY_TOKEN")), nil
		}
		if isSet("TENCENTCLOUD_SECRET_ID") && isSet("TENCENTCLOUD_SECRET_KEY") {
			return nil, fmt.Errorf("environment: %w", clean(envErr))
		}
		file, fileErr := common.DefaultProfileProvider().GetCredential()
		if fileErr == nil {
			return newStatic(file.GetSecretId(), file.GetSecretKey(), file.GetToken()), nil
		}
		if isSet("TENCENTCLOUD_CREDENTIALS_FILE") {
			return nil, fmt.Errorf("credentials file: %w", clean(fileErr))
		}
		r := &role{provider: common.DefaultCvmRoleProvider()}
		if _, err := r.current(); err != nil {
			return nil, fmt.Errorf("no credentials found: environment: %w; credentials file: %w; CVM role: %w", clean(envErr), clean(fileErr), clean(err))
		}
		return r, nil
	})
	cred, err := find.Get(ctx)
	if err != nil {
		return nil, attempt.NoCredentials(ctx, cgw.Tencent, err)
	}
	return cred, nil
}

func isSet(name string) bool {
	_, ok := os.LookupEnv(name)
	return ok
}

// clean keeps out of the text what a source quotes, and the address of the metadata service.
func clean(err error) error { return exchange.CleanSource(err) }

// roleAge is how long the keys of a role are used. The metadata service renews them long
// before they expire.
const roleAge = time.Minute

// role is the credentials of a CVM role. The SDK's own type goes on with stale keys when it
// cannot read new ones.
type role struct {
	provider common.Provider

	mu   sync.Mutex
	keys *static
	read time.Time
}

func (r *role) current() (*static, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil && time.Since(r.read) < roleAge {
		return r.keys, nil
	}
	cred, err := r.provider.GetCredential()
	if err != nil {
		return nil, err
	}
	s := newStatic(cred.GetCredential())
	if !s.complete() {
		return nil, errNoKeys
	}
	r.keys, r.read = s, time.Now()
	return s, nil
}

// The methods of common.CredentialIface serve other users of the SDK; a Provisioner uses
// current, which can fail.

func (r *role) GetCredential() (string, string, string) {
	keys, err := r.current()
	if err != nil {
		return "", "", ""
	}
	return keys.GetCredential()
}

func (r *role) GetSecretId() string  { id, _, _ := r.GetCredential(); return id }
func (r *role) GetSecretKey() string { _, key, _ := r.GetCredential(); return key }
func (r *role) GetToken() string     { _, _, token := r.GetCredential(); return token }
func (r *role) String() string       { return "tencent CVM role credentials" }

// Format is as that of static.
func (r *role) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }
