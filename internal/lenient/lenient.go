// Package lenient has types for encoding/json that read a value in every form in which a service may
// write it: a number as a text, a text as a number, null for either.
package lenient

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cgw-go/cgw"
)

// Text is a text. A JSON number becomes its digits as written, and null becomes the empty text.
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch kindOf(b) {
	case 'n':
		*t = ""
	case '0':
		*t = Text(b)
	case '"':
		if bytes.IndexByte(b, '\\') >= 0 || !utf8.Valid(b) {
			return json.Unmarshal(b, (*string)(t))
		}
		*t = Text(b[1 : len(b)-1])
	default:
		return errors.New("neither a text nor a number")
	}
	return nil
}

// Number is a whole number. The zero value means that the number is not known: it is missing, null, a
// fraction, or a text that is not a whole number.
type Number struct {
	Value int64 // the nearest int64 if the number is outside the range
	Known bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	*n = Number{}
	switch kindOf(b) {
	case 'n':
	case '"':
		n.parse(strings.TrimSpace(string(b[1 : len(b)-1])))
	case '0':
		if n.parse(string(b)); n.Known {
			break
		}
		// 65010.0 or 1e3. These are not read in a text, where 1.10 may be an ASN in two parts.
		f, err := strconv.ParseFloat(string(b), 64)
		switch {
		case f >= math.MaxInt64:
			*n = Number{math.MaxInt64, true}
		case f <= math.MinInt64:
			*n = Number{math.MinInt64, true}
		case err == nil && f == math.Trunc(f):
			*n = Number{int64(f), true}
		}
	default:
		return errors.New("not a number")
	}
	return nil
}

func (n *Number) parse(s string) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		*n = Number{v, true}
	}
}

// ASN is an autonomous system number: a number, or a text in one of the forms of [cgw.ParseASN]. A text
// with a point, such as "1.10", is a dotted ASN (65546). Null, an empty text, and a number outside the
// range of ASNs become 0. Any other value is an error: if it became 0, the gateway would seem to have
// no ASN.
type ASN cgw.ASN

// UnmarshalJSON implements json.Unmarshaler.
func (a *ASN) UnmarshalJSON(b []byte) error {
	*a = 0
	if kindOf(b) == '"' {
		var t Text
		if err := t.UnmarshalJSON(b); err != nil {
			return err
		}
		text := strings.TrimSpace(string(t))
		if n, err := cgw.ParseASN(text); text == "" || err == nil {
			*a = ASN(n)
			return nil
		}
		b = []byte(text)
		if strings.Contains(text, ".") || kindOf(b) != '0' {
			return errors.New("not an ASN")
		}
	}
	var n Number
	if err := n.UnmarshalJSON(b); err != nil {
		return err
	}
	if !n.Known && kindOf(b) != 'n' {
		return errors.New("not a whole number")
	}
	if 0 <= n.Value && n.Value <= math.MaxUint32 {
		*a = ASN(n.Value)
	}
	return nil
}

// Count returns the number, or -1 if it is not known or negative.
func (n Number) Count() int {
	if !n.Known || n.Value < 0 {
		return -1
	}
	return int(min(n.Value, math.MaxInt32))
}

// kindOf returns the first byte of a JSON value, but '0' for every number and 0 for no value.
func kindOf(b []byte) byte {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '-', '0' <= b[0] && b[0] <= '9':
		return '0'
	default:
		return b[0]
	}
}
