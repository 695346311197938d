package cgw

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The sentinels classify errors by what a caller can do about them. Test with errors.Is.
var (
	// ErrInvalidArgument: the request is wrong and will always be refused. Fix the request.
	// If cgw refused it, errors.As to [*ValidationError] has every fault at once.
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrInvalidIPAddress: the address is not one that the cloud takes. Fix the request.
	ErrInvalidIPAddress error = &child{"invalid IP address", ErrInvalidArgument}
	// ErrInvalidName: the name breaks the cloud's rules. Fix the request.
	ErrInvalidName error = &child{"invalid name", ErrInvalidArgument}
	// ErrInvalidDescription: the description breaks the cloud's rules. Fix the request.
	ErrInvalidDescription error = &child{"invalid description", ErrInvalidArgument}
	// ErrInvalidTag: a tag breaks the cloud's rules. Fix the request.
	ErrInvalidTag error = &child{"invalid tag", ErrInvalidArgument}
	// ErrInvalidASN: the ASN is malformed, or reserved by the cloud. Fix the request.
	ErrInvalidASN error = &child{"invalid ASN", ErrInvalidArgument}
	// ErrTokenMismatch: the ClientToken was used for a request with other fields. Look for the
	// gateway that it made, or use a new token.
	ErrTokenMismatch error = &child{"client token was used for another request", ErrInvalidArgument}

	// ErrAlreadyExists: the address has a gateway already. Read it (Error.ConflictingIDs) and
	// decide whether it is yours.
	ErrAlreadyExists = errors.New("already exists")
	// ErrNotFound: there is no such gateway, or the service does not show it yet. If it was just
	// created, read again (WaitVisible). Otherwise treat it as deleted.
	ErrNotFound = errors.New("not found")
	// ErrInUse: VPN connections (Error.ConflictingIDs) use the gateway. Remove them first.
	ErrInUse = errors.New("in use")
	// ErrQuotaExceeded: the account may not have more. Ask for a higher quota, or delete some.
	ErrQuotaExceeded = errors.New("quota exceeded")
	// ErrThrottled: too many requests, after cgw's own retries. Slow down; wait RetryAfter.
	ErrThrottled = errors.New("throttled")
	// ErrConflict: something else is being done to the resource. Try again later.
	ErrConflict = errors.New("conflict with another operation")
	// ErrUnauthenticated: the credentials are missing, wrong or expired, or the clock is wrong. Fix
	// the credentials.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrPermissionDenied: the account or user may not do this. Grant the permission.
	ErrPermissionDenied = errors.New("permission denied")
	// ErrUnsupported: the cloud cannot do this, or has no such field or region. Do not use it. It
	// satisfies errors.ErrUnsupported too.
	ErrUnsupported error = &child{"unsupported by the cloud", errors.ErrUnsupported}
	// ErrUnavailable: the service could not be reached, or failed. Try again later.
	ErrUnavailable = errors.New("service unavailable")
	// ErrOutcomeUnknown: a write may or may not have taken effect. Look before repeating it.
	// An [Error] of a write whose Outcome is OutcomeUnknown satisfies it, whatever its Kind. It
	// is never a Kind itself.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// child is a sentinel that also satisfies its parent.
type child struct {
	text   string
	parent error
}

func (c *child) Error() string { return c.text }
func (c *child) Unwrap() error { return c.parent }

// The values of [Error.Op] of this package and the providers. Package ensure has those of its
// own functions.
const (
	OpCreate             = "Create"             // of [Creator]
	OpGet                = "Get"                // of [Getter]
	OpList               = "List"               // of [Lister]
	OpUpdate             = "Update"             // of [Updater]
	OpDelete             = "Delete"             // of [Deleter]
	OpNew                = "New"                // a Config that a provider refuses
	OpDefaultCredentials = "DefaultCredentials" // a search for credentials that found none
)

// Error is what every operation returns when it fails. errors.Is with a sentinel says what to do.
// errors.As to *Error gives these fields, and to an SDK's error type the SDK's error.
type Error struct {
	Op       string   // the operation that failed, such as OpCreate
	Provider Provider // the cloud
	Region   string   // the region of the Provisioner

	Kind           error         // the sentinel; nil if the service's code is not known, never a guess
	Code           string        // the service's error code; empty if no service answered
	Message        string        // the service's message, or why cgw refused or gave up; may be empty
	RequestID      string        // the service's ID of the failed request, for the vendor's support
	HTTPStatus     int           // of the last reply; 0: there was none
	Outcome        Outcome       // whether a write took effect; a read is always OutcomeNotApplied
	ID             string        // of the gateway; empty for a Create that does not know it
	ClientToken    string        // of a Create, so that a caller can resume it; empty: none was sent
	RetryAfter     time.Duration // how long the service asked to wait; 0: it did not
	ConflictingIDs []string      // ErrAlreadyExists: the gateway at the address; ErrInUse: the connections
	Err            error         // the SDK's or the transport's error, or a *ValidationError; may be nil

	ctxErr error // of the caller's context, once that has ended
	cause  error // context.Cause, if that is another
}

// maxErrorText bounds Error.Error, in bytes.
const maxErrorText = 1024

// Error returns one line of at most 1 KiB: operation, provider, kind, code, request ID, message.
func (e *Error) Error() string {
	parts := []string{"cgw"}
	if subject := strings.Join(nonEmpty(string(e.Provider), e.Op, e.ID), " "); subject != "" {
		parts = append(parts, subject)
	}
	if e.Kind != nil {
		parts = append(parts, e.Kind.Error())
		if action := e.refusedAction(); action != "" {
			parts[len(parts)-1] += " (refused action: " + action + ")"
		}
	}
	if e.ctxErr != nil {
		parts = append(parts, e.contextText())
	}
	if e.Is(ErrOutcomeUnknown) {
		parts = append(parts, ErrOutcomeUnknown.Error())
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	} else if e.HTTPStatus != 0 {
		parts = append(parts, "HTTP "+strconv.Itoa(e.HTTPStatus))
	}
	if e.RequestID != "" {
		parts[len(parts)-1] += " (request " + e.RequestID + ")"
	}
	if len(e.ConflictingIDs) > 0 {
		parts[len(parts)-1] += " [" + strings.Join(e.ConflictingIDs, " ") + "]"
	}
	switch {
	case e.Message != "":
		parts = append(parts, e.Message)
	case e.Err != nil && e.Code == "" && e.Err != e.ctxErr: //nolint:errorlint // that is in the text already
		parts = append(parts, e.Err.Error())
	}
	if len(parts) == 1 {
		parts = append(parts, "unknown error")
	}
	return oneLine(strings.Join(parts, ": "))
}

// refusedAction returns the API's name of the request that was denied, if a provider noted it in
// Err and the message does not have it; otherwise "".
func (e *Error) refusedAction() string {
	var denied interface{ RefusedAction() string }
	if !errors.As(e.Err, &denied) || strings.Contains(e.Message, denied.RefusedAction()) {
		return ""
	}
	return denied.RefusedAction()
}

// contextText returns the error of the caller's context, and its cause in parentheses.
func (e *Error) contextText() string {
	if e.cause == nil {
		return e.ctxErr.Error()
	}
	return e.ctxErr.Error() + " (" + e.cause.Error() + ")"
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// Unwrap returns the non-nil ones of Kind, Err, the error of the caller's context and its cause.
func (e *Error) Unwrap() []error {
	errs := make([]error, 0, 4)
	for _, err := range []error{e.Kind, e.Err, e.ctxErr, e.cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Is makes a write of unknown outcome satisfy [ErrOutcomeUnknown]. errors.Is finds the other
// sentinels with Unwrap.
func (e *Error) Is(target error) bool {
	if target != ErrOutcomeUnknown || e.Outcome != OutcomeUnknown {
		return false
	}
	return e.Op == OpCreate || e.Op == OpUpdate || e.Op == OpDelete
}

// WithContext returns a copy of e that satisfies errors.Is for ctx.Err() and context.Cause(ctx),
// if ctx has ended; e itself otherwise. It is for those who implement the roles: pass the
// caller's context.
func (e *Error) WithContext(ctx context.Context) *Error {
	err := ctx.Err()
	if err == nil {
		return e
	}
	c := *e
	c.ctxErr, c.cause = err, nil
	if cause := context.Cause(ctx); cause != err { //nolint:errorlint // is it the same value?
		c.cause = cause
	}
	return &c
}

// LogValue implements slog.LogValuer with the fields that are set.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", oneLine(e.Op)), slog.String("provider", oneLine(string(e.Provider))), slog.String("outcome", e.Outcome.String())}
	if e.Kind != nil {
		attrs = append(attrs, slog.String("kind", oneLine(e.Kind.Error())))
	}
	for _, a := range []struct{ key, value string }{
		{"region", e.Region}, {"code", e.Code}, {"requestId", e.RequestID}, {"id", e.ID},
		{"clientToken", e.ClientToken}, {"message", e.Message}, {"refusedAction", e.refusedAction()},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, oneLine(a.value)))
		}
	}
	if e.ctxErr != nil {
		attrs = append(attrs, slog.String("context", oneLine(e.contextText())))
	}
	if e.HTTPStatus != 0 {
		attrs = append(attrs, slog.Int("httpStatus", e.HTTPStatus))
	}
	if e.RetryAfter != 0 {
		attrs = append(attrs, slog.Duration("retryAfter", e.RetryAfter))
	}
	if len(e.ConflictingIDs) > 0 {
		attrs = append(attrs, slog.Any("conflictingIds", firstIDs(e.ConflictingIDs)))
	}
	if e.Message == "" && e.Err != nil {
		attrs = append(attrs, slog.String("cause", oneLine(e.Err.Error())))
	}
	return slog.GroupValue(attrs...)
}

// firstIDs returns as many IDs as fit into maxErrorText bytes, and then "…" if there are more.
func firstIDs(ids []string) []string {
	const ellipsis, separator = "…", len(" ")
	room := maxErrorText - len("[]") - len(ellipsis)
	first := make([]string, 0, min(len(ids), room))
	for _, id := range ids {
		id = oneLine(id)
		if room -= len(id) + separator; room < 0 {
			return append(first, ellipsis)
		}
		first = append(first, id)
	}
	return first
}

// IsRetryable reports whether a retry of the same call may succeed later if nothing else is
// changed: err is [ErrThrottled], [ErrConflict] or [ErrUnavailable]. A Create of unknown outcome is
// not retryable: look first. For an Update or a Delete the outcome does not matter, since both are
// idempotent. The error of a context alone is not retryable. Joined errors are retryable if every
// [*Error] among them is. For errors of package ensure, which looks before it writes, use
// ensure.Retryable.
func IsRetryable(err error) bool {
	found := errorsIn(err)
	for _, e := range found {
		if e.Op == OpCreate && e.Outcome != OutcomeNotApplied || !isTransient(e) {
			return false
		}
	}
	return len(found) > 0 || isTransient(err)
}

func isTransient(err error) bool {
	return errors.Is(err, ErrThrottled) || errors.Is(err, ErrConflict) || errors.Is(err, ErrUnavailable)
}

// oneLine replaces line ends and control characters by spaces, and cuts s to maxErrorText bytes.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, s)
	if len(s) <= maxErrorText {
		return s
	}
	const ellipsis = "…"
	cut := maxErrorText - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}
