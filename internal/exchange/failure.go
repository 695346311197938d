package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"syscall"
	"time"
)

// ReplyError is the error of a reply that is not what the service documents: neither a complete
// result, nor an error with a code of the service. Its text does not say the HTTP status, because
// cgw.Error does.
type ReplyError struct {
	Reason string // one line, without any part of the reply
}

func (e *ReplyError) Error() string { return e.Reason }

// Incomplete returns the error of a reply that lacks a required field.
func Incomplete(field string) error { return &ReplyError{Reason: "the reply lacks " + field} }

// Acknowledged returns an error if the reply to a write has no request ID: something other than the
// service may have sent it.
func Acknowledged(requestID string) error {
	if requestID == "" {
		return Incomplete("a request ID")
	}
	return nil
}

// TimeoutError is an attempt that took too long. It is not context.DeadlineExceeded: the
// caller's context has not ended.
type TimeoutError struct{}

func (TimeoutError) Error() string { return "attempt timed out" }

// Timeout is true, as for any net.Error of this kind.
func (TimeoutError) Timeout() bool { return true }

// Temporary is true: the next attempt may be in time.
func (TimeoutError) Temporary() bool { return true }

// Opaque is an error whose own text must not be shown. It still satisfies errors.Is for the
// causes that a program can act on.
type Opaque struct {
	text   string
	causes []error
}

func (e *Opaque) Error() string   { return e.text }
func (e *Opaque) Unwrap() []error { return e.causes }

// errURL is a cause of errors of URLs that could not be read.
var errURL = errors.New("malformed URL")

func opaque(text string, err error) error {
	o := &Opaque{text: text}
	for _, cause := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
	} {
		if errors.Is(err, cause) {
			o.causes = append(o.causes, cause)
		}
	}
	return o
}

// ended returns the error of the caller's context, or nil if it has not ended.
func ended(caller context.Context) error {
	// net/http's dialer looks at the clock, and may be ahead of the context's timer.
	if d, ok := caller.Deadline(); ok && !time.Now().Before(d) && caller.Err() == nil {
		return context.DeadlineExceeded
	}
	return caller.Err()
}

// timedOut reports whether an attempt failed because its time was over.
func timedOut(attempt context.Context, err error) bool {
	var timeout net.Error
	return attempt.Err() != nil || (errors.As(err, &timeout) && timeout.Timeout())
}

// Detach returns err, unless it is of a context that ended although ctx did not: then one of
// the same text that is of no context.
func Detach(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return opaque(err.Error(), err)
	}
	return err
}

// Clean returns err without the layers that net/http adds to show the URL. If any error in the
// tree would still show a URL, or one of the secrets, Clean returns an Opaque error in its place.
func Clean(err error, secrets ...string) error {
	var u *url.Error
	for errors.As(err, &u) {
		if u.Op == "parse" || u.Err == nil { // what lies beneath quotes a part of the URL
			return &Opaque{text: "details withheld: a malformed URL", causes: []error{errURL}}
		}
		err = u.Err
	}
	if text := texts(err); repeats(text, secrets) {
		return opaque("details withheld: they hold a part of the request", err)
	} else if link.MatchString(text) {
		return opaque("details withheld: they hold a URL", err)
	}
	return err
}

// texts returns what the errors of a tree say, one a line.
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
