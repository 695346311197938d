package tencenttest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cgw-go/cgw"
)

const maxASN = 1<<32 - 1

// serviceZone is the zone of CreatedTime, a text without one. The vendor does not document it;
// another operation of the API uses UTC+8.
var serviceZone = time.FixedZone("", 8*60*60)

func (h *handler) vpcActions() map[string]action {
	return map[string]action{
		"CreateCustomerGateway":          decoded(h.createGateway),
		"DescribeCustomerGateways":       decoded(h.describeGateways),
		"ModifyCustomerGatewayAttribute": decoded(h.modifyGateway),
		"DeleteCustomerGateway":          decoded(h.deleteGateway),
		"DescribeVpnConnections":         decoded(h.describeConnections),
		"DescribeVpcLimits":              decoded(h.describeLimits),
		"DescribeCustomerGatewayVendors": decoded(h.describeVendors),
	}
}

// gatewayView is a gateway in replies. There are no tags in it.
type gatewayView struct {
	ID          string  `json:"CustomerGatewayId"`
	Name        string  `json:"CustomerGatewayName"`
	IPAddress   string  `json:"IpAddress"`
	CreatedTime string  `json:"CreatedTime"`
	BgpAsn      *uint32 `json:"BgpAsn,omitempty"` // 0: none
}

func (h *handler) view(g Gateway) gatewayView {
	v := gatewayView{
		ID: g.ID, Name: g.Name, IPAddress: g.IPAddress,
		CreatedTime: g.CreatedAt.In(serviceZone).Format(time.DateTime),
	}
	if !h.o.NoBGP {
		v.BgpAsn = &g.ASN
	}
	return v
}

// nothing is a reply that has a request ID only.
type nothing struct{}

type createParams struct {
	Name      string   `param:"CustomerGatewayName,required"`
	IPAddress string   `param:"IpAddress,required"`
	Tags      []vpcTag `param:"Tags"`
	ASN       *int64   `param:"BgpAsn"`
}

func (h *handler) createGateway(p createParams) (any, *serviceError) {
	tags, e := h.newTags(p.Tags)
	for _, err := range []*serviceError{h.checkASN(p.ASN), h.checkName(p.Name), checkAddress(p.IPAddress), e} {
		if err != nil {
			return nil, err
		}
	}
	g := Gateway{Name: p.Name, IPAddress: p.IPAddress, Tags: tags}
	if p.ASN != nil {
		g.ASN = uint32(*p.ASN)
	}
	e = h.writing(func(s *State, due time.Time) *serviceError {
		if len(s.written.byIP[g.IPAddress]) > 0 {
			return refuse(codeDuplicate, "a customer gateway with IpAddress %s already exists", g.IPAddress)
		}
		if h.o.Quota > 0 && len(s.written.rows) >= h.o.Quota {
			return refuse(codeLimit, "the quota of %d customer gateways is reached", h.o.Quota)
		}
		g.ID = s.newID("cgw-")
		g.CreatedAt = s.clock().UTC().Truncate(time.Second)
		s.put(g, due)
		return nil
	})
	if e != nil {
		return nil, e
	}
	return struct{ CustomerGateway gatewayView }{h.view(g)}, nil
}

type modifyParams struct {
	ID   string  `param:"CustomerGatewayId,required"`
	Name string  `param:"CustomerGatewayName,required"`
	ASN  *uint64 `param:"BgpAsn"`
}

func (h *handler) modifyGateway(p modifyParams) (any, *serviceError) {
	var asn *int64
	if p.ASN != nil {
		n := int64(min(*p.ASN, maxASN+1)) // all larger numbers are refused
		asn = &n
	}
	for _, e := range []*serviceError{h.checkASN(asn), checkID("cgw-", p.ID), h.checkName(p.Name)} {
		if e != nil {
			return nil, e
		}
	}
	return nothing{}, h.writing(func(s *State, due time.Time) *serviceError {
		r, ok := s.written.byID[p.ID]
		if !ok {
			return refuse(codeResourceNotFound, "the customer gateway %s does not exist", p.ID)
		}
		g := r.Gateway
		g.Name = p.Name
		if asn != nil {
			g.ASN = uint32(*asn)
		}
		s.put(g, due)
		return nil
	})
}

type deleteParams struct {
	ID string `param:"CustomerGatewayId,required"`
}

func (h *handler) deleteGateway(p deleteParams) (any, *serviceError) {
	if e := checkID("cgw-", p.ID); e != nil {
		return nil, e
	}
	return nothing{}, h.writing(func(s *State, due time.Time) *serviceError {
		r, ok := s.written.byID[p.ID]
		if !ok {
			return refuse(codeRecordNotExists, "the customer gateway %s does not exist", p.ID)
		}
		if used := s.connectionsOf(p.ID); len(used) > 0 {
			return refuse(codeResourceInUse, "the customer gateway %s is in use by %s", p.ID, strings.Join(used, ", "))
		}
		s.remove(r, due)
		return nil
	})
}

func (h *handler) checkName(name string) *serviceError {
	if n := utf8.RuneCountInString(name); n > h.rules.Name.Max {
		return refuse(codeTooLong, "CustomerGatewayName has %d characters, more than %d", n, h.rules.Name.Max)
	}
	return nil
}

// checkASN refuses the numbers that the vendor's SDK documents as refused.
func (h *handler) checkASN(asn *int64) *serviceError {
	switch {
	case asn == nil:
		return nil
	case h.o.NoBGP:
		return refuse(codeUnknownParameter, `the parameter "BgpAsn" is not recognized`)
	case *asn < 1 || *asn > maxASN:
		return refuse(codeInvalidValue, "BgpAsn must be from 1 to %d", int64(maxASN))
	case slices.Contains(h.rules.ASN.Reserved, cgw.ASN(*asn)):
		return refuse(codeInvalidValue, "BgpAsn %d is reserved", *asn)
	}
	return nil
}

// checkID refuses IDs that do not look like the documents' examples: the prefix and eight
// lower-case letters or digits.
func checkID(prefix, id string) *serviceError {
	rest, ok := strings.CutPrefix(id, prefix)
	if ok && len(rest) == 8 && strings.Trim(rest, "0123456789abcdefghijklmnopqrstuvwxyz") == "" {
		return nil
	}
	return &serviceError{Code: codeMalformed, Message: fmt.Sprintf("%q is not an ID of the form %sxxxxxxxx", id, prefix)}
}
