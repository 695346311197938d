package tencent

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Create implements [cgw.Creator]. Tencent's API has no idempotency token: after an attempt
// whose outcome is not known, Create looks for a gateway at the address before it sends
// another, and takes one for its own only on proof: same name, ASN and tags, made since the
// first attempt was sent by the service's clock, to the second, and returned to no other call
// of p. Another program that creates the same while the call goes on, or up to two seconds
// before, cannot be told apart.
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
	defer claim.Leave()
	g, err := p.create(ctx, call, req, claim)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	call.ID = g.ID
	if g.ASN != req.ASN {
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
			claim.Note(g.ID)
			return g, nil
		}
		exists := errors.Is(err, cgw.ErrAlreadyExists)
		if !call.Unknown && !exists {
			return cgw.Gateway{}, noBGP(err, req.ASN)
		}
		found, is, lookErr := p.holder(ctx, call, req)
		switch {
		case is == attempt.Ours && claim.Take(found.ID):
			return found, nil
		case found.ID != "":
			return cgw.Gateway{}, call.Taken(err, found.ID, is)
		case exists, lookErr != nil, !call.Lost, !call.Again(ctx, &request):
			return cgw.Gateway{}, attempt.Ended(ctx, err)
		}
	}
}

// createOnce sends the create and repeats it only while that is safe without looking.
func (p *Provisioner) createOnce(ctx context.Context, call *attempt.Call, request *attempt.Request, req cgw.CreateRequest) (cgw.Gateway, error) {
	var reply *vpc.CreateCustomerGatewayResponseParams
	_, err := call.Send(ctx, request, func(ctx context.Context) (err error) {
		reply, err = send[vpc.CreateCustomerGatewayResponseParams](ctx, p, createRequest(req))
		if err == nil && (reply.CustomerGateway == nil || value(reply.CustomerGateway.CustomerGatewayId) == "") {
			return exchange.Incomplete("the ID of a gateway")
		}
		return err
	})
	if err != nil {
		return cgw.Gateway{}, err
	}
	return created(p.gateway(reply.CustomerGateway, value(reply.RequestId)), req), nil
}

// noBGP turns the error of a site whose API has no ASN into one that says so.
func noBGP(err error, asn cgw.ASN) error {
	var e *cgw.Error
	if asn == 0 || !errors.As(err, &e) || e.Code != "UnknownParameter" || !strings.Contains(e.Message, "BgpAsn") {
		return err
	}
	u := *e
	u.Kind = cgw.ErrUnsupported
	return &u
}

// holder looks for the gateway at the address and, where call may have made it, judges it, with
// patience for reads that lag behind.
func (p *Provisioner) holder(ctx context.Context, call *attempt.Call, req cgw.CreateRequest) (found cgw.Gateway, is attempt.Whose, err error) {
	look := call.Aside()
	err = look.Patience(ctx, call.Unknown, func() (bool, error) {
		page, rec, err := p.page(ctx, look, query{address: req.IPAddress}, 0)
		if err != nil {
			return false, err
		}
		for i, g := range page.gateways {
			if g.IPAddress != req.IPAddress {
				continue // the service's filter may be wider than equality
			}
			found = g
			if !call.Unknown {
				return true, nil
			}
			if err := p.addTags(ctx, look, page.gateways[i:i+1]); err != nil {
				return false, err
			}
			var again bool
			found = page.gateways[i]
			is, again = look.Proof(found, req, rec)
			return !again, nil
		}
		return false, nil
	})
	return found, is, err
}
