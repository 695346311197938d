package operation

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Create makes one gateway. It may send several requests.
func (e *Engine) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	if err := e.Limits.Validate(req); err != nil {
		return cgw.Gateway{}, refuse(ctx, e.Loop.Start(cgw.OpCreate, "", req.ClientToken), err)
	}
	if e.Traits.Tokens && req.ClientToken == "" {
		req.ClientToken = rand.Text()
	}
	call := e.Loop.Start(cgw.OpCreate, "", req.ClientToken)
	req.IPAddress = req.IPAddress.Unmap()
	claim, err := e.claims.enter(ctx, req.IPAddress)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, call.Error(nil, cgw.OutcomeNotApplied, nil))
	}
	defer claim.leave()
	c := creation{Engine: e, call: call, claim: claim, req: req}
	if _, err = call.Send(ctx, &attempt.Request{
		Action: e.Traits.Actions.Create, Write: true, Repeatable: e.Traits.Tokens, Try: c.try, Resolve: c.resolve,
	}); err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	if len(req.Tags) > 0 {
		e.recent.note(c.made.ID, cgw.UpdateRequest{Tags: req.Tags}) // they may become visible after the gateway
	}
	if c.made.ASN != req.ASN {
		call.Warn(ctx, "cgw: the service did not confirm the ASN", c.made.ID, slog.String("asked", req.ASN.String()), slog.String("confirmed", c.made.ASN.String()))
	}
	return c.made, nil
}

// creation is a create in progress.
type creation struct {
	*Engine
	call  *attempt.Call
	claim *claim
	req   cgw.CreateRequest
	made  cgw.Gateway // the result; set when it is known
}

// try sends the create once.
func (c *creation) try(ctx context.Context) error {
	g, err := c.Driver.Create(ctx, c.req)
	switch {
	case err != nil:
		return err
	case g.ID == "":
		return exchange.Incomplete("the ID of a gateway")
	}
	c.fill(ctx, &g)
	c.made = completed(g, c.req, c.Traits)
	c.claim.note(g.ID)
	return nil
}

// completed fills in the fields that the reply to a create lacks, from the request. It does not fill in
// the ASN if replies of this cloud confirm it.
func completed(g cgw.Gateway, req cgw.CreateRequest, t Traits) cgw.Gateway {
	if !g.IPAddress.IsValid() {
		g.IPAddress = req.IPAddress
	}
	if g.Name == "" {
		g.Name = req.Name
	}
	if g.Description == "" {
		g.Description = req.Description
	}
	if g.ASN == 0 && !t.ConfirmsASN {
		g.ASN = req.ASN
	}
	if g.ResourceGroupID == "" {
		g.ResourceGroupID = req.ResourceGroupID
	}
	if len(g.Tags) == 0 && len(req.Tags) > 0 {
		g.Tags = maps.Clone(req.Tags)
	}
	return g
}

// resolve is the Resolve of a create, see [attempt.Request]. If the cloud has no tokens, resolve looks
// for the gateway before every retry. That look is short if the service refuses a second gateway at an
// address. After such a refusal, or if no retry is left, resolve looks for a longer time: reads may lag
// behind writes.
func (c *creation) resolve(ctx context.Context, e *cgw.Error, again bool) (bool, error) {
	exists := errors.Is(e, cgw.ErrAlreadyExists)
	mismatch := errors.Is(e, cgw.ErrTokenMismatch)
	if !exists && !mismatch && (c.Traits.Tokens || !c.call.Unknown()) {
		return false, e
	}
	waits := c.Loop.Policy().MaxAttempts
	if exists {
		waits++ // there is a gateway, so one more read may show it
	}
	found, verdict, err := c.look(ctx, waits, again && c.Traits.UniqueAddresses)
	switch {
	case verdict == proven && c.claim.take(found.ID):
		c.made = found
		return true, nil
	case found.ID != "" && mismatch:
		conflict := *e
		conflict.ConflictingIDs = []string{found.ID}
		return false, conflict.WithContext(ctx)
	case found.ID != "":
		return false, taken(e, found.ID, c.call.Unknown() && verdict != madeBefore).WithContext(ctx)
	case exists, mismatch, err != nil:
		return false, e.WithContext(ctx) // return the error of the create, not the error of the look-up
	default:
		return false, nil
	}
}

// taken returns e as an ErrAlreadyExists that names the gateway at the address. If unknown is false,
// this call certainly did not make that gateway. Then the call made none, because an address has one
// gateway, and the outcome is OutcomeNotApplied. If unknown is true, the outcome is OutcomeUnknown.
func taken(e *cgw.Error, id string, unknown bool) *cgw.Error {
	t := *e
	t.Kind, t.Outcome, t.ConflictingIDs = cgw.ErrAlreadyExists, cgw.OutcomeNotApplied, []string{id}
	if unknown {
		t.Outcome = cgw.OutcomeUnknown
	}
	if t.Code == "" {
		t.Message = "the address was found to have the gateway " + id
	}
	return &t
}

// look reads the gateway at the address. If this call may have made the gateway, look also judges
// whether it did. Because reads may lag behind writes, it reads again up to waits times. If brief is set,
// it ends with the first read that shows nothing and that began MinBackoff or more after the look began.
func (c *creation) look(ctx context.Context, waits int, brief bool) (found cgw.Gateway, v verdict, err error) {
	unknown := c.call.Unknown()
	if !unknown {
		waits = 0
	}
	lookup, brieflyUntil := c.call.Lookup(), time.Now().Add(c.Loop.Policy().MinBackoff)
	err = lookup.Patience(ctx, waits, func() (bool, error) {
		g, read, err := c.at(ctx, lookup)
		if err != nil || g.ID == "" {
			return brief && !read.Began.Before(brieflyUntil), err
		}
		found = g
		if !unknown {
			return true, nil
		}
		var more bool
		v, more = prove(g, c.req, c.call.Wrote(), read)
		return !more, nil
	})
	return found, v, err
}

// at returns the gateway at the address, and the record of the read that showed it. If the call may have
// made the gateway, its tags are read too. If there is no gateway, the record is the record of the first
// read. If the request names a resource group, at reads that group first: some users may see only one
// group.
func (c *creation) at(ctx context.Context, call *attempt.Call) (found cgw.Gateway, read exchange.Record, err error) {
	filters := []cgw.Filter{{IPAddress: c.req.IPAddress}}
	if group := c.req.ResourceGroupID; group != "" {
		filters = []cgw.Filter{{IPAddress: c.req.IPAddress, ResourceGroupID: group}, filters[0]}
	}
	var first exchange.Record
	for _, f := range filters {
		err = c.pages(ctx, f, func() *attempt.Call { return call }, &read, func(rows []cgw.Gateway) (bool, error) {
			if first.Began.IsZero() {
				first = read
			}
			for i, g := range rows {
				if g.IPAddress != c.req.IPAddress { // the service's filter may also match other addresses
					continue
				}
				if c.call.Unknown() {
					if err := c.addTags(ctx, call, rows[i:i+1]); err != nil {
						return false, err
					}
				}
				found = rows[i]
				return false, nil
			}
			return true, nil
		})
		if err != nil || found.ID != "" {
			return found, read, err
		}
		if first.Began.IsZero() { // the service answered "not found", so the function above was not called
			first = read
		}
	}
	return found, first, nil
}
