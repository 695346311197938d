package tencent

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
	return answers.Cloud{
		Codes: codes, Actions: a,
		New: func(client *http.Client, retry cgw.RetryPolicy) (cgw.Provisioner, error) {
			cred := StaticCredentials("AKIDEXAMPLE", "keyEXAMPLE", "")
			return New(Config{Region: "ap-guangzhou", Credentials: cred, HTTPClient: client, Retry: retry, Limiter: NewLimiter(1e6)})
		},
		Action: func(r *http.Request) string { return r.Header.Get("X-TC-Action") },
		Content: map[string]string{
			a.Create:      `"CustomerGateway":{"CustomerGatewayId":"cgw-2"},`,
			a.Get:         `"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"old","IpAddress":"198.51.100.1"}],"TotalCount":1,`,
			a.Connections: `"VpnConnectionSet":[],"TotalCount":0,`,
			a.ReadTags:    `"Tags":[{"TagKey":"old","TagValue":"1","ResourceId":"cgw-1"}],"TotalCount":1,`,
		},
		Success: func(content string) string { return `{"Response":{` + content + `"RequestId":"request-1"}}` },
		Error: func(code, message string) (int, string) {
			type detail struct{ Code, Message string }
			var reply struct {
				Response struct {
					Error     detail
					RequestId string //nolint:revive // the service's spelling
				}
			}
			reply.Response.Error, reply.Response.RequestId = detail{code, message}, "request-1"
			body, _ := json.Marshal(reply)
			return http.StatusOK, string(body)
		},
		Answers: 1490,
		Requests: []answers.Request{
			{Op: cgw.OpGet, Action: a.ReadTags, Tags: true, Do: answers.Get},
			{Op: cgw.OpUpdate, Action: a.ReadTags, Tags: true, Do: answers.Retag},
			{Op: cgw.OpUpdate, Action: a.Tag, Write: true, Do: answers.Retag},
		},
		Costs: []answers.Cost{
			// A code that nobody knows, in a well-formed refusal, costs at most one repeat. Before
			// that, and after it, a create looks.
			{Refuse: a.Create, Code: "Brand.New", Do: answers.Create, Unknown: true, Requests: 2, Looks: 8, LookBy: a.List},
			{Refuse: a.Get, Code: "Brand.New", Do: answers.Get, Requests: 2},
			{Refuse: a.List, Code: "Brand.New", Do: answers.List, Requests: 2},
			{Refuse: a.ReadTags, Code: "Brand.New", Do: answers.Get, Requests: 2},
			{Refuse: a.Modify, Code: "Brand.New", Do: answers.Rename, Unknown: true, Requests: 2},
			{Refuse: a.Tag, Code: "Brand.New", Do: answers.Retag, Unknown: true, Requests: 2},
			{Refuse: a.Delete, Code: "Brand.New", Do: answers.Delete, Unknown: true, Requests: 2},
			// A code that only a family names costs at most one repeat too.
			{Refuse: a.Create, Code: "FailedOperation.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 2, Looks: 8, LookBy: a.List},
			{Refuse: a.Create, Code: "ResourceUnavailable.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 2, Looks: 8, LookBy: a.List},
			{Refuse: a.Create, Code: "ResourceInsufficient.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 2, Looks: 8, LookBy: a.List},
			{Refuse: a.Create, Code: "OperationDenied.NobodyKnows", Do: answers.Create, Kind: cgw.ErrConflict, Requests: 2, LookBy: a.List},
			{Refuse: a.Create, Code: "UnsupportedOperation.FooProcessing", Do: answers.Create, Kind: cgw.ErrConflict, Requests: 2, LookBy: a.List},
			{Refuse: a.Delete, Code: "OperationDenied.NobodyKnows", Do: answers.Delete, Kind: cgw.ErrConflict, Requests: 2},
			// The vendor documents these families as transient.
			{Refuse: a.Create, Code: "RequestLimitExceeded.NobodyKnows", Do: answers.Create, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Create, Code: "InternalError.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 5, Looks: 14, LookBy: a.List},
			{Refuse: a.Create, Code: "ServiceUnavailable.NobodyKnows", Do: answers.Create, Kind: cgw.ErrUnavailable, Unknown: true, Requests: 5, Looks: 14, LookBy: a.List},
			// The families that refuse.
			{Refuse: a.Create, Code: "UnknownParameter.WithGuess", Text: "The parameter `BgpAsn` is not recognized.", Do: answers.Create, Kind: cgw.ErrUnsupported, Requests: 1},
			{Refuse: a.Create, Code: "UnknownParameter.WithGuess", Text: "The parameter `Colour` is not recognized.", Do: answers.Create, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Create, Code: "InvalidCustomerGateway.New", Do: answers.Create, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Create, Code: "UnsupportedOperation.New", Do: answers.Create, Kind: cgw.ErrUnsupported, Requests: 1},
			{Refuse: a.Create, Code: "AuthFailure.New", Do: answers.Create, Kind: cgw.ErrUnauthenticated, Requests: 1},
			// Throttled by the status, whatever the code.
			{Refuse: a.Create, Status: 429, Code: "InternalError", Do: answers.Create, Kind: cgw.ErrThrottled, Unknown: true, Waits: true},
			{Refuse: a.Create, Code: "Brand.New", RetryAfter: "5", Do: answers.Create, Kind: cgw.ErrThrottled, Unknown: true, Waits: true},
			{Refuse: a.Get, Code: "Brand.New", RetryAfter: "5", Do: answers.Get, Kind: cgw.ErrThrottled, Waits: true},
			{Refuse: a.Create, Status: 429, Code: "Brand.New", RetryAfter: "300", Do: answers.Create, Kind: cgw.ErrThrottled, Requests: 1},
			// A plain "try later" is waited for.
			{Refuse: a.Create, Code: "OperationDenied.MutexTaskRunning", Do: answers.Create, Kind: cgw.ErrConflict, Waits: true},
			{Refuse: a.Tag, Code: "FailedOperation.ResourceTagProcessing", Do: answers.Retag, Kind: cgw.ErrConflict, Waits: true},
			// Not found, but not the gateway.
			{Refuse: a.Tag, Code: "ResourceNotFound.TagNonExist", Do: answers.Retag, Kind: cgw.ErrInvalidTag, Requests: 1},
			{Refuse: a.Tag, Code: "ResourceNotFound.AttachedTagKeyNotFound", Do: answers.Retag, Kind: cgw.ErrInvalidTag, Requests: 1},
			{Refuse: a.Tag, Code: "ResourceInUse.TagKeyAttached", Do: answers.Retag, Kind: cgw.ErrInvalidTag, Requests: 1},
			{Refuse: a.List, Code: "ResourceNotFound.SvcNotExist", Do: answers.List, Kind: cgw.ErrInvalidArgument, Requests: 1},
			{Refuse: a.Create, Code: "ResourceNotFound", Do: answers.Create, Kind: cgw.ErrInvalidArgument, Requests: 1},
			// Rights for tags apart from those for gateways.
			{Refuse: a.ReadTags, Code: "AuthFailure.UnauthorizedOperation", Text: "you may not", Do: answers.Get, Kind: cgw.ErrPermissionDenied, Requests: 1, Says: "permission denied (refused action: DescribeResourceTagsByResourceIds)"},
			{Refuse: a.Tag, Code: "UnauthorizedOperation", Text: "no right to tag:ModifyResourceTags", Do: answers.Retag, Kind: cgw.ErrPermissionDenied, Requests: 1, Says: "no right to tag:ModifyResourceTags"},
		},
	}
}
