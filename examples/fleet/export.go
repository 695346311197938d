package main

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// exportTo writes a file of sites to standard output: the gateways in the regions of f. A plan of
// that file changes only owner tags. If a region cannot be read, nothing is written: with a file
// that lacks its gateways, a later run with Prune would delete them.
func (o *options) exportTo(ctx context.Context, f fleet, c *clouds) error {
	found := make([][]cgw.Gateway, len(f.targets))
	errs := make([]error, len(f.targets))
	o.each(f, func(i int, _ target) {
		found[i], errs[i] = cgw.Collect(c.provisioners[i].List(ctx, cgw.Filter{}))
		if errs[i] != nil {
			errs[i] = f.failed(i, "cannot be exported", errs[i])
		}
	})
	if err := joinLines(errs); err != nil {
		return err
	}
	form, notes := f.form, []string{"# The gateways that exist, as fleet -export found them."}
	form.Targets = slices.Clone(form.Targets)
	for i, t := range f.targets {
		rules, _ := cloudRules(t.cloud, t.validation)
		e := exporter{target: t, rules: rules}
		form.Targets[i].Sites = e.sites(found[i])
		if e.unowned && !t.options.AdoptUnowned {
			form.Targets[i].Adopt = &adoptForm{unowned: true, owners: t.options.AdoptFrom}
		}
		notes = append(notes, e.notes...)
	}
	_, err := fmt.Fprintf(o.stdout, "%s\n%s", strings.Join(notes, "\n"), form.yaml())
	return err
}

// joinLines joins the errors that are not nil. It returns nil if there is none.
func joinLines(errs []error) error {
	var all joined
	for _, err := range errs {
		if err != nil {
			all = append(all, err)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// joined is several errors. Its text has one line for each.
type joined []error

func (j joined) Error() string {
	lines := make([]string, len(j))
	for i, err := range j {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

func (j joined) Unwrap() []error { return j }

// exporter makes the sites of one target.
type exporter struct {
	target
	rules   cgw.Rules
	notes   []string // about gateways that are left out, as comments of the file
	unowned bool     // whether a gateway has no owner
}

func (e *exporter) note(g cgw.Gateway, text string) {
	e.notes = append(e.notes, oneLine(fmt.Sprintf("# %s: %s (%s): %s", e.name, g.IPAddress, g.ID, text)))
}

// sites returns the gateways as sites, in the order of their addresses. Gateways of other owners
// that may not be adopted are left out, with a note.
func (e *exporter) sites(gateways []cgw.Gateway) []siteForm {
	slices.SortFunc(gateways, e.compare)
	sites := []siteForm{}
	var last netip.Addr
	for _, g := range gateways {
		owner := g.Tags[e.options.OwnerKey]
		switch {
		case g.IPAddress == last:
			e.note(g, "is left out: another gateway has this address too")
			continue
		case owner != "" && owner != e.options.Owner && !slices.Contains(e.options.AdoptFrom, owner):
			e.note(g, fmt.Sprintf("is left out: its owner is %q, who is not listed under adopt", owner))
			last = g.IPAddress
			continue
		}
		e.unowned = e.unowned || owner == ""
		last = g.IPAddress
		sites = append(sites, e.site(g))
	}
	return sites
}

// compare orders gateways by address. At one address the order is that of package ensure: first
// the owner's, then those that may be adopted, older ones first.
func (e *exporter) compare(a, b cgw.Gateway) int {
	if n := a.IPAddress.Compare(b.IPAddress); n != 0 {
		return n
	}
	if n := e.rank(a) - e.rank(b); n != 0 {
		return n
	}
	if n := a.CreatedAt.Compare(b.CreatedAt); n != 0 {
		return n
	}
	return strings.Compare(a.ID, b.ID)
}

func (e *exporter) rank(g cgw.Gateway) int {
	switch owner := g.Tags[e.options.OwnerKey]; {
	case owner == e.options.Owner:
		return 0
	case owner == "" || slices.Contains(e.options.AdoptFrom, owner):
		return 1
	default:
		return 2
	}
}

// site returns a gateway as a site, without the owner tag and the tags that the cloud reserves.
func (e *exporter) site(g cgw.Gateway) siteForm {
	spec := g.Spec()
	maps.DeleteFunc(spec.Tags, func(k, _ string) bool { return k == e.options.OwnerKey || e.rules.Tags.ReservedKey(k) })
	return siteForm{
		Name: spec.Name, IP: addressForm{spec.IPAddress}, ASN: asnForm(spec.ASN), Description: spec.Description,
		Tags: spec.Tags, ResourceGroup: spec.ResourceGroupID,
	}
}
