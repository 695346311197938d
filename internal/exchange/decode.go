package exchange

import "encoding/json"

// Succeeded is called by Config.Inspect if r is a success. The SDK then gets an empty JSON object in
// place of the body, and cgw decodes the body with Record.Decode. This saves time: the SDK would decode
// the whole body, some of it more than once, into types with many more fields than cgw uses.
func (r *Reply) Succeeded() { r.SDKBody = []byte("{}") }

// Decode reads the JSON of a success into v, a pointer. See Reply.Succeeded.
func (r *Record) Decode(v any) error {
	if r.Reply.SDKBody == nil { // Inspect did not call Succeeded, but the SDK returned no error
		return &ReplyError{Reason: "an error of the API"}
	}
	if json.Unmarshal(r.Reply.Body, v) != nil { // its own error would show parts of the reply
		return &ReplyError{Reason: "not the JSON that the API documents"}
	}
	return nil
}
