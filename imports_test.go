package cgw_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const module = "github.com/cgw-go/cgw"

// Groups of packages, each with all below it: the code of each cloud first.
var (
	tencentCode = []string{module + "/tencent", "github.com/tencentcloud"}
	alibabaCode = []string{module + "/alibaba", "github.com/alibabacloud-go", "github.com/aliyun"}
	testifyCode = []string{"github.com/stretchr/testify"}

	moduleCode   = []string{module}
	emulatorCode = []string{module + "/tencent/tencenttest", module + "/alibaba/alibabatest", module + "/internal/emulator"}
)

// imports holds what each package of the module imports, by import path.
type imports struct {
	code, tests map[string][]string
}

// readImports parses every Go file of the module whatever its build tags, but those of nested
// modules and those that the go command leaves out.
func readImports(tree fs.FS) (imports, error) {
	all := imports{code: map[string][]string{}, tests: map[string][]string{}}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		switch hidden := name != "." && (base[0] == '.' || base[0] == '_'); {
		case d.IsDir() && (hidden || base == "testdata" || base == "vendor" || name != "." && isFile(tree, name+"/go.mod")):
			return fs.SkipDir
		case d.IsDir() || hidden || !strings.HasSuffix(base, ".go"):
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		to, pkg := all.code, path.Join(module, path.Dir(name))
		if strings.HasSuffix(base, "_test.go") {
			to = all.tests
		}
		to[pkg] = append(to[pkg], []string{}...) // a package that imports nothing is one too
		for _, i := range file.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			to[pkg] = append(to[pkg], p)
		}
		return nil
	})
	return all, err
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// reach returns all that pkg reaches through the packages of the module, without its tests.
// Packages of other modules are reached but not entered.
func (i imports) reach(pkg string) []string {
	seen := map[string]bool{}
	for next := []string{pkg}; len(next) > 0; next = next[1:] {
		for _, p := range i.code[next[0]] {
			if !seen[p] {
				seen[p] = true
				next = append(next, p)
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// within reports whether an import path is one of roots, or below one.
func within(p string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return p == root || strings.HasPrefix(p, root+"/")
	})
}

// isStandard reports whether an import path is of the standard library: the first element of
// no other path lacks a dot.
func isStandard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".") && p != "C"
}

// breaches returns what the packages import although the architecture forbids it.
func (i imports) breaches() []string {
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }

	for _, pkg := range slices.Sorted(maps.Keys(i.code)) {
		for _, p := range i.reach(pkg) {
			switch {
			case within(p, testifyCode):
				add("%s reaches %s outside tests", pkg, p)
			case pkg == module && !isStandard(p):
				add("the root package reaches %s", p)
			case within(pkg, tencentCode) && within(p, alibabaCode), within(pkg, alibabaCode) && within(p, tencentCode):
				add("%s reaches the other cloud's %s", pkg, p)
			case pkg == module+"/cgwtest" && !isStandard(p) && !within(p, moduleCode):
				add("%s reaches %s", pkg, p)
			case within(pkg, emulatorCode) && slices.Contains(i.code[pkg], p) && !isStandard(p) && !within(p, moduleCode):
				add("%s imports %s", pkg, p)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(i.tests)) {
		for _, direct := range i.tests[pkg] {
			for _, p := range append(i.reach(direct), direct) {
				if within(pkg, tencentCode) && within(p, alibabaCode) || within(pkg, alibabaCode) && within(p, tencentCode) {
					add("a test of %s reaches the other cloud's %s", pkg, p)
				}
			}
		}
	}
	return found
}

func TestImports(t *testing.T) {
	all, err := readImports(os.DirFS("."))
	require.NoError(t, err)
	for _, pkg := range []string{module, module + "/tencent", module + "/alibaba", module + "/cgwtest"} {
		require.Contains(t, all.code, pkg, "the walk missed a package")
	}
	require.Contains(t, all.reach(module+"/tencent"), module)
	require.Empty(t, all.breaches())
}

// The check itself must see each kind of breach, and nothing in a sound tree.
func TestImportsCheck(t *testing.T) {
	const sound = `
go.mod: module m
a.go: import "errors"
a_test.go: import "github.com/stretchr/testify/require"; import "m/cgwtest"
cgwtest/f.go: import "m"; import "net/http"
internal/x.go: import "m"
tencent/t.go: import "m/internal"; import "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
tencent/t_test.go: import "m/tencent/tencenttest"
tencent/tencenttest/s.go: import "m/tencent"
alibaba/a.go: import "m/internal"; import "github.com/alibabacloud-go/vpc-20160428/v7/client"
examples/both.go: import "m/tencent"; import "m/alibaba"
nested/go.mod: module n
nested/n.go: import "github.com/stretchr/testify/require"
testdata/d.go: import "github.com/stretchr/testify/require"
_old/o.go: import "github.com/stretchr/testify/require"
`
	for name, tt := range map[string]struct{ extra, want string }{
		"sound":                           {"", ""},
		"the root imports a module":       {`b.go: import "golang.org/x/time/rate"`, "the root package reaches golang.org/x/time/rate"},
		"the root imports its own":        {`b.go: import "m/internal"`, "the root package reaches m/internal"},
		"under a build tag":               {`b_plan9.go: import "golang.org/x/sys"`, "the root package reaches golang.org/x/sys"},
		"testify in code":                 {`examples/e.go: import "github.com/stretchr/testify/assert"`, "m/examples reaches github.com/stretchr/testify/assert outside tests"},
		"testify in a test kit":           {`tk/e.go: import "github.com/stretchr/testify"`, "m/tk reaches github.com/stretchr/testify outside tests"},
		"the Fake imports an SDK":         {`cgwtest/g.go: import "github.com/aliyun/credentials-go"`, "m/cgwtest reaches github.com/aliyun/credentials-go"},
		"the Fake reaches an SDK":         {`cgwtest/g.go: import "m/alibaba"`, "m/cgwtest reaches github.com/alibabacloud-go/vpc-20160428/v7/client"},
		"an emulator imports a module":    {`tencent/tencenttest/g.go: import "golang.org/x/net/http2"`, "m/tencent/tencenttest imports golang.org/x/net/http2"},
		"tencent imports Alibaba's SDK":   {`tencent/g.go: import "github.com/aliyun/credentials-go/credentials"`, "m/tencent reaches the other cloud's github.com/aliyun/credentials-go/credentials"},
		"tencent below imports alibaba":   {`tencent/internal/d/g.go: import "m/alibaba"`, "m/tencent/internal/d reaches the other cloud's m/alibaba"},
		"alibaba reaches it through more": {`internal/deep/g.go: import "m/tencent"` + "\n" + `alibaba/b.go: import "m/internal/deep"`, "m/alibaba reaches the other cloud's m/tencent"},
		"a test does":                     {`alibaba/b_test.go: import "m/tencent/tencenttest"`, "a test of m/alibaba reaches the other cloud's m/tencent/tencenttest"},
		"a test does through a package":   {`tencent/b_test.go: import "m/examples"`, "a test of m/tencent reaches the other cloud's m/alibaba"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for line := range strings.Lines(strings.TrimSpace(sound + tt.extra)) {
				file, src, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if strings.HasSuffix(file, ".go") {
					src = "package p; " + strings.NewReplacer(`"m"`, strconv.Quote(module), `"m/`, `"`+module+"/").Replace(src)
				}
				tree[file] = &fstest.MapFile{Data: []byte(src)}
			}
			all, err := readImports(tree)
			require.NoError(t, err)
			found := strings.ReplaceAll(strings.Join(all.breaches(), ", "), module, "m")
			if tt.want == "" {
				require.Empty(t, found)
			}
			require.Contains(t, found, tt.want)
		})
	}
}
