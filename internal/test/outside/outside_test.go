// Package outside proves that a module that is not this one can import cgw, run it and be
// tested with it.
package outside

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	// What the module imports. The go command runs this test again when one of them changes,
	// which it could not know from the module.
	_ "github.com/cgw-go/cgw/alibaba/alibabatest"
	_ "github.com/cgw-go/cgw/cgwtest"
	_ "github.com/cgw-go/cgw/tencent/tencenttest"
)

// goMod is what go mod init and go mod edit make for a program that depends on a clone.
const goMod = `module example.com/outside

go 1.25.0

require github.com/cgw-go/cgw v0.0.0

replace github.com/cgw-go/cgw => `

func TestOutside(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for to, from := range map[string]string{
		"go.sum":       filepath.Join(root, "go.sum"),
		"main.go":      "testdata/module/main.go",
		"main_test.go": "testdata/module/main_test.go",
	} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		write(to, string(text))
	}
	write("go.mod", goMod+`"`+filepath.ToSlash(root)+"\"\n")

	for _, tt := range []struct {
		args string
		want string // matches all that is printed
		log  string // matches what to log of it
	}{
		{"vet ./...", `^$`, ``},
		{"run .", `^tencent 203\.0\.113\.7 <nil>\nalibaba 203\.0\.113\.7 <nil>\n$`, ``},
		{"test -v -count=1 ./...", `(?s)\nPASS\nok\s+example\.com/outside\s`, `\d+ cases`},
	} {
		t.Run(tt.args, func(t *testing.T) {
			began := time.Now()
			cmd := exec.CommandContext(t.Context(), "go", strings.Fields(tt.args)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -mod=mod", "GOWORK=off")
			var notes strings.Builder // what the go command says of downloads and the like
			cmd.Stderr = &notes
			out, err := cmd.Output()
			require.NoError(t, err, "%s%s", out, &notes)
			require.Regexp(t, tt.want, string(out))
			t.Logf("go %s: %s %.1f s", tt.args, regexp.MustCompile(tt.log).Find(out), time.Since(began).Seconds())
		})
	}
}
