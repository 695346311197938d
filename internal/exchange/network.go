package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cgw-go/cgw/internal/oneline"
)

// Permanence says whether the cause of a NetworkError is permanent. It says nothing about whether
// another attempt is safe: see Record.Sent.
type Permanence uint8

// The values of Permanence.
const (
	// transient: the next attempt may succeed.
	transient Permanence = iota
	// MaybePermanent: a setting may be wrong. But the next attempt may reach another server, or get
	// another answer of the DNS.
	MaybePermanent
	// Permanent: every attempt fails until a person fixes something.
	Permanent
)

// NetworkError is the error of an attempt that brought no complete reply. Its text is one line of at
// most 1 KiB, without any part of the request.
type NetworkError struct {
	Reason     string // what failed and what to do; "" if Err says it
	Permanence Permanence
	Err        error // never nil; errors.As finds the types of net and crypto
}

func (e *NetworkError) Error() string {
	text := e.Err.Error()
	if e.Reason != "" {
		text = e.Reason + ": " + text
	}
	return oneline.Text(text)
}

func (e *NetworkError) Unwrap() error { return e.Err }

// network returns the NetworkError of err. Clean was called on err before. sent is Record.Sent.
func network(err error, sent bool) *NetworkError {
	var refused proxyError
	if errors.As(err, &refused) {
		return &NetworkError{Permanence: refused.permanence(), Err: refused}
	}
	if sent && alert(err) && !aboutCertificate(err) {
		return &NetworkError{Err: err} // the handshake was done
	}
	for _, c := range causes {
		if c.is(err) {
			return &NetworkError{Reason: c.reason, Permanence: c.permanence, Err: err}
		}
	}
	return &NetworkError{Err: err}
}

// causes are the errors that people can do something about. The first that fits is taken.
var causes = [...]struct {
	is         func(error) bool
	reason     string
	permanence Permanence
}{
	{malformed, "the proxy's address cannot be read: check HTTP_PROXY, HTTPS_PROXY and the transport's Proxy", Permanent},
	{noSuchHost, "the host name does not exist: the region may not exist, or the endpoint or the proxy is misspelled", MaybePermanent},
	{is[*net.DNSError], "the host name could not be looked up", transient},
	{is[x509.SystemRootsError], "this machine has no root certificates: install them (ca-certificates)", Permanent},
	{is[x509.UnknownAuthorityError], "the certificate is from an authority that this machine does not trust: " +
		"install the root certificates (ca-certificates), or that of a proxy that intercepts TLS", Permanent},
	{is[x509.HostnameError], "the certificate is for another host: check the endpoint, and any proxy that intercepts TLS", Permanent},
	{expired, "the certificate is not valid now: check the clock of this machine too", Permanent},
	{is[*tls.CertificateVerificationError], "the certificate is not valid", Permanent},
	{is[x509.CertificateInvalidError], "the certificate is not valid", Permanent},
	{notTLS, "the other end does not speak TLS: check the scheme and the port of the endpoint, and the proxy", MaybePermanent},
	{aboutCertificate, "the other end requires another client certificate: set it in the transport's TLSClientConfig, and check any proxy", MaybePermanent},
	{alert, "the other end refused the TLS handshake", MaybePermanent},
	{closed, "the connection was closed before the whole reply had come", transient},
}

func is[T error](err error) bool {
	var t T
	return errors.As(err, &t)
}

func malformed(err error) bool { return errors.Is(err, errURL) }

func noSuchHost(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

func expired(err error) bool {
	var e x509.CertificateInvalidError
	return errors.As(err, &e) && e.Reason == x509.Expired
}

// notTLS reports whether the other end answered in plain text. crypto/tls has one error for that,
// and http.Client another.
func notTLS(err error) bool {
	return is[tls.RecordHeaderError](err) || errors.Is(err, http.ErrSchemeMismatch)
}

// alert reports whether the other end sent a TLS alert.
func alert(err error) bool { return remote(err) != nil }

// remote returns the TLS alert that the other end sent, or nil.
func remote(err error) error {
	var e *net.OpError
	if errors.As(err, &e) && e.Op == "remote error" {
		return e.Err
	}
	return nil
}

// isAlert reports whether the other end sent one of these TLS alerts. The type that crypto/tls has for
// them is not exported, but its text is that of a tls.AlertError.
func isAlert(err error, alerts ...tls.AlertError) bool {
	sent := remote(err)
	return sent != nil && slices.ContainsFunc(alerts, func(a tls.AlertError) bool { return sent.Error() == a.Error() })
}

// aboutCertificate reports whether the other end refused the client's certificate, or the lack of one.
// The numbers are those of RFC 8446, 6.2: bad_certificate to certificate_unknown, unknown_ca,
// access_denied and certificate_required.
func aboutCertificate(err error) bool { return isAlert(err, 42, 43, 44, 45, 46, 48, 49, 116) }

// refusedHandshake returns the TLS alert with which the other end refused the last part of a handshake, or
// nil. c is the connection, which is new and speaks TLS 1.3. err is how the attempt failed. closes says
// that the transport is net/http's, which closes a connection of HTTP/1.1 after a failure.
//
// With TLS 1.3, a client takes the handshake as done, and sends the request, before the server has read
// the client's certificate. A server that then sends an alert about it has read nothing of the request:
// records are read in order, the certificate comes before the request, and the alert ends the
// connection. (Early data would come before the certificate, but net/http sends none.) On a connection
// that was used before, the alert can be about something else.
func refusedHandshake(c *tls.Conn, err error, closes bool) error {
	switch {
	case ofHandshake(err):
		return err
	case !closes, c.ConnectionState().NegotiatedProtocol == "h2" && err.Error() != "http2: client conn could not be established":
		return nil // the connection may be in use
	}
	// The connection is closed, and net/http may have told another error than the alert, such as that
	// the request could not be written. Once a tls.Conn got an alert, every read returns that.
	_ = c.SetReadDeadline(time.Now())
	if _, err := c.Read(make([]byte, 1)); ofHandshake(err) {
		return err
	}
	return nil
}

// ofHandshake reports whether the other end sent a TLS alert that only a handshake can have: one about
// certificates, or handshake_failure, illegal_parameter, decrypt_error, no_application_protocol.
func ofHandshake(err error) bool { return aboutCertificate(err) || isAlert(err, 40, 47, 51, 120) }

// asTLS13 returns the connection if it speaks TLS 1.3 or later, or nil.
func asTLS13(c net.Conn) *tls.Conn {
	if t, ok := c.(*tls.Conn); ok && t.ConnectionState().Version >= tls.VersionTLS13 {
		return t
	}
	return nil
}

func closed(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// proxyError is the status with which a proxy refused to connect.
type proxyError struct{ status int }

func (e proxyError) Error() string {
	text := "the proxy refused: " + strconv.Itoa(e.status)
	if s := http.StatusText(e.status); s != "" {
		text += " " + s
	}
	return text
}

// permanence is Permanent for a refusal: to send a wrong password again may lock an account.
func (e proxyError) permanence() Permanence {
	if e.status >= 500 || e.status == http.StatusTooManyRequests || e.status == http.StatusRequestTimeout {
		return transient // the proxy is busy, or could not reach the service
	}
	return Permanent
}

// proxyStatus finds the status with which a proxy refused in an error of a caller's http.Transport,
// which says no more than its text, such as "Forbidden". Our own transport keeps the status: see
// checkConnect.
func proxyStatus(err error) (proxyError, bool) {
	for status := 300; status < 600; status++ {
		if text := http.StatusText(status); text != "" && err.Error() == text {
			return proxyError{status}, true
		}
	}
	return proxyError{}, false
}
