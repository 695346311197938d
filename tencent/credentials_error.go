package tencent

import (
	"errors"
	"strconv"
	"strings"

	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
)

// outages are codes of the token service and of the SDK for temporary failures. Each includes its
// sub-codes. The HTTP status does not help: the token service answers every request with 200.
var outages = [...]string{
	"ClientError.NetworkError", "ClientError.IOError", "InternalError", "RequestLimitExceeded", "ServiceUnavailable", "ResourceUnavailable",
}

// readSDK returns the credential.Error for an error of one of the SDK's providers.
func readSDK(err error, secrets ...string) *credential.Error {
	var sdk *sdkerrors.TencentCloudSDKError
	if !errors.As(err, &sdk) {
		return credential.Wrap(err, secrets...)
	}
	switch sdk.Code {
	case "ClientError.NetworkError":
		if inner := errors.Unwrap(sdk); inner != nil {
			return credential.Wrap(inner, secrets...)
		}
	case "ClientError.HttpStatusCodeError":
		// Request fail with http status code: 503 Service Unavailable, with body: …
		_, status, _ := strings.Cut(sdk.Message, "status code: ")
		status, _, _ = strings.Cut(status, " ")
		n, err := strconv.Atoi(strings.TrimSuffix(status, ","))
		if err != nil || credential.OutageStatus(n) {
			return credential.Outage("HTTP " + strconv.Itoa(n))
		}
		return credential.Refused("HTTP " + strconv.Itoa(n))
	case "ClientError.ParseJsonError":
		return credential.Outage("the token service did not answer in JSON") // its message quotes the reply, which may hold secrets
	}
	e := &credential.Error{Kind: cgw.ErrUnauthenticated}
	if passes(sdk.Code) {
		e.Kind = cgw.ErrUnavailable
	}
	text := sdk.Code + ": " + credential.Text(sdk.Message, secrets...)
	if sdk.RequestId != "" {
		text += " (request " + credential.Text(sdk.RequestId) + ")"
	}
	e.Err = errors.New(text)
	return e
}

// passes reports whether a code means an outage.
func passes(code string) bool {
	for _, outage := range outages {
		if code == outage || strings.HasPrefix(code, outage+".") {
			return true
		}
	}
	return false
}
