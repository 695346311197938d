package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/cgw-go/cgw/internal/oneline"
)

// Repeat says whether an attempt that brought no reply is worth repeating.
type Repeat uint8

// The classes of repeating. They speak of what may help, not of what is safe: see Record.Sent.
const (
	// Again: the next attempt may succeed.
	Again Repeat = iota
	// Once: a further attempt may reach another server, or another answer of the DNS.
	Once
	// Never: somebody has to fix something first.
	Never
)

// NetworkError is an attempt that brought no whole reply. Its text is one line of at most 1 KiB,
// without any of the request. Err keeps its type: errors.As finds net's and crypto's.
type NetworkError struct {
	Reason string // what failed and what to do; "" if Err says it
	Repeat Repeat
	Err    error // never nil
}

func (e *NetworkError) Error() string {
	text := e.Err.Error()
	if e.Reason != "" {
		text = e.Reason + ": " + text
	}
	return oneline.Text(text)
}

func (e *NetworkError) Unwrap() error { return e.Err }

// network returns the NetworkError of err, which is clean already.
func network(err error) *NetworkError {
	var refused proxyError
	if errors.As(err, &refused) {
		return &NetworkError{Repeat: refused.repeat(), Err: refused}
	}
	for _, c := range causes {
		if c.is(err) {
			return &NetworkError{Reason: c.reason, Repeat: c.repeat, Err: err}
		}
	}
	return &NetworkError{Err: err}
}

// causes are the errors that people can do something about, the most telling first.
var causes = [...]struct {
	is     func(error) bool
	reason string
	repeat Repeat
}{
	{malformed, "the proxy's address cannot be read: check HTTP_PROXY, HTTPS_PROXY and the transport's Proxy", Never},
	{noSuchHost, "the host name does not exist: the region may not exist, or the endpoint or the proxy is misspelled", Once},
	{is[*net.DNSError], "the host name could not be looked up", Again},
	{is[x509.SystemRootsError], "this machine has no root certificates: install them (ca-certificates)", Never},
	{is[x509.UnknownAuthorityError], "the certificate is from an authority that this machine does not trust: " +
		"install the root certificates (ca-certificates), or that of a proxy that intercepts TLS", Never},
	{is[x509.HostnameError], "the certificate is for another host: check the endpoint, and any proxy that intercepts TLS", Never},
	{expired, "the certificate is not valid now: check the clock of this machine too", Never},
	{is[*tls.CertificateVerificationError], "the certificate is not valid", Never},
	{is[x509.CertificateInvalidError], "the certificate is not valid", Never},
	{notTLS, "the other end does not speak TLS: check the scheme and the port of the endpoint, and the proxy", Once},
	{alert, "the other end refused the TLS handshake", Once},
	{closed, "the connection was closed before the whole reply had come", Again},
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

// notTLS knows the answer in plain text as crypto/tls tells it, and as http.Client does.
func notTLS(err error) bool {
	return is[tls.RecordHeaderError](err) || errors.Is(err, http.ErrSchemeMismatch)
}

// alert is of crypto/tls, which has no type for it.
func alert(err error) bool {
	var e *net.OpError
	return errors.As(err, &e) && e.Op == "remote error"
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

// repeat is Never for a refusal: a wrong password that is sent again may lock an account.
func (e proxyError) repeat() Repeat {
	if e.status >= 500 || e.status == http.StatusTooManyRequests || e.status == http.StatusRequestTimeout {
		return Again // the proxy is busy, or could not reach the service
	}
	return Never
}

// proxyStatus finds the status in an error of net/http's Transport, which has the text of it
// alone. It is for a caller's transport; our own keeps the status.
func proxyStatus(err error) (proxyError, bool) {
	for status := 300; status < 600; status++ {
		if text := http.StatusText(status); text != "" && err.Error() == text {
			return proxyError{status}, true
		}
	}
	return proxyError{}, false
}
