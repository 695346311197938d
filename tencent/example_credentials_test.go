package tencent_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
)

func ExampleStaticCredentials() {
	p, err := tencent.New(tencent.Config{
		Region:      "ap-guangzhou",
		Credentials: tencent.StaticCredentials("AKIDEXAMPLE", "secret-key\n", ""), // read from a file, with its line end
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	// Output: cgw: tencent New: invalid argument: Credentials: the secret key ends with a line break
}

func ExampleDefaultCredentials() {
	ctx := context.Background()
	cred, err := tencent.DefaultCredentials(ctx)
	switch {
	case cgw.IsRetryable(err):
		log.Fatal("the source of credentials is down, try later: ", err)
	case err != nil:
		log.Fatal("nothing is set up, or it was refused: ", err)
	}
	p, err := tencent.New(tencent.Config{Region: "ap-guangzhou", Credentials: cred})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
}

// An assumed role. The role is assumed with credentials of any kind.
func ExampleProviderCredentials() {
	base, err := tencent.DefaultCredentials(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	role := common.DefaultRoleArnProviderWithCredential(base, "qcs::cam::uin/100000000001:roleName/network")
	role.Endpoint = "sts.intl.tencentcloudapi.com" // of the international site; empty: sts.tencentcloudapi.com
	p, err := tencent.New(tencent.Config{Region: "ap-guangzhou", Credentials: tencent.ProviderCredentials(role)})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
}

// vault is a source of keys of your own. An error of it that satisfies cgw.ErrUnavailable is an
// outage: calls are retryable. Any other error is a refusal: cgw.ErrUnauthenticated.
type vault func() (id, key, token string, err error)

// GetCredential implements common.Provider.
func (v vault) GetCredential() (common.CredentialIface, error) {
	id, key, token, err := v()
	if err != nil {
		return nil, err
	}
	return common.NewTokenCredential(id, key, token), nil
}

// A source of your own, which rotates its keys.
func ExampleProviderCredentials_rotating() {
	source := vault(func() (id, key, token string, err error) {
		return "", "", "", fmt.Errorf("vault is sealed: %w", cgw.ErrUnavailable)
	})
	p, err := tencent.New(tencent.Config{
		Region: "ap-guangzhou", Credentials: tencent.ProviderCredentials(source), Retry: cgw.RetryPolicy{MaxAttempts: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	_, err = p.Get(context.Background(), "cgw-1")
	fmt.Println(err)
	// Output: cgw: tencent Get cgw-1: service unavailable: credentials: vault is sealed: service unavailable
}
