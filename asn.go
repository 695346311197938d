package cgw

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// ASN is a 4-byte BGP autonomous system number (RFC 6793). Zero means none.
//
// As text it is written in asplain ("65546") and read from asplain or asdot ("1.10", RFC
// 5396). As JSON it is written as a number and read from an integer or a string. A JSON number
// with a fraction is refused: an unquoted 1.10 in YAML would arrive as 1.1.
type ASN uint32

// ParseASN reads asplain ("64512") or asdot ("1.10", which is 1*65536+10). Signs, spaces,
// leading zeros and numbers over 4294967295 (in asdot, parts over 65535) are refused with a
// [*FieldError] that satisfies [ErrInvalidASN].
func ParseASN(s string) (ASN, error) {
	high, low, dotted := strings.Cut(s, ".")
	bits := 32
	if dotted {
		bits = 16
	}
	h, ok := parseDecimal(high, bits)
	if ok && dotted {
		var l uint64
		l, ok = parseDecimal(low, 16)
		h = h<<16 | l
	}
	if !ok {
		return 0, &FieldError{
			Field: fieldASN, Value: clip(s), Kind: ErrInvalidASN,
			Reason: "must be a number from 0 to 4294967295, plain (65546) or dotted (1.10)", Source: "RFC 5396",
		}
	}
	return ASN(h), nil
}

func parseDecimal(s string, bits int) (uint64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' || (s[0] == '0' && len(s) > 1) {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, bits)
	return n, err == nil
}

// String returns the number in asplain.
func (a ASN) String() string { return strconv.FormatUint(uint64(a), 10) }

// AppendText implements encoding.TextAppender.
func (a ASN) AppendText(b []byte) ([]byte, error) { return strconv.AppendUint(b, uint64(a), 10), nil }

// MarshalText implements encoding.TextMarshaler: asplain.
func (a ASN) MarshalText() ([]byte, error) { return a.AppendText(nil) }

// UnmarshalText implements encoding.TextUnmarshaler with [ParseASN].
func (a *ASN) UnmarshalText(text []byte) error {
	n, err := ParseASN(string(text))
	if err == nil {
		*a = n
	}
	return err
}

// MarshalJSON implements json.Marshaler: a number.
func (a ASN) MarshalJSON() ([]byte, error) { return a.AppendText(nil) }

// UnmarshalJSON implements json.Unmarshaler. null changes nothing.
func (a *ASN) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	if bytes.HasPrefix(data, []byte(`"`)) {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		return a.UnmarshalText([]byte(s))
	}
	if bytes.ContainsAny(data, ".eE") {
		return &FieldError{
			Field: fieldASN, Value: clip(string(data)), Kind: ErrInvalidASN,
			Reason: "must be an integer or a string in JSON; quote a dotted ASN",
		}
	}
	return a.UnmarshalText(data)
}
