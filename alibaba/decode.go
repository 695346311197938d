package alibaba

import (
	"net/netip"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/lenient"
	"github.com/cgw-go/cgw/internal/operation"
)

// These types have the fields of the replies that cgw uses. Any field may be missing.

type acknowledgement struct {
	RequestID lenient.Text `json:"RequestId"`
}

// gatewayFields leave out the AuthKey, which the service returns in plain text.
type gatewayFields struct {
	ID              lenient.Text `json:"CustomerGatewayId"`
	Name            lenient.Text
	Description     lenient.Text
	IPAddress       lenient.Text `json:"IpAddress"`
	ASN             lenient.ASN  `json:"Asn"`
	ResourceGroupID lenient.Text `json:"ResourceGroupId"`
	CreateTime      lenient.Number
	Tags            struct {
		Tag []struct{ Key, Value lenient.Text }
	}
}

// gatewayReply is the reply to DescribeCustomerGateway and to a create. The reply to a create lacks
// the ASN, the tags and the group.
type gatewayReply struct {
	acknowledgement
	gatewayFields
}

type listReply struct {
	acknowledgement
	TotalCount       lenient.Number
	PageSize         lenient.Number // the size that the service used
	CustomerGateways *struct{ CustomerGateway []gatewayFields }
}

type connectionsReply struct {
	TotalCount     lenient.Number
	VpnConnections struct{ VpnConnection []connectionFields }
}

type connectionFields struct {
	ID                         lenient.Text `json:"VpnConnectionId"`
	CustomerGatewayID          lenient.Text `json:"CustomerGatewayId"`
	TunnelOptionsSpecification struct{ TunnelOptions []tunnelFields }
}

type tunnelFields struct {
	CustomerGatewayID lenient.Text `json:"CustomerGatewayId"`
}

// uses reports whether the connection, or one of its tunnels, ends at the gateway.
func (f connectionFields) uses(id string) bool {
	return string(f.CustomerGatewayID) == id || slices.Contains(f.TunnelOptionsSpecification.TunnelOptions, tunnelFields{lenient.Text(id)})
}

// gateway returns the gateway of a reply.
func (d *driver) gateway(f *gatewayFields, requestID lenient.Text) cgw.Gateway {
	ip, _ := netip.ParseAddr(string(f.IPAddress)) // a malformed address gives the zero Addr
	g := cgw.Gateway{
		Provider: cgw.Alibaba, Region: d.region, ID: string(f.ID), Name: string(f.Name), Description: string(f.Description),
		IPAddress: ip.Unmap(), ASN: cgw.ASN(f.ASN), ResourceGroupID: string(f.ResourceGroupID),
		CreatedAt: createdAt(f.CreateTime.Value), RequestID: string(requestID),
	}
	for _, t := range f.Tags.Tag {
		// Tags that the cloud reserves are left out: users can neither set nor remove them. null is
		// read as a tag without a key.
		if t.Key == "" || reserved.ReservedKey(string(t.Key)) {
			continue
		}
		if g.Tags == nil {
			g.Tags = make(map[string]string, len(f.Tags.Tag))
		}
		g.Tags[string(t.Key)] = string(t.Value)
	}
	return g
}

// page returns the page of a reply. An incomplete reply is an error: a gateway that is missing in
// it must not look deleted.
func (d *driver) page(r *listReply) (operation.Page, error) {
	if r.RequestID == "" || r.CustomerGateways == nil || !r.TotalCount.Known && r.CustomerGateways.CustomerGateway == nil {
		return operation.Page{}, exchange.Incomplete("the list of gateways")
	}
	list := r.CustomerGateways.CustomerGateway
	page := operation.Page{Gateways: make([]cgw.Gateway, len(list)), Total: r.TotalCount.Count(), Limit: max(r.PageSize.Count(), 0)}
	for i := range list {
		if list[i].ID == "" {
			return operation.Page{}, exchange.Incomplete("the ID of a gateway")
		}
		page.Gateways[i] = d.gateway(&list[i], r.RequestID)
	}
	return page, nil
}

// reserved tells which keys the cloud reserves.
var reserved = Rules().Tags
