package attempt

import (
	"errors"
	"time"

	"github.com/cgw-go/cgw"
)

// Whose says what is known of the gateway that holds the address of a create.
type Whose uint8

const (
	Foreign  Whose = iota // it differs, or was there before the call began
	Ours                  // it can only be what the call made, but for the limits that Create names
	Unproven              // it fits, but the service did not tell its clock, or not the ASN
)

// Proof judges a gateway at the address of a request whose call began so long before the
// service's clock showed now.
func Proof(g cgw.Gateway, req cgw.CreateRequest, now time.Time, since time.Duration) Whose {
	switch {
	case g.Name != req.Name, g.Description != req.Description, g.ASN != req.ASN && g.ASN != 0,
		req.ResourceGroupID != "" && g.ResourceGroupID != req.ResourceGroupID:
		return Foreign
	case now.IsZero() || g.CreatedAt.IsZero():
		return Unproven
	case g.CreatedAt.Before(now.Add(-since).Truncate(time.Second)):
		return Foreign
	case g.ASN != req.ASN:
		return Unproven // a service that has no ASNs may have dropped ours
	default:
		return Ours
	}
}

// Taken turns the error of a create into one that names the gateway at the address. Since an
// address has one gateway, and this one is another's, the call made none, unless that is in
// doubt.
func Taken(err error, id string, doubt bool) error {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return err
	}
	t := *e
	t.Kind, t.Outcome, t.ConflictingIDs = cgw.ErrAlreadyExists, cgw.OutcomeNotApplied, []string{id}
	if doubt {
		t.Outcome = cgw.OutcomeUnknown
	}
	return &t
}
