package alibabatest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

const acs3Algorithm = "ACS3-HMAC-SHA256"

// acs3 reports whether the request is signed in its Authorization header.
func (r *request) acs3() bool { return r.headers["authorization"] != "" }

// authorization reads the Authorization header.
func (r *request) authorization() (credential, list, signature string, ref *refusal) {
	algorithm, rest, _ := strings.Cut(r.headers["authorization"], " ")
	if algorithm != acs3Algorithm {
		return "", "", "", refusef("IncompleteSignature", "The signature algorithm is not supported here: only %s is.", acs3Algorithm)
	}
	fields := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if _, ok := fields[name]; !ok {
			return "", "", "", refusef("IncompleteSignature", "The Authorization header has no %s.", name)
		}
	}
	if fields["Credential"] == "" {
		return "", "", "", mandatory("AccessKeyId")
	}
	return fields["Credential"], fields["SignedHeaders"], fields["Signature"], nil
}

// acs3 reads the signature of version 3 of the vendor's signature method.
func acs3(r *request, secret string) (signed, *refusal) {
	credential, list, signature, ref := r.authorization()
	if ref != nil {
		return signed{}, ref
	}
	for _, name := range []string{"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"} {
		if r.headers[name] == "" {
			return signed{}, mandatory(name)
		}
	}
	names := strings.Split(list, ";")
	for name := range r.headers {
		if mustSign(name, r) && !slices.Contains(names, name) {
			return signed{}, refusef("IncompleteSignature", "The header %s is not signed.", name)
		}
	}

	hash := sha256.Sum256(r.body)
	var b strings.Builder
	b.WriteString(r.method + "\n" + encode(r.path, "/") + "\n" + r.query.canonical() + "\n")
	for _, name := range names {
		b.WriteString(name + ":" + r.headers[name] + "\n")
	}
	b.WriteString("\n" + list + "\n" + r.headers["x-acs-content-sha256"])
	canonical := sha256.Sum256([]byte(b.String()))
	text := acs3Algorithm + "\n" + hex.EncodeToString(canonical[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))

	// The signature covers the hash that the request states, so that hash must be the body's.
	want := hex.EncodeToString(mac.Sum(nil))
	if r.headers["x-acs-content-sha256"] != hex.EncodeToString(hash[:]) {
		want = ""
	}
	return signed{
		keyID: credential, token: r.headers["x-acs-security-token"],
		nonce: r.headers["x-acs-signature-nonce"], time: r.headers["x-acs-date"],
		signature: signature, want: want,
		mismatch: "Specified signature does not match our calculation. server StringToSign is [" + text + "] server CanonicalRequest is [" + b.String() + "]",
	}, nil
}

// mustSign reports whether every signature must have the header: host, all x-acs-*, and the type of
// a body if there is one.
func mustSign(header string, r *request) bool {
	return header == "host" || strings.HasPrefix(header, "x-acs-") || (header == "content-type" && len(r.body) > 0)
}

// canonical returns the parameters in order, encoded by RFC 3986.
func (p params) canonical() string {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(p)) {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(encode(name, "") + "=" + encode(p[name], ""))
	}
	return b.String()
}

// encode escapes all bytes of s except the unreserved ones of RFC 3986 and those of keep.
func encode(s, keep string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~', strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
		}
	}
	return b.String()
}
