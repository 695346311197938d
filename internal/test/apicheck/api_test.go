package apicheck

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "record the API as it is now")

const root = "../../.."

// packages are those that programs outside the module may import.
var packages = map[string]string{
	"cgw":         ".",
	"ensure":      "ensure",
	"middleware":  "middleware",
	"tencent":     "tencent",
	"alibaba":     "alibaba",
	"tencenttest": "tencent/tencenttest",
	"alibabatest": "alibaba/alibabatest",
	"cgwtest":     "cgwtest",
	"wire":        "cgwtest/wire",
}

// TestAPI fails when the exported API is not the one that docs/api records. A line that is gone
// or changed breaks programs: it needs an entry with the old and the new form in CHANGELOG.md.
func TestAPI(t *testing.T) {
	for name, dir := range packages {
		t.Run(name, func(t *testing.T) {
			got, err := Listing(os.DirFS(root), dir)
			require.NoError(t, err)
			file := filepath.Join(root, "docs", "api", name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got, "record a change that is meant with go test ./internal/test/apicheck -update")
		})
	}
}

// TestEveryPackageIsListed fails when a package that programs may import is not in packages.
func TestEveryPackageIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, dir := range packages {
		listed[dir] = true
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		require.NoError(t, err)
		switch {
		case rel == ".":
			return nil
		case strings.HasPrefix(d.Name(), "."), d.Name() == "internal", d.Name() == "examples", d.Name() == "bench", d.Name() == "recipes", d.Name() == "testdata", d.Name() == "docs":
			return filepath.SkipDir
		}
		sources, err := filepath.Glob(filepath.Join(path, "*.go"))
		require.NoError(t, err)
		if len(sources) > 0 && !listed[rel] {
			t.Errorf("%s is not listed", rel)
		}
		return nil
	})
	require.NoError(t, err)
}

func TestListing(t *testing.T) {
	fsys := fstest.MapFS{
		"p/p.go": {Data: []byte(`// Package p is a package.
package p

// V is a variable.
var V = f()

// A and B are constants.
const (
	A = 1 // one
	b = 2
)

// T has a field.
type T struct {
	F int // exported
	g int
}

// M is a method.
func (t *T) M(x int) error { return nil }

func f() int { return 1 }
`)},
		"p/p_test.go": {Data: []byte("package p\n\nfunc Helper() {}\n")},
	}
	got, err := Listing(fsys, "p")
	require.NoError(t, err)
	require.Equal(t, `const A = 1
func (t *T) M(x int) error
type T struct {
	F int
	// contains filtered or unexported fields
}
var V
`, got)
}
