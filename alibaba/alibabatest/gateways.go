package alibabatest

import (
	"time"

	"github.com/cgw-go/cgw"
)

// gatewayBody is the reply of CreateCustomerGateway, which has neither ASN, nor tags, nor
// resource group, and leaves out a name or description that is not set.
type gatewayBody struct {
	requestID
	CustomerGatewayID string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	IPAddress         string `json:"IpAddress" xml:"IpAddress"`
	Name              string `json:",omitempty" xml:",omitempty"`
	Description       string `json:",omitempty" xml:",omitempty"`
	CreateTime        int64  // in milliseconds
}

// modifiedBody is the reply of ModifyCustomerGatewayAttribute.
type modifiedBody struct {
	gatewayBody
	ResourceGroupID string `json:"ResourceGroupId" xml:"ResourceGroupId"`
}

// detail is a gateway as reads show it, with the AuthKey in plain text, as the service does.
type detail struct {
	CustomerGatewayID string `json:"CustomerGatewayId" xml:"CustomerGatewayId"`
	IPAddress         string `json:"IpAddress" xml:"IpAddress"`
	Name              string `json:",omitempty" xml:",omitempty"`
	Description       string `json:",omitempty" xml:",omitempty"`
	CreateTime        int64
	ASN               uint32 `json:"Asn,omitempty" xml:"Asn,omitempty"` // a number here, a text in requests
	AuthKey           string `json:",omitempty" xml:",omitempty"`
	ResourceGroupID   string `json:"ResourceGroupId" xml:"ResourceGroupId"`
	Tags              tagList
}

type detailBody struct {
	requestID
	detail
}

type pageBody struct {
	requestID
	PageNumber, PageSize, TotalCount int
	CustomerGateways                 struct{ CustomerGateway []detail }
}

func created(g Gateway) body {
	b := newGatewayBody(g)
	return &b
}

func modified(g Gateway) body {
	return &modifiedBody{gatewayBody: newGatewayBody(g), ResourceGroupID: g.ResourceGroupID}
}

func deleted(Gateway) body { return &requestID{} }

func newGatewayBody(g Gateway) gatewayBody {
	return gatewayBody{
		CustomerGatewayID: g.ID, IPAddress: g.IPAddress,
		Name: g.Name, Description: g.Description, CreateTime: g.CreatedAt.UnixMilli(),
	}
}

func newDetail(g Gateway) detail {
	return detail{
		CustomerGatewayID: g.ID, IPAddress: g.IPAddress,
		Name: g.Name, Description: g.Description, CreateTime: g.CreatedAt.UnixMilli(),
		ASN: g.ASN, AuthKey: g.AuthKey.Reveal(), ResourceGroupID: g.ResourceGroupID, Tags: newTagList(g.Tags),
	}
}

func (h *handler) createGateway(p params) (Gateway, *refusal) {
	g, ref := h.parseGateway(p)
	if ref != nil {
		return g, ref
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byIP[g.IPAddress] != nil {
		return g, refuse("InvalidIpAddress.AlreadyExist")
	}
	if h.Quota > 0 && s.live >= h.Quota {
		return g, refuse("Resource.QuotaFull")
	}
	now := h.Now()
	g.ID, g.CreatedAt = s.newID("cgw-bp1"), now
	return s.insert(g, now), nil
}

// parseGateway checks the parameters of CreateCustomerGateway. An empty text counts as absent.
func (h *handler) parseGateway(p params) (Gateway, *refusal) {
	g := Gateway{
		IPAddress: p["IpAddress"], Name: p["Name"], Description: p["Description"],
		AuthKey: cgw.Secret(p["AuthKey"]), ResourceGroupID: p["ResourceGroupId"],
	}
	switch {
	case g.IPAddress == "":
		return g, missing("IpAddress")
	case !validAddress(h.rules.IPAddress, g.IPAddress):
		return g, refuse("InvalidIpAddress.WrongFormat")
	case g.Name != "" && !fits(h.rules.Name, g.Name):
		return g, refuse("InvalidName")
	case g.Description != "" && !fits(h.rules.Description, g.Description):
		return g, refuse("InvalidDescription")
	case g.AuthKey != "" && !fits(h.rules.AuthKey, g.AuthKey.Reveal()):
		return g, invalid("AuthKey")
	}
	if asn := p["Asn"]; asn != "" {
		var ok bool
		if g.ASN, ok = parseASN(h.rules.ASN, asn); !ok {
			return g, invalid("Asn")
		}
	}
	var ref *refusal
	g.Tags, ref = p.tags("Tags", h.rules.Tags)
	return g, ref
}

func (h *handler) modifyGateway(p params) (Gateway, *refusal) {
	// An empty text is refused: no document says that it clears the field, and it is shorter
	// than the documented minimum length.
	name, named := p["Name"]
	description, described := p["Description"]
	key, keyed := p["AuthKey"]
	switch {
	case p["CustomerGatewayId"] == "":
		return Gateway{}, missing("CustomerGatewayId")
	case named && !fits(h.rules.Name, name):
		return Gateway{}, refuse("InvalidName")
	case described && !fits(h.rules.Description, description):
		return Gateway{}, refuse("InvalidDescription")
	case keyed && !fits(h.rules.AuthKey, key):
		return Gateway{}, invalid("AuthKey")
	}
	return h.change(p["CustomerGatewayId"], func(g *Gateway) *refusal {
		if named {
			g.Name = name
		}
		if described {
			g.Description = description
		}
		if keyed {
			g.AuthKey = cgw.Secret(key)
		}
		return nil
	})
}

// change makes a new version of a gateway.
func (h *handler) change(id string, f func(*Gateway) *refusal) (Gateway, *refusal) {
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.existing(id)
	if r == nil {
		return Gateway{}, refuse("InvalidCustomerGatewayInstanceId.NotFound")
	}
	g := r.last().gateway.clone()
	if ref := f(&g); ref != nil {
		return g, ref
	}
	r.set(version{at: h.Now(), gateway: g}, h.shown())
	return g.clone(), nil
}

func (h *handler) deleteGateway(p params) (Gateway, *refusal) {
	id := p["CustomerGatewayId"]
	if id == "" {
		return Gateway{}, missing("CustomerGatewayId")
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.existing(id)
	if r == nil {
		return Gateway{}, refuse("InvalidCustomerGatewayInstanceId.NotFound")
	}
	if s.connected(id) {
		return Gateway{}, refuse("DependencyViolation.VpnConnection")
	}
	g := r.last().gateway
	s.remove(r, h.Now(), h.shown())
	return g, nil
}

func (h *handler) describeGateway(p params) (body, *refusal) {
	id := p["CustomerGatewayId"]
	if id == "" {
		return nil, missing("CustomerGatewayId")
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil {
		if v := r.at(h.shown()); v != nil {
			return &detailBody{detail: newDetail(v.gateway)}, nil
		}
	}
	return nil, refuse("InvalidCustomerGatewayInstanceId.NotFound")
}

func (h *handler) describeGateways(p params) (body, *refusal) {
	pg, ref := p.page()
	if ref != nil {
		return nil, ref
	}
	filter, ref := p.filter(h.rules.Tags)
	if ref != nil {
		return nil, ref
	}
	b := &pageBody{PageNumber: pg.number, PageSize: pg.size}
	b.CustomerGateways.CustomerGateway = []detail{}
	if !h.groupShown(p) {
		return b, nil
	}
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.find(filter, h.shown(), &pg) {
		b.CustomerGateways.CustomerGateway = append(b.CustomerGateways.CustomerGateway, newDetail(g))
	}
	b.TotalCount = pg.total
	return b, nil
}

// groupShown reports whether the user may see the group that a list asks for.
func (h *handler) groupShown(p params) bool {
	return h.OnlyResourceGroup == "" || p["ResourceGroupId"] == h.OnlyResourceGroup
}

// filter has the fields by which DescribeCustomerGateways can select.
type filter struct {
	id, group string
	tags      []tagFilter
}

func (p params) filter(rule cgw.TagRule) (filter, *refusal) {
	tags, ref := p.tagFilters(rule)
	return filter{id: p["CustomerGatewayId"], group: p["ResourceGroupId"], tags: tags}, ref
}

func (f filter) all() bool { return f.id == "" && f.group == "" && len(f.tags) == 0 }

func (f filter) match(g *Gateway) bool {
	return (f.id == "" || f.id == g.ID) && (f.group == "" || f.group == g.ResourceGroupID) && matchTags(f.tags, g.Tags)
}

// find returns a page of the gateways that are shown, and sets its total. The caller holds the
// lock.
func (s *State) find(f filter, shown time.Time, pg *page) []Gateway {
	s.purge(shown)
	var found []Gateway
	if f.all() && shown.IsZero() { // only the page itself has to be read
		pg.total = len(s.order)
		for _, r := range s.order[min(pg.first(), pg.total):min(pg.end(), pg.total)] {
			found = append(found, r.last().gateway)
		}
		return found
	}
	for _, r := range s.order {
		if v := r.at(shown); v != nil && f.match(&v.gateway) {
			if pg.next() {
				found = append(found, v.gateway)
			}
		}
	}
	return found
}
