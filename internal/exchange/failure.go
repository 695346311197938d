package exchange

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// ReplyError is the error of a reply that is neither a complete result nor an error with a code of the
// service. Its text does not show the HTTP status, because cgw.Error shows it.
type ReplyError struct {
	Reason string // one line, without any part of the reply
}

func (e *ReplyError) Error() string { return e.Reason }

// Incomplete returns the error of a reply that lacks a required field.
func Incomplete(field string) error { return &ReplyError{Reason: "the reply lacks " + field} }

// Fewer returns the error of a list that has fewer rows than the service counts. rows is a word such as
// "gateways".
func Fewer(rows string) error {
	return &ReplyError{Reason: "the service sent fewer " + rows + " than it counts"}
}

// Acknowledged returns an error if the reply to a write has no request ID: something other than the
// service may have sent it.
func Acknowledged(requestID string) error {
	if requestID == "" {
		return Incomplete("a request ID")
	}
	return nil
}

// TimeoutError is the error of an attempt that took longer than Config.Timeout. It does not satisfy
// errors.Is for context.DeadlineExceeded, because the caller's context has not ended.
type TimeoutError struct{}

func (TimeoutError) Error() string { return "attempt timed out" }

// Timeout implements net.Error. It returns true.
func (TimeoutError) Timeout() bool { return true }

// Temporary implements net.Error. It returns true: the next attempt may be faster.
func (TimeoutError) Temporary() bool { return true }

// failure returns the error of an attempt without a complete reply. err is the error of the transport.
func (x *Exchange) failure(caller, attempt context.Context, rec *Record, dial *dialing, req *http.Request, err error) error {
	if err := ended(caller); err != nil {
		return err
	}
	if timedOut(attempt, err) {
		reason := "no connection was made in time"
		if rec.Sent {
			reason = "no reply came in time"
		}
		if rec.Reply.Status != 0 {
			reason = "the reply ended too early"
		}
		return &NetworkError{Reason: reason, Err: TimeoutError{}}
	}
	secrets := appendSecrets(nil, req, x.cfg.Secrets)
	var via *url.URL
	if x.proxy != nil {
		via, _ = x.proxy(req) // if this fails, the transport has failed with the same error, err
		secrets = append(secrets, proxySecrets(via)...)
	}
	// The type of the error decides first. Its text is checked after that, and may be withheld.
	err = withoutURL(err)
	connecting := !rec.Sent && req.URL.Scheme == "https" && dial.mayRefuse(via, x.proxy != nil)
	if refused, ok := proxyRefusal(err, connecting); ok {
		return &NetworkError{Permanence: refused.permanence, Err: refused}
	}
	if !rec.reused && rec.Reply.Status == 0 && aboutCertificate(err) {
		// With TLS 1.3 a client sends its first request before it knows whether the server accepts its
		// certificate. If the server refuses the certificate, it does not read the request.
		rec.Sent = false
	}
	n := network(err, rec.Sent)
	if n.Reason == "" && via != nil && connecting && oddStatus(err) {
		n.Reason, n.Permanence = "the proxy refused", MaybePermanent
		if err.Error() == "" {
			err = errors.New("it gave no reason")
		}
	}
	n.Err = Detach(caller, withhold(err, secrets))
	return n
}

// ended returns the error of the caller's context, or nil if it has not ended.
func ended(caller context.Context) error {
	// The dialer of net/http compares the clock with the deadline. It may fail before the timer of the
	// context fires.
	if d, ok := caller.Deadline(); ok && !time.Now().Before(d) && caller.Err() == nil {
		return context.DeadlineExceeded
	}
	return caller.Err()
}

// timedOut reports whether the timeout of the attempt has passed, or a shorter timeout within it, such as
// the timeout of the dial.
func timedOut(attempt context.Context, err error) bool {
	var timeout net.Error
	return attempt.Err() != nil || (errors.As(err, &timeout) && timeout.Timeout())
}
