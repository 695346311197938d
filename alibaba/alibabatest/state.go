package alibabatest

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
)

// Gateway is a customer gateway as the service holds it.
type Gateway struct {
	ID          string `json:"id"`                    // cgw-bp1 and 18 lower-case letters or digits
	Name        string `json:"name,omitempty"`        // empty: none
	Description string `json:"description,omitempty"` // empty: none
	IPAddress   string `json:"ipAddress"`             // IPv4, dotted; empty only if a Seed has none
	ASN         uint32 `json:"asn,omitempty"`         // 0: none
	// AuthKey is the BGP key, which replies show in plain text. Empty: none. The JSON of a Gateway
	// has "[redacted]" in its place; the JSON of a State has the key in plain text.
	AuthKey cgw.Secret `json:"authKey,omitempty"`
	// ResourceGroupID is the group. Empty, in a Seed: the account's default group.
	ResourceGroupID string            `json:"resourceGroupId,omitempty"`
	CreatedAt       time.Time         `json:"createdAt,omitzero"` // UTC, to the millisecond
	Tags            map[string]string `json:"tags,omitempty"`     // nil when there are none
}

// defaultGroup is the resource group of a gateway that was created without one. The vendor
// documents that there is such a group; its ID differs by account.
const defaultGroup = "rg-acfmdefault"

func (g Gateway) clone() Gateway {
	g.Tags = maps.Clone(g.Tags)
	if len(g.Tags) == 0 {
		g.Tags = nil
	}
	return g
}

// State holds the gateways, VPN connections and used tokens of an emulated service, the faults
// to inject, and the record of its requests. The zero value is ready for use, and all methods
// are safe for concurrent use, also while it serves. It must not be copied.
type State struct {
	core emulator.Core

	mu          sync.Mutex
	order       []*record // by creation
	byID        map[string]*record
	byIP        map[string]*record // the gateway that holds an address
	live        int                // how many of order are not deleted
	connections []Connection
	tokens      map[string]*token
	sequence    uint64
}

// record is the history of a gateway: the versions that reads may still show.
type record struct {
	versions []version // the last one is the current state
}

type version struct {
	at      time.Time
	gone    bool
	gateway Gateway
}

func (r *record) last() *version { return &r.versions[len(r.versions)-1] }

// at returns the version that is shown at the time, or nil. The zero time shows the last one.
func (r *record) at(t time.Time) *version {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := &r.versions[i]; t.IsZero() || !v.at.After(t) {
			if v.gone {
				return nil
			}
			return v
		}
	}
	return nil
}

// set adds a version, and forgets those that cannot be shown any more.
func (r *record) set(v version, shown time.Time) {
	if shown.IsZero() {
		r.versions = append(r.versions[:0], v)
		return
	}
	for len(r.versions) > 1 && !r.versions[1].at.After(shown) {
		r.versions = r.versions[1:]
	}
	r.versions = append(r.versions, v)
}

// Gateways returns the gateways that exist, in order of creation, as writes see them: ReadLag
// does not apply.
func (s *State) Gateways() []Gateway {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.existingGateways()
}

// existingGateways is Gateways for a caller that holds the lock.
func (s *State) existingGateways() []Gateway {
	all := make([]Gateway, 0, s.live)
	for _, r := range s.order {
		if v := r.last(); !v.gone {
			all = append(all, v.gateway.clone())
		}
	}
	return all
}

// Seed adds gateways, or replaces those that have the same ID. A missing ID, CreatedAt or
// ResourceGroupID is filled in. Nothing is checked: a Seed can hold what the service would refuse.
// Reads show it at once.
func (s *State) Seed(gateways ...Gateway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range gateways {
		g = g.clone()
		if g.ID == "" {
			g.ID = s.newID("cgw-bp1")
		}
		if g.CreatedAt.IsZero() {
			g.CreatedAt = s.now()
		}
		s.insert(g, time.Time{})
	}
}

// attach configures the state by the options of the handler that serves it, and injects their
// faults.
func (s *State) attach(o Options) {
	s.core.Configure(o.settings())
	s.Inject(o.Faults...)
}

// now is the time by the service's clock.
func (s *State) now() time.Time { return s.core.Now() }

// insert adds a gateway, or replaces the one that has its ID. The caller holds the lock.
func (s *State) insert(g Gateway, at time.Time) Gateway {
	if g.ResourceGroupID == "" {
		g.ResourceGroupID = defaultGroup
	}
	g.CreatedAt = g.CreatedAt.UTC().Truncate(time.Millisecond)
	if s.byID == nil {
		s.byID, s.byIP = map[string]*record{}, map[string]*record{}
	}
	r := s.byID[g.ID]
	if r == nil {
		r = &record{}
		s.order = append(s.order, r)
		s.byID[g.ID] = r
	} else {
		s.vacate(r)
	}
	r.versions = []version{{at: at, gateway: g}}
	s.byIP[g.IPAddress] = r
	s.live++
	return g.clone()
}

// vacate frees the address of a gateway that is deleted or replaced. The caller holds the lock.
func (s *State) vacate(r *record) {
	v := r.last()
	if v.gone {
		return
	}
	if s.byIP[v.gateway.IPAddress] == r {
		delete(s.byIP, v.gateway.IPAddress)
	}
	s.live--
}

// remove deletes a gateway. The caller holds the lock.
func (s *State) remove(r *record, now, shown time.Time) {
	s.vacate(r)
	g := r.last().gateway
	r.set(version{at: now, gone: true, gateway: g}, shown)
	s.purge(shown)
}

// purge forgets the gateways that are deleted and not shown any more. The caller holds the
// lock.
func (s *State) purge(shown time.Time) {
	if len(s.order) == s.live {
		return
	}
	s.order = slices.DeleteFunc(s.order, func(r *record) bool {
		v := r.last()
		if !v.gone || (!shown.IsZero() && v.at.After(shown)) {
			return false
		}
		delete(s.byID, v.gateway.ID)
		return true
	})
}

// existing returns the record of a gateway that exists, or nil. The caller holds the lock.
func (s *State) existing(id string) *record {
	if r := s.byID[id]; r != nil && !r.last().gone {
		return r
	}
	return nil
}

// newID returns an ID that is not in use, in the service's form. IDs depend only on how many were
// made before, so that a test sees the same ones in each run. The caller holds the lock.
func (s *State) newID(prefix string) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	for {
		s.sequence++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s%d", prefix, s.sequence))
		id := []byte(prefix)
		for _, b := range sum[:18] {
			id = append(id, digits[int(b)%len(digits)])
		}
		if s.byID[string(id)] == nil {
			return string(id)
		}
	}
}

// Requests returns the record of the requests since the last ResetRequests.
func (s *State) Requests() []wire.Request { return s.core.Requests() }

// ResetRequests empties the record of requests.
func (s *State) ResetRequests() { s.core.ResetRequests() }

// Count returns how many of the recorded requests are of the action, such as
// "CreateCustomerGateway".
func (s *State) Count(action string) int { return s.core.Count(action) }

// ClearFaults removes all faults.
func (s *State) ClearFaults() { s.core.ClearFaults() }
