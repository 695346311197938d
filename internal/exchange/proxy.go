package exchange

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
)

// socksConnect is the Op of net.OpError while net/http talks to a SOCKS proxy.
const socksConnect = "socks connect"

// proxyError says that a proxy refused to connect. It shows only the reason.
type proxyError struct {
	why        string
	permanence Permanence
}

func (e proxyError) Error() string { return "the proxy refused: " + e.why }

// refusedStatus returns the error for a proxy that answered CONNECT with this status. It is Permanent,
// unless the proxy is busy or could not reach the service. A retry with a wrong password could lock the
// account.
func refusedStatus(status int) proxyError {
	e := proxyError{strconv.Itoa(status), Permanent}
	if text := http.StatusText(status); text != "" {
		e.why += " " + text
	}
	if status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout {
		e.permanence = transient
	}
	return e
}

// checkConnect returns an error with the status if a proxy refuses to connect. The error of net/http has
// only the text of the status.
func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return refusedStatus(resp.StatusCode)
}

// dialing is what a transport of a caller did for a connection. Its methods may be called at the same time, also
// after the request has ended.
type dialing struct{ connections, handshakes atomic.Int32 }

func (d *dialing) trace(t *httptrace.ClientTrace) {
	t.ConnectDone = func(_, _ string, err error) {
		if err == nil {
			d.connections.Add(1)
		}
	}
	t.TLSHandshakeStart = func() { d.handshakes.Add(1) }
}

// mayRefuse reports whether a proxy may have refused to connect to the service. via is the proxy, if known says
// that it is known. After the proxy has connected, the TLS handshake with the service begins.
func (d *dialing) mayRefuse(via *url.URL, known bool) bool {
	switch {
	case d == nil, known && via == nil:
		return false
	case via == nil:
		return d.connections.Load() > 0 && d.handshakes.Load() == 0
	case via.Scheme == "https":
		return d.handshakes.Load() <= 1
	default:
		return d.handshakes.Load() == 0
	}
}

// proxyRefusal finds the refusal of a proxy in err. The error of the Exchange's own transport has the
// status: see checkConnect. connecting says that a proxy may have refused to connect: see mayRefuse. Then
// the error of a caller's http.Transport has only the text of the status, such as "Forbidden", and a
// RoundTripper around it may wrap that error.
func proxyRefusal(err error, connecting bool) (proxyError, bool) {
	if refused, ok := as[proxyError](err); ok {
		return refused, true
	}
	if op, ok := as[*net.OpError](err); connecting && !(ok && op.Op == "proxyconnect") {
		text := innermost(err).Error()
		for status := 300; status < 600; status++ {
			if known := http.StatusText(status); known != "" && strings.EqualFold(text, known) {
				return refusedStatus(status), true
			}
		}
	}
	return socksRefusal(err)
}

// innermost returns the error that err wraps in the end.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// oddStatus reports whether err may be the text of a status with which a proxy refused to connect, in
// words of its own, such as "Blocked by policy". err must be an error without a known cause, and mayRefuse be
// true. net/http makes an error of such a text alone. Its errors for a connection that cannot be made have
// other types, or begin with its name.
func oddStatus(err error) bool {
	return reflect.TypeOf(err) == reflect.TypeOf(errors.New("")) && !strings.HasPrefix(err.Error(), "net/http: ")
}

// socksRefusals are the beginnings of net/http's errors for the answers of a SOCKS proxy, with their
// meaning. The first that matches is used.
var socksRefusals = [...]struct {
	begins string
	proxyError
}{
	{"no acceptable authentication methods", proxyError{"no acceptable authentication methods: check the user and the password of the proxy", Permanent}},
	{"username/password authentication failed", proxyError{"username/password authentication failed", Permanent}},
	{"invalid username/password version", proxyError{"its answer is not of SOCKS 5: check the address of the proxy", MaybePermanent}},
	{"invalid username/password", proxyError{"the user is empty, or the user or the password is longer than 255 bytes", Permanent}},
	{"unsupported authentication method", proxyError{"it asks for another way of authentication", Permanent}},
	{"unexpected protocol version", proxyError{"its answer is not of SOCKS 5: check the address of the proxy", MaybePermanent}},
	{"unknown error connection not allowed by ruleset", proxyError{"connection not allowed by ruleset", Permanent}},
	{"unknown error command not supported", proxyError{"command not supported", Permanent}},
	{"unknown error address type not supported", proxyError{"address type not supported", Permanent}},
	{"unknown error host unreachable", proxyError{"host unreachable", MaybePermanent}},
	{"unknown error network unreachable", proxyError{"network unreachable", transient}},
	{"unknown error connection refused", proxyError{"connection refused", transient}},
	{"unknown error TTL expired", proxyError{"TTL expired", transient}},
	{"unknown error", proxyError{"general SOCKS server failure", transient}},
}

// socksRefusal finds the refusal of a SOCKS proxy in err. net/http has no type for it, only a text below a
// net.OpError whose Op is socksConnect. Other errors there are about the connection to the proxy.
func socksRefusal(err error) (proxyError, bool) {
	if op, ok := as[*net.OpError](err); ok && op.Op == socksConnect && op.Err != nil {
		for _, r := range socksRefusals {
			if strings.HasPrefix(op.Err.Error(), r.begins) {
				return r.proxyError, true
			}
		}
	}
	return proxyError{}, false
}
