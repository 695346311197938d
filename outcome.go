package cgw

import "errors"

// Outcome says whether a write that returned an error took effect.
type Outcome uint8

// The outcomes. The zero Outcome is OutcomeUnknown: nothing is claimed without a reason.
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

// OutcomeOf returns the outcome of the operation that returned err: OutcomeApplied for nil,
// [Error.Outcome] where an [*Error] is in the tree, OutcomeUnknown for any other error.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeApplied
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Outcome
	}
	return OutcomeUnknown
}
