package alibabatest

import (
	"crypto/subtle"
	"sync"
	"time"

	"github.com/cgw-go/cgw/internal/emulator"
)

const (
	// window is how far the time of a request may differ from the service's clock, and how long a
	// nonce must not be used again: 15 minutes in the vendor's documents of both signatures.
	window     = 15 * time.Minute
	timeLayout = "2006-01-02T15:04:05Z"
)

// signed is what a signature scheme reads from a request.
type signed struct {
	keyID, token    string
	nonce, time     string
	signature, want string
	mismatch        string // the message if the signature does not match: it says what the service signed
}

// authenticator checks who sent a request. It remembers nonces.
type authenticator struct {
	credentials func() emulator.Credentials
	now         func() time.Time
	illegal     bool // answer IllegalTimestamp if the clock is wrong

	mu     sync.Mutex
	nonces map[string]time.Time // by nonce: the time until which it cannot be used again
	sweep  int                  // how many there may be before the old ones are removed
}

// mandatory refuses a request that lacks a part of its signature. Two parts have their own codes.
func mandatory(name string) *refusal {
	switch name {
	case "AccessKeyId":
		return refuse("MissingAccessKeyId")
	case "Timestamp", "x-acs-date":
		return refuse("MissingTimestamp")
	default:
		return missing(name)
	}
}

// check refuses a request that is not signed correctly.
func (a *authenticator) check(r *request) *refusal {
	scheme := rpc
	if r.acs3() {
		scheme = acs3
	}
	c := a.credentials()
	s, ref := scheme(r, c.Secret)
	if ref != nil {
		return ref
	}
	switch {
	case s.keyID != c.ID:
		return refuse("InvalidAccessKeyId.NotFound")
	case c.Token != "" && s.token == "":
		return refuse("MissingSecurityToken")
	case s.token != c.Token:
		return refuse("InvalidSecurityToken.MismatchWithAccessKey")
	}
	at, err := time.Parse(timeLayout, s.time)
	if err != nil {
		return refuse("IllegalTimestamp")
	}
	if off := a.now().Sub(at); off > window || off < -window {
		if a.illegal {
			return refuse("IllegalTimestamp")
		}
		return refuse("InvalidTimeStamp.Expired")
	}
	if s.signature == "" || subtle.ConstantTimeCompare([]byte(s.signature), []byte(s.want)) != 1 {
		return &refusal{"SignatureDoesNotMatch", s.mismatch}
	}
	if !a.fresh(s.nonce, at) {
		return refuse("SignatureNonceUsed")
	}
	return nil
}

// fresh records the nonce of a request of the given time, and reports whether it was unused.
func (a *authenticator) fresh(nonce string, at time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if until, ok := a.nonces[nonce]; ok && !now.After(until) {
		return false
	}
	if a.nonces == nil {
		a.nonces = map[string]time.Time{}
	}
	if len(a.nonces) > a.sweep {
		for n, until := range a.nonces {
			if now.After(until) {
				delete(a.nonces, n)
			}
		}
		a.sweep = 2*len(a.nonces) + 1024
	}
	// A nonce is kept for as long as its request is accepted, also if the request's clock is ahead.
	if at.Before(now) {
		at = now
	}
	a.nonces[nonce] = at.Add(window)
	return true
}
