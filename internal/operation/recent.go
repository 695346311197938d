package operation

import (
	"maps"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// recent remembers what the calls of one Provisioner have written, for recentAge. Reads may lag behind
// writes, so a read alone does not tell an update what the gateway is like now. The zero value is
// ready for use.
type recent struct {
	mu            sync.Mutex
	since         time.Time          // when newest was made
	older, newest map[string]written // by ID
}

// written is what was asked for, without the AuthKey.
type written struct {
	cgw.UpdateRequest
	at time.Time
}

// recentAge is longer than reads are known to lag.
const recentAge = 30 * time.Second

// note remembers that a call asked for these values. The service may not have accepted all of them.
func (r *recent) note(id string, req cgw.UpdateRequest) {
	req.AuthKey, req.Tags = nil, maps.Clone(req.Tags)
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.since) > recentAge {
		r.older, r.newest, r.since = r.newest, map[string]written{}, now
	}
	last := r.last(id, now)
	if req.Name == nil {
		req.Name = last.Name
	}
	if req.Description == nil {
		req.Description = last.Description
	}
	if req.ASN == nil {
		req.ASN = last.ASN
	}
	if req.Tags == nil {
		req.Tags = last.Tags
	}
	r.newest[id] = written{req, now}
}

// over returns g with the values that calls have asked for.
func (r *recent) over(g cgw.Gateway) cgw.Gateway {
	r.mu.Lock()
	defer r.mu.Unlock()
	return with(g, r.last(g.ID, time.Now()))
}

func (r *recent) last(id string, now time.Time) cgw.UpdateRequest {
	w, ok := r.newest[id]
	if !ok {
		w = r.older[id]
	}
	if now.Sub(w.at) > recentAge {
		return cgw.UpdateRequest{}
	}
	return w.UpdateRequest
}

// with returns g with the values of req.
func with(g cgw.Gateway, req cgw.UpdateRequest) cgw.Gateway {
	if req.Name != nil {
		g.Name = *req.Name
	}
	if req.Description != nil {
		g.Description = *req.Description
	}
	if req.ASN != nil {
		g.ASN = *req.ASN
	}
	if req.Tags != nil {
		g.Tags = nil
		if len(req.Tags) > 0 {
			g.Tags = maps.Clone(req.Tags)
		}
	}
	return g
}
