package ensure

import (
	"net/netip"
	"reflect"
	"strconv"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// Target is one region of one account of one cloud, and the gateways wanted there.
type Target struct {
	// Name names the target in results and errors. [All] requires it, unique among the targets.
	Name string
	// Provisioner reads and writes the gateways. Required. Two targets must not share one, not even
	// below middleware. That is noticed, and refused, if the middleware has a method Unwrap, see [cgw.As].
	Provisioner cgw.Provisioner
	// Specs are the gateways wanted. No two have the same address.
	Specs []cgw.CreateRequest
	// Prune deletes the owner's other gateways, after all other steps, in every resource group that
	// the user may see. Gateways that the user may not see stay, without an error. Without Specs, Prune
	// is refused unless PruneAll is set.
	Prune bool
	// PruneAll allows Prune without Specs. Warning: this deletes every gateway of the owner.
	PruneAll bool
	// MaxDeletes is how many gateways may be deleted, replacements included. A run that would delete
	// more is refused with a [*DeletesError] before its first write. 0: no limit.
	MaxDeletes int
	// Account is free text that names the account. If two targets have the same [cgw.Location] and
	// one of them prunes, both need an Account, and the two must differ: pruning could otherwise
	// delete gateways of the other target.
	Account string
}

// check adds the faults of the target itself to f. checkSpecs checks the specifications.
func (t Target) check(f *cgw.ValidationError) {
	if t.MaxDeletes < 0 {
		f.Add("MaxDeletes", strconv.Itoa(t.MaxDeletes), "must not be negative", "", cgw.ErrInvalidArgument)
	}
	if t.Prune && !t.PruneAll && len(t.Specs) == 0 {
		f.Add("Specs", "", "are none: Prune would delete every gateway of the owner; set PruneAll to allow that", "", cgw.ErrInvalidArgument)
	}
}

// checkSpecs returns the faults of the specifications of a target.
func (e *ensurer) checkSpecs(target string, specs []cgw.CreateRequest) []*SiteError {
	var sites []*SiteError
	first := make(map[netip.Addr]int, len(specs))
	for i, spec := range specs {
		add := func(err error) {
			sites = append(sites, &SiteError{Target: target, Index: i, IPAddress: spec.IPAddress, Name: spec.Name, Err: err})
		}
		if err := e.check(spec); err != nil {
			add(err)
		}
		if !spec.IPAddress.IsValid() {
			continue
		}
		ip := spec.IPAddress.Unmap()
		if n, ok := first[ip]; ok {
			add(sameAddress(ip, n, specs[n].Name))
			continue
		}
		first[ip] = i
	}
	return sites
}

// sameAddress returns the error for a site with the same address as site n.
func sameAddress(ip netip.Addr, n int, name string) error {
	var f cgw.ValidationError
	f.Add(fieldIPAddress, ip.String(), "is that of site "+strconv.Itoa(n)+" "+oneline.Quote(name)+" too", "", cgw.ErrInvalidIPAddress)
	return f.Err()
}

// member is one of several targets or plans that run together.
type member struct {
	Target
	*ensurer       // nil: it could not be made
	plan     *Plan // nil: the target is read
}

// checkBeside compares a member with those before it, and adds the conflicts to f: the same name, the same
// Provisioner, or the same location without different accounts.
func (m *member) checkBeside(before []*member, f *cgw.ValidationError) {
	for _, o := range before {
		if o.Name == m.Name && (m.Name != "" || m.plan != nil) {
			f.Add("Name", m.Name, "is the name of another target", "", cgw.ErrInvalidArgument)
			break
		}
	}
	for _, o := range before {
		if sameProvisioner(m.Provisioner, o.Provisioner) {
			f.Add("Provisioner", "", "is that of "+oneline.Quote(o.Name)+" too: put their specifications into one target", "", cgw.ErrInvalidArgument)
			return
		}
	}
	for _, o := range before {
		if m.mayPrune(o) {
			f.Add("Account", m.Account, "must differ from that of "+oneline.Quote(o.Name)+
				", which has the same location: pruning one would delete gateways of the other", "", cgw.ErrInvalidArgument)
			return
		}
	}
}

// mayPrune reports whether a prune of one of the two members may delete gateways of the other.
func (m *member) mayPrune(o *member) bool {
	if !m.Prune && !o.Prune || m.Provisioner == nil || o.Provisioner == nil {
		return false
	}
	if m.Account != "" && o.Account != "" && m.Account != o.Account {
		return false
	}
	here, ok := cgw.As[cgw.Located](m.Provisioner)
	there, also := cgw.As[cgw.Located](o.Provisioner)
	return ok && also && here.Location() == there.Location()
}

// sameProvisioner reports whether two Provisioners are the same below middleware.
func sameProvisioner(a, b cgw.Provisioner) bool {
	a, b = innermost(a), innermost(b)
	if a == nil || b == nil || !reflect.ValueOf(a).Comparable() || !reflect.ValueOf(b).Comparable() {
		return false
	}
	return a == b
}

// innermost returns the Provisioner below all middleware of p.
func innermost(p cgw.Provisioner) cgw.Provisioner {
	for p != nil {
		w, ok := p.(interface{ Unwrap() cgw.Provisioner })
		if !ok {
			break
		}
		next := w.Unwrap()
		if next == nil {
			break
		}
		p = next
	}
	return p
}
