package ensure

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// Change is one field that differs. Tags are fields of their own, as Tags[env].
type Change struct {
	Field string `json:"field"`
	// Old and New are the values as text; empty: none. The empty value of a tag that is there
	// is written as two quotation marks, an AuthKey never.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Fixed is set for a field that only a replacement of the gateway changes.
	Fixed bool `json:"fixed,omitempty"`
}

// String returns the field, old → new.
func (c Change) String() string {
	return oneline.Text(c.Field + ": " + orNone(c.Old) + " → " + orNone(c.New))
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// updateOf returns what to ask of Update, and what that changes, so that g becomes as spec says
// and its owner's. Nothing of it is needed when there are no changes.
func (e *ensurer) updateOf(spec cgw.CreateRequest, g cgw.Gateway) (cgw.UpdateRequest, []Change) {
	var req cgw.UpdateRequest
	changes := gatewayChanges(g, e.target(spec, g))
	for i, c := range changes {
		switch c.Field {
		case fieldName:
			req.Name = &spec.Name
		case fieldDescription:
			req.Description = &spec.Description
		case fieldASN:
			req.ASN = &spec.ASN
		case fieldResourceGroupID: // UpdateRequest has no such field
			changes[i].Fixed = true
		default:
			req.Tags = e.writable(e.target(spec, g).Tags)
		}
	}
	if e.foreign(g) != nil && spec.AuthKey != "" {
		req.AuthKey = &spec.AuthKey
		changes = append(changes, Change{Field: fieldAuthKey, New: spec.AuthKey.String()})
	}
	var invalid *cgw.ValidationError
	if errors.As(e.rules.ValidateUpdate(req), &invalid) {
		changes = markFixed(changes, invalid)
	}
	return req, changes
}

// target returns g as it should be.
func (e *ensurer) target(spec cgw.CreateRequest, g cgw.Gateway) cgw.Gateway {
	want := e.request(spec)
	if want.Name != "" {
		g.Name = want.Name
	}
	if want.Description != "" {
		g.Description = want.Description
	}
	if want.ASN != 0 {
		g.ASN = want.ASN
	}
	if want.ResourceGroupID != "" {
		g.ResourceGroupID = want.ResourceGroupID
	}
	for k, v := range g.Tags {
		if _, ok := want.Tags[k]; !ok && (!e.opts.ExactTags || e.reserved(k)) {
			want.Tags[k] = v
		}
	}
	g.Tags = want.Tags
	return g
}

// writable returns the tags without those that are the cloud's own, which it would refuse: it
// keeps them by itself. A specification has none of them.
func (e *ensurer) writable(tags map[string]string) map[string]string {
	maps.DeleteFunc(tags, func(k, _ string) bool { return e.reserved(k) })
	return tags
}

// reserved reports whether only the cloud itself sets tags of the key.
func (e *ensurer) reserved(key string) bool {
	return e.rules.Tags.ReservedKey(key)
}

// foreign returns nil when g has the owner tag.
func (e *ensurer) foreign(g cgw.Gateway) *OwnerError {
	have, ok := g.Tags[e.opts.OwnerKey]
	if ok && have == e.opts.Owner {
		return nil
	}
	return &OwnerError{Key: e.opts.OwnerKey, Want: e.opts.Owner, Have: have}
}

// late returns g as it is once reads show it with an owner tag, or as it was read last: tags may
// be shown later than their gateway.
func (e *ensurer) late(ctx context.Context, g cgw.Gateway) cgw.Gateway {
	_, tagged := g.Tags[e.opts.OwnerKey]
	if tagged {
		return g
	}
	_, _ = e.patiently(ctx, func() (bool, error) { // a look that fails explains nothing
		now, err := e.p.Get(ctx, g.ID)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		if err == nil {
			g = now
		}
		_, tagged = g.Tags[e.opts.OwnerKey]
		return tagged, err
	})
	return g
}

// gatewayChanges returns the fields in which two states of a gateway differ, in field order.
func gatewayChanges(old, g cgw.Gateway) []Change {
	var changes []Change
	asn := func(a cgw.ASN) string {
		if a == 0 {
			return ""
		}
		return a.String()
	}
	for _, f := range []struct{ field, old, new string }{
		{"ID", old.ID, g.ID},
		{fieldIPAddress, ipText(old), ipText(g)},
		{fieldName, old.Name, g.Name},
		{fieldDescription, old.Description, g.Description},
		{fieldASN, asn(old.ASN), asn(g.ASN)},
		{fieldResourceGroupID, old.ResourceGroupID, g.ResourceGroupID},
	} {
		if f.old != f.new {
			changes = append(changes, Change{Field: f.field, Old: f.old, New: f.new})
		}
	}
	keys := maps.Clone(old.Tags)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, g.Tags)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if before, after := tagText(old.Tags, k), tagText(g.Tags, k); before != after {
			changes = append(changes, Change{Field: fieldTags + "[" + k + "]", Old: before, New: after})
		}
	}
	return changes
}

// specChanges returns the fields of a gateway to be created.
func specChanges(req cgw.CreateRequest) []Change {
	changes := gatewayChanges(cgw.Gateway{IPAddress: req.IPAddress}, cgw.Gateway{
		IPAddress: req.IPAddress, Name: req.Name, Description: req.Description, ASN: req.ASN,
		ResourceGroupID: req.ResourceGroupID, Tags: req.Tags,
	})
	if req.AuthKey != "" {
		changes = append(changes, Change{Field: fieldAuthKey, New: req.AuthKey.String()})
	}
	return changes
}

func ipText(g cgw.Gateway) string {
	if !g.IPAddress.IsValid() {
		return ""
	}
	return g.IPAddress.String()
}

// tagText tells an empty value from none.
func tagText(tags map[string]string, key string) string {
	v, ok := tags[key]
	if ok && v == "" {
		return strconv.Quote(v)
	}
	return v
}

// markFixed marks what the cloud cannot change.
func markFixed(changes []Change, invalid *cgw.ValidationError) []Change {
	for _, f := range invalid.Fields {
		if !errors.Is(f.Kind, cgw.ErrUnsupported) {
			continue
		}
		for i, c := range changes {
			changes[i].Fixed = c.Fixed || c.Field == f.Field
		}
	}
	return changes
}

func onlyFixed(changes []Change) []Change {
	var fixed []Change
	for _, c := range changes {
		if c.Fixed {
			fixed = append(fixed, c)
		}
	}
	return fixed
}
