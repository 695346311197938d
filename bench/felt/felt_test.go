package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
)

const docs = "../../docs"

func TestCgwTellsTheTruth(t *testing.T) {
	for _, c := range peer.Clouds() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			r, err := create(c, ours, 20, 60)
			require.NoError(t, err)
			require.Zero(t, r.Wrong)
			require.GreaterOrEqual(t, r.Existing+r.Unknown, 60)
		})
	}
}

func TestMeasure(t *testing.T) {
	folder := t.TempDir()
	page, err := os.ReadFile(filepath.Join(docs, "performance.md"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "performance.md"), page, 0o600))
	require.NoError(t, measure(folder, size{calls: 8, regions: 2, sites: 4, rates: []int{5}, tell: io.Discard}))
	written(t, folder, 4, 2)
	require.Equal(t, "| package | cold build | stripped binary |\n|---|---|---|\n| `cgw` | 1.2 s | 2.0 MB |\n",
		buildsTable([]build{{"cgw", 1200 * time.Millisecond, 2_000_000}}))
}

// The page in docs has all rows; what is in them differs between runs.
func TestPage(t *testing.T) { written(t, docs, 12, 4) }

func written(t *testing.T, folder string, creates, fleets int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(folder, "performance.md"))
	require.NoError(t, err)
	for name, rows := range map[string]int{"creates": creates, "fleet": fleets, "builds": 3} {
		_, rest, ok := strings.Cut(string(page), "<!-- "+name+" -->\n")
		require.True(t, ok)
		table, _, ok := strings.Cut(rest, "<!-- /"+name+" -->")
		require.True(t, ok)
		require.Len(t, strings.Split(strings.TrimSpace(table), "\n"), 2+rows, "run go run ./bench/felt docs")
	}
	picture, err := os.ReadFile(filepath.Join(folder, "performance.svg"))
	require.NoError(t, err)
	require.Less(t, len(picture), 100_000)
	require.Equal(t, creates, strings.Count(string(picture), "<circle"))
	d := xml.NewDecoder(strings.NewReader(string(picture)))
	for err == nil {
		_, err = d.Token()
	}
	require.ErrorIs(t, err, io.EOF)
}

func TestJudge(t *testing.T) {
	at := func(n int, id string) cgw.Gateway { return cgw.Gateway{ID: id, IPAddress: address(n)} }
	failed, unknown := errors.New("failed"), fmt.Errorf("cut: %w", cgw.ErrOutcomeUnknown)
	r := creates{}
	r.judge(
		[]cgw.Gateway{at(0, "a"), at(1, "b"), at(3, "d"), at(5, "f"), at(5, "g"), at(6, "other")},
		[]string{"a", "", "", "", "e", "f", "h"},
		[]error{nil, failed, failed, unknown, nil, nil, nil},
	)
	require.Equal(t, creates{Existing: 6, Wrong: 4, Unknown: 1, Failed: 1, Doubled: 1, Absent: 2}, r)
	require.Equal(t, `1: "failed", but it is there; 1: there are two; 2: "made", but it is not the one there`, r.wrong())
}

func TestText(t *testing.T) {
	require.Equal(t, "999 ms", brief(999*time.Millisecond))
	require.Equal(t, "5.9 ms", brief(5940*time.Microsecond))
	require.Equal(t, "1.2 s", brief(1200*time.Millisecond))
	require.Equal(t, netip.MustParseAddr("20.1.1.1"), address(250))
	_, err := fill("nothing", map[string]string{"creates": ""})
	require.ErrorContains(t, err, "creates")
	text, err := fill("a\n<!-- x -->\nold\n<!-- /x -->\nb", map[string]string{"x": "new\n"})
	require.NoError(t, err)
	require.Equal(t, "a\n<!-- x -->\nnew\n<!-- /x -->\nb", text)
}
