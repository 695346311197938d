package operation

import (
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// verdict says what is known of the gateway at the address of a create that may have made it.
type verdict uint8

const (
	unproven verdict = iota // it may be what the call made, or not
	foreign                 // it differs, and was there before the call sent anything
	proven                  // the call made it, but for the limits that docs/reliability.md names
)

// prove judges a gateway at the address of a create, as a look showed it, tags included. wrote is
// when the create was first sent. more says that a further look may tell more.
//
// The service's clock is known to the second, from the reply to the look, which it was told at
// some time between request and reply. What that leaves open is not taken for proof, and neither
// is a difference alone: a service may have its own form of a name, or of a time.
func prove(g cgw.Gateway, req cgw.CreateRequest, wrote time.Time, look exchange.Record) (v verdict, more bool) {
	now := look.Reply.ServerTime()
	dated := !now.IsZero() && !g.CreatedAt.IsZero()
	first := now.Add(-look.Began.Sub(wrote)) // our first write by the service's clock, if it replied at once
	newer := dated && !g.CreatedAt.Before(first.Truncate(time.Second))
	older := dated && g.CreatedAt.Before(first.Add(-look.Ended.Sub(look.Began)).Truncate(time.Second))
	switch {
	case differs(g, req):
		if older {
			return foreign, false
		}
		return unproven, false
	case older:
		return unproven, false
	case !newer, incomplete(g, req):
		return unproven, true
	default:
		return proven, false
	}
}

// differs reports whether g has something else than req asked for.
func differs(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k, v := range req.Tags {
		if have, ok := g.Tags[k]; ok && have != v {
			return true
		}
	}
	return g.Name != req.Name || g.Description != req.Description || (g.ASN != req.ASN && g.ASN != 0) ||
		(req.ResourceGroupID != "" && g.ResourceGroupID != req.ResourceGroupID)
}

// incomplete reports whether g lacks something that req asked for. Tags may be shown late, and a
// site without ASNs may have dropped ours.
func incomplete(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k := range req.Tags {
		if _, ok := g.Tags[k]; !ok {
			return true
		}
	}
	return g.ASN != req.ASN
}
