package emulators

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// documented returns the rows of docs/testing.md from the one that starts as given to the last
// whose first column is empty.
func documented(t *testing.T, start string) string {
	t.Helper()
	b, err := os.ReadFile("../../../docs/testing.md")
	require.NoError(t, err)
	lines := strings.Split(string(b), "\n")
	first := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, start) })
	require.GreaterOrEqual(t, first, 0, "docs/testing.md has no row %s", start)
	last := first + 1
	for strings.HasPrefix(lines[last], "| |") {
		last++
	}
	return strings.Join(lines[first:last], "\n")
}

// documentedMeaning returns the row of a meaning.
func documentedMeaning(t *testing.T, m wire.Meaning) string {
	t.Helper()
	return documented(t, "| `"+strings.ToUpper(string(m[:1]))+string(m[1:])+"` | `"+string(m)+"` |")
}

// TestPathsAreDocumented finds every path and method of the control interface in docs/testing.md.
func TestPathsAreDocumented(t *testing.T) {
	each(t, options{control: true}, func(t *testing.T, cloud cgwtest.Emulator) {
		for _, p := range read[struct{ Paths []string }](t, cloud, "GET /_cgw/", "").Paths {
			method, path, _ := strings.Cut(p, " /_cgw/")
			start := "| `" + path + "` | "
			if path == "" {
				start = "| (none) | "
			}
			require.Contains(t, documented(t, start), " | "+method, p)
		}
	})
}
