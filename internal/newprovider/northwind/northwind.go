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

// traits are what sets the API apart (step 3).
var traits = operation.Traits{
	Actions: operation.Actions{
		Create: "CreateGateway", Get: "GetGateway", List: "ListGateways", Modify: "ModifyGateway",
		Delete: "DeleteGateway", Connections: "ListConnections", Tag: "TagGateway", Untag: "UntagGateway",
	},
	Tokens: true, ConfirmsASN: true, NextToken: true, TagsInChange: 3,
}

// Config says how to reach one region (step 4). Its fields are those of tencent.Config.
type Config struct {
	Region         string
	Credentials    Credentials
	Endpoint       string
	HTTPClient     *http.Client
	AttemptTimeout time.Duration
	Retry          cgw.RetryPolicy
	Limiter        cgw.Limiter
	Validation     cgw.ValidationMode
	Logger         *slog.Logger
	Observe        func(context.Context, cgw.Attempt)
}

// Credentials give the key that requests are sent with. They are asked for every attempt.
type Credentials interface{ Key() (string, error) }

// Provisioner looks after the gateways of one region. Its operations are the engine's.
type Provisioner struct{ *operation.Engine }

// New returns a Provisioner. It sends nothing.
func New(cfg Config) (*Provisioner, error) {
	var check configcheck.Checker
	check.Region(cfg.Region)
	check.Credentials(cfg.Credentials)
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	check.Client(cfg.HTTPClient)
	timeout, retry := check.Timing(cfg.AttemptTimeout, cfg.Retry, cfg.Validation)
	if err := check.Err(Provider, cfg.Region); err != nil {
		return nil, err
	}
	d := &driver{
		url:      scheme + "://" + cmp.Or(host, "api.northwind.example") + "/?Region=" + cfg.Region + "&Action=",
		exchange: exchange.New(exchange.Config{Client: cfg.HTTPClient, Timeout: timeout, Inspect: inspect}),
		keys:     credential.NewSource(timeout, func(bool) (string, error) { return cfg.Credentials.Key() }, func(a, b string) bool { return a == b }),
	}
	return &Provisioner{&operation.Engine{Driver: d, Traits: traits, Rules: configcheck.Rules(cfg.Validation, Rules(), Rules()), Loop: &attempt.Loop{
		Provider: Provider, Region: cfg.Region, Codes: codes, Retry: retry, Patient: cfg.Retry.MaxAttempts == 0,
		Limiter: cmp.Or[cgw.Limiter](cfg.Limiter, attempt.NewLimiter(50, nil)), Logger: cfg.Logger, Observe: cfg.Observe,
	}}}, nil
}

// Rules implements cgw.Ruled. Location, of cgw.Located, is the engine's.
func (p *Provisioner) Rules() cgw.Rules { return p.Engine.Rules }

// Close closes the idle connections of p's own pool.
func (p *Provisioner) Close() error { p.Driver.(*driver).exchange.Close(); return nil }

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
	url      string
	exchange *exchange.Exchange
	keys     *credential.Source[string]
}

// reply has the fields of all replies. The service's names of a gateway's fields are cgw's.
type reply struct {
	Gateway       cgw.Gateway
	Gateways      []cgw.Gateway
	Next          string
	ConnectionIDs []string
}

// send sends one request and decodes the reply. An error code is found by inspect.
func (d *driver) send(ctx context.Context, action string, params map[string]any) (out reply, err error) {
	key, err := d.keys.Get(ctx)
	if err != nil {
		return out, err
	}
	body, _ := json.Marshal(params) // texts and numbers; and New has checked the URL: neither can fail
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, d.url+action, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := d.exchange.RoundTrip(req)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	err = json.NewDecoder(resp.Body).Decode(&out)
	return out, err
}

func (d *driver) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	out, err := d.send(ctx, traits.Actions.Create, map[string]any{
		"IPAddress": r.IPAddress, "Name": r.Name, "Description": r.Description, "ASN": r.ASN, "Tags": r.Tags, "Token": r.ClientToken,
	})
	return out.Gateway, err
}

func (d *driver) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	out, err := d.send(ctx, traits.Actions.Get, map[string]any{"ID": id})
	if err == nil && out.Gateway.ID == "" {
		err = exchange.Incomplete("the ID of a gateway")
	}
	return out.Gateway, err
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, at operation.Cursor) (operation.Page, error) {
	out, err := d.send(ctx, traits.Actions.List, map[string]any{"Name": f.Name, "Next": at.Next})
	if err == nil && out.Gateways == nil {
		err = exchange.Incomplete("the list of gateways")
	}
	return operation.Page{Gateways: out.Gateways, Total: -1, Next: out.Next}, err
}

func (d *driver) Modify(ctx context.Context, id string, r cgw.UpdateRequest, token string) error {
	_, err := d.send(ctx, traits.Actions.Modify, map[string]any{"ID": id, "Name": r.Name, "Description": r.Description, "Token": token})
	return err
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	if len(remove) > 0 {
		_, err := d.send(ctx, traits.Actions.Untag, map[string]any{"ID": id, "Remove": remove})
		return err
	}
	_, err := d.send(ctx, traits.Actions.Tag, map[string]any{"ID": id, "Set": set})
	return err
}

func (d *driver) Delete(ctx context.Context, id, token string) error {
	_, err := d.send(ctx, traits.Actions.Delete, map[string]any{"ID": id, "Token": token})
	return err
}

func (d *driver) Connections(ctx context.Context, id string) ([]string, error) {
	out, err := d.send(ctx, traits.Actions.Connections, map[string]any{"ID": id})
	return out.ConnectionIDs, err
}
