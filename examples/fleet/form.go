package main

import (
	"net/netip"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cgw-go/cgw"
)

// These types are the form of the file of sites. Their struct tags are its keys: see README.md.
// decode.go reads the form, and encode.go writes it.
type (
	fileForm struct {
		Owner      string `yaml:"owner,omitempty"`
		OwnerKey   string `yaml:"ownerKey,omitempty"`
		policyForm `yaml:",inline"`
		Targets    []targetForm `yaml:"targets"`
	}
	// policyForm is at the top of the file, for all targets, or in one target. A nil field is not
	// set.
	policyForm struct {
		Adopt      *adoptForm `yaml:"adopt,omitempty"`
		Replace    *bool      `yaml:"replace,omitempty"`
		Prune      *bool      `yaml:"prune,omitempty"`
		PruneAll   *bool      `yaml:"pruneAll,omitempty"`
		MaxDeletes *int       `yaml:"maxDeletes,omitempty"`
		Validation *string    `yaml:"validation,omitempty"`
	}
	targetForm struct {
		Name        string          `yaml:"name"`
		Cloud       string          `yaml:"cloud"`
		Region      string          `yaml:"region"`
		Account     string          `yaml:"account,omitempty"`
		Endpoint    string          `yaml:"endpoint,omitempty"`
		Credentials credentialsForm `yaml:"credentials,omitempty"`
		policyForm  `yaml:",inline"`
		Sites       []siteForm `yaml:"sites"`
	}
	// credentialsForm says where the keys of a target are. Empty: DefaultCredentials of the provider.
	credentialsForm struct {
		Env     string `yaml:"env,omitempty"`     // the prefix of the variables
		Profile string `yaml:"profile,omitempty"` // of the vendor's command line tool
		Role    string `yaml:"role,omitempty"`    // to assume with those keys
	}
	siteForm struct {
		Name          string            `yaml:"name,omitempty"`
		IP            addressForm       `yaml:"ip"`
		ASN           asnForm           `yaml:"asn,omitempty"`
		Description   string            `yaml:"description,omitempty"`
		Tags          map[string]string `yaml:"tags,omitempty"`
		ResourceGroup string            `yaml:"resourceGroup,omitempty"`
		AuthKeyEnv    string            `yaml:"authKeyEnv,omitempty"` // the variable that holds the key
	}
)

// addressForm is an IP address as text.
type addressForm struct{ netip.Addr }

func (a *addressForm) read(d *decoder, n ast.Node, at place) {
	text, _ := d.text(n, at)
	ip, err := netip.ParseAddr(text)
	if err != nil && text != "" {
		d.fault(at, "%q is not an IP address", text)
		ip = netip.Addr{}
		d.bad[at] = true
	}
	a.Addr = ip
}

func (a addressForm) written() string { return a.String() }

// asnForm is an ASN: a number, or a dotted one in quotes. Without quotes, YAML reads 1.10 as 1.1.
type asnForm cgw.ASN

func (a *asnForm) read(d *decoder, n ast.Node, at place) {
	text, ok := d.text(n, at)
	if !ok || text == "" {
		return
	}
	if n.Type() == ast.FloatType {
		d.fault(at, "%q is not an ASN: put a dotted one in quotes", text)
		return
	}
	asn, err := cgw.ParseASN(text)
	if err != nil {
		d.fault(at, "%q is not an ASN", text)
	}
	*a = asnForm(asn)
}

// adoptUnowned stands for gateways without an owner.
const adoptUnowned = "unowned"

// adoptForm says which gateways may be adopted: "unowned", or a list of owners, which may contain
// "unowned".
type adoptForm struct {
	unowned bool
	owners  []string
}

func (a *adoptForm) add(owner string) {
	if owner == adoptUnowned {
		a.unowned = true
		return
	}
	a.owners = append(a.owners, owner)
}

func (a *adoptForm) read(d *decoder, n ast.Node, at place) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if text, ok := d.text(n, at); ok && text != adoptUnowned {
			d.fault(at, "must be %q, or a list of owners, not %q", adoptUnowned, text)
		}
		a.unowned = true
		return
	}
	for _, v := range list.Values {
		owner, ok := d.text(d.resolve(v), at)
		if ok && owner == "" {
			d.fault(at, "names an empty owner: write %q for gateways without one", adoptUnowned)
		}
		a.add(owner)
	}
}

func (a adoptForm) written() string {
	if len(a.owners) == 0 {
		return adoptUnowned
	}
	var owners []string
	for _, owner := range a.owners {
		owners = append(owners, quoted(owner))
	}
	if a.unowned {
		owners = append(owners, adoptUnowned)
	}
	return "[" + strings.Join(owners, ", ") + "]"
}
