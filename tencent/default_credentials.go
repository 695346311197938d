package tencent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/exchange"
)

// DefaultCredentials finds credentials. It looks for the sources below, in this order: first the
// sources that the environment names, then the sources on the machine. It uses the first source that
// is set up. If that source fails, DefaultCredentials fails: it never takes another identity.
//
//  1. Keys: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, with the token in
//     TENCENTCLOUD_TOKEN, TENCENTCLOUD_SECURITY_TOKEN or TENCENTCLOUD_SESSION_TOKEN; or the
//     keys of a cloud function, TENCENTCLOUD_SECRETID, _SECRETKEY and _SESSIONTOKEN.
//  2. The identity of a pod of TKE: TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE
//     and TKE_ROLE_ARN.
//  3. The credentials file that TENCENTCLOUD_CREDENTIALS_FILE names.
//  4. The profile of TCCLI that TCCLI_PROFILE names.
//  5. The file ~/.tencentcloud/credentials.
//  6. The role of the CVM instance.
//
// The SDK's own default chain has fewer sources: the keys without a token, the files of 3 and 5, and
// the role.
//
// It is an error if a source is only partly set up: a variable is missing or empty. It is also an
// error if a variable that cgw does not read holds credentials, unless one of the first four sources is
// set up. cgw assumes no role that a variable names. So it is always an error if
// TENCENTCLOUD_ASSUME_ROLE_ARN or TENCENTCLOUD_ROLE_ARN is set.
//
// An error satisfies cgw.ErrUnauthenticated, or cgw.ErrUnavailable if the source is down, and says
// what was tried. The credentials of the CVM role are read again after one minute, the credentials of
// TKE after ten minutes, and all of them, also those of a file, if the service refuses them. If
// that read fails, the call fails. Stale keys are never used.
func DefaultCredentials(ctx context.Context) (common.CredentialIface, error) {
	cred, err := credential.NewSource(0, find, nil).Get(ctx)
	if err != nil {
		return nil, credential.Fail(ctx, cgw.Tencent, err)
	}
	return cred, nil
}

// tokens are the variables that may hold the token of the keys. They are used by the vendor's command
// line and API tools, by its Terraform provider, and by programs that follow its function service.
var tokens = [...]string{"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"}

// pod are the variables that TKE sets for the identity of a pod.
var pod = [...]string{"TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"}

// notRead are variables that hold credentials for other programs, and that cgw does not read:
// Terraform, and older tools.
var notRead = [...]string{
	"TENCENTCLOUD_PROFILE", "TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "TENCENTCLOUD_CAM_ROLE_NAME",
	"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE", "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION",
	"TENCENT_SECRET_ID", "TENCENT_CLOUD_SECRET_ID", "QCLOUD_SECRET_ID",
}

// roles are variables that name a role which Terraform and TCCLI assume. cgw does not assume it.
var roles = [...]string{"TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN"}

// find returns the credentials of the first source that is set up.
func find() (common.CredentialIface, error) {
	if cred, err := named(); cred != nil || err != nil {
		return cred, err
	}
	for _, name := range notRead {
		if os.Getenv(name) != "" {
			return nil, credential.Refused("environment: " + name + " is set, which is not read: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY")
		}
	}
	if file := defaultFile(); file != "" {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			return started("credentials file", 0, common.DefaultProfileProvider())
		}
	}
	r := &provided{name: "tencent CVM role credentials", maxAge: providedAge, get: cvmRole}
	if _, err := r.current(false); err != nil {
		e := credential.Wrap(err)
		const none = "no credentials found: environment: TENCENTCLOUD_SECRET_ID is not set; credentials file: none; CVM role"
		if e = e.In(none); errors.Is(err, errNoService) {
			e.Kind = cgw.ErrUnauthenticated // as on a machine that is not an instance
		}
		return nil, e
	}
	return r, nil
}

// named returns the credentials that the environment names, or nil. It is an error if a variable of a
// source is missing or empty.
func named() (common.CredentialIface, error) {
	for _, name := range roles {
		if os.Getenv(name) != "" {
			return nil, credential.RoleNotAssumed(name)
		}
	}
	for _, names := range [...]struct {
		id, key string
		tokens  []string
	}{
		{"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", tokens[:]},
		{"TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", []string{"TENCENTCLOUD_SESSIONTOKEN"}},
	} {
		if cred, err := keysOf(names.id, names.key, names.tokens); cred != nil || err != nil {
			return cred, err
		}
	}
	switch missing := unset(pod[:]); {
	case len(missing) == 0:
		return started("TKE", tkeAge, tke{})
	case credential.Present(pod[1:]...): // the region alone names no identity
		return nil, credential.Refused("environment: the identity of a pod is incomplete: " + strings.Join(missing, ", ") + " not set, or empty")
	}
	if credential.Present(common.EnvCredentialFile) {
		return started("credentials file", 0, common.DefaultProfileProvider())
	}
	switch profile := common.EnvTCCLIProfile; {
	case os.Getenv(profile) != "":
		return started("TCCLI profile", 0, common.DefaultTccliProfileProvider())
	case credential.Present(profile):
		return nil, credential.Refused("environment: " + profile + " is set, but empty")
	}
	return nil, nil //nolint:nilnil // none is named
}

// keysOf returns the keys in environment variables. It returns nil if none of the variables is set, and
// an error if only some are set.
func keysOf(id, key string, tokens []string) (common.CredentialIface, error) {
	token, from := "", ""
	for _, name := range tokens {
		switch v := os.Getenv(name); {
		case v == "" || v == token:
		case token != "":
			return nil, credential.Refused("environment: " + from + " and " + name + " hold different tokens")
		default:
			token, from = v, name
		}
	}
	switch missing := unset([]string{id, key}); {
	case len(missing) == 0:
		s := newStatic(os.Getenv(id), os.Getenv(key), token)
		if flaw := s.unusable(); flaw != "" {
			return nil, credential.Refused("environment: " + flaw)
		}
		return s, nil
	case credential.Present(id, key):
		return nil, credential.Refused("environment: " + strings.Join(missing, " and ") + " not set, or empty")
	case token != "":
		return nil, credential.Refused("environment: " + from + " is set, but " + id + " and " + key + " are not")
	}
	return nil, nil //nolint:nilnil // none is set
}

// unset returns the names of the variables that are not set, or empty.
func unset(names []string) []string {
	var missing []string
	for _, name := range names {
		if os.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

// started asks a provider for keys once. It returns credentials that ask this provider, or the error of
// the first read. place names the source in errors.
func started(place string, maxAge time.Duration, p common.Provider) (common.CredentialIface, error) {
	c := ProviderCredentials(p).(*provided)
	get := c.get
	c.name, c.maxAge = "tencent credentials: "+place, maxAge
	c.get = func(last *static) (*static, error) {
		s, err := get(last)
		if err == nil {
			s, err = s.usable()
		}
		if err != nil {
			return nil, credential.Wrap(err).In(place)
		}
		return s, nil
	}
	if _, err := c.current(false); err != nil {
		return nil, err
	}
	return c, nil
}

// defaultFile returns the path at which the SDK looks for the credentials file, or "".
func defaultFile() string {
	home, err := os.UserHomeDir() // $HOME, or %USERPROFILE% on Windows
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".tencentcloud", "credentials")
}

// tkeAge is how long the keys of a pod are used. The SDK asks for keys of two hours, and the
// service allows 80 such requests a second. Tencent Cloud, document 1150/49443.
const tkeAge = 10 * time.Minute

// tke is a provider for the identity of a pod. It makes a new SDK provider for every read, because that
// provider reads the variables and the token only when it is made.
type tke struct{}

func (tke) GetCredential() (common.CredentialIface, error) {
	p, err := common.DefaultTkeOIDCRoleArnProvider()
	if err != nil {
		return nil, err
	}
	cred, err := p.GetCredential()
	if err != nil {
		token, _ := os.ReadFile(os.Getenv("TKE_WEB_IDENTITY_TOKEN_FILE"))
		return nil, readSDK(err, string(token))
	}
	return cred, nil
}

// metadata is the address of the credentials of the instance's role.
// Tencent Cloud, document 213/4934.
const metadata = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/"

var errNoService = errors.New("no metadata service")

// cvmRole reads the credentials of the instance's role. It is used in place of the SDK's provider, which
// treats every reply except a 404 as a role name or as credentials, and does not say why it failed.
func cvmRole(*static) (*static, error) {
	const timeout = 5 * time.Second
	name, status, failed := credential.Metadata(http.MethodGet, metadata, nil, timeout)
	switch {
	case status == 0 && failed != nil:
		return nil, &credential.Error{Kind: failed.Kind, Err: fmt.Errorf("%w: %w", errNoService, failed.Err)}
	case status == 404:
		return nil, credential.Refused("the instance has no role")
	case failed != nil:
		return nil, failed
	}
	role := strings.TrimSpace(string(name))
	if role == "" || exchange.CleanName(role) == "" {
		return nil, credential.Outage("the metadata service did not answer with the name of a role")
	}
	text, _, failed := credential.Metadata(http.MethodGet, metadata+role, nil, timeout)
	if failed != nil {
		return nil, failed
	}
	var reply struct{ Code, TmpSecretId, TmpSecretKey, Token string } //nolint:revive // the vendor's names
	if json.Unmarshal(text, &reply) != nil || reply.Code != "Success" {
		return nil, credential.Lacking(text, passes, "the reply of the metadata service lacks the code Success").In("metadata service")
	}
	return newStatic(reply.TmpSecretId, reply.TmpSecretKey, reply.Token).usable()
}
