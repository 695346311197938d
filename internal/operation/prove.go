package operation

import (
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// verdict says whether a create made the gateway that was found at its address.
type verdict uint8

const (
	unproven   verdict = iota // not known
	madeBefore                // it did not: the gateway differs from the request, and is older
	proven                    // it did, within the limits that docs/reliability.md names
)

// prove decides whether a create made g. g is the gateway at the address, tags included, and look
// is the record of the read that showed it. wrote is when the create was first sent with an
// outcome that is not known. more says that a further read may change the verdict.
//
// prove compares times on the service's clock, which the Date header of the reply gives. It is in
// whole seconds, and was read at an unknown moment between request and reply. Only a comparison
// that holds for every such moment is proof. A difference between g and req alone proves nothing: a
// service may write a name or a time in its own form. Nor does age alone: if the service began to
// write times of another zone, the call's own gateway would look hours old, and with the outcome
// "not applied" nobody would look for it. Only both together prove that the call did not make g.
func prove(g cgw.Gateway, req cgw.CreateRequest, wrote time.Time, look exchange.Record) (v verdict, more bool) {
	now := look.Reply.ServerTime()
	dated := !now.IsZero() && !g.CreatedAt.IsZero()
	first := now.Add(-look.Began.Sub(wrote)) // our first write by the service's clock, if it replied at once
	newer := dated && !g.CreatedAt.Before(first.Truncate(time.Second))
	older := dated && g.CreatedAt.Before(first.Add(-look.Ended.Sub(look.Began)).Truncate(time.Second))
	switch {
	case differs(g, req):
		if older {
			return madeBefore, false
		}
		return unproven, false
	case older: // but all fields are as requested
		return unproven, false
	case !newer, incomplete(g, req):
		return unproven, true
	default:
		return proven, false
	}
}

// differs reports whether g has a value other than the one that req asked for.
func differs(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k, v := range req.Tags {
		if have, ok := g.Tags[k]; ok && have != v {
			return true
		}
	}
	return g.Name != req.Name || g.Description != req.Description || (g.ASN != req.ASN && g.ASN != 0) ||
		(req.ResourceGroupID != "" && g.ResourceGroupID != req.ResourceGroupID)
}

// incomplete reports whether g lacks something that req asked for. Tags may become visible late,
// and a site without ASNs may have dropped the ASN.
func incomplete(g cgw.Gateway, req cgw.CreateRequest) bool {
	for k := range req.Tags {
		if _, ok := g.Tags[k]; !ok {
			return true
		}
	}
	return g.ASN != req.ASN
}
