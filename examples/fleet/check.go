package main

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
)

// fleet is the content of a file of sites, together with the flags.
type fleet struct {
	file    string
	form    fileForm
	lines   map[place]int
	targets []target
}

// target is one region of one account.
type target struct {
	name, region, account, endpoint string
	cloud                           cgw.Provider
	credentials                     credentialsForm
	validation                      cgw.ValidationMode
	options                         ensure.Options
	prune, pruneAll                 bool
	maxDeletes                      int
	specs                           []cgw.CreateRequest
}

// permissions are what the flags allow for one run, in addition to the file.
type permissions struct {
	adopt                    adoptForm
	replace, prune, pruneAll bool
}

// parse reads a file of sites. Its error is a *fileError that names every fault.
func parse(name string, data []byte, env func(string) (string, bool), allow permissions) (fleet, error) {
	form, d := readYAML(data)
	f := fleet{file: name, form: form, lines: d.lines}
	if d.mapping {
		c := checker{decoder: d, form: form, env: env, allow: allow}
		f.targets = c.check()
	}
	return f, d.err(name, form)
}

// checker finds what is wrong with a file that has the right form.
type checker struct {
	*decoder
	form  fileForm
	env   func(string) (string, bool)
	allow permissions
}

// cloudRules returns the limits that a Provisioner of this cloud enforces in this mode.
func cloudRules(cloud cgw.Provider, mode cgw.ValidationMode) (cgw.Rules, bool) {
	documented, current := tencent.Rules, tencent.CurrentRules
	switch cloud {
	case cgw.Tencent:
	case cgw.Alibaba:
		documented, current = alibaba.Rules, alibaba.CurrentRules
	default:
		return cgw.Rules{}, false
	}
	switch mode {
	case cgw.Current:
		return current(), true
	case cgw.Minimal:
		return documented().Minimal(), true
	default:
		return documented(), true
	}
}

func (c *checker) check() []target {
	if c.form.Owner == "" {
		c.fault(top("owner"), "is required")
	}
	if len(c.form.Targets) == 0 {
		c.fault(top("targets"), "are required")
	}
	c.limits(c.form.policyForm, top(""))
	targets := make([]target, len(c.form.Targets))
	for i, t := range c.form.Targets {
		at := place{i, -1, ""}
		targets[i] = c.target(t, at)
		c.beside(targets[:i], targets[i], at)
	}
	return targets
}

func (c *checker) target(form targetForm, at place) target {
	c.limits(form.policyForm, at)
	policy := c.policy(form.policyForm)
	t := target{
		name: form.Name, region: form.Region, account: form.Account, endpoint: form.Endpoint,
		cloud: cgw.Provider(form.Cloud), credentials: form.Credentials, validation: modes()[*policy.Validation],
		prune:      *policy.Prune || c.allow.prune,
		pruneAll:   *policy.PruneAll || c.allow.pruneAll,
		maxDeletes: *policy.MaxDeletes,
		options: ensure.Options{
			Owner: c.form.Owner, OwnerKey: c.form.ownerKey(), Replace: *policy.Replace || c.allow.replace,
			AdoptUnowned: policy.Adopt.unowned || c.allow.adopt.unowned,
			AdoptFrom:    slices.Concat(policy.Adopt.owners, c.allow.adopt.owners),
		},
	}
	for _, need := range []struct{ key, value string }{{"name", t.name}, {"region", t.region}} {
		if need.value == "" {
			c.fault(at.to(need.key), "is required")
		}
	}
	rules, known := cloudRules(t.cloud, t.validation)
	if !known {
		c.fault(at.to("cloud"), "must be %q or %q, not %q", cgw.Tencent, cgw.Alibaba, t.cloud)
	}
	if t.credentials.Env != "" && t.credentials.Profile != "" {
		c.fault(at.to("credentials"), "name variables and a profile: choose one")
	}
	if t.prune && !t.pruneAll && len(form.Sites) == 0 {
		c.fault(at.to("sites"), "are none, and the target is pruned: every gateway of the owner would be deleted; pruneAll allows that")
	}
	t.specs = c.sites(form, at, rules)
	return t
}

// modes returns the validation modes by their names in the file.
func modes() map[string]cgw.ValidationMode {
	return map[string]cgw.ValidationMode{"documented": cgw.Documented, "current": cgw.Current, "minimal": cgw.Minimal}
}

// limits checks the limits of a target, or those at the top of the file.
func (c *checker) limits(p policyForm, at place) {
	if p.MaxDeletes != nil && *p.MaxDeletes < 0 {
		c.fault(at.to("maxDeletes"), "must not be negative")
	}
	if p.Validation == nil {
		return
	}
	if _, known := modes()[*p.Validation]; !known {
		c.fault(at.to("validation"), `must be "documented", "current" or "minimal", not %q`, *p.Validation)
	}
}

// policy returns the policy of a target: its own keys, then those at the top of the file, then
// the defaults.
func (c *checker) policy(own policyForm) policyForm {
	all := c.form.policyForm
	none := policyForm{Adopt: new(adoptForm), Replace: new(bool), MaxDeletes: new(int), Validation: new(string)}
	return policyForm{
		Adopt:      first(own.Adopt, all.Adopt, none.Adopt),
		Replace:    first(own.Replace, all.Replace, none.Replace),
		Prune:      first(own.Prune, all.Prune, none.Replace),
		PruneAll:   first(own.PruneAll, all.PruneAll, none.Replace),
		MaxDeletes: first(own.MaxDeletes, all.MaxDeletes, none.MaxDeletes),
		Validation: first(own.Validation, all.Validation, none.Validation), // empty: the zero mode
	}
}

func first[T any](values ...*T) *T {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

func (f fileForm) ownerKey() string {
	if f.OwnerKey == "" {
		return ensure.DefaultOwnerKey
	}
	return f.OwnerKey
}

// beside compares a target with those before it.
func (c *checker) beside(before []target, t target, at place) {
	for i, o := range before {
		there := place{i, -1, ""}
		if o.name == t.name && t.name != "" {
			c.fault(at.to("name"), "is that of the target in line %d too", c.line(there))
		}
		if o.cloud != t.cloud || t.cloud == "" {
			continue
		}
		apart := o.account != "" && t.account != "" && o.account != t.account
		switch {
		case o.region == t.region && t.region != "" && !apart:
			c.fault(at.to("region"), "%s %s is that of the target in line %d too: give each an account of its own, or make them one", t.cloud, t.region, c.line(there))
		case apart && o.credentials == t.credentials:
			c.fault(at.to("credentials"), "are those of %s (line %d), which has another account: accounts %q and %q need their own",
				o.name, c.line(there), o.account, t.account)
		}
	}
}

func (c *checker) sites(t targetForm, target place, rules cgw.Rules) []cgw.CreateRequest {
	specs := make([]cgw.CreateRequest, len(t.Sites))
	before := map[netip.Addr]place{}
	for i, s := range t.Sites {
		at := place{target.target, i, ""}
		spec := cgw.CreateRequest{
			IPAddress: s.IP.Unmap(), Name: s.Name, ASN: cgw.ASN(s.ASN), Description: s.Description,
			Tags: s.Tags, ResourceGroupID: s.ResourceGroup,
		}
		if s.AuthKeyEnv != "" {
			key, ok := c.env(s.AuthKeyEnv)
			if !ok || key == "" {
				c.fault(at.to("authKeyEnv"), "the variable %s is not set", s.AuthKeyEnv)
			}
			spec.AuthKey = cgw.Secret(key)
		}
		if _, ok := s.Tags[c.form.ownerKey()]; ok {
			c.fault(at.to("tags["+c.form.ownerKey()+"]"), "is the tag of the owner: it is set by cgw")
		}
		c.impossible(spec, at, rules)
		if first, twice := before[spec.IPAddress]; twice && spec.IPAddress.IsValid() {
			c.fault(at.to("ip"), "%s is that of the site in line %d too", spec.IPAddress, c.line(first))
		} else {
			before[spec.IPAddress] = at
		}
		specs[i] = spec
	}
	return specs
}

// impossible adds the faults that make a site invalid in every case: no address, or a field that
// the cloud does not have. The plan checks the other limits, because they count only if the
// field is written: a gateway may be older than the limit.
func (c *checker) impossible(spec cgw.CreateRequest, at place, rules cgw.Rules) {
	var invalid *cgw.ValidationError
	if !errors.As(rules.Validate(spec), &invalid) {
		return
	}
	for _, f := range invalid.Fields {
		p := at.to(keyOfField(f.Field))
		noAddress := f.Field == "IPAddress" && !spec.IPAddress.Is4()
		if c.bad[p] || !noAddress && !errors.Is(f.Kind, cgw.ErrUnsupported) {
			continue
		}
		text := f.Reason
		if f.Source != "" {
			text += " (" + f.Source + ")"
		}
		c.fault(p, "%s", text)
	}
}

// keyOfField returns the key of the file for a field of cgw.
func keyOfField(field string) string {
	keys := map[string]string{"IPAddress": "ip", "ASN": "asn", "ResourceGroupID": "resourceGroup", "AuthKey": "authKeyEnv"}
	name, rest, _ := strings.Cut(field, "[")
	if rest != "" {
		rest = "[" + rest
	}
	if k, ok := keys[name]; ok {
		return k + rest
	}
	return strings.ToLower(name) + rest
}
