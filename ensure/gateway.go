package ensure

import (
	"cmp"
	"context"
	"maps"

	"github.com/cgw-go/cgw"
)

// Action is what was done to a gateway.
type Action string

// The actions.
const (
	Unchanged Action = "unchanged" // nothing was written
	Created   Action = "created"   // there was none
	Updated   Action = "updated"   // fields were changed
	Adopted   Action = "adopted"   // it has the owner tag now, and is as specified
	Replaced  Action = "replaced"  // it was deleted and created again
	Deleted   Action = "deleted"   // by pruning
)

// Result says what was done, and which gateway is there now.
type Result struct {
	Action  Action      `json:"action"`            // what was done; empty if the gateway could not be made as specified
	Gateway cgw.Gateway `json:"gateway,omitzero"`  // as it is now; of one that was deleted, as it was
	Changes []Change    `json:"changes,omitempty"` // the fields that were changed; of a new gateway, its fields
}

// Gateway brings the gateway at spec.IPAddress to the desired state: it creates the gateway if
// there is none, and changes the fields that differ. The second run writes nothing and returns
// Unchanged. Reading costs one List, and a second one if spec names a resource group in which
// there is no such gateway.
//
// A zero field of spec is not managed: the gateway keeps its value. Tags that spec does not name
// are kept too, unless opts.ExactTags is set. AuthKey is used only to create and to adopt a
// gateway, and ClientToken only to create one: no cloud shows them. If a field differs that the
// cloud cannot change, the error holds a [*ReplaceError], unless opts.Replace allows to create the
// gateway again.
//
// If the gateway has no owner tag, or another owner, the error holds an [*OwnerError], unless opts
// allow its adoption. Tags may become visible later than their gateway. So a gateway without an
// owner tag is read again for up to opts.Patience before it is refused. It is also read again
// before it is adopted, if it is less than 16 minutes old. If several gateways are at the address,
// Gateway takes the one of the owner, and leaves the others alone.
//
// The limits of the cloud, and a policy, apply only to what has to be written: a gateway that
// already is as specified is never refused for them.
//
// If the cloud accepts a field but does not keep it as it is, such as a name that it changes to
// lower case, the error satisfies [cgw.ErrUnsupported] and names the field, on every run. Gateway
// reads the gateway back after an update, and after a create if the cloud has idempotency tokens.
// If a field is not visible within opts.Patience, Gateway assumes that the cloud does not keep it.
// After a create without tokens, Gateway checks only the fields that the reply shows, and the next
// run the others.
//
// Gateway may be called again after any error, also in another process. [Retryable] says whether a
// retry may succeed if nothing else is changed.
//
// If the cloud has idempotency tokens and spec has no ClientToken, cgw derives the token from
// owner, specification, provider and region (see [cgw.Located]). So a program that crashes during a
// create and starts again does not create a second gateway. The cloud may answer a token with a
// gateway that was deleted since, so cgw reads the gateway back. If it is gone, cgw creates it with
// another token. If it does not become visible within opts.Patience, although its address is taken,
// the error has an unknown outcome, the ID and the ClientToken.
//
// Errors are those that List, Create, Update, Get and Delete of the Provisioner return, and
// [*cgw.Error] values of Op [OpGateway]. No cloud has compare-and-set: a change that another program
// makes between the read and the write may be overwritten.
func Gateway(ctx context.Context, p cgw.Provisioner, spec cgw.CreateRequest, opts Options) (Result, error) {
	e, err := newEnsurer(OpGateway, p, opts)
	if err != nil {
		return Result{}, err
	}
	if err := e.check(spec); err != nil {
		return Result{}, refused(OpGateway, locationOf(e.p), err)
	}
	steps, _, err := e.plan(ctx, []cgw.CreateRequest{spec}, false, false)
	if err != nil {
		return Result{}, err
	}
	return e.do(ctx, steps[0], true)
}

// ensurer does the work for one Provisioner and one owner. Each run has its own copy of the ensurer,
// with its own reads.
type ensurer struct {
	op      string // for errors
	p       cgw.Provisioner
	rules   cgw.Rules
	checker cgw.Checker // nil: there is none
	opts    Options
	planned bool // whether the steps are those of a plan that was made earlier
	reads   *reads
}

func newEnsurer(op string, p cgw.Provisioner, opts Options) (*ensurer, error) {
	var f cgw.ValidationError
	if p == nil {
		f.Add("Provisioner", "", "is required", "", cgw.ErrInvalidArgument)
	}
	opts.check(&f)
	if err := f.Err(); err != nil {
		return nil, refused(op, cgw.Location{}, err)
	}
	checker, _ := cgw.As[cgw.Checker](p)
	return &ensurer{
		op: op, p: p, rules: cgw.RulesOf(p), checker: checker, opts: opts.withDefaults(), reads: &reads{},
	}, nil
}

// forRun returns an ensurer for one run.
func (e *ensurer) forRun() *ensurer {
	run := *e
	run.reads = &reads{}
	return &run
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

// fail returns an error of this package about a gateway that was not written to.
func (e *ensurer) fail(kind error, g cgw.Gateway, err error) *cgw.Error {
	at := locationOf(e.p)
	return &cgw.Error{
		Op: e.op, Provider: cmp.Or(g.Provider, at.Provider), Region: cmp.Or(g.Region, at.Region),
		Kind: kind, Outcome: cgw.OutcomeNotApplied, ID: g.ID, Err: err,
	}
}

// locationOf returns the location of p; its fields are empty if p does not tell them.
func locationOf(p cgw.Provisioner) cgw.Location {
	if l, ok := cgw.As[cgw.Located](p); ok {
		return l.Location()
	}
	return cgw.Location{Provider: cgw.RulesOf(p).Provider}
}
