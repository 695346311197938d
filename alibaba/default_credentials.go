package alibaba

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
)

// DefaultCredentials finds credentials. It looks for the sources below, in this order: first the
// sources that the environment names, then the sources on the machine. It uses the first source that
// is set up. If that source fails, DefaultCredentials fails: it never takes another identity.
//
//  1. Keys: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, if they are
//     temporary, ALIBABA_CLOUD_SECURITY_TOKEN.
//  2. An OIDC token, for example of a pod with RRSA: ALIBABA_CLOUD_ROLE_ARN,
//     ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE (or _OIDC_TOKEN).
//  3. The configuration file of the command line tool that ALIBABA_CLOUD_CONFIG_FILE names.
//  4. The credentials file that ALIBABA_CLOUD_CREDENTIALS_FILE names.
//  5. The role of the ECS instance that ALIBABA_CLOUD_ECS_METADATA names.
//  6. The address that ALIBABA_CLOUD_CREDENTIALS_URI names.
//  7. ~/.aliyun/config.json, unless ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true.
//  8. ~/.alibabacloud/credentials.
//  9. The role of the ECS instance, unless ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.
//
// ALIBABA_CLOUD_PROFILE chooses the profile in the files. These are the sources of the SDK's
// default chain, but the order differs: the SDK reads the files of 7 and 8 and the role of 9 before
// the URI of 6. The SDK also continues with the next source if one fails.
//
// It is an error if a source is only partly set up (a variable is missing or empty), or if another
// variable disables it. It is also an error if a variable that cgw does not read holds credentials,
// unless one of the first six sources is set up. cgw assumes no role for keys in the environment. So it
// is always an error if ALICLOUD_ASSUME_ROLE_ARN is set, or if ALIBABA_CLOUD_ROLE_ARN is set with
// keys and without OIDC.
//
// An error satisfies cgw.ErrUnauthenticated, or cgw.ErrUnavailable if the source is down, and says
// what was tried. Credentials are read again before they expire, and if the service refuses them. If
// that read fails, the call fails, and the next call looks for a source again.
func DefaultCredentials(ctx context.Context) (credentials.Credential, error) {
	c := &chain{}
	if _, err := credential.NewSource(0, c.GetCredential, nil).Get(ctx); err != nil {
		return nil, credential.Fail(ctx, cgw.Alibaba, err)
	}
	return c, nil
}

// notRead are variables that hold credentials for other programs, and that cgw does not read:
// Terraform, Ansible, and the vendor's packages for single services.
var notRead = [...]string{
	"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN", "ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET",
	"ALIBABA_CLOUD_ACCESS_KEY", "ALIBABA_CLOUD_SECRET_KEY", "ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET",
	"ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET",
	"ALICLOUD_PROFILE", "ALICLOUD_SHARED_CREDENTIALS_FILE", "ALICLOUD_ECS_ROLE_NAME", "ALICLOUD_CREDENTIALS_URI",
}

const (
	anyRole    = "role of the ECS instance"
	nothingSet = "unable to get credentials from any of the providers in the chain: environment: ALIBABA_CLOUD_ACCESS_KEY_ID is not set; ~/.aliyun/config.json and ~/.alibabacloud/credentials: none"
)

// find returns the first source that is set up, and its name for errors.
func find() (place string, from providers.CredentialsProvider, err error) {
	place, from, err = named()
	if from != nil || err != nil {
		return place, from, inPlace(place, err)
	}
	for _, name := range notRead {
		if isSet(name) {
			return "", nil, credential.Refused("environment: " + name + " is set, which is not read: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET")
		}
	}
	profile := os.Getenv(profileName)
	tool, file := inHome(".aliyun", "config.json"), inHome(".alibabacloud", "credentials")
	switch {
	case !isTrue(configOff) && exists(tool) && (profile == "" || !exists(file) || holds(tool, profile)):
		place = "~/.aliyun/config.json"
		from, err = orError(providers.NewCLIProfileCredentialsProviderBuilder().Build())
	case exists(file):
		place = "~/.alibabacloud/credentials"
		from, err = orError(providers.NewProfileCredentialsProviderBuilder().Build())
	case profile != "":
		err = credential.Refused("environment: " + profileName + " is set, but there is no file with profiles")
	case isTrue(metadataOff):
		err = credential.Refused(nothingSet + "; " + anyRole + ": " + metadataOff + " is true")
	default:
		place, from = anyRole, &ecsRole{}
	}
	return place, from, inPlace(place, err)
}

// named returns the source that the environment names, or nil. It is an error if a variable of the
// source is missing or empty, or if another variable disables the source.
func named() (place string, from providers.CredentialsProvider, err error) {
	const id, secret, token = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"
	const role, oidc, oidcToken, oidcFile = "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	switch {
	case isSet(terraformRole):
		return "", nil, credential.RoleNotAssumed(terraformRole)
	case credential.Present(id, secret) || isSet(token):
		if isSet(role) && !isSet(oidc, oidcToken, oidcFile) {
			return "", nil, credential.RoleNotAssumed(role)
		}
		if err = incomplete(id, secret); err == nil {
			from, err = orError(providers.NewEnvironmentVariableCredentialsProviderBuilder().Build())
		}
		return "environment", from, err
	case credential.Present(role, oidc, oidcToken, oidcFile):
		need := []string{role, oidc}
		if !isSet(oidcToken) {
			need = append(need, oidcFile)
		}
		if err = incomplete(need...); err == nil {
			from, err = orError(providers.NewOIDCCredentialsProviderBuilder().WithRoleSessionName(os.Getenv("ALIBABA_CLOUD_ROLE_SESSION_NAME")).Build())
		}
		return "OIDC", from, err
	}
	for _, source := range [...]struct {
		name, off string
		open      func(value string) (providers.CredentialsProvider, error)
	}{
		{configFile, configOff, func(string) (providers.CredentialsProvider, error) {
			return orError(providers.NewCLIProfileCredentialsProviderBuilder().Build())
		}},
		{credentialsFile, "", func(string) (providers.CredentialsProvider, error) {
			return orError(providers.NewProfileCredentialsProviderBuilder().Build())
		}},
		{"ALIBABA_CLOUD_ECS_METADATA", metadataOff, func(role string) (providers.CredentialsProvider, error) { return &ecsRole{role: role}, nil }},
		{"ALIBABA_CLOUD_CREDENTIALS_URI", "", func(address string) (providers.CredentialsProvider, error) { return &uri{address: address}, nil }},
	} {
		value, off := os.Getenv(source.name), isTrue(source.off)
		switch {
		case value != "" && off:
			return "environment", nil, credential.Refused(source.name + " names a source that " + source.off + "=true disables: unset one of them")
		case value != "":
			from, err = source.open(value)
			return source.name, from, err
		case credential.Present(source.name) && !off:
			return "environment", nil, credential.Refused(source.name + " is set, but empty")
		}
	}
	return "", nil, nil
}

// terraformRole names a role that Terraform and Ansible assume. cgw does not assume it.
const terraformRole = "ALICLOUD_ASSUME_ROLE_ARN"

// The variables of the files and of the metadata service.
const (
	configFile, configOff = "ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"
	credentialsFile       = "ALIBABA_CLOUD_CREDENTIALS_FILE" // #nosec G101 -- a name
	profileName           = "ALIBABA_CLOUD_PROFILE"
	metadataOff           = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"
)

// isSet reports whether at least one of the variables is set and not empty.
func isSet(names ...string) bool {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// incomplete returns an error that names the variables that are not set or empty. It returns nil if all
// are set.
func incomplete(names ...string) error {
	var missing []string
	for _, name := range names {
		if !isSet(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return credential.Refused("incomplete: " + strings.Join(missing, " and ") + " not set, or empty")
}

// orError returns p or err. A nil *T in an interface is not nil, so a failed p must not be returned.
func orError[P providers.CredentialsProvider](p P, err error) (providers.CredentialsProvider, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}

// inPlace adds the name of the source to an error.
func inPlace(place string, err error) error {
	switch {
	case err == nil:
		return nil
	case place == "":
		return err
	}
	return readSDK(err).In(place)
}

func isTrue(name string) bool { return strings.EqualFold(os.Getenv(name), "true") }

// inHome returns the path of a file below the home directory that the SDK uses, or "".
func inHome(dir, file string) string {
	home, err := os.UserHomeDir() // $HOME, or %USERPROFILE% on Windows
	if err != nil {
		return ""
	}
	return filepath.Join(home, dir, file)
}

func exists(file string) bool {
	if file == "" {
		return false
	}
	_, err := os.Stat(file)
	return !errors.Is(err, os.ErrNotExist)
}

// holds reports whether the configuration file of the command line tool has this profile.
func holds(file, profile string) bool {
	var c struct {
		Profiles []struct {
			Name string `json:"name"`
		} `json:"profiles"`
	}
	text, err := os.ReadFile(file) // #nosec G304 -- the SDK reads the same
	if err != nil || json.Unmarshal(text, &c) != nil {
		return true // the SDK will return the error
	}
	for _, p := range c.Profiles {
		if p.Name == profile {
			return true
		}
	}
	return false
}
