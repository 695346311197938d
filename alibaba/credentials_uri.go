package alibaba

import (
	"encoding/json"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw/internal/credential"
)

// session is keys that expire, in the form of the metadata service and of a credentials URI.
type session struct {
	keys    providers.Credentials
	expires time.Time
}

// valid reports whether the keys are used on, by the SDK's measure.
func (s *session) valid() bool { return time.Until(s.expires) > 3*time.Minute }

// read takes the keys from a reply of HTTP 200. With a code that is not "Success", coded says, the
// reply has none; the SDK's reader of a URI does not look at it.
func (s *session) read(text []byte, coded bool, provider string) *credential.Error {
	var reply struct { //nolint:revive // the vendor's names
		Code                                                    any
		AccessKeyId, AccessKeySecret, SecurityToken, Expiration string
	}
	err := json.Unmarshal(text, &reply)
	expires, malformed := time.Parse(time.RFC3339, reply.Expiration)
	if err != nil || malformed != nil || reply.AccessKeyId == "" || reply.AccessKeySecret == "" || reply.SecurityToken == "" || coded && reply.Code != "Success" {
		lacks := "AccessKeyId, AccessKeySecret, SecurityToken or Expiration"
		if coded {
			lacks = "the code Success, " + lacks
		}
		return credential.Lacking(text, passing.MatchString, "the reply lacks "+lacks)
	}
	s.expires = expires
	s.keys = providers.Credentials{
		AccessKeyId: reply.AccessKeyId, AccessKeySecret: reply.AccessKeySecret, SecurityToken: reply.SecurityToken, ProviderName: provider,
	}
	return nil
}

// uri reads credentials from an address. The SDK's own provider says of no failure whether the
// address was at fault or its server.
type uri struct {
	address string
	session session
}

func (u *uri) GetProviderName() string { return "credential_uri" }

func (u *uri) GetCredentials() (*providers.Credentials, error) {
	const timeout = 15 * time.Second // as the SDK's
	const doing = "refresh credentials from GET [link]"
	if !u.session.valid() {
		text, _, failed := credential.Fetch(u.address, timeout)
		if failed == nil {
			failed = u.session.read(text, false, u.GetProviderName())
		}
		if failed != nil {
			return nil, failed.In(doing)
		}
	}
	keys := u.session.keys
	return &keys, nil
}
