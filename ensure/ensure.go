package ensure

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/cgw-go/cgw"
)

// DefaultOwnerKey is the key of the tag that says whose a gateway is.
const DefaultOwnerKey = "cgw:owner"

// defaultPatience is how long [Gateway] waits for a gateway that it created to be shown.
const defaultPatience = 5 * time.Second

// Options say whose gateways are managed, and what may be done to them.
type Options struct {
	// Owner is the value of the owner tag: a name for the program or team, the same on every
	// run. Required. Every gateway that is created gets the tag.
	Owner string `json:"owner"`
	// OwnerKey is the key of the owner tag. Empty: DefaultOwnerKey.
	OwnerKey string `json:"ownerKey,omitempty"`
	// Adopt allows a gateway that is nobody's, or another owner's, to be taken over: it gets
	// the owner tag and, where it has one, the AuthKey of the specification. Without it such a
	// gateway is refused. It is never replaced or pruned while it is foreign.
	Adopt bool `json:"adopt,omitempty"`
	// ExactTags removes the tags that the specification does not name. Without it they are
	// kept: others may have put them there. Tags whose keys the cloud keeps to itself are left
	// alone in any case.
	ExactTags bool `json:"exactTags,omitempty"`
	// Replace allows a gateway to be deleted and created anew where a field cannot be changed
	// otherwise. It gets a new ID, and VPN connections must be gone first (ErrInUse). Without
	// it such a field is a [ReplaceError].
	Replace bool `json:"replace,omitempty"`
	// Patience is how long to wait for reads: to show a gateway that was created with a
	// ClientToken, before it is taken for one that was deleted since; and to show the owner tag
	// of a gateway that seems to have none, before it is refused. 0: 5 s.
	Patience time.Duration `json:"patience,omitempty"`
}

func (o Options) withDefaults() Options {
	if o.OwnerKey == "" {
		o.OwnerKey = DefaultOwnerKey
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	return o
}

func (o Options) check(f *cgw.ValidationError) {
	if o.Owner == "" {
		f.Add("Owner", "", "is required", "", cgw.ErrInvalidArgument)
	}
	if o.Patience < 0 {
		f.Add("Patience", o.Patience.String(), "must not be negative", "", cgw.ErrInvalidArgument)
	}
}

// Action is what was done about a gateway.
type Action string

// The actions.
const (
	Unchanged Action = "unchanged" // nothing was written
	Created   Action = "created"
	Updated   Action = "updated"
	Adopted   Action = "adopted"  // it was foreign; it has the owner tag now, and is as specified
	Replaced  Action = "replaced" // it was deleted and created anew
	Deleted   Action = "deleted"  // by pruning
)

// Result says what was done, and what is there now.
type Result struct {
	Action  Action      `json:"action"`
	Gateway cgw.Gateway `json:"gateway,omitzero"`  // as it is now; as it was, where it was deleted
	Changes []Change    `json:"changes,omitempty"` // what was changed; of a new gateway its fields
}

// Gateway makes the gateway at spec.IPAddress be as specified: it creates it where there is
// none, and changes what differs. Run again, it writes nothing and returns Unchanged. An
// unchanged gateway costs one List.
//
// A zero field of spec is not managed: what the gateway has there is left alone. So are, as a
// rule, tags that spec does not name. AuthKey and ClientToken are for creating: neither cloud
// lets the first be compared. What the cloud cannot change is a [ReplaceError], unless
// opts.Replace allows to create the gateway anew.
//
// A gateway without the owner tag, or with another's, is refused with an [OwnerError], unless
// opts.Adopt allows to take it over. Tags may be kept by a service of their own and be shown
// later than the gateway, as on Tencent Cloud: one that seems to have no owner tag at all is read
// again, for as long as opts.Patience, before it is refused.
//
// Ensure may be repeated after any error, in another process too: it looks before it writes. An
// error after which a repeat may well succeed, with nothing mended, is one of which
//
//	cgw.IsRetryable(err) || errors.Is(err, cgw.ErrOutcomeUnknown)
//
// holds: IsRetryable alone is false for the create of unknown outcome, which is of [OpCreate].
//
// Where the cloud has idempotency tokens and spec has none, one is derived from owner,
// specification, provider and region (see [Located]), so that a program that crashed before it
// saw the gateway does not create a second one. A token may replay a gateway that was deleted
// since: it is read back, and replaced by a new one with a new token. What is read back and not
// shown within opts.Patience, although the address is held, is an error of outcome unknown that
// has the ID and the ClientToken.
//
// Errors are those of List, Create, Update, Get and Delete, as the Provisioner returned them,
// and [*Error] values of Op [OpGateway]. Neither cloud has compare-and-set: a change that another
// program makes between the reading and the writing may be overwritten.
func Gateway(ctx context.Context, p cgw.Provisioner, spec cgw.CreateRequest, opts Options) (Result, error) {
	e, err := newEnsurer(OpGateway, p, opts)
	if err != nil {
		return Result{}, err
	}
	if err := e.check(spec); err != nil {
		return Result{}, refused(OpGateway, e.rules.Provider, err)
	}
	steps, err := e.plan(ctx, []cgw.CreateRequest{spec}, false)
	if err != nil {
		return Result{}, err
	}
	return e.do(ctx, steps[0])
}

// ensurer ensures the gateways of one Provisioner and one owner.
type ensurer struct {
	op    string // for errors
	p     cgw.Provisioner
	rules cgw.Rules
	opts  Options
	exact bool // whether a gateway must be as planned in all to be deleted, or merely the owner's
}

func newEnsurer(op string, p cgw.Provisioner, opts Options) (*ensurer, error) {
	var f cgw.ValidationError
	if p == nil {
		f.Add("Provisioner", "", "is required", "", cgw.ErrInvalidArgument)
	}
	opts.check(&f)
	if err := f.Err(); err != nil {
		return nil, refused(op, "", err)
	}
	return &ensurer{op: op, p: p, rules: cgw.RulesOf(p), opts: opts.withDefaults()}, nil
}

// check returns nil, or a *ValidationError for what the cloud cannot hold.
func (e *ensurer) check(spec cgw.CreateRequest) error {
	var f cgw.ValidationError
	var invalid *cgw.ValidationError
	if errors.As(e.rules.Validate(e.request(spec)), &invalid) {
		f.Fields = invalid.Fields
	}
	if v, ok := spec.Tags[e.opts.OwnerKey]; ok && v != e.opts.Owner {
		f.Add(fieldTags, e.opts.OwnerKey, "is the key of the owner tag, whose value is Options.Owner", "", cgw.ErrInvalidTag)
	}
	return f.Err()
}

// request returns what to create for a specification: with the owner tag.
func (e *ensurer) request(spec cgw.CreateRequest) cgw.CreateRequest {
	spec.IPAddress = spec.IPAddress.Unmap()
	tags := maps.Clone(spec.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[e.opts.OwnerKey] = e.opts.Owner
	spec.Tags = tags
	return spec
}

// fail returns an error of cgw's own about a gateway that was not written to.
func (e *ensurer) fail(kind error, g cgw.Gateway, err error) *cgw.Error {
	f := &cgw.Error{
		Op: e.op, Provider: e.rules.Provider, Region: g.Region,
		Kind: kind, Outcome: cgw.OutcomeNotApplied, ID: g.ID, Err: err,
	}
	if g.Provider != "" {
		f.Provider = g.Provider
	}
	return f
}

// do carries out one step, which was decided on just now.
func (e *ensurer) do(ctx context.Context, s Step) (Result, error) {
	switch s.Kind {
	case StepUnchanged:
		return Result{Action: Unchanged, Gateway: s.Gateway}, nil
	case StepCreate:
		return e.create(ctx, s)
	case StepUpdate, StepAdopt:
		return e.update(ctx, s)
	case StepReplace, StepDelete:
		return e.remove(ctx, s)
	case StepForeign:
		g := e.late(ctx, s.Gateway)
		foreign := e.foreign(g)
		if foreign == nil {
			return e.resume(ctx, s, g)
		}
		err := e.fail(cgw.ErrAlreadyExists, g, foreign)
		err.ConflictingIDs = []string{g.ID}
		return Result{}, err.WithContext(ctx)
	default:
		return Result{}, e.refuse(s)
	}
}

// refuse returns the error of a step that the cloud cannot carry out.
func (e *ensurer) refuse(s Step) error {
	if fixed := onlyFixed(s.Changes); len(fixed) > 0 {
		return e.fail(cgw.ErrUnsupported, s.Gateway, &ReplaceError{Changes: fixed})
	}
	update, _ := e.updateOf(s.Spec, s.Gateway)
	return e.fail(cgw.ErrInvalidArgument, s.Gateway, e.rules.ValidateUpdate(update))
}

// update changes what differs. A gateway that is gone after all, because reads lag behind, is
// created.
func (e *ensurer) update(ctx context.Context, s Step) (Result, error) {
	req, changes := e.updateOf(s.Spec, s.Gateway)
	g, err := e.p.Update(ctx, s.Gateway.ID, req)
	var invalid *cgw.ValidationError
	switch {
	case err == nil && s.Kind == StepAdopt:
		return Result{Action: Adopted, Gateway: g, Changes: changes}, nil
	case err == nil:
		return Result{Action: Updated, Gateway: g, Changes: changes}, nil
	case errors.Is(err, cgw.ErrNotFound) && cgw.OutcomeOf(err) == cgw.OutcomeNotApplied && !s.again:
		return e.create(ctx, Step{Kind: StepCreate, Spec: s.Spec, Changes: specChanges(e.request(s.Spec))})
	case errors.As(err, &invalid): // of a Provisioner that is not Ruled
		if fixed := onlyFixed(markFixed(changes, invalid)); len(fixed) > 0 {
			return Result{}, e.fail(cgw.ErrUnsupported, s.Gateway, &ReplaceError{Changes: fixed})
		}
	}
	return Result{}, err
}

// remove deletes a gateway, and creates its replacement if that was the step. What is deleted
// is read again first: it must still be the owner's.
func (e *ensurer) remove(ctx context.Context, s Step) (Result, error) {
	g, err := e.p.Get(ctx, s.Gateway.ID)
	switch {
	case err == nil && (e.foreign(g) != nil || e.exact && !g.Equal(s.Gateway)):
		return Result{}, e.stale(s, g)
	case err == nil:
		err = e.p.Delete(ctx, g.ID)
	}
	gone := errors.Is(err, cgw.ErrNotFound)
	switch {
	case err != nil && !gone:
		return Result{}, err
	case s.Kind == StepDelete && gone:
		return Result{Action: Unchanged}, nil
	case s.Kind == StepDelete:
		return Result{Action: Deleted, Gateway: s.Gateway}, nil
	}
	r, err := e.create(ctx, s)
	if err == nil && r.Action == Created {
		r.Action, r.Changes = Replaced, s.Changes
	}
	return r, err
}
