package alibaba

import (
	"encoding/json"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw/internal/credential"
)

// uri reads credentials from an address. The SDK's own provider does not say whether the address or
// its server was at fault.
type uri struct {
	address string
	keys    providers.Credentials
	expires time.Time
}

func (u *uri) GetProviderName() string { return "credential_uri" }

func (u *uri) GetCredentials() (*providers.Credentials, error) {
	const timeout, early = 15 * time.Second, 3 * time.Minute // as the SDK's
	if time.Until(u.expires) > early {
		keys := u.keys
		return &keys, nil
	}
	const doing = "refresh credentials from GET [link]"
	text, _, failed := credential.Fetch(u.address, timeout)
	if failed != nil {
		return nil, failed.In(doing)
	}
	var reply struct{ AccessKeyId, AccessKeySecret, SecurityToken, Expiration string } //nolint:revive // the vendor's names
	if json.Unmarshal(text, &reply) != nil {
		return nil, credential.Refused(doing + ": the reply is not JSON")
	}
	expires, err := time.Parse(time.RFC3339, reply.Expiration)
	if err != nil || reply.AccessKeyId == "" || reply.AccessKeySecret == "" || reply.SecurityToken == "" {
		return nil, credential.Refused(doing + ": the reply lacks AccessKeyId, AccessKeySecret, SecurityToken or Expiration")
	}
	u.keys = providers.Credentials{
		AccessKeyId: reply.AccessKeyId, AccessKeySecret: reply.AccessKeySecret, SecurityToken: reply.SecurityToken,
		ProviderName: u.GetProviderName(),
	}
	u.expires = expires
	keys := u.keys
	return &keys, nil
}
