package tencent

import (
	"context"
	"errors"
	"log/slog"
	"time"

	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

// Create implements [cgw.Creator]. Tencent's API has no idempotency token: after an attempt
// whose outcome is not known, Create looks for a gateway at the address before it sends
// another, and takes one for its own only on proof: same name and ASN, made since the call
// began by the service's clock, to the second, and returned to no other call of p. Another
// program that creates the same address and name in that very second cannot be told apart.
func (p *Provisioner) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpCreate, "")
	if err := p.rules.Validate(req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	req.IPAddress = req.IPAddress.Unmap()
	claim, err := p.claims.Enter(ctx, req.IPAddress)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, call.Error(nil, cgw.OutcomeNotApplied, nil).WithContext(ctx))
	}
	defer p.claims.Leave(claim)
	g, err := p.create(ctx, call, req, claim)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	call.ID = g.ID
	if g = created(g, req); g.ASN != req.ASN {
		call.Warn(ctx, "cgw: the service did not confirm the ASN", slog.String("asked", req.ASN.String()), slog.String("confirmed", g.ASN.String()))
	}
	return g, nil
}

// create sends the create until it is settled.
func (p *Provisioner) create(ctx context.Context, call *attempt.Call, req cgw.CreateRequest, claim *attempt.Claim) (cgw.Gateway, error) {
	request := attempt.Request{Action: "CreateCustomerGateway", Write: true}
	for {
		g, err := p.createOnce(ctx, call, &request, req)
		if err == nil {
			claim.Take(g.ID)
			return g, nil
		}
		exists := errors.Is(err, cgw.ErrAlreadyExists)
		if !call.Unknown && !exists {
			return cgw.Gateway{}, err
		}
		found, whose, lookErr := p.holder(ctx, call, req)
		switch {
		case call.Unknown && whose == attempt.Ours && claim.Take(found.ID):
			return found, nil
		case found.ID != "":
			return cgw.Gateway{}, attempt.Taken(err, found.ID, call.Unknown && whose == attempt.Unproven)
		case exists, lookErr != nil, !call.Lost, !call.Again(ctx, &request):
			return cgw.Gateway{}, attempt.Ended(ctx, err)
		}
	}
}

// createOnce sends the create and repeats it only while that is safe without looking.
func (p *Provisioner) createOnce(ctx context.Context, call *attempt.Call, request *attempt.Request, req cgw.CreateRequest) (cgw.Gateway, error) {
	var resp *vpc.CreateCustomerGatewayResponse
	_, err := call.Send(ctx, request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		resp, err = client.CreateCustomerGatewayWithContext(ctx, createRequest(req))
		if err == nil && (resp.Response == nil || resp.Response.CustomerGateway == nil || value(resp.Response.CustomerGateway.CustomerGatewayId) == "") {
			return incomplete("the ID of a gateway")
		}
		return err
	})
	if err != nil {
		return cgw.Gateway{}, err
	}
	g := p.gateway(resp.Response.CustomerGateway, value(resp.Response.RequestId))
	if !g.IPAddress.IsValid() {
		g.IPAddress = req.IPAddress
	}
	return g, nil
}

// holder looks for the gateway at the address, with patience for reads that lag behind where
// there may be one that call made.
func (p *Provisioner) holder(ctx context.Context, call *attempt.Call, req cgw.CreateRequest) (found cgw.Gateway, is attempt.Whose, err error) {
	look := call.Aside()
	err = look.Patience(ctx, call.Unknown, func() (bool, error) {
		page, rec, err := p.page(ctx, look, query{address: req.IPAddress}, 0)
		if err != nil {
			return false, err
		}
		for _, g := range page.gateways {
			if g.IPAddress == req.IPAddress { // the service's filter may be wider than equality
				found, is = g, attempt.Proof(g, req, rec.Reply.ServerTime(), time.Since(call.Started()))
			}
		}
		return found.ID != "", nil
	})
	return found, is, err
}
