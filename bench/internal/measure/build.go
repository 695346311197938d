package measure

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Module is the path of cgw.
const Module = "github.com/cgw-go/cgw"

// sdks are the modules of the clouds' SDKs, by the first elements of their paths.
var sdks = map[string][]string{
	"tencent": {"github.com/tencentcloud/"},
	"alibaba": {"github.com/alibabacloud-go/", "github.com/aliyun/"},
}

// SDKsOf returns whose SDKs are among the modules or packages.
func SDKsOf(paths []string) []string {
	var found []string
	for cloud, prefixes := range sdks {
		if slices.ContainsFunc(paths, func(p string) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(p, prefix) })
		}) {
			found = append(found, cloud)
		}
	}
	slices.Sort(found)
	return found
}

// Build is a program that was built.
type Build struct {
	Library time.Duration // for the standard library, where the cache was empty
	Took    time.Duration // for the rest
	Size    int64         // of the binary, in bytes, without symbols
	Modules []string      // that it has code of, but for cgw
}

// program returns a program that imports the packages of cgw, and keeps them from being
// dropped.
func program(uses string) string {
	switch uses {
	case "":
		return "package main\n\nimport \"" + Module + "\"\n\nfunc main() { println(cgw.ErrNotFound.Error()) }\n"
	default:
		return "package main\n\nimport \"" + Module + "/" + uses + "\"\n\n" +
			"func main() {\n\t_, err := " + uses + ".New(" + uses + ".Config{})\n\tprintln(err.Error())\n}\n"
	}
}

// BuildProgram builds a program that uses the root package alone, or with the package of a
// cloud, in dir, which is to be empty. It must run inside the module. cold uses an empty build
// cache, so that everything is built.
func BuildProgram(dir, uses string, cold bool) (Build, error) {
	var b Build
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(program(uses)), 0o600); err != nil {
		return b, err
	}
	build := func(args ...string) (time.Duration, error) {
		command := exec.Command("go", append([]string{"build"}, args...)...)
		command.Stderr = os.Stderr
		if cold {
			command.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"))
		}
		begin := time.Now()
		err := command.Run()
		return time.Since(begin), err
	}
	if cold {
		packages, err := exec.Command("go", "list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", source).Output()
		if err != nil {
			return b, err
		}
		library := slices.DeleteFunc(strings.Fields(string(packages)), func(p string) bool { return strings.HasPrefix(p, "vendor/") })
		if b.Library, err = build(library...); err != nil {
			return b, err
		}
	}
	var err error
	if b.Took, err = build("-ldflags=-s -w", "-o", binary, source); err != nil {
		return b, err
	}
	file, err := os.Stat(binary)
	if err != nil {
		return b, err
	}
	b.Size = file.Size()
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return b, err
	}
	for _, d := range info.Deps {
		if d.Path != Module {
			b.Modules = append(b.Modules, d.Path)
		}
	}
	return b, nil
}

// Deps returns the packages that a package of cgw is built from, the standard library included.
func Deps(uses string) ([]string, error) {
	out, err := exec.Command("go", "list", "-deps", strings.TrimSuffix(Module+"/"+uses, "/")).Output()
	return strings.Fields(string(out)), err
}
