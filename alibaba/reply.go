package alibaba

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/lenient"
)

// method is a method of the SDK's client.
type method[Req, Resp any] func(*vpc.Client, context.Context, Req, *dara.RuntimeOptions) (Resp, error)

// send sends one attempt of a request with a method of the SDK, and returns the reply. ctx is the
// context of the attempt.
func send[Reply, Req, Resp any](ctx context.Context, s *sender, m method[Req, Resp], r Req) (Reply, error) {
	var reply Reply
	client, err := s.client(ctx)
	if err != nil {
		return reply, err
	}
	if _, err = m(client, ctx, r, &dara.RuntimeOptions{}); err == nil {
		err = exchange.RecordOf(ctx).Decode(&reply)
	}
	return reply, err
}

// secretNames are the headers and query parameters that hold secrets, besides Authorization, in each
// of the ways to sign that the SDK has.
var secretNames = []string{
	"AuthKey", "Signature", "SecurityToken", "BearerToken", "x-acs-security-token", "x-acs-bearer-token", "x-acs-zero-trust-idtoken",
}

// envelope has the fields of every error. Some parts of the service send lower-case keys, which
// encoding/json reads as well.
type envelope struct {
	Code      any
	Message   json.RawMessage
	RequestID lenient.Text `json:"RequestId"`
	Denied    any          `json:"AccessDeniedDetail"`
}

// detailNames are the details of a denial that an error keeps. EncodedDiagnosticMessage is not kept:
// cgw cannot search its encoded content for secrets.
var detailNames = [...]string{
	"AuthAction", "AuthPrincipalDisplayName", "AuthPrincipalOwnerId", "AuthPrincipalType", "NoPermissionType", "PolicyType",
}

// details returns the details of a denial that an error may show, or nil.
func (e *envelope) details(r *exchange.Reply) map[string]string {
	var kept map[string]string
	all, _ := e.Denied.(map[string]any)
	for _, name := range detailNames {
		if text, _ := all[name].(string); text != "" {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[name] = r.Clean(text)
		}
	}
	return kept
}

// inspect screens a raw reply before the SDK decodes it. Without it, the SDK treats an empty
// 200, {} and a 200 with a code as successes, gives an empty error the code "<nil>", and loses
// the status of a reply that is not JSON.
func inspect(r *exchange.Reply) error {
	// If the type says XML, the SDK reads XML; but cgw asks for JSON.
	r.Header.Del("Content-Type")
	body := bytes.TrimSpace(r.Body)
	ok := r.Status >= 200 && r.Status < 300
	if ok && bytes.HasPrefix(body, []byte("{")) && !exchange.MayHave(body, "code") {
		if r.RequestID = r.FindRequestID(); r.RequestID != "" {
			r.Succeeded()
			return nil // the usual case; send or the operation refuses other malformed parts
		}
	}
	var e envelope
	switch {
	case len(body) == 0:
		return &exchange.ReplyError{Reason: "empty reply"}
	case body[0] != '{' || json.Unmarshal(body, &e) != nil:
		return &exchange.ReplyError{Reason: "not the JSON that the API documents"}
	}
	r.RequestID = r.Name(string(e.RequestID))
	name, _ := e.Code.(string)
	if name == "" && ok {
		r.Succeeded()
		return nil
	}
	if r.Code = r.Name(name); r.Code == "" {
		return &exchange.ReplyError{Reason: "not an error of the API"}
	}
	var message lenient.Text
	_ = message.UnmarshalJSON(e.Message) // a message of another type is left out
	r.Message = r.Clean(string(message))
	denied := e.details(r)
	if action := exchange.CleanName(denied["AuthAction"]); action != "" && !strings.Contains(r.Message, action) {
		r.Message = strings.TrimSpace(r.Message + " (refused action: " + action + ")")
	}
	// The SDK's error repeats the body, so the SDK reads a clean one. It treats a code with a 2xx as
	// a success.
	if ok {
		r.SDKStatus = http.StatusBadRequest
	}
	r.Body, _ = json.Marshal(struct {
		Code, Message, RequestId string            //nolint:revive // the service's spelling
		AccessDeniedDetail       map[string]string `json:",omitempty"`
	}{r.Code, r.Message, r.RequestID, denied})
	return nil
}
