// Package operation holds the five operations on customer gateways, written once for every
// cloud. A cloud is a [Driver], whose methods send one request each, and [Traits], which say as
// data how its API differs from others.
//
// What must happen in order is decided here: requests are validated before anything is sent,
// a create is one at a time for an address, what became of a lost reply is looked up before a
// repeat, and a gateway is taken for ours on proof alone. Package attempt sends each request.
package operation

import (
	"context"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

// Driver sends the requests of one cloud, in one region. A method signs and sends one request,
// with the context that it is given, and decodes the reply. It does not validate, repeat, page or
// look. A reply that lacks what it must have is exchange.Incomplete. It is safe for concurrent use.
type Driver interface {
	// Create asks for a gateway. req is valid; its ClientToken is set if the cloud has tokens.
	// Fields of the result that the reply does not have are left zero.
	Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error)
	// Get reads one gateway. A result without an ID says that the service shows none.
	Get(ctx context.Context, id string) (cgw.Gateway, error)
	// Page reads one page of the gateways that f matches, or of more: f.IDs are at most
	// Traits.IDsInQuery, and what the service cannot filter is compared by the caller.
	Page(ctx context.Context, f cgw.Filter, at Cursor) (Page, error)
	// Modify changes the fields of req but the tags. token makes a repeat known.
	Modify(ctx context.Context, id string, req cgw.UpdateRequest, token string) error
	// SetTags sets and removes tags, at most Traits.TagsInChange together. Unless
	// Traits.Actions says that one action does both, one of the two is empty.
	SetTags(ctx context.Context, id string, set []Tag, remove []string) error
	// Delete removes a gateway. token makes a repeat known.
	Delete(ctx context.Context, id, token string) error
	// Connections returns the IDs of the VPN connections that use the gateway.
	Connections(ctx context.Context, id string) ([]string, error)
}

// TagReader is a Driver of a cloud whose gateways are shown without tags, which are read apart.
type TagReader interface {
	// ReadTags reads one page of the tags of the gateways, at most Traits.TagsRead of them.
	ReadTags(ctx context.Context, ids []string, offset, limit int) (TagPage, error)
}

// ConnectionLister is a Driver of a cloud whose Connections may leave out some that use the gateway.
type ConnectionLister interface {
	// AllConnections reads one page of the region's VPN connections and returns those of them that
	// use the gateway.
	AllConnections(ctx context.Context, id string, at Cursor) (ConnectionPage, error)
}

// ConnectionPage is one page of connections.
type ConnectionPage struct {
	IDs   []string // of those that use the gateway
	Rows  int      // of the page
	Total int      // of all pages as the service counts; -1: it does not say
}

// Cursor says where a page begins.
type Cursor struct {
	Page int // pages read before
	Rows int // rows read before
}

// Page is one page of gateways.
type Page struct {
	Gateways []cgw.Gateway
	Total    int // of all pages as the service counts; -1: it does not say
}

// Tag is a tag to set.
type Tag struct{ Key, Value string }

// TagPage is one page of tags.
type TagPage struct {
	Rows  []TagRow
	Total int // of all pages as the service counts; -1: it does not say
	Limit int // rows that the service puts into a page, if that is less than was asked; or 0
}

// TagRow is a tag of a gateway. One of the cloud's own is System.
type TagRow struct {
	ID, Key, Value string
	System         bool
}

// Actions are the service's names of the requests, for limiters, observers and permissions.
type Actions struct {
	Create, Get, List, Modify, Delete, Connections string
	// Tag and Untag set and remove tags. If they are the same, one request does both.
	Tag, Untag string
	ReadTags   string // of a TagReader
}

// Traits say how the API of a cloud differs from others.
type Traits struct {
	Actions Actions
	// Tokens says that creates carry an idempotency token, so that they may be repeated. Without
	// it the gateway is looked up before a repeat.
	Tokens bool
	// NamesAlways says that Modify needs the name also where it stays as it is.
	NamesAlways bool
	// ConfirmsASN says that the reply to a create has the ASN, if the cloud took it.
	ConfirmsASN bool
	// PageRows is how many gateways a full page has; 0: that is not known.
	PageRows int
	// IDsInQuery is how many IDs a Page takes. IDs that need more than QueriesOfIDs pages are
	// picked from the whole list.
	IDsInQuery, QueriesOfIDs int
	// TagsInChange is how many tags one SetTags takes.
	TagsInChange int
	// TagsRead is how many gateways one ReadTags takes, and TagRows how many rows its page has.
	TagsRead, TagRows int
}

// Engine runs the operations of one Provisioner. Its fields are set before it is used; it is
// then safe for concurrent use, and not copied.
type Engine struct {
	Driver Driver
	Traits Traits
	Rules  cgw.Rules
	Loop   *attempt.Loop

	claims claims
}

// read sends a request that changes nothing, as part of a call.
func (e *Engine) read(ctx context.Context, call *attempt.Call, action string, try func(context.Context) error) error {
	_, err := call.Send(ctx, &attempt.Request{Action: action, Repeatable: true, Try: try})
	return err
}

// write sends a request that may be repeated, as part of a call.
func (e *Engine) write(ctx context.Context, call *attempt.Call, action string, try func(context.Context) error) error {
	_, err := call.Send(ctx, &attempt.Request{Action: action, Write: true, Repeatable: true, Try: try})
	return err
}

// refuse returns the error of a call whose arguments are wrong.
func refuse(ctx context.Context, call *attempt.Call, invalid error) error {
	return call.Fail(ctx, call.Error(cgw.ErrInvalidArgument, cgw.OutcomeNotApplied, invalid))
}

// checkID adds the fault of an ID that cannot be one before those of err.
func checkID(id string, err error) error {
	if id != "" {
		return err
	}
	var faults cgw.ValidationError
	faults.Add("ID", "", "must not be empty", "", cgw.ErrInvalidArgument)
	if more, ok := err.(*cgw.ValidationError); ok { //nolint:errorlint // as Rules return it
		faults.Fields = append(faults.Fields, more.Fields...)
	}
	return faults.Err()
}
