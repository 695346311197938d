package schedules_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/operation"
)

// cloud describes the API of one of the two clouds.
type cloud struct {
	operation.Traits
	provider  cgw.Provider
	precision time.Duration // of the times of gateways
	apart     bool          // tags need separate requests
}

var actions = operation.Actions{
	Create: "Create", Get: "Get", List: "List", Modify: "Modify", Delete: "Delete",
	Connections: "Connections", Tag: "Tag", Untag: "Tag", ReadTags: "ReadTags",
}

// clouds are as the packages tencent and alibaba describe them.
func clouds() []*cloud {
	t := operation.Traits{Actions: actions, UniqueAddresses: true, NamesAlways: true, ConfirmsASN: true, IDsInQuery: 5, QueriesOfIDs: 5, TagsInChange: 10, TagsRead: 50, TagRows: 100}
	a := operation.Traits{Actions: actions, Tokens: true, IDsInQuery: 1, QueriesOfIDs: 2, TagsInChange: 20}
	a.Actions.Untag = "Untag"
	return []*cloud{
		{Traits: t, provider: cgw.Tencent, precision: time.Second, apart: true},
		{Traits: a, provider: cgw.Alibaba, precision: time.Millisecond},
	}
}

var codes = errcode.New([]errcode.Row{
	{Code: "Duplicate", Kind: cgw.ErrAlreadyExists},
	{Code: "Mismatch", Kind: cgw.ErrTokenMismatch},
	{Code: "Processing", Kind: cgw.ErrConflict, Repeat: errcode.Look},
	{Code: "Throttled", Kind: cgw.ErrThrottled, Repeat: errcode.Wait},
	{Code: "NotFound", Kind: cgw.ErrNotFound},
	{Code: "InUse", Kind: cgw.ErrInUse},
})

// provisioner is an engine over a service in memory.
type provisioner struct{ *operation.Engine }

// Rules implements cgw.Ruled.
func (p provisioner) Rules() cgw.Rules { return p.Engine.Rules() }

// connect returns a new Provisioner, like that of a process that starts.
func (s *service) connect() provisioner {
	var d operation.Driver = &driver{s}
	if s.apart {
		d = &tagDriver{driver{s}}
	}
	return provisioner{&operation.Engine{
		Driver: d, Traits: s.Traits,
		Limits: cgw.Rules{Provider: s.provider, ClientToken: cgw.TextRule{Unsupported: !s.Tokens}},
		Loop:   &attempt.Loop{Provider: s.provider, Region: "r", Codes: codes},
	}}
}

// driver sends the requests.
type driver struct{ *service }

func (d *driver) Create(ctx context.Context, req cgw.CreateRequest) (g cgw.Gateway, err error) {
	empty, err := d.send(ctx, "Create", req.ClientToken, true, func() (code string) {
		key := "Create" + req.ClientToken
		if r := d.tokens[key]; r != nil && d.Tokens && !d.forgets {
			g = r.versions[0].g
			return ""
		}
		if !d.loose && d.find(func(r *row) bool { return r.now().g.IPAddress == req.IPAddress }) != nil {
			return "Duplicate"
		}
		made := cgw.Gateway{Name: req.Name, IPAddress: req.IPAddress, ASN: req.ASN, Description: req.Description, Tags: req.Tags, ResourceGroupID: req.ResourceGroupID}
		if d.forms {
			made.Name = strings.ToUpper(made.Name)
		}
		r := d.make(d.as, made, 0)
		d.tokens[key] = r
		g = r.now().g
		return ""
	})
	if err != nil || empty {
		return cgw.Gateway{}, err
	}
	g.Tags = nil
	return g, nil
}

func (d *driver) Get(ctx context.Context, id string) (g cgw.Gateway, err error) {
	_, err = d.send(ctx, "Get", "", false, func() string {
		for _, r := range d.rows {
			if shown, ok := r.shown(time.Now().Add(-d.lag)); ok && r.id == id {
				g = d.view(shown)
				return ""
			}
		}
		if d.apart {
			return ""
		}
		return "NotFound"
	})
	return g, err
}

// view returns the gateway as a read shows it, without tags if these need separate requests.
func (d *driver) view(g cgw.Gateway) cgw.Gateway {
	g.Tags = maps.Clone(g.Tags)
	if d.apart {
		g.Tags = nil
	}
	return g
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, _ operation.Cursor) (p operation.Page, err error) {
	f.Tags = nil
	_, err = d.send(ctx, "List", "", false, func() string {
		for _, r := range d.rows {
			if g, ok := r.shown(time.Now().Add(-d.lag)); ok && f.Match(g) {
				p.Gateways = append(p.Gateways, d.view(g))
			}
		}
		p.Total = len(p.Gateways)
		return ""
	})
	return p, err
}

// change changes an existing gateway.
func (d *driver) change(ctx context.Context, action, token, id string, f func(*cgw.Gateway)) error {
	_, err := d.send(ctx, action, token, true, func() string {
		r := d.find(func(r *row) bool { return r.id == id })
		if r == nil {
			return "NotFound"
		}
		g := r.now().g
		g.Tags = maps.Clone(g.Tags)
		f(&g)
		r.versions = append(r.versions, version{at: d.now(), g: g})
		return ""
	})
	return err
}

func (d *driver) Modify(ctx context.Context, id string, req cgw.UpdateRequest, token string) error {
	return d.change(ctx, "Modify", token, id, func(g *cgw.Gateway) {
		if req.Name != nil {
			g.Name = *req.Name
		}
		if req.ASN != nil {
			g.ASN = *req.ASN
		}
	})
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	return d.change(ctx, "Tag", "", id, func(g *cgw.Gateway) {
		if g.Tags == nil {
			g.Tags = map[string]string{}
		}
		for _, t := range set {
			g.Tags[t.Key] = t.Value
		}
		for _, k := range remove {
			delete(g.Tags, k)
		}
	})
}

func (d *driver) Delete(ctx context.Context, id, token string) error {
	_, err := d.send(ctx, "Delete", token, true, func() string {
		r := d.find(func(r *row) bool { return r.id == id })
		switch key := "Delete" + token; {
		case d.Tokens && !d.forgets && d.tokens[key] != nil:
			return ""
		case r == nil:
			return "NotFound"
		case len(d.used) > 0:
			return "InUse"
		default:
			d.remove(d.as, r)
			d.tokens[key] = r
			return ""
		}
	})
	return err
}

func (d *driver) Connections(ctx context.Context, _ string) (ids []string, err error) {
	_, err = d.send(ctx, "Connections", "", false, func() string {
		ids = d.used
		return ""
	})
	return ids, err
}

// tagDriver is the driver of a cloud whose tags need separate requests.
type tagDriver struct{ driver }

func (d *tagDriver) ReadTags(ctx context.Context, ids []string, _, _ int) (p operation.TagPage, err error) {
	_, err = d.send(ctx, "ReadTags", "", false, func() string {
		for _, r := range d.rows {
			g, ok := r.shown(time.Now().Add(-d.lag))
			if !ok || !slices.Contains(ids, r.id) {
				continue
			}
			for _, k := range slices.Sorted(maps.Keys(g.Tags)) {
				p.Rows = append(p.Rows, operation.TagRow{ID: r.id, Key: k, Value: g.Tags[k]})
			}
		}
		p.Total = len(p.Rows)
		return ""
	})
	return p, err
}
