package ensure

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// The names of the fields of cgw.CreateRequest as cgw.FieldError.Field and Change.Field have them.
const (
	fieldIPAddress       = "IPAddress"
	fieldName            = "Name"
	fieldDescription     = "Description"
	fieldASN             = "ASN"
	fieldTags            = "Tags"
	fieldResourceGroupID = "ResourceGroupID"
	fieldAuthKey         = "AuthKey"
	fieldClientToken     = "ClientToken"
)

// Change is one field that differs. Each tag is a field, such as Tags[env].
type Change struct {
	Field string `json:"field"`         // a field of cgw.CreateRequest, such as ASN or Tags[env]
	Old   string `json:"old,omitempty"` // as text; empty: none; a tag with an empty value is "" in quotation marks
	New   string `json:"new,omitempty"` // as Old; an AuthKey is redacted
	// Fixed is set if only a replacement of the gateway changes the field.
	Fixed bool `json:"fixed,omitempty"`
}

// String returns the field, old → new, in one line.
func (c Change) String() string {
	return oneline.Text(oneline.Show(c.Field) + ": " + orNone(c.Old) + " → " + orNone(c.New))
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return oneline.Show(s)
}

// updateOf returns the update that brings g to the desired state spec, with the owner tag, and the
// fields that it changes. If there are no changes, no update is needed.
func (e *ensurer) updateOf(spec cgw.CreateRequest, g cgw.Gateway) (cgw.UpdateRequest, []Change) {
	var req cgw.UpdateRequest
	goal := e.goal(spec, g)
	changes := gatewayChanges(g, goal)
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
			req.Tags = e.writable(goal.Tags, g.Tags)
		}
	}
	if !e.owns(g) && spec.AuthKey != "" {
		req.AuthKey = &spec.AuthKey
		changes = append(changes, Change{Field: fieldAuthKey, New: spec.AuthKey.String()})
	}
	var invalid *cgw.ValidationError
	if errors.As(e.rules.ValidateUpdate(req), &invalid) {
		changes = markFixed(changes, invalid)
	}
	return req, changes
}

// goal returns g in its desired state.
func (e *ensurer) goal(spec cgw.CreateRequest, g cgw.Gateway) cgw.Gateway {
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
		if _, ok := want.Tags[k]; !ok && (!e.opts.ExactTags || e.rules.Tags.ReservedKey(k)) {
			want.Tags[k] = v
		}
	}
	g.Tags = want.Tags
	return g
}

// writable returns tags without the reserved ones that the gateway has already: the cloud keeps
// them by itself, and would refuse them in a request.
func (e *ensurer) writable(tags, have map[string]string) map[string]string {
	tags = maps.Clone(tags)
	maps.DeleteFunc(tags, func(k, v string) bool {
		now, ok := have[k]
		return ok && now == v && e.rules.Tags.ReservedKey(k)
	})
	return tags
}

// gatewayChanges returns the fields in which two states of a gateway differ, in field order.
func gatewayChanges(old, g cgw.Gateway) []Change {
	var changes []Change
	for _, f := range []struct{ field, old, new string }{
		{"ID", old.ID, g.ID},
		{fieldIPAddress, ipText(old), ipText(g)},
		{fieldName, old.Name, g.Name},
		{fieldDescription, old.Description, g.Description},
		{fieldASN, asnText(old.ASN), asnText(g.ASN)},
		{fieldResourceGroupID, old.ResourceGroupID, g.ResourceGroupID},
	} {
		if f.old != f.new {
			changes = append(changes, Change{Field: f.field, Old: f.old, New: f.new})
		}
	}
	if maps.Equal(old.Tags, g.Tags) {
		return changes
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

func asnText(a cgw.ASN) string {
	if a == 0 {
		return ""
	}
	return a.String()
}

func ipText(g cgw.Gateway) string {
	if !g.IPAddress.IsValid() {
		return ""
	}
	return g.IPAddress.String()
}

// tagText returns "" if there is no such tag, and `""` in quotation marks if its value is empty.
func tagText(tags map[string]string, key string) string {
	v, ok := tags[key]
	if ok && v == "" {
		return strconv.Quote(v)
	}
	return v
}

// markFixed marks the changes that the cloud cannot make.
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
