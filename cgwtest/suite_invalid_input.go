package cgwtest

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/cgw-go/cgw"
)

// invalidInput is a value of one field that the Rules refuse.
type invalidInput struct {
	name  string // what is wrong
	fault *cgw.FieldError
	// create and update set the field of a request; nil if the request does not have it, or is
	// valid with it.
	create func(*cgw.CreateRequest)
	update func(*cgw.UpdateRequest)
}

// invalidInputs returns values that the rules refuse, in field order.
func invalidInputs(r cgw.Rules) []invalidInput {
	all := invalidAddresses(r)
	for _, f := range textFields(r) {
		if f.name == "ResourceGroupID" { // ASN and Tags come before it
			all = append(all, invalidASNs(r.ASN)...)
			all = append(all, invalidTags(r.Tags)...)
		}
		all = append(all, invalidTexts(f)...)
	}
	return all
}

func invalidAddresses(r cgw.Rules) []invalidInput {
	var all []invalidInput
	add := func(name string, addr netip.Addr) {
		all = append(all, invalidInput{
			name: name, fault: &cgw.FieldError{Field: "IPAddress", Kind: cgw.ErrInvalidIPAddress},
			create: func(c *cgw.CreateRequest) { c.IPAddress = addr },
		})
	}
	add("missing", netip.Addr{})
	if r.IPAddress.IPv4Only {
		add("IPv6", netip.MustParseAddr("2001:db8::1"))
		add("IPv6 with a zone", netip.MustParseAddr("fe80::1%eth0"))
	}
	for _, p := range r.IPAddress.Refused {
		if first := p.Prefix.Masked().Addr(); first.Is4() {
			add("first address of "+p.Prefix.String(), first)
			add("first address of "+p.Prefix.String()+" as IPv4-mapped IPv6", netip.AddrFrom16(first.As16()))
			add("last address of "+p.Prefix.String(), lastOf(p.Prefix))
		}
	}
	if r.IPAddress.ClassfulHost {
		for _, a := range []string{"20.0.0.0", "20.255.255.255", "150.1.0.0", "150.1.255.255", "203.0.113.0", "203.0.113.255"} {
			add("classful host part of "+a, netip.MustParseAddr(a))
		}
	}
	return all
}

// lastOf returns the last address of an IPv4 range.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}

func invalidTexts(f textField) []invalidInput {
	var all []invalidInput
	add := func(name, value string, kind error) {
		m := invalidInput{
			name: name, fault: &cgw.FieldError{Field: f.name, Kind: kind},
			create: func(c *cgw.CreateRequest) { f.create(c, value) },
		}
		if f.update != nil {
			m.update = func(u *cgw.UpdateRequest) { f.update(u, value) }
		}
		if value == "" && !f.rule.Required {
			m.create = nil // on create an empty text means none, which is valid
		}
		all = append(all, m)
	}
	r := f.rule
	if r.Unsupported {
		add("unsupported by the cloud", "x", cgw.ErrUnsupported)
		if f.update != nil {
			add("unsupported by the cloud, set to empty", "", cgw.ErrUnsupported)
		}
		return all
	}
	first := "Gateway"
	if f.name == "AuthKey" {
		first = "Qx7Zk9Wv" // in no other text, so that an error that shows it is found
	}
	start := textOfLength(r, first, 8, narrow)
	if r.Required || r.Min > 0 {
		add("empty", "", f.kind)
	}
	if r.Min > 1 {
		add("too short", textOfLength(r, first, r.Min-1, narrow), f.kind)
	}
	if r.Max > 0 {
		add("too long", textOfLength(r, first, r.Max+1, narrow), f.kind)
		if allowed(r, '网') {
			add("too long in Unicode", textOfLength(r, "", r.Max+1, wide), f.kind)
		}
	}
	for _, c := range "!*/é\x01" + r.Except {
		if !allowed(r, c) && (c < utf8.RuneSelf || r.ASCII) {
			add("with "+quoteRune(c), start+string(c), f.kind)
		}
	}
	if r.LeadingLetter && allowed(r, '1') {
		add("starting with a digit", "1"+start, f.kind)
	}
	for _, p := range r.NotPrefixes {
		add("starting with "+p, p+start, f.kind)
		add("starting with "+strings.ToUpper(p), strings.ToUpper(p)+start, f.kind)
	}
	add("not UTF-8", start+"\xff", f.kind)
	return all
}

func invalidASNs(r cgw.ASNRule) []invalidInput {
	var all []invalidInput
	add := func(name string, asn cgw.ASN, kind error) *invalidInput {
		all = append(all, invalidInput{
			name: name, fault: &cgw.FieldError{Field: "ASN", Kind: kind},
			create: func(c *cgw.CreateRequest) { c.ASN = asn },
			update: func(u *cgw.UpdateRequest) { u.ASN = &asn },
		})
		return &all[len(all)-1]
	}
	if r.Unsupported {
		add("unsupported by the cloud", 64512, cgw.ErrUnsupported)
		return all
	}
	if r.Immutable {
		add("any change", 64513, cgw.ErrUnsupported).create = nil
	} else if r.Permanent {
		add("removal", 0, cgw.ErrUnsupported).create = nil
	}
	for _, asn := range r.Reserved {
		m := add("reserved "+asn.String(), asn, cgw.ErrInvalidASN)
		if r.Immutable {
			m.update = nil // an update is refused because the ASN cannot change
		}
	}
	return all
}

func invalidTags(r cgw.TagRule) []invalidInput {
	var all []invalidInput
	add := func(name string, tags map[string]string, kind error) {
		all = append(all, invalidInput{
			name: name, fault: &cgw.FieldError{Field: "Tags", Kind: kind},
			create: func(c *cgw.CreateRequest) { c.Tags = tags },
			update: func(u *cgw.UpdateRequest) { u.Tags = tags },
		})
	}
	if r.Unsupported {
		add("unsupported by the cloud", nTags(1), cgw.ErrUnsupported)
		add("unsupported by the cloud, set to empty", map[string]string{}, cgw.ErrUnsupported)
		all[1].create = nil // on create, empty tags mean none
		return all
	}
	add("with an empty key", map[string]string{"": "v"}, cgw.ErrInvalidTag)
	add("with a key that is not UTF-8", map[string]string{"k\xff": "v"}, cgw.ErrInvalidTag)
	add("with a value that is not UTF-8", map[string]string{"k": "v\xff"}, cgw.ErrInvalidTag)
	if r.MaxCount > 0 {
		add("too many", nTags(r.MaxCount+1), cgw.ErrInvalidTag)
	}
	if r.MaxKey > 0 {
		add("with a key too long", map[string]string{strings.Repeat("关", r.MaxKey+1): "v"}, cgw.ErrInvalidTag)
	}
	if r.MaxValue > 0 {
		add("with a value too long", map[string]string{"k": strings.Repeat("关", r.MaxValue+1)}, cgw.ErrInvalidTag)
	}
	for _, p := range r.NotKeyPrefixes {
		add("with a key starting with "+p, map[string]string{p + "k": "v"}, cgw.ErrInvalidTag)
		add("with a key starting with "+strings.ToUpper(p), map[string]string{strings.ToUpper(p) + "k": "v"}, cgw.ErrInvalidTag)
	}
	for _, p := range r.NotValuePrefixes {
		add("with a value starting with "+p, map[string]string{"k": p + "v"}, cgw.ErrInvalidTag)
	}
	return all
}
