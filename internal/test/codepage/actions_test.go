package codepage_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/codepage"
)

// TestActions has what docs/errors.md says to do about each sentinel: it names each once, and
// agrees with IsRetryable and ErrOutcomeUnknown.
func TestActions(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "docs", "errors.md"))
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(doc), "| the error is | do | how |\n|---|---|---|\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	action := map[string]string{}
	for row := range strings.Lines(table) {
		cells := strings.Split(row, " | ")
		require.Len(t, cells, 3, row)
		require.Contains(t, []string{"ok", "try later", "look first", "fix"}, cells[1])
		for _, name := range regexp.MustCompile("`(Err\\w+)`").FindAllStringSubmatch(cells[0], -1) {
			require.Empty(t, action[name[1]], "%s twice", name[1])
			action[name[1]] = cells[1]
		}
	}

	source, err := os.ReadFile(filepath.Join(root, "errors.go"))
	require.NoError(t, err)
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^\t(Err[A-Z]\w+)(?: error)? += `).FindAllStringSubmatch(string(source), -1) {
		names = append(names, m[1])
		require.NotEmpty(t, action[m[1]], "docs/errors.md does not say what to do about %s", m[1])
	}
	require.Len(t, action, len(names))
	require.Equal(t, "look first", action["ErrOutcomeUnknown"])
	for _, kind := range codepage.Kinds() {
		refused := &cgw.Error{Op: cgw.OpCreate, Kind: kind, Outcome: cgw.OutcomeNotApplied}
		want := "fix"
		if cgw.IsRetryable(refused) {
			want = "try later"
		}
		require.Equal(t, want, action[codepage.KindName(kind)], "%v", kind)
		unknown := &cgw.Error{Op: cgw.OpCreate, Kind: kind, Outcome: cgw.OutcomeUnknown}
		require.True(t, errors.Is(unknown, cgw.ErrOutcomeUnknown) && !cgw.IsRetryable(unknown), "%v", kind)
	}
	require.Len(t, codepage.Kinds(), len(names)-1)
}
