package code_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/code"
)

func table() *code.Table {
	return code.New([]code.Row{
		code.Never.Row("Limit.*", cgw.ErrQuotaExceeded, "a family that comes before the exact code"),
		code.Wait.Row("Limit.Rate", cgw.ErrThrottled, "an exact code"),
		code.Look.Row("*.Broken", cgw.ErrUnavailable, "by its end"),
		code.Once.Row("*Clock*", cgw.ErrUnauthenticated, "by what is in it"),
		code.Never.Row("Clock*", cgw.ErrInvalidArgument, "never applies: the family before has all of it"),
		code.Never.Row("Plain", cgw.ErrNotFound, "no family"),
	})
}

func TestLookup(t *testing.T) {
	for _, tc := range []struct{ code, row string }{
		{"Limit.Rate", "Limit.Rate"}, // exact before family, whatever their order
		{"Limit.Rates", "Limit.*"},
		{"Limit.", "Limit.*"},
		{"Limit", ""},
		{"Disk.Broken", "*.Broken"},
		{"Disk.Broken.Off", ""},
		{".Broken", "*.Broken"},
		{"Limit.Broken", "Limit.*"}, // the first family that fits
		{"MyClockIsOff", "*Clock*"},
		{"Clock", "*Clock*"},
		{"Plain", "Plain"},
		{"plain", ""},
		{"Plain.More", ""},
		{"", ""},
		{"*", ""},
	} {
		row, ok := table().Lookup(tc.code)
		require.Equal(t, tc.row != "", ok, tc.code)
		require.Equal(t, tc.row, row.Code, tc.code)
	}
}

func TestRepeat(t *testing.T) {
	for _, tc := range []struct {
		repeat  code.Repeat
		text    string
		outcome cgw.Outcome
	}{
		{code.Never, "no", cgw.OutcomeNotApplied},
		{code.Wait, "yes", cgw.OutcomeNotApplied},
		{code.Once, "once", cgw.OutcomeNotApplied},
		{code.Look, "look first", cgw.OutcomeUnknown},
	} {
		require.Equal(t, tc.text, tc.repeat.String())
		require.Equal(t, tc.outcome, tc.repeat.Outcome())
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	codes := table()
	for _, name := range []string{"Limit.Rate", "MyClockIsOff", "Brand.New"} {
		require.Zero(t, testing.AllocsPerRun(100, func() { codes.Lookup(name) }), name)
	}
}

func BenchmarkLookup(b *testing.B) {
	codes := table()
	for _, name := range []string{"Limit.Rate", "MyClockIsOff", "Brand.New"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				codes.Lookup(name)
			}
		})
	}
}

func TestSection(t *testing.T) {
	codes := code.New([]code.Row{code.Look.Row("A.*", cgw.ErrUnavailable, "broken")})
	const want = "before\n<!-- begin x -->\n| code | kind | repeat | meaning |\n|---|---|---|---|\n" +
		"| `A.*` | ErrUnavailable | look first | broken |\n<!-- end x -->\nafter\n"
	for _, doc := range []string{
		"before\n<!-- begin x -->\n<!-- end x -->\nafter\n",
		"before\n<!-- begin x -->\nold\nrows\n<!-- end x -->\nafter\n",
		want,
	} {
		got, ok := codes.Section(doc, "x")
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, doc := range []string{"", "<!-- begin x -->\n", "<!-- end x -->", "<!-- begin y -->\n<!-- end y -->"} {
		_, ok := codes.Section(doc, "x")
		require.False(t, ok, doc)
	}
}

func TestKindName(t *testing.T) {
	require.Equal(t, "ErrInvalidTag", code.KindName(cgw.ErrInvalidTag))
	require.Equal(t, "ErrInvalidArgument", code.KindName(cgw.ErrInvalidArgument))
	require.Empty(t, code.KindName(cgw.ErrOutcomeUnknown), "never a kind")
	require.Empty(t, code.KindName(errors.New("other")))
	require.Empty(t, code.KindName(nil))
}
