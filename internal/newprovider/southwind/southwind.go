// Package southwind is a provider of a cloud that does not exist, whose creates carry no idempotency
// token, and whose tags need separate requests. It is an example of docs/new-provider.md, in the order
// of its steps. A real cloud has a file for each, as tencent/ has.
package southwind

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
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
const Provider cgw.Provider = "southwind"

// Rules returns the limits of the fields (step 1).
func Rules() cgw.Rules {
	none := cgw.TextRule{Unsupported: true, Source: "Southwind REST API, POST /gateways"}
	return cgw.Rules{
		Provider:    Provider,
		IPAddress:   cgw.AddressRule{IPv4Only: true},
		Name:        cgw.TextRule{Required: true, Max: 40, Source: none.Source},
		Description: none, ResourceGroupID: none, AuthKey: none, ClientToken: none,
		ASN:  cgw.ASNRule{Reserved: []cgw.ASN{23456}, Source: none.Source},
		Tags: cgw.TagRule{MaxCount: 12, MaxKey: 20, MaxValue: 40, NotKeyPrefixes: []string{"sys:"}, Source: "Southwind REST API, tags"},
	}
}

// codes says what the error codes mean (step 2).
var codes = errcode.New([]errcode.Row{
	{Code: "invalid", Kind: cgw.ErrInvalidArgument, Note: "a field is wrong"},
	{Code: "exists", Kind: cgw.ErrAlreadyExists, Note: "the address has a gateway"},
	{Code: "missing", Kind: cgw.ErrNotFound, Note: "no such gateway"},
	{Code: "in-use", Kind: cgw.ErrInUse, Note: "connections use it"},
	{Code: "quota", Kind: cgw.ErrQuotaExceeded, Note: "too many gateways"},
	{Code: "key", Kind: cgw.ErrUnauthenticated, Note: "the key is wrong"},
	{Code: "denied", Kind: cgw.ErrPermissionDenied, Note: "the key may not do this"},
	{Code: "slow-down", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "busy", Kind: cgw.ErrConflict, Repeat: errcode.Wait, Note: "another change is in progress"},
	{Code: "internal", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
})

// traits say how the API differs from others (step 3).
var traits = operation.Traits{
	Actions: operation.Actions{
		Create: "POST gateways", Get: "GET gateways/id", List: "GET gateways", Modify: "PUT gateways/id", Delete: "DELETE gateways/id",
		Connections: "GET connections", Tag: "POST tags", Untag: "POST tags", ReadTags: "GET tags",
	},
	NamesAlways: true, ConfirmsASN: true, IDsInQuery: 3, QueriesOfIDs: 2, TagsInChange: 5, TagsRead: 4, TagRows: 6,
}

// Config says how to reach one region (step 4), as tencent.Config does. Region and Credentials are required.
type Config struct {
	Region         string                             // such as "wind-1"
	Credentials    func() (string, error)             // returns the key, for every attempt
	Endpoint       string                             // host, host:port or URL of the API; empty: api.southwind.example
	HTTPClient     *http.Client                       // sends the requests, and is not modified; nil: one of the Provisioner's own
	AttemptTimeout time.Duration                      // of one attempt; 0: 10 s
	Retry          cgw.RetryPolicy                    // limits the retries; zero fields mean its defaults
	Limiter        cgw.Limiter                        // delays requests; nil: 20 a second for each action
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
	base := scheme + "://" + cmp.Or(host, "api.southwind.example") + "/regions/" + cfg.Region + "/"
	x := exchange.New(exchange.Config{Client: cfg.HTTPClient, Timeout: timeout, Inspect: inspect, Secrets: []string{"X-Api-Key"}})
	keys := credential.NewSource(timeout, cfg.Credentials, func(a, b string) bool { return a == b })
	return &Provisioner{exchange: x, operations: &operation.Engine{
		Driver: &driver{base, x, keys}, Traits: traits, Limits: configcheck.Rules(cfg.Validation, Rules(), Rules()),
		Loop: &attempt.Loop{
			Provider: Provider, Region: cfg.Region, Codes: codes, Retry: cfg.Retry,
			Limiter: cmp.Or[cgw.Limiter](cfg.Limiter, attempt.NewLimiter(20, nil)), Logger: cfg.Logger, Observe: cfg.Observe,
		},
	}}, nil
}

// Close closes the idle connections of p's own pool. It returns nil; p may be used again.
func (p *Provisioner) Close() error { p.exchange.Close(); return nil }

// inspect screens a raw reply before it is decoded (step 5).
func inspect(r *exchange.Reply) error {
	var b struct{ Error, Detail string }
	_ = json.Unmarshal(r.Body, &b) // only for errors; a malformed success fails when it is decoded
	r.RequestID = r.Name(r.Header.Get("X-Request-Id"))
	if r.Status >= 400 {
		r.Code, r.Message = r.Name(b.Error), r.Clean(b.Detail)
	}
	if r.RequestID == "" || (r.Code == "") != (r.Status < 300) || string(bytes.TrimSpace(r.Body)) == "null" {
		return &exchange.ReplyError{Reason: "neither a result nor an error of the API"}
	}
	return nil
}

// driver sends the requests (step 6).
type driver struct {
	base     string // of every URL
	exchange *exchange.Exchange
	keys     *credential.Source[string]
}

// send sends one request and decodes the reply, if it has content. The service uses cgw's names for the
// fields of a gateway. inspect finds error codes.
func send[T any](ctx context.Context, d *driver, method, path string, query url.Values, body any) (out T, err error) {
	key, err := d.keys.Get(ctx)
	if err != nil {
		return out, err
	}
	text, _ := json.Marshal(body) // texts and numbers; and New has checked the URL: neither can fail
	req, _ := http.NewRequestWithContext(ctx, method, d.base+path+"?"+query.Encode(), bytes.NewReader(text))
	req.Header.Set("X-Api-Key", key)
	resp, err := d.exchange.RoundTrip(req)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return out, nil
	}
	err = json.NewDecoder(resp.Body).Decode(&out)
	return out, err
}

func (d *driver) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	return send[cgw.Gateway](ctx, d, http.MethodPost, "gateways", nil, map[string]any{"IP": r.IPAddress, "Name": r.Name, "ASN": r.ASN, "Tags": r.Tags})
}

func (d *driver) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	g, err := send[cgw.Gateway](ctx, d, http.MethodGet, "gateways/"+url.PathEscape(id), nil, nil)
	if err == nil && g.ID == "" {
		err = exchange.Incomplete("the ID of a gateway")
	}
	return g, err
}

func (d *driver) Page(ctx context.Context, f cgw.Filter, at operation.Cursor) (operation.Page, error) {
	q := url.Values{"id": f.IDs, "skip": {strconv.Itoa(at.Rows)}}
	if f.IPAddress.IsValid() {
		q.Set("ip", f.IPAddress.String())
	}
	all, err := send[[]cgw.Gateway](ctx, d, http.MethodGet, "gateways", q, nil)
	return operation.Page{Gateways: all, Total: -1}, err
}

func (d *driver) Modify(ctx context.Context, id string, r cgw.UpdateRequest, _ string) error {
	_, err := send[struct{}](ctx, d, http.MethodPut, "gateways/"+url.PathEscape(id), nil, map[string]any{"Name": r.Name, "ASN": r.ASN})
	return err
}

func (d *driver) ReadTags(ctx context.Context, ids []string, offset, limit int) (operation.TagPage, error) {
	return send[operation.TagPage](ctx, d, http.MethodGet, "tags", url.Values{"id": ids, "skip": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}, nil)
}

func (d *driver) SetTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	_, err := send[struct{}](ctx, d, http.MethodPost, "tags", url.Values{"id": {id}}, map[string]any{"Set": set, "Remove": remove})
	return err
}

func (d *driver) Delete(ctx context.Context, id, _ string) error {
	_, err := send[struct{}](ctx, d, http.MethodDelete, "gateways/"+url.PathEscape(id), nil, nil)
	return err
}

func (d *driver) Connections(ctx context.Context, id string) ([]string, error) {
	return send[[]string](ctx, d, http.MethodGet, "connections", url.Values{"id": {id}}, nil)
}
