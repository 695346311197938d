package errcode_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
)

func table() *errcode.Table {
	return errcode.New([]errcode.Row{
		{Code: "Limit.*", Kind: cgw.ErrQuotaExceeded, Note: "a family that comes before the exact code"},
		{Code: "Limit.Rate", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "an exact code"},
		{Code: "*.Broken", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "by its end"},
		{Code: "*Clock*", Kind: cgw.ErrUnauthenticated, Repeat: errcode.Once, Note: "by what is in it"},
		{Code: "Clock*", Kind: cgw.ErrInvalidArgument, Note: "never applies: the family before has all of it"},
		{Code: "In*.Not*Found", Kind: cgw.ErrNotFound, Note: "several stars"},
		{Code: "Plain", Kind: cgw.ErrNotFound, Note: "no family"},
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
		{"InvalidDisk.NotFound", "In*.Not*Found"},
		{"InvalidDisk.NotYetFound", "In*.Not*Found"},
		{"In.NotFound", "In*.Not*Found"},
		{"In.NotFound.NotFound", "In*.Not*Found"},
		{"In.NotFoun", ""},
		{"InNotFound", ""},
		{"In.Found", ""},
		{"", ""},
		{"*", ""},
	} {
		row, ok := table().Lookup(tc.code, "")
		require.Equal(t, tc.row != "", ok, tc.code)
		require.Equal(t, tc.row, row.Code, tc.code)
	}
}

// TestMention has rows that ask for a text in the message, and come before others.
func TestMention(t *testing.T) {
	codes := errcode.New([]errcode.Row{
		{Code: "Odd", Kind: cgw.ErrInvalidArgument, Note: "whatever it says"},
		{Code: "Odd", Mention: "colour", Kind: cgw.ErrUnsupported, Note: "about one thing"},
		{Code: "Even*", Mention: "colour", Kind: cgw.ErrUnsupported, Note: "a family, about one thing"},
	})
	for _, tc := range []struct{ code, message, note string }{
		{"Odd", "no such size", "whatever it says"},
		{"Odd", "no such colour", "about one thing"},
		{"Odd.More", "no such colour", ""},
		{"Even.More", "no such colour", "a family, about one thing"},
		{"Even.More", "no such size", ""},
	} {
		row, _ := codes.Lookup(tc.code, tc.message)
		require.Equal(t, tc.note, row.Note, "%s: %s", tc.code, tc.message)
	}
}

// TestFamilies has the repeats of codes that only a family names: at most one, unless the vendor
// documents the family as transient.
func TestFamilies(t *testing.T) {
	for _, tc := range []struct {
		row  errcode.Row
		want errcode.Repeat
	}{
		{errcode.Row{Code: "Some.*"}, errcode.Never},
		{errcode.Row{Code: "Some.*", Repeat: errcode.Wait}, errcode.Once},
		{errcode.Row{Code: "Some.*", Repeat: errcode.Once}, errcode.Once},
		{errcode.Row{Code: "Some.*", Repeat: errcode.Look}, errcode.LookOnce},
		{errcode.Row{Code: "Some.*", Repeat: errcode.LookOnce}, errcode.LookOnce},
		{errcode.Row{Code: "Some.*", Repeat: errcode.Wait, Transient: true}, errcode.Wait},
		{errcode.Row{Code: "Some.*", Repeat: errcode.Look, Transient: true}, errcode.Look},
		{errcode.Row{Code: "Some.*", Mention: "colour", Repeat: errcode.Wait}, errcode.Once},
		{errcode.Row{Code: "Some.Code", Repeat: errcode.Wait}, errcode.Wait},
		{errcode.Row{Code: "Some.Code", Repeat: errcode.Look}, errcode.Look},
	} {
		given := []errcode.Row{tc.row}
		codes := errcode.New(given)
		row, ok := codes.Lookup("Some.Code", "the colour")
		require.True(t, ok)
		require.Equal(t, tc.want, row.Repeat, "%v", tc.row)
		require.Equal(t, tc.want, codes.Rows()[0].Repeat, "the documents say the same: %v", tc.row)
		require.Equal(t, tc.row, given[0], "the caller's rows are as they were")
	}
}

func TestRepeat(t *testing.T) {
	for _, tc := range []struct {
		repeat  errcode.Repeat
		text    string
		outcome cgw.Outcome
	}{
		{errcode.Never, "no", cgw.OutcomeNotApplied},
		{errcode.Wait, "yes", cgw.OutcomeNotApplied},
		{errcode.Once, "once", cgw.OutcomeNotApplied},
		{errcode.Look, "look first", cgw.OutcomeUnknown},
		{errcode.LookOnce, "look first, once", cgw.OutcomeUnknown},
		{errcode.LookOnly, "look first, no repeat", cgw.OutcomeUnknown},
	} {
		require.Equal(t, tc.text, tc.repeat.String())
		require.Equal(t, tc.outcome, tc.repeat.Outcome())
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	codes := table()
	for _, name := range []string{"Limit.Rate", "MyClockIsOff", "Brand.New"} {
		require.Zero(t, testing.AllocsPerRun(100, func() { codes.Lookup(name, "") }), name)
	}
}

func BenchmarkLookup(b *testing.B) {
	codes := table()
	for _, name := range []string{"Limit.Rate", "MyClockIsOff", "Brand.New"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				codes.Lookup(name, "")
			}
		})
	}
}
