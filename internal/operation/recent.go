package operation

import (
	"maps"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// recent remembers what the calls of one Provisioner have written to each field, for recentAge. Reads may
// lag behind writes, so a read alone does not tell an update what the gateway is like now. The zero value
// is ready for use.
type recent struct {
	mu            sync.Mutex
	since         time.Time          // when newest was begun
	older, newest map[string]written // by ID
}

// written is what was written to the fields of a gateway. An AuthKey is not kept.
type written struct {
	name, description value[string]
	asn               value[cgw.ASN]
	tags              value[map[string]string]
}

// value is what was written to one field; zero: nothing.
type value[T any] struct {
	is T
	at time.Time
}

// recentAge is longer than reads are known to lag.
const recentAge = 30 * time.Second

// isNow reports whether the value still counts.
func (v value[T]) isNow() bool { return time.Since(v.at) <= recentAge }

// note remembers what was written.
func (r *recent) note(id string, req cgw.UpdateRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	w := r.last(id, now)
	if req.Name != nil {
		w.name = value[string]{*req.Name, now}
	}
	if req.Description != nil {
		w.description = value[string]{*req.Description, now}
	}
	if req.ASN != nil {
		w.asn = value[cgw.ASN]{*req.ASN, now}
	}
	if req.Tags != nil {
		w.tags = value[map[string]string]{maps.Clone(req.Tags), now}
	}
	if r.newest == nil {
		r.newest = map[string]written{}
	}
	r.newest[id] = w
}

// over returns g with what was written.
func (r *recent) over(g cgw.Gateway) cgw.Gateway {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.last(g.ID, time.Now())
	if w.name.isNow() {
		g.Name = w.name.is
	}
	if w.description.isNow() {
		g.Description = w.description.is
	}
	if w.asn.isNow() {
		g.ASN = w.asn.is
	}
	if w.tags.isNow() {
		g.Tags = maps.Clone(w.tags.is)
	}
	return g
}

// last returns what is remembered of a gateway, and forgets what is too old of all gateways.
func (r *recent) last(id string, now time.Time) written {
	switch age := now.Sub(r.since); {
	case age > 2*recentAge:
		r.older, r.newest, r.since = nil, nil, now
	case age > recentAge:
		r.older, r.newest, r.since = r.newest, nil, now
	}
	if w, ok := r.newest[id]; ok {
		return w
	}
	return r.older[id]
}
