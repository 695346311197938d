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

// Error is why there are no credentials to sign with. Nothing was sent to the service.
type Error struct {
	// Kind is cgw.ErrUnavailable for an outage of the source, which may pass, and
	// cgw.ErrUnauthenticated if there are no credentials, the source refused, or what it has
	// cannot be used. Nil: the caller's context ended, and Err is its error.
	Kind error
	Err  error // in one line, without secrets
}

func (e *Error) Error() string { return "credentials: " + e.Err.Error() }

// Unwrap returns Kind and Err.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

// Refused returns an Error that a repeat does not help.
func Refused(text string) *Error { return &Error{Kind: cgw.ErrUnauthenticated, Err: errors.New(text)} }

// Outage returns an Error that may pass.
func Outage(text string) *Error { return &Error{Kind: cgw.ErrUnavailable, Err: errors.New(text)} }

// In returns e with the place that failed before its text.
func (e *Error) In(place string) *Error {
	return &Error{Kind: e.Kind, Err: exchange.Reword(e.Err, place+": "+e.Err.Error())}
}

// Wrap returns the Error in err, or one that is made of err by its type: what is of the network
// is an outage, and so is what satisfies cgw.ErrUnavailable or cgw.ErrThrottled. The secrets
// are withheld from its text, wherever they stand, and what else [Text] withholds.
func Wrap(err error, secrets ...string) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	kind := cgw.ErrUnauthenticated
	if passes(err) {
		kind = cgw.ErrUnavailable
	}
	return &Error{Kind: kind, Err: tidy(err, secrets)}
}

// passes reports whether err is of an outage.
func passes(err error) bool {
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
		return false // its inner error looks like one of the network
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Op != "parse" && u.Err != nil && !strings.HasPrefix(u.Err.Error(), "unsupported protocol scheme")
	}
	var network net.Error // also of syscall, and context.DeadlineExceeded
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// StatusPasses reports whether a reply of this HTTP status is of an outage.
func StatusPasses(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// tidy returns err if it may be shown with everything that it wraps. If not, it returns an error
// whose text withholds what may not.
func tidy(err error, secrets []string) error {
	text := Text(lines(err), secrets...)
	if text == err.Error() && clean(err, secrets) {
		return err
	}
	return exchange.Reword(err, text)
}

// lines returns the text of err in one line: joined errors are apart by semicolons, and an
// url.Error does not show its URL.
func lines(err error) string {
	switch e := err.(type) { //nolint:errorlint // err itself
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
		if strings.Join(parts, "\n") == err.Error() { // of errors.Join
			for i, inner := range e.Unwrap() {
				parts[i] = lines(inner)
			}
			return strings.Join(parts, "; ")
		}
	}
	return err.Error()
}

// clean reports whether every error in the tree may be shown.
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
