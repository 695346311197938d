package cgw

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate returns nil, or a [*ValidationError] with every fault of req in field order. A
// valid request is validated without allocating.
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
	return c.faults.Err()
}

// ValidateUpdate returns nil, or a [*ValidationError] with every fault of req in field order.
// Unlike on create, a text that is given but empty is checked: it would clear the field, which
// no vendor documents.
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
			c.faults.Add(fieldASN, req.ASN.String(), "does not exist"+c.on(), r.ASN.Source, ErrUnsupported)
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
	return c.faults.Err()
}

// ValidateFilter returns nil, or a [*ValidationError] with every fault of f: an empty ID, and a
// field that the cloud does not have.
func (r Rules) ValidateFilter(f Filter) error {
	c := checker{cloud: r.Provider}
	for _, id := range f.IDs {
		if id == "" {
			c.faults.Add("IDs", "", "must not hold an empty ID", "", ErrInvalidArgument)
			break
		}
	}
	if f.ResourceGroupID != "" && r.ResourceGroupID.Unsupported {
		c.faults.Add(fieldResourceGroupID, f.ResourceGroupID, "does not exist"+c.on(), r.ResourceGroupID.Source, ErrUnsupported)
	}
	return c.faults.Err()
}

// checker gathers the faults of one request.
type checker struct {
	faults ValidationError
	cloud  Provider
}

// on returns " on PROVIDER" for use at the end of a reason.
func (c *checker) on() string {
	if c.cloud == "" {
		return ""
	}
	return " on " + string(c.cloud)
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

// text checks one text. given is whether an empty one counts as a value rather than as absent.
func (c *checker) text(t *TextRule, field, s string, kind error, given bool) {
	add := func(reason string, kind error) {
		value := s
		if field == fieldAuthKey {
			value = Secret(s).String()
		}
		c.faults.Add(field, value, reason, t.Source, kind)
	}
	switch {
	case s == "" && t.Required: // even where unsupported: Portable rules may be both
		add("is required"+c.on(), kind)
		return
	case t.Unsupported:
		if s != "" || given {
			add("does not exist"+c.on(), ErrUnsupported)
		}
		return
	case s == "" && !given:
		return
	case !utf8.ValidString(s):
		add("is not valid UTF-8", kind)
		return
	}
	if n := utf8.RuneCountInString(s); n < t.Min {
		add("must have at least "+strconv.Itoa(t.Min)+" characters", kind)
	} else if t.Max > 0 && n > t.Max {
		add("must have at most "+strconv.Itoa(t.Max)+" characters, has "+strconv.Itoa(n), kind)
	}
	if c, ok := t.misfit(s); ok {
		reason := "must not contain " + strconv.QuoteRune(c)
		if field == fieldAuthKey { // not even one character of it
			reason = "must not contain characters other than the documented ones"
		}
		add(reason, kind)
	}
	if first, _ := utf8.DecodeRuneInString(s); t.LeadingLetter && s != "" && !unicode.IsLetter(first) {
		add("must start with a letter", kind)
	}
	if p, ok := prefixOf(s, t.NotPrefixes); ok {
		if field == fieldAuthKey {
			p = "a refused prefix"
		}
		add("must not start with "+p, kind)
	}
}

// misfit returns the first character of s that the rule does not allow.
func (t TextRule) misfit(s string) (rune, bool) {
	for _, c := range s {
		switch {
		case t.Word && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(t.Marks, c),
			t.ASCII && (c < ' ' || c > '~'),
			t.Except != "" && strings.ContainsRune(t.Except, c):
			return c, true
		}
	}
	return 0, false
}

func (c *checker) asn(n *ASNRule, asn ASN) {
	switch {
	case asn == 0:
	case n.Unsupported:
		c.faults.Add(fieldASN, asn.String(), "does not exist"+c.on(), n.Source, ErrUnsupported)
	case slices.Contains(n.Reserved, asn):
		c.faults.Add(fieldASN, asn.String(), "is reserved"+c.on(), n.Source, ErrInvalidASN)
	}
}

// tags checks a set of tags. given is whether an empty one counts as a value, as in text.
func (c *checker) tags(t *TagRule, tags map[string]string, given bool) {
	if t.Unsupported && (given || len(tags) > 0) {
		c.faults.Add(fieldTags, "", "do not exist"+c.on(), t.Source, ErrUnsupported)
		return
	}
	if t.MaxCount > 0 && len(tags) > t.MaxCount {
		c.faults.Add(fieldTags, strconv.Itoa(len(tags)), "must be at most "+strconv.Itoa(t.MaxCount), t.Source, ErrInvalidTag)
	}
	bad := false
	for k, v := range tags {
		bad = bad || t.fault(k, v) != ""
	}
	if !bad { // the usual case, without the allocation of sorting
		return
	}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if reason := t.fault(k, tags[k]); reason != "" {
			c.faults.Add(fieldTags, k, reason, t.Source, ErrInvalidTag)
		}
	}
}

// fault returns what is wrong with a tag, or "".
func (t TagRule) fault(key, value string) string {
	switch {
	case key == "":
		return "key is empty"
	case !utf8.ValidString(key) || !utf8.ValidString(value):
		return "is not valid UTF-8"
	case t.MaxKey > 0 && utf8.RuneCountInString(key) > t.MaxKey:
		return "key must have at most " + strconv.Itoa(t.MaxKey) + " characters"
	case t.MaxValue > 0 && utf8.RuneCountInString(value) > t.MaxValue:
		return "value must have at most " + strconv.Itoa(t.MaxValue) + " characters"
	}
	word := TextRule{Word: t.Word, Marks: t.Marks}
	if c, ok := word.misfit(key); ok {
		return "key must not contain " + strconv.QuoteRune(c)
	}
	if c, ok := word.misfit(value); ok {
		return "value must not contain " + strconv.QuoteRune(c)
	}
	if p, ok := prefixOf(key, t.NotKeyPrefixes); ok {
		return "key must not start with " + p
	}
	if p, ok := prefixOf(value, t.NotValuePrefixes); ok {
		return "value must not start with " + p
	}
	for _, s := range []struct{ what, text string }{{"key", key}, {"value", value}} {
		if p, ok := part(s.text, t.NotContains); ok {
			return s.what + " must not contain " + p
		}
		if t.Trimmed && strings.Trim(s.text, " ") != s.text {
			return s.what + " must not start or end with a space"
		}
	}
	return ""
}

// part returns the one of parts that s contains, whatever the case of its letters.
func part(s string, parts []string) (string, bool) {
	for i := range s {
		if p, ok := prefixOf(s[i:], parts); ok {
			return p, true
		}
	}
	return "", false
}

// prefixOf returns the prefix that s starts with, whatever the case of its letters.
func prefixOf(s string, prefixes []string) (string, bool) {
	for _, p := range prefixes {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return p, true
		}
	}
	return "", false
}
