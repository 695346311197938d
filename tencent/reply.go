package tencent

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/lenient"
)

// send sends one attempt of r with the SDK, and returns the content of the reply. ctx is the context
// of the attempt.
func send[T any](ctx context.Context, s *sender, r tchttp.Request) (T, error) {
	var reply struct {
		Response *T // null sets it to nil
		content  T
	}
	reply.Response = &reply.content
	client, err := s.client(ctx)
	if err != nil {
		return reply.content, err
	}
	r.SetContext(ctx)
	if err = client.Send(r, &ignoredReply{}); err == nil {
		err = exchange.RecordOf(ctx).Decode(&reply)
	}
	if err == nil && reply.Response == nil {
		err = exchange.Incomplete("content")
	}
	return reply.content, err
}

// ignoredReply keeps the SDK from decoding the reply: send does that.
type ignoredReply struct{}

// ParseErrorFromHTTPResponse implements the SDK's Response.
func (*ignoredReply) ParseErrorFromHTTPResponse([]byte) error { return nil }

// secretNames are the headers and query parameters that hold secrets, besides Authorization. Signature
// and Token are of the API's older ways to sign, which a user of SDKClient may choose.
var secretNames = []string{"X-TC-Token", "Signature", "Token"}

// envelope has the fields that every reply has, and those of an error before API 3.0, which the SDK
// still knows.
type envelope struct {
	Response *struct {
		Error *struct {
			Code    string       `json:"Code"`
			Message lenient.Text `json:"Message"`
		} `json:"Error"`
		RequestID lenient.Text `json:"RequestId"`
	} `json:"Response"`
	OldCode    lenient.Number `json:"code"`
	OldMessage lenient.Text   `json:"message"`
	OldName    string         `json:"codeDesc"`
}

// inspect screens a raw reply before the SDK decodes it. Without it, the SDK panics on null, treats {}
// as a success without content, and repeats whole bodies in its errors.
func inspect(r *exchange.Reply) error {
	// If the type says so, the SDK reads a stream of events in place of JSON.
	if r.Header.Get("Content-Type") == "text/event-stream" {
		return &exchange.ReplyError{Reason: "an event stream, not JSON"}
	}
	body := bytes.TrimSpace(r.Body)
	if r.Status == http.StatusOK && bytes.HasPrefix(body, []byte(`{"Response":{"`)) && !exchange.MayHave(body, "error", "code") {
		r.RequestID = r.FindRequestID()
		r.Succeeded()
		return nil // the usual case; send or the SDK refuses other malformed parts
	}
	var e envelope
	switch {
	case len(body) == 0:
		return &exchange.ReplyError{Reason: "empty reply"}
	case json.Unmarshal(body, &e) != nil:
		return &exchange.ReplyError{Reason: "not the JSON that the API documents"}
	case e.Response != nil:
		r.RequestID = r.Name(string(e.Response.RequestID))
	}
	switch {
	case e.Response != nil && e.Response.Error != nil:
		r.Code, r.Message = r.Name(e.Response.Error.Code), string(e.Response.Error.Message)
	case e.OldCode.Value != 0:
		r.Code, r.Message = r.Name(e.OldName), string(e.OldMessage)
	case r.Status == http.StatusOK && e.Response != nil:
		r.Succeeded()
		return nil
	default:
		return &exchange.ReplyError{Reason: "neither a result nor an error of the API"}
	}
	if r.Code == "" {
		r.Message = ""
		return &exchange.ReplyError{Reason: "an error without a code"}
	}
	r.Message = r.Clean(r.Message)
	// The SDK's error repeats the body, so the SDK reads a clean one.
	r.Body, _ = json.Marshal(map[string]any{"Response": map[string]any{
		"Error": map[string]string{"Code": r.Code, "Message": r.Message}, "RequestId": r.RequestID,
	}})
	return nil
}
