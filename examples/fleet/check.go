package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
)

// checker finds what is wrong with a file that has the right form.
type checker struct {
	faults
	root yaml.Node // for the lines
	env  func(string) (string, bool)
}

// rulesOf returns the documented limits of a cloud.
func rulesOf(cloud cgw.Provider) (cgw.Rules, bool) {
	switch cloud {
	case cgw.Tencent:
		return tencent.Rules(), true
	case cgw.Alibaba:
		return alibaba.Rules(), true
	default:
		return cgw.Rules{}, false
	}
}

func (c *checker) check(form fileForm) fleet {
	f := fleet{owner: form.Owner, ownerKey: form.OwnerKey}
	if f.ownerKey == "" {
		f.ownerKey = ensure.DefaultOwnerKey
	}
	if f.owner == "" {
		c.add(path{}, "owner is required")
	}
	if len(form.Targets) == 0 {
		c.add(path{}, "targets are required")
	}
	names := map[string]path{}
	places := map[string]path{}
	for i, t := range form.Targets {
		at := path{"targets", i}
		switch first, dup := names[t.Name]; {
		case t.Name == "":
			c.add(at, "target %d: name is required", i+1)
		case dup:
			c.add(at.to("name"), "target %q: has the name of the one in line %d", t.Name, c.line(first))
		}
		names[t.Name] = at
		rules, known := rulesOf(t.Cloud)
		if !known {
			c.add(at.to("cloud"), "target %q: cloud must be %q or %q, not %q", t.Name, cgw.Tencent, cgw.Alibaba, t.Cloud)
		}
		place := string(t.Cloud) + " " + t.Region
		switch first, dup := places[place]; {
		case t.Region == "":
			c.add(at.to("region"), "target %q: region is required", t.Name)
		case dup:
			c.add(at.to("region"), "target %q: %s is that of the target in line %d too", t.Name, place, c.line(first))
		}
		places[place] = at
		f.targets = append(f.targets, target{t.Name, t.Region, t.Cloud, c.sites(t, at.to("sites"), f, rules)})
	}
	return f
}

func (c *checker) sites(t targetForm, at path, f fleet, rules cgw.Rules) []cgw.CreateRequest {
	specs := make([]cgw.CreateRequest, len(t.Sites))
	first := map[netip.Addr]path{}
	for i, s := range t.Sites {
		site := at.to(i)
		fail := func(key, format string, args ...any) {
			c.add(site.to(key), "%s: site %q: %s", t.Name, s.Name, fmt.Sprintf(format, args...))
		}
		spec := cgw.CreateRequest{
			IPAddress: netip.Addr(s.IP).Unmap(), Name: s.Name, ASN: cgw.ASN(s.ASN), Description: s.Description,
			Tags: s.Tags, ResourceGroupID: s.ResourceGroup,
		}
		if s.AuthKeyEnv != "" {
			key, ok := c.env(s.AuthKeyEnv)
			if !ok || key == "" {
				fail("authKeyEnv", "the variable %s is not set", s.AuthKeyEnv)
			}
			spec.AuthKey = cgw.Secret(key)
		}
		if _, ok := s.Tags[f.ownerKey]; ok {
			fail("tags", "the tag %q is the owner's: it is set by cgw", f.ownerKey)
		}
		var invalid *cgw.ValidationError
		if errors.As(rules.Validate(spec), &invalid) {
			for _, fault := range invalid.Fields {
				fail(keyOf(fault.Field), "%s", fault)
			}
		}
		if before, dup := first[spec.IPAddress]; dup && spec.IPAddress.IsValid() {
			fail("ip", "%s is the address of the site in line %d too", spec.IPAddress, c.line(before))
		} else {
			first[spec.IPAddress] = site
		}
		specs[i] = spec
	}
	return specs
}

// keyOf returns the key of the file for a field of cgw.CreateRequest.
func keyOf(field string) string {
	keys := map[string]string{"IPAddress": "ip", "ASN": "asn", "ResourceGroupID": "resourceGroup", "AuthKey": "authKeyEnv"}
	if k, ok := keys[field]; ok {
		return k
	}
	return strings.ToLower(field)
}

func (c *checker) add(at path, format string, args ...any) {
	c.texts = append(c.texts, "line "+strconv.Itoa(c.line(at))+": "+fmt.Sprintf(format, args...))
}

// path leads to a place in the file: keys of mappings, indexes of sequences.
type path []any

func (p path) to(next any) path { return append(p[:len(p):len(p)], next) }

// line returns the line of the place, or of the last one on the way to it that is there.
func (c *checker) line(p path) int {
	node := &c.root
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	line := max(node.Line, 1)
	for _, step := range p {
		next := child(node, step)
		if next == nil {
			break
		}
		node, line = next, next.Line
	}
	return line
}

func child(node *yaml.Node, step any) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch s := step.(type) {
	case int:
		if node.Kind == yaml.SequenceNode && s < len(node.Content) {
			return node.Content[s]
		}
	case string:
		if node.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == s {
				return node.Content[i+1]
			}
		}
	}
	return nil
}
