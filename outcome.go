package cgw

import "errors"

// Outcome says whether a write that returned an error took effect.
type Outcome uint8

// The outcomes. The zero Outcome is OutcomeUnknown: an Error without an Outcome promises nothing.
const (
	// OutcomeUnknown: the write may have taken effect. Look before repeating it.
	OutcomeUnknown Outcome = iota
	// OutcomeNotApplied: nothing was changed, by this or an earlier attempt of the call.
	OutcomeNotApplied
	// OutcomeApplied: the change was made, although the call could not finish its work.
	OutcomeApplied
)

// String returns "unknown", "not applied" or "applied".
func (o Outcome) String() string {
	switch o {
	case OutcomeNotApplied:
		return "not applied"
	case OutcomeApplied:
		return "applied"
	default:
		return "unknown"
	}
}

// MarshalText implements encoding.TextMarshaler with String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: it reads what String returns. Any other text
// is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	for known := range OutcomeApplied + 1 {
		if known.String() == string(text) {
			*o = known
			return nil
		}
	}
	return &FieldError{
		Field: "Outcome", Value: clip(string(text)), Kind: ErrInvalidArgument,
		Reason: "must be \"unknown\", \"not applied\" or \"applied\"",
	}
}

// OutcomeOf returns the outcome of the operation that returned err: OutcomeApplied for nil,
// [Error.Outcome] if there is an [*Error] in the tree, OutcomeUnknown for any other error. If
// several errors are joined, as in an ensure.SitesError, it is their common outcome, or
// OutcomeUnknown if they differ.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeApplied
	}
	found := errorsIn(err)
	if len(found) == 0 {
		return OutcomeUnknown
	}
	for _, e := range found {
		if e.Outcome != found[0].Outcome {
			return OutcomeUnknown
		}
	}
	return found[0].Outcome
}

// errorsIn returns the Errors in the tree of err. It does not search below an Error.
func errorsIn(err error) []*Error {
	var found []*Error
	switch e := err.(type) { //nolint:errorlint // walks the tree by hand
	case nil:
	case *Error:
		return []*Error{e}
	case interface{ Unwrap() error }:
		found = errorsIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			found = append(found, errorsIn(err)...)
		}
	}
	if len(found) > 0 {
		return found
	}
	var own *Error
	if errors.As(err, &own) { // by a method As
		found = []*Error{own}
	}
	return found
}
