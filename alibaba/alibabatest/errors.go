package alibabatest

import (
	"fmt"
	"net/http"
)

// refusal is an error that the service answers.
type refusal struct {
	code    string
	message string // "": that of the table
}

func refuse(code string) *refusal { return &refusal{code: code} }

func refusef(code, format string, args ...any) *refusal {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

func missing(parameter string) *refusal {
	return refusef("MissingParameter", "The input parameter \"%s\" that is mandatory for processing this request is not supplied.", parameter)
}

func invalid(parameter string) *refusal {
	return refusef("InvalidParameter", "The specified parameter \"%s\" is not valid.", parameter)
}

// answer is the status and the message for a code.
type answer struct {
	status  int
	message string
}

// unlisted answers a code that the table does not have.
var unlisted = answer{http.StatusBadRequest, "The request was refused."}

// answers are the codes of the API document of CreateCustomerGateway (2021), of the documents of
// its sibling operations, and those that the platform answers for every API. If no document gives
// the status, it is 400.
var answers = map[string]answer{
	// CreateCustomerGateway and its siblings.
	"Forbbiden.SubUser":                         {http.StatusForbidden, "User not authorized to operate on the specified resource as your account is created by another user."},
	"Forbidden.SubUser":                         {http.StatusForbidden, "User not authorized to operate on the specified resource as your account is created by another user."},
	"Forbidden":                                 {http.StatusForbidden, "User not authorized to operate on the specified resource."},
	"InvalidIpAddress.AlreadyExist":             {http.StatusBadRequest, "Specified IpAddress is already exist."},
	"InvalidIpAddress.WrongFormat":              {http.StatusBadRequest, "Specified IpAddress is invalid."},
	"InvalidName":                               {http.StatusBadRequest, "The name is not valid"},
	"InvalidDescription":                        {http.StatusBadRequest, "The description is not valid"},
	"Resource.QuotaFull":                        {http.StatusBadRequest, "The quota of resource is full"},
	"InvalidCustomerGatewayInstanceId.NotFound": {http.StatusNotFound, "The specified customer gateway instance id does not exist."},
	"InvalidVpnConnectionInstanceId.NotFound":   {http.StatusNotFound, "The specified vpn connection instance id does not exist."},
	"DependencyViolation.VpnConnection":         {http.StatusBadRequest, "Specified customer gateway has attached vpn connections."},
	"VpnGateway.task.conflict":                  {http.StatusBadRequest, "Vpn task has conflict."},
	"VpnGateway.Configuring":                    {http.StatusBadRequest, "The specified service is configuring."},
	"TaskConflict":                              {http.StatusBadRequest, "The operation is too frequent, please wait a moment and try again."},
	"OperationConflict":                         {http.StatusBadRequest, "The operation against this object is in conflict with another one."},
	"LastTokenProcessing":                       {http.StatusForbidden, "The last token request is processing."},
	"IdempotentParameterMismatch":               {http.StatusBadRequest, "The request uses the same client token as a previous, but non-identical request."},
	"InvalidIdempotenceParameter.Mismatch":      {http.StatusForbidden, "The request uses the same client token as a previous, but non-identical request."},
	"OperationFailed.IdempotentTokenProcessing": {http.StatusBadRequest, "The last token request is processing."},
	"OperationFailed.LastTokenProcessing":       {http.StatusBadRequest, "The last token request is processing."},

	// Tags, as the platform's tag operations document them.
	"InvalidResourceId.NotFound":   {http.StatusNotFound, "The specified ResourceIds are not found in our records."},
	"InvalidResourceType.NotFound": {http.StatusNotFound, "The ResourceType provided does not exist in our records."},
	"InvalidTagKey.Malformed":      {http.StatusBadRequest, "The specified Tag.n.Key is not valid."},
	"InvalidTagValue.Malformed":    {http.StatusBadRequest, "The specified Tag.n.Value is not valid."},
	"Duplicate.TagKey":             {http.StatusBadRequest, "The Tag.N.Key contain duplicate key."},
	"TagKey.Duplication":           {http.StatusForbidden, "The TagKey has duplication with others, case-insensitive."},
	"NumberExceed.Tags":            {http.StatusBadRequest, "The Tags parameter's number is exceed , Valid : 20"},
	"NumberExceed.ResourceIds":     {http.StatusBadRequest, "The ResourceIds parameter's number is exceed , Valid : 20"},
	"QuotaExceeded":                {http.StatusBadRequest, "The quota is exceeded."},

	// The platform.
	"Throttling":                                 {http.StatusBadRequest, "Request was denied due to request throttling."},
	"Throttling.User":                            {http.StatusBadRequest, "Request was denied due to user flow control."},
	"Throttling.Api":                             {http.StatusBadRequest, "Request was denied due to api flow control."},
	"ServiceUnavailable":                         {http.StatusServiceUnavailable, "The request has failed due to a temporary failure of the server."},
	"ServiceUnAvailable":                         {http.StatusServiceUnavailable, "The request has failed due to a temporary failure of the server."},
	"InternalError":                              {http.StatusInternalServerError, "The request processing has failed due to some unknown error."},
	"InternalFailure":                            {http.StatusInternalServerError, "The request processing has failed due to some unknown error."},
	"InternalServerError":                        {http.StatusInternalServerError, "The request processing has failed due to some unknown error."},
	"UnknownError":                               {http.StatusBadRequest, "The request processing has failed due to some unknown error."},
	"SystemBusy":                                 {http.StatusBadRequest, "The system is busy, please try again later."},
	"InvalidAccessKeyId.NotFound":                {http.StatusNotFound, "Specified access key is not found."},
	"InvalidAccessKeyId.Inactive":                {http.StatusForbidden, "Specified access key is disabled."},
	"Forbidden.AccessKeyDisabled":                {http.StatusForbidden, "The specified access key is disabled."},
	"SignatureDoesNotMatch":                      {http.StatusBadRequest, "Specified signature is not matched with our calculation."},
	"IncompleteSignature":                        {http.StatusBadRequest, "The request signature does not conform to Aliyun standards."},
	"SignatureNonceUsed":                         {http.StatusBadRequest, "Specified signature nonce was used already."},
	"InvalidTimeStamp.Expired":                   {http.StatusBadRequest, "Specified time stamp or date value is expired."},
	"IllegalTimestamp":                           {http.StatusBadRequest, "The input parameter \"Timestamp\" that is mandatory for processing this request is not supplied."},
	"MissingAccessKeyId":                         {http.StatusBadRequest, "AccessKeyId is mandatory for this action."},
	"MissingTimestamp":                           {http.StatusBadRequest, "Timestamp is mandatory for this action."},
	"MissingSecurityToken":                       {http.StatusBadRequest, "SecurityToken is mandatory for this action."},
	"InvalidSecurityToken.Expired":               {http.StatusBadRequest, "Specified SecurityToken is expired."},
	"InvalidSecurityToken.Malformed":             {http.StatusBadRequest, "Specified SecurityToken is malformed."},
	"InvalidSecurityToken.MismatchWithAccessKey": {http.StatusBadRequest, "Specified SecurityToken mismatch with the AccessKey."},
	"Forbidden.RAM":                              {http.StatusForbidden, "User not authorized to operate on the specified resource, or this API doesn't support RAM."},
	"NoPermission":                               {http.StatusForbidden, "You are not authorized to do this action. You should be authorized by RAM."},
	"Forbidden.NotSupportRAM":                    {http.StatusForbidden, "This operation is not supported for RAM users."},
	"Forbidden.RiskControl":                      {http.StatusForbidden, "This operation is forbidden by the risk control system."},
	"Forbidden.NotVerified":                      {http.StatusForbidden, "The account has not passed real-name authentication."},
	"RealNameAuthenticationError":                {http.StatusForbidden, "The account has not passed real-name authentication."},
	"InsufficientBalance":                        {http.StatusBadRequest, "Your account does not have enough balance."},
	"OperationDenied":                            {http.StatusForbidden, "The operation is denied."},
	"MissingParameter":                           {http.StatusBadRequest, "The input parameter that is mandatory for processing this request is not supplied."},
	"InvalidParameter":                           {http.StatusBadRequest, "The specified parameter is not valid."},
	"UnsupportedParameter":                       {http.StatusBadRequest, "The parameter is not supported."},
	"UnsupportedOperation":                       {http.StatusBadRequest, "The specified action is not supported."},
	"UnsupportedHTTPMethod":                      {http.StatusBadRequest, "This http method is not supported."},
	"InvalidAction.NotFound":                     {http.StatusNotFound, "Specified api is not found, please check your url and method."},
	"InvalidVersion":                             {http.StatusBadRequest, "Specified parameter Version is not valid."},
	"NoSuchVersion":                              {http.StatusBadRequest, "The specified version does not exist."},
	"InvalidRegionId.NotFound":                   {http.StatusNotFound, "The specified RegionId does not exist."},
}

func answerTo(r *refusal) answer {
	a, ok := answers[r.code]
	if !ok {
		a = unlisted
	}
	if r.message != "" {
		a.message = r.message
	}
	return a
}
