// Package lenient reads the values of a reply's JSON in every form in which a service may write
// them: a number as a text, a text as a number, null for either. It is for encoding/json.
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

// Text is a text. A number is read as it is written, null as the empty text.
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

// Number is a whole number. The zero value is one that is not known: it is missing, null, a
// fraction, or a text that is no number.
type Number struct {
	Value int64 // the nearest, if the number has more bits
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
		// 65010.0 or 1e3. In a text the point may also be that of an ASN in two parts.
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
// with a point, such as "1.10", is dotted (65546). Null, an empty text and a number that is no ASN
// are 0. What is not a whole number is an error: it must not be taken for a gateway without an ASN.
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

// Count returns the number, or -1 for one that counts nothing.
func (n Number) Count() int {
	if !n.Known || n.Value < 0 {
		return -1
	}
	return int(min(n.Value, math.MaxInt32))
}

// kindOf returns how a value of JSON begins, and '0' for every number.
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
