package cgw

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that must not be seen, such as [CreateRequest.AuthKey]. Every fmt verb,
// JSON, text and slog show a mark in its place; an empty Secret shows as empty. Only Reveal
// gives the value. Convert a string with Secret(s).
//
// The mark has limits that a string type cannot lift: keep a Secret in exported fields, since
// fmt calls no methods on unexported ones; do not make it the key of a map that is marshaled;
// and heed go vet, which refuses the verbs %p and %w for a Secret: fmt calls no method there.
type Secret string

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String returns the mark, or "" when s is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter: the mark for every verb that fmt passes to it.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		_, _ = fmt.Fprintf(f, "%q", s.String()) // as fmt itself does, a failing writer is left to its owner
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// LogValue implements slog.LogValuer with the mark.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler with the mark, for JSON, YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalBinary implements encoding.BinaryMarshaler with the mark, for gob.
func (s Secret) MarshalBinary() ([]byte, error) { return s.MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler. The mark is refused: a value that went
// through a redacting writer is lost, and taking the mark for it would set the wrong key.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errors.New("cgw: secret was redacted when it was written: the value cannot be read back")
	}
	*s = Secret(text)
	return nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler as UnmarshalText does.
func (s *Secret) UnmarshalBinary(data []byte) error { return s.UnmarshalText(data) }
