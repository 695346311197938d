package tencent

import (
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/lenient"
	"github.com/cgw-go/cgw/internal/operation"
)

// These types have the fields of the replies that cgw uses. Any field may be missing.

type acknowledgement struct {
	RequestID lenient.Text `json:"RequestId"`
}

type gatewayFields struct {
	ID          lenient.Text `json:"CustomerGatewayId"`
	Name        lenient.Text `json:"CustomerGatewayName"`
	IPAddress   lenient.Text `json:"IpAddress"`
	ASN         lenient.ASN  `json:"BgpAsn"`
	CreatedTime lenient.Text
}

type createReply struct {
	acknowledgement
	CustomerGateway gatewayFields
}

type listReply struct {
	acknowledgement
	CustomerGatewaySet []gatewayFields
	TotalCount         lenient.Number
}

type connectionsReply struct {
	VpnConnectionSet []struct {
		ID lenient.Text `json:"VpnConnectionId"`
	}
}

type tagsReply struct {
	acknowledgement
	TotalCount lenient.Number
	Limit      lenient.Number // the one that the service used
	Tags       []struct {
		TagKey, TagValue, Category lenient.Text
		ResourceID                 lenient.Text `json:"ResourceId"`
	}
}

// gateway returns the gateway of a reply. It has no tags: they are in another service.
func (d *driver) gateway(f *gatewayFields, requestID lenient.Text) cgw.Gateway {
	ip, _ := netip.ParseAddr(string(f.IPAddress)) // a malformed address gives the zero Addr
	return cgw.Gateway{
		Provider: cgw.Tencent, Region: d.region, ID: string(f.ID), Name: string(f.Name),
		IPAddress: ip.Unmap(), ASN: cgw.ASN(f.ASN), CreatedAt: createdAt(string(f.CreatedTime)), RequestID: string(requestID),
	}
}

// page returns the page of a reply. An incomplete reply is an error: a gateway that is missing in
// it must not look deleted.
func (d *driver) page(r *listReply) (operation.Page, error) {
	if r.RequestID == "" || !r.TotalCount.Known && r.CustomerGatewaySet == nil {
		return operation.Page{}, exchange.Incomplete("the list of gateways")
	}
	page := operation.Page{Gateways: make([]cgw.Gateway, len(r.CustomerGatewaySet)), Total: r.TotalCount.Count()}
	for i := range r.CustomerGatewaySet {
		f := &r.CustomerGatewaySet[i]
		if f.ID == "" {
			return operation.Page{}, exchange.Incomplete("the ID of a gateway")
		}
		page.Gateways[i] = d.gateway(f, r.RequestID)
	}
	return page, nil
}
