package ensure

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
)

// checkPlan returns the faults of a plan and of its steps. It makes each step again, from the
// gateway that the step holds and with the plan's options, and compares. So an edited plan cannot
// do what its options forbid.
func (e *ensurer) checkPlan(plan *Plan) []*SiteError {
	c := planCheck{
		ensurer: e, plan: plan,
		addresses: make(map[netip.Addr]int, len(plan.Steps)), ids: make(map[string]int, len(plan.Steps)),
	}
	if err := c.checkWhole(); err != nil {
		return []*SiteError{{Target: plan.Target, Index: -1, Err: err}}
	}
	for i, s := range plan.Steps {
		c.step(i, s)
	}
	slices.SortStableFunc(c.sites, func(a, b *SiteError) int { return a.Index - b.Index })
	return c.sites
}

type planCheck struct {
	*ensurer
	plan      *Plan
	addresses map[netip.Addr]int // by the address of a specification: the index of its step
	ids       map[string]int     // by the ID of a gateway: the index of its step
	sites     []*SiteError
}

// checkWhole checks what is not about a single step.
func (c *planCheck) checkWhole() error {
	var f cgw.ValidationError
	plan, here := c.plan, locationOf(c.p)
	if plan.Location == (cgw.Location{}) && here.Region != "" {
		f.Add("Location", "", "is missing: the plan may be for another region", "", cgw.ErrInvalidArgument)
	}
	for _, l := range []struct{ field, plan, here string }{
		{"Location.Provider", string(plan.Location.Provider), string(here.Provider)},
		{"Location.Region", plan.Location.Region, here.Region},
	} {
		if l.plan != "" && l.here != "" && l.plan != l.here {
			f.Add(l.field, l.plan, "is not that of the Provisioner, "+strconv.Quote(l.here), "", cgw.ErrInvalidArgument)
		}
	}
	t := Target{Prune: plan.Prune, PruneAll: plan.PruneAll, MaxDeletes: plan.MaxDeletes}
	for i, s := range plan.Steps {
		if s.Kind != StepDelete {
			t.Specs = append(t.Specs, s.Spec)
			if _, ok := c.addresses[s.Spec.IPAddress.Unmap()]; !ok {
				c.addresses[s.Spec.IPAddress.Unmap()] = i
			}
		}
	}
	if len(plan.Steps) > 0 {
		t.check(&f)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return checkDeletes(plan.Steps, plan.MaxDeletes)
}

// step checks one step.
func (c *planCheck) step(i int, s Step) {
	var f cgw.ValidationError
	if s.Gateway.ID != "" {
		if n, ok := c.ids[s.Gateway.ID]; ok {
			f.Add("Gateway.ID", s.Gateway.ID, "is that of step "+strconv.Itoa(n)+" too", "", cgw.ErrInvalidArgument)
		} else {
			c.ids[s.Gateway.ID] = i
		}
	}
	if s.Kind == StepDelete {
		c.deletion(s, &f)
	} else {
		c.specified(i, s, &f)
	}
	if err := f.Err(); err != nil {
		ip, name := s.site()
		c.sites = append(c.sites, &SiteError{Target: c.plan.Target, Index: i, IPAddress: ip, Name: name, Err: err})
	}
}

// deletion checks a step of pruning.
func (c *planCheck) deletion(s Step, f *cgw.ValidationError) {
	if !c.plan.Prune {
		f.Add("Kind", string(s.Kind), "is not allowed: the plan does not prune", "", cgw.ErrInvalidArgument)
	}
	if s.Gateway.ID == "" {
		f.Add("Gateway.ID", "", "is required", "", cgw.ErrInvalidArgument)
	}
	if !c.owns(s.Gateway) {
		f.Add("Gateway.Tags", c.opts.OwnerKey, "must be the owner's for a gateway to be deleted", "", cgw.ErrInvalidTag)
	}
	if s.Spec.IPAddress.IsValid() || s.Spec.Name != "" {
		f.Add("Spec", "", "must be empty for a gateway to be deleted", "", cgw.ErrInvalidArgument)
	}
	if n, ok := c.addresses[s.Gateway.IPAddress]; ok && s.Gateway.IPAddress.IsValid() {
		f.Add("Gateway.IPAddress", s.Gateway.IPAddress.String(), "is specified by step "+strconv.Itoa(n)+": the gateway is not deleted", "", cgw.ErrInvalidArgument)
	}
}

// specified checks a step that has a specification.
func (c *planCheck) specified(i int, s Step, f *cgw.ValidationError) {
	if err := c.check(s.Spec); err != nil {
		addFields(f, err)
		return
	}
	ip := s.Spec.IPAddress.Unmap()
	if n := c.addresses[ip]; n != i {
		addFields(f, sameAddress(ip, n, c.plan.Steps[n].Spec.Name))
		return
	}
	if isRedacted(s.Spec.AuthKey) && (s.Kind == StepCreate || s.Kind == StepAdopt || s.Kind == StepReplace) {
		f.Add(fieldAuthKey, s.Spec.AuthKey.String(), "was lost when the plan was written: set it again", "", cgw.ErrInvalidArgument)
	}
	switch {
	case s.Kind == StepUnsupported: // it writes nothing
		return
	case s.Kind == StepCreate:
		if s.Gateway.ID != "" {
			f.Add("Gateway.ID", s.Gateway.ID, "must be empty for a gateway to be created", "", cgw.ErrInvalidArgument)
		}
		s.Gateway = cgw.Gateway{}
	case !slices.Contains(withGateway(), s.Kind):
		f.Add("Kind", string(s.Kind), "is not known", "", cgw.ErrInvalidArgument)
		return
	case s.Gateway.ID == "":
		f.Add("Gateway.ID", "", "is required", "", cgw.ErrInvalidArgument)
		return
	case s.Gateway.IPAddress != ip:
		f.Add("Gateway.IPAddress", ipText(s.Gateway), "is not that of the specification, "+ip.String(), "", cgw.ErrInvalidIPAddress)
		return
	}
	c.decision(s, f)
}

// withGateway returns the kinds of steps about a gateway that was found.
func withGateway() []StepKind {
	return []StepKind{StepUnchanged, StepUpdate, StepAdopt, StepReplace, StepForeign}
}

// decision compares a step with what is decided now.
func (c *planCheck) decision(s Step, f *cgw.ValidationError) {
	now, _ := c.decide(s.Spec, s.found())
	refusedNow := now.Kind == StepUnsupported
	switch fixed := len(onlyFixed(now.Changes)) > 0; {
	case refusedNow && s.Kind != StepUnchanged && (!fixed || s.Kind == StepReplace && c.opts.Replace):
		// A limit or a policy has changed since the plan was made: only this step fails, when it
		// is carried out.
	case now.Kind != s.Kind:
		reason := "is not allowed: by the options and what was found it is " + strconv.Quote(string(now.Kind))
		if now.Reason != "" {
			reason += ": " + now.Reason
		}
		f.Add("Kind", string(s.Kind), reason, "", cgw.ErrInvalidArgument)
	case !slices.Equal(now.Changes, s.Changes):
		f.Add("Changes", "", "are not what the step would change", "", cgw.ErrInvalidArgument)
	}
}

// addFields adds the fields of a *cgw.ValidationError.
func addFields(f *cgw.ValidationError, err error) {
	if invalid, ok := err.(*cgw.ValidationError); ok { //nolint:errorlint // it is never wrapped here
		f.Fields = append(f.Fields, invalid.Fields...)
	}
}
