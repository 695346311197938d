package alibabatest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
)

// rpc reads the signature of the older RPC protocol, version 1.0: it is a parameter itself, and
// covers all others, whether they came in the query or in a form.
func rpc(r *request, secret string) (signed, *refusal) {
	for _, name := range []string{
		"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature",
	} {
		if r.params[name] == "" {
			return signed{}, mandatory(name)
		}
	}
	// SignatureType is empty for a signature with a secret; some clients send it so.
	for name, want := range map[string]string{"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureType": ""} {
		if r.params[name] != want {
			return signed{}, invalid(name)
		}
	}
	unsigned := maps.Clone(r.params)
	delete(unsigned, "Signature")
	text := r.method + "&%2F&" + encode(unsigned.canonical(), "")
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(text))
	return signed{
		keyID: r.params["AccessKeyId"], token: r.params["SecurityToken"],
		nonce: r.params["SignatureNonce"], time: r.params["Timestamp"],
		signature: r.params["Signature"], want: base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		mismatch: "Specified signature is not matched with our calculation. server string to sign is:" + text,
	}, nil
}
