package main

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decoder reads YAML into the form. It continues after a fault, so that it finds all of them,
// and it knows the line of every value. The library's own decoder ends at the first fault.
type decoder struct {
	faults
	anchors map[string]ast.Node
	bad     map[place]bool // values that are wrong
	mapping bool           // whether the file is a mapping, as it should be
	alias   int            // the line of the alias that is being read; 0: none
}

// readYAML returns the form of a file. The decoder has the faults.
func readYAML(data []byte) (fileForm, *decoder) {
	var form fileForm
	d := &decoder{faults: faults{lines: map[place]int{}}, anchors: map[string]ast.Node{}, bad: map[place]bool{}}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if syntax := (*yaml.SyntaxError)(nil); errors.As(err, &syntax) {
		d.lines[top("")] = syntax.Token.Position.Line
		d.fault(top(""), "is not YAML: %s", syntax.Message)
		return form, d
	}
	switch {
	case err != nil:
		d.fault(top(""), "is not YAML: %v", err)
	case len(file.Docs) > 1:
		d.fault(top(""), "holds more than one document")
	case len(file.Docs) == 0 || d.resolve(file.Docs[0].Body) == nil:
		d.fault(top(""), "the file is empty")
	default:
		ast.Walk(d, file.Docs[0].Body)
		_, d.mapping = d.resolve(file.Docs[0].Body).(ast.MapNode)
		d.lines[top("")] = 1
		d.value(reflect.ValueOf(&form).Elem(), file.Docs[0].Body, top(""))
	}
	return form, d
}

// Visit implements ast.Visitor: it notes the anchors.
func (d *decoder) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok {
		d.anchors[a.Name.GetToken().Value] = a.Value
	}
	return d
}

// maxDepth limits aliases of aliases, and merges within merges.
const maxDepth = 5

// resolve returns the node that an anchor, a tag or an alias stands for; nil: none.
func (d *decoder) resolve(n ast.Node) ast.Node {
	for range maxDepth {
		switch is := n.(type) {
		case *ast.AnchorNode:
			n = is.Value
		case *ast.TagNode:
			n = is.Value
		case *ast.AliasNode:
			n = d.anchors[is.Value.GetToken().Value]
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			return nil
		default:
			return n
		}
	}
	return nil
}

// reader is implemented by values that decode themselves.
type reader interface {
	read(d *decoder, n ast.Node, at place)
}

// value reads a node into v. An empty node leaves v unchanged.
func (d *decoder) value(v reflect.Value, n ast.Node, at place) {
	if alias, ok := n.(*ast.AliasNode); ok {
		if d.resolve(n) == nil {
			d.fault(at, "there is no anchor %q", alias.Value.GetToken().Value)
		}
		if d.alias == 0 {
			d.alias = lineOf(alias)
			defer func() { d.alias = 0 }()
		}
	}
	if n = d.resolve(n); n == nil {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if r, ok := v.Addr().Interface().(reader); ok {
		r.read(d, n, at)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(v, n, at)
	case reflect.Slice:
		d.list(v, n, at)
	case reflect.Map:
		d.texts(v, n, at)
	case reflect.Bool:
		is, ok := n.(*ast.BoolNode)
		if !ok {
			d.fault(at, "must be true or false")
			return
		}
		v.SetBool(is.Value)
	case reflect.Int:
		text, ok := d.text(n, at)
		number, err := strconv.Atoi(text)
		if ok && (err != nil || n.Type() != ast.IntegerType) {
			d.fault(at, "%q is not a whole number", text)
		}
		v.SetInt(int64(number))
	default:
		text, _ := d.text(n, at)
		v.SetString(text)
	}
}

// text returns the text of a scalar, as it is written; empty: there is none.
func (d *decoder) text(n ast.Node, at place) (string, bool) {
	switch is := n.(type) {
	case nil:
		return "", true
	case *ast.LiteralNode:
		return is.Value.Value, true
	case *ast.StringNode:
		return is.Value, true
	case ast.ScalarNode:
		return is.GetToken().Value, true
	default:
		d.fault(at, "must be one value, not a list or a mapping")
		d.bad[at] = true
		return "", false
	}
}

// entry is a key of a mapping, and its value.
type entry struct {
	key   string
	line  int
	value ast.Node
}

// entries returns the keys of a mapping, then those that are merged into it (<<: *base).
func (d *decoder) entries(n ast.Node, at place, depth int) []entry {
	mapping, ok := n.(ast.MapNode)
	if !ok {
		d.fault(at, "must be a mapping of keys to values")
		return nil
	}
	var own, merged []entry
	for i := mapping.MapRange(); i.Next(); {
		key := i.Key().GetToken()
		line := key.Position.Line
		if d.alias != 0 {
			line = d.alias
		}
		if !i.Key().IsMergeKey() {
			own = append(own, entry{key.Value, line, i.Value()})
			continue
		}
		bases := []ast.Node{i.Value()}
		if list, ok := d.resolve(i.Value()).(*ast.SequenceNode); ok {
			bases = list.Values
		}
		for _, base := range bases {
			if depth < maxDepth {
				for _, e := range d.entries(d.resolve(base), at, depth+1) {
					merged = append(merged, entry{e.key, line, e.value})
				}
			}
		}
	}
	for _, m := range merged {
		if !slices.ContainsFunc(own, func(e entry) bool { return e.key == m.key }) {
			own = append(own, m)
		}
	}
	return own
}

// each calls do once for every key of a mapping.
func (d *decoder) each(n ast.Node, at place, do func(e entry)) {
	seen := map[string]int{}
	for _, e := range d.entries(n, at, 0) {
		if line, twice := seen[e.key]; twice {
			p := at.to(e.key)
			d.lines[p] = e.line
			d.fault(p, "is in line %d already", line)
			continue
		}
		seen[e.key] = e.line
		do(e)
	}
}

// structure reads a mapping whose keys are known.
func (d *decoder) structure(v reflect.Value, n ast.Node, at place) {
	prefix := at.key
	if prefix != "" {
		prefix += "."
	}
	keys := keysOf(v)
	d.each(n, at, func(e entry) {
		p := at.to(prefix + e.key)
		d.lines[p] = e.line
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == e.key })
		if i < 0 {
			d.fault(p, "there is no such key here")
			return
		}
		d.value(keys[i].value, e.value, p)
	})
}

// key is a key of the form, and where its value goes.
type key struct {
	name     string
	optional bool
	value    reflect.Value
}

func keysOf(v reflect.Value) []key {
	var keys []key
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			keys = append(keys, keysOf(v.Field(i))...)
			continue
		}
		name, optional, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		keys = append(keys, key{name, optional != "", v.Field(i)})
	}
	return keys
}

// list reads the targets of the file, or the sites of a target.
func (d *decoder) list(v reflect.Value, n ast.Node, at place) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(at, "must be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		p := place{at.target, i, ""}
		if at.target < 0 {
			p = place{i, -1, ""}
		}
		d.lines[p] = lineOf(item)
		d.value(v.Index(i), item, p)
	}
}

// lineOf returns the line in which a node begins. The token of a mapping is the first colon.
func lineOf(n ast.Node) int {
	if m, ok := n.(ast.MapNode); ok {
		if i := m.MapRange(); i.Next() {
			return i.Key().GetToken().Position.Line
		}
	}
	return n.GetToken().Position.Line
}

// texts reads a mapping of texts to texts.
func (d *decoder) texts(v reflect.Value, n ast.Node, at place) {
	all := map[string]string{}
	d.each(n, at, func(e entry) {
		p := at.to(at.key + "[" + e.key + "]")
		d.lines[p] = e.line
		all[e.key], _ = d.text(d.resolve(e.value), p)
	})
	v.Set(reflect.ValueOf(all))
}
