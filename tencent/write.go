package tencent

import (
	"context"
	"errors"
	"log/slog"
	"maps"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Update implements [cgw.Updater]. The service's Modify wants the name, and its tag service the
// tags to remove: where the request does not name the name, or names tags, the gateway is read
// first, and a name that another program changes in between is changed back. It is read again
// after a write, for the result.
func (p *Provisioner) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpUpdate, id)
	if err := attempt.CheckUpdate(id, p.rules, req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	g, err := p.update(ctx, call, id, req)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, call.AfterWrite(noBGP(err, value(req.ASN))))
	}
	return g, nil
}

func (p *Provisioner) update(ctx context.Context, call *attempt.Call, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	name, modify := req.Name, req.Name != nil || req.ASN != nil
	var tags map[string]string
	if !modify || name == nil || req.Tags != nil {
		g, err := p.get(ctx, call, id)
		if err != nil {
			return cgw.Gateway{}, err
		}
		if same(g, req) {
			return g, nil
		}
		if name == nil {
			name = &g.Name
		}
		modify = *name != g.Name || (req.ASN != nil && *req.ASN != g.ASN)
		tags = g.Tags
	}
	if modify {
		if err := p.modify(ctx, call, id, *name, req.ASN); err != nil {
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
	g.Name = *name
	if req.Tags != nil {
		g.Tags = nil
		if len(req.Tags) > 0 {
			g.Tags = maps.Clone(req.Tags)
		}
	}
	if req.ASN != nil && g.ASN != *req.ASN {
		call.Warn(ctx, "cgw: the service does not show the ASN that it accepted", slog.String("asked", req.ASN.String()), slog.String("shown", g.ASN.String()))
		g.ASN = 0 // neither is confirmed
	}
	return g, nil
}

// same reports whether g is already as req wants it.
func same(g cgw.Gateway, req cgw.UpdateRequest) bool {
	return (req.Name == nil || *req.Name == g.Name) && (req.ASN == nil || *req.ASN == g.ASN) &&
		(req.Tags == nil || maps.Equal(req.Tags, g.Tags))
}

func (p *Provisioner) modify(ctx context.Context, call *attempt.Call, id, name string, asn *cgw.ASN) error {
	request := attempt.Request{Action: "ModifyCustomerGatewayAttribute", Write: true, Repeatable: true}
	_, err := call.Send(ctx, &request, func(ctx context.Context) error {
		r := vpc.NewModifyCustomerGatewayAttributeRequest()
		r.CustomerGatewayId, r.CustomerGatewayName = &id, &name
		if asn != nil {
			r.BgpAsn = common.Uint64Ptr(uint64(*asn))
		}
		reply, err := send[vpc.ModifyCustomerGatewayAttributeResponseParams](ctx, p, r)
		if err == nil && value(reply.RequestId) == "" {
			return exchange.Incomplete("a request ID")
		}
		return err
	})
	if err == nil {
		call.Wrote = true
	}
	return err
}

// Delete implements [cgw.Deleter]. A delete whose reply was lost, and whose gateway is then
// found to be gone, succeeded.
func (p *Provisioner) Delete(ctx context.Context, id string) error {
	call := p.loop.Start(cgw.OpDelete, id)
	if err := attempt.CheckID(id); err != nil {
		return call.Refuse(ctx, err)
	}
	request := attempt.Request{Action: "DeleteCustomerGateway", Write: true, Repeatable: true}
	_, err := call.Send(ctx, &request, func(ctx context.Context) error {
		r := vpc.NewDeleteCustomerGatewayRequest()
		r.CustomerGatewayId = &id
		reply, err := send[vpc.DeleteCustomerGatewayResponseParams](ctx, p, r)
		if err == nil && value(reply.RequestId) == "" {
			return exchange.Incomplete("a request ID")
		}
		return err
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
		r := vpc.NewDescribeVpnConnectionsRequest()
		r.Filters = []*vpc.Filter{{Name: common.StringPtr("customer-gateway-id"), Values: []*string{&id}}}
		r.Limit = common.Uint64Ptr(pageCap)
		reply, err := send[vpc.DescribeVpnConnectionsResponseParams](ctx, p, r)
		if err != nil {
			return err
		}
		ids = nil
		for _, c := range reply.VpnConnectionSet {
			if c != nil && value(c.VpnConnectionId) != "" {
				ids = append(ids, *c.VpnConnectionId)
			}
		}
		return nil
	})
	return ids
}
