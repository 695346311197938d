package exchange

import (
	"context"
	"errors"
	"io"
	"io/fs"
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

// Fewer returns the error of a list, such as "gateways", that ends before the number that the service
// counts.
func Fewer(rows string) error {
	return &ReplyError{Reason: "the service sent fewer " + rows + " than it counts"}
}

// Acknowledged returns an error if the reply to a write has no request ID: something other than the
// service may have sent it.
func Acknowledged(requestID string) error {
	if requestID == "" {
		return Incomplete("a request ID")
	}
	return nil
}

// TimeoutError is the error of an attempt that took longer than Config.Timeout. It does not satisfy
// errors.Is for context.DeadlineExceeded, because the caller's context has not ended.
type TimeoutError struct{}

func (TimeoutError) Error() string { return "attempt timed out" }

// Timeout returns true, as net.Error has it.
func (TimeoutError) Timeout() bool { return true }

// Temporary returns true: the next attempt may be faster.
func (TimeoutError) Temporary() bool { return true }

// reworded is an error with a text in place of its own, which must not be shown.
type reworded struct {
	text   string
	causes []error
}

func (e *reworded) Error() string   { return e.text }
func (e *reworded) Unwrap() []error { return e.causes }

// errURL is the cause of an error of a URL that cannot be read.
var errURL = errors.New("malformed URL")

// kept are the causes that a program can act on. Those of a context are not among them: they would
// say that the caller's context has ended.
var kept = [...]error{
	io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, fs.ErrNotExist, fs.ErrPermission, errURL,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
}

// Reword returns an error with this text in place of err's. It wraps nothing of err, but satisfies
// errors.Is for the causes of err that a program can act on: those of the network and of files.
func Reword(err error, text string) error {
	e := &reworded{text: text}
	for _, cause := range kept {
		if errors.Is(err, cause) {
			e.causes = append(e.causes, cause)
		}
	}
	return e
}

// ended returns the error of the caller's context, or nil if it has not ended.
func ended(caller context.Context) error {
	// net/http's dialer looks at the clock, and may be ahead of the context's timer.
	if d, ok := caller.Deadline(); ok && !time.Now().Before(d) && caller.Err() == nil {
		return context.DeadlineExceeded
	}
	return caller.Err()
}

// timedOut reports whether an attempt took too long: all of its time, or a time limit within it, such
// as that of the dial.
func timedOut(attempt context.Context, err error) bool {
	var timeout net.Error
	return attempt.Err() != nil || (errors.As(err, &timeout) && timeout.Timeout())
}

// Detach returns err. But if err says that a context has ended, and ctx has not, Detach returns an
// error of the same text that does not satisfy errors.Is for a context's error: callers would take it
// for their own context's.
func Detach(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return Reword(err, err.Error())
	}
	return err
}

// Clean returns err without the layers that net/http adds to show the URL. If any error in the tree
// still shows a URL or one of the secrets, Clean replaces the whole: see Reword.
func Clean(err error, secrets ...string) error {
	var u *url.Error
	for errors.As(err, &u) {
		if u.Op == "parse" || u.Err == nil { // the error below quotes a part of the URL
			return Reword(errURL, "details withheld: a malformed URL")
		}
		err = u.Err
	}
	if text := texts(err); repeats(text, secrets) {
		return Reword(err, "details withheld: they hold a part of the request")
	} else if link.MatchString(text) {
		return Reword(err, "details withheld: they hold a URL")
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
