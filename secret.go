package cgw

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that must not be shown, such as [CreateRequest.AuthKey]. Every fmt verb, JSON,
// text and slog show "[redacted]" in its place, or "" if it is empty. Only Reveal gives the value.
// Convert a string with Secret(s).
//
// A string type cannot protect itself everywhere. Keep a Secret in exported fields: fmt calls no
// methods on unexported ones. Do not make it the key of a map that is marshaled. Do not print it
// with %p or %w, where fmt calls no method: go vet reports both.
type Secret string

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" if s is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter: String for every verb that fmt passes to it.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		_, _ = fmt.Fprintf(f, "%q", s.String()) // the error of the writer is ignored, as in fmt
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// LogValue implements slog.LogValuer with String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler with String, for JSON, YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalBinary implements encoding.BinaryMarshaler with String, for gob.
func (s Secret) MarshalBinary() ([]byte, error) { return s.MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler. The text "[redacted]" is an
// error: the value was lost when it was written, and the text must not become the key.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errors.New("cgw: secret was redacted when it was written: the value cannot be read back")
	}
	*s = Secret(text)
	return nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler as UnmarshalText does.
func (s *Secret) UnmarshalBinary(data []byte) error { return s.UnmarshalText(data) }
