package tencenttest

import (
	"maps"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
)

// Gateway is a customer gateway as the service holds it.
type Gateway struct {
	ID string `json:"id"` // cgw- and eight lower-case letters or digits
	// Name has at most 60 characters if a request set it (CreateCustomerGateway, 2024-11-25). A
	// Seed may have any.
	Name      string            `json:"name"`
	IPAddress string            `json:"ipAddress"`      // IPv4, dotted; empty only if a Seed has none
	ASN       uint32            `json:"asn,omitempty"`  // 0: none
	CreatedAt time.Time         `json:"createdAt"`      // the service shows whole seconds
	Tags      map[string]string `json:"tags,omitempty"` // nil when there are none
	// SystemTags are tags that the vendor sets. The tag service shows them with the category
	// System; no request changes them.
	SystemTags map[string]string `json:"systemTags,omitempty"`
}

func (g Gateway) clone() Gateway {
	g.Tags, g.SystemTags = maps.Clone(g.Tags), maps.Clone(g.SystemTags)
	return g
}

// State holds the gateways and connections of an emulated service, the faults to inject, and the
// record of its requests. The zero State is empty and ready. Its methods are safe for concurrent
// use, also while it serves. It must not be copied.
type State struct {
	core emulator.Core

	mu          sync.Mutex
	written     table    // as writes see it
	shown       table    // as reads see it, ReadLag behind
	pending     []change // the changes that shown lacks, in the order of the writes
	seq         uint64   // of the last row
	made        uint64   // how many IDs were made
	connections []Connection
}

// change is a write that reads see once it is due.
type change struct {
	due time.Time
	row *row
	out bool // the row was removed
}

// attach configures the state by the options of the handler that serves it, and injects their
// faults.
func (s *State) attach(o Options) {
	s.core.Configure(o.settings())
	s.Inject(o.Faults...)
}

// Gateways returns the gateways in the order of their creation, as writes see them: ReadLag
// does not apply.
func (s *State) Gateways() []Gateway {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Gateway, len(s.written.rows))
	for i, r := range s.written.rows {
		all[i] = r.clone()
	}
	return all
}

// Seed adds gateways, or replaces those that have the same ID. A missing ID is made up, a
// missing CreatedAt is the current second. Nothing else is checked: a Seed can hold what the
// service would refuse. Reads show it at once.
func (s *State) Seed(gateways ...Gateway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(time.Time{}, true)
	for _, g := range gateways {
		if g.ID == "" {
			g.ID = s.newID("cgw-")
		}
		if g.CreatedAt.IsZero() {
			g.CreatedAt = s.clock().UTC().Truncate(time.Second)
		}
		s.put(g.clone(), time.Time{})
	}
	s.settle(time.Time{}, true)
}

// ClearFaults removes all faults.
func (s *State) ClearFaults() { s.core.ClearFaults() }

// Requests returns the record of the requests so far, in the order in which they ended.
func (s *State) Requests() []wire.Request { return s.core.Requests() }

// ResetRequests empties the record of requests.
func (s *State) ResetRequests() { s.core.ResetRequests() }

// Count returns how many requests of the action are on record, such as "CreateCustomerGateway",
// whatever their result.
func (s *State) Count(action string) int { return s.core.Count(action) }

func (s *State) clock() time.Time { return s.core.Now() }

// put adds the gateway, or replaces the one with the same ID. Reads see that when it is due. The
// caller holds the lock.
func (s *State) put(g Gateway, due time.Time) {
	if len(g.Tags) == 0 {
		g.Tags = nil
	}
	r := &row{Gateway: g}
	if old, ok := s.written.byID[g.ID]; ok {
		r.seq = old.seq
	} else {
		s.seq++
		r.seq = s.seq
	}
	s.written.put(r)
	s.pending = append(s.pending, change{due: due, row: r})
}

// remove deletes the gateway. Reads see that when it is due. The caller holds the lock.
func (s *State) remove(r *row, due time.Time) {
	s.written.remove(r)
	s.pending = append(s.pending, change{due: due, row: r, out: true})
}

// settle lets reads see the changes that are due. The caller holds the lock.
func (s *State) settle(now time.Time, all bool) {
	n := 0
	for _, c := range s.pending {
		if !all && c.due.After(now) {
			break
		}
		n++
		if c.out {
			s.shown.remove(s.shown.byID[c.row.ID])
		} else {
			s.shown.put(c.row)
		}
	}
	s.pending = s.pending[n:]
}

// reading runs f on the gateways that reads see.
func (h *handler) reading(f func(t *table)) {
	s := h.state
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(h.o.Now(), false)
	f(&s.shown)
}

// writing runs f, whose writes reads see when they are due.
func (h *handler) writing(f func(s *State, due time.Time) *serviceError) *serviceError {
	h.state.mu.Lock()
	defer h.state.mu.Unlock()
	return f(h.state, h.o.Now().Add(h.o.ReadLag))
}

// newID makes an ID that no gateway has. The caller holds the lock.
func (s *State) newID(prefix string) string {
	const (
		digits = 8
		space  = 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36
		// step has no common factor with space, so that each n has its own ID. It is the golden
		// section of space, so that consecutive IDs look different.
		step = 1743510719287
	)
	for {
		s.made++
		high, low := bits.Mul64(s.made, step)
		text := strconv.FormatUint(bits.Rem64(high, low, space), 36)
		id := prefix + strings.Repeat("0", digits-len(text)) + text
		if _, taken := s.written.byID[id]; !taken {
			return id
		}
	}
}
