package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
)

func TestMain(m *testing.M) {
	playChild()
	os.Exit(m.Run())
}

// What is true of the SDKs is asserted by the table of docs/reliability.md.
func TestScoreboard(t *testing.T) {
	rows := allRows()
	t.Run("play", func(t *testing.T) {
		for i, r := range rows {
			t.Run(r.Script+"/"+r.Cloud+"/"+r.Who, func(t *testing.T) {
				t.Parallel()
				r, err := play(i, cgw.RetryPolicy{MinBackoff: 10 * time.Millisecond, MaxBackoff: 20 * time.Millisecond})
				require.NoError(t, err)
				rows[i] = r
				without := r.script.together && !peer.RaceDetector()
				require.Equal(t, without, r.Note == noDetector)
				if r.Who == ours {
					require.Equal(t, r.Wanted, r.Existing)
					require.Equal(t, r.Calls, r.Told)
					require.True(t, without || r.Note == "", r.Note)
				}
			})
		}
	})
	t.Run("README", func(t *testing.T) {
		readme, err := os.ReadFile("../../docs/reliability.md")
		require.NoError(t, err)
		_, rest, ok := strings.Cut(string(readme), "<!-- scoreboard -->")
		require.True(t, ok)
		table, _, ok := strings.Cut(rest, "<!-- /scoreboard -->")
		require.True(t, ok)
		var want bytes.Buffer
		require.NoError(t, writeMarkdown(&want, rows))
		require.Equal(t, inStep(want.String()), inStep(table), "put the output of go run ./bench/scoreboard -markdown there")
	})
}

// inStep leaves out the rows that need the race detector, if there is none.
func inStep(table string) []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(table), "\n"), func(line string) bool {
		return !peer.RaceDetector() && strings.Contains(line, "goroutines, one client")
	})
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeText(&b, []row{
		{Script: "cut", Cloud: "Tencent", Who: sdk, Wanted: 1, Existing: 1, Told: 0, Calls: 1, Took: 1500 * time.Millisecond, Note: "slow"},
	}))
	require.Equal(t, []string{"cut", "Tencent", "SDK", "1", "1", "0", "of", "1", "1.5", "s", "slow"}, strings.Fields(strings.Split(b.String(), "\n")[1]))
}
