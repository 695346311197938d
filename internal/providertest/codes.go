package providertest

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/test/codepage"
)

// Lines returns the lines of a file of the provider's testdata, without comments, each split into its
// words.
func Lines(t testing.TB, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	noError(t, err)
	var all [][]string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			all = append(all, words)
		}
	}
	check(t, len(all) > 0, "%s has lines", name)
	return all
}

// SDKFile returns the path of a file in a package of the SDK, in the version that go.mod names.
func SDKFile(t testing.TB, pkg, file string) string {
	t.Helper()
	p, err := build.Import(pkg, ".", build.FindOnly)
	noError(t, err)
	return filepath.Join(p.Dir, file)
}

// Codes checks a provider's table of codes. Each code must mean what testdata/codes.txt says, a
// list that is independent of the table. Every documented code, in testdata/document_codes.txt,
// must have a decision. docs/errors.md must show the table; if update is set, Codes writes it
// there.
func Codes(t *testing.T, provider cgw.Provider, table *errcode.Table, update bool) {
	t.Helper()
	t.Run("Meaning", func(t *testing.T) { meaning(t, table) })
	t.Run("RowsAreInOrder", func(t *testing.T) { rowsAreInOrder(t, table) })
	t.Run("Families", func(t *testing.T) { families(t, table) })
	t.Run("Unknown", func(t *testing.T) {
		for _, name := range []string{"", "Brand.New", "*", "Error", "limitexceeded", "throttling"} {
			_, ok := table.Lookup(name, "")
			check(t, !ok, "no row has the code %q", name)
		}
	})
	t.Run("Documented", func(t *testing.T) {
		for _, words := range Lines(t, "document_codes.txt") {
			_, ok := table.Lookup(words[0], "")
			check(t, ok, "%s has a decision", words[0])
		}
	})
	t.Run("Document", func(t *testing.T) {
		file := filepath.Join("..", "docs", "errors.md")
		doc, err := os.ReadFile(file)
		noError(t, err)
		want, ok := codepage.Section(table, string(doc), string(provider))
		check(t, ok, "docs/errors.md has a section")
		if update {
			noError(t, os.WriteFile(file, []byte(want), 0o600))
			return
		}
		check(t, want == string(doc), "docs/errors.md is as the table is: run the test with -update")
	})
}

func meaning(t *testing.T, table *errcode.Table) {
	listed := map[string]bool{}
	for _, want := range Lines(t, "codes.txt") {
		equal(t, 3, len(want), "words of %v", want)
		name := want[0]
		check(t, !listed[name], "%s is listed once", name)
		listed[name] = true
		row, ok := table.Lookup(name, "")
		check(t, ok, "%s has a decision", name)
		equal(t, want[1], codepage.KindName(row.Kind), "%s", name)
		equal(t, want[2], strings.ReplaceAll(row.Repeat.String(), " ", "-"), "%s", name)
	}
	for _, row := range table.Rows() {
		if !strings.Contains(row.Code, "*") {
			check(t, listed[row.Code], "testdata/codes.txt says what %s must mean", row.Code)
		}
	}
}

// families checks the codes whose outcome is unknown. A longer code, such as InternalError.Probe, must
// have the same kind and an unknown outcome. Without a row it could be taken for a refusal, although
// the request may have been executed.
func families(t *testing.T, table *errcode.Table) {
	for _, row := range table.Rows() {
		if row.Repeat.Outcome() != cgw.OutcomeUnknown || strings.ContainsAny(row.Code, ".*") || strings.HasPrefix(row.Note, "of the SDK") {
			continue
		}
		longer, _ := table.Lookup(row.Code+".Probe", "")
		equal(t, row.Kind, longer.Kind, "kind of %s.Probe", row.Code)
		equal(t, cgw.OutcomeUnknown, longer.Repeat.Outcome(), "outcome of %s.Probe", row.Code)
	}
}

// rowsAreInOrder finds useless rows: a repeated code, or a family after a row that matches the same
// codes.
func rowsAreInOrder(t *testing.T, table *errcode.Table) {
	seen := map[string]bool{}
	for _, row := range table.Rows() {
		check(t, !seen[row.Code], "%s has one row", row.Code)
		seen[row.Code] = true
		check(t, codepage.KindName(row.Kind) != "", "%s has a kind", row.Code)
		check(t, row.Note != "", "%s has a note", row.Code)
		lacks(t, row.Note, "|", "the note of %s", row.Code)
		if strings.Contains(row.Code, "*") {
			got, ok := table.Lookup(strings.ReplaceAll(row.Code, "*", "Probe"), row.Mention)
			check(t, ok, "%s applies", row.Code)
			equal(t, row.Code, got.Code, "%s applies", row.Code)
		}
	}
}
