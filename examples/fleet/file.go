package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cgw-go/cgw"
)

// fleet is what a file says.
type fleet struct {
	owner, ownerKey string
	targets         []target
}

// target is one region of one cloud.
type target struct {
	name, region string
	cloud        cgw.Provider
	specs        []cgw.CreateRequest
}

// The form of the file. See README.md.
type (
	fileForm struct {
		Owner    string       `yaml:"owner"`
		OwnerKey string       `yaml:"ownerKey"`
		Targets  []targetForm `yaml:"targets"`
	}
	targetForm struct {
		Name   string       `yaml:"name"`
		Cloud  cgw.Provider `yaml:"cloud"`
		Region string       `yaml:"region"`
		Sites  []siteForm   `yaml:"sites"`
	}
	siteForm struct {
		Name          string            `yaml:"name"`
		IP            addressForm       `yaml:"ip"`
		ASN           asnForm           `yaml:"asn"`
		Description   string            `yaml:"description"`
		Tags          map[string]string `yaml:"tags"`
		ResourceGroup string            `yaml:"resourceGroup"`
		AuthKeyEnv    string            `yaml:"authKeyEnv"` // the name of the variable that holds the key
	}
	addressForm netip.Addr
	asnForm     cgw.ASN
)

// UnmarshalYAML implements yaml.Unmarshaler.
func (a *addressForm) UnmarshalYAML(node *yaml.Node) error {
	ip, err := netip.ParseAddr(node.Value)
	if err != nil {
		return badValue(node, "is not an IP address")
	}
	*a = addressForm(ip)
	return nil
}

// UnmarshalYAML implements yaml.Unmarshaler. 1.10 without quotes is the number 1.1 to YAML.
func (a *asnForm) UnmarshalYAML(node *yaml.Node) error {
	if node.ShortTag() == "!!float" {
		return badValue(node, "is not an ASN: quote a dotted one")
	}
	asn, err := cgw.ParseASN(node.Value)
	if err != nil {
		return badValue(node, "is not an ASN")
	}
	*a = asnForm(asn)
	return nil
}

// badValue is an error that yaml gathers with its own.
func badValue(node *yaml.Node, reason string) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q %s", node.Line, node.Value, reason)}}
}

// parse reads a file. Its error names every fault, each with its line.
func parse(name string, data []byte, env func(string) (string, bool)) (fleet, error) {
	var form fileForm
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(&form)
	var many *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return fleet{}, fmt.Errorf("%s: the file is empty", name)
	case errors.As(err, &many):
		return fleet{}, faults{name, many.Errors}
	case err != nil:
		return fleet{}, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if !errors.Is(dec.Decode(new(yaml.Node)), io.EOF) {
		return fleet{}, fmt.Errorf("%s: holds more than one document", name)
	}
	c := checker{faults: faults{file: name}, env: env}
	_ = yaml.Unmarshal(data, &c.root) // it was read just now
	f := c.check(form)
	if len(c.texts) > 0 {
		return fleet{}, c.faults
	}
	return f, nil
}

// faults are what is wrong with a file, one a line.
type faults struct {
	file  string
	texts []string
}

func (f faults) Error() string {
	lines := make([]string, len(f.texts))
	for i, t := range f.texts {
		lines[i] = f.file + ": " + t
	}
	return strings.Join(lines, "\n")
}
