package attempt

import (
	"errors"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Whose says what is known of the gateway that holds the address of a create.
type Whose uint8

const (
	// Unproven is a gateway that may be what the call made, or not.
	Unproven Whose = iota
	// Foreign is one that differs, and was there before the call sent anything.
	Foreign
	// Ours is one that can only be what the call made, but for the limits that Create names.
	Ours
)

// Proof judges a gateway at the address of a create, as a look showed it, tags included. again
// says that a further look may tell more.
//
// The service's clock is known to the second, from the reply of the look, which it was told at
// some time between request and reply. What that leaves open is not taken for proof, and neither
// is a difference alone: a service may have its own form of a name, or of a time.
func (c *Call) Proof(g cgw.Gateway, req cgw.CreateRequest, look exchange.Record) (is Whose, again bool) {
	now := look.Reply.ServerTime()
	dated := !now.IsZero() && !g.CreatedAt.IsZero()
	wrote := now.Add(-look.Began.Sub(c.wrote)) // the service's time of our first write, if the reply was made at once
	newer := dated && !g.CreatedAt.Before(wrote.Truncate(time.Second))
	older := dated && g.CreatedAt.Before(wrote.Add(-look.Ended.Sub(look.Began)).Truncate(time.Second))
	switch {
	case differs(g, req):
		if older {
			return Foreign, false
		}
		return Unproven, false
	case older:
		return Unproven, false
	case !newer, incomplete(g, req):
		return Unproven, true
	default:
		return Ours, false
	}
}

// differs reports whether g has something else than req asked for.
func differs(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k, v := range req.Tags {
		if have, ok := g.Tags[k]; ok && have != v {
			return true
		}
	}
	return g.Name != req.Name || g.Description != req.Description || (g.ASN != req.ASN && g.ASN != 0) ||
		(req.ResourceGroupID != "" && g.ResourceGroupID != req.ResourceGroupID)
}

// incomplete reports whether g lacks something that req asked for. Tags may be shown late, and a
// site without ASNs may have dropped ours.
func incomplete(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k := range req.Tags {
		if _, ok := g.Tags[k]; !ok {
			return true
		}
	}
	return g.ASN != req.ASN
}

// Taken turns the error of a create into one that names the gateway at the address. Where that
// is certainly another's, and an address has one gateway, the call made none.
func (c *Call) Taken(err error, id string, is Whose) error {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return err
	}
	t := *e
	t.Kind, t.Outcome, t.ConflictingIDs = cgw.ErrAlreadyExists, cgw.OutcomeNotApplied, []string{id}
	if c.Unknown && is != Foreign {
		t.Outcome = cgw.OutcomeUnknown
	}
	if t.Code == "" {
		t.Message = "the address was found to have the gateway " + id
	}
	return &t
}
