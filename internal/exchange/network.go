package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"

	"github.com/cgw-go/cgw/internal/oneline"
)

// Permanence says whether the cause of a NetworkError is permanent. It says nothing about whether
// another attempt is safe: see Record.Sent.
type Permanence uint8

// The values of Permanence.
const (
	// transient: the next attempt may succeed.
	transient Permanence = iota
	// MaybePermanent: a setting may be wrong. But the next attempt may reach another server, or the DNS
	// may answer differently.
	MaybePermanent
	// Permanent: every attempt fails until a person fixes something.
	Permanent
)

// NetworkError is the error of an attempt without a complete reply. Its text is one line of at
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

// network returns the NetworkError of err. The caller must check the text of err after that. sent is
// Record.Sent.
func network(err error, sent bool) *NetworkError {
	if sent && alert(err) && !aboutCertificate(err) {
		return &NetworkError{Err: err} // an alert after the handshake: no setting is wrong
	}
	for _, c := range causes {
		if c.is(err) {
			return &NetworkError{Reason: c.reason, Permanence: c.permanence, Err: err}
		}
	}
	return &NetworkError{Err: err}
}

// causes are errors with a known cause. The first that matches is used.
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

// malformed reports whether a URL could not be read. The service's URL is good, so it is the proxy's.
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

// aboutCertificate reports whether the other end refused the client's certificate, or the lack of one.
// The numbers are those of RFC 8446, 6.2: bad_certificate to certificate_unknown, unknown_ca,
// access_denied and certificate_required.
// crypto/tls does not export the type of these errors, but their text is equal to the text of a
// tls.AlertError.
func aboutCertificate(err error) bool {
	sent := remote(err)
	return sent != nil && slices.ContainsFunc([]tls.AlertError{42, 43, 44, 45, 46, 48, 49, 116}, func(a tls.AlertError) bool {
		return sent.Error() == a.Error()
	})
}

func closed(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
