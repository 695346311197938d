package alibaba

import (
	"context"
	"crypto/rand"
	"errors"

	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// codeMismatch are the codes of a token that was used with other parameters.
var codeMismatch = [...]string{"IdempotentParameterMismatch", "InvalidIdempotenceParameter.Mismatch"}

// Create implements [cgw.Creator]. Every attempt of one call carries the same ClientToken, so
// the service makes one gateway however often it is asked. Where it answers all the same that
// the address is taken, or the token used, after an attempt whose outcome is not known, Create
// looks, and takes the gateway at the address for its own only on proof: same name,
// description, ASN, tags and group, made since the first attempt was sent by the service's
// clock, to the second, and returned to no other call of p. Another program that creates the
// same while the call goes on, or up to two seconds before, cannot be told apart.
func (p *Provisioner) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpCreate, "")
	call.ClientToken = req.ClientToken
	if err := p.rules.Validate(req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	req.IPAddress = req.IPAddress.Unmap()
	if req.ClientToken == "" {
		req.ClientToken = rand.Text()
		call.ClientToken = req.ClientToken
	}
	claim, err := p.claims.Enter(ctx, req.IPAddress)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, call.Error(nil, cgw.OutcomeNotApplied, nil).WithContext(ctx))
	}
	defer claim.Leave()
	g, err := p.create(ctx, call, req, claim)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	return g, nil
}

// create sends the create until it is settled.
func (p *Provisioner) create(ctx context.Context, call *attempt.Call, req cgw.CreateRequest, claim *attempt.Claim) (cgw.Gateway, error) {
	g, err := p.createOnce(ctx, call, req)
	if err == nil {
		claim.Note(g.ID)
		return g, nil
	}
	exists, mismatch := errors.Is(err, cgw.ErrAlreadyExists), mismatched(err)
	if !exists && !mismatch {
		return cgw.Gateway{}, err
	}
	found, is, _ := p.holder(ctx, call, req)
	switch {
	case is == attempt.Ours && claim.Take(found.ID):
		return found, nil
	case found.ID != "" && exists:
		return cgw.Gateway{}, call.Taken(err, found.ID, is)
	case found.ID != "":
		err = attempt.Conflicting(err, found.ID)
	}
	return cgw.Gateway{}, attempt.Ended(ctx, err)
}

// mismatched reports whether the token was used with other parameters.
func mismatched(err error) bool {
	var e *cgw.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == codeMismatch[0] || e.Code == codeMismatch[1]
}

// createOnce sends the create and repeats it with the same token.
func (p *Provisioner) createOnce(ctx context.Context, call *attempt.Call, req cgw.CreateRequest) (cgw.Gateway, error) {
	var body *vpc.CreateCustomerGatewayResponseBody
	request := attempt.Request{Action: "CreateCustomerGateway", Write: true, Repeatable: true}
	_, err := call.Send(ctx, &request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		resp, err := client.CreateCustomerGatewayWithContext(ctx, createRequest(p.region, req), runtime())
		if err != nil {
			return err
		}
		if body = resp.Body; body == nil || value(body.CustomerGatewayId) == "" {
			return exchange.Incomplete("the ID of a gateway")
		}
		return nil
	})
	if err != nil {
		return cgw.Gateway{}, err
	}
	return p.created(body, req), nil
}

// holder looks for the gateway at the address, for which the service has no filter, and, where
// call may have made it, judges it, with patience for reads that lag behind.
func (p *Provisioner) holder(ctx context.Context, call *attempt.Call, req cgw.CreateRequest) (found cgw.Gateway, is attempt.Whose, err error) {
	look := call.Aside()
	err = look.Patience(ctx, call.Unknown, func() (bool, error) {
		for n, read := int32(1), 0; ; n++ {
			pg, rec, err := p.page(ctx, look, query{}, n)
			if err != nil {
				return false, err
			}
			for _, g := range pg.gateways {
				if g.IPAddress != req.IPAddress {
					continue
				}
				found = g
				if !call.Unknown {
					return true, nil
				}
				var again bool
				is, again = look.Proof(found, req, rec)
				return !again, nil
			}
			read += len(pg.gateways)
			if len(pg.gateways) == 0 || read >= pg.total {
				return false, nil
			}
		}
	})
	return found, is, err
}
