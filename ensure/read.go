package ensure

import (
	"context"
	"errors"
	"net/netip"

	"github.com/cgw-go/cgw"
)

// region holds the gateways of one Provisioner, as lists show them.
type region struct {
	*ensurer
	wanted  map[netip.Addr]int // index of the specification with this address
	found   []*cgw.Gateway     // by specification; nil: there is none
	others  map[int][]string   // IDs of further gateways at the address of a specification
	surplus []cgw.Gateway      // gateways of the owner that no specification wants, if asked for
	seen    map[string]bool    // IDs that were read, if there may be more than one list; else nil
}

// wish says which gateways a read collects besides those at the addresses of the specifications.
type wish uint8

const (
	onlySpecified wish = iota // none
	ownersToShow              // the owner's other gateways in the lists that are needed anyway
	ownersToPrune             // all of the owner's other gateways
)

// read lists the gateways at the addresses of the specifications, and those that beside asks for. If only
// one address is needed, it filters by address.
//
// A user who may see only one resource group must name the group in a list. So if all specifications
// name a group, read lists these groups. It then lists all groups if an address was not found, or if
// beside is ownersToPrune. If a specification names no group, read lists all groups first. It then lists
// the groups of the specifications whose address was not found.
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

// groupsOf returns the groups that the specifications name. ungrouped reports whether a specification
// names none, or there are no specifications.
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

// missing returns the specifications whose address has no gateway so far.
func (r *region) missing(specs []cgw.CreateRequest) []cgw.CreateRequest {
	var missing []cgw.CreateRequest
	for i, g := range r.found {
		if g == nil {
			missing = append(missing, specs[i])
		}
	}
	return missing
}

// listGroups lists each of the groups.
func (r *region) listGroups(ctx context.Context, groups []string, address netip.Addr, surplus bool) error {
	for _, g := range groups {
		if err := r.list(ctx, cgw.Filter{ResourceGroupID: g, IPAddress: address}, surplus); err != nil {
			return err
		}
	}
	return nil
}

// listElsewhere lists all groups. It looks for the specifications that were not found in their groups
// and, if surplus is set, for the owner's other gateways. If the user may not list all groups, that is no
// error, and nothing is added.
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

// list adds the gateways that f matches.
func (r *region) list(ctx context.Context, f cgw.Filter, surplus bool) error {
	for g, err := range r.p.List(ctx, f) {
		if err != nil {
			return err
		}
		r.add(g, surplus)
	}
	return nil
}

// add notes a gateway that a list showed.
func (r *region) add(g cgw.Gateway, surplus bool) {
	if r.seen != nil {
		if r.seen[g.ID] {
			return
		}
		r.seen[g.ID] = true
	}
	g.RequestID = "" // it belongs to the reply, not to the gateway
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

// before reports whether a is used, and not b, if both are at one address. A gateway of the owner comes
// first, then one that may be adopted, then the older one, then the lower ID. So every run uses the same
// gateway.
func (r *region) before(a, b cgw.Gateway) bool {
	if ra, rb := r.rank(a), r.rank(b); ra != rb {
		return ra < rb
	}
	if !a.CreatedAt.Equal(b.CreatedAt) {
		return a.CreatedAt.Before(b.CreatedAt)
	}
	return a.ID < b.ID
}

// rank returns the place of a gateway in the order of before: 0 comes first.
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
