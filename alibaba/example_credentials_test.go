package alibaba_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
)

func ExampleStaticCredentials() {
	_, err := alibaba.New(alibaba.Config{
		Region:      "cn-hangzhou",
		Credentials: alibaba.StaticCredentials("LTAIEXAMPLE\n", "secret", ""), // read from a file, with its line end
	})
	fmt.Println(err)
	// Output: cgw: alibaba New: invalid argument: Credentials: the access key ID ends with a line break
}

func ExampleDefaultCredentials() {
	cred, err := alibaba.DefaultCredentials(context.Background())
	if err != nil {
		log.Fatal(err) // cgw.IsRetryable(err): the source is down; else nothing is set up, or it was refused
	}
	p, err := alibaba.New(alibaba.Config{Region: "cn-hangzhou", Credentials: cred})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
}

// An assumed role, by the SDK's own type. Its other types are as easy to use: oidc_role_arn,
// ecs_ram_role, credentials_uri, sts, bearer.
func ExampleConfig_assumedRole() {
	kind, id, secret, role := "ram_role_arn", "LTAIEXAMPLE", "secret", "acs:ram::1000000000000001:role/network"
	cred, err := credentials.NewCredential(&credentials.Config{
		Type: &kind, AccessKeyId: &id, AccessKeySecret: &secret, RoleArn: &role,
	})
	if err != nil {
		log.Fatal(err)
	}
	p, err := alibaba.New(alibaba.Config{Region: "cn-hangzhou", Credentials: cred})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
}

var errSealed = errors.New("vault is sealed")

// vault is a source of keys of your own. The SDK's interface has further methods, which cgw
// does not call.
type vault struct {
	credentials.Credential
	read func() (id, secret, token string, err error)
}

// GetCredential implements credentials.Credential.
func (v vault) GetCredential() (*credentials.CredentialModel, error) {
	id, secret, token, err := v.read()
	if errors.Is(err, errSealed) {
		return nil, fmt.Errorf("%w: %w", cgw.ErrUnavailable, err) // an outage: calls are retryable
	}
	if err != nil {
		return nil, err // refused: cgw.ErrUnauthenticated
	}
	kind := "sts"
	return &credentials.CredentialModel{AccessKeyId: &id, AccessKeySecret: &secret, SecurityToken: &token, Type: &kind}, nil
}

// A source of your own, which rotates its keys.
func ExampleConfig_rotating() {
	source := vault{read: func() (string, string, string, error) { return "", "", "", errSealed }}
	p, err := alibaba.New(alibaba.Config{
		Region:      "cn-hangzhou",
		Credentials: source,
		Retry:       cgw.RetryPolicy{MaxAttempts: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	_, err = p.Get(context.Background(), "cgw-1")
	fmt.Println(err)
	fmt.Println("retryable:", cgw.IsRetryable(err))
	// Output:
	// cgw: alibaba Get cgw-1: service unavailable: credentials: service unavailable: vault is sealed
	// retryable: true
}
