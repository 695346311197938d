package cgw

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate returns nil, or a [*ValidationError] with every fault of req in field order. It does not
// allocate if the request is valid.
func (r Rules) Validate(req CreateRequest) error {
	c := checker{cloud: r.Provider}
	c.address(&r.IPAddress, req.IPAddress)
	c.text(&r.Name, fieldName, req.Name, ErrInvalidName, false)
	c.text(&r.Description, fieldDescription, req.Description, ErrInvalidDescription, false)
	c.asn(&r.ASN, req.ASN)
	c.tags(&r.Tags, req.Tags, false)
	c.text(&r.ResourceGroupID, fieldResourceGroupID, req.ResourceGroupID, ErrInvalidArgument, false)
	c.text(&r.AuthKey, fieldAuthKey, req.AuthKey.Reveal(), ErrInvalidArgument, false)
	c.text(&r.ClientToken, fieldClientToken, req.ClientToken, ErrInvalidArgument, false)
	return r.explain(c.faults, func(o Rules) error { return o.Validate(req) })
}

// ValidateUpdate returns nil, or a [*ValidationError] with every fault of req in field order.
// Unlike on create, a text that is given but empty is checked: it would clear the field, and no
// vendor documents that.
func (r Rules) ValidateUpdate(req UpdateRequest) error {
	c := checker{cloud: r.Provider}
	if req.Name != nil {
		c.text(&r.Name, fieldName, *req.Name, ErrInvalidName, true)
	}
	if req.Description != nil {
		c.text(&r.Description, fieldDescription, *req.Description, ErrInvalidDescription, true)
	}
	if req.ASN != nil {
		switch {
		case r.ASN.Unsupported:
			c.faults.Add(fieldASN, req.ASN.String(), c.noField(), r.ASN.Source, ErrUnsupported)
		case r.ASN.Immutable:
			c.faults.Add(fieldASN, req.ASN.String(), "cannot be changed"+c.on(), r.ASN.Source, ErrUnsupported)
		case r.ASN.Permanent && *req.ASN == 0:
			c.faults.Add(fieldASN, req.ASN.String(), "cannot be removed"+c.on(), r.ASN.Source, ErrUnsupported)
		default:
			c.asn(&r.ASN, *req.ASN)
		}
	}
	if req.AuthKey != nil {
		c.text(&r.AuthKey, fieldAuthKey, req.AuthKey.Reveal(), ErrInvalidArgument, true)
	}
	if req.Tags != nil {
		c.tags(&r.Tags, req.Tags, true)
	}
	return r.explain(c.faults, func(o Rules) error { return o.ValidateUpdate(req) })
}

// ValidateFilter returns nil, or a [*ValidationError] with the faults of f: the first invalid ID,
// texts with control characters or that are not UTF-8, and a field that the cloud does not have. The
// limits of names, tags and groups are not checked, because gateways that were made by other
// programs may not keep them.
func (r Rules) ValidateFilter(f Filter) error {
	c := checker{cloud: r.Provider}
	for _, id := range f.IDs {
		if reason := idFault(id); reason != "" {
			c.faults.Add("IDs", id, reason, "", ErrInvalidArgument)
			break
		}
	}
	if reason := garbled(f.Name); reason != "" {
		c.faults.Add(fieldName, f.Name, reason, "", ErrInvalidName)
	}
	c.tagFilter(f.Tags)
	if f.ResourceGroupID != "" && r.ResourceGroupID.Unsupported {
		c.faults.Add(fieldResourceGroupID, f.ResourceGroupID, c.noField(), r.ResourceGroupID.Source, ErrUnsupported)
	} else if reason := garbled(f.ResourceGroupID); reason != "" {
		c.faults.Add(fieldResourceGroupID, f.ResourceGroupID, reason, "", ErrInvalidArgument)
	}
	return r.explain(c.faults, func(o Rules) error { return o.ValidateFilter(f) })
}

// idFault returns why id cannot be the ID of a gateway, or "". Without this check, a service would
// answer "not found", for example to an ID with a line end that was read from a file.
func idFault(id string) string {
	switch reason := garbled(id); {
	case id == "":
		return "must not hold an empty ID"
	case reason != "":
		return reason
	case strings.TrimSpace(id) != id:
		return "must not start or end with white space"
	}
	return ""
}

// checker gathers the faults of one request.
type checker struct {
	faults ValidationError
	cloud  Provider
}

// on returns " on PROVIDER", for the end of a reason.
func (c *checker) on() string {
	if c.cloud == "" {
		return ""
	}
	return " on " + string(c.cloud)
}

// noField is the reason for a field that the cloud does not have.
func (c *checker) noField() string { return c.name() + " has no such field: leave it empty" }

// name returns the name of the cloud, for the start of a reason.
func (c *checker) name() string {
	if c.cloud == "" {
		return "the cloud"
	}
	first, n := utf8.DecodeRuneInString(string(c.cloud))
	return string(unicode.ToUpper(first)) + string(c.cloud[n:])
}

func (c *checker) address(a *AddressRule, addr netip.Addr) {
	add := func(reason, source string) {
		value := ""
		if addr.IsValid() {
			value = addr.String()
		}
		c.faults.Add(fieldIPAddress, value, reason, source, ErrInvalidIPAddress)
	}
	if !addr.IsValid() {
		add("is required", "")
		return
	}
	ip := addr.Unmap().WithZone("") // no prefix contains an address with a zone
	if a.IPv4Only && !ip.Is4() {
		add("must be an IPv4 address", "")
		return
	}
	for _, p := range a.Refused {
		if p.Prefix.Contains(ip) {
			add(p.Reason, p.Source)
			return
		}
	}
	if a.ClassfulHost && classfulEdge(ip) {
		add("has a host part of all zeros or all ones by its class", a.ClassfulHostSource)
	}
}

// classfulEdge reports whether the host part of ip, by the former classes, is all 0 or all 1.
func classfulEdge(ip netip.Addr) bool {
	if !ip.Is4() {
		return false
	}
	b := ip.As4()
	first := 1 // of the bytes of the host part
	switch {
	case b[0] >= 224:
		return false
	case b[0] >= 192:
		first = 3
	case b[0] >= 128:
		first = 2
	}
	zeros, ones := true, true
	for _, x := range b[first:] {
		zeros = zeros && x == 0
		ones = ones && x == 255
	}
	return zeros || ones
}

func (c *checker) asn(n *ASNRule, asn ASN) {
	switch {
	case asn == 0:
	case n.Unsupported:
		c.faults.Add(fieldASN, asn.String(), c.noField(), n.Source, ErrUnsupported)
	case slices.Contains(n.Reserved, asn):
		c.faults.Add(fieldASN, asn.String(), "is reserved"+c.on(), n.Source, ErrInvalidASN)
	}
}
