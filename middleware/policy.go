package middleware

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
)

// Policy says what names and tags gateways may have, beyond the rules of the cloud. The zero Policy
// allows everything.
type Policy struct {
	// Name must match some part of the name of a gateway: use ^ and $ for the whole. Nil: any name.
	Name *regexp.Regexp
	// RequiredTags are the keys of tags that a gateway must have, with a value that is not empty.
	RequiredTags []string
	// Create is called for requests that pass Name and RequiredTags. If it returns an error, the
	// request is refused with that error. It must send nothing, and be safe for concurrent use. Nil:
	// not called.
	Create func(cgw.CreateRequest) error
	// Update is like Create, for updates.
	Update func(id string, req cgw.UpdateRequest) error
}

// WithPolicy returns a Provisioner that refuses a Create or an Update against the policy before
// anything is sent. The error is an [*cgw.Error] that satisfies [cgw.ErrInvalidArgument] and holds a
// [*cgw.ValidationError] that names the fields, or the error of the policy's own function. Of an
// Update only the fields that it changes are checked.
//
// It is a [cgw.Checker], so plans know the policy. It also asks the Checker that it wraps.
func WithPolicy(p cgw.Provisioner, policy Policy) cgw.Provisioner {
	policy.RequiredTags = slices.Compact(slices.Sorted(slices.Values(policy.RequiredTags)))
	return guarded{wrapped{p}, policy}
}

type guarded struct {
	wrapped
	policy Policy
}

func (g guarded) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	if err := g.checkCreate(req); err != nil {
		return cgw.Gateway{}, err.WithContext(ctx)
	}
	return g.Provisioner.Create(ctx, req)
}

func (g guarded) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	if err := g.checkUpdate(id, req); err != nil {
		return cgw.Gateway{}, err.WithContext(ctx)
	}
	return g.Provisioner.Update(ctx, id, req)
}

// CheckCreate implements [cgw.Checker].
func (g guarded) CheckCreate(req cgw.CreateRequest) error {
	if err := g.checkCreate(req); err != nil {
		return err
	}
	return g.wrapped.CheckCreate(req)
}

// CheckUpdate implements [cgw.Checker].
func (g guarded) CheckUpdate(id string, req cgw.UpdateRequest) error {
	if err := g.checkUpdate(id, req); err != nil {
		return err
	}
	return g.wrapped.CheckUpdate(id, req)
}

func (g guarded) checkCreate(req cgw.CreateRequest) *cgw.Error {
	err := g.policy.check(&req.Name, orEmpty(req.Tags))
	if err == nil && g.policy.Create != nil {
		err = g.policy.Create(req)
	}
	if err == nil {
		return nil
	}
	return g.refuse(cgw.ErrInvalidArgument, &cgw.Error{Op: cgw.OpCreate, ClientToken: req.ClientToken, Err: err})
}

func (g guarded) checkUpdate(id string, req cgw.UpdateRequest) *cgw.Error {
	err := g.policy.check(req.Name, req.Tags)
	if err == nil && g.policy.Update != nil {
		err = g.policy.Update(id, req)
	}
	if err == nil {
		return nil
	}
	return g.refuse(cgw.ErrInvalidArgument, &cgw.Error{Op: cgw.OpUpdate, ID: id, Err: err})
}

// check checks a name and tags; nil: there is none to check.
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
