package tencenttest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// isCommonV1 reports whether a parameter of a request with a signature of version 1 is common to
// all actions. In version 3 these are headers.
func isCommonV1(name string) bool {
	switch name {
	case "Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature",
		"SignatureMethod", "Token", "Language", "RequestClient":
		return true
	}
	return false
}

// verifyV1 checks the signature of version 1, which covers every parameter.
func verifyV1(r *http.Request, params map[string]string, secretKey string) *serviceError {
	var newHash func() hash.Hash
	switch params["SignatureMethod"] {
	case "", "HmacSHA1":
		newHash = sha1.New
	case "HmacSHA256":
		newHash = sha256.New
	default:
		return refuse(codeSignatureFailure, "SignatureMethod must be HmacSHA1 or HmacSHA256")
	}
	for _, host := range hostForms(r.Host) {
		h := hmac.New(newHash, []byte(secretKey))
		h.Write([]byte(signedTextV1(r.Method, host, r.URL.Path, params)))
		if hmac.Equal([]byte(params["Signature"]), []byte(base64.StdEncoding.EncodeToString(h.Sum(nil)))) {
			return nil
		}
	}
	return refuse(codeSignatureFailure, "the signature does not match the request")
}

// signedTextV1 joins the parameters in the order of their names, values not escaped.
func signedTextV1(method, host, path string, params map[string]string) string {
	names := make([]string, 0, len(params))
	for name := range params {
		if name != "Signature" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = name + "=" + params[name]
	}
	return method + host + path + "?" + strings.Join(names, "&")
}

// replays remembers the signatures of version 1 for as long as their timestamps are accepted.
type replays struct {
	mu   sync.Mutex
	seen map[string]time.Time // signature to timestamp
	next time.Time            // when to forget the old ones
}

// first returns false if there was a request with the signature before. The signature covers
// the Nonce, the Timestamp and every other parameter, so only a copy of a request has the same.
// The Nonce alone must not decide: the official SDK for Node.js draws it from 16 bits.
func (p *replays) first(signature string, at, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]time.Time{}
	}
	if now.After(p.next) {
		for k, t := range p.seen {
			if now.Sub(t) > clockWindow {
				delete(p.seen, k)
			}
		}
		p.next = now.Add(clockWindow)
	}
	if _, used := p.seen[signature]; used {
		return false
	}
	p.seen[signature] = at
	return true
}
