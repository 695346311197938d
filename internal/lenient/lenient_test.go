package lenient_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/lenient"
)

func TestNumber(t *testing.T) {
	const most = math.MaxInt64
	for _, tc := range []struct {
		json  string
		want  lenient.Number
		count int
	}{
		{`65010`, lenient.Number{Value: 65010, Known: true}, 65010},
		{`"65010"`, lenient.Number{Value: 65010, Known: true}, 65010},
		{`" 65010 "`, lenient.Number{Value: 65010, Known: true}, 65010},
		{`65010.0`, lenient.Number{Value: 65010, Known: true}, 65010},
		{`6.501e4`, lenient.Number{Value: 65010, Known: true}, 65010},
		{`0`, lenient.Number{Known: true}, 0},
		{`-1`, lenient.Number{Value: -1, Known: true}, -1},
		{`"-1"`, lenient.Number{Value: -1, Known: true}, -1},
		{`-1.0`, lenient.Number{Value: -1, Known: true}, -1},
		{`4294967295`, lenient.Number{Value: 4294967295, Known: true}, math.MaxInt32},
		{`4294967296`, lenient.Number{Value: 4294967296, Known: true}, math.MaxInt32},
		{`9223372036854775808`, lenient.Number{Value: most, Known: true}, math.MaxInt32},
		{`"99999999999999999999"`, lenient.Number{Value: most, Known: true}, math.MaxInt32},
		{`1e400`, lenient.Number{Value: most, Known: true}, math.MaxInt32},
		{`-1e400`, lenient.Number{Value: math.MinInt64, Known: true}, -1},
		{`null`, lenient.Number{}, -1},
		{`""`, lenient.Number{}, -1},
		{`"none"`, lenient.Number{}, -1},
		{`"1.10"`, lenient.Number{}, -1}, // it may be an ASN
		{`65010.5`, lenient.Number{}, -1},
	} {
		t.Run(tc.json, func(t *testing.T) {
			got := lenient.Number{Value: 7, Known: true} // what was there before does not stay
			require.NoError(t, json.Unmarshal([]byte(tc.json), &got))
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.count, got.Count())
		})
	}
	for _, s := range []string{`true`, `{}`, `[1]`} {
		var n lenient.Number
		require.Error(t, json.Unmarshal([]byte(s), &n), s)
	}
	require.Equal(t, -1, lenient.Number{}.Count())
}

func TestASN(t *testing.T) {
	for in, want := range map[string]lenient.ASN{
		`65010`: 65010, `"65010"`: 65010, `" 65010 "`: 65010, `65010.0`: 65010, `6.501e4`: 65010, `"6e4"`: 60000, `"\u0036"`: 6,
		`"123.456"`: 123<<16 + 456, `"1.10"`: 65546, `"65010.0"`: 65010 << 16, `4294967295`: 4294967295, `"00012"`: 12,
		`0`: 0, `-1`: 0, `"-1"`: 0, `-1.0`: 0, `4294967296`: 0, `"99999999999999999999"`: 0, `1e400`: 0, `null`: 0, `""`: 0, `" "`: 0,
	} {
		got := lenient.ASN(7)
		require.NoError(t, json.Unmarshal([]byte(in), &got), in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{`"none"`, `"0x10"`, `"六"`, `65010.5`, `123.456`, `"65536.1"`, `"1.2.3"`, `"1."`, `"-1.5"`, `"null"`, `"[]"`, `true`, `{}`, `[1]`} {
		var got lenient.ASN
		require.Error(t, json.Unmarshal([]byte(in), &got), in)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]lenient.Text{
		`"office"`: "office", `""`: "", `null`: "", `12`: "12", `-1.50`: "-1.50",
		`"\u4e0a\"x\\"`: `上"x\`, `"上海"`: "上海", "\"a\xffb\"": "a\ufffdb",
	} {
		got := lenient.Text("before")
		require.NoError(t, json.Unmarshal([]byte(in), &got), in)
		require.Equal(t, want, got, in)
	}
	for _, s := range []string{`true`, `{}`, `["a"]`} {
		var got lenient.Text
		require.Error(t, json.Unmarshal([]byte(s), &got), s)
	}
}
