package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ReplyError is a reply that is not what the service documents, or an error that carries no
// code of the service.
type ReplyError struct {
	Status int    // of HTTP
	Reason string // in one line, without any of the reply
}

func (e *ReplyError) Error() string {
	return "HTTP " + strconv.Itoa(e.Status) + ": " + e.Reason
}

// Incomplete is the error of a success that lacks what it is a success of.
func Incomplete(what string) error {
	return &ReplyError{Status: http.StatusOK, Reason: "a success without " + what}
}

// Acknowledged returns nil, or the error of a success without a request ID, which acknowledges
// nothing.
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

// failure returns the error of an attempt that brought no whole reply, without URLs.
func failure(caller, attempt context.Context, err error) error {
	if cerr := caller.Err(); cerr != nil {
		return cerr
	}
	// net/http's dialer looks at the clock, and may be ahead of the context's timer.
	if d, ok := caller.Deadline(); ok && !time.Now().Before(d) {
		return context.DeadlineExceeded
	}
	var timeout net.Error
	if attempt.Err() != nil || (errors.As(err, &timeout) && timeout.Timeout()) {
		return TimeoutError{}
	}
	return Foreign(caller, Clean(err))
}

// Foreign returns err, unless it is of a context that ended although ctx did not: then one of
// the same text that is of no context.
func Foreign(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return opaque(err.Error(), err)
	}
	return err
}

// telling are what a text has in it that shows a URL, a query, a header that signs, or what a
// server sent in place of HTTP, which may be any of them.
var telling = [...]string{"://", "?", "@", "authkey", "signature", "authorization", "token", "malformed"}

// Clean returns err without the layers that net/http adds to show the URL. Where something of
// the request would still show, it returns an Opaque error in its place.
func Clean(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		if u.Op == "parse" || u.Err == nil { // what lies beneath quotes a part of the URL
			return opaque("details withheld: a malformed URL", err)
		}
		err = u.Err
	}
	text := strings.ToLower(err.Error())
	for _, t := range telling {
		if strings.Contains(text, t) {
			return opaque("details withheld: they hold a part of the request", err)
		}
	}
	return err
}

// CleanSource returns an error of a source of credentials without what it quotes: sources
// are known to show the files and the replies that they could not read, keys and all.
func CleanSource(err error) error {
	text := err.Error()
	for _, quoting := range []string{"{", "\n", "message = ", "failed: "} {
		if i := strings.Index(text, quoting); i >= 0 {
			text = text[:i]
		}
	}
	if text = clean(text, maxSource); text == err.Error() {
		return err
	}
	return opaque(strings.TrimRight(text, " :"), err)
}
