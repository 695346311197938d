package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"
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

// TimeoutError is an attempt that took too long. It is not context.DeadlineExceeded: the
// caller's context has not ended.
type TimeoutError struct{}

func (TimeoutError) Error() string   { return "attempt timed out" }
func (TimeoutError) Timeout() bool   { return true }
func (TimeoutError) Temporary() bool { return true }

// Opaque is an error whose text would show a URL. It still satisfies errors.Is for the causes
// that a program can act on.
type Opaque struct {
	text   string
	causes []error
}

func (e *Opaque) Error() string   { return e.text }
func (e *Opaque) Unwrap() []error { return e.causes }

// failure returns the error of an attempt that brought no whole reply, without URLs.
func failure(caller, attempt context.Context, err error) error {
	if cerr := caller.Err(); cerr != nil {
		return cerr
	}
	var timeout net.Error
	if attempt.Err() != nil || (errors.As(err, &timeout) && timeout.Timeout()) {
		return TimeoutError{}
	}
	return Clean(err)
}

// Clean returns err without the layers that net/http adds to show the URL. Where a URL or user
// information would still show, it returns an Opaque error in its place.
func Clean(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	if text := err.Error(); !strings.Contains(text, "://") && !strings.Contains(text, "@") {
		return err
	}
	o := &Opaque{text: "details withheld: they hold a URL"}
	for _, cause := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.Canceled, context.DeadlineExceeded,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
	} {
		if errors.Is(err, cause) {
			o.causes = append(o.causes, cause)
		}
	}
	return o
}
