package emulator

import (
	"encoding/json"
	"net/http"

	"github.com/cgw-go/cgw"
)

func (c *Control) state(*http.Request, []byte) (any, error) {
	b, err := c.Service.MarshalJSON()
	return json.RawMessage(b), err
}

func (c *Control) putState(_ *http.Request, body []byte) (any, error) {
	return nil, c.Service.UnmarshalJSON(body)
}

// gatewayList holds gateways in the JSON of cgw.Gateway.
type gatewayList struct {
	Gateways []gateway `json:"gateways"`
}

// gateway is cgw.Gateway with fields that Decode reads.
type gateway cgw.Gateway

func (c *Control) gateways(*http.Request, []byte) (any, error) {
	return newGatewayList(c.Service.ListGateways()), nil
}

func (c *Control) addGateways(_ *http.Request, body []byte) (any, error) {
	var in gatewayList
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	if len(in.Gateways) == 0 {
		return nil, &FieldError{"gateways", "must have a gateway at least"}
	}
	seed := make([]cgw.Gateway, len(in.Gateways))
	for i, g := range in.Gateways {
		seed[i] = cgw.Gateway(g)
	}
	seeded, err := c.Service.SeedGateways(seed...)
	if err != nil {
		return nil, err
	}
	return newGatewayList(seeded), nil
}

func newGatewayList(all []cgw.Gateway) gatewayList {
	list := gatewayList{Gateways: make([]gateway, len(all))}
	for i, g := range all {
		list.Gateways[i] = gateway(g)
	}
	return list
}

// connection is a VPN connection that uses a gateway.
type connection struct {
	ID        string `json:"id,omitempty"`
	GatewayID string `json:"gatewayId"`
}

func (c *Control) connections(r *http.Request, _ []byte) (any, error) {
	var ids []string
	if wanted := r.URL.Query()["gatewayId"]; len(wanted) > 0 {
		ids = wanted
	} else {
		for _, g := range c.Service.ListGateways() {
			ids = append(ids, g.ID)
		}
	}
	all := []connection{}
	for _, gatewayID := range ids {
		for _, id := range c.Service.ConnectionIDs(gatewayID) {
			all = append(all, connection{ID: id, GatewayID: gatewayID})
		}
	}
	return struct {
		Connections []connection `json:"connections"`
	}{all}, nil
}

func (c *Control) addConnection(_ *http.Request, body []byte) (any, error) {
	var in struct {
		GatewayID string `json:"gatewayId"`
	}
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	if in.GatewayID == "" {
		return nil, &FieldError{"gatewayId", "is missing"}
	}
	if !hasGateway(c.Service.ListGateways(), in.GatewayID) {
		return nil, &FieldError{"gatewayId", "there is no such gateway"}
	}
	return connection{ID: c.Service.AddConnection(in.GatewayID), GatewayID: in.GatewayID}, nil
}

func hasGateway(all []cgw.Gateway, id string) bool {
	for _, g := range all {
		if g.ID == id {
			return true
		}
	}
	return false
}

func (c *Control) removeConnection(r *http.Request, _ []byte) (any, error) {
	if !c.Service.RemoveConnection(r.PathValue("id")) {
		return nil, &statusError{FieldError{"id", "there is no such connection"}, http.StatusNotFound}
	}
	return nil, nil
}
