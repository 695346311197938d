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
)

func TestMain(m *testing.M) {
	serveShared()
	os.Exit(m.Run())
}

// facts are what the SDKs do that cgw exists for, by script, cloud and client: gateways that
// exist, and callers that were told the truth.
var facts = []struct {
	script, cloud, who string
	existing, told     int
	note               string
}{
	{"reply cut off, gateway made", "Tencent", sdk, 1, 0, ""},
	{"reply cut off, gateway made", "Alibaba", sdk, 1, 0, ""},
	{"reply cut off, gateway made", "Alibaba", loop, 1, 0, ""},
	{"HTML 502, gateway made", "Tencent", sdk, 1, 0, ""},
	{"HTML 502, gateway made", "Alibaba", sdk, 1, 0, ""},
	{"empty 200, gateway made", "Tencent", sdk, 1, 0, ""},
	{"empty 200, gateway made", "Alibaba", sdk, 1, 0, ""},
	{"empty 200, gateway made", "Alibaba", loop, 1, 0, ""},
	{"HTML 502, no gateway made", "Tencent", sdk, 0, 1, ""},
	{"HTML 502, no gateway made", "Alibaba", sdk, 0, 1, ""},
	{"stale connection from the pool", "Tencent", sdk, 0, 1, ""},
	{"stale connection from the pool", "Alibaba", sdk, 0, 1, ""},
	{"throttled, told to wait 2 s", "Tencent", sdk, 1, 1, "came back too early"},
	{"throttled till the context ends", "Tencent", sdk, 0, 1, "slept past the end"},
	{"throttled till the context ends", "Alibaba", sdk, 0, 1, "slept past the end"},
	{"authority of another client", "Alibaba", sdk, 1, 1, "trusted the other's authority"},
}

func TestScoreboard(t *testing.T) {
	on, err := itself()
	require.NoError(t, err)
	on.retry = cgw.RetryPolicy{MinBackoff: 10 * time.Millisecond, MaxBackoff: 20 * time.Millisecond}
	var rows []row
	for _, s := range scripts() {
		for _, c := range clouds() {
			for _, who := range contenders() {
				rows = append(rows, row{script: s.name, cloud: c.name, who: who})
			}
		}
	}
	t.Run("play", func(t *testing.T) {
		for i := range rows {
			r := &rows[i]
			t.Run(r.script+"/"+r.cloud+"/"+r.who, func(t *testing.T) {
				t.Parallel()
				s := scripts()[slices.IndexFunc(scripts(), func(s script) bool { return s.name == r.script })]
				c := clouds()[slices.IndexFunc(clouds(), func(c cloud) bool { return c.name == r.cloud })]
				played, err := s.play(on, c, r.who)
				require.NoError(t, err)
				played.script, played.cloud, played.who = r.script, r.cloud, r.who
				*r = played
				if r.who == ours {
					require.Equal(t, r.wanted, r.existing)
					require.Equal(t, r.calls, r.told)
					require.Contains(t, []string{"", noDetector}, r.note)
				}
			})
		}
	})

	t.Run("facts", func(t *testing.T) {
		for _, f := range facts {
			i := slices.IndexFunc(rows, func(r row) bool { return r.script == f.script && r.cloud == f.cloud && r.who == f.who })
			require.GreaterOrEqual(t, i, 0, f)
			r := rows[i]
			require.Equal(t, f.existing, r.existing, f)
			require.Equal(t, f.told, r.told, f)
			require.Equal(t, f.note, r.note, f)
		}
	})

	t.Run("README", func(t *testing.T) {
		readme, err := os.ReadFile("../../README.md")
		if os.IsNotExist(err) {
			return // nothing to keep in step yet
		}
		require.NoError(t, err)
		const mark = "<!-- scoreboard -->"
		_, rest, ok := strings.Cut(string(readme), mark)
		if !ok {
			return
		}
		block, _, ok := strings.Cut(strings.ReplaceAll(rest, "<!-- /scoreboard -->", mark), mark)
		require.True(t, ok, "the second %s is missing", mark)
		var want bytes.Buffer
		require.NoError(t, writeMarkdown(&want, rows))
		require.Equal(t, inStep(want.String()), inStep(block), "put the output of go run ./bench/scoreboard -markdown there")
	})
}

// inStep leaves out the rows that need the race detector, where there is none.
func inStep(table string) []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(table), "\n"), func(line string) bool {
		return !raceEnabled && strings.Contains(line, "goroutines, one client")
	})
}

func TestRaceDetectorSeesTheSDK(t *testing.T) {
	on, err := itself()
	require.NoError(t, err)
	want := "data races"
	if !on.races {
		want = noDetector
	}
	r, err := on.playShared(clouds()[1], sdk, 20)
	require.NoError(t, err)
	require.Equal(t, want, r.note)
}

func TestOutput(t *testing.T) {
	rows := []row{
		{script: "cut", cloud: "Tencent", who: sdk, wanted: 1, existing: 1, told: 0, calls: 1, took: 1500 * time.Millisecond, note: "slow"},
		{script: "cut", cloud: "Tencent", who: loop, wanted: 1, existing: 2, told: 1, calls: 1},
		{script: "cut", cloud: "Tencent", who: ours, wanted: 1, existing: 1, told: 1, calls: 1},
	}
	var b bytes.Buffer
	require.NoError(t, writeMarkdown(&b, rows))
	require.Equal(t, `| What happens | Cloud | Wanted | SDK | SDK in a tool's loop | cgw |
| --- | --- | --- | --- | --- | --- |
| cut | Tencent | 1 | 1 exist, 0 of 1 told; slow | 2 exist, 1 of 1 told | 1 exist, 1 of 1 told |
`, b.String())
	b.Reset()
	require.NoError(t, writeText(&b, rows[:1]))
	require.Equal(t, []string{"cut", "Tencent", "SDK", "1", "1", "0", "of", "1", "1.5", "s", "slow"}, strings.Fields(strings.Split(b.String(), "\n")[1]))
}
