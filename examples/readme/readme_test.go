package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const readmeFile = "../../README.md"

var update = flag.Bool("update", false, "write the tables of limits into README.md and docs/limits.md")

func readme(t *testing.T) string {
	text, err := os.ReadFile(readmeFile)
	require.NoError(t, err)
	return string(text)
}

func Example() {
	main()
	// Output: tencent ap-guangzhou branch-office 203.0.113.7 65010
}

// TestREADME fails when README.md shows Go code that is not in a file of this folder to the
// letter, and when its first program is not the whole of one.
func TestREADME(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var code []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		code = append(code, string(b))
	}
	program, err := os.ReadFile("main.go")
	require.NoError(t, err)
	_, program, _ = bytes.Cut(program, []byte("\n")) // README leaves out the package's comment

	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	require.Len(t, blocks, 4, "README shows a program, errors, testing and desired state")
	require.Equal(t, string(program), blocks[0][1])
	for _, b := range blocks {
		require.Contains(t, strings.Join(code, "\n"), "\n"+b[1])
	}
}

// TestCommands fails when README.md does not have the two commands of the quick start.
func TestCommands(t *testing.T) {
	require.Contains(t, readme(t), "```sh\ngo run ./examples/quickstart\ngo test ./...\n```")
}

// TestLinks fails when README.md links to a file that is not there.
func TestLinks(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(readme(t), -1)
	require.NotEmpty(t, links)
	for _, l := range links {
		file, _, _ := strings.Cut(l[1], "#")
		_, err := os.Stat(filepath.Join("../..", file))
		require.NoError(t, err)
	}
}
