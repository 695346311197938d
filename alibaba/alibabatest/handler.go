package alibabatest

import (
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/emulator"
)

// operation is one action of the API: either run, or write and answer are set.
type operation struct {
	params []string // besides the common ones; N stands for a number from 1
	run    func(*handler, params) (body, *refusal)
	// write is for the actions that take a ClientToken. It returns the gateway, and answer makes
	// the reply from it, so that the same token can get the same reply again.
	write  func(*handler, params) (Gateway, *refusal)
	answer func(Gateway) body
}

func operations() map[string]operation {
	return map[string]operation{
		"CreateCustomerGateway": {
			params: []string{
				"IpAddress", "Name", "Description", "Asn", "AuthKey", "ResourceGroupId", "ClientToken",
				"Tags.N.Key", "Tags.N.Value",
			},
			write: (*handler).createGateway, answer: created,
		},
		"DescribeCustomerGateway": {
			params: []string{"CustomerGatewayId"},
			run:    (*handler).describeGateway,
		},
		"DescribeCustomerGateways": {
			params: []string{"CustomerGatewayId", "PageNumber", "PageSize", "ResourceGroupId", "Tag.N.Key", "Tag.N.Value"},
			run:    (*handler).describeGateways,
		},
		"ModifyCustomerGatewayAttribute": {
			params: []string{"CustomerGatewayId", "Name", "Description", "AuthKey", "ClientToken"},
			write:  (*handler).modifyGateway, answer: modified,
		},
		"DeleteCustomerGateway": {
			params: []string{"CustomerGatewayId", "ClientToken"},
			write:  (*handler).deleteGateway, answer: deleted,
		},
		"DescribeVpnConnections": {
			params: []string{
				"CustomerGatewayId", "VpnGatewayId", "VpnConnectionId", "PageNumber", "PageSize",
				"ResourceGroupId", "Tag.N.Key", "Tag.N.Value",
			},
			run: (*handler).describeConnections,
		},
		"DescribeVpnConnection": {
			params: []string{"VpnConnectionId"},
			run:    (*handler).describeConnection,
		},
		"TagResources": {
			params: []string{"ResourceType", "ResourceId.N", "Tag.N.Key", "Tag.N.Value"},
			run:    (*handler).tagResources,
		},
		"UnTagResources": {
			params: []string{"ResourceType", "ResourceId.N", "TagKey.N", "All"},
			run:    (*handler).untagResources,
		},
		"ListTagResources": {
			params: []string{"ResourceType", "ResourceId.N", "Tag.N.Key", "Tag.N.Value", "NextToken", "MaxResults"},
			run:    (*handler).listTagResources,
		},
	}
}

type handler struct {
	Options
	rules      cgw.Rules // the limits that it enforces
	state      *State
	auth       *authenticator
	operations map[string]operation
	known      map[string]map[string]bool // the parameters by operation
}

// NewHandler returns the service as a handler. Mount it at the root of a host: the service knows no
// other path.
func NewHandler(o Options) http.Handler {
	o = o.withDefaults()
	o.State.attach(o)
	o.Now = o.State.core.Now // the clock may change while the handler serves
	h := &handler{
		Options:    o,
		rules:      o.limits(),
		state:      o.State,
		auth:       &authenticator{credentials: o.State.core.Credentials, now: o.Now, illegal: o.IllegalTimestamp},
		operations: operations(),
		known:      map[string]map[string]bool{},
	}
	for action, op := range h.operations {
		h.known[action] = map[string]bool{}
		for _, name := range append(commonParams(), op.params...) {
			h.known[action][name] = true
		}
	}
	return h.front()
}

// ServeHTTP answers one request. No fault strikes a request that is not authenticated.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, ref := read(r)
	op, ok := h.operations[req.action]
	if ref == nil && !ok {
		ref = refuse("InvalidAction.NotFound")
	}
	if ref == nil {
		ref = h.auth.check(req)
	}
	if ref == nil && !h.state.core.Allow(req.action) {
		ref = refuse("Throttling.User")
	}
	if ref != nil {
		h.state.core.Refuse(w, req.action, req.refuse(ref))
		return
	}

	// The token is held from here on, also during a latency or a fault.
	claim := h.claim(op, req)
	defer h.state.release(claim)
	h.state.core.Run(w, r, req.action,
		func() emulator.Reply { return h.execute(op, req, claim) },
		func(code string) emulator.Reply { return req.refuse(refuse(code)) })
}

func (h *handler) execute(op operation, req *request, c *claim) emulator.Reply {
	b, ref := h.do(op, req, c)
	if ref != nil {
		return req.refuse(ref)
	}
	return req.success(b)
}

func (h *handler) do(op operation, req *request, c *claim) (body, *refusal) {
	if ref := h.common(req); ref != nil {
		return nil, ref
	}
	if op.run != nil {
		return op.run(h, req.params)
	}
	switch {
	case !fits(h.rules.ClientToken, req.params["ClientToken"]):
		return nil, invalid("ClientToken")
	case c.refusal != nil:
		return nil, c.refusal
	case c.replay != nil:
		return op.answer(*c.replay), nil
	}
	gateway, ref := op.write(h, req.params)
	if ref != nil {
		return nil, ref
	}
	h.state.settle(c, gateway, h.Now())
	return op.answer(gateway), nil
}

// common checks the parameters that all operations share.
func (h *handler) common(req *request) *refusal {
	switch region := req.params["RegionId"]; region {
	case h.Region:
	case "":
		return missing("RegionId")
	default:
		return refuse("InvalidRegionId.NotFound")
	}
	if name, ok := req.params.unknown(h.known[req.action]); ok {
		return refusef("UnsupportedParameter", "The parameter %s is not supported.", name)
	}
	return nil
}

// shown returns the time whose state reads show; zero: the current state.
func (h *handler) shown() time.Time {
	if h.ReadLag <= 0 {
		return time.Time{}
	}
	return h.Now().Add(-h.ReadLag)
}
