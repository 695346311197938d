package ensure

import (
	"context"
	"maps"

	"github.com/cgw-go/cgw"
)

// Action is what was done to a gateway.
type Action string

// The actions.
const (
	Unchanged Action = "unchanged" // nothing was written
	Created   Action = "created"
	Updated   Action = "updated"
	Adopted   Action = "adopted"  // it has the owner tag now, and is as specified
	Replaced  Action = "replaced" // it was deleted and created again
	Deleted   Action = "deleted"  // by pruning
)

// Result says what was done, and which gateway is there now.
type Result struct {
	Action  Action      `json:"action"`
	Gateway cgw.Gateway `json:"gateway,omitzero"`  // as it is now; of one that was deleted, as it was
	Changes []Change    `json:"changes,omitempty"` // the fields that were changed; of a new gateway, its fields
}

// Gateway makes the gateway at spec.IPAddress be as specified: it creates it if there is none, and
// changes what differs. The second run writes nothing and returns Unchanged. Reading costs one
// List, and a second one if spec names a resource group in which there is no such gateway.
//
// A zero field of spec is not managed: the gateway keeps what it has. So it does, by default, with
// tags that spec does not name. AuthKey and ClientToken are only used to create: no cloud shows
// them. A field that the cloud cannot change is a [ReplaceError], unless opts.Replace allows to
// create the gateway again.
//
// A gateway without an owner tag or of another owner is an [OwnerError], unless opts allow to adopt
// it. Tags may become visible later than their gateway, as on Tencent Cloud: a gateway without an
// owner tag is read again for up to opts.Patience before it is refused, and before it is adopted if
// it is less than a minute old. Of several gateways at the address the owner's is taken, and the
// others are left alone.
//
// What is there is refused only for what would have to be written. A cloud that accepts a field and
// does not keep it is an error that satisfies [cgw.ErrUnsupported] and names the field. If the cloud
// has idempotency tokens, a gateway is not replaced for a field that its creation, by the same
// specification, did not bring.
//
// Gateway may be repeated after any error, also in another process. [Retryable] says whether that
// may help although nothing was changed.
//
// If the cloud has idempotency tokens and spec has none, the token is derived from owner,
// specification, provider and region (see [cgw.Located]): a program that crashed before it saw the
// gateway does not create a second one. A token may return a gateway that was deleted since, so the
// gateway is read back; one that is gone is created again with another token. If the gateway does
// not become visible within opts.Patience although its address is taken, the error has an unknown
// outcome, the ID and the ClientToken.
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
		return Result{}, refused(OpGateway, e.rules.Provider, err)
	}
	steps, _, err := e.plan(ctx, []cgw.CreateRequest{spec}, false, false)
	if err != nil {
		return Result{}, err
	}
	return e.do(ctx, steps[0], true)
}

// ensurer does the work for one Provisioner and one owner. What it reads of a run is in reads: a
// run has its own copy of the ensurer.
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
		return nil, refused(op, "", err)
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
	f := &cgw.Error{
		Op: e.op, Provider: e.rules.Provider, Region: g.Region,
		Kind: kind, Outcome: cgw.OutcomeNotApplied, ID: g.ID, Err: err,
	}
	if g.Provider != "" {
		f.Provider = g.Provider
	}
	return f
}

// locationOf returns where p is, as far as it says so.
func locationOf(p cgw.Provisioner) cgw.Location {
	if l, ok := cgw.As[cgw.Located](p); ok {
		return l.Location()
	}
	return cgw.Location{Provider: cgw.RulesOf(p).Provider}
}
