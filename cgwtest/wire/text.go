package wire

import (
	"fmt"
	"slices"
	"strings"
)

// The texts of the constants, by their values.
func whenTexts() []string { return []string{"beforeCommit", "afterCommit", "onConnect"} }

func effectTexts() []string {
	return []string{"proceed", "abort", "cut", "replace", "refuse", "garbage"}
}

// String returns the name of the point, such as "beforeCommit".
func (w When) String() string { return textOf("When", whenTexts(), uint8(w)) }

// MarshalText implements encoding.TextMarshaler: it writes String.
func (w When) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: it reads what String returns.
func (w *When) UnmarshalText(text []byte) error { return readText((*uint8)(w), whenTexts(), text) }

// String returns the name of the effect, such as "abort".
func (e Effect) String() string { return textOf("Effect", effectTexts(), uint8(e)) }

// MarshalText implements encoding.TextMarshaler: it writes String.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: it reads what String returns.
func (e *Effect) UnmarshalText(text []byte) error {
	return readText((*uint8)(e), effectTexts(), text)
}

func textOf(kind string, texts []string, n uint8) string {
	if int(n) < len(texts) {
		return texts[n]
	}
	return fmt.Sprintf("%s(%d)", kind, n)
}

func readText(to *uint8, texts []string, text []byte) error {
	i := slices.Index(texts, string(text))
	if i < 0 {
		return fmt.Errorf("%q is none of %s", text, strings.Join(texts, ", "))
	}
	*to = uint8(i)
	return nil
}
