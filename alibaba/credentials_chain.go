package alibaba

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw"
)

// chain is the result of DefaultCredentials. After a failure it looks for a source again. The SDK's own
// chain would ask only its last source after that.
type chain struct {
	mu    sync.Mutex
	place string                        // the name of the source, for errors
	from  providers.CredentialsProvider // nil: look for a source
	found bool                          // whether a read has succeeded before
}

// forget drops the source and its stored keys. The next read looks for a source again.
func (c *chain) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = nil
}

func (c *chain) GetCredential() (*credentials.CredentialModel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from == nil {
		place, from, err := find()
		if err != nil {
			return nil, err
		}
		c.place, c.from = place, from
	}
	keys, err := c.from.GetCredentials()
	if err != nil {
		c.from = nil
		e := readSDK(err)
		if c.place == anyRole {
			if !c.found && errors.Is(err, errNoService) {
				e.Kind = cgw.ErrUnauthenticated // as on every machine that is not an ECS instance
			}
			return nil, e.In(nothingSet + "; " + c.place)
		}
		return nil, e.In(c.place)
	}
	c.found = true
	kind, name := "default", "default/"+keys.ProviderName
	m := credentials.CredentialModel{
		AccessKeyId: &keys.AccessKeyId, AccessKeySecret: &keys.AccessKeySecret, SecurityToken: &keys.SecurityToken,
		Type: &kind, ProviderName: &name,
	}
	if _, err := (&static{m}).usable(); err != nil {
		c.from = nil
		return nil, readSDK(err).In(c.place)
	}
	return &m, nil
}

// The other methods of credentials.Credential are for other users of the SDK. cgw does not call them.

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

func (c *chain) GetBearerToken() *string { return nil }

func (c *chain) GetType() *string {
	kind := "default"
	return &kind
}

func (c *chain) String() string { return "alibaba default credentials" }

// Format hides the keys, as static.Format does.
func (c *chain) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
