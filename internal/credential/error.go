package credential

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Error says why there are no credentials to sign with. Nothing was sent to the service.
type Error struct {
	// Kind is cgw.ErrUnavailable for an outage of the source: a later attempt may succeed. It is
	// cgw.ErrUnauthenticated if there are no credentials, if the source refused, or if its
	// credentials cannot be used. Nil: the caller's context ended, and Err is its error.
	Kind error
	Err  error // its text is one line without secrets
}

func (e *Error) Error() string { return "credentials: " + e.Err.Error() }

// Unwrap returns Kind and Err.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

// Refused returns an Error of kind cgw.ErrUnauthenticated: every attempt would fail in the same way.
func Refused(text string) *Error { return &Error{Kind: cgw.ErrUnauthenticated, Err: errors.New(text)} }

// Outage returns an Error of kind cgw.ErrUnavailable: a later attempt may succeed.
func Outage(text string) *Error { return &Error{Kind: cgw.ErrUnavailable, Err: errors.New(text)} }

// In returns e with the name of a place before its text, such as the source that failed.
func (e *Error) In(place string) *Error {
	return &Error{Kind: e.Kind, Err: exchange.Reword(e.Err, place+": "+e.Err.Error())}
}

// Wrap returns the Error in err. If there is none, it makes one. The kind is cgw.ErrUnavailable if err is
// an error of the network, satisfies cgw.ErrUnavailable or cgw.ErrThrottled, or says that a context of
// the source ended. Otherwise it is cgw.ErrUnauthenticated. The text withholds the secrets, and
// everything else that [Text] withholds.
func Wrap(err error, secrets ...string) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	kind := cgw.ErrUnauthenticated
	if isOutage(err) {
		kind = cgw.ErrUnavailable
	}
	return &Error{Kind: kind, Err: tidy(err, secrets)}
}

// isOutage reports whether a later attempt may succeed after err.
func isOutage(err error) bool {
	if errors.Is(err, cgw.ErrUnavailable) || errors.Is(err, cgw.ErrThrottled) {
		return true
	}
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	if errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) {
		return false
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		return false // it holds a syscall.Errno, which is also a net.Error
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Op != "parse" && u.Err != nil && !strings.HasPrefix(u.Err.Error(), "unsupported protocol scheme")
	}
	var network net.Error // context.DeadlineExceeded is one too
	// Only a context of the source can have ended here. Nothing refused the request, so it is an outage.
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled)
}

// OutageStatus reports whether a reply with this HTTP status means an outage: a later attempt may succeed.
func OutageStatus(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// tidy returns err if its text, and the text of every error that it wraps, may be shown. If not, it
// returns an error with a safe text.
func tidy(err error, secrets []string) error {
	text := Text(lines(err), secrets...)
	if text == err.Error() && clean(err, secrets) {
		return err
	}
	return exchange.Reword(err, text)
}

// lines returns the text of err in one line. Semicolons separate joined errors, and a url.Error does not
// show its URL.
func lines(err error) string {
	switch e := err.(type) { //nolint:errorlint // only err itself, not the errors that it wraps
	case *url.Error:
		if e.Op != "parse" && e.Err != nil {
			return lines(e.Err)
		}
		return "a malformed URL"
	case interface{ Unwrap() []error }:
		var parts []string
		for _, inner := range e.Unwrap() {
			parts = append(parts, inner.Error())
		}
		if strings.Join(parts, "\n") == err.Error() { // errors.Join made it
			for i, inner := range e.Unwrap() {
				parts[i] = lines(inner)
			}
			return strings.Join(parts, "; ")
		}
	}
	return err.Error()
}

// clean reports whether every error in the tree may be shown. The error of a context may not: callers
// would think that their own context has ended.
func clean(err error, secrets []string) bool {
	if text := err.Error(); lines(err) != text || Text(text, secrets...) != text ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner == nil || clean(inner, secrets)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if inner != nil && !clean(inner, secrets) {
				return false
			}
		}
	}
	return true
}
