package exchange

import "encoding/json"

// Succeeded is for inspect: r is a success, which cgw reads with Record.Decode. An SDK would read
// the whole more than once, and into far more than cgw uses, so it gets to see an empty object.
func (r *Reply) Succeeded() { r.SDKBody = []byte("{}") }

// Decode reads the JSON of a success into v, a pointer. See Reply.Succeeded.
func (r *Record) Decode(v any) error {
	if r.Reply.SDKBody == nil { // the SDK did not notice what inspect did
		return &ReplyError{Reason: "an error of the API"}
	}
	if json.Unmarshal(r.Reply.Body, v) != nil { // the error would repeat parts of the reply
		return &ReplyError{Reason: "not the JSON that the API documents"}
	}
	return nil
}
