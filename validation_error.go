package cgw

import (
	"strconv"
	"strings"
	"unicode"
)

// The names of the fields of [CreateRequest] and [UpdateRequest] as FieldError.Field has them.
const (
	fieldIPAddress       = "IPAddress"
	fieldName            = "Name"
	fieldDescription     = "Description"
	fieldASN             = "ASN"
	fieldTags            = "Tags"
	fieldResourceGroupID = "ResourceGroupID"
	fieldAuthKey         = "AuthKey"
	fieldClientToken     = "ClientToken"
)

// FieldError is one fault of one field. It is always used as *FieldError.
type FieldError struct {
	Field  string // the Go name of the field, such as "IPAddress" or "Retry.MaxAttempts"
	Value  string // the value, cut to 64 characters; redacted if it is a secret
	Reason string // the rule that it breaks
	Source string // the document that the rule is from; empty for cgw's own rules
	Kind   error  // the sentinel, such as ErrInvalidName or ErrUnsupported
}

// Error returns field, value, reason and source in one line. The value is quoted. If it has an
// invisible character or a combining mark, it is quoted in ASCII.
func (e *FieldError) Error() string {
	var b strings.Builder
	b.WriteString(e.Field)
	if e.Value != "" {
		b.WriteString(" " + quote(e.Value))
	}
	b.WriteString(": " + e.Reason)
	if e.Source != "" {
		b.WriteString(" (" + e.Source + ")")
	}
	return oneLine(b.String())
}

// Unwrap returns Kind.
func (e *FieldError) Unwrap() error { return e.Kind }

// ValidationError holds every fault of a request, in field order. It is always used as
// *ValidationError, and satisfies [ErrInvalidArgument] and the Kind of each of its Fields.
type ValidationError struct {
	Fields []*FieldError // at least one
}

// Error returns the faults in one line.
func (e *ValidationError) Error() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Error()
	}
	return oneLine(strings.Join(texts, "; "))
}

// Unwrap returns ErrInvalidArgument and the Fields.
func (e *ValidationError) Unwrap() []error {
	errs := make([]error, 0, len(e.Fields)+1)
	errs = append(errs, ErrInvalidArgument)
	for _, f := range e.Fields {
		errs = append(errs, f)
	}
	return errs
}

// Add appends a FieldError with these fields, and cuts the value to 64 characters. The value must not
// be a secret. Add and Err are for code with its own checks, such as a policy.
func (e *ValidationError) Add(field, value, reason, source string, kind error) {
	e.Fields = append(e.Fields, &FieldError{Field: field, Value: clip(value), Reason: reason, Source: source, Kind: kind})
}

// Err returns nil if nothing was added, and otherwise a *ValidationError with the Fields.
func (e *ValidationError) Err() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return &ValidationError{Fields: e.Fields} // a copy, so that a valid request allocates nothing
}

// clip cuts s to 64 characters, so that an error about a long text stays readable.
func clip(s string) string {
	n := 0
	for i := range s {
		if n++; n > 64 {
			return s[:i] + "…"
		}
	}
	return s
}

// quote quotes s for an error's text.
func quote(s string) string {
	if strings.ContainsFunc(s, hidden) {
		return strconv.QuoteToASCII(s)
	}
	return strconv.Quote(s)
}

// quoteRune quotes c for an error's text.
func quoteRune(c rune) string {
	if hidden(c) {
		return strconv.QuoteRuneToASCII(c)
	}
	return strconv.QuoteRune(c)
}

// hidden reports whether c is invisible, or a combining mark, which changes the character before it.
func hidden(c rune) bool { return unicode.Is(unicode.M, c) || !unicode.IsPrint(c) }
