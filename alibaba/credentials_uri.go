package alibaba

import (
	"encoding/json"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw/internal/credential"
)

// session holds keys that expire, as the metadata service and a credentials URI return them.
type session struct {
	keys    providers.Credentials
	expires time.Time
}

// valid reports whether the keys can still be used. As in the SDK, they are renewed 3 minutes before
// they expire.
func (s *session) valid() bool { return time.Until(s.expires) > 3*time.Minute }

// read takes the keys from a reply with status 200. If coded is set, the reply must have the code
// "Success". The reply of a URI need not have a code: the SDK does not check it there.
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

// uri reads credentials from an address. It is used in place of the SDK's provider, whose errors do not
// distinguish a wrong address from a failure of the server.
type uri struct {
	address string
	session session
}

func (u *uri) GetProviderName() string { return "credential_uri" }

func (u *uri) GetCredentials() (*providers.Credentials, error) {
	const timeout = 15 * time.Second // as in the SDK
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
