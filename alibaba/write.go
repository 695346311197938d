package alibaba

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

// Update implements [cgw.Updater]. Where the request names tags, the gateway is read first, for
// those to remove. It is read again after a write, for the result: the service's reply has
// neither ASN nor tags. A change of the AuthKey goes on at the service for a while after Update
// returns.
func (p *Provisioner) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpUpdate, id)
	if err := attempt.CheckUpdate(id, p.rules, req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	g, err := p.update(ctx, call, id, req)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, call.AfterWrite(err))
	}
	return g, nil
}

func (p *Provisioner) update(ctx context.Context, call *attempt.Call, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	modify := req.Name != nil || req.Description != nil || req.AuthKey != nil
	var tags map[string]string
	if !modify || req.Tags != nil {
		g, err := p.get(ctx, call, id)
		if err != nil {
			return cgw.Gateway{}, err
		}
		if same(g, req) {
			return g, nil
		}
		attributes := req
		attributes.Tags = nil
		modify = !same(g, attributes)
		tags = g.Tags
	}
	if modify {
		if err := p.modify(ctx, call, id, req); err != nil {
			return cgw.Gateway{}, err
		}
	}
	if req.Tags != nil {
		if err := p.changeTags(ctx, call, id, tags, req.Tags); err != nil {
			return cgw.Gateway{}, err
		}
	}
	call.Done = true
	g, err := p.get(ctx, call, id)
	if err != nil {
		return cgw.Gateway{}, err
	}
	// The service has acknowledged these; a read that lags behind does not take them back.
	if req.Name != nil {
		g.Name = *req.Name
	}
	if req.Description != nil {
		g.Description = *req.Description
	}
	if req.Tags != nil {
		g.Tags = nil
		if len(req.Tags) > 0 {
			g.Tags = maps.Clone(req.Tags)
		}
	}
	return g, nil
}

func (p *Provisioner) modify(ctx context.Context, call *attempt.Call, id string, req cgw.UpdateRequest) error {
	r := &vpc.ModifyCustomerGatewayAttributeRequest{
		RegionId: &p.region, CustomerGatewayId: &id, ClientToken: dara.String(rand.Text()),
		Name: req.Name, Description: req.Description,
	}
	if req.AuthKey != nil {
		r.AuthKey = dara.String(req.AuthKey.Reveal())
	}
	return p.write(ctx, call, "ModifyCustomerGatewayAttribute", func(ctx context.Context, client *vpc.Client) (string, error) {
		resp, err := client.ModifyCustomerGatewayAttributeWithContext(ctx, r, runtime())
		if err != nil || resp.Body == nil {
			return "", err
		}
		return value(resp.Body.RequestId), nil
	})
}

// Delete implements [cgw.Deleter]. A delete whose reply was lost, and whose gateway is then
// found to be gone, succeeded.
func (p *Provisioner) Delete(ctx context.Context, id string) error {
	call := p.loop.Start(cgw.OpDelete, id)
	if err := attempt.CheckID(id); err != nil {
		return call.Refuse(ctx, err)
	}
	token := rand.Text()
	err := p.write(ctx, call, "DeleteCustomerGateway", func(ctx context.Context, client *vpc.Client) (string, error) {
		resp, err := client.DeleteCustomerGatewayWithContext(ctx, &vpc.DeleteCustomerGatewayRequest{
			RegionId: &p.region, CustomerGatewayId: &id, ClientToken: &token,
		}, runtime())
		if err != nil || resp.Body == nil {
			return "", err
		}
		return value(resp.Body.RequestId), nil
	})
	switch {
	case errors.Is(err, cgw.ErrNotFound) && call.Unknown:
		return nil
	case errors.Is(err, cgw.ErrInUse):
		err = attempt.InUse(err, p.connections(ctx, call, id))
	}
	if err != nil {
		return call.Fail(ctx, err)
	}
	return nil
}

// connections returns the VPN connections of a gateway as far as they can be read: what fails
// here must not hide why it was asked.
func (p *Provisioner) connections(ctx context.Context, call *attempt.Call, id string) []string {
	var ids []string
	request := attempt.Request{Action: "DescribeVpnConnections", Repeatable: true}
	_, _ = call.Aside().Send(ctx, &request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		resp, err := client.DescribeVpnConnectionsWithContext(ctx, &vpc.DescribeVpnConnectionsRequest{
			RegionId: &p.region, CustomerGatewayId: &id, PageSize: dara.Int32(pageCap),
		}, runtime())
		if err != nil || resp.Body == nil || resp.Body.VpnConnections == nil {
			return err
		}
		ids = nil
		for _, c := range resp.Body.VpnConnections.VpnConnection {
			if c != nil && value(c.VpnConnectionId) != "" {
				ids = append(ids, *c.VpnConnectionId)
			}
		}
		return nil
	})
	return ids
}
