package newprovider

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/netip"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/configcheck"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/exchange"
)

// Step 1: the rules and the codes, as tables.

const northwind cgw.Provider = "northwind"

func northwindRules() cgw.Rules {
	return cgw.Rules{
		Provider:        northwind,
		IPAddress:       cgw.AddressRule{IPv4Only: true, Refused: []cgw.RefusedPrefix{{Prefix: netip.MustParsePrefix("127.0.0.0/8"), Reason: "is a loopback address"}}},
		Name:            cgw.TextRule{Required: true, Max: 32},
		ASN:             cgw.ASNRule{Immutable: true, Reserved: []cgw.ASN{23456}},
		ResourceGroupID: cgw.TextRule{Unsupported: true},
		AuthKey:         cgw.TextRule{Unsupported: true},
		ClientToken:     cgw.TextRule{Max: 64, ASCII: true},
		Tags:            cgw.TagRule{MaxCount: 8, MaxKey: 32, MaxValue: 32},
	}
}

var northwindCodes = errcode.New([]errcode.Row{
	{Code: "Bad", Kind: cgw.ErrInvalidArgument, Note: "wrong parameter"},
	{Code: "Taken", Kind: cgw.ErrAlreadyExists, Note: "the address has a gateway"},
	{Code: "Missing", Kind: cgw.ErrNotFound, Note: "no such gateway"},
	{Code: "Used", Kind: cgw.ErrInUse, Note: "tunnels use it"},
	{Code: "Slow", Kind: cgw.ErrThrottled, Repeat: errcode.Wait, Note: "too many requests"},
	{Code: "Broken", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "the service failed"},
})

// Step 2: Config and New.

type config struct {
	Region, Endpoint string
	HTTPClient       *http.Client
	Retry            cgw.RetryPolicy
}

type provisioner struct {
	region, url string
	rules       cgw.Rules
	loop        *attempt.Loop
	client      *http.Client // on the exchange; stands for an SDK
}

var _ cgw.Provisioner = (*provisioner)(nil)

func newNorthwind(cfg config) (*provisioner, error) {
	var check configcheck.Checker
	check.Region(cfg.Region)
	scheme, host := check.Endpoint("Endpoint", cfg.Endpoint)
	check.Client(cfg.HTTPClient)
	timeout, retry := check.Timing(0, cfg.Retry, cgw.Documented)
	if err := check.Err(northwind, cfg.Region); err != nil {
		return nil, err
	}
	return &provisioner{
		region: cfg.Region, url: scheme + "://" + host, rules: northwindRules(),
		client: &http.Client{Transport: exchange.New(cfg.HTTPClient, timeout, inspect)},
		loop:   &attempt.Loop{Provider: northwind, Region: cfg.Region, Codes: northwindCodes, Retry: retry},
	}, nil
}

// Step 3: what is a reply.

type reply struct {
	Code, Message, RequestID string
	IDs                      []string // of what stands in the way
	Gateways                 []cgw.Gateway
	More                     bool
}

func inspect(r *exchange.Reply) error {
	var b reply
	if json.Unmarshal(r.Body, &b) != nil || b.RequestID == "" {
		return &exchange.ReplyError{Status: r.Status, Reason: "not the JSON that the API documents"}
	}
	r.Code, r.Message, r.RequestID = b.Code, exchange.CleanMessage(b.Message), b.RequestID
	return nil
}

// Step 4: the operations.

type request struct {
	Action, ID, Token string
	From              int
	Create            *cgw.CreateRequest `json:",omitempty"`
	Update            *cgw.UpdateRequest `json:",omitempty"`
}

// errCode stands for the error that an SDK makes of a reply with a code.
var errCode = errors.New("northwind: the service refused")

func (p *provisioner) send(ctx context.Context, call *attempt.Call, write bool, body request) (reply, error) {
	var out reply
	_, err := call.Send(ctx, &attempt.Request{Action: body.Action, Write: write, Repeatable: true}, func(ctx context.Context) error {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(encoded))
		if err != nil {
			return err
		}
		resp, err := p.client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		out = reply{}
		if err := json.Unmarshal(raw, &out); err != nil {
			return err
		}
		if out.Code != "" {
			return errCode
		}
		return nil
	})
	for i := range out.Gateways {
		g := &out.Gateways[i]
		g.Provider, g.Region, g.RequestID = northwind, p.region, out.RequestID
	}
	return out, err
}

// one is the gateway of a reply that has one.
func (p *provisioner) one(ctx context.Context, call *attempt.Call, r reply, err error) (cgw.Gateway, error) {
	if err == nil && len(r.Gateways) != 1 {
		err = call.Error(cgw.ErrUnavailable, cgw.OutcomeUnknown, &exchange.ReplyError{Status: 200, Reason: "a success without a gateway"})
	}
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, naming(err, r.IDs))
	}
	return r.Gateways[0], nil
}

// naming adds what stands in the way.
func naming(err error, ids []string) error {
	var e *cgw.Error
	if len(ids) == 0 || !errors.As(err, &e) {
		return err
	}
	n := *e
	n.ConflictingIDs = slices.Clone(ids)
	return &n
}

func (p *provisioner) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpCreate, "")
	call.ClientToken = req.ClientToken
	if err := p.rules.Validate(req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	req.IPAddress = req.IPAddress.Unmap()
	if req.ClientToken == "" {
		req.ClientToken = rand.Text()
		call.ClientToken = req.ClientToken
	}
	r, err := p.send(ctx, call, true, request{Action: "Create", Create: &req, Token: req.ClientToken})
	return p.one(ctx, call, r, err)
}

func (p *provisioner) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpGet, id)
	if err := attempt.CheckID(id); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	r, err := p.send(ctx, call, false, request{Action: "Get", ID: id})
	return p.one(ctx, call, r, err)
}

func (p *provisioner) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	call := p.loop.Start(cgw.OpUpdate, id)
	if err := attempt.CheckUpdate(id, p.rules, req); err != nil {
		return cgw.Gateway{}, call.Refuse(ctx, err)
	}
	if req.Name == nil && req.Description == nil && req.Tags == nil {
		r, err := p.send(ctx, call, false, request{Action: "Get", ID: id})
		return p.one(ctx, call, r, err)
	}
	r, err := p.send(ctx, call, true, request{Action: "Update", ID: id, Update: &req})
	return p.one(ctx, call, r, err)
}

func (p *provisioner) Delete(ctx context.Context, id string) error {
	call := p.loop.Start(cgw.OpDelete, id)
	if err := attempt.CheckID(id); err != nil {
		return call.Refuse(ctx, err)
	}
	r, err := p.send(ctx, call, true, request{Action: "Delete", ID: id})
	switch {
	case err == nil, errors.Is(err, cgw.ErrNotFound) && call.Unknown:
		return nil
	case errors.Is(err, cgw.ErrInUse):
		err = attempt.InUse(err, r.IDs)
	}
	return call.Fail(ctx, err)
}

func (p *provisioner) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		call := p.loop.Start(cgw.OpList, "")
		if err := attempt.CheckFilter(f); err != nil {
			yield(cgw.Gateway{}, call.Refuse(ctx, err))
			return
		}
		seen := map[string]bool{}
		for from, more := 0, true; more; {
			call := p.loop.Start(cgw.OpList, "")
			r, err := p.send(ctx, call, false, request{Action: "List", From: from})
			for _, g := range r.Gateways {
				if err == nil && ctx.Err() != nil {
					err = call.Error(nil, cgw.OutcomeNotApplied, nil)
				}
				if err != nil {
					break
				}
				if seen[g.ID] || !f.Match(g) {
					continue
				}
				seen[g.ID] = true
				if !yield(g, nil) {
					return
				}
			}
			if err != nil {
				yield(cgw.Gateway{}, call.Fail(ctx, err))
				return
			}
			from, more = from+len(r.Gateways), r.More
		}
	}
}
