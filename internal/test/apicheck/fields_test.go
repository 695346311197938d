package apicheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFields fails for each exported field of an exported struct that shares its line with another
// field, or has no comment of its own.
func TestFields(t *testing.T) {
	for name, dir := range packages {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, name)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			faults, err := fieldFaults(file, nil)
			require.NoError(t, err)
			for _, f := range faults {
				t.Error(strings.TrimPrefix(f, root+"/"))
			}
		}
	}
}

// fieldFaults returns the faults of the structs in one file, each with its place. A nil src is read
// from the file.
func fieldFaults(name string, src any) (faults []string, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range d.Specs {
			spec, ok := s.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				continue
			}
			str, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			before := fset.Position(str.Pos()).Line
			for _, f := range str.Fields.List {
				at := fset.Position(f.Pos())
				fault := ""
				switch {
				case !exported(f):
				case len(f.Names) > 1 || at.Line == before:
					fault = "shares its line with another field"
				case f.Doc == nil && f.Comment == nil:
					fault = "has no comment"
				}
				if fault != "" {
					faults = append(faults, fmt.Sprintf("%s:%d: a field of %s %s", at.Filename, at.Line, spec.Name, fault))
				}
				before = fset.Position(f.End()).Line
			}
		}
	}
	return faults, nil
}

// exported reports whether a field has an exported name. An embedded field has the name of its type.
func exported(f *ast.Field) bool {
	if f.Names == nil {
		name := types.ExprString(f.Type)
		return ast.IsExported(name[strings.LastIndexAny(name, "*.")+1:])
	}
	return slices.ContainsFunc(f.Names, (*ast.Ident).IsExported)
}

func TestFieldFaults(t *testing.T) {
	faults, err := fieldFaults("f.go", `package p

type T struct {
	A int // at the end of the line
	// B has a comment above.
	B int
	C int

	D, E int // both
	F int; G int // both
	*T
	t.U // embedded
	h, i int
}

type One struct{ A int }

type u struct{ A, B int }

func f() { type V struct{ A int } }
`)
	require.NoError(t, err)
	require.Equal(t, []string{
		"f.go:7: a field of T has no comment",
		"f.go:9: a field of T shares its line with another field",
		"f.go:10: a field of T has no comment",
		"f.go:10: a field of T shares its line with another field",
		"f.go:11: a field of T has no comment",
		"f.go:16: a field of One shares its line with another field",
	}, faults)
}
