package cgw_test

import (
	"encoding"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/line"
)

var (
	_ encoding.TextAppender    = cgw.ASN(0)
	_ encoding.TextMarshaler   = cgw.ASN(0)
	_ encoding.TextUnmarshaler = (*cgw.ASN)(nil)
	_ json.Marshaler           = cgw.ASN(0)
	_ json.Unmarshaler         = (*cgw.ASN)(nil)
)

func TestParseASN(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want cgw.ASN
	}{
		{"0", 0},
		{"1", 1},
		{"64512", 64512},
		{"65536", 65536},
		{"4294967295", math.MaxUint32},
		{"0.0", 0},
		{"0.5", 5},
		{"1.0", 65536},
		{"1.1", 65537},
		{"1.10", 65546}, // not 1.1: the reason that a fraction is never taken for an ASN
		{"123.456", 8061384},
		{"65535.65535", math.MaxUint32},
	} {
		t.Run(tt.in, func(t *testing.T) {
			got, err := cgw.ParseASN(tt.in)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseASNRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                 "",
		"word":                  "AS64512",
		"sign plus":             "+1",
		"sign minus":            "-1",
		"leading zero":          "064512",
		"double zero":           "00",
		"leading space":         " 1",
		"trailing space":        "1 ",
		"newline":               "1\n",
		"underscore":            "64_512",
		"hexadecimal":           "0x10",
		"exponent":              "1e3",
		"other digits":          "١٢٣",
		"2^32":                  "4294967296",
		"2^64":                  "18446744073709551616",
		"dot only":              ".",
		"no high part":          ".1",
		"no low part":           "1.",
		"two dots":              "1.2.3",
		"high part too big":     "65536.0",
		"low part too big":      "0.65536",
		"leading zero, dotted":  "1.01",
		"leading zero, dotted2": "01.1",
		"sign in the low part":  "1.-1",
		"not UTF-8":             "\xff",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cgw.ParseASN(in)
			require.Zero(t, got)
			require.ErrorIs(t, err, cgw.ErrInvalidASN)
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			var fault *cgw.FieldError
			require.ErrorAs(t, err, &fault)
			require.Equal(t, "ASN", fault.Field)
			require.Equal(t, in, fault.Value)
		})
	}
}

func TestParseASNClipsLongInput(t *testing.T) {
	_, err := cgw.ParseASN(strings.Repeat("é", 5000))
	var fault *cgw.FieldError
	require.ErrorAs(t, err, &fault)
	require.Equal(t, strings.Repeat("é", 64)+"…", fault.Value)
}

func TestASNText(t *testing.T) {
	for _, a := range []cgw.ASN{0, 1, 64512, 65546, math.MaxUint32} {
		text, err := a.MarshalText()
		require.NoError(t, err)
		require.Equal(t, a.String(), string(text))
		appended, err := a.AppendText([]byte("AS"))
		require.NoError(t, err)
		require.Equal(t, "AS"+a.String(), string(appended))

		var back cgw.ASN
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, a, back)
	}
	require.Equal(t, "65546", cgw.ASN(65546).String())

	a := cgw.ASN(7)
	require.NoError(t, a.UnmarshalText([]byte("1.10")))
	require.Equal(t, cgw.ASN(65546), a)
	require.ErrorIs(t, a.UnmarshalText([]byte("1.10 ")), cgw.ErrInvalidASN)
	require.Equal(t, cgw.ASN(65546), a, "a refused text must leave the value as it was")
}

func TestASNJSON(t *testing.T) {
	type peer struct {
		ASN cgw.ASN `json:"asn"`
	}
	data, err := json.Marshal(map[cgw.ASN]peer{64512: {ASN: math.MaxUint32}})
	require.NoError(t, err)
	require.Equal(t, `{"64512":{"asn":4294967295}}`, string(data))
	var back map[cgw.ASN]peer
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, map[cgw.ASN]peer{64512: {ASN: math.MaxUint32}}, back)

	for in, want := range map[string]cgw.ASN{
		`64512`:            64512,
		` 64512 `:          64512,
		`0`:                0,
		`4294967295`:       math.MaxUint32,
		`"64512"`:          64512,
		`"1.10"`:           65546,
		`"\u0031.1\u0030"`: 65546,
		`null`:             7, // as it was
	} {
		got := peer{ASN: 7}
		require.NoError(t, json.Unmarshal([]byte(`{"asn":`+in+`}`), &got), in)
		require.Equal(t, want, got.ASN, in)
	}

	for _, in := range []string{
		`1.10`, `1.1`, `64512.0`, `1e3`, `1E3`, `-1`, `-0`, `4294967296`,
		`""`, `" 1"`, `"1.1.1"`, `"1e3"`, `"\n"`, `true`, `false`, `[]`, `{}`, `[1]`, `{"e":1}`,
	} {
		got := peer{ASN: 7}
		err := json.Unmarshal([]byte(`{"asn":`+in+`}`), &got)
		require.ErrorIs(t, err, cgw.ErrInvalidASN, in)
		require.Equal(t, cgw.ASN(7), got.ASN, in)
		if strings.Trim(in, "0123456789.eE") == "" {
			require.Equal(t, in != `4294967296`, strings.Contains(err.Error(), "quote a dotted ASN"), in)
		}
	}

	// What a decoder never passes on.
	var a cgw.ASN
	for _, in := range []string{``, `"`, `"1`, `1"`} {
		require.Error(t, a.UnmarshalJSON([]byte(in)), in)
	}
}

// A decoder of YAML that hands over the text of a scalar reads asdot in full; one that goes
// through JSON numbers (1.10 becomes 1.1) is refused, see TestASNJSON.
func TestASNYAML(t *testing.T) {
	for in, want := range map[string]cgw.ASN{
		"asn: 64512":        64512,
		"asn: \"64512\"":    64512,
		"asn: 1.10":         65546,
		"asn: '1.10'":       65546,
		"asn: 4294967295":   math.MaxUint32,
		"asn: !!str 123.45": 8060973,
	} {
		var got struct{ ASN cgw.ASN }
		require.NoError(t, yaml.Unmarshal([]byte(in), &got), in)
		require.Equal(t, want, got.ASN, in)

		text, err := got.ASN.MarshalText()
		require.NoError(t, err)
		var back struct{ ASN cgw.ASN }
		require.NoError(t, yaml.Unmarshal(append([]byte("asn: "), text...), &back), in)
		require.Equal(t, got, back)
	}
	for _, in := range []string{"asn: 1.", "asn: 1e3", "asn: -1", "asn: 0x10", "asn: 1_000", "asn: yes"} {
		var got struct{ ASN cgw.ASN }
		require.Error(t, yaml.Unmarshal([]byte(in), &got), in)
	}
}

func FuzzParseASN(f *testing.F) {
	for _, s := range []string{"", "0", "64512", "1.10", "65535.65535", "65536.0", "1.1.1", "01", "4294967296", "٣", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := cgw.ParseASN(s)
		if err != nil {
			require.ErrorIs(t, err, cgw.ErrInvalidASN)
			require.Zero(t, a)
			line.Require(t, err)
			return
		}
		require.LessOrEqual(t, len(s), len("65535.65535"))
		require.Empty(t, strings.Trim(s, "0123456789."))
		if !strings.Contains(s, ".") {
			require.Equal(t, s, a.String(), "asplain has one spelling")
		}
		back, err := cgw.ParseASN(a.String())
		require.NoError(t, err)
		require.Equal(t, a, back)

		quoted, err := json.Marshal(s)
		require.NoError(t, err)
		for _, data := range []string{string(quoted), a.String()} {
			var decoded cgw.ASN
			require.NoError(t, json.Unmarshal([]byte(data), &decoded))
			require.Equal(t, a, decoded)
		}
	})
}
