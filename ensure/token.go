package ensure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/cgw-go/cgw"
)

// maxReplays is how many times ensure tries the next derived token, because the cloud answered the
// last one with a gateway that was deleted. Then create uses a random token.
const maxReplays = 4

// derivedToken returns a token of 64 characters for a request. gone is the ID of the deleted
// gateway that the last token led to; empty: this is the first token. The token differs between
// regions, if the Provisioner is Located. It depends on whether the request has an AuthKey, but
// not on the key: a token is no secret.
func (e *ensurer) derivedToken(req cgw.CreateRequest, gone string) string {
	at := locationOf(e.p)
	req.ClientToken = ""
	data, _ := json.Marshal(struct {
		Provider cgw.Provider      `json:"provider"`
		Region   string            `json:"region"`
		Request  cgw.CreateRequest `json:"request"`
		Gone     string            `json:"gone"`
	}{at.Provider, at.Region, req, gone}) // such values always marshal
	sum := sha256.Sum256(data)
	return "cgw-" + hex.EncodeToString(sum[:30])
}

// tokenUnsupported reports whether a request was refused only because it has a token.
func tokenUnsupported(err error) bool {
	var invalid *cgw.ValidationError
	return errors.As(err, &invalid) && len(invalid.Fields) == 1 &&
		invalid.Fields[0].Field == fieldClientToken && errors.Is(invalid.Fields[0].Kind, cgw.ErrUnsupported)
}

// tokenMismatch reports whether the service refused the request because the token was used for
// another one, such as one with another AuthKey.
func tokenMismatch(err error) bool {
	return errors.Is(err, cgw.ErrTokenMismatch) && cgw.OutcomeOf(err) == cgw.OutcomeNotApplied
}
