package operation_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// fake is a Driver of a cloud in memory. It is used by one goroutine, or in a bubble.
type fake struct {
	gateways    []cgw.Gateway
	tags        map[string]map[string]string // of the gateways, if they are kept apart
	tokens      map[string]string            // IDs
	connections []string
	faults      []fault
	sent        []string // the requests, in their order
	began       []time.Time

	size      int                                                   // of a page
	pageFunc  func(operation.Cursor, operation.Page) operation.Page // changes a page before it is returned
	tagFunc   func(offset, limit int, p operation.TagPage) operation.TagPage
	refuseIDs bool // a query for an ID that does not exist is an error
}

// fault strikes the nth request of an action (from 0).
type fault struct {
	action string
	nth    int
	after  bool   // it strikes after the request took effect
	code   string // the error code that is answered; "": there is no reply
}

var addr = netip.MustParseAddr("203.0.113.7")

// request notes a request and does it, unless a fault strikes.
func (f *fake) request(ctx context.Context, action, details string, do func() string) error {
	rec := exchange.RecordOf(ctx)
	rec.Reached, rec.Sent, rec.Began = true, true, time.Now()
	nth := 0
	for _, s := range f.sent {
		if name, _, _ := strings.Cut(s, " "); name == action {
			nth++
		}
	}
	f.sent, f.began = append(f.sent, strings.TrimSpace(action+" "+details)), append(f.began, time.Now())
	i := slices.IndexFunc(f.faults, func(x fault) bool { return x.action == action && (x.nth == nth || x.nth < 0) })
	code := ""
	if i < 0 || f.faults[i].after {
		code = do()
	}
	if i >= 0 {
		code = f.faults[i].code
	}
	rec.Ended = time.Now()
	if i >= 0 && code == "" {
		rec.Err = fmt.Errorf("reset")
		return rec.Err
	}
	rec.Reply = exchange.Reply{Status: http.StatusOK, Code: code, RequestID: fmt.Sprintf("r%d", len(f.sent)), Header: http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}}
	if code != "" {
		rec.Reply.Status = http.StatusBadRequest
	}
	return nil // a code is an error without a word of the driver
}

func (f *fake) index(id string) int {
	return slices.IndexFunc(f.gateways, func(g cgw.Gateway) bool { return g.ID == id })
}

func (f *fake) Create(ctx context.Context, r cgw.CreateRequest) (g cgw.Gateway, err error) {
	details := ""
	if r.ClientToken != "" {
		details = "token"
	}
	err = f.request(ctx, "Create", details, func() string {
		if id, ok := f.tokens[r.ClientToken]; ok && r.ClientToken != "" {
			g = f.gateways[f.index(id)]
			return ""
		}
		if slices.ContainsFunc(f.gateways, func(g cgw.Gateway) bool { return g.IPAddress == r.IPAddress }) {
			return "Exists"
		}
		g = cgw.Gateway{ID: fmt.Sprintf("new-%d", len(f.gateways)), Name: r.Name, IPAddress: r.IPAddress, ASN: r.ASN, Tags: r.Tags, CreatedAt: time.Now()}
		f.gateways = append(f.gateways, g)
		f.tokens[r.ClientToken] = g.ID
		return ""
	})
	return cgw.Gateway{ID: g.ID, ASN: g.ASN}, err
}

func (f *fake) Get(ctx context.Context, id string) (g cgw.Gateway, err error) {
	err = f.request(ctx, "Get", "", func() string {
		if i := f.index(id); i >= 0 {
			g = f.gateways[i]
			g.Tags = maps.Clone(g.Tags)
		}
		return ""
	})
	return g, err
}

func (f *fake) Page(ctx context.Context, q cgw.Filter, at operation.Cursor) (p operation.Page, err error) {
	err = f.request(ctx, "List", strings.Join(q.IDs, ","), func() string {
		all := slices.Clone(f.gateways)
		if len(q.IDs) > 0 {
			all = slices.DeleteFunc(all, func(g cgw.Gateway) bool { return !slices.Contains(q.IDs, g.ID) })
			if f.refuseIDs && len(all) < len(q.IDs) {
				return "Missing"
			}
		}
		from := min(at.Rows, len(all))
		to := len(all)
		if f.size > 0 {
			to = min(from+f.size, to)
		}
		p = operation.Page{Gateways: all[from:to], Total: len(all)}
		if f.pageFunc != nil {
			p = f.pageFunc(at, p)
		}
		return ""
	})
	return p, err
}

func (f *fake) Modify(ctx context.Context, id string, r cgw.UpdateRequest, token string) error {
	var fields []string
	if r.Name != nil {
		fields = append(fields, "name="+*r.Name)
	}
	if r.ASN != nil {
		fields = append(fields, "asn="+r.ASN.String())
	}
	return f.request(ctx, "Modify", strings.Join(fields, ","), func() string {
		i := f.index(id)
		if i < 0 || token == "" {
			return "Missing"
		}
		if r.Name != nil {
			f.gateways[i].Name = *r.Name
		}
		return "" // it takes the ASN, and forgets it
	})
}

func (f *fake) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	action, details := "Tag", fmt.Sprint(set)
	if len(remove) > 0 {
		action, details = "Untag", fmt.Sprint(remove)
		if len(set) > 0 {
			details += fmt.Sprint(set)
		}
	}
	return f.request(ctx, action, details, func() string {
		tags := f.gateways[f.index(id)].Tags
		for _, k := range remove {
			delete(tags, k)
		}
		for _, t := range set {
			tags[t.Key] = t.Value
		}
		return ""
	})
}

func (f *fake) Delete(ctx context.Context, id, _ string) error {
	return f.request(ctx, "Delete", "", func() string {
		i := f.index(id)
		switch {
		case i < 0:
			return "Missing"
		case len(f.connections) > 0:
			return "Used"
		}
		f.gateways = slices.Delete(f.gateways, i, i+1)
		return ""
	})
}

func (f *fake) Connections(ctx context.Context, _ string) (ids []string, err error) {
	err = f.request(ctx, "Connections", "", func() string {
		ids = f.connections
		return ""
	})
	return ids, err
}

// lister is a fake whose Connections leaves all out.
type lister struct {
	*fake
	pages []operation.ConnectionPage
}

func (l lister) Connections(ctx context.Context, _ string) ([]string, error) {
	return nil, l.request(ctx, "Connections", "", func() string { return "" })
}

func (l lister) AllConnections(ctx context.Context, _ string, at operation.Cursor) (p operation.ConnectionPage, err error) {
	err = l.request(ctx, "Connections", fmt.Sprint(at.Rows), func() string {
		p = l.pages[at.Page]
		return ""
	})
	return p, err
}

// apart is a fake that keeps tags apart.
type apart struct{ *fake }

func (f apart) ReadTags(ctx context.Context, ids []string, offset, limit int) (p operation.TagPage, err error) {
	err = f.request(ctx, "ReadTags", strings.Join(ids, ","), func() string {
		for _, id := range ids {
			for _, k := range slices.Sorted(maps.Keys(f.tags[id])) {
				p.Rows = append(p.Rows, operation.TagRow{ID: id, Key: k, Value: f.tags[id][k], System: strings.HasPrefix(k, "sys:")})
			}
		}
		p.Rows = append(p.Rows, operation.TagRow{ID: "another", Key: "k", Value: "v"})
		p.Total = len(p.Rows)
		p.Rows = p.Rows[min(offset, len(p.Rows)):]
		if limit > 0 {
			p.Rows = p.Rows[:min(limit, len(p.Rows))]
		}
		if f.tagFunc != nil {
			p = f.tagFunc(offset, limit, p)
		}
		return ""
	})
	return p, err
}

var codes = errcode.New([]errcode.Row{
	{Code: "Exists", Kind: cgw.ErrAlreadyExists},
	{Code: "Mismatch", Kind: cgw.ErrTokenMismatch},
	{Code: "Missing", Kind: cgw.ErrNotFound},
	{Code: "Used", Kind: cgw.ErrInUse},
	{Code: "Denied", Kind: cgw.ErrPermissionDenied},
})

// engine returns an Engine of the driver. Changes are made to its traits.
func engine(t testing.TB, d operation.Driver, change func(*operation.Traits)) *operation.Engine {
	t.Helper()
	traits := operation.Traits{
		Actions:     operation.Actions{Create: "Create", Get: "Get", List: "List", Modify: "Modify", Delete: "Delete", Connections: "Connections", Tag: "Tag", Untag: "Untag", ReadTags: "ReadTags"},
		ConfirmsASN: true, TagsRead: 1, TagRows: 100,
	}
	if change != nil {
		change(&traits)
	}
	return &operation.Engine{Driver: d, Traits: traits, Limits: cgw.Rules{Name: cgw.TextRule{Max: 10}}, Loop: &attempt.Loop{
		Provider: "fake", Region: "here", Codes: codes, Retry: cgw.RetryPolicy{MaxAttempts: 3}.WithDefaults(),
	}}
}

func newFake(n int) *fake {
	f := &fake{tokens: map[string]string{}}
	for i := range n {
		f.gateways = append(f.gateways, cgw.Gateway{
			ID: fmt.Sprintf("g%03d", i), Name: fmt.Sprintf("n%d", i), IPAddress: netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}),
			ASN: 1, Tags: map[string]string{"a": "1", "b": "2", "c": "3"}, CreatedAt: time.Now().Add(-time.Hour),
		})
	}
	return f
}
