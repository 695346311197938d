package tencent_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func withID(response string) string {
	return `{"Response":{` + response + `"RequestId":"5bd98433-263a"}}`
}

// failure is an error of the service. Its status is always 200.
func failure(code, message, requestID string) (status int, body string) {
	return 200, fmt.Sprintf(`{"Response":{"Error":{"Code":%q,"Message":%q},"RequestId":%q}}`, code, message, requestID)
}

func withError(code string) string {
	_, body := failure(code, "it went wrong", "5bd98433-263a")
	return body
}

// found are the fields of a reply that is a success of every operation.
const found = `"CustomerGateway":{"CustomerGatewayId":"cgw-1","Unknown":{"a":[1]}},"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,`

// withoutEnd returns an object that further keys can be added to.
func withoutEnd(object string) string { return strings.TrimSuffix(object, "}") }

func badReplies() []providertest.BadReply {
	return []providertest.BadReply{
		providertest.Unavailable("null response", 200, `{"Response":null}`),
		providertest.Unavailable("list of responses", 200, `{"Response":[]}`),
		providertest.Unavailable("empty response", 200, `{"Response":{}}`),
		providertest.Unavailable("null fields", 200, `{"Response":{"CustomerGateway":null,"CustomerGatewaySet":null,"TotalCount":null,"RequestId":null}}`),
		providertest.Unavailable("error that is a text", 200, withID(`"Error":"it went wrong",`)),
		providertest.Unavailable("error without a code", 200, withID(`"Error":{"Message":"it went wrong"},`)),
		providertest.Unavailable("old form without a name", 200, `{"code":4000,"message":"it went wrong"}`),
		providertest.Unavailable("ID that is a list", 200, `{"Response":{"CustomerGateway":{"CustomerGatewayId":[1]},"CustomerGatewaySet":[{"CustomerGatewayId":[1]}],"RequestId":[7]}}`),
		providertest.Unavailable("cut off", 200, `{"Response":{"CustomerGateway":{"CustomerGatewayId":"cgw-1"`),
		providertest.Unavailable("two replies", 200, withID("")+withID("")),
		{Name: "event stream", Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: withID(""), Kind: cgw.ErrUnavailable},
		providertest.Unavailable("second response", 200, `{"Response":{"RequestId":"5bd98433-263a"},"Response":null}`),
		providertest.Unavailable("text for an error, its key with an escape", 200, withID(`"\u0045rror":"it went wrong",`)),
		providertest.Unavailable("old form beside a response, and a text for a number", 200, withoutEnd(withID(""))+`,"code":"4000"}`),
		providertest.WithoutContent("text for an error beside a gateway", withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1"},"error":"it went wrong",`)),
		providertest.WithoutContent("page without a request ID", `{"Response":{"CustomerGateway":null,"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1"}],"TotalCount":1,"RequestId":""}}`),
		providertest.WithoutContent("null gateway", withID(`"CustomerGateway":null,"CustomerGatewaySet":[null],"TotalCount":1,`)),
		providertest.WithoutContent("gateway without an ID", withID(`"CustomerGateway":{"IpAddress":"58.211.1.12"},"CustomerGatewaySet":[{"CustomerGatewayName":"test-cgw"}],"TotalCount":1,`)),
		providertest.WithoutContent("null ID", withID(`"CustomerGateway":{"CustomerGatewayId":null},"CustomerGatewaySet":[{"CustomerGatewayId":null}],"TotalCount":1,`)),
		providertest.WithoutContent("empty ID", withID(`"CustomerGateway":{"CustomerGatewayId":""},"CustomerGatewaySet":[{"CustomerGatewayId":""}],"TotalCount":1,`)),
		providertest.WithoutContent("fewer than it counts", withID(`"CustomerGatewaySet":[],"TotalCount":3,`)),

		{Name: "JSON 502", Status: 502, Body: withError("RequestLimitExceeded"), Code: "RequestLimitExceeded", Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied},
		{Name: "error as HTML by its type", Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: withError("LimitExceeded"), Code: "LimitExceeded", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "error as bytes by its type", Status: 200, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: withError("LimitExceeded"), Code: "LimitExceeded", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "error in small letters", Status: 200, Body: strings.ToLower(withError("LimitExceeded")), Code: "limitexceeded"},
		{Name: "key of an error in large letters", Status: 200, Body: strings.Replace(withError("LimitExceeded"), "Error", "ERROR", 1), Code: "LimitExceeded", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "key of an error with an escape", Status: 200, Body: strings.Replace(withError("LimitExceeded"), "Error", `\u0045rror`, 1), Code: "LimitExceeded", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "error in a second response", Status: 200, Body: withoutEnd(withID("")) + `,"response":{"error":{"Code":"LimitExceeded"}}}`, Code: "LimitExceeded", Kind: cgw.ErrQuotaExceeded, Outcome: cgw.OutcomeNotApplied},
		{Name: "old form beside a response", Status: 200, Body: withoutEnd(withID("")) + `,"code":4000,"message":"it went wrong","codeDesc":"InvalidParameter"}`, Code: "InvalidParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "message and request ID that are numbers", Status: 200, Body: `{"Response":{"Error":{"Code":"MissingParameter","Message":7},"RequestId":7}}`, Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "old form, its number as a text", Status: 200, Body: `{"code":"4000","message":7,"codeDesc":"InvalidParameter"}`, Code: "InvalidParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "spaced out", Status: 200, Body: "\n{ \"Response\" : { \"Error\" : { \"Code\" : \"MissingParameter\" } , \"RequestId\" : \"5bd98433-263a\" } }\n", Code: "MissingParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
		{Name: "old form", Status: 200, Body: `{"code":4000,"message":"it went wrong","codeDesc":"InvalidParameter"}`, Code: "InvalidParameter", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied},
	}
}

// TestRepliesWithoutRequestID has successes without what every reply of the service has.
func TestRepliesWithoutRequestID(t *testing.T) {
	id := regexp.MustCompile(`,?"RequestId":"[^"]*"`)
	name, tags := "renamed", map[string]string{"site": "north"}
	for action, call := range map[string]func(context.Context, cgw.Provisioner, string) error{
		"DescribeCustomerGateways": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Get(ctx, id)
			return err
		},
		"DescribeResourceTagsByResourceIds": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Get(ctx, id)
			return err
		},
		"ModifyCustomerGatewayAttribute": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Update(ctx, id, cgw.UpdateRequest{Name: &name})
			return err
		},
		"ModifyResourceTags": func(ctx context.Context, p cgw.Provisioner, id string) error {
			_, err := p.Update(ctx, id, cgw.UpdateRequest{Tags: tags})
			return err
		},
		"DeleteCustomerGateway": func(ctx context.Context, p cgw.Provisioner, id string) error {
			return p.Delete(ctx, id)
		},
	} {
		t.Run(action, func(t *testing.T) {
			service := tencenttest.NewServer(tencenttest.Options{})
			defer service.Close()
			g, err := providertest.Open(t, tencent.New, service.Config()).Create(t.Context(), providertest.Request())
			require.NoError(t, err)
			cfg := service.Config()
			cfg.Retry = providertest.Once()
			cfg.HTTPClient = &http.Client{Transport: providertest.Tripper(func(r *http.Request) (*http.Response, error) {
				resp, err := service.Client().Transport.RoundTrip(r)
				if err != nil || r.Header.Get("X-TC-Action") != action {
					return resp, err
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				return providertest.Reply(r, 200, string(id.ReplaceAll(body, nil))), err
			})}
			require.ErrorIs(t, call(t.Context(), providertest.Open(t, tencent.New, cfg), g.ID), cgw.ErrUnavailable)
		})
	}
}

// oddReplies are successes of a create that are not what the documents show.
func oddReplies() map[string]providertest.OddReply {
	return map[string]providertest.OddReply{
		"spaces around":        {ContentType: "application/json", Body: " { \"Response\" : " + strings.TrimPrefix(withID(found), `{"Response":`) + "\n"},
		"text as a number":     {ContentType: "application/json", Body: withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1","CustomerGatewayName":12,"CreatedTime":1493363599},`)},
		"request ID: a number": {ContentType: "application/json", Body: `{"Response":{` + found + `"RequestId":7}}`, RequestID: "7"},
		"null error":           {ContentType: "application/json", Body: withID(`"Error":null,` + found)},
		"a name of Error":      {ContentType: "application/json", Body: withID(`"CustomerGateway":{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"Error"},`)},
	}
}
