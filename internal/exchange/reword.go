package exchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"syscall"
)

// reworded replaces an error whose text must not be shown.
type reworded struct {
	text   string
	causes []error
}

func (e *reworded) Error() string   { return e.text }
func (e *reworded) Unwrap() []error { return e.causes }

// errURL is the cause of an error about a malformed URL.
var errURL = errors.New("malformed URL")

// errWithheld replaces an inner error whose text must not be shown.
var errWithheld = errors.New("details withheld")

// kept are the causes that a program can act on. The errors of a context are not among them: callers
// would think that their own context has ended.
var kept = [...]error{
	io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, fs.ErrNotExist, fs.ErrPermission, errURL,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
}

// Reword returns an error with this text in place of err. It does not wrap err. But it satisfies errors.Is
// and errors.As for the causes of err that a program can act on: errors of the network, of certificates
// and of files. Their texts and certificates are left out.
func Reword(err error, text string) error {
	e := &reworded{text: text}
	for _, cause := range kept {
		if errors.Is(err, cause) {
			e.causes = append(e.causes, cause)
		}
	}
	if cause := bareCertificate(err); cause != nil {
		e.causes = append(e.causes, cause)
	}
	if dns, ok := as[*net.DNSError](err); ok {
		e.causes = append(e.causes, &net.DNSError{
			Err: errWithheld.Error(), Name: "[withheld]",
			IsTimeout: dns.IsTimeout, IsTemporary: dns.IsTemporary, IsNotFound: dns.IsNotFound,
		})
	}
	return e
}

// bareCertificate returns the certificate error in the tree of err, without data of the certificate. It
// returns nil if there is none.
func bareCertificate(err error) error {
	var bare error
	if invalid, ok := as[x509.CertificateInvalidError](err); ok {
		bare = x509.CertificateInvalidError{Reason: invalid.Reason}
	} else if is[x509.HostnameError](err) {
		bare = x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"[withheld]"}}, Host: "[withheld]"}
	} else if is[x509.UnknownAuthorityError](err) {
		bare = x509.UnknownAuthorityError{}
	} else if is[x509.SystemRootsError](err) {
		bare = x509.SystemRootsError{}
	}
	if is[*tls.CertificateVerificationError](err) {
		return &tls.CertificateVerificationError{Err: cmp.Or(bare, errWithheld)}
	}
	return bare
}

// as returns the first error of a type in the tree of err.
func as[T error](err error) (T, bool) {
	var t T
	ok := errors.As(err, &t)
	return t, ok
}

// is reports whether the tree of err has an error of a type.
func is[T error](err error) bool {
	_, ok := as[T](err)
	return ok
}

// Detach returns err. But if err says that a context has ended, and ctx has not ended, Detach returns an
// error with the same text that does not satisfy errors.Is for the errors of a context. Callers would
// think that their own context has ended.
func Detach(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return Reword(err, err.Error())
	}
	return err
}

// Clean returns err without its url.Error layers, which show the URL. If the text of any error in the
// tree shows one of the secrets, Clean replaces the whole error: see Reword. It replaces links with
// "[link]".
func Clean(err error, secrets ...string) error { return withhold(withoutURL(err), secrets) }

// withoutURL returns err without its url.Error layers, which show the URL.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		if u.Op == "parse" || u.Err == nil { // the error below quotes a part of the URL
			return Reword(errURL, "details withheld: a malformed URL")
		}
		err = u.Err
	}
	return err
}

// withhold returns err if its text may be shown. If not, it returns an error with another text: see Clean.
func withhold(err error, secrets []string) error {
	text := texts(err)
	if repeats(text, secrets) {
		text := "details withheld: they hold a part of the request"
		if cause, ok := as[syscall.Errno](err); ok { // its text is the same for every request
			text = cause.Error() + ": " + text
		}
		return Reword(err, text)
	}
	if withoutLinks(text) != text {
		return Reword(err, withoutLinks(err.Error()))
	}
	return err
}

// texts returns the texts of all errors in a tree, one per line.
func texts(err error) string {
	text := err.Error()
	switch e := err.(type) { //nolint:errorlint // this is the walk
	case interface{ Unwrap() error }:
		if below := e.Unwrap(); below != nil {
			text += "\n" + texts(below)
		}
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			text += "\n" + texts(below)
		}
	}
	return text
}
