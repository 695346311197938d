package tencenttest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithmTC3    = "TC3-HMAC-SHA256"
	terminatorTC3   = "tc3_request"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// authorizationTC3 is a parsed Authorization header.
type authorizationTC3 struct {
	secretID, date, service string
	signedHeaders           []string
	signature               string
}

func parseTC3(header string) (authorizationTC3, *serviceError) {
	var a authorizationTC3
	bad := func(what string) (authorizationTC3, *serviceError) {
		return a, refuse(codeInvalidAuthorization, "the Authorization header %s", what)
	}
	rest, ok := strings.CutPrefix(header, algorithmTC3+" ")
	if !ok {
		return bad("does not start with " + algorithmTC3)
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := fields[name]; !ok || twice {
			return bad("is not a list of name=value")
		}
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 4 || scope[3] != terminatorTC3 || slices.Contains(scope, "") {
		return bad("has no Credential of the form SecretId/Date/Service/" + terminatorTC3)
	}
	a.secretID, a.date, a.service = scope[0], scope[1], scope[2]
	a.signedHeaders = strings.Split(fields["SignedHeaders"], ";")
	if !slices.Contains(a.signedHeaders, "content-type") || !slices.Contains(a.signedHeaders, "host") {
		return bad("does not sign content-type and host")
	}
	a.signature = fields["Signature"]
	if len(a.signature) != 2*sha256.Size || len(fields) != 3 {
		return bad("must have Credential, SignedHeaders and a Signature of 64 hexadecimal digits")
	}
	return a, nil
}

// verify checks the signature. timestamp is the text of X-TC-Timestamp, and at is the time that it
// says.
func (a authorizationTC3) verify(r *http.Request, body []byte, secretKey, timestamp string, at time.Time) *serviceError {
	if a.date != at.UTC().Format(time.DateOnly) {
		return refuse(codeSignatureFailure, "the date of the Credential is not that of X-TC-Timestamp")
	}
	payload := body
	if r.Header.Get("X-TC-Content-SHA256") == unsignedPayload {
		payload = []byte(unsignedPayload)
	}
	key := hmacSHA256(hmacSHA256(hmacSHA256([]byte("TC3"+secretKey), a.date), a.service), terminatorTC3)
	scope := a.date + "/" + a.service + "/" + terminatorTC3
	for canonical := range canonicalTC3(r, a.signedHeaders, hexSHA256(payload)) {
		signed := strings.Join([]string{algorithmTC3, timestamp, scope, hexSHA256([]byte(canonical))}, "\n")
		if hmac.Equal([]byte(a.signature), []byte(hex.EncodeToString(hmacSHA256(key, signed)))) {
			return nil
		}
	}
	return refuse(codeSignatureFailure, "the signature does not match the request")
}

// canonicalTC3 yields the texts that a correct client may have signed. The official SDKs differ in
// the path ("/" or the real one), the host (with or without its port), and header values (as sent,
// or in lower case as the document says).
func canonicalTC3(r *http.Request, signedHeaders []string, payloadHash string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, path := range distinct("/", r.URL.EscapedPath()) {
			for _, host := range hostForms(r.Host) {
				asSent := canonicalHeaders(r, signedHeaders, host)
				for _, headers := range distinct(asSent, strings.ToLower(asSent)) {
					if !yield(strings.Join([]string{
						r.Method, path, r.URL.RawQuery, headers, strings.Join(signedHeaders, ";"), payloadHash,
					}, "\n")) {
						return
					}
				}
			}
		}
	}
}

func canonicalHeaders(r *http.Request, names []string, host string) string {
	var b strings.Builder
	for _, name := range names {
		value := strings.TrimSpace(r.Header.Get(name))
		if name == "host" {
			value = host
		}
		b.WriteString(name + ":" + value + "\n")
	}
	return b.String()
}

// hostForms returns the host as it was sent, and without its port: the Node.js SDK signs it
// without.
func hostForms(host string) []string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return []string{host}
	}
	return distinct(host, name)
}

func distinct(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

func parseTimestamp(text string) (time.Time, *serviceError) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, refuse(codeInvalidParameter, "the timestamp is not a number of seconds")
	}
	return time.Unix(seconds, 0), nil
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
