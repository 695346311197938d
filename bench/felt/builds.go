package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// build is a program that uses one package, built with an empty cache but for the standard library.
type build struct {
	Uses string // package, such as cgw/tencent
	Took time.Duration
	Size int64 // of the stripped binary, in bytes
}

// builds builds programs for the root package and for each cloud, one after the other.
func builds() ([]build, error) {
	var all []build
	for _, p := range []struct{ uses, code string }{
		{"cgw", `import "github.com/cgw-go/cgw"; func main() { println(cgw.ErrNotFound.Error()) }`},
		{"cgw/tencent", `import "github.com/cgw-go/cgw/tencent"; func main() { _, err := tencent.New(tencent.Config{}); println(err.Error()) }`},
		{"cgw/alibaba", `import "github.com/cgw-go/cgw/alibaba"; func main() { _, err := alibaba.New(alibaba.Config{}); println(err.Error()) }`},
	} {
		b, err := buildCold(p.uses, "package main; "+p.code)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.uses, err)
		}
		all = append(all, b)
	}
	return all, nil
}

func buildCold(uses, code string) (build, error) {
	dir, err := os.MkdirTemp("", "felt")
	if err != nil {
		return build{}, err
	}
	defer os.RemoveAll(dir)
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(code), 0o600); err != nil {
		return build{}, err
	}
	run := func(args ...string) error {
		c := exec.Command("go", args...)
		c.Env, c.Stderr = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache")), os.Stderr
		return c.Run()
	}
	if err := run("build", "std"); err != nil {
		return build{}, err
	}
	begin := time.Now()
	if err := run("build", "-ldflags=-s -w", "-o", program, source); err != nil {
		return build{}, err
	}
	took := time.Since(begin)
	info, err := os.Stat(program)
	if err != nil {
		return build{}, err
	}
	return build{uses, took, info.Size()}, nil
}

func buildsTable(all []build) string {
	var b strings.Builder
	b.WriteString("| package | cold build | stripped binary |\n|---|---|---|\n")
	for _, r := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %.1f MB |\n", r.Uses, brief(r.Took), float64(r.Size)/1e6)
	}
	return b.String()
}
