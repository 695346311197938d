package alibaba

import (
	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/code"
)

// codes says what each error code of the VPC API and of the platform means, and whether a
// request that was answered with it may be sent again. The exact code wins over a family; a
// code that neither names has no Kind. docs/errors.md is made from it.
//
// Sources: Alibaba Cloud's document of CreateCustomerGateway (2021) and of the sibling
// operations, its page on idempotence (alibabacloud.com/help/doc-detail/36569.htm), its tables
// of common errors, and the codes that other programs are known to meet. "look first" stands
// where those repeat a request with the same token only.
var codes = code.New([]code.Row{
	// The operations on customer gateways.
	code.Never.Row("InvalidIpAddress.AlreadyExist", cgw.ErrAlreadyExists, "the address has a gateway in this region"),
	code.Never.Row("InvalidIpAddress.WrongFormat", cgw.ErrInvalidIPAddress, "not an address"),
	code.Never.Row("InvalidName", cgw.ErrInvalidName, "the name breaks the rules"),
	code.Never.Row("InvalidDescription", cgw.ErrInvalidDescription, "the description breaks the rules"),
	code.Never.Row("Resource.QuotaFull", cgw.ErrQuotaExceeded, "the quota is reached"),
	code.Never.Row("Forbidden", cgw.ErrPermissionDenied, "not authorized"),
	code.Never.Row("Forbbiden.SubUser", cgw.ErrPermissionDenied, "not authorized as a sub-account; the service's own spelling"),
	code.Never.Row("Forbidden.SubUser", cgw.ErrPermissionDenied, "not authorized as a sub-account; the spelling of newer pages"),
	code.Never.Row("InvalidCustomerGatewayInstanceId.NotFound", cgw.ErrNotFound, "no such gateway"),
	code.Never.Row("DependencyViolation.VpnConnection", cgw.ErrInUse, "IPsec connections use it"),
	code.Wait.Row("VpnGateway.task.conflict", cgw.ErrConflict, "the VPN is being configured"),
	code.Wait.Row("VpnGateway.Configuring", cgw.ErrConflict, "the VPN gateway is being configured"),
	code.Look.Row("OperationConflict", cgw.ErrConflict, "something else is being done in the account or region"),
	code.Look.Row("TaskConflict", cgw.ErrConflict, "operations follow each other too fast"),
	code.Look.Row("VpnTask.CONFLICT", cgw.ErrConflict, "another task of the VPN is running"),
	code.Look.Row("VPC_TASK_CONFLICT", cgw.ErrConflict, "another task of the VPC is running"),
	code.Look.Row("VpnConnection.Configuring", cgw.ErrConflict, "a connection is being configured"),
	code.Look.Row("Appliance.Configuring", cgw.ErrConflict, "an appliance is being configured"),
	code.Look.Row("VpnRouteEntry.Configuring", cgw.ErrConflict, "a route is being configured"),
	code.Look.Row("LastTokenProcessing", cgw.ErrConflict, "the first request with the token is still running"),
	code.Look.Row("OperationFailed.LastTokenProcessing", cgw.ErrConflict, "the first request with the token is still running"),
	code.Look.Row("OperationFailed.IdempotentTokenProcessing", cgw.ErrConflict, "the first request with the token is still running"),
	code.Look.Row("OperationFailed.ConcurrentOperation", cgw.ErrConflict, "a concurrent operation is running"),
	code.Look.Row("OperationFailed.DistibuteLock", cgw.ErrConflict, "a lock is held; the service's own spelling"),
	code.Look.Row("IncorrectStatus", cgw.ErrConflict, "the state does not allow it now"),
	code.Never.Row("IdempotentParameterMismatch", cgw.ErrInvalidArgument, "the token was used with other parameters"),
	code.Never.Row("InvalidIdempotenceParameter.Mismatch", cgw.ErrInvalidArgument, "the token was used with other parameters"),

	// The platform.
	code.Wait.Row("Throttling", cgw.ErrThrottled, "too many requests"),
	code.Wait.Row("Throttling.User", cgw.ErrThrottled, "too many requests of the user"),
	code.Wait.Row("Throttling.Api", cgw.ErrThrottled, "too many requests of the action"),
	code.Wait.Row("Rejected.Throttling", cgw.ErrThrottled, "too many requests"),
	code.Look.Row("ServiceUnavailable", cgw.ErrUnavailable, "the service is unavailable"),
	code.Look.Row("ServiceUnAvailable", cgw.ErrUnavailable, "the service is unavailable; another spelling"),
	code.Look.Row("SystemBusy", cgw.ErrUnavailable, "the service is busy"),
	code.Look.Row("InternalError", cgw.ErrUnavailable, "the service failed"),
	code.Look.Row("InternalFailure", cgw.ErrUnavailable, "the service failed"),
	code.Look.Row("InternalServerError", cgw.ErrUnavailable, "the service failed"),
	code.Look.Row("UnknownError", cgw.ErrUnavailable, "the service failed"),
	code.Never.Row("InvalidAccessKeyId", cgw.ErrUnauthenticated, "no such access key ID"),
	code.Never.Row("InvalidAccessKeyId.NotFound", cgw.ErrUnauthenticated, "no such access key ID"),
	code.Never.Row("InvalidAccessKeyId.Inactive", cgw.ErrUnauthenticated, "the access key is disabled"),
	code.Never.Row("NoEnabledAccessKey", cgw.ErrUnauthenticated, "the account has no enabled access key"),
	code.Never.Row("Forbidden.AccessKey", cgw.ErrUnauthenticated, "the access key is forbidden"),
	code.Never.Row("Forbidden.AccessKeyDisabled", cgw.ErrUnauthenticated, "the access key is disabled"),
	code.Never.Row("SignatureDoesNotMatch", cgw.ErrUnauthenticated, "wrong signature"),
	code.Never.Row("IncompleteSignature", cgw.ErrUnauthenticated, "incomplete signature"),
	code.Never.Row("InvalidSecurityToken.Expired", cgw.ErrUnauthenticated, "the security token has expired"),
	code.Never.Row("InvalidSecurityToken.MismatchWithAccessKey", cgw.ErrUnauthenticated, "the security token is another key's"),
	code.Never.Row("InvalidSecurityToken.Malformed", cgw.ErrUnauthenticated, "malformed security token"),
	code.Never.Row("MissingSecurityToken", cgw.ErrUnauthenticated, "the security token is missing"),
	code.Look.Row("SignatureNonceUsed", cgw.ErrUnauthenticated, "the request was received before, so an earlier copy may have been executed"),
	code.Once.Row("InvalidTimeStamp.Expired", cgw.ErrUnauthenticated, "the clock is more than 15 minutes off"),
	code.Once.Row("IllegalTimestamp", cgw.ErrUnauthenticated, "the clock is off"),
	code.Never.Row("Forbidden.RAM", cgw.ErrPermissionDenied, "not authorized by RAM"),
	code.Never.Row("NoPermission", cgw.ErrPermissionDenied, "not authorized by RAM"),
	code.Never.Row("Forbidden.NotSupportRAM", cgw.ErrPermissionDenied, "not open to RAM users"),
	code.Never.Row("Forbidden.RiskControl", cgw.ErrPermissionDenied, "stopped by risk control"),
	code.Never.Row("RealNameAuthenticationError", cgw.ErrPermissionDenied, "the account's owner is not verified"),
	code.Never.Row("Forbidden.NotVerified", cgw.ErrPermissionDenied, "the account's owner is not verified"),
	code.Never.Row("InsufficientBalance", cgw.ErrPermissionDenied, "the account lacks funds"),
	code.Never.Row("OperationDenied", cgw.ErrPermissionDenied, "the account may not"),
	code.Never.Row("MissingParameter", cgw.ErrInvalidArgument, "a parameter is missing"),
	code.Never.Row("InvalidParameter", cgw.ErrInvalidArgument, "wrong parameter"),
	code.Never.Row("InvalidParamater", cgw.ErrInvalidArgument, "wrong parameter; the service's own spelling"),
	code.Never.Row("UnsupportedParameter", cgw.ErrInvalidArgument, "no such parameter"),
	code.Never.Row("InvalidOwnerId", cgw.ErrInvalidArgument, "wrong owner"),
	code.Never.Row("InvalidOwnerAccount", cgw.ErrInvalidArgument, "wrong owner"),
	code.Never.Row("InvalidAction.NotFound", cgw.ErrUnsupported, "no such action"),
	code.Never.Row("InvalidVersion", cgw.ErrUnsupported, "no such version of the API"),
	code.Never.Row("NoSuchVersion", cgw.ErrUnsupported, "no such version of the API"),
	code.Never.Row("UnsupportedOperation", cgw.ErrUnsupported, "not supported"),
	code.Never.Row("UnsupportedHTTPMethod", cgw.ErrUnsupported, "not this method of HTTP"),
	code.Never.Row("InvalidRegionId.NotFound", cgw.ErrUnsupported, "no such region"),
	code.Never.Row("QuotaExceeded", cgw.ErrQuotaExceeded, "a quota is reached"),

	// What the SDK itself makes up, for those who use Provisioner.SDKClient; cgw sees what lies
	// beneath.
	code.Look.Row("<nil>", cgw.ErrUnavailable, "of the SDK: an error without content"),
	code.Never.Row("InvalidCredentials", cgw.ErrUnauthenticated, "of the SDK: no credentials"),
	code.Never.Row("ParameterMissing", cgw.ErrInvalidArgument, "of the SDK: a request that cannot be built"),

	// Families, for codes that the lists above do not have: the current error tables of the
	// operations are longer than the documents at hand.
	code.Wait.Row("Throttling*", cgw.ErrThrottled, "too many requests"),
	code.Wait.Row("*.Throttling*", cgw.ErrThrottled, "too many requests"),
	code.Never.Row("InvalidAccessKeyId*", cgw.ErrUnauthenticated, "no such access key ID"),
	code.Never.Row("InvalidAccessKeySecret*", cgw.ErrUnauthenticated, "wrong access key secret"),
	code.Never.Row("InvalidSecurityToken*", cgw.ErrUnauthenticated, "wrong security token"),
	code.Never.Row("Forbidden.AccessKey*", cgw.ErrUnauthenticated, "the access key is forbidden"),
	code.Never.Row("Forbidden*", cgw.ErrPermissionDenied, "not authorized"),
	code.Never.Row("InvalidIpAddress*", cgw.ErrInvalidIPAddress, "wrong address"),
	code.Never.Row("InvalidName*", cgw.ErrInvalidName, "wrong name"),
	code.Never.Row("InvalidDescription*", cgw.ErrInvalidDescription, "wrong description"),
	code.Never.Row("InvalidAsn*", cgw.ErrInvalidASN, "wrong ASN"),
	code.Never.Row("*.AlreadyExist*", cgw.ErrAlreadyExists, "exists"),
	code.Never.Row("DependencyViolation*", cgw.ErrInUse, "something depends on it"),
	code.Never.Row("*Quota*", cgw.ErrQuotaExceeded, "a quota is reached"),
	code.Look.Row("IncorrectStatus*", cgw.ErrConflict, "the state does not allow it now"),
	code.Look.Row("OperationFailed.*", cgw.ErrConflict, "the operation failed; not said how far it got"),
	code.Look.Row("*.Configuring", cgw.ErrConflict, "being configured"),
	code.Never.Row("InvalidRegionId*", cgw.ErrUnsupported, "wrong region"),
	code.Never.Row("*Tag*", cgw.ErrInvalidTag, "wrong tag"),
	code.Never.Row("*.NotFound", cgw.ErrNotFound, "no such resource"),
	code.Never.Row("InvalidParameter*", cgw.ErrInvalidArgument, "wrong parameter"),
	code.Never.Row("MissingParameter*", cgw.ErrInvalidArgument, "a parameter is missing"),
	code.Never.Row("Missing*", cgw.ErrInvalidArgument, "a parameter is missing"),
})
