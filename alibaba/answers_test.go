package alibaba

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/answers"
)

func TestAnswers(t *testing.T) { cloud().Test(t) }

// cloud is the provider, and a service that has the gateway cgw-1.
func cloud() answers.Cloud {
	a := traits.Actions
	const gateway = `"CustomerGatewayId":"cgw-1","Name":"old-name","IpAddress":"198.51.100.1","Tags":{"Tag":[{"Key":"old","Value":"1"}]}`
	return answers.Cloud{
		Codes: codes, Actions: a,
		New: func(client *http.Client, retry cgw.RetryPolicy) (cgw.Provisioner, error) {
			cred := StaticCredentials("LTAIEXAMPLE", "keyEXAMPLE", "")
			return New(Config{Region: "cn-hangzhou", Credentials: cred, HTTPClient: client, Retry: retry, Limiter: NewLimiter(1e6)})
		},
		Action: func(r *http.Request) string { return r.Header["x-acs-action"][0] },
		Content: map[string]string{
			a.Create:      `"CustomerGatewayId":"cgw-2",`,
			a.Get:         gateway + ",",
			a.List:        `"CustomerGateways":{"CustomerGateway":[{` + gateway + `}]},"TotalCount":1,`,
			a.Connections: `"VpnConnections":{"VpnConnection":[]},"TotalCount":0,`,
		},
		Success: func(content string) string { return "{" + content + `"RequestId":"request-1"}` },
		Error: func(code, message string) (int, string) {
			body, _ := json.Marshal(map[string]string{"Code": code, "Message": message, "RequestId": "request-1"})
			return http.StatusBadRequest, string(body)
		},
		Answers: 1160,
		Requests: []answers.Request{
			{Op: cgw.OpUpdate, Action: a.Get, Do: answers.Retag},
			{Op: cgw.OpUpdate, Action: a.Untag, Write: true, Do: answers.Retag},
			{Op: cgw.OpUpdate, Action: a.Tag, Write: true, Partly: true, Do: answers.Retag},
		},
		Costs: []answers.Cost{
			// A code that nobody knows: with a 4xx it was refused; else it costs one repeat.
			{Refuse: a.Create, Code: "Brand.New", Do: answers.Create, Requests: 1},
			{Refuse: a.Create, Status: 500, Code: "Brand.New", Do: answers.Create, Unknown: true, Requests: 2},
			{Refuse: a.Get, Status: 500, Code: "Brand.New", Do: answers.Get, Requests: 2},
			{Refuse: a.List, Status: 503, Code: "Brand.New", Do: answers.List, Requests: 2},
			{Refuse: a.Modify, Status: 500, Code: "Brand.New", Do: answers.Rename, Unknown: true, Requests: 2},
			{Refuse: a.Untag, Status: 500, Code: "Brand.New", Do: answers.Retag, Unknown: true, Requests: 2},
			{Refuse: a.Delete, Status: 500, Code: "Brand.New", Do: answers.Delete, Unknown: true, Requests: 2},
			// A code that only a family names costs at most one repeat too.
			{Refuse: a.Create, Code: "OperationFailed.NobodyKnows", Do: answers.Create, Kind: cgw.ErrConflict, Unknown: true, Requests: 2},
			{Refuse: a.Create, Code: "IncorrectStatus.NobodyKnows", Do: answers.Create, Kind: cgw.ErrConflict, Requests: 2},
			{Refuse: a.Delete, Code: "NobodyKnows.Configuring", Do: answers.Delete, Kind: cgw.ErrConflict, Requests: 2},
			// The vendor documents these families as transient.
			{Refuse: a.Create, Code: "Throttling.NobodyKnows", Do: answers.Create, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Create, Code: "InternalError.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 5},
			{Refuse: a.Create, Code: "ServiceUnavailable.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 5},
			{Refuse: a.Create, Code: "SystemBusy.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 5},
			// Throttled by the status or a header, whatever the code; the header counts milliseconds.
			{Refuse: a.Create, Code: "FlowControl.Exceeded", Header: "X-Acs-Retry-After", RetryAfter: "300", Do: answers.Create, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Create, Code: "FlowControl.Exceeded", Header: "X-Acs-Retry-After", RetryAfter: "300000", Do: answers.Create, Kind: cgw.ErrThrottled, Requests: 1},
			{Refuse: a.Create, Code: "Brand.New", Header: "X-Acs-Retry-After", RetryAfter: "300", Do: answers.Create, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Get, Code: "Brand.New", RetryAfter: "7", Do: answers.Get, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Create, Status: 429, Code: "LastTokenProcessing", Do: answers.Create, Kind: cgw.ErrThrottled, Unknown: true, Waits: true},
			// A plain "try later" is waited for. Nothing was done, unless it is about a token.
			{Refuse: a.Create, Code: "OperationConflict", Do: answers.Create, Kind: cgw.ErrConflict, Waits: true},
			{Refuse: a.Delete, Code: "VpnConnection.Configuring", Do: answers.Delete, Kind: cgw.ErrConflict, Waits: true},
			{Refuse: a.Untag, Code: "IncorrectStatus", Do: answers.Retag, Kind: cgw.ErrConflict, Waits: true},
			{Refuse: a.Create, Code: "IdempotentProcessing", Do: answers.Create, Kind: cgw.ErrConflict, Unknown: true, Waits: true},
			{Refuse: a.Create, Code: "IdempotentFailed", Do: answers.Create, Kind: cgw.ErrConflict, Unknown: true, Waits: true},
			// Not found, but not the gateway.
			{Refuse: a.Create, Status: 404, Code: "InvalidResourceGroup.NotFound", Do: answers.Create, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.List, Status: 404, Code: "InvalidResourceGroup.NotFound", Do: answers.List, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Delete, Status: 404, Code: "InvalidVpnGatewayInstanceId.NotFound", Do: answers.Delete, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Create, Status: 404, Code: "InvalidCustomerGatewayInstanceId.NotFound", Do: answers.Create, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Get, Status: 404, Code: "InvalidCustomerGatewayInstanceId.NotFound", Do: answers.Get, Kind: cgw.ErrNotFound, Requests: 1},
			{Refuse: a.Modify, Code: "InvalidIpAddress.AlreadyExist", Do: answers.Rename, Kind: cgw.ErrInvalidArgument, Requests: 1},
			// Keys and times that are missing.
			{Refuse: a.Create, Code: "MissingAccessKeyId", Do: answers.Create, Kind: cgw.ErrUnauthenticated, Requests: 1},
			{Refuse: a.Create, Code: "MissingTimestamp", Do: answers.Create, Kind: cgw.ErrUnauthenticated, Requests: 1},
			// Rights for tags apart from those for gateways.
			{Refuse: a.Untag, Status: 403, Code: "NoPermission", Text: "you may not", Do: answers.Retag, Kind: cgw.ErrPermissionDenied, Requests: 1, Says: "permission denied (refused action: UnTagResources)"},
		},
	}
}
