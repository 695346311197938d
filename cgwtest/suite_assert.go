package cgwtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
)

// wellFormed reports faults that a Gateway of no operation may have.
func (s *session) wellFormed(op string, g cgw.Gateway) {
	if g.ID == "" {
		s.errorf("%s: Gateway.ID is empty", op)
	}
	s.hasLocation(op, g.Provider, g.Region)
	if !g.IPAddress.Is4() {
		s.errorf("%s: Gateway.IPAddress is %v, want an IPv4 address that is not mapped", op, g.IPAddress)
	}
	if g.Tags != nil && len(g.Tags) == 0 {
		s.errorf("%s: Gateway.Tags is empty and not nil", op)
	}
	if loc := g.CreatedAt.Location(); loc != time.UTC {
		s.errorf("%s: Gateway.CreatedAt is in %v, want UTC", op, loc)
	}
	if g.RequestID == "" {
		s.errorf("%s: Gateway.RequestID is empty", op)
	}
}

// hasLocation reports a provider and region that are not those of the Provisioner.
func (s *session) hasLocation(op string, provider cgw.Provider, region string) {
	if want := s.h.Rules.Provider; provider == "" || (want != "" && provider != want) {
		s.errorf("%s: Provider is %q, want %q", op, provider, want)
	}
	s.mu.Lock()
	if s.region == "" {
		s.region = region
	}
	want := s.region
	s.mu.Unlock()
	if region == "" || region != want {
		s.errorf("%s: Region is %q, want %q", op, region, want)
	}
}

// matches reports the fields of a gateway that are not as requested.
func (s *session) matches(op string, g cgw.Gateway, req cgw.CreateRequest) {
	s.wellFormed(op, g)
	want := g
	want.IPAddress = req.IPAddress.Unmap()
	want.Name, want.Description, want.ASN, want.Tags = req.Name, req.Description, req.ASN, req.Tags
	if req.ResourceGroupID != "" { // else the service chooses it
		want.ResourceGroupID = req.ResourceGroupID
	}
	s.same(op, g, want)
}

// same reports where two readings of one gateway differ. A resource group that the service chose
// need not be in the reply to a Create.
func (s *session) same(op string, got, want cgw.Gateway) {
	if want.ResourceGroupID == "" {
		got.ResourceGroupID = ""
	}
	if got.Equal(want) {
		return
	}
	s.errorf("%s: %s", op, difference(got, want))
}

func difference(got, want cgw.Gateway) string {
	var d []string
	add := func(field string, g, w any) { d = append(d, fmt.Sprintf("%s is %q, want %q", field, g, w)) }
	for _, f := range []struct {
		name      string
		got, want string
	}{
		{"Provider", string(got.Provider), string(want.Provider)}, {"Region", got.Region, want.Region},
		{"ID", got.ID, want.ID}, {"Name", got.Name, want.Name}, {"Description", got.Description, want.Description},
		{"IPAddress", got.IPAddress.String(), want.IPAddress.String()}, {"ASN", got.ASN.String(), want.ASN.String()},
		{"ResourceGroupID", got.ResourceGroupID, want.ResourceGroupID},
	} {
		if f.got != f.want {
			add(f.name, f.got, f.want)
		}
	}
	if !got.CreatedAt.Equal(want.CreatedAt) {
		add("CreatedAt", got.CreatedAt.Format(time.RFC3339Nano), want.CreatedAt.Format(time.RFC3339Nano))
	}
	if !maps.Equal(got.Tags, want.Tags) {
		add("Tags", got.Tags, want.Tags)
	}
	if d == nil {
		return "Equal is false, and no field differs"
	}
	return strings.Join(d, "; ")
}

// zeroGateway reports a Gateway that is not zero although there is an error.
func (s *session) zeroGateway(op string, g cgw.Gateway) {
	if !g.Equal(cgw.Gateway{}) || g.RequestID != "" {
		s.errorf("%s: an error comes with %+v, want a zero Gateway", op, g)
	}
}

// failed reports faults that an error of no operation may have, and returns the *cgw.Error; nil if
// there is none.
func (s *session) failed(op string, err error) *cgw.Error {
	if err == nil {
		s.errorf("%s: no error, want one", op)
		return nil
	}
	e, ok := err.(*cgw.Error) //nolint:errorlint // the contract is about the outermost error
	if !ok || e == nil {
		s.errorf("%s: the error is a %T, want a *cgw.Error: %v", op, err, err)
		return nil
	}
	if e.Op != op {
		s.errorf("%s: Error.Op is %q", op, e.Op)
	}
	s.hasLocation(op, e.Provider, e.Region)
	if faultsOf(err) == nil && slices.ContainsFunc(textsOf(err), func(t string) bool { return strings.Contains(t, "://") }) {
		s.errorf("%s: the error, or one in its tree, shows a URL: %q", op, textsOf(err))
	}
	if e.Kind == cgw.ErrOutcomeUnknown { //nolint:errorlint // a Kind is a bare sentinel
		s.errorf("%s: Error.Kind is ErrOutcomeUnknown, which is an Outcome and never a Kind", op)
	}
	return e
}

// refused reports an error that is not of this Kind, or does not say that nothing was done.
func (s *session) refused(op string, err, kind error) *cgw.Error {
	e := s.failed(op, err)
	if e == nil {
		return nil
	}
	if !errors.Is(err, kind) || !errors.Is(e.Kind, kind) {
		s.errorf("%s: the error's Kind is %v, want %q: %v", op, e.Kind, kind, err)
	}
	if e.Outcome != cgw.OutcomeNotApplied {
		s.errorf("%s: Error.Outcome is %q, want %q: %v", op, e.Outcome, cgw.OutcomeNotApplied, err)
	}
	if cgw.IsRetryable(err) {
		s.errorf("%s: the error is retryable, although the same call fails again: %v", op, err)
	}
	return e
}

// hasID reports an error that does not name the gateway.
func (s *session) hasID(e *cgw.Error, id string) {
	if e != nil && e.ID != id {
		s.errorf("%s: Error.ID is %q, want %q", e.Op, e.ID, id)
	}
}

// refusedAsInvalid reports an error that is not a refusal of an invalid request with these faults.
func (s *session) refusedAsInvalid(op string, err error, want ...*cgw.FieldError) {
	e := s.refused(op, err, cgw.ErrInvalidArgument)
	if e == nil {
		return
	}
	if !errors.Is(e.Err, cgw.ErrInvalidArgument) || len(faultsOf(e.Err)) == 0 {
		s.errorf("%s: Error.Err is %#v, want a *cgw.ValidationError with Fields", op, e.Err)
		return
	}
	if got, want := outline(faultsOf(err)), outline(want); got != want {
		s.errorf("%s: the faults found are [%s], want [%s]", op, got, want)
	}
	for _, f := range want {
		if !errors.Is(err, f.Kind) {
			s.errorf("%s: errors.Is is false for %q: %v", op, f.Kind, err)
		}
	}
	for _, f := range faultsOf(err) {
		if f.Reason == "" {
			s.errorf("%s: the FieldError of %s has no Reason", op, f.Field)
		}
	}
}

// faultsOf returns the faults of the *cgw.ValidationError in err's tree.
func faultsOf(err error) []*cgw.FieldError {
	var v *cgw.ValidationError
	if errors.As(err, &v) && v != nil {
		return v.Fields
	}
	return nil
}

// outline returns the fields and kinds of faults in their order. Several of one kind in one field
// count as one: an implementation may report one fault for each rule, or one for each field.
func outline(faults []*cgw.FieldError) string {
	var parts []string
	for _, f := range faults {
		part := fmt.Sprintf("%s: %v", f.Field, f.Kind)
		if len(parts) == 0 || parts[len(parts)-1] != part {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// showUpdate returns the values that the pointers of an UpdateRequest point to.
func showUpdate(req cgw.UpdateRequest) string {
	var parts []string
	if req.Name != nil {
		parts = append(parts, fmt.Sprintf("Name: %q", *req.Name))
	}
	if req.Description != nil {
		parts = append(parts, fmt.Sprintf("Description: %q", *req.Description))
	}
	if req.ASN != nil {
		parts = append(parts, fmt.Sprintf("ASN: %v", *req.ASN))
	}
	if req.AuthKey != nil {
		parts = append(parts, fmt.Sprintf("AuthKey: %q", *req.AuthKey))
	}
	if req.Tags != nil {
		parts = append(parts, fmt.Sprintf("Tags: %q", req.Tags))
	}
	return "{" + strings.Join(parts, " ") + "}"
}
