package alibaba

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/exchange"
)

// ecsRole reads the credentials of the instance's role. It is used in place of the SDK's provider,
// which treats any page as the name of a role, and does not report the code of a failure.
type ecsRole struct {
	role    string // "": ask the metadata service for the name of the role
	session session
}

func (e *ecsRole) GetProviderName() string { return "ecs_ram_role" }

func (e *ecsRole) GetCredentials() (*providers.Credentials, error) {
	if !e.session.valid() {
		if failed := e.renew(); failed != nil {
			return nil, failed
		}
	}
	keys := e.session.keys
	return &keys, nil
}

// metadataService is the address of the metadata service, as in the SDK.
const metadataService = "http://100.100.100.200/latest/"

var errNoService = errors.New("no metadata service")

// renew reads new keys. It asks with a token (IMDSv2). If that fails, it asks without one (IMDSv1),
// unless ALIBABA_CLOUD_IMDSV1_DISABLED is true.
func (e *ecsRole) renew() *credential.Error {
	const timeout = 2 * time.Second // as in the SDK
	oldForm := !isTrue("ALIBABA_CLOUD_IMDSV1_DISABLED")
	token, status, failed := credential.Metadata(http.MethodPut, metadataService+"api/token",
		http.Header{"X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds": {"21600"}}, timeout)
	if failed != nil && !oldForm {
		return unreached(failed.In("token of the metadata service"), status)
	}
	get := func(path string) (reply []byte, status int, failed *credential.Error) {
		address := metadataService + "meta-data/ram/security-credentials/" + path
		if len(token) > 0 {
			header := http.Header{"X-Aliyun-Ecs-Metadata-Token": {strings.TrimSpace(string(token))}}
			if reply, status, failed = credential.Metadata(http.MethodGet, address, header, timeout); failed == nil || !oldForm {
				return reply, status, failed
			}
		}
		return credential.Metadata(http.MethodGet, address, nil, timeout)
	}
	role := e.role
	if role == "" {
		name, status, failed := get("")
		role = strings.TrimSpace(string(name))
		switch {
		case status == http.StatusNotFound:
			return credential.Refused("the instance has no role")
		case failed != nil:
			return unreached(failed, status)
		case role == "" || exchange.CleanName(role) == "":
			return credential.Outage("the metadata service did not answer with the name of a role")
		}
	}
	text, _, failed := get(url.PathEscape(role))
	if failed == nil {
		failed = e.session.read(text, true, e.GetProviderName())
	}
	if failed != nil {
		return failed.In("refresh Ecs sts token")
	}
	return nil
}

// unreached returns failed. If there was no reply, the result also satisfies errNoService.
func unreached(failed *credential.Error, status int) *credential.Error {
	if status != 0 {
		return failed
	}
	return &credential.Error{Kind: failed.Kind, Err: fmt.Errorf("%w: %w", errNoService, failed.Err)}
}
