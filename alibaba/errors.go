package alibaba

import (
	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
)

// codes says what each error code of the VPC API and of the platform means, and whether a request
// that was answered with it may be sent again. The exact code wins over a family; a code without a
// row has no Kind. docs/errors.md is made from it.
//
// Sources: Alibaba Cloud's document of CreateCustomerGateway (2021) and of the sibling operations,
// its page on idempotence (alibabacloud.com/help/doc-detail/36569.htm), its tables of common
// errors, and codes that other programs have met. A code that asks to try later means that nothing
// was executed: its text says so, and the vendor's Terraform provider sends such a create again
// with a new token. cgw looks first only if an earlier request with the token may still run, or if
// the text says only that the operation failed.
var codes = errcode.New([]errcode.Row{
	// The operations on customer gateways.
	{Code: "InvalidIpAddress.AlreadyExist", Kind: cgw.ErrAlreadyExists, Note: "the address has a gateway in this region"},
	{Code: "InvalidIpAddress.WrongFormat", Kind: cgw.ErrInvalidIPAddress, Note: "not an address"},
	{Code: "InvalidName", Kind: cgw.ErrInvalidName, Note: "the name breaks the rules"},
	{Code: "InvalidDescription", Kind: cgw.ErrInvalidDescription, Note: "the description breaks the rules"},
	{Code: "Resource.QuotaFull", Kind: cgw.ErrQuotaExceeded, Note: "the quota is reached"},
	{Code: "Forbidden", Kind: cgw.ErrPermissionDenied, Note: "not authorized"},
	{Code: "Forbbiden.SubUser", Kind: cgw.ErrPermissionDenied, Note: "not authorized as a sub-account; the service's own spelling"},
	{Code: "Forbidden.SubUser", Kind: cgw.ErrPermissionDenied, Note: "not authorized as a sub-account; the spelling of newer pages"},
	{Code: "InvalidCustomerGatewayInstanceId.NotFound", Kind: cgw.ErrNotFound, Note: "no such gateway"},
	{Code: "InvalidResourceId.NotFound", Kind: cgw.ErrNotFound, Note: "no such gateway, in reply to a change of tags"},
	{Code: "InvalidResourceGroup.NotFound", Kind: cgw.ErrInvalidArgument, Note: "no such resource group"},
	{Code: "DependencyViolation.VpnConnection", Kind: cgw.ErrInUse, Note: "IPsec connections use it"},
	{Code: "VpnGateway.task.conflict", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "the VPN is being configured"},
	{Code: "VpnGateway.Configuring", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "the VPN gateway is being configured"},
	{Code: "OperationConflict", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "something else is being done in the account or region"},
	{Code: "TaskConflict", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "operations follow each other too fast"},
	{Code: "VpnTask.CONFLICT", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "another task of the VPN is running"},
	{Code: "VPC_TASK_CONFLICT", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "another task of the VPC is running"},
	{Code: "VpnConnection.Configuring", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "a connection is being configured"},
	{Code: "Appliance.Configuring", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "an appliance is being configured"},
	{Code: "VpnRouteEntry.Configuring", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "a route is being configured"},
	{Code: "LastTokenProcessing", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the first request with the token is still running"},
	{Code: "OperationFailed.LastTokenProcessing", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the first request with the token is still running"},
	{Code: "OperationFailed.IdempotentTokenProcessing", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the first request with the token is still running"},
	{Code: "IdempotentProcessing", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the first request with the token is still running; of the vendor's other services"},
	{Code: "IdempotentFailed", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the first request with the token is not done; of the vendor's other services"},
	{Code: "OperationFailed.ConcurrentOperation", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "a concurrent operation is running"},
	{Code: "OperationFailed.DistibuteLock", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "a lock is held; the service's own spelling"},
	{Code: "IncorrectStatus", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "the state does not allow it now"},
	{Code: "IdempotentParameterMismatch", Kind: cgw.ErrTokenMismatch, Note: "the token was used with other parameters"},
	{Code: "InvalidIdempotenceParameter.Mismatch", Kind: cgw.ErrTokenMismatch, Note: "the token was used with other parameters"},

	// The platform.
	{Code: "Throttling", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "Throttling.User", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests of the user"},
	{Code: "Throttling.Api", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests of the action"},
	{Code: "Rejected.Throttling", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "FlowControl.Exceeded", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "ServiceUnavailable", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service is unavailable"},
	{Code: "ServiceUnAvailable", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service is unavailable; another spelling"},
	{Code: "SystemBusy", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service is busy"},
	{Code: "InternalError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
	{Code: "InternalFailure", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
	{Code: "InternalServerError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
	{Code: "UnknownError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
	{Code: "InvalidAccessKeyId", Kind: cgw.ErrUnauthenticated, Note: "no such access key ID"},
	{Code: "InvalidAccessKeyId.NotFound", Kind: cgw.ErrUnauthenticated, Note: "no such access key ID"},
	{Code: "InvalidAccessKeyId.Inactive", Kind: cgw.ErrUnauthenticated, Note: "the access key is disabled"},
	{Code: "NoEnabledAccessKey", Kind: cgw.ErrUnauthenticated, Note: "the account has no enabled access key"},
	{Code: "Forbidden.AccessKey", Kind: cgw.ErrUnauthenticated, Note: "the access key is forbidden"},
	{Code: "Forbidden.AccessKeyDisabled", Kind: cgw.ErrUnauthenticated, Note: "the access key is disabled"},
	{Code: "SignatureDoesNotMatch", Kind: cgw.ErrUnauthenticated, Note: "wrong signature"},
	{Code: "IncompleteSignature", Kind: cgw.ErrUnauthenticated, Note: "incomplete signature"},
	{Code: "InvalidSecurityToken.Expired", Kind: cgw.ErrUnauthenticated, Note: "the security token has expired"},
	{Code: "InvalidSecurityToken.MismatchWithAccessKey", Kind: cgw.ErrUnauthenticated, Note: "the security token is another key's"},
	{Code: "InvalidSecurityToken.Malformed", Kind: cgw.ErrUnauthenticated, Note: "malformed security token"},
	{Code: "MissingSecurityToken", Kind: cgw.ErrUnauthenticated, Note: "the security token is missing"},
	{Code: "MissingAccessKeyId", Kind: cgw.ErrUnauthenticated, Note: "the access key ID is missing"},
	{Code: "MissingTimestamp", Kind: cgw.ErrUnauthenticated, Note: "the time is missing"},
	{Code: "SignatureNonceUsed", Kind: cgw.ErrUnauthenticated, Repeat: errcode.Look, Note: "the request was received before, so an earlier copy may have been executed"},
	{Code: "InvalidTimeStamp.Expired", Kind: cgw.ErrUnauthenticated, Repeat: errcode.Once, Note: "the clock is more than 15 minutes off"},
	{Code: "IllegalTimestamp", Kind: cgw.ErrUnauthenticated, Repeat: errcode.Once, Note: "the clock is off"},
	{Code: "Forbidden.RAM", Kind: cgw.ErrPermissionDenied, Note: "not authorized by RAM"},
	{Code: "NoPermission", Kind: cgw.ErrPermissionDenied, Note: "not authorized by RAM"},
	{Code: "Forbidden.NotSupportRAM", Kind: cgw.ErrPermissionDenied, Note: "not open to RAM users"},
	{Code: "Forbidden.RiskControl", Kind: cgw.ErrPermissionDenied, Note: "stopped by risk control"},
	{Code: "RealNameAuthenticationError", Kind: cgw.ErrPermissionDenied, Note: "the account's owner is not verified"},
	{Code: "Forbidden.NotVerified", Kind: cgw.ErrPermissionDenied, Note: "the account's owner is not verified"},
	{Code: "InsufficientBalance", Kind: cgw.ErrPermissionDenied, Note: "the account lacks funds"},
	{Code: "OperationDenied", Kind: cgw.ErrPermissionDenied, Note: "the account is not allowed to do this"},
	{Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Note: "a parameter is missing"},
	{Code: "InvalidParameter", Kind: cgw.ErrInvalidArgument, Note: "wrong parameter"},
	{Code: "InvalidParamater", Kind: cgw.ErrInvalidArgument, Note: "wrong parameter; the service's own spelling"},
	{Code: "UnsupportedParameter", Kind: cgw.ErrInvalidArgument, Note: "no such parameter"},
	{Code: "InvalidOwnerId", Kind: cgw.ErrInvalidArgument, Note: "wrong owner"},
	{Code: "InvalidOwnerAccount", Kind: cgw.ErrInvalidArgument, Note: "wrong owner"},
	{Code: "InvalidAction.NotFound", Kind: cgw.ErrUnsupported, Note: "no such action"},
	{Code: "InvalidVersion", Kind: cgw.ErrUnsupported, Note: "no such version of the API"},
	{Code: "NoSuchVersion", Kind: cgw.ErrUnsupported, Note: "no such version of the API"},
	{Code: "UnsupportedOperation", Kind: cgw.ErrUnsupported, Note: "not supported"},
	{Code: "UnsupportedHTTPMethod", Kind: cgw.ErrUnsupported, Note: "not this method of HTTP"},
	{Code: "InvalidRegionId.NotFound", Kind: cgw.ErrUnsupported, Note: "no such region"},
	{Code: "QuotaExceeded", Kind: cgw.ErrQuotaExceeded, Note: "a quota is reached"},

	// Codes that the SDK makes itself. They are for users of Provisioner.SDKClient: cgw judges the
	// reply or the network error instead.
	{Code: "<nil>", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "of the SDK: an error without content"},
	{Code: "InvalidCredentials", Kind: cgw.ErrUnauthenticated, Note: "of the SDK: no credentials"},
	{Code: "ParameterMissing", Kind: cgw.ErrInvalidArgument, Note: "of the SDK: a request that cannot be built"},

	// Families, for codes that the lists above do not have: the vendor's current error tables are
	// longer than the documents that cgw was made from.
	{Code: "Throttling*", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "*.Throttling*", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "FlowControl*", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "InvalidAccessKeyId*", Kind: cgw.ErrUnauthenticated, Note: "no such access key ID"},
	{Code: "InvalidAccessKeySecret*", Kind: cgw.ErrUnauthenticated, Note: "wrong access key secret"},
	{Code: "InvalidSecurityToken*", Kind: cgw.ErrUnauthenticated, Note: "wrong security token"},
	{Code: "Forbidden.AccessKey*", Kind: cgw.ErrUnauthenticated, Note: "the access key is forbidden"},
	{Code: "Forbidden*", Kind: cgw.ErrPermissionDenied, Note: "not authorized"},
	{Code: "InvalidIpAddress.AlreadyExist*", Kind: cgw.ErrAlreadyExists, Note: "the address has a gateway"},
	{Code: "InvalidIpAddress*", Kind: cgw.ErrInvalidIPAddress, Note: "wrong address"},
	{Code: "InvalidName*", Kind: cgw.ErrInvalidName, Note: "wrong name"},
	{Code: "InvalidDescription*", Kind: cgw.ErrInvalidDescription, Note: "wrong description"},
	{Code: "InvalidAsn*", Kind: cgw.ErrInvalidASN, Note: "wrong ASN"},
	{Code: "*Quota*", Kind: cgw.ErrQuotaExceeded, Note: "a quota is reached"},
	{Code: "*Tag*", Kind: cgw.ErrInvalidTag, Note: "wrong tag"},
	{Code: "*.AlreadyExist*", Kind: cgw.ErrAlreadyExists, Note: "exists"},
	{Code: "DependencyViolation*", Kind: cgw.ErrInUse, Note: "something depends on it"},
	{Code: "IncorrectStatus*", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "the state does not allow it now"},
	{Code: "OperationFailed.*", Kind: cgw.ErrConflict, Repeat: errcode.Look, Note: "the operation failed; how far it got is not known"},
	{Code: "*.Configuring", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "being configured"},
	{Code: "InvalidRegionId*", Kind: cgw.ErrUnsupported, Note: "wrong region"},
	{Code: "InvalidCustomerGateway*.NotFound", Kind: cgw.ErrNotFound, Note: "no such gateway"},
	{Code: "*.NotFound", Kind: cgw.ErrInvalidArgument, Note: "something else than the gateway was not found"},
	{Code: "InvalidParameter*", Kind: cgw.ErrInvalidArgument, Note: "wrong parameter"},
	{Code: "MissingParameter*", Kind: cgw.ErrInvalidArgument, Note: "a parameter is missing"},
	{Code: "Missing*", Kind: cgw.ErrInvalidArgument, Note: "a parameter is missing"},
})
