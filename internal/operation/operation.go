// Package operation holds the five operations on customer gateways, written once for every
// cloud. A cloud is a [Driver], whose methods send one request each, and [Traits], which say as
// data how its API differs from others.
//
// This package decides the order. It validates requests before anything is sent. It runs the
// creates at one address one after the other. Without idempotency tokens, it looks for the gateway
// after a lost reply, before it retries. It returns a gateway that it found only with proof that
// this call created it. Package attempt sends each request.
package operation

import (
	"context"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Driver sends the requests of one cloud, in one region. A method signs and sends one request
// through an exchange, with the context that it is given, and decodes the reply. It does not
// validate, retry, page or look anything up. A reply that lacks a required field is
// exchange.Incomplete; a reply with an error code is an error too. The engine fills in Provider,
// Region and RequestID of a gateway, unless the driver did. A Driver is safe for concurrent use.
type Driver interface {
	// Create asks for a gateway. req is valid; its ClientToken is set if Traits.Tokens.
	// Fields of the result that the reply does not have are left zero.
	Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error)
	// Get reads one gateway. The result has no ID if the service shows no such gateway. An error code
	// that means cgw.ErrNotFound says the same.
	Get(ctx context.Context, id string) (cgw.Gateway, error)
	// Page reads one page of the gateways that f matches. It may return others too: the engine
	// compares the fields that the service cannot filter. f.IDs has at most Traits.IDsInQuery IDs.
	Page(ctx context.Context, f cgw.Filter, at Cursor) (Page, error)
	// Modify changes the fields of req that are not nil. req.Tags is always nil. token is an
	// idempotency token for a service that takes one; it is new for each update.
	Modify(ctx context.Context, id string, req cgw.UpdateRequest, token string) error
	// SetTags sets and removes tags, at most Traits.TagsInChange together. Unless
	// Traits.Actions says that one action does both, one of the two is empty.
	SetTags(ctx context.Context, id string, set []Tag, remove []string) error
	// Delete removes a gateway. token is an idempotency token for a service that takes one.
	Delete(ctx context.Context, id, token string) error
	// Connections returns the IDs of the VPN connections that use the gateway. It is asked only
	// after a delete that was refused because of them.
	Connections(ctx context.Context, id string) ([]string, error)
}

// TagReader is a Driver of a cloud that needs separate requests to read tags.
type TagReader interface {
	// ReadTags reads one page of the tags of the gateways: at most Traits.TagsRead gateways, and
	// at most limit rows from row offset on.
	ReadTags(ctx context.Context, ids []string, offset, limit int) (TagPage, error)
}

// ConnectionLister is a Driver of a cloud whose Connections may miss some connections.
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

// Cursor says where a page begins, in the three ways that services ask for it: a driver uses the
// one that its service has. The zero Cursor is the first page.
type Cursor struct {
	Page int    // number of pages before this one
	Rows int    // number of rows on those pages
	Next string // Page.Next of the page before; "" if Traits.NextToken is not set
}

// Page is one page of gateways, in the service's order.
type Page struct {
	Gateways []cgw.Gateway
	Total    int    // number of rows on all pages as the service counts them; -1: it does not say
	Next     string // where the next page begins, if Traits.NextToken; "": this is the last page
	Limit    int    // rows of a full page, if the service says so, as it may have lowered PageRows; or 0
}

// Tag is a tag to set.
type Tag struct{ Key, Value string }

// TagPage is one page of tags.
type TagPage struct {
	Rows  []TagRow
	Total int // number of rows on all pages as the service counts them; -1: it does not say
	Limit int // rows on a page, if the service lowered the limit that was asked for; or 0
}

// TagRow is one tag of one gateway.
type TagRow struct {
	ID         string // of the gateway
	Key, Value string
	System     bool // reserved by the cloud: not shown to the user
}

// Actions are the service's names of the requests, for limiters, observers and permissions.
type Actions struct {
	Create, Get, List, Modify, Delete, Connections string
	// Tag and Untag set and remove tags. If they are the same, one request does both.
	Tag, Untag string
	ReadTags   string // of a TagReader
}

// Traits say how the API of a cloud differs from others. The zero Traits are of a cloud without
// idempotency tokens and without a filter for IDs, which takes any number of tags in a request.
type Traits struct {
	Actions Actions
	// Tokens says that creates carry an idempotency token, so that they may be repeated. If
	// false, the engine looks for the gateway before it repeats a create, and treats a gateway
	// as its own only with proof: Gateway.CreatedAt and the Date header of the reply.
	Tokens bool
	// UniqueAddresses says that the service refuses a second gateway at an address. If false, a create
	// without a token is repeated only if reads did not show one during the whole patience.
	UniqueAddresses bool
	// NamesAlways says that Modify needs the name, even if it does not change.
	NamesAlways bool
	// ConfirmsASN says that the reply to a create has the ASN, if the cloud accepted it.
	ConfirmsASN bool
	// PageRows is how many gateways a full page has; 0: that is not known.
	PageRows int
	// NextToken says that a page has a token for the next one, in Page.Next. If false, a list ends
	// as Page.Total says, or with an empty page.
	NextToken bool
	// IDsInQuery is how many IDs one Page takes; 0: the service cannot filter by ID. QueriesOfIDs
	// is how many such requests are sent at most: for more IDs, the engine reads the whole list and
	// picks the gateways.
	IDsInQuery, QueriesOfIDs int
	// TagsInChange is how many tags one SetTags takes. 0: any number.
	TagsInChange int
	// TagsRead is how many gateways one ReadTags takes, and TagRows how many rows its page has.
	// A TagReader needs both.
	TagsRead, TagRows int
}

// Engine runs the operations of one Provisioner. Its fields are set before it is used; it is
// then safe for concurrent use, and not copied.
type Engine struct {
	Driver Driver
	Traits Traits
	Limits cgw.Rules
	Loop   *attempt.Loop

	claims claims
	recent recent
}

// Operations are the methods of an Engine. A Provisioner that embeds them has the methods, but not the
// fields.
type Operations interface {
	cgw.Provisioner
	cgw.Ruled
	cgw.Located
}

var _ Operations = (*Engine)(nil)

// Rules returns the rules that requests are checked against.
func (e *Engine) Rules() cgw.Rules { return e.Limits }

// Location returns where the gateways are.
func (e *Engine) Location() cgw.Location {
	return cgw.Location{Provider: e.Loop.Provider, Region: e.Loop.Region}
}

// fill fills in the fields of a gateway that the engine knows: ctx is the context of the attempt that
// read it. It also puts addresses, times and tags into the form that cgw.Gateway documents.
func (e *Engine) fill(ctx context.Context, g *cgw.Gateway) {
	if g.Provider == "" {
		g.Provider = e.Loop.Provider
	}
	if g.Region == "" {
		g.Region = e.Loop.Region
	}
	if g.RequestID == "" {
		g.RequestID = exchange.RecordOf(ctx).Reply.RequestID
	}
	g.IPAddress, g.CreatedAt = g.IPAddress.Unmap(), g.CreatedAt.UTC()
	if len(g.Tags) == 0 {
		g.Tags = nil
	}
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
