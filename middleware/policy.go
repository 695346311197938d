package middleware

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
)

// Policy says what names and tags gateways may have, beyond what the cloud asks. The zero
// Policy allows everything.
type Policy struct {
	// Name must match the name of a gateway somewhere: use ^ and $ for the whole of it. Nil:
	// any name.
	Name *regexp.Regexp
	// RequiredTags are the keys of tags that a gateway must have, with a value that is not empty.
	RequiredTags []string
	// Create and Update see what passed the rules above; their error refuses the request. Nil:
	// all are allowed.
	Create func(cgw.CreateRequest) error
	Update func(id string, req cgw.UpdateRequest) error
}

// WithPolicy returns a Provisioner that refuses a Create or an Update against the policy before
// anything is sent, with an [*Error] that satisfies [ErrInvalidArgument] and holds a
// [*ValidationError] that names the fields, or the error of the policy's own function. An
// Update is judged by what it names: tags that it leaves as they are are not asked for.
func WithPolicy(p cgw.Provisioner, policy Policy) cgw.Provisioner {
	policy.RequiredTags = slices.Sorted(slices.Values(policy.RequiredTags))
	return guarded{wrapped{p}, policy}
}

type guarded struct {
	wrapped
	policy Policy
}

func (g guarded) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	err := g.policy.check(&req.Name, orEmpty(req.Tags))
	if err == nil && g.policy.Create != nil {
		err = g.policy.Create(req)
	}
	if err != nil {
		return cgw.Gateway{}, g.refuse(ctx, &cgw.Error{Op: cgw.OpCreate, ClientToken: req.ClientToken, Err: err})
	}
	return g.Provisioner.Create(ctx, req)
}

func (g guarded) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	err := g.policy.check(req.Name, req.Tags)
	if err == nil && g.policy.Update != nil {
		err = g.policy.Update(id, req)
	}
	if err != nil {
		return cgw.Gateway{}, g.refuse(ctx, &cgw.Error{Op: cgw.OpUpdate, ID: id, Err: err})
	}
	return g.Provisioner.Update(ctx, id, req)
}

func (g guarded) refuse(ctx context.Context, e *cgw.Error) error {
	e.Provider, e.Kind, e.Outcome = g.Rules().Provider, cgw.ErrInvalidArgument, cgw.OutcomeNotApplied
	return e.WithContext(ctx)
}

// check judges a name and tags; nil ones are not there to be judged.
func (p Policy) check(name *string, tags map[string]string) error {
	var f cgw.ValidationError
	if name != nil && p.Name != nil && !p.Name.MatchString(*name) {
		f.Add("Name", *name, "must match "+strconv.Quote(p.Name.String()), "policy", cgw.ErrInvalidName)
	}
	if tags != nil {
		for _, k := range p.RequiredTags {
			if tags[k] == "" {
				f.Add("Tags", k, "is required", "policy", cgw.ErrInvalidTag)
			}
		}
	}
	return f.Err()
}

func orEmpty(tags map[string]string) map[string]string {
	if tags == nil {
		return map[string]string{}
	}
	return tags
}
