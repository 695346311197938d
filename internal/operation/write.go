package operation

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/gatewayid"
)

// Update changes the fields that req names.
func (e *Engine) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	call := e.Loop.Start(cgw.OpUpdate, id, "")
	if err := gatewayid.Check(id, e.Limits.ValidateUpdate(req)); err != nil {
		return cgw.Gateway{}, refuse(ctx, call, err)
	}
	g, written, err := e.update(ctx, call, id, req)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, partly(err, written))
	}
	return g, nil
}

// progress is how far an update of several requests has come.
type progress uint8

const (
	nothing    progress = iota // no write was acknowledged
	something                  // at least one write was acknowledged
	everything                 // all writes were acknowledged
)

// partly returns the error of an update. If some of its writes were acknowledged, the outcome is
// OutcomeUnknown. If all were, it is OutcomeApplied.
func partly(err error, written progress) error {
	var e *cgw.Error
	if written == nothing || !errors.As(err, &e) {
		return err
	}
	p := *e
	p.Outcome = cgw.OutcomeUnknown
	if written == everything {
		p.Outcome = cgw.OutcomeApplied
	}
	return &p
}

// update writes the fields of req. It first reads the gateway if the service needs its name, if tags are
// to change, or if no other field is: it then writes only if something differs. At the end it reads the
// gateway for the result, because the replies to writes do not have all fields.
func (e *Engine) update(ctx context.Context, call *attempt.Call, id string, req cgw.UpdateRequest) (cgw.Gateway, progress, error) {
	written := nothing
	modify := req.Name != nil || req.Description != nil || req.ASN != nil || req.AuthKey != nil
	fields := req
	fields.Tags = nil
	asked := fields // without a name that only the service needs
	var tags []map[string]string
	if !modify || req.Tags != nil || e.Traits.NamesAlways && req.Name == nil {
		g, err := e.get(ctx, call, id)
		// If the read differs from what was written shortly before, either may be true: the read lags, or
		// another program has changed the gateway. So everything is written that differs from one of them.
		recent := e.recent.over(g)
		switch {
		case err != nil:
			return cgw.Gateway{}, written, err
		case same(g, req) && same(recent, req):
			return g, written, nil
		}
		modify = !same(g, fields) || !same(recent, fields)
		tags = []map[string]string{g.Tags, recent.Tags}
		if modify && fields.Name == nil && e.Traits.NamesAlways {
			fields.Name = &recent.Name
		}
	}
	if modify {
		token := rand.Text()
		err := e.write(ctx, call, e.Traits.Actions.Modify, func(ctx context.Context) error {
			return e.Driver.Modify(ctx, id, fields, token)
		})
		e.wrote(id, asked, err)
		if err != nil {
			return cgw.Gateway{}, written, err
		}
		written = something
	}
	if req.Tags != nil {
		if err := e.changeTags(ctx, call, id, tags, req.Tags, &written); err != nil {
			return cgw.Gateway{}, written, err
		}
	}
	g, err := e.get(ctx, call, id)
	if err != nil {
		return cgw.Gateway{}, everything, err
	}
	fields.Tags = req.Tags
	return e.acknowledged(ctx, call, g, fields), everything, nil
}

// wrote remembers what a write asked for, unless the service refused it. err is the error of the write.
func (e *Engine) wrote(id string, req cgw.UpdateRequest, err error) {
	var failed *cgw.Error
	if err == nil || errors.As(err, &failed) && failed.Outcome == cgw.OutcomeUnknown && failed.Code == "" {
		e.recent.note(id, req)
	}
}

// same reports whether g already has the values of req. An AuthKey is never compared: cgw does not
// read it back.
func same(g cgw.Gateway, req cgw.UpdateRequest) bool {
	return (req.Name == nil || *req.Name == g.Name) && (req.Description == nil || *req.Description == g.Description) &&
		(req.ASN == nil || *req.ASN == g.ASN) && req.AuthKey == nil && (req.Tags == nil || maps.Equal(req.Tags, g.Tags))
}

// acknowledged returns g with the values of req. The service has acknowledged them, but g may not show
// them yet, because reads may lag behind writes. If g does not show the new ASN, the result has ASN 0:
// neither number is confirmed.
func (e *Engine) acknowledged(ctx context.Context, call *attempt.Call, g cgw.Gateway, req cgw.UpdateRequest) cgw.Gateway {
	if req.Name != nil {
		g.Name = *req.Name
	}
	if req.Description != nil {
		g.Description = *req.Description
	}
	if req.Tags != nil {
		g.Tags = nil
		if len(req.Tags) > 0 {
			g.Tags = maps.Clone(req.Tags)
		}
	}
	if req.ASN != nil && g.ASN != *req.ASN {
		call.Warn(ctx, "cgw: the service does not show the ASN that it accepted", g.ID, slog.String("asked", req.ASN.String()), slog.String("shown", g.ASN.String()))
		g.ASN = 0
	}
	return g
}

// Delete removes a gateway. If the reply to an attempt was lost, and the next attempt gets "not found",
// Delete returns nil.
func (e *Engine) Delete(ctx context.Context, id string) error {
	call := e.Loop.Start(cgw.OpDelete, id, "")
	if err := gatewayid.Check(id, nil); err != nil {
		return refuse(ctx, call, err)
	}
	token := rand.Text()
	err := e.write(ctx, call, e.Traits.Actions.Delete, func(ctx context.Context) error {
		return e.Driver.Delete(ctx, id, token)
	})
	var failed *cgw.Error
	switch {
	case err == nil, errors.Is(err, cgw.ErrNotFound) && call.Unknown():
		return nil
	case errors.Is(err, cgw.ErrInUse) && errors.As(err, &failed):
		// The gateway still exists, so no earlier attempt deleted it.
		used := *failed
		used.Outcome, used.ConflictingIDs = cgw.OutcomeNotApplied, e.connections(ctx, call, id)
		err = &used
	}
	return call.Fail(ctx, err)
}

// connections returns the IDs of the VPN connections of a gateway. If a read fails, it returns the IDs
// that it has so far: the caller already has an error to report.
func (e *Engine) connections(ctx context.Context, call *attempt.Call, id string) (ids []string) {
	const most = 20 // the limit of pages of all connections
	lookup, action := call.Lookup(), e.Traits.Actions.Connections
	err := e.read(ctx, lookup, action, func(ctx context.Context) (err error) {
		ids, err = e.Driver.Connections(ctx, id)
		return err
	})
	lister, ok := e.Driver.(ConnectionLister)
	if err != nil || len(ids) > 0 || !ok {
		return ids
	}
	for at := (Cursor{}); at.Page < most; at.Page++ {
		var page ConnectionPage
		err := e.read(ctx, lookup, action, func(ctx context.Context) (err error) {
			page, err = lister.AllConnections(ctx, id, at)
			return err
		})
		if err != nil {
			break
		}
		for _, id := range page.IDs {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if at.Rows += page.Rows; page.Rows == 0 || at.Rows == page.Total {
			break
		}
	}
	return ids
}
