package attempt

import (
	"context"
	"errors"

	"github.com/cgw-go/cgw"
)

// Refuse is the error of a call whose arguments are wrong.
func (c *Call) Refuse(ctx context.Context, err error) error {
	return c.Fail(ctx, c.Error(cgw.ErrInvalidArgument, cgw.OutcomeNotApplied, err).WithContext(ctx))
}

// Aside returns a call for look-ups that explain c: what becomes of them leaves c as it is, and
// they share its time.
func (c *Call) Aside() *Call {
	return &Call{loop: c.loop, op: c.op, start: c.start, wrote: c.wrote, ID: c.ID, ClientToken: c.ClientToken}
}

// AfterWrite is the error of a call that fails after some, or all, of its writes were
// acknowledged.
func (c *Call) AfterWrite(err error) error {
	var e *cgw.Error
	if !c.Wrote || !errors.As(err, &e) {
		return err
	}
	w := *e
	w.Outcome = cgw.OutcomeUnknown
	if c.Done {
		w.Outcome = cgw.OutcomeApplied
	}
	return &w
}

// Ended returns the error with the context's own, if that has ended.
func Ended(ctx context.Context, err error) error {
	var e *cgw.Error
	if errors.As(err, &e) {
		return e.WithContext(ctx)
	}
	return err
}

// Conflicting adds what stands in the way to an error.
func Conflicting(err error, ids ...string) error {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.ConflictingIDs = ids
	return &c
}

// InUse adds the connections to an error that satisfies ErrInUse. That answer is definite: the
// gateway is there, whatever became of earlier attempts.
func InUse(err error, connections []string) error {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return err
	}
	u := *e
	u.ConflictingIDs, u.Outcome = connections, cgw.OutcomeNotApplied
	return &u
}

// CheckID returns nil, or a *cgw.ValidationError for an ID that cannot be one.
func CheckID(id string) error {
	if id != "" {
		return nil
	}
	return &cgw.ValidationError{Fields: []*cgw.FieldError{emptyID("ID")}}
}

func emptyID(field string) *cgw.FieldError {
	return &cgw.FieldError{Field: field, Reason: "must not be empty", Kind: cgw.ErrInvalidArgument}
}

// CheckUpdate returns nil, or a *cgw.ValidationError with what is wrong with an update.
func CheckUpdate(id string, rules cgw.Rules, req cgw.UpdateRequest) error {
	err := rules.ValidateUpdate(req)
	if id != "" {
		return err
	}
	v := &cgw.ValidationError{Fields: []*cgw.FieldError{emptyID("ID")}}
	var more *cgw.ValidationError
	if errors.As(err, &more) {
		v.Fields = append(v.Fields, more.Fields...)
	}
	return v
}

// CheckFilter returns nil, or a *cgw.ValidationError with what is wrong with a filter.
func CheckFilter(f cgw.Filter) error {
	for _, id := range f.IDs {
		if id == "" {
			return &cgw.ValidationError{Fields: []*cgw.FieldError{emptyID("IDs")}}
		}
	}
	return nil
}
