package tencenttest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/cgw-go/cgw/internal/emulator"
)

// The codes that the emulator answers by itself. A Refuse fault may name any other.
const (
	codeInvalidAuthorization = "AuthFailure.InvalidAuthorization"
	codeSecretIDNotFound     = "AuthFailure.SecretIdNotFound"
	codeSignatureExpire      = "AuthFailure.SignatureExpire"
	codeSignatureFailure     = "AuthFailure.SignatureFailure"
	codeTokenFailure         = "AuthFailure.TokenFailure"

	codeInternalError       = "InternalError"
	codeInvalidAction       = "InvalidAction"
	codeInvalidRequest      = "InvalidRequest"
	codeNoSuchVersion       = "NoSuchVersion"
	codeRequestLimit        = "RequestLimitExceeded"
	codeRequestSize         = "RequestSizeLimitExceeded"
	codeUnsupportedProtocol = "UnsupportedProtocol"
	codeUnsupportedRegion   = "UnsupportedRegion"

	codeInvalidParameter = "InvalidParameter"
	codeInvalidValue     = "InvalidParameterValue"
	codeMissingParameter = "MissingParameter"
	codeUnknownParameter = "UnknownParameter"

	codeCoexist          = "InvalidParameter.Coexist"
	codeFilterInvalidKey = "InvalidParameter.FilterInvalidKey"
	codeValueLimit       = "InvalidParameterValue.LimitExceeded"
	codeValueRange       = "InvalidParameterValue.Range"
	codeDuplicate        = "InvalidParameterValue.Duplicate"
	codeMalformed        = "InvalidParameterValue.Malformed"
	codeTooLong          = "InvalidParameterValue.TooLong"
	codeLimit            = "LimitExceeded"
	codeNumberOfFilters  = "LimitExceeded.NumberOfFilters"
	codeResourceInUse    = "ResourceInUse"
	codeResourceNotFound = "ResourceNotFound"
	codeRecordNotExists  = "UnsupportedOperation.RecordNotExists"

	codeTag                 = "InvalidParameter.Tag"
	codePaginationToken     = "InvalidParameter.PaginationTokenInvalid"
	codeDeleteTags          = "InvalidParameterValue.DeleteTagsParamError"
	codeOffset              = "InvalidParameterValue.OffsetInvalid"
	codeRegion              = "InvalidParameterValue.RegionInvalid"
	codeResourceDescription = "InvalidParameterValue.ResourceDescriptionError"
	codeResourceID          = "InvalidParameterValue.ResourceIdInvalid"
	codeResourcePrefix      = "InvalidParameterValue.ResourcePrefixInvalid"
	codeServiceType         = "InvalidParameterValue.ServiceTypeInvalid"
	codeTagFilters          = "InvalidParameterValue.TagFilters"
	codeTagFiltersLength    = "InvalidParameterValue.TagFiltersLengthExceeded"
	codeResourceNumber      = "LimitExceeded.ResourceNumPerRequest"
	codeTagNumber           = "LimitExceeded.TagNumPerRequest"
	codeTagAttached         = "ResourceInUse.TagKeyAttached"
	codeTagNotAttached      = "ResourceNotFound.AttachedTagKeyNotFound"
)

// serviceError is an error as the service answers it. The text is made up by this package:
// clients must use the code.
type serviceError struct {
	Code    string
	Message string
}

func refuse(code, format string, args ...any) *serviceError {
	return &serviceError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// contentType has no charset: an official SDK compares the whole header.
const contentType = "application/json"

// errorReply answers with status 200, as the service does to every request.
func errorReply(e *serviceError) emulator.Reply {
	body, err := json.Marshal(map[string]any{"Response": map[string]any{"Error": e, "RequestId": newRequestID()}})
	if err != nil {
		panic(err) // two strings can always be written
	}
	return emulator.Reply{Status: http.StatusOK, ContentType: contentType, Body: body, Code: e.Code}
}

// codeReply answers a code that a fault asks for.
func codeReply(code string) emulator.Reply {
	return errorReply(refuse(code, "the emulator was asked to answer %s", code))
}

// okReply answers the fields of result, a struct, and a request ID.
func okReply(result any) emulator.Reply {
	fields, err := json.Marshal(result)
	if err != nil {
		panic(err) // results are strings, numbers and lists of those
	}
	body := append([]byte(`{"Response":`), fields[:len(fields)-1]...)
	if len(fields) > len("{}") {
		body = append(body, ',')
	}
	body = append(body, `"RequestId":"`+newRequestID()+`"}}`...)
	return emulator.Reply{Status: http.StatusOK, ContentType: contentType, Body: body}
}

// newRequestID returns a random UUID.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
