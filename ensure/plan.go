package ensure

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"strconv"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// PlanOptions are those of [Gateway], and whether to prune.
type PlanOptions struct {
	Options
	// Prune deletes the gateways of the owner that no specification wants. Mind that no
	// specifications at all then mean that all of them go.
	Prune bool `json:"prune,omitempty"`
}

// StepKind is what is to be done about a gateway.
type StepKind string

// The kinds of steps.
const (
	StepUnchanged StepKind = "unchanged" // the gateway is as specified
	StepCreate    StepKind = "create"
	StepUpdate    StepKind = "update"
	StepAdopt     StepKind = "adopt"   // take over a foreign gateway, and change what differs
	StepReplace   StepKind = "replace" // delete and create anew: a Change is Fixed
	StepDelete    StepKind = "delete"  // no longer wanted, when pruning
	// StepUnsupported cannot be done: a Change is Fixed and replacing is not allowed, or the
	// gateway's tags and the wanted ones are more than the cloud takes.
	StepUnsupported StepKind = "unsupported"
	// StepForeign is refused: the gateway at the address is not the owner's.
	StepForeign StepKind = "foreign"
)

// Step is what is to be done about one gateway.
type Step struct {
	Kind StepKind `json:"kind"`
	// Spec is what is wanted, without the owner tag; zero for a StepDelete. In JSON its
	// AuthKey is a mark. A step read back has that mark for a key, and [Apply] refuses to use it:
	// set the key again.
	Spec cgw.CreateRequest `json:"spec,omitzero"`
	// Gateway is what was found; zero for a StepCreate.
	Gateway cgw.Gateway `json:"gateway,omitzero"`
	// Changes are the fields that differ. Of a StepCreate they are those of the new gateway.
	Changes []Change `json:"changes,omitempty"`
	// Reason says why a StepUnsupported or a StepForeign cannot be carried out.
	Reason string `json:"reason,omitempty"`

	again bool // whether the gateway was found when it was to be created
}

// isRedacted reports whether an AuthKey is what a Secret is written as: its value was lost.
func isRedacted(key cgw.Secret) bool { return key.Reveal() == cgw.Secret("any").String() }

// UnmarshalJSON implements json.Unmarshaler. It takes the mark of an AuthKey, as Spec says.
func (s *Step) UnmarshalJSON(data []byte) error {
	type plain Step
	read := struct {
		*plain
		Spec struct {
			cgw.CreateRequest
			AuthKey string `json:"authKey"` // shadows that of CreateRequest, which refuses the mark
		} `json:"spec"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	s.Spec = read.Spec.CreateRequest
	s.Spec.AuthKey = cgw.Secret(read.Spec.AuthKey)
	return nil
}

// Plan is a plan: what [Apply] will do. It marshals to JSON and back; what it prints and
// marshals to is stable, and holds no secret.
type Plan struct {
	// Provider is the cloud that the plan is for; empty where its Provisioner is not [Ruled].
	Provider cgw.Provider `json:"provider,omitempty"`
	// Options are those that it was made with, defaults filled in.
	Options PlanOptions `json:"options"`
	// Steps are one for each specification, in their order, then those that delete.
	Steps []Step `json:"steps"`
}

// Empty reports whether there is nothing to do or to refuse: every step is StepUnchanged.
func (c *Plan) Empty() bool { return c.Count(StepUnchanged) == len(c.Steps) }

// Count returns the number of steps of one kind.
func (c *Plan) Count(kind StepKind) int {
	n := 0
	for _, s := range c.Steps {
		if s.Kind == kind {
			n++
		}
	}
	return n
}

// NewPlan says what [Gateway] would do about each of the specifications, field by field, and what
// pruning would delete. It writes nothing, and lists once.
//
// A specification that the cloud cannot hold, and two of one address, are refused before
// anything is sent: the [*Error] satisfies [ErrInvalidArgument], and holds a [*SitesError] that
// names every site and field. A gateway that cannot be made as specified is no error but a
// [StepUnsupported] or [StepForeign].
func NewPlan(ctx context.Context, p cgw.Provisioner, specs []cgw.CreateRequest, opts PlanOptions) (*Plan, error) {
	e, err := newEnsurer(OpPlan, p, opts.Options)
	if err != nil {
		return nil, err
	}
	if sites := e.checkAll("", specs); len(sites) > 0 {
		return nil, refused(OpPlan, e.rules.Provider, &SitesError{sites})
	}
	steps, err := e.plan(ctx, specs, opts.Prune)
	if err != nil {
		return nil, err
	}
	opts.Options = e.opts
	return &Plan{Provider: e.rules.Provider, Options: opts, Steps: steps}, nil
}

// checkAll returns what is wrong with the specifications.
func (e *ensurer) checkAll(target string, specs []cgw.CreateRequest) []*SiteError {
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
			add(&cgw.ValidationError{Fields: []*cgw.FieldError{{
				Field: fieldIPAddress, Value: ip.String(), Kind: cgw.ErrInvalidIPAddress,
				Reason: "is that of site " + strconv.Itoa(n) + " " + strconv.Quote(oneline.Clip(specs[n].Name)) + " too",
			}}})
			continue
		}
		first[ip] = i
	}
	return sites
}

// plan reads once and decides on every specification. With one address to find it asks for that.
func (e *ensurer) plan(ctx context.Context, specs []cgw.CreateRequest, prune bool) ([]Step, error) {
	if len(specs) == 0 && !prune {
		return []Step{}, nil
	}
	var filter cgw.Filter
	if len(specs) == 1 && !prune {
		filter.IPAddress = specs[0].IPAddress.Unmap()
	}
	wanted := make(map[netip.Addr]int, len(specs))
	for i, s := range specs {
		wanted[s.IPAddress.Unmap()] = i
	}
	found := make([]*cgw.Gateway, len(specs))
	var surplus []Step
	seen := 0
	for g, err := range e.p.List(ctx, filter) {
		if err != nil {
			return nil, err
		}
		g.RequestID = "" // it is of the reading, not of the gateway
		i, ok := wanted[g.IPAddress]
		switch {
		case ok && found[i] == nil:
			found[i] = &g
			seen++
		case !ok && prune && e.foreign(g) == nil:
			surplus = append(surplus, Step{Kind: StepDelete, Gateway: g})
		}
		if seen == len(specs) && !prune {
			break // an address is held once
		}
	}
	steps := make([]Step, len(specs), len(specs)+len(surplus))
	for i, s := range specs {
		steps[i] = e.decide(s, found[i])
	}
	return append(steps, surplus...), nil
}

// decide says what is to be done about the gateway at the address of spec; found is nil where
// there is none.
func (e *ensurer) decide(spec cgw.CreateRequest, found *cgw.Gateway) Step {
	spec.IPAddress = spec.IPAddress.Unmap()
	spec.Tags = maps.Clone(spec.Tags)
	if found == nil {
		return Step{Kind: StepCreate, Spec: spec, Changes: specChanges(e.request(spec))}
	}
	g := *found
	g.RequestID = ""
	s := Step{Kind: StepUnchanged, Spec: spec, Gateway: g}
	foreign := e.foreign(g)
	if foreign != nil && !e.opts.Adopt {
		s.Kind, s.Reason = StepForeign, foreign.Error()
		return s
	}
	req, changes := e.updateOf(spec, g)
	var invalid *cgw.ValidationError
	s.Changes = changes
	switch fixed := onlyFixed(changes); {
	case len(changes) == 0:
	case len(fixed) > 0 && e.opts.Replace && foreign == nil:
		s.Kind = StepReplace
	case len(fixed) > 0:
		s.Kind, s.Reason = StepUnsupported, (&ReplaceError{fixed}).Error()
	case errors.As(e.rules.ValidateUpdate(req), &invalid):
		s.Kind, s.Reason = StepUnsupported, invalid.Error()
	case foreign != nil:
		s.Kind = StepAdopt
	default:
		s.Kind = StepUpdate
	}
	return s
}
