// Package apicheck records the exported API of the module's packages, so that no change of it
// goes unnoticed.
package apicheck

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Listing returns the exported declarations of the package in a folder of the file system, one
// after the other, without comments.
func Listing(fsys fs.FS, dir string) (string, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", err
		}
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		parsed = append(parsed, f)
	}
	pkg, err := doc.NewFromFiles(fset, parsed, dir)
	if err != nil {
		return "", err
	}
	var l listing
	l.fset = fset
	l.values(pkg.Consts, pkg.Vars)
	l.funcs(pkg.Funcs)
	for _, t := range pkg.Types {
		l.add(t.Decl)
		l.values(t.Consts, t.Vars)
		l.funcs(t.Funcs, t.Methods)
	}
	slices.Sort(l.decls)
	return strings.Join(l.decls, ""), nil
}

type listing struct {
	fset  *token.FileSet
	decls []string
}

func (l *listing) values(lists ...[]*doc.Value) {
	for _, v := range slices.Concat(lists...) {
		for _, spec := range v.Decl.Specs {
			l.add(&ast.GenDecl{Tok: v.Decl.Tok, Specs: []ast.Spec{spec}})
		}
	}
}

func (l *listing) funcs(lists ...[]*doc.Func) {
	for _, f := range slices.Concat(lists...) {
		f.Decl.Body = nil
		l.add(f.Decl)
	}
}

// add prints a declaration without its comments and without the values of variables.
func (l *listing) add(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			n.Doc = nil
		case *ast.FuncDecl:
			n.Doc = nil
		case *ast.Field:
			n.Doc, n.Comment = nil, nil
		case *ast.TypeSpec:
			n.Doc, n.Comment = nil, nil
		case *ast.ValueSpec:
			n.Doc, n.Comment = nil, nil
		}
		return true
	})
	if d, ok := node.(*ast.GenDecl); ok && d.Tok == token.VAR {
		for _, spec := range d.Specs {
			spec.(*ast.ValueSpec).Values = nil
		}
	}
	var b bytes.Buffer
	// The nodes come from the parser, so that they print.
	_ = printer.Fprint(&b, l.fset, node)
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	for i := range lines[1:] {
		if lines[i+1] != "}" && lines[i+1] != ")" {
			lines[i+1] = "\t" + lines[i+1]
		}
	}
	l.decls = append(l.decls, strings.Join(lines, "\n")+"\n")
}
