// Package northwind is a provider of a cloud that does not exist, whose creates carry an
// idempotency token. It is an example of docs/new-provider.md, in the order of its steps.
package northwind

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/configcheck"
	"github.com/cgw-go/cgw/internal/credential"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/operation"
)

// Provider is the name of the cloud.
const Provider cgw.Provider = "northwind"

// Rules returns the limits of the fields (step 1).
func Rules() cgw.Rules {
	none := cgw.TextRule{Unsupported: true, Source: "Northwind API, CreateGateway"}
	return cgw.Rules{
		Provider: Provider, IPAddress: cgw.AddressRule{IPv4Only: true},
		Name: cgw.TextRule{Required: true, Max: 32, Source: none.Source}, Description: cgw.TextRule{Max: 64, Source: none.Source},
		ASN:             cgw.ASNRule{Immutable: true, Reserved: []cgw.ASN{23456}, Source: none.Source},
		ResourceGroupID: none, AuthKey: none, ClientToken: cgw.TextRule{Max: 64, ASCII: true, Source: none.Source},
		Tags: cgw.TagRule{MaxCount: 8, MaxKey: 32, MaxValue: 32, Source: "Northwind API, TagGateway"},
	}
}

// codes says what the error codes mean (step 2).
var codes = errcode.New([]errcode.Row{
	{Code: "InvalidParameter", Kind: cgw.ErrInvalidArgument, Note: "a parameter is wrong"},
	{Code: "TokenMismatch", Kind: cgw.ErrTokenMismatch, Note: "the token was used for another request"},
	{Code: "GatewayExists", Kind: cgw.ErrAlreadyExists, Note: "the address has a gateway"},
	{Code: "GatewayNotFound", Kind: cgw.ErrNotFound, Note: "no such gateway"},
	{Code: "GatewayInUse", Kind: cgw.ErrInUse, Note: "connections use it"},
	{Code: "QuotaExceeded", Kind: cgw.ErrQuotaExceeded, Note: "too many gateways"},
	{Code: "BadKey", Kind: cgw.ErrUnauthenticated, Note: "the key is wrong"},
	{Code: "AccessDenied", Kind: cgw.ErrPermissionDenied, Note: "the key may not do this"},
	{Code: "Throttled", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "GatewayBusy", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "another change is in progress"},
	{Code: "InternalError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
})

// traits say how the API differs from others (step 3).
var traits = operation.Traits{
	Actions: operation.Actions{
		Create: "CreateGateway", Get: "GetGateway", List: "ListGateways", Modify: "ModifyGateway",
		Delete: "DeleteGateway", Connections: "ListConnections", Tag: "TagGateway", Untag: "UntagGateway",
	},
	Tokens: true, ConfirmsASN: true, NextToken: true, TagsInChange: 3,
}

// Config says how to reach one region (step 4), as tencent.Config does. Region and Credentials are required.
type Config struct {
	Region         string                             // such as "wind-1"
	Credentials    func() (string, error)             // returns the key, for every attempt
	Endpoint       string                             // host, host:port or URL of the API; empty: api.northwind.example
	HTTPClient     *http.Client                       // sends the requests, and is not modified; nil: one of the Provisioner's own
	AttemptTimeout time.Duration                      // of one attempt; 0: 10 s
	Retry          cgw.RetryPolicy                    // limits the retries; zero fields mean its defaults
	Limiter        cgw.Limiter                        // delays requests; nil: 50 a second for each action
	Validation     cgw.ValidationMode                 // how much is checked before anything is sent
	Logger         *slog.Logger                       // gets a record of every attempt and every failed call; nil: none
	Observe        func(context.Context, cgw.Attempt) // called after every attempt; nil: not called
}

// Provisioner manages the gateways of one region. It is safe for concurrent use. Make one with [New].
type Provisioner struct {
	operations
	exchange *exchange.Exchange
}

// operations are the engine's methods. A real provider has a method with a comment for each.
type operations = operation.Operations

// New returns a Provisioner. It sends nothing.
func New(cfg Config) (*Provisioner, error) {
	var check configcheck.Checker
	check.Region(cfg.Region)
	check.Credentials(cfg.Credentials)
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	check.Client(cfg.HTTPClient)
	timeout := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if err := check.Err(Provider, cfg.Region); err != nil {
		return nil, err
	}
	url := scheme + "://" + cmp.Or(host, "api.northwind.example") + "/?Region=" + cfg.Region + "&Action="
	x := exchange.New(exchange.Config{Client: cfg.HTTPClient, Timeout: timeout, Inspect: inspect})
	keys := credential.NewSource(timeout, cfg.Credentials, func(a, b string) bool { return a == b })
	return &Provisioner{exchange: x, operations: &operation.Engine{
		Driver: &driver{url, x, keys}, Traits: traits, Limits: configcheck.Rules(cfg.Validation, Rules(), Rules()),
		Loop: &attempt.Loop{
			Provider: Provider, Region: cfg.Region, Codes: codes, Retry: cfg.Retry,
			Limiter: cmp.Or[cgw.Limiter](cfg.Limiter, attempt.NewLimiter(50, nil)), Logger: cfg.Logger, Observe: cfg.Observe,
		},
	}}, nil
}

// Close closes the idle connections of p's own pool. It returns nil; p may be used again.
func (p *Provisioner) Close() error { p.exchange.Close(); return nil }

// inspect screens a raw reply before it is decoded (step 5).
func inspect(r *exchange.Reply) error {
	var b struct{ Code, Message, RequestID string }
	err := json.Unmarshal(r.Body, &b)
	r.Code, r.Message, r.RequestID = r.Name(b.Code), r.Clean(b.Message), r.Name(b.RequestID)
	if err != nil || r.RequestID == "" || (r.Code == "") != (r.Status == http.StatusOK) {
		return &exchange.ReplyError{Reason: "neither a result nor an error of the API"}
	}
	return nil
}

// driver sends the requests (step 6).
type driver struct {
	url      string // up to the action
	exchange *exchange.Exchange
	keys     *credential.Source[string]
}

// send sends one request and decodes the reply into out. inspect finds error codes. The service uses cgw's
// names for the fields of a gateway.
func (d *driver) send(ctx context.Context, action string, params map[string]any, out any) error {
	key, err := d.keys.Get(ctx)
	if err != nil {
		return err
	}
	body, _ := json.Marshal(params) // texts and numbers; and New has checked the URL: neither can fail
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, d.url+action, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := d.exchange.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(out)
}

func (d *driver) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	var out struct{ Gateway cgw.Gateway }
	err := d.send(ctx, traits.Actions.Create, map[string]any{
		"IPAddress": r.IPAddress, "Name": r.Name, "Description": r.Description, "ASN": r.ASN, "Tags": r.Tags, "Token": r.ClientToken,
	}, &out)
	return out.Gateway, err
}

func (d *driver) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	var out struct{ Gateway cgw.Gateway }
	err := d.send(ctx, traits.Actions.Get, map[string]any{"ID": id}, &out)
	if err == nil && out.Gateway.ID == "" {
		err = exchange.Incomplete("the ID of a gateway")
	}
	return out.Gateway, err
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, at operation.Cursor) (operation.Page, error) {
	page := operation.Page{Total: -1} // the service does not count
	err := d.send(ctx, traits.Actions.List, map[string]any{"Name": f.Name, "Next": at.Next}, &page)
	if err == nil && page.Gateways == nil {
		err = exchange.Incomplete("the list of gateways")
	}
	return page, err
}

func (d *driver) Modify(ctx context.Context, id string, r cgw.UpdateRequest, token string) error {
	return d.send(ctx, traits.Actions.Modify, map[string]any{"ID": id, "Name": r.Name, "Description": r.Description, "Token": token}, &struct{}{})
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	action := traits.Actions.Tag
	if len(remove) > 0 {
		action = traits.Actions.Untag
	}
	return d.send(ctx, action, map[string]any{"ID": id, "Set": set, "Remove": remove}, &struct{}{})
}

func (d *driver) Delete(ctx context.Context, id, token string) error {
	return d.send(ctx, traits.Actions.Delete, map[string]any{"ID": id, "Token": token}, &struct{}{})
}

func (d *driver) Connections(ctx context.Context, id string) ([]string, error) {
	var out struct{ ConnectionIDs []string }
	err := d.send(ctx, traits.Actions.Connections, map[string]any{"ID": id}, &out)
	return out.ConnectionIDs, err
}
