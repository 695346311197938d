package alibaba_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

func withID(fields string) string { return `{` + fields + `"RequestId":"D32B3C26-6C6C"}` }

// failure is an error of the service.
func failure(code, message, requestID string) (status int, body string) {
	status = http.StatusBadRequest
	switch code {
	case denied, expired:
		status = http.StatusForbidden
	case unknown:
		status = http.StatusNotFound
	}
	return status, fmt.Sprintf(`{"HostId":"vpc.aliyuncs.com","Recommend":"https://error-center.aliyun.com","Code":%q,"Message":%q,"RequestId":%q}`, code, message, requestID)
}

func withError(code string) string {
	_, body := failure(code, "it went wrong", "D32B3C26-6C6C")
	return body
}

// found are the fields of a reply that is a success of every operation.
const found = `"CustomerGatewayId":"cgw-1","Unknown":{"a":[1]},"CustomerGateways":{"CustomerGateway":[{"CustomerGatewayId":"cgw-1"}]},"TotalCount":1,`

func badReplies() []providertest.BadReply {
	return []providertest.BadReply{
		providertest.Unavailable("null fields", 200, `{"CustomerGatewayId":null,"CustomerGateways":null,"TotalCount":null,"RequestId":null,"Code":null}`),
		providertest.Unavailable("error without a code", 500, withID(`"Message":"it went wrong",`)),
		providertest.Unavailable("error with a number for a code", 500, withID(`"Code":500,"Message":"it went wrong",`)),
		providertest.Unavailable("cut off", 200, `{"RequestId":"D32B3C26-6C6C","CustomerGatewayId":"cgw-1"`),
		providertest.WithoutContent("null gateway", withID(`"CustomerGateways":{"CustomerGateway":[null]},"TotalCount":1,`)),
		providertest.WithoutContent("null list", withID(`"CustomerGateways":{"CustomerGateway":null},"TotalCount":1,`)),
		providertest.WithoutContent("gateway without an ID", withID(`"IpAddress":"58.211.1.12","CustomerGateways":{"CustomerGateway":[{"Name":"test-cgw"}]},"TotalCount":1,`)),
		providertest.WithoutContent("empty ID", withID(`"CustomerGatewayId":"","CustomerGateways":{"CustomerGateway":[{"CustomerGatewayId":""}]},"TotalCount":1,`)),
		providertest.WithoutContent("list that is a text", withID(`"CustomerGatewayId":{"a":1},"CustomerGateways":"none",`)),
		providertest.WithoutContent("fewer than it counts", withID(`"CustomerGateways":{"CustomerGateway":[]},"TotalCount":3,`)),

		{Name: "throttled with a hint", Status: 400, Header: http.Header{"X-Acs-Retry-After": {"1500"}}, Body: withError("Throttling.User"), Code: "Throttling.User", Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied, RetryAfter: 1500 * time.Millisecond},
		{Name: "key of a code in large letters", Status: 200, Body: strings.Replace(withError("Throttling"), "Code", "CODE", 1), Code: "Throttling", Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied},
		{Name: "key of a code with an escape", Status: 200, Body: strings.Replace(withError("Throttling"), "Code", `C\u006fde`, 1), Code: "Throttling", Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied},
		{Name: "JSON 503", Status: 503, Body: withError("Throttling"), Code: "Throttling", Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied},
		{Name: "200 with a code", Status: 200, Body: withError("Resource.QuotaFull"), Code: "Resource.QuotaFull", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "200 with a code and a gateway", Status: 200, Body: withID(`"CustomerGatewayId":"cgw-1","Code":"Resource.QuotaFull",`), Code: "Resource.QuotaFull", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "message that is a number", Status: 400, Body: withID(`"Code":"MissingParameter","Message":12,`), Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "lower case", Status: 400, Body: `{"code":"MissingParameter","message":"it went wrong","requestId":"D32B3C26-6C6C"}`, Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "error as HTML by its type", Status: 400, Header: http.Header{"Content-Type": {"text/html"}}, Body: withError("MissingParameter"), Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "error as XML by its type", Status: 400, Header: http.Header{"Content-Type": {"text/xml;charset=utf-8"}}, Body: withError("MissingParameter"), Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "spaced out", Status: 400, Body: "\n{ \"Code\" : \"MissingParameter\" , \"RequestId\" : \"D32B3C26-6C6C\" }\n", Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
	}
}

// oddReplies are successes of a create that are not what the documents show.
func oddReplies() map[string]providertest.OddReply {
	return map[string]providertest.OddReply{
		"event stream":         {ContentType: "text/event-stream", Body: withID(found)},
		"spaces within":        {ContentType: "application/json", Body: strings.ReplaceAll(withID(found), `":"`, `" : "`)},
		"number as a text":     {ContentType: "application/json", Body: withID(found + `"CreateTime":"1493363486000",`)},
		"text as a number":     {ContentType: "application/json", Body: withID(found + `"Name":12,`)},
		"request ID: a number": {ContentType: "application/json", Body: `{` + found + `"RequestId":7}`, RequestID: "7"},
		"null code":            {ContentType: "application/json", Body: withID(`"Code":null,` + found)},
		"empty code":           {ContentType: "application/json", Body: withID(`"Code":"",` + found)},
		"a name of Code":       {ContentType: "application/json", Body: withID(`"Name":"Code",` + found)},
	}
}
