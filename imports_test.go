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

// Groups of packages, each with all below it.
var (
	tencentCode = []string{module + "/tencent", "github.com/tencentcloud"}
	alibabaCode = []string{module + "/alibaba", "github.com/alibabacloud-go", "github.com/aliyun"}
	realClouds  = slices.Concat(tencentCode, alibabaCode)
	// clouds has the code of each cloud. None reaches the code of another one.
	clouds = [][]string{
		tencentCode, alibabaCode,
		{module + "/internal/newprovider/northwind"}, {module + "/internal/newprovider/southwind"},
	}

	testifyCode  = []string{"github.com/stretchr/testify"}
	moduleCode   = []string{module}
	internalCode = []string{module + "/internal"}
	emulatorCode = []string{
		module + "/tencent/tencenttest", module + "/alibaba/alibabatest", module + "/internal/emulator",
		module + "/internal/newprovider/windtest",
	}

	// contractOnly has the packages that know no cloud: see knowsContractOnly.
	contractOnly = []string{module + "/ensure", module + "/middleware", module + "/cgwtest"}
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

// otherCloud reports whether pkg is the code of a cloud, and p that of another one.
func otherCloud(pkg, p string) bool {
	cloudOf := func(p string) int {
		return slices.IndexFunc(clouds, func(cloud []string) bool { return within(p, cloud) })
	}
	of, other := cloudOf(pkg), cloudOf(p)
	return of >= 0 && other >= 0 && of != other
}

// knowsContractOnly reports whether a package of contractOnly may reach p. It may reach the standard
// library, the root, and the packages of internal/ that import only these two. cgwtest may also
// reach cgwtest/wire.
func (i imports) knowsContractOnly(pkg, p string) bool {
	basic := func(p string) bool { return isStandard(p) || p == module }
	switch {
	case basic(p):
		return true
	case within(p, internalCode):
		return !slices.ContainsFunc(i.code[p], func(p string) bool { return !basic(p) })
	default:
		return pkg == module+"/cgwtest" && p == module+"/cgwtest/wire"
	}
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
			case otherCloud(pkg, p):
				add("%s reaches the other cloud's %s", pkg, p)
			case within(pkg, contractOnly) && !i.knowsContractOnly(pkg, p):
				add("%s reaches %s", pkg, p)
			case within(pkg, internalCode) && within(p, realClouds):
				add("%s reaches the cloud's %s", pkg, p)
			case within(pkg, emulatorCode) && slices.Contains(i.code[pkg], p) && !isStandard(p) && !within(p, moduleCode):
				add("%s imports %s", pkg, p)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(i.tests)) {
		for _, direct := range i.tests[pkg] {
			for _, p := range append(i.reach(direct), direct) {
				if otherCloud(pkg, p) {
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
	groups := slices.Concat(contractOnly, emulatorCode, []string{module})
	for _, cloud := range clouds {
		groups = append(groups, cloud[0])
	}
	for _, pkg := range groups {
		require.Contains(t, all.code, pkg, "the walk missed a package, or it has another name")
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
cgwtest/f.go: import "m"; import "m/cgwtest/wire"; import "net/http"
cgwtest/wire/w.go: import "net/http"
ensure/e.go: import "m"; import "m/internal/oneline"
ensure/e_test.go: import "m/tencent"
middleware/w.go: import "m"; import "m/internal/oneline"
internal/x.go: import "m"
internal/oneline/o.go: import "m"; import "strings"
internal/exchange/e.go: import "net/http"
internal/attempt/a.go: import "m"; import "m/internal/exchange"
internal/operation/o.go: import "m"; import "m/internal/attempt"
internal/newprovider/northwind/n.go: import "m/internal/operation"
internal/newprovider/southwind/s.go: import "m/internal/operation"
internal/newprovider/windtest/t.go: import "m/internal/newprovider/northwind"; import "m/internal/newprovider/southwind"
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
		"the Fake imports the engine":     {`cgwtest/g.go: import "m/internal/operation"`, "m/cgwtest reaches m/internal/operation"},
		"ensure imports the attempt loop": {`ensure/g.go: import "m/internal/attempt"`, "m/ensure reaches m/internal/attempt"},
		"ensure imports the Fake":         {`ensure/g.go: import "m/cgwtest"`, "m/ensure reaches m/cgwtest"},
		"ensure imports a module":         {`ensure/g.go: import "golang.org/x/sync/errgroup"`, "m/ensure reaches golang.org/x/sync/errgroup"},
		"ensure imports a cloud":          {`ensure/g.go: import "m/tencent"`, "m/ensure reaches m/tencent"},
		"middleware imports ensure":       {`middleware/g.go: import "m/ensure"`, "m/middleware reaches m/ensure"},
		"the faults import the loop":      {`cgwtest/wire/g.go: import "m/internal/attempt"`, "m/cgwtest/wire reaches m/internal/attempt"},
		"a helper imports more":           {`internal/oneline/g.go: import "m/internal/exchange"`, "m/middleware reaches m/internal/oneline"},
		"the engine imports a cloud":      {`internal/operation/g.go: import "m/tencent"`, "m/internal/operation reaches the cloud's m/tencent"},
		"northwind imports southwind":     {`internal/newprovider/northwind/g.go: import "m/internal/newprovider/southwind"`, "m/internal/newprovider/northwind reaches the other cloud's m/internal/newprovider/southwind"},
		"southwind imports tencent":       {`internal/newprovider/southwind/g.go: import "m/tencent"`, "m/internal/newprovider/southwind reaches the other cloud's m/tencent"},
		"tencent imports northwind":       {`tencent/g.go: import "m/internal/newprovider/northwind"`, "m/tencent reaches the other cloud's m/internal/newprovider/northwind"},
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
