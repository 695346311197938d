package ensure

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// check returns nil, or a *ValidationError if the specification can never be carried out: it has
// no address, a field that the cloud does not have, or another owner in its tags. The error has
// all faults of the specification. decide checks the other limits, which matter only if
// something has to be written.
func (e *ensurer) check(spec cgw.CreateRequest) error {
	var f cgw.ValidationError
	var invalid *cgw.ValidationError
	never := func(f *cgw.FieldError) bool {
		ip := spec.IPAddress.Unmap()
		return errors.Is(f.Kind, cgw.ErrUnsupported) ||
			f.Field == fieldIPAddress && (!ip.IsValid() || e.rules.IPAddress.IPv4Only && !ip.Is4())
	}
	if errors.As(e.rules.Validate(e.request(spec)), &invalid) && slices.ContainsFunc(invalid.Fields, never) {
		f.Fields = invalid.Fields
	}
	if v, ok := spec.Tags[e.opts.OwnerKey]; ok && v != e.opts.Owner {
		f.Add(fieldTags, e.opts.OwnerKey, "is the key of the owner tag, whose value is Options.Owner", "", cgw.ErrInvalidTag)
	}
	return f.Err()
}

// plan reads the gateways and decides on every specification. If prune is set, steps that delete
// follow; if all is set, it returns the owner's other gateways.
func (e *ensurer) plan(ctx context.Context, specs []cgw.CreateRequest, prune, all bool) ([]Step, []cgw.Gateway, error) {
	if len(specs) == 0 && !prune && !all {
		return []Step{}, nil, nil
	}
	beside := onlySpecified
	switch {
	case prune:
		beside = ownersToPrune
	case all:
		beside = ownersToShow
	}
	r, err := e.read(ctx, specs, beside)
	if err != nil {
		return nil, nil, err
	}
	steps := make([]Step, len(specs), len(specs)+len(r.surplus))
	for i, s := range specs {
		steps[i], _ = e.decide(s, r.found[i])
		steps[i].Others = r.others[i]
		r.found[i] = nil
	}
	if !prune {
		return steps, r.surplus, nil
	}
	for _, g := range r.surplus {
		steps = append(steps, Step{Kind: StepDelete, Gateway: g})
	}
	return steps, nil, nil
}

// decide says what is to be done about the gateway at the address of spec; found is nil if there is
// none. For a StepForeign or a StepUnsupported it also returns the error that [Gateway] returns,
// for others nil.
func (e *ensurer) decide(spec cgw.CreateRequest, found *cgw.Gateway) (Step, error) {
	spec.IPAddress = spec.IPAddress.Unmap()
	spec.Tags = maps.Clone(spec.Tags)
	if found == nil {
		s := Step{Kind: StepCreate, Spec: spec, Changes: specChanges(e.request(spec))}
		return e.unlessRefused(s, e.checkCreate(spec))
	}
	g := *found
	g.RequestID = ""
	s := Step{Kind: StepUnchanged, Spec: spec, Gateway: g}
	owned := e.owns(g)
	if !owned && !e.mayAdopt(g) {
		s.Kind = StepForeign
		s.Reason = e.ownerError(g).Error()
		return s, e.notOwned(g)
	}
	req, changes := e.updateOf(spec, g)
	s.Changes = changes
	switch fixed := onlyFixed(changes); {
	case len(changes) == 0:
		return s, nil
	case len(fixed) > 0 && e.opts.Replace && owned:
		s.Kind = StepReplace
		return e.unlessRefused(s, e.checkCreate(spec))
	case len(fixed) > 0:
		return e.unlessRefused(s, &ReplaceError{fixed})
	case owned:
		s.Kind = StepUpdate
	default:
		s.Kind = StepAdopt
	}
	return e.unlessRefused(s, e.checkUpdate(g.ID, req))
}

// checkCreate returns why a create for spec would be refused, or nil.
func (e *ensurer) checkCreate(spec cgw.CreateRequest) error {
	req := e.request(spec)
	if err := e.rules.Validate(req); err != nil || e.checker == nil {
		return err
	}
	return e.checker.CheckCreate(req)
}

// checkUpdate returns why an update would be refused, or nil.
func (e *ensurer) checkUpdate(id string, req cgw.UpdateRequest) error {
	if err := e.rules.ValidateUpdate(req); err != nil || e.checker == nil {
		return err
	}
	return e.checker.CheckUpdate(id, req)
}

// unlessRefused returns s if err is nil. Otherwise it returns s as a StepUnsupported, with its
// error.
func (e *ensurer) unlessRefused(s Step, err error) (Step, error) {
	if err == nil {
		return s, nil
	}
	s.Kind, s.Reason = StepUnsupported, oneline.Text(err.Error())
	var invalid *cgw.ValidationError
	if errors.As(err, &invalid) {
		s.Reason = invalid.Error()
	}
	var own *cgw.Error
	if errors.As(err, &own) { // of a Checker: it is complete
		return s, err
	}
	kind := cgw.ErrInvalidArgument
	if replace := (*ReplaceError)(nil); errors.As(err, &replace) {
		kind = cgw.ErrUnsupported
	}
	return s, e.fail(kind, s.Gateway, err)
}

// found returns the gateway that was found, or nil.
func (s Step) found() *cgw.Gateway {
	if s.Gateway.ID == "" {
		return nil
	}
	return &s.Gateway
}
