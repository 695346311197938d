package ensure

import (
	"context"
	"errors"
	"net/netip"

	"github.com/cgw-go/cgw"
)

// region is what lists show of the gateways of one Provisioner.
type region struct {
	*ensurer
	wanted  map[netip.Addr]int
	found   []*cgw.Gateway   // by specification; nil: there is none
	others  map[int][]string // IDs of further gateways at the address of a specification
	surplus []cgw.Gateway    // gateways of the owner that no specification wants, if asked for
	seen    map[string]bool  // IDs, if there is more than one list; else nil
}

// wish is what a read looks for beside the gateways at the addresses of the specifications.
type wish uint8

const (
	onlySpecified wish = iota
	ownersToShow       // the owner's other gateways, as far as the lists that are needed anyway show them
	ownersToPrune      // all of the owner's other gateways
)

// read lists the gateways at the addresses of the specifications, and what else is wished for. One
// address alone is asked for by address.
//
// A user who may see one resource group lists nothing without naming it. So if all specifications
// name a group, these groups are listed, and then all groups, if gateways of others are wanted.
// Otherwise the list is without a group. An address that is not found in this way is looked for in
// the other way, before it is taken for free.
func (e *ensurer) read(ctx context.Context, specs []cgw.CreateRequest, beside wish) (*region, error) {
	all := beside != onlySpecified
	r := &region{ensurer: e, wanted: make(map[netip.Addr]int, len(specs)), found: make([]*cgw.Gateway, len(specs))}
	for i, s := range specs {
		r.wanted[s.IPAddress.Unmap()] = i
	}
	var address netip.Addr
	if len(specs) == 1 && !all {
		address = specs[0].IPAddress.Unmap()
	}
	groups, ungrouped := groupsOf(specs)
	if len(groups) > 0 {
		r.seen = map[string]bool{}
	}
	if !ungrouped {
		if err := r.listGroups(ctx, groups, address, all); err != nil {
			return nil, err
		}
		return r, r.listElsewhere(ctx, r.missing(specs), beside == ownersToPrune)
	}
	if err := r.list(ctx, cgw.Filter{IPAddress: address}, all); err != nil {
		return nil, err
	}
	groups, _ = groupsOf(r.missing(specs))
	return r, r.listGroups(ctx, groups, address, all)
}

// groupsOf returns the groups that specifications name, and whether one names none.
func groupsOf(specs []cgw.CreateRequest) (groups []string, ungrouped bool) {
	named := map[string]bool{}
	ungrouped = len(specs) == 0
	for _, s := range specs {
		switch g := s.ResourceGroupID; {
		case g == "":
			ungrouped = true
		case !named[g]:
			named[g] = true
			groups = append(groups, g)
		}
	}
	return groups, ungrouped
}

// missing returns the specifications of which nothing was found.
func (r *region) missing(specs []cgw.CreateRequest) []cgw.CreateRequest {
	var missing []cgw.CreateRequest
	for i, g := range r.found {
		if g == nil {
			missing = append(missing, specs[i])
		}
	}
	return missing
}

func (r *region) listGroups(ctx context.Context, groups []string, address netip.Addr, surplus bool) error {
	for _, g := range groups {
		if err := r.list(ctx, cgw.Filter{ResourceGroupID: g, IPAddress: address}, surplus); err != nil {
			return err
		}
	}
	return nil
}

// listElsewhere looks in all groups for what was not found in its group and, if surplus is set, for
// the owner's other gateways. A user who may not do that sees no more.
func (r *region) listElsewhere(ctx context.Context, missing []cgw.CreateRequest, surplus bool) error {
	var f cgw.Filter
	switch {
	case surplus:
	case len(missing) == 0:
		return nil
	case len(missing) == 1:
		f.IPAddress = missing[0].IPAddress.Unmap()
	}
	err := r.list(ctx, f, surplus)
	if errors.Is(err, cgw.ErrPermissionDenied) {
		return nil
	}
	return err
}

func (r *region) list(ctx context.Context, f cgw.Filter, surplus bool) error {
	for g, err := range r.p.List(ctx, f) {
		if err != nil {
			return err
		}
		r.add(g, surplus)
	}
	return nil
}

func (r *region) add(g cgw.Gateway, surplus bool) {
	if r.seen != nil {
		if r.seen[g.ID] {
			return
		}
		r.seen[g.ID] = true
	}
	g.RequestID = "" // it is of the reply, not of the gateway
	i, ok := r.wanted[g.IPAddress]
	switch {
	case !ok && surplus && r.owns(g):
		r.surplus = append(r.surplus, g)
	case !ok:
	case r.found[i] == nil:
		r.found[i] = &g
	default: // several gateways at one address
		other := g.ID
		if r.before(g, *r.found[i]) {
			other, r.found[i] = r.found[i].ID, &g
		}
		if r.others == nil {
			r.others = map[int][]string{}
		}
		r.others[i] = append(r.others[i], other)
	}
}

// before reports which of two gateways at one address is taken: the owner's, then one that may be
// adopted, then the older one. So it is the same one on every run.
func (r *region) before(a, b cgw.Gateway) bool {
	if ra, rb := r.rank(a), r.rank(b); ra != rb {
		return ra < rb
	}
	if !a.CreatedAt.Equal(b.CreatedAt) {
		return a.CreatedAt.Before(b.CreatedAt)
	}
	return a.ID < b.ID
}

func (r *region) rank(g cgw.Gateway) int {
	switch {
	case r.owns(g):
		return 0
	case r.mayAdopt(g):
		return 1
	default:
		return 2
	}
}

// at returns the gateway that a List shows at the address of spec, or nil.
func (e *ensurer) at(ctx context.Context, spec cgw.CreateRequest) (*cgw.Gateway, error) {
	r, err := e.read(ctx, []cgw.CreateRequest{spec}, onlySpecified)
	if err != nil {
		return nil, err
	}
	return r.found[0], nil
}
