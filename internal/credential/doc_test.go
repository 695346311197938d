package credential_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocument: docs/credentials.md quotes examples that compile, to the letter.
func TestDocument(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(text)
	}
	examples := read("../../tencent/example_credentials_test.go") + read("../../alibaba/example_credentials_test.go")
	dedented := strings.ReplaceAll(examples, "\n\t", "\n")
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read("../../docs/credentials.md"), -1)
	require.Len(t, snippets, 6)
	for _, s := range snippets {
		require.True(t, strings.Contains(examples, s[1]) || strings.Contains(dedented, s[1]), "not in an example: %s", s[1])
	}
}
