package main

import (
	"context"
	"errors"
	"os"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/aliyun/credentials-go/credentials/providers"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/tencent"
)

// The session name of assumed roles, and their duration in seconds.
const (
	session  = "cgw-fleet"
	duration = 3600
)

// keys are the values of three environment variables.
type keys struct{ id, secret, token string }

// keysOfEnv reads the environment variables whose names have this prefix.
func keysOfEnv(prefix, id, secret, token string) (keys, error) {
	k := keys{os.Getenv(prefix + id), os.Getenv(prefix + secret), os.Getenv(prefix + token)}
	if k.id == "" || k.secret == "" {
		return k, errors.New("credentials.env: the variables " + prefix + id + " and " + prefix + secret + " must be set")
	}
	return k, nil
}

// tencentCredentials returns the keys of a target, and the ID of the key if it is known.
func tencentCredentials(ctx context.Context, c credentialsForm) (cred common.CredentialIface, id string, err error) {
	switch {
	case c.Env != "":
		k, err := keysOfEnv(c.Env, "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
		if err != nil {
			return nil, "", err
		}
		cred, id = tencent.StaticCredentials(k.id, k.secret, k.token), k.id
	case c.Profile != "":
		cred = tencent.ProviderCredentials(common.NewTccliProfileProvider(c.Profile))
	default:
		if cred, err = tencent.DefaultCredentials(ctx); err != nil {
			return nil, "", err
		}
	}
	if c.Role != "" {
		role := common.NewRoleArnProviderWithCredential(cred, c.Role, session, duration)
		return tencent.ProviderCredentials(role), "", nil
	}
	return cred, id, nil
}

// alibabaCredentials is tencentCredentials for the other cloud.
func alibabaCredentials(ctx context.Context, c credentialsForm) (cred credentials.Credential, id string, err error) {
	switch {
	case c.Env != "":
		k, err := keysOfEnv(c.Env, "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN")
		if err != nil {
			return nil, "", err
		}
		cred, id = alibaba.StaticCredentials(k.id, k.secret, k.token), k.id
	case c.Profile != "":
		p, err := providers.NewCLIProfileCredentialsProviderBuilder().WithProfileName(c.Profile).Build()
		if err != nil {
			return nil, "", err
		}
		cred = credentials.FromCredentialsProvider("profile", p)
	default:
		if cred, err = alibaba.DefaultCredentials(ctx); err != nil {
			return nil, "", err
		}
	}
	if c.Role != "" {
		role, err := providers.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(provided{cred}).
			WithRoleArn(c.Role).WithRoleSessionName(session).WithDurationSeconds(duration).Build()
		if err != nil {
			return nil, "", err
		}
		return credentials.FromCredentialsProvider("role", role), "", nil
	}
	return cred, id, nil
}

// provided turns the SDK's Credential into the SDK's CredentialsProvider.
type provided struct{ credentials.Credential }

func (p provided) GetProviderName() string { return session }

func (p provided) GetCredentials() (*providers.Credentials, error) {
	m, err := p.GetCredential()
	if err != nil {
		return nil, err
	}
	k := &providers.Credentials{ProviderName: session}
	for _, f := range []struct{ to, from *string }{
		{&k.AccessKeyId, m.AccessKeyId}, {&k.AccessKeySecret, m.AccessKeySecret}, {&k.SecurityToken, m.SecurityToken},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	return k, nil
}
