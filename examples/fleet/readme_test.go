package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// This test runs every "go run" command of the README.
func TestCommandsOfTheREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sites.yaml"), []byte(sample(t)), 0o600))
	files := regexp.MustCompile(`\b[a-z]+\.(yaml|json)\b`)
	e := newEnv(t, "")
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		command, ok := strings.CutPrefix(line, "go run . ")
		if !ok {
			continue
		}
		n++
		command, _, _ = strings.Cut(command, "#")
		command, into, _ := strings.Cut(command, ">")
		var args []string
		for _, arg := range strings.Fields(command) {
			if files.MatchString(arg) {
				arg = filepath.Join(dir, arg)
			}
			args = append(args, arg)
		}
		require.Equal(t, exitDone, e.exec(args...), line+e.errs)
		if into = strings.TrimSpace(into); into != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, into), []byte(e.out), 0o600))
		}
	}
	require.Equal(t, 6, n)
}

// The README shows every key of the file.
func TestREADMEHasEveryKey(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, block, ok := strings.Cut(string(text), "```yaml\n")
	require.True(t, ok)
	block, _, _ = strings.Cut(block, "```")
	block = strings.Replace(strings.Replace(block, "https://...", "https://h", 1), "      profile: shop", "      # profile: shop", 1)
	f, err := parse("README.md", []byte(block), func(string) (string, bool) { return "k", true }, permissions{})
	require.NoError(t, err)
	require.NotEmpty(t, f.targets[0].specs)
	for _, form := range []any{&fileForm{}, &targetForm{}, &credentialsForm{}, &siteForm{}} {
		for _, key := range keysOf(reflect.ValueOf(form).Elem()) {
			require.Contains(t, block, key.name+":")
		}
	}
}
