package ensure

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// The reads of something that is not visible yet start at minPoll apart and double up to maxPoll.
const (
	minPoll = 250 * time.Millisecond
	maxPoll = 5 * time.Second
)

// youngAge is the age from which all tags of a gateway are certainly visible. It is longer than the 15 minutes
// by which the clock of this machine may differ from the service's before the service refuses requests.
const youngAge = 16 * time.Minute

// ownerOf returns the owner of g; empty: it has none.
func (e *ensurer) ownerOf(g cgw.Gateway) string { return g.Tags[e.opts.OwnerKey] }

// owns reports whether g has the owner tag.
func (e *ensurer) owns(g cgw.Gateway) bool { return e.ownerOf(g) == e.opts.Owner }

// mayAdopt reports whether the options allow to take over g.
func (e *ensurer) mayAdopt(g cgw.Gateway) bool {
	owner := e.ownerOf(g)
	if owner == "" {
		return e.opts.AdoptUnowned
	}
	return slices.Contains(e.opts.AdoptFrom, owner)
}

func (e *ensurer) ownerError(g cgw.Gateway) *OwnerError {
	return &OwnerError{Key: e.opts.OwnerKey, Want: e.opts.Owner, Have: e.ownerOf(g)}
}

// notOwned returns the error for a gateway of another owner, or of none.
func (e *ensurer) notOwned(g cgw.Gateway) *cgw.Error {
	err := e.fail(cgw.ErrAlreadyExists, g, e.ownerError(g))
	err.ConflictingIDs = []string{g.ID}
	return err
}

// awaitsTags reports whether a step depends on a gateway having no owner tag, although it may have
// one that is not visible yet.
func (e *ensurer) awaitsTags(s Step) bool {
	if s.Gateway.ID == "" || e.ownerOf(s.Gateway) != "" {
		return false
	}
	return s.Kind == StepForeign ||
		s.Kind == StepAdopt && !s.Gateway.CreatedAt.IsZero() && time.Since(s.Gateway.CreatedAt) < youngAge
}

// reads holds what the steps of one run learned from reads. It is safe for concurrent use.
type reads struct {
	listed  time.Time // when the list of the gateways began; zero: of a plan, or of Gateway
	mu      sync.Mutex
	tagsEnd time.Time              // until when to wait for owner tags; zero: nobody waited yet
	tagged  map[string]cgw.Gateway // gateways as they were read after the wait, or when their owner tag became visible; by ID
	dropped map[string]int         // for how many gateways the cloud accepted something and did not keep it: see droppedKey
}

// until returns the end of the one wait for owner tags, which begins with the first call.
func (r *reads) until(patience time.Duration) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tagsEnd.IsZero() {
		r.tagsEnd = time.Now().Add(patience)
	}
	return r.tagsEnd
}

func (r *reads) noteTagged(g cgw.Gateway) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tagged == nil {
		r.tagged = map[string]cgw.Gateway{}
	}
	r.tagged[g.ID] = g
}

// find returns a gateway that noteTagged has noted.
func (r *reads) find(id string) (g cgw.Gateway, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok = r.tagged[id]
	return g, ok
}

// withTags reads g until it has an owner tag, or until the wait of the run is over, and returns what
// it read last. If a List has read g after the wait, it does not read again. If a read fails, it returns
// the error, and g as it was.
func (e *ensurer) withTags(ctx context.Context, g cgw.Gateway) (cgw.Gateway, error) {
	if e.ownerOf(g) != "" {
		return g, nil
	}
	if seen, ok := e.reads.find(g.ID); ok {
		return seen, nil
	}
	_, err := patiently(ctx, e.reads.until(e.opts.Patience), func() (bool, error) {
		now, err := e.p.Get(ctx, g.ID)
		if errors.Is(err, cgw.ErrNotFound) {
			return false, nil
		}
		if err == nil {
			g = now
		}
		return e.ownerOf(g) != "", err
	})
	return g, e.asError(ctx, g, err)
}

// asError returns err, or an error of this package if err is only that of ctx.
func (e *ensurer) asError(ctx context.Context, g cgw.Gateway, err error) error {
	if err != nil && err == ctx.Err() { //nolint:errorlint // a Provisioner wraps it
		return e.fail(nil, g, nil).WithContext(ctx)
	}
	return err
}

// patiently calls look until it reports that something is visible, or until the end. If a look is
// running at the end, patiently waits for it.
func patiently(ctx context.Context, end time.Time, look func() (bool, error)) (bool, error) {
	for wait := minPoll; ; wait = min(2*wait, maxPoll) {
		visible, err := look()
		left := time.Until(end)
		if visible || err != nil || left <= 0 {
			return visible, err
		}
		if err := sleep(ctx, min(wait, left)); err != nil {
			return false, err
		}
	}
}

// sleep waits for d, or returns the error of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
